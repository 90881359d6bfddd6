"""Book a unit's media, or those of a whole school year's plan, in one go."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from catalogue.models.holding import Holding
from catalogue.models.planned_medium import PlannedMedium
from loans.operations.book import Made, book_many
from loans.operations.lock import lock
from loans.queries.plan_wishes import ChosenLine, PlanChoice, plan_answers, wishes_of
from loans.queries.planned_media import booked_for
from loans.queries.preview import WishAnswer
from schools.models.media_centre import PickupPlace
from schools.models.media_concept import TeachingUnit
from schools.rules.roles import Actor, Right, Scope


def book_plan(
    session: Session, choice: PlanChoice, by: Actor, today: date, now: datetime
) -> tuple[Made, ...]:
    """Book what was chosen for planned media: one booking for each unit and its days.

    Booking again books only what is missing: under the locks of the holdings, pieces booked for
    the unit meanwhile are taken off. With `only_free` a medium that cannot be had is left out of
    its unit's booking. Otherwise as `book_many`.

    Returns:
        As `book_many`, with what was left out at the end; nothing if nothing was missing any more.

    Raises:
        NotFoundError: a unit, holding or place is not within the actor's reach.

    Source:
        docs/rules.md, Lending 6.2.
    """
    lock(session, Holding, {line.holding_id for line in choice.lines})
    choice = replace(choice, lines=tuple(_missing(session, choice, by)))
    left_out: tuple[Made, ...] = ()
    lines = choice.lines
    if choice.only_free:
        lines, left_out = _that_can_be_had(session, choice, by, today, now)
    if not lines:
        return left_out
    known = _known(session, choice)
    made = book_many(session, wishes_of(choice, lines, by), by, today, now)
    del known
    for each in made:
        if each.booking is not None:
            each.booking.entered_by_staff = by.may(Right.RESERVE_FOR_OTHERS)
    return (*made, *left_out)


def _that_can_be_had(
    session: Session, choice: PlanChoice, by: Actor, today: date, now: datetime
) -> tuple[tuple[ChosenLine, ...], tuple[Made, ...]]:
    """Return the lines against which nothing stands, and what stands against the others.

    Each round takes lines away; what is left of a booking then stands against those after it.
    """
    lines, refused = choice.lines, list[WishAnswer]()
    while lines:
        answers = plan_answers(session, replace(choice, lines=lines), by, today, now)
        if all(each.granted for each in answers):
            break
        refused += [each for each in answers if not each.granted]
        lines = tuple(_possible(lines, answers))
    return lines, tuple(Made(each, None) for each in refused)


def _possible(lines: Iterable[ChosenLine], answers: Iterable[WishAnswer]) -> Iterator[ChosenLine]:
    """Go through the lines that nothing stands against, though it may against their booking."""
    refused = {
        (answer.wish.unit_id, answer.wish.period): frozenset(
            each.facts.get("holding_id") for each in answer.refusals
        )
        for answer in answers
        if not answer.granted
    }
    for line in lines:
        against = refused.get((line.unit_id, line.period), frozenset())
        if not against & {None, line.holding_id}:
            yield line


def _missing(session: Session, choice: PlanChoice, by: Actor) -> list[ChosenLine]:
    """Return the lines with no more pieces than are planned and not booked yet."""
    unit_ids = {line.unit_id for line in choice.lines}
    own = Scope(institution_ids=by.scope(Right.SEE_CONCEPTS).institution_ids)
    had = {
        (unit_id, each.title_id): each.quantity
        for unit_id, titles in booked_for(session, own, unit_ids, choice.year.period).items()
        for each in titles
    }
    left = {
        key: pieces - had.get(key, 0) for key, pieces in _planned_pieces(session, unit_ids).items()
    }
    return list(_cut(choice.lines, left))


def _cut(
    lines: Iterable[ChosenLine], planned: Mapping[tuple[int, int], int]
) -> Iterable[ChosenLine]:
    left = dict(planned)
    for line in lines:
        key = (line.unit_id, line.title_id)
        pieces = min(line.quantity, left.get(key, 0))
        if pieces > 0:
            left[key] -= pieces
            yield replace(line, quantity=pieces)


def _planned_pieces(session: Session, unit_ids: Iterable[int]) -> dict[tuple[int, int], int]:
    rows = session.execute(
        select(PlannedMedium.unit_id, PlannedMedium.title_id, PlannedMedium.quantity).where(
            PlannedMedium.unit_id.in_(list(unit_ids))
        )
    )
    return {(unit_id, title_id): quantity for unit_id, title_id, quantity in rows}


def _known(session: Session, choice: PlanChoice) -> tuple[Sequence[object], ...]:
    """Read what letters name in a statement each; the rows stay known while they are kept."""
    unit_ids = {line.unit_id for line in choice.lines}
    holding_ids = {line.holding_id for line in choice.lines}
    return (
        session.scalars(select(TeachingUnit).where(TeachingUnit.id.in_(unit_ids))).all(),
        session.scalars(
            select(Holding).where(Holding.id.in_(holding_ids)).options(joinedload(Holding.title))
        ).all(),
        session.scalars(
            select(PickupPlace)
            .where(PickupPlace.id == choice.place_id)
            .options(joinedload(PickupPlace.branch))
        ).all(),
    )
