"""Who has a title on a day: for staff, with every booking, loan and basket behind the number."""

from datetime import timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from app.bookings.forms import number_in_address, period_in_address
from app.reserving_thing import thing_of
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from loans.queries.availability import amounts
from loans.queries.keepers import keepers_on
from loans.queries.viewpoint import Where, viewpoint_of
from schools.rules.periods import Period
from schools.rules.roles import Right

day_list = Blueprint("day_list", __name__)


@day_list.get("/bookings/day")
@requires(Right.RESERVE_FOR_OTHERS)
def day_page() -> ResponseReturnValue:
    """Show how many are free on a day, below 0 where overbooked, and all that keeps them."""
    holding_id = number_in_address("holding")
    if holding_id is None:
        raise NotFound
    thing = thing_of(holding_id)
    scope = actor().scope(Right.RESERVE_FOR_OTHERS)
    if not scope.covers_centre(thing.centre_id):
        raise NotFound
    asked = period_in_address()
    shown = max(today(), asked.first if asked else today())
    view = viewpoint_of(session(), scope, Where(thing.centre_id), today(), now())
    found = amounts(session(), view, {holding_id}, Period(shown, shown))[holding_id]
    return render_template(
        "bookings/day.html",
        thing=thing,
        shown=shown,
        free=found.free_on(shown),
        lacking=found.lacking_on(shown),
        capacity=found.capacity,
        keepers=keepers_on(session(), view, holding_id, shown),
        before=shown - timedelta(days=1) if shown > today() else None,
        after=shown + timedelta(days=1),
    )
