"""A loan as staff see it: its days, its copy, what is said of it; each an act of its own."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.answers import accepted, earlier_answer, invalid, keep_answer, refused, wants_json
from app.dates import day, span
from app.desk.loan_forms import ClaimForm, DatesForm, ExchangeForm, ReviewForm, SettleForm
from app.exports import amount
from app.forms import Form
from app.labels import label
from app.photos import kept_only_if_done, stored_photo
from app.refusals import coded, sentences
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.uploads import ImageRefusedError, image_path
from app.visitor import actor
from database.unit_of_work import unit_of_work
from loans.errors import NotFoundError, RefusedError
from loans.operations.claim import Settlement, claim, settle_claim
from loans.operations.correct_dates import Correction, correct_dates
from loans.operations.exchange_copy import Exchange, exchange_copy
from loans.operations.place_copy import Review, review_placement
from loans.queries.loan_pages import StaffLoan, claim_photo, loan_of_claim, staff_loan
from loans.queries.short_bookings import ShortBooking
from schools.rules.roles import Right

desk_loans = Blueprint("desk_loans", __name__)

Act = Callable[[], str]
"""Does something in the unit of work; returns the sentence that says it."""


@desk_loans.get("/desk/loans/<int:loan_id>")
@requires(Right.LEND)
def loan_page(loan_id: int) -> ResponseReturnValue:
    """Show a loan with everything that is recorded about it."""
    return _page(_loan(loan_id), {}), 200


@desk_loans.post("/desk/loans/<int:loan_id>/dates")
@requires(Right.LEND)
def dates(loan_id: int) -> ResponseReturnValue:
    """Correct the days of a running loan; the due date counts at once."""
    form = DatesForm()

    def act() -> str:
        wish = Correction(loan_id, form.lent_on.data, form.due_on.data, form.reason.data)
        _corrected, short = correct_dates(session(), wish, actor(), today(), now())
        return " ".join([_("The days are corrected."), *_short(short)])

    return _do(loan_id, "dates", form, act)


@desk_loans.post("/desk/loans/<int:loan_id>/exchange")
@requires(Right.OVERRIDE)
def exchange(loan_id: int) -> ResponseReturnValue:
    """Let a loan name the copy that is really out."""
    form = ExchangeForm()

    def act() -> str:
        wish = Exchange(loan_id, form.barcode.data, form.reason.data)
        try:
            exchange_copy(session(), wish, actor(), today(), now())
        except NotFoundError as error:
            if error.what != "copy":
                raise
            form.barcode.errors = [_("No copy of this centre has that number.")]
            raise _UnknownCopyError from error
        return str(_("The loan names the right copy now; the other one is in the house."))

    return _do(loan_id, "exchange", form, act)


@desk_loans.post("/desk/loans/<int:loan_id>/review")
@requires(Right.LEND)
def review(loan_id: int) -> ResponseReturnValue:
    """Let a placement stand, and name the day of its next review."""
    form = ReviewForm()

    def act() -> str:
        wish = Review(loan_id, form.review_on.data)
        review_placement(session(), wish, actor(), today(), now())
        return str(_("It stays; next review %(day)s.", day=day(form.review_on.data)))

    return _do(loan_id, "review", form, act)


@desk_loans.post("/desk/loans/<int:loan_id>/claims")
@requires(Right.LEND)
def make_claim(loan_id: int) -> ResponseReturnValue:
    """Record what is said of a loan; the photo is drawn anew before the unit of work."""
    form = ClaimForm()
    if not form.validate():
        return _wrong(loan_id, "claim", form, 422)
    try:
        photo = stored_photo(form.photo.data)
    except ImageRefusedError as error:
        form.photo.errors = [label(error.fault)]
        return _wrong(loan_id, "claim", form, 422)
    done: list[bool] = []

    def act() -> str:
        claim(session(), form.claim(loan_id, photo), actor(), today(), now())
        done.append(True)
        return str(_("Recorded. Nothing is billed by that."))

    with kept_only_if_done(photo) as kept:
        answer = _do(loan_id, "claim", form, act)
        kept.extend(done)
        return answer


@desk_loans.post("/desk/claims/<int:claim_id>/settle")
@requires(Right.LEND)
def settle(claim_id: int) -> ResponseReturnValue:
    """Settle a claim, with what was agreed and what is billed."""
    loan_id, form = _loan_of_claim(claim_id), SettleForm()
    wish = form.settlement(claim_id) if form.validate() else None
    if wish is None:
        return _wrong(loan_id, f"settle-{claim_id}", form, 422)
    settled: Settlement = wish

    def act() -> str:
        settle_claim(session(), settled, actor(), today(), now())
        return str(_("Settled."))

    return _do(loan_id, f"settle-{claim_id}", form, act)


@desk_loans.post("/desk/claims/<int:claim_id>/withdraw")
@requires(Right.LEND)
def withdraw(claim_id: int) -> ResponseReturnValue:
    """Withdraw a claim that was a mistake."""
    loan_id, form = _loan_of_claim(claim_id), Form()

    def act() -> str:
        settle_claim(session(), Settlement(claim_id, withdraw=True), actor(), today(), now())
        return str(_("Withdrawn; everything is as before."))

    return _do(loan_id, f"settle-{claim_id}", form, act)


@desk_loans.get("/desk/photos/<stored_name>")
@requires(Right.LEND)
def photo(stored_name: str) -> ResponseReturnValue:
    """Give the photo of a claim to the staff of its centre, always as a JPEG."""
    found = claim_photo(session(), actor().scope(Right.LEND), stored_name)
    path = image_path(stored_name)
    if found is None or not path.is_file():
        raise NotFound
    answer = send_file(path, mimetype=found, as_attachment=True, download_name=stored_name)
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


class _UnknownCopyError(Exception):
    """What was typed names no copy; the form says so."""


def _do(loan_id: int, name: str, form: Form, act: Act) -> ResponseReturnValue:
    """Do something with a loan, once for each key; say it, or every reason against it."""
    if not form.validate():
        return _wrong(loan_id, name, form, 422)
    try:
        with unit_of_work(session()):
            answer = earlier_answer()
            if answer is None:
                answer = {"loan": loan_id, "said": act()}
                keep_answer(answer)
    except _UnknownCopyError:
        return _wrong(loan_id, name, form, 422)
    except RefusedError as error:
        if wants_json():
            return refused(coded(error.refusals))
        form.form_errors = [*form.form_errors, *sentences(error.refusals)]
        return _wrong(loan_id, name, form, 409)
    if wants_json():
        return accepted(answer)
    flash(answer["said"], "success")
    return redirect(url_for("desk_loans.loan_page", loan_id=loan_id), 303)


def _wrong(loan_id: int, name: str, form: Form, status: int) -> ResponseReturnValue:
    if wants_json():
        return invalid(form)
    return _page(_loan(loan_id), {name: form}), status


def _loan(loan_id: int) -> StaffLoan:
    found = staff_loan(session(), actor().scope(Right.LEND), loan_id)
    if found is None:
        raise NotFound
    return found


def _loan_of_claim(claim_id: int) -> int:
    found = loan_of_claim(session(), actor().scope(Right.LEND), claim_id)
    if found is None:
        raise NotFound
    return found


def _page(found: StaffLoan, forms: dict[str, Form]) -> str:
    dates_form = DatesForm(formdata=None, lent_on=found.lent_on, due_on=found.due_on)
    shown: dict[str, Any] = {
        "dates": dates_form,
        "exchange": ExchangeForm(formdata=None),
        "claim": ClaimForm(formdata=None),
        "review": ReviewForm(formdata=None, review_on=found.review_on),
        **{
            f"settle-{each.id}": SettleForm(formdata=None, prefix="")
            for each in found.claims
            if each.is_open
        },
    } | forms
    shown["claim"].offer(is_back=found.received_on is not None)
    return render_template(
        "desk/loan.html",
        loan=found,
        forms=shown,
        wrong=next((form for form in forms.values() if form.errors), None),
        may_exchange=actor().scope(Right.OVERRIDE).covers_centre(found.centre_id),
        euros=amount,
    )


def _short(bookings: tuple[ShortBooking, ...]) -> list[str]:
    return [
        _(
            "Booking %(number)s, %(period)s, lacks a copy now.",
            number=each.number,
            period=span(each.first, each.last),
        )
        for each in bookings
    ]
