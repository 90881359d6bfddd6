"""Reading a plan for this request's visitor, and booking what was chosen of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from werkzeug.exceptions import NotFound

from app.answers import earlier_answer, keep_answer
from app.planning.asked import Asked, chosen_class, chosen_lines
from app.planning.rows import chosen_by_default
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from database.unit_of_work import unit_of_work
from loans.operations.book import Made
from loans.operations.book_plan import book_plan
from loans.operations.record_missed import MissedLine, record_missed
from loans.operations.record_refused_wish import record_refused_answers
from loans.queries.plan_wishes import ChosenLine, PlanChoice, plan_answers
from loans.queries.planned_media import PlannedUnit
from loans.queries.preview import WishAnswer
from loans.queries.viewpoint import Viewpoint, Where, viewpoint_of
from loans.queries.year_plan import YearPlan, year_plan
from loans.rules.plans import LineState
from schools.rules.roles import Right


@dataclass(frozen=True, slots=True)
class Reading:
    """A plan as it stands, and what booking it would say.

    Attributes:
        view: of the school, at the place chosen.
        plan: judged.
        answers: of the bookings that would be made unless somebody chooses otherwise.
    """

    view: Viewpoint
    plan: YearPlan
    answers: tuple[WishAnswer, ...]


@dataclass(frozen=True, slots=True)
class Booked:
    """What came of booking a plan: `numbers` of bookings, or every refusal and none."""

    numbers: tuple[str, ...]
    pieces: int
    refused: tuple[WishAnswer, ...]


def read_plan(units: Sequence[PlannedUnit], centre_id: int, asked: Asked) -> Reading:
    """Return the plan of units of one school; a constant number of statements.

    Raises:
        loans.errors.NotFoundError: the place is not one of the school's.
    """
    institution_id = units[0].institution_id if units else asked.institution_id
    where = Where(centre_id, asked.place_id, institution_id)
    view = viewpoint_of(session(), actor().scope(Right.BOOK), where, today(), now())
    plan = year_plan(session(), view, units, asked.year)
    lines = chosen_by_default(plan)
    choice = PlanChoice(lines, asked.year, view.place.id, person_id=asked.person_id)
    return Reading(view, plan, plan_answers(session(), choice, actor(), today(), now()))


def book_chosen(plan: YearPlan, asked: Asked) -> Booked | None:
    """Book what the form chose, and remember what could not be had as planned.

    Returns:
        None if nothing was chosen.
    """
    lines = chosen_lines()
    if not lines:
        return None
    choice = PlanChoice(
        lines,
        asked.year,
        asked.place_id,
        chosen_class(),
        only_free="only_free" in request.form,
        person_id=asked.person_id,
    )
    refused: tuple[WishAnswer, ...] = ()
    with unit_of_work(session()):
        answer = earlier_answer()
        if answer is None:
            made = book_plan(session(), choice, actor(), today(), now())
            refused = tuple(each.answer for each in made if each.booking is None)
            answer = _answer(made)
            if answer["numbers"] or not refused:
                keep_answer(answer)
    _remember(plan, lines if answer["numbers"] else (), refused)
    return Booked(tuple(answer["numbers"]), answer["pieces"], refused)


def _answer(made: Sequence[Made]) -> dict[str, Any]:
    bookings = [each.booking for each in made if each.booking is not None]
    return {
        "numbers": [booking.number for booking in bookings],
        "pieces": sum(line.quantity for booking in bookings for line in booking.lines),
    }


def _remember(plan: YearPlan, lines: Sequence[ChosenLine], refused: Sequence[WishAnswer]) -> None:
    """Feed the purchase list: what was not free as planned, and what was refused on top of it."""
    key = request.form.get("idem") or now().isoformat()
    with unit_of_work(session()):
        record_missed(session(), _missed(plan, lines), plan.year, today())
        record_refused_answers(session(), refused, f"plan:{actor().account_id}:{key}", today())


def _missed(plan: YearPlan, lines: Sequence[ChosenLine]) -> Iterator[MissedLine]:
    """Go through planned media that were not free, of units for which something was booked."""
    units = {line.unit_id for line in lines}
    for unit, line in plan.lines:
        verdict = line.verdict
        if unit.id not in units or verdict.state is not LineState.CONFLICT:
            continue
        if line.holding_id is not None and verdict.period is not None:
            yield MissedLine(
                unit.institution_id,
                unit.id,
                line.holding_id,
                verdict.period,
                line.missing,
                tuple(str(each.code) for each in verdict.refused),
            )


def centre_of(unit: PlannedUnit) -> int:
    """Return the centre that serves a unit's school; raises `NotFound` where none does."""
    if unit.centre_id is None:
        raise NotFound
    return unit.centre_id
