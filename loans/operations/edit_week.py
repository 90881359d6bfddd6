"""Change the regular week of a branch: its hours, and closed weekdays that are worked on."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from catalogue.operations.editing import check_edition
from catalogue.rules.editions import edition_of
from database.audit import Change, Subject, record
from loans.errors import NotFoundError
from loans.models.closure import OpeningHours
from loans.operations.settle_calendar import (
    Editor,
    Settled,
    locked_calendar,
    refuse_faults,
    settle,
)
from loans.rules.calendar import Hours
from loans.rules.centre_calendar import Closing, Week
from schools.models.media_centre import Branch
from schools.rules.roles import Actor

WEEKDAYS = range(7)


@dataclass(frozen=True, slots=True)
class WeekEdit:
    """What a branch's week shall be like; `edition` is that of the one that was opened."""

    branch_id: int
    week: Week
    edition: str


def week_edition(week: Week) -> str:
    """Return what tells this week from any other."""
    return edition_of(week_values(week))


def week_values(week: Week) -> dict[str, Any]:
    """Return a week by the names that forms and editions use: of each weekday, and of any."""
    hours: dict[str, Any] = {
        f"hours_{weekday}": tuple(_text(each) for of, each in week.hours if of == weekday)
        for weekday in WEEKDAYS
    }
    processed = {f"processed_{day}": day in week.processed for day in WEEKDAYS}
    return hours | processed | {"visits_a_day": week.visits_a_day}


def check_week(session: Session, edit: WeekEdit, stored: Week) -> None:
    """Make sure that a week still is the one that was opened.

    Raises:
        ChangedMeanwhileError: somebody changed it, and it differs from what is wished.
    """
    subject = Subject("branch", edit.branch_id)
    check_edition(session, subject, edit.edition, week_values(stored), week_values(edit.week))


def change_week(
    session: Session, edit: WeekEdit, by: Actor, today: date, now: datetime
) -> Settled:
    """Change a branch's week and move the dates that fall on weekdays it newly closes.

    Locks the centre, then its holdings.

    Raises:
        NotFoundError: no such branch within the actor's reach.
        ChangedMeanwhileError: the week is not the one that was opened any more.
        CalendarFaultError: the calendar would be impossible.

    Source:
        docs/rules.md, Lending 1.2, 1.3 and 1.7.
    """
    branch = session.get(Branch, edit.branch_id)
    if branch is None:
        raise NotFoundError("branch", edit.branch_id)
    before = locked_calendar(session, branch.centre_id, by)
    old, new = before.weeks[branch.id], edit.week
    subject = Subject("branch", branch.id, branch.centre_id)
    check_week(session, edit, old)
    after = before.with_week(branch.id, new)
    refuse_faults(before, after)
    if week_values(new) != week_values(old):
        _write(session, branch, new)
        change = Change("change_week", _said(old), _said(new))
        record(session, by, subject, change, now)
    closing = Closing(branch.centre_id, before, after)
    return settle(session, closing, branch.id, "", Editor(by, today, now))


def _write(session: Session, branch: Branch, week: Week) -> None:
    locked = select(Branch).where(Branch.id == branch.id).with_for_update(key_share=True)
    session.scalars(locked.execution_options(populate_existing=True)).one()
    session.execute(delete(OpeningHours).where(OpeningHours.branch_id == branch.id))
    session.add_all(
        OpeningHours(
            branch_id=branch.id, weekday=weekday, opens=stretch.opens, closes=stretch.closes
        )
        for weekday, stretch in week.hours
    )
    branch.processed_weekdays = "".join(map(str, sorted(week.processed)))
    branch.visits_a_day = week.visits_a_day
    session.flush()


def _said(week: Week) -> dict[str, Any]:
    return {
        "hours": [[weekday, _text(each)] for weekday, each in week.hours],
        "processed": sorted(week.processed),
        "visits_a_day": week.visits_a_day,
    }


def _text(stretch: Hours) -> str:
    return f"{stretch.opens:%H:%M}-{stretch.closes:%H:%M}"
