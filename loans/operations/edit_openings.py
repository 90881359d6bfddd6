"""Add, change and remove the days on which a centre opens although it otherwise would not."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from catalogue.operations.editing import check_edition
from catalogue.rules.editions import edition_of
from database.audit import Change, Subject, record
from loans.errors import NotFoundError
from loans.models.closure import ExceptionalOpening
from loans.operations.settle_calendar import (
    Editor,
    Settled,
    check_branch,
    locked_calendar,
    refuse_faults,
    settle,
)
from loans.rules import calendar as rules
from loans.rules.centre_calendar import NEW, CentreCalendar, Closing, PlacedOpening
from schools.rules.roles import Actor


@dataclass(frozen=True, slots=True)
class OpeningWish:
    """An exceptional opening as somebody wants it.

    Attributes:
        centre_id: whose opening.
        branch_id: of one branch; None for the whole centre.
        opening: its day, hours (at least one stretch) and name.
    """

    centre_id: int
    branch_id: int | None
    opening: rules.ExceptionalOpening

    def placed(self, opening_id: int = NEW) -> PlacedOpening:
        """Return it as a part of the calendar."""
        return PlacedOpening(opening_id, self.branch_id, self.opening)


@dataclass(frozen=True, slots=True)
class OpeningEdit:
    """What a stored opening shall be like; `edition` is that of the one that was opened."""

    opening_id: int
    wish: OpeningWish
    edition: str


def opening_edition(placed: PlacedOpening) -> str:
    """Return what tells this opening from any other version of it."""
    return edition_of(opening_values(placed))


def check_opening(session: Session, edit: OpeningEdit, stored: PlacedOpening) -> None:
    """Make sure that an opening still is the one that was opened.

    Raises:
        ChangedMeanwhileError: somebody changed it, and it differs from what is wished.
    """
    subject = _subject(stored.id, edit.wish.centre_id)
    wished = opening_values(edit.wish.placed(stored.id))
    check_edition(session, subject, edit.edition, opening_values(stored), wished)


def add_opening(session: Session, wish: OpeningWish, by: Actor, now: datetime) -> Settled:
    """Add an exceptional opening; it moves no date. Locks the centre.

    Raises:
        NotFoundError: centre or branch lies beyond the actor's reach.
        CalendarFaultError: the calendar would be impossible.

    Source:
        docs/rules.md, Lending 1.2 and 1.3.
    """
    before = locked_calendar(session, wish.centre_id, by)
    check_branch(before, wish.branch_id)
    refuse_faults(before, before.with_opening(wish.placed()))
    rows = _rows(wish)
    session.add_all(rows)
    session.flush()
    opening_id = min(row.id for row in rows)
    change = Change("add_opening", None, _said(wish.placed()))
    record(session, by, _subject(opening_id, wish.centre_id), change, now)
    return Settled(opening_id)


def change_opening(
    session: Session, edit: OpeningEdit, by: Actor, today: date, now: datetime
) -> Settled:
    """Change an exceptional opening; dates on a day that closes again are moved.

    Locks the centre, then its holdings. The opening keeps its id.

    Raises:
        NotFoundError: no such opening or branch within the actor's reach.
        ChangedMeanwhileError: it is not the one that was opened any more.
        CalendarFaultError: the calendar would be impossible.

    Source:
        docs/rules.md, Lending 1.2, 1.3 and 1.7.
    """
    wish = edit.wish
    before, placed, centre_id = _locked(session, edit.opening_id, by)
    check_branch(before, wish.branch_id)
    wished = wish.placed(placed.id)
    subject = _subject(placed.id, centre_id)
    check_opening(session, edit, placed)
    after = before.with_opening(wished)
    refuse_faults(before, after)
    if wished != placed:
        _replace(session, placed, wish, centre_id)
        change = Change("change_opening", _said(placed), _said(wished))
        record(session, by, subject, change, now)
    closing = Closing(centre_id, before, after)
    return settle(session, closing, placed.id, "", Editor(by, today, now))


def remove_opening(
    session: Session, wished: tuple[int, str], by: Actor, today: date, now: datetime
) -> Settled:
    """Remove an exceptional opening; dates on its day, if it closes again, are moved.

    Args:
        session: inside a unit of work.
        wished: which opening, and the edition that was looked at.
        by: whoever removes it.
        today: the day.
        now: the instant.

    Raises:
        NotFoundError: no such opening within the actor's reach.
        ChangedMeanwhileError: it is not the one that was looked at any more.

    Source:
        docs/rules.md, Lending 1.2 and 1.7.
    """
    opening_id, edition = wished
    before, placed, centre_id = _locked(session, opening_id, by)
    subject = _subject(placed.id, centre_id)
    check_edition(session, subject, edition, opening_values(placed), {})
    for row in session.scalars(select(ExceptionalOpening).where(*_same(placed, centre_id))):
        session.delete(row)
    record(session, by, subject, Change("remove_opening", _said(placed)), now)
    session.flush()
    closing = Closing(centre_id, before, before.without_opening(placed.id))
    return settle(session, closing, NEW, "", Editor(by, today, now))


def opening_values(placed: PlacedOpening) -> dict[str, Any]:
    """Return the values of an opening by the names that forms and editions use."""
    return {
        "branch_id": placed.branch_id,
        "day": placed.opening.day,
        "hours": tuple(
            f"{stretch.opens:%H:%M}-{stretch.closes:%H:%M}" for stretch in placed.opening.hours
        ),
        "name": placed.opening.name,
    }


def _locked(
    session: Session, opening_id: int, by: Actor
) -> tuple[CentreCalendar, PlacedOpening, int]:
    query = select(ExceptionalOpening.centre_id).where(ExceptionalOpening.id == opening_id)
    centre_id = session.scalar(query)
    if centre_id is None:
        raise NotFoundError("exceptional_opening", opening_id)
    calendar = locked_calendar(session, centre_id, by)
    for placed in calendar.openings:
        if placed.id == opening_id:
            return calendar, placed, centre_id
    raise NotFoundError("exceptional_opening", opening_id)


def _replace(session: Session, placed: PlacedOpening, wish: OpeningWish, centre_id: int) -> None:
    """Write other stretches in place of the old ones; the first row is kept, with its id."""
    query = select(ExceptionalOpening).where(*_same(placed, centre_id))
    kept, *others = session.scalars(query.order_by(ExceptionalOpening.id))
    for row in others:
        session.delete(row)
    first, *further = _rows(wish)
    kept.branch_id, kept.day, kept.name = first.branch_id, first.day, first.name
    kept.opens, kept.closes = first.opens, first.closes
    session.add_all(further)
    session.flush()


def _same(placed: PlacedOpening, centre_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        ExceptionalOpening.centre_id == centre_id,
        ExceptionalOpening.branch_id.is_not_distinct_from(placed.branch_id),
        ExceptionalOpening.day == placed.opening.day,
    )


def _rows(wish: OpeningWish) -> list[ExceptionalOpening]:
    return [
        ExceptionalOpening(
            centre_id=wish.centre_id,
            branch_id=wish.branch_id,
            day=wish.opening.day,
            opens=stretch.opens,
            closes=stretch.closes,
            name=wish.opening.name,
        )
        for stretch in wish.opening.hours
    ]


def _subject(opening_id: int, centre_id: int) -> Subject:
    return Subject("exceptional_opening", opening_id, centre_id)


def _said(placed: PlacedOpening) -> dict[str, Any]:
    values = opening_values(placed)
    return values | {"day": placed.opening.day.isoformat(), "hours": list(values["hours"])}
