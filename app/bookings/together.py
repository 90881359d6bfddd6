"""Bookings that were made in one go: a series, a unit's media, a school year's plan."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from werkzeug.exceptions import NotFound

from app.answers import accepted, earlier_answer, keep_answer, wants_json
from app.bookings.rows import booking_rows
from app.security import requires
from app.sessions import session
from app.today import now
from app.visitor import actor
from database.unit_of_work import unit_of_work
from loans.operations.cancel import cancel_together
from loans.queries.bookings import bookings_together
from schools.rules.roles import Right

together = Blueprint("together", __name__)

LONGEST_KEY = 32


@together.get("/bookings/together/<group_key>")
@requires(Right.BOOK)
def together_page(group_key: str) -> ResponseReturnValue:
    """List bookings that were made in one go, with a way to cancel all that are left."""
    found = bookings_together(session(), actor().scope(Right.BOOK), group_key[:LONGEST_KEY])
    if not found:
        raise NotFound
    return render_template(
        "bookings/together.html",
        rows=booking_rows(found),
        bookings=found,
        left=sum(each.can_be_cancelled for each in found),
        key=group_key,
        own=found[0].person_id == actor().person_id,
    )


@together.post("/bookings/together/<group_key>/cancel")
@requires(Right.BOOK)
def cancel_all(group_key: str) -> ResponseReturnValue:
    """Cancel what is left to collect of all of them."""
    with unit_of_work(session()):
        answer = earlier_answer()
        if answer is None:
            given_up = cancel_together(session(), group_key[:LONGEST_KEY], actor(), now())
            answer = {"numbers": [booking.number for booking in given_up]}
            keep_answer(answer)
    if wants_json():
        return accepted(answer)
    number = len(answer["numbers"])
    flash(
        ngettext("%(num)s booking is cancelled.", "%(num)s bookings are cancelled.", number),
        "success",
    )
    return redirect(url_for("together.together_page", group_key=group_key), 303)
