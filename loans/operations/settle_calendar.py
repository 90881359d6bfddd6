"""What every edit of a centre's calendar does: lock, refuse faults, move the dates it closes."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from catalogue.models.holding import Holding
from database.audit import Change, Subject, record_many
from loans.errors import CalendarFaultError, NotFoundError
from loans.models.hold import Hold
from loans.models.loan import Loan
from loans.operations.lock_centre import lock_centre
from loans.operations.tell_moved_dates import tell_moved_dates
from loans.queries.centre_calendars import centre_calendar
from loans.queries.moved_dates import AffectedDate, DateKind, affected_by
from loans.rules.centre_calendar import CentreCalendar, Closing
from schools.rules.roles import Actor, Right

ROWS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Editor:
    """Who edits a calendar, and when."""

    by: Actor
    today: date
    now: datetime


@dataclass(frozen=True, slots=True)
class Settled:
    """What an edit of the calendar led to.

    Attributes:
        id: of the row that was added or changed; 0 where one was removed.
        moved: dates that were moved.
        told: people who are owed a letter about them.
        untold: people without an address.
    """

    id: int
    moved: int = 0
    told: int = 0
    untold: int = 0


def locked_calendar(session: Session, centre_id: int, by: Actor) -> CentreCalendar:
    """Return a centre's calendar; whoever else edits it waits until the unit of work ends.

    Raises:
        NotFoundError: no such centre within the actor's reach.
    """
    lock_centre(session, centre_id, by)
    return centre_calendar(session, centre_id)


def check_branch(calendar: CentreCalendar, branch_id: int | None) -> None:
    """Make sure that a branch, if one is named, is of the centre.

    Raises:
        NotFoundError: it is another centre's, or there is none.
    """
    if branch_id is not None and branch_id not in calendar.weeks:
        raise NotFoundError("branch", branch_id)


def refuse_faults(before: CentreCalendar, after: CentreCalendar) -> None:
    """Refuse a calendar that cannot be.

    Raises:
        CalendarFaultError: with everything that is wrong and was not before.

    Source:
        docs/rules.md, Lending 1.3.
    """
    faults = after.faults_beyond(before)
    if faults:
        raise CalendarFaultError(faults)


def settle(session: Session, closing: Closing, row_id: int, why: str, editor: Editor) -> Settled:
    """Move once every date that the edit closes, forward to an open day; owe a letter a person.

    Locks the centre's holdings, by which every act of lending there begins: no date is agreed by
    the old calendar while this one is written.

    Args:
        session: in the unit of work that stores the edit.
        closing: the calendars before and after.
        row_id: what was edited.
        why: the closure's name, for the log and the letters; empty where no closure is the cause.
        editor: who, and when.

    Source:
        docs/rules.md, Lending 1.7 and 12.2.
    """
    _lock_holdings(session, closing.centre_id)
    scope = editor.by.scope(Right.MANAGE_CENTRE)
    moved = affected_by(session, scope, closing, editor.today).moved
    _write(session, moved)
    acts = (_act(each, closing.centre_id, why) for each in moved)
    record_many(session, editor.by, acts, editor.now)
    told, untold = tell_moved_dates(session, moved, closing.centre_id, why, editor.now)
    return Settled(row_id, len(moved), told, untold)


def _lock_holdings(session: Session, centre_id: int) -> None:
    query = select(Holding.id).where(Holding.centre_id == centre_id).order_by(Holding.id)
    session.execute(query.with_for_update(key_share=True)).all()


def _write(session: Session, moved: Sequence[AffectedDate]) -> None:
    """Write the new days: one statement for each kind and day."""
    ids: dict[tuple[DateKind, date | None], list[int]] = defaultdict(list)
    for each in moved:
        ids[each.kind, each.move.to].append(each.id)
    for (kind, day), same in ids.items():
        for start in range(0, len(same), ROWS_AT_ONCE):
            session.execute(_update(kind, day, same[start : start + ROWS_AT_ONCE]))


def _update(kind: DateKind, day: date | None, ids: Sequence[int]) -> Any:  # noqa: ANN401  # an UPDATE
    if kind is DateKind.LOAN:
        return update(Loan).where(Loan.id.in_(ids)).values(due_on=day)
    return update(Hold).where(Hold.id.in_(ids)).values(pickup_deadline=day)


def _act(each: AffectedDate, centre_id: int, why: str) -> tuple[Subject, Change]:
    table, column = TABLES[each.kind]
    after = None if each.move.to is None else each.move.to.isoformat()
    change = Change(
        "move_date", before={column: each.day.isoformat()}, after={column: after}, reason=why
    )
    return Subject(table, each.id, centre_id, each.institution_id), change


TABLES = {DateKind.LOAN: ("loan", "due_on"), DateKind.PICKUP: ("hold", "pickup_deadline")}
"""Where each date stands, as the log names it."""
