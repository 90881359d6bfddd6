"""A teaching unit with its media, reserved in one go."""

from dataclasses import replace

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from app.answers import accepted, wants_json
from app.planning.asked import Asked, chosen_class
from app.planning.asked import asked as asked_in_request
from app.planning.plan import book_chosen, centre_of, read_plan
from app.planning.rows import refusals_of, unit_rows
from app.planning.told import SHOWN_FIRST, Outcome, common, outcome_json, outcome_of, tell
from app.security import requires
from app.sessions import session
from app.visitor import actor
from loans.queries.bookings import class_names_of
from loans.queries.planned_media import PlannedUnit, unit_within
from schools.rules.roles import Right

units = Blueprint("units", __name__, url_prefix="/units")


@units.get("/<int:unit_id>")
@requires(Right.RESERVE)
def unit(unit_id: int) -> ResponseReturnValue:
    """Show a unit with its media in a school year, what is free chosen already."""
    return _page(_unit(unit_id), _asked(), SHOWN_FIRST), 200


@units.post("/<int:unit_id>/bookings")
@requires(Right.RESERVE)
def book_unit(unit_id: int) -> ResponseReturnValue:
    """Reserve what was chosen of a unit's media, in one transaction."""
    found, wanted = _unit(unit_id), _asked()
    reading = read_plan([found], centre_of(found), wanted)
    booked = book_chosen(reading.plan, wanted)
    outcome = outcome_of(booked)
    if outcome is not None or booked is None:
        shown = outcome or SHOWN_FIRST
        return outcome_json(shown) if wants_json() else (_page(found, wanted, shown), shown.status)
    if wants_json():
        return accepted({"numbers": list(booked.numbers)}, made=bool(booked.numbers))
    if len(booked.numbers) == 1 and not booked.refused:
        return redirect(url_for("bookings.booking_page", number=booked.numbers[0], made=1), 303)
    tell(booked, reading)
    return redirect(url_for("units.unit", unit_id=unit_id, year=wanted.year.starts), 303)


def _asked() -> Asked:
    """Return what is asked; a unit is reserved in one's own name."""
    return replace(asked_in_request(), person_id=None)


def _unit(unit_id: int) -> PlannedUnit:
    found = unit_within(session(), actor().scope(Right.SEE_CONCEPTS), unit_id)
    if found is None or found.institution_id not in actor().institution_ids():
        raise NotFound
    return found


def _page(found: PlannedUnit, wanted: Asked, outcome: Outcome) -> str:
    reading = read_plan([found], centre_of(found), wanted)
    refused = refusals_of(reading.answers)
    (row,) = unit_rows(reading.plan, refused, outcome.posted())
    return render_template(
        "planning/unit.html",
        unit=row,
        school=found.institution,
        class_name=chosen_class(),
        classes=class_names_of(session(), actor().person_id or 0),
        **common(reading, wanted, outcome),
    )
