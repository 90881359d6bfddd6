"""Reserving: the page with the form, and taking what it posts."""

from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.addresses import local_path
from app.answers import accepted, earlier_answer, keep_answer, wants_json
from app.bookings.forms import asked_in_address, number_in_address
from app.offers import Offers, Wanted, offers_for, similar_free
from app.reasons import About, Reason, reasons
from app.refusals import coded, sentence
from app.reserving import Asked, ReservePanel, reserve_panel
from app.reserving_form import ReserveForm, number_in
from app.reserving_orders import NO_ORDER
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from database.unit_of_work import unit_of_work
from loans.errors import NotFoundError, Refused, RefusedError
from loans.models.booking import Booking
from loans.operations.book import book
from loans.operations.book_into_order import IntoOrder, book_into_order
from loans.operations.record_refused_wish import record_reduced_wish, record_refused_wish
from loans.queries.borrowers import FEWEST_LETTERS, Borrower, people_like
from loans.queries.preview import preview
from loans.queries.wishes import BookingWish, Wishes
from loans.rules.booking_days import may_overrule
from loans.rules.codes import DayReason, Refusal
from schools.rules.periods import Period
from schools.rules.roles import Right

reserve = Blueprint("reserve", __name__)

FIELDS_OF_CODES = {
    Refusal.NOT_FREE: "quantity",
    Refusal.NO_PURPOSE: "purpose",
    Refusal.PLACE_CLOSED: "place",
    Refusal.PLACE_ELSEWHERE: "place",
    DayReason.COURIER_NOT_RUNNING: "place",
}
"""Which field of the form a refusal is shown at; days go to the first or last day."""

FIELDS_OF_CHOICES = {"copy": "copy", "unit": "purpose"}
"""Which field offered what may be gone by the time the form is sent."""


@reserve.get("/bookings/new")
@requires(Right.BOOK)
def reserve_page() -> ResponseReturnValue:
    """Show the reserve form; staff first choose the caller by three letters of the name."""
    holding_id = number_in_address("holding")
    if holding_id is None:
        raise NotFound
    letters = request.args.get("who", "").strip()
    people: tuple[Borrower, ...] = ()
    if letters:
        people = people_like(session(), actor().scope(Right.RESERVE_FOR_OTHERS), letters, today())
    panel = reserve_panel(holding_id, asked_in_address())
    return render_template(
        "bookings/reserve.html",
        panel=panel,
        letters=letters,
        people=people,
        fewest=FEWEST_LETTERS,
    )


@reserve.post("/bookings")
@requires(Right.BOOK)
def reserve_it() -> ResponseReturnValue:
    """Reserve, for oneself or for a caller; say every reason against it at once."""
    form = ReserveForm()
    if not form.validate():
        if wants_json():
            return jsonify(errors=form.sentences()), 422
        return reserve_again(form, 422)
    wish = form.wish(actor().person_id)
    try:
        with unit_of_work(session()):
            answer = earlier_answer()
            if answer is None:
                answer = _answer(_book(wish, form.order.data))
                _note_reduced(form, wish)
                keep_answer(answer)
    except NotFoundError as gone:
        return choose_anew(form, gone)
    except RefusedError as refused:
        _remember(wish, form, refused)
        return _refused(form, refused)
    if wants_json():
        return accepted(answer, made=True)
    missing = form.quantity.data - form.taken
    return redirect(
        url_for(
            "bookings.booking_page",
            number=answer["number"],
            made=1,
            missing=missing or None,
            back=local_path(form.back.data, "") or None,
        ),
        303,
    )


def _book(wish: BookingWish, order_id: int | None) -> Booking:
    if order_id:
        asked = IntoOrder(order_id, wish)
        return book_into_order(session(), asked, actor(), today(), now())
    return book(session(), wish, actor(), today(), now())


def _answer(booking: Booking) -> dict[str, Any]:
    return {
        "number": booking.number,
        "url": url_for("bookings.booking_page", number=booking.number),
        "state": booking.state.value,
        "from": booking.first.isoformat(),
        "until": booking.last.isoformat(),
    }


def _remember(wish: BookingWish, form: ReserveForm, refused: RefusedError) -> None:
    """Feed the purchase list; the wish itself wrote nothing."""
    codes = [str(code) for code in refused.codes]
    with unit_of_work(session()):
        record_refused_wish(session(), wish, _occasion(form.idem.data), codes, today())


def _note_reduced(form: ReserveForm, wish: BookingWish) -> None:
    """Feed the purchase list with what is lacking, where fewer were taken than wanted."""
    missing = form.quantity.data - form.taken
    if missing:
        occasion = _occasion(form.missed.data or form.idem.data)
        record_reduced_wish(session(), wish, missing, occasion, today())


