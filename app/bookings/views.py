"""Bookings: one with what happens next, one's own, and all of the centre."""

from datetime import timedelta

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.addresses import local_path, public_address
from app.answers import accepted, earlier_answer, keep_answer, wants_json
from app.bookings.decide import decision_of
from app.bookings.edit_form import edit_form_of
from app.bookings.forms import BookingFilterForm, ConfirmForm, DeclineForm
from app.bookings.rows import TONES, booking_rows
from app.bookings.shown import GONE, overbooked_ids, words_of
from app.calendar_file import BookingEvent, calendar_file
from app.letters import host_of
from app.security import requires
from app.sessions import session
from app.settings import current_settings
from app.today import now, today
from app.visitor import actor
from database.unit_of_work import unit_of_work
from loans.operations.cancel import cancel
from loans.queries.bookings import (
    BookingFacts,
    booking_numbered,
    booking_row,
    bookings_of_centre,
    bookings_of_person,
    count_requests,
    facts_of,
)
from loans.rules.booking_states import BookingState
from schools.rules.roles import Right

bookings = Blueprint("bookings", __name__)

DAYS_BACK = 60
"""How long one's own list shows what is over."""


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
        "bookings/all.html",
        form=form,
        found=found,
        page=narrowed.page,
        tones=TONES,
        overbooked=overbooked_ids(found.bookings),
        requests=count_requests(session(), actor().scope(Right.RESERVE_FOR_OTHERS)),
    )


@bookings.get("/bookings/<number>")
@requires(Right.BOOK)
def booking_page(number: str) -> ResponseReturnValue:
    """Show a booking: what happens next, its calendar entry, changing and cancelling."""
    row = booking_row(session(), actor().scope(Right.BOOK), number)
    if row is None:
        raise NotFound
    booking = facts_of(row)
    decision = decision_of(booking, ConfirmForm(formdata=None), DeclineForm(formdata=None))
    words = words_of(booking)
    days = edit_form_of(row, booking, {}) if words["editable"] and not booking.is_out else None
    return render_template("bookings/booking.html", **words, decision=decision, days=days)


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
        cancelled=booking.state in GONE - {BookingState.CLOSED},
        requested=booking.state is BookingState.REQUESTED,
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


def _booking(number: str) -> BookingFacts:
    found = booking_numbered(session(), actor().scope(Right.BOOK), number)
    if found is None:
        raise NotFound
    return found


def _address(number: str) -> str:
    return url_for("bookings.booking_page", number=number, back=_back())


def _back() -> str | None:
    return local_path(request.form.get("back"), "") or None
