"""Requests: their list, and deciding about one of them."""

from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.answers import earlier_answer, keep_answer, wants_json
from app.bookings.forms import ConfirmForm, DecisionForm, DeclineForm
from app.bookings.rows import TONES
from app.bookings.shown import overbooked_ids, words_of
from app.errors import error_answer
from app.line_refusals import line_reasons
from app.paging import asked_page
from app.reasons import About, terms_address
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from database.unit_of_work import unit_of_work
from loans.errors import ChangedMeanwhileError, ImpossibleStepError, RefusedError
from loans.operations.decide import Confirmation, Decline, confirm, decline, recheck
from loans.queries.bookings import (
    BookingFacts,
    BookingFilter,
    booking_row,
    bookings_of_centre,
    facts_of,
)
from loans.queries.preview import WishAnswer
from loans.queries.proposals import proposals
from loans.rules.booking_days import may_overrule
from loans.rules.booking_states import BookingState
from schools.rules.periods import Period
from schools.rules.roles import Right

decide = Blueprint("decide", __name__)

Decided = TypeVar("Decided", bound=DecisionForm)


@dataclass(frozen=True, slots=True)
class Decision:
    """What staff see of a request before they decide.

    Attributes:
        reasons: why it cannot be had any more; empty if it can.
        may_anyway: this member of staff may confirm it all the same.
        head_may: the head of the centre may.
        proposals: other weeks in which it could be had.
        why: the page that explains why approval is needed; empty where it is not any more.
        confirming: the form that confirms.
        declining: the form that declines.
    """

    reasons: tuple[str, ...]
    may_anyway: bool
    head_may: bool
    proposals: tuple[Period, ...]
    why: str
    confirming: ConfirmForm
    declining: DeclineForm


@decide.get("/bookings/requests")
@requires(Right.RESERVE_FOR_OTHERS)
def requests_page() -> ResponseReturnValue:
    """List what staff have to decide about, those that begin soonest first."""
    scope = actor().scope(Right.RESERVE_FOR_OTHERS)
    page = asked_page()
    narrowed = BookingFilter(state=BookingState.REQUESTED, page=page)
    found = bookings_of_centre(session(), scope, narrowed)
    return render_template(
        "bookings/requests.html",
        found=found,
        page=page,
        short=overbooked_ids(found.bookings),
        tones=TONES,
    )


@decide.post("/bookings/<number>/confirm")
@requires(Right.RESERVE_FOR_OTHERS)
def confirm_booking(number: str) -> ResponseReturnValue:
    """Confirm what was requested, if it still can be had; or against the rule, with a reason."""
    form = ConfirmForm()
    if not form.validate():
        return _again(number, form, DeclineForm(formdata=None), 422)
    comment = form.comment.data or ""
    seen = form.sequence.data
    wish = Confirmation(number, comment, anyway=bool(form.anyway.data), sequence=seen)
    try:
        with unit_of_work(session()):
            if earlier_answer() is None:
                confirm(session(), wish, actor(), today(), now())
                keep_answer({"number": number})
    except ImpossibleStepError:
        return _decided(number)
    except ChangedMeanwhileError:
        return _again(number, _changed(form), DeclineForm(formdata=None), 409)
    except RefusedError as error:
        form.form_errors.append(_("It cannot be had any more; it stays a request."))
        form.form_errors.extend(line_reasons(error.refusals, {}))
        return _again(number, form, DeclineForm(formdata=None), 409)
    flash(_("The booking is confirmed; the borrower gets a letter."), "success")
    return _to(number)


@decide.post("/bookings/<number>/decline")
@requires(Right.RESERVE_FOR_OTHERS)
def decline_booking(number: str) -> ResponseReturnValue:
    """Decline what was requested, with a reason and other days for the borrower."""
    form = DeclineForm()
    if not form.validate():
        return _again(number, ConfirmForm(formdata=None), form, 422)
    proposed = _proposed(request.form.getlist("proposal"))
    wish = Decline(number, form.reason.data, proposed, form.sequence.data)
    try:
        with unit_of_work(session()):
            if earlier_answer() is None:
                decline(session(), wish, actor(), now())
                keep_answer({"number": number})
    except ImpossibleStepError:
        return _decided(number)
    except ChangedMeanwhileError:
        return _again(number, ConfirmForm(formdata=None), _changed(form), 409)
    flash(_("The booking is declined; the borrower gets a letter with the reason."), "success")
    return _to(number)


def decision_of(
    booking: BookingFacts, confirming: ConfirmForm, declining: DeclineForm
) -> Decision | None:
    """Return what staff see of a request before they decide; None for anything else."""
    scope = actor().scope(Right.RESERVE_FOR_OTHERS)
    row = booking_row(session(), scope, booking.number)
    if booking.state is not BookingState.REQUESTED or row is None:
        return None
    asking = (actor(), today(), now())
    answer = recheck(session(), row, Confirmation(booking.number), asking)
    for form in (confirming, declining):
        form.show(booking.sequence)
    head_may = may_overrule(answer.refusals, booking.period, frozenset({Right.OVERRIDE}))
    held = actor().scope(Right.OVERRIDE).covers_centre(booking.centre_id)
    titles = {line.holding_id: line.title for line in booking.lines}
    return Decision(
        reasons=tuple(line_reasons(answer.refusals, titles)),
        may_anyway=bool(answer.refusals) and head_may and held,
        head_may=head_may,
        proposals=proposals(session(), row, *asking),
        why=_why_approval(booking, answer),
        confirming=confirming,
        declining=declining,
    )


def _changed(form: Decided) -> Decided:
    """Return a form that says that the request is another one than staff were shown."""
    told = _("The request was changed meanwhile. Look at it once more, then decide.")
    form.form_errors.append(told)
    return form


def _why_approval(booking: BookingFacts, answer: WishAnswer) -> str:
    """Return the page that explains the terms of the first line that needs approval; or none."""
    view = answer.asked.view
    for line in booking.lines:
        terms = None if view is None else view.effective(line.type_code).terms
        if terms is not None and terms.needs_approval:
            about = About(booking.institution_id, line.holding_id)
            return terms_address(about, ["needs_approval"])
    return ""


def _decided(number: str) -> ResponseReturnValue:
    """Say what became of a request that somebody else decided, or its borrower gave up."""
    row = booking_row(session(), actor().scope(Right.RESERVE_FOR_OTHERS), number)
    if row is None:
        raise NotFound
    if wants_json():
        return error_answer(409)
    return render_template("bookings/decided.html", booking=facts_of(row)), 409


def _again(
    number: str, confirming: ConfirmForm, declining: DeclineForm, status: int
) -> ResponseReturnValue:
    row = booking_row(session(), actor().scope(Right.RESERVE_FOR_OTHERS), number)
    if row is None:
        raise NotFound
    facts = facts_of(row)
    decision = decision_of(facts, confirming, declining)
    page = render_template("bookings/booking.html", **words_of(facts), decision=decision)
    return page, status


def _proposed(texts: list[str]) -> tuple[Period, ...]:
    """Return the periods that were ticked; what is none is passed over."""
    found = []
    for text in texts:
        first, _slash, last = text.partition("/")
        try:
            found.append(Period(date.fromisoformat(first), date.fromisoformat(last)))
        except ValueError:
            continue
    return tuple(found)


def _to(number: str) -> ResponseReturnValue:
    return redirect(url_for("bookings.booking_page", number=number), 303)
