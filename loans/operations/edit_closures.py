"""Add, change and remove the closures of a centre or of one of its branches."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.operations.editing import check_edition, take_over
from catalogue.rules.editions import edition_of
from database.audit import Change, Subject, record
from loans.errors import NotFoundError
from loans.models.closure import Closure
from loans.operations.settle_calendar import (
    Editor,
    Settled,
    check_branch,
    locked_calendar,
    refuse_faults,
    settle,
)
from loans.queries.centre_calendars import placed_closure
from loans.rules import calendar as rules
from loans.rules.centre_calendar import NEW, CentreCalendar, Closing, PlacedClosure
from schools.rules.roles import Actor


@dataclass(frozen=True, slots=True)
class ClosureWish:
    """A closure as somebody wants it.

    Attributes:
        centre_id: whose closure.
        branch_id: of one branch; None for the whole centre.
        closure: its name and days.
    """

    centre_id: int
    branch_id: int | None
    closure: rules.Closure

    def placed(self, closure_id: int = NEW) -> PlacedClosure:
        """Return it as a part of the calendar."""
        return PlacedClosure(closure_id, self.branch_id, self.closure)


@dataclass(frozen=True, slots=True)
class ClosureEdit:
    """What a stored closure shall be like; `edition` is that of the one that was opened."""

    closure_id: int
    wish: ClosureWish
    edition: str


def closure_edition(placed: PlacedClosure) -> str:
    """Return what tells this closure from any other version of it."""
    return edition_of(_values(placed.branch_id, placed.closure))


def check_closure(session: Session, edit: ClosureEdit, stored: PlacedClosure) -> None:
    """Make sure that a closure still is the one that was opened.

    Raises:
        ChangedMeanwhileError: somebody changed it, and it differs from what is wished.
    """
    wish = edit.wish
    subject = Subject("closure", stored.id, wish.centre_id)
    known = _values(stored.branch_id, stored.closure)
    check_edition(session, subject, edit.edition, known, _values(wish.branch_id, wish.closure))


def add_closure(
    session: Session, wish: ClosureWish, by: Actor, today: date, now: datetime
) -> Settled:
    """Add a closure and move the dates that fall on its days.

    Locks the centre, then its holdings; all is in the transaction that stores the closure.

    Raises:
        NotFoundError: centre or branch lies beyond the actor's reach.
        CalendarFaultError: the calendar would be impossible.

    Source:
        docs/rules.md, Lending 1.2, 1.3 and 1.7.
    """
    before = locked_calendar(session, wish.centre_id, by)
    check_branch(before, wish.branch_id)
    after = before.with_closure(wish.placed())
    refuse_faults(before, after)
    row = Closure(centre_id=wish.centre_id, **_values(wish.branch_id, wish.closure))
    session.add(row)
    session.flush()
    change = Change("add_closure", None, _said(wish.branch_id, wish.closure))
    record(session, by, _subject(row), change, now)
    closing = Closing(wish.centre_id, before, after)
    return settle(session, closing, row.id, wish.closure.name, Editor(by, today, now))


def change_closure(
    session: Session, edit: ClosureEdit, by: Actor, today: date, now: datetime
) -> Settled:
    """Change a closure and move the dates that fall on days it newly closes.

    Days it opens again shorten nothing. Locks the centre, the closure, then the holdings.

    Raises:
        NotFoundError: no such closure or branch within the actor's reach.
        ChangedMeanwhileError: it is not the one that was opened any more.
        CalendarFaultError: the calendar would be impossible.

    Source:
        docs/rules.md, Lending 1.2, 1.3 and 1.7.
    """
    wish = edit.wish
    before, row = _locked(session, edit.closure_id, by)
    check_branch(before, wish.branch_id)
    wished = _values(wish.branch_id, wish.closure)
    check_closure(session, edit, placed_closure(row))
    after = before.with_closure(wish.placed(row.id))
    refuse_faults(before, after)
    old, new = take_over(row, wished)
    if new:
        record(session, by, _subject(row), Change("change_closure", old, new), now)
    session.flush()
    closing = Closing(row.centre_id, before, after)
    return settle(session, closing, row.id, wish.closure.name, Editor(by, today, now))


def remove_closure(
    session: Session, closure_id: int, edition: str, by: Actor, now: datetime
) -> Settled:
    """Remove a closure; dates that it moved stay where they are. Locks the centre, then it.

    Raises:
        NotFoundError: no such closure within the actor's reach.
        ChangedMeanwhileError: it is not the one that was looked at any more.

    Source:
        docs/rules.md, Lending 1.7: removing a closure shortens nothing.
    """
    _before, row = _locked(session, closure_id, by)
    check_edition(session, _subject(row), edition, _stored(row), {})
    placed = placed_closure(row)
    change = Change("remove_closure", _said(placed.branch_id, placed.closure))
    record(session, by, _subject(row), change, now)
    session.delete(row)
    return Settled(NEW)


def _locked(session: Session, closure_id: int, by: Actor) -> tuple[CentreCalendar, Closure]:
    centre_id = session.scalar(select(Closure.centre_id).where(Closure.id == closure_id))
    if centre_id is None:
        raise NotFoundError("closure", closure_id)
    calendar = locked_calendar(session, centre_id, by)
    query = select(Closure).where(Closure.id == closure_id).with_for_update(key_share=True)
    row = session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise NotFoundError("closure", closure_id)
    return calendar, row


def _subject(row: Closure) -> Subject:
    return Subject("closure", row.id, row.centre_id)


def _stored(row: Closure) -> dict[str, Any]:
    placed = placed_closure(row)
    return _values(placed.branch_id, placed.closure)


def _values(branch_id: int | None, closure: rules.Closure) -> dict[str, Any]:
    return {
        "branch_id": branch_id,
        "name": closure.name,
        "first": closure.first,
        "last": closure.last,
        "yearly": closure.yearly,
        "processed": closure.processed,
    }


def _said(branch_id: int | None, closure: rules.Closure) -> dict[str, Any]:
    days = {"first": closure.first.isoformat(), "last": closure.last.isoformat()}
    return _values(branch_id, closure) | days