def _occasion(key: str | None) -> str:
    return f"booking:{actor().account_id}:{key or now().isoformat()}"[:100]


def _refused(form: ReserveForm, refused: RefusedError) -> ResponseReturnValue:
    if wants_json():
        return _refused_json(refused), 409
    for reason in refused.refusals:
        _place_error(form, reason)
    if Refusal.ORDER_CLOSED in refused.codes:
        # Sent again, it is reserved without the order; a number shows what was typed.
        form.order.data, form.order.raw_data = NO_ORDER, None
    form.missed.data = form.idem.data
    return reserve_again(form, 409, refused)


def _refused_json(refused: RefusedError) -> Response:
    listed = [{"code": code, "sentence": words} for code, words in coded(refused.refusals)]
    said: dict[str, Any] = {"refusals": listed}
    for reason in refused.refusals:
        if reason.code is Refusal.NOT_FREE and "from_day" in reason.facts:
            said["next_free"] = {
                "from": str(reason.facts["from_day"]),
                "until": str(reason.facts["until"]),
            }
    return jsonify(said)


def _place_error(form: ReserveForm, reason: Refused) -> None:
    """Show a refusal at the field that can change it, or above the form."""
    words = sentence(reason)
    name = FIELDS_OF_CODES.get(reason.code)
    if isinstance(reason.code, DayReason) and name is None:
        name = "first" if reason.facts.get("day") == form.first.data else "last"
    if name is None:
        form.form_errors.append(words)
    else:
        form[name].errors = [*form[name].errors, words]


def choose_anew(form: ReserveForm, gone: NotFoundError) -> ResponseReturnValue:
    """Show the form as it was posted where a unit or a copy that it offered is gone meanwhile.

    Raises:
        NotFoundError: it is anything else, or a program asks.
    """
    name = FIELDS_OF_CHOICES.get(gone.what)
    if name is None or wants_json():
        raise gone
    form[name].errors = [*form[name].errors, _("This is no choice any more. Choose anew.")]
    return reserve_again(form, 409)


def reserve_again(
    form: ReserveForm, status: int, refused: RefusedError | None = None
) -> ResponseReturnValue:
    """Show the form as it was posted, with what is wrong and what could be had instead."""
    if form.holding.data is None:
        raise NotFound
    first, last = form.first.data, form.last.data
    asked = Asked(
        period=Period(first, last) if first and last and first <= last else None,
        quantity=max(1, form.quantity.data or 1),
        person_id=form.person.data,
        copy_id=number_in(form.copy.data),
        back=local_path(form.back.data, ""),
        order_id=form.order.data or NO_ORDER,
    )
    panel = reserve_panel(form.holding.data, asked, form)
    page = render_template(
        "bookings/reserve.html",
        panel=panel,
        letters="",
        people=(),
        reasons=_reasons(panel, refused),
        offers=_offers(panel, form, refused),
        may_overrule=_may_overrule(panel, form, refused),
    )
    return page, status


def _offers(panel: ReservePanel, form: ReserveForm, refused: RefusedError | None) -> Offers | None:
    """Return what could be had instead where too little is free."""
    if refused is None or Refusal.NOT_FREE not in refused.codes:
        return None
    wishes = Wishes(every=(form.wish(actor().person_id),))
    (answer,) = preview(session(), wishes, actor(), today(), now())
    wanted = Wanted(
        holding_id=panel.thing.holding_id,
        title_id=panel.thing.title_id,
        quantity=form.quantity.data,
        period=answer.wish.period,
        person_id=form.person.data,
        back=panel.back,
        place_id=panel.view.place.id,
        institution_id=answer.asked.institution_id or None,
    )
    return offers_for(answer.lines[0], wanted, similar_free(wanted, panel.view))


def _may_overrule(panel: ReservePanel, form: ReserveForm, refused: RefusedError | None) -> bool:
    """Say whether this member of staff may reserve it all the same, with a reason."""
    if form.anyway.data and refused is None:
        return True
    held = actor().scope(Right.OVERRIDE).covers_centre(panel.thing.centre_id)
    if refused is None or not held:
        return False
    period = form.wish(actor().person_id).period
    return may_overrule(refused.refusals, period, frozenset({Right.OVERRIDE}))


def _reasons(panel: ReservePanel, refused: RefusedError | None) -> list[Reason]:
    """Return why it was refused, for staff: who may overrule each, and where it is set."""
    if refused is None or not actor().may(Right.SEE_TERMS):
        return []
    institution_id = None if panel.borrower is None else panel.borrower.institution_id
    return reasons(refused.refusals, About(institution_id, panel.thing.holding_id))
