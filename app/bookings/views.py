"""Bookings: one with what happens next, one's own, and all of the centre."""

from datetime import timedelta

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.addresses import local_path, public_address
from app.answers import accepted, earlier_answer, keep_answer, wants_json
from app.bookings.forms import BookingFilterForm, DeclineForm
from app.bookings.rows import TONES, booking_rows
from app.calendar_file import BookingEvent, calendar_file
from app.letters import host_of
from app.reasons import About, terms_address
from app.security import requires
from app.sessions import session
from app.settings import current_settings
from app.today import now, today
from app.visitor import actor
from database.unit_of_work import unit_of_work
from loans.operations.cancel import cancel
from loans.operations.decide import confirm, decline
from loans.queries.bookings import (
    BookingFacts,
    booking_numbered,
    bookings_of_centre,
    bookings_of_person,
)
from loans.queries.deliveries import delivery_at
from loans.rules.booking_states import BookingState
from schools.rules.roles import Right
from schools.vocabularies.media_types import media_type

bookings = Blueprint("bookings", __name__)

DAYS_BACK = 60
"""How long one's own list shows what is over."""

GONE = frozenset(
    {
        BookingState.CANCELLED,
        BookingState.CLOSED,
        BookingState.DECLINED,
        BookingState.LAPSED,
    }
)


@bookings.get("/bookings")
@requires(Right.RESERVE)
def own_bookings() -> ResponseReturnValue:
    """List the visitor's bookings: what is to come, then what is over."""
    person_id = actor().person_id or 0
    since = today() - timedelta(days=DAYS_BACK)
    found = bookings_of_person(session(), person_id, since=since)
    coming = [each for each in found if each.period.last >= today() and each.state not in GONE]
    over = [each for each in reversed(found) if each not in coming]
    return render_template(
        "bookings/own.html", coming=booking_rows(coming), over=booking_rows(over)
    )


@bookings.get("/bookings/all")
@requires(Right.RESERVE_FOR_OTHERS)
def centre_bookings() -> ResponseReturnValue:
    """List the centre's bookings, narrowed by day, state, person or number."""
    form = BookingFilterForm(request.args)
    form.validate()
    narrowed = form.narrowed()
    found = bookings_of_centre(session(), actor().scope(Right.RESERVE_FOR_OTHERS), narrowed)
    return render_template(
        "bookings/all.html", form=form, found=found, page=narrowed.page, tones=TONES
    )


@bookings.get("/bookings/<number>")
@requires(Right.BOOK)
def booking_page(number: str) -> ResponseReturnValue:
    """Show a booking: what happens next, its calendar entry, cancelling."""
    return _page(_booking(number), DeclineForm(), 200)


@bookings.get("/bookings/<number>.ics")
@requires(Right.BOOK)
def booking_calendar(number: str) -> ResponseReturnValue:
    """Give the booking as a file for calendars."""
    booking = _booking(number)
    event = BookingEvent(
        number=booking.number,
        first=booking.period.first,
        last=booking.period.last,
        summary=_("Media booked: %(what)s", what=", ".join(each.title for each in booking.lines)),
        place=f"{booking.place}, {booking.branch}",
        address=public_address("bookings.booking_page", number=booking.number),
        sequence=booking.sequence,
        cancelled=booking.state in GONE,
    )
    content = calendar_file(event, host_of(current_settings().public_url), now())
    answer = Response(content, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = f'attachment; filename="{booking.number}.ics"'
    return answer


@bookings.post("/bookings/<number>/cancel")
@requires(Right.BOOK)
def cancel_booking(number: str) -> ResponseReturnValue:
    """Give a booking up, or what is left to collect of it."""
    with unit_of_work(session()):
        answer = earlier_answer()
        if answer is None:
            booking = cancel(session(), number, actor(), now())
            answer = {"number": booking.number, "state": booking.state.value}
            keep_answer(answer)
    if wants_json():
        return accepted(answer)
    flash(
        _("%(number)s is cancelled; the media are free again.", number=answer["number"]), "success"
    )
    return redirect(_address(answer["number"]), 303)


@bookings.post("/bookings/<number>/confirm")
@requires(Right.RESERVE_FOR_OTHERS)
def confirm_booking(number: str) -> ResponseReturnValue:
    """Confirm what was requested."""
    with unit_of_work(session()):
        if earlier_answer() is None:
            confirm(session(), number, actor(), now())
            keep_answer({"number": number})
    flash(_("The booking is confirmed; the borrower gets a letter."), "success")
    return redirect(_address(number), 303)


@bookings.post("/bookings/<number>/decline")
@requires(Right.RESERVE_FOR_OTHERS)
def decline_booking(number: str) -> ResponseReturnValue:
    """Decline what was requested, with a reason for the borrower."""
    form = DeclineForm()
    if not form.validate():
        return _page(_booking(number), form, 422)
    with unit_of_work(session()):
        if earlier_answer() is None:
            decline(session(), number, actor(), now(), reason=form.reason.data)
            keep_answer({"number": number})
    flash(_("The booking is declined; the borrower gets a letter with the reason."), "success")
    return redirect(_address(number), 303)


def _booking(number: str) -> BookingFacts:
    found = booking_numbered(session(), actor().scope(Right.BOOK), number)
    if found is None:
        raise NotFound
    return found


def _page(booking: BookingFacts, form: DeclineForm, status: int) -> ResponseReturnValue:
    page = render_template(
        "bookings/booking.html",
        booking=booking,
        kind_of_first=media_type(booking.lines[0].type_code).kind.value,
        tones=TONES,
        form=form,
        made="made" in request.args and booking.state not in GONE,
        back=local_path(request.args.get("back"), ""),
        own=booking.person_id == actor().person_id,
        brought=delivery_at(session(), booking.place_id, booking.period),
        why_approval=terms_address(_about(booking), ["needs_approval"]),
        decides=booking.state is BookingState.REQUESTED
        and actor().scope(Right.RESERVE_FOR_OTHERS).covers_centre(booking.centre_id),
    )
    return page, status


def _about(booking: BookingFacts) -> About:
    return About(booking.institution_id, booking.lines[0].holding_id)


def _address(number: str) -> str:
    return url_for("bookings.booking_page", number=number, back=_back())


def _back() -> str | None:
    return local_path(request.form.get("back"), "") or None
