"""What an edit of the calendar would move, said before it does."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.office.pages import office_scope
from app.sessions import session
from app.today import now, today
from loans.errors import NotFoundError
from loans.queries.calendars import Calendars
from loans.queries.moved_dates import (
    Affected,
    AffectedBooking,
    AffectedDate,
    DateKind,
    affected_by,
)
from loans.queries.overbooked import Overbooked, overbooked
from loans.queries.viewpoint import Where, viewpoint_of
from loans.rules.centre_calendar import Closing
from loans.rules.moved_dates import Stays

SHOWN = 100
"""Lines of each list of a preview; more are counted."""


@dataclass(frozen=True, slots=True)
class Group:
    """So many dates of a kind move from one day to another."""

    kind: DateKind
    day: date
    to: date
    number: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What an edit of the calendar would lead to.

    Attributes:
        affected: every date and booking it meets.
        groups: moved dates by their old and new day.
        overbooked: titles that would be promised too often, and are not yet.
    """

    affected: Affected
    groups: tuple[Group, ...]
    overbooked: tuple[Overbooked, ...]

    @property
    def is_empty(self) -> bool:
        """Say whether nothing is met."""
        return not self.affected.dates and not self.affected.bookings

    @property
    def moved(self) -> Sequence[AffectedDate]:
        """The first of the dates that move."""
        return self.affected.moved[:SHOWN]

    @property
    def staying(self) -> Sequence[AffectedDate]:
        """The first of those that stay, but for the ones that the terms keep."""
        others = [each for each in self.affected.staying if each.move.stays is not Stays.KEEP]
        return others[:SHOWN]

    @property
    def kept(self) -> int:
        """How many the terms keep where they are."""
        return sum(each.move.stays is Stays.KEEP for each in self.affected.staying)

    @property
    def bookings(self) -> Sequence[AffectedBooking]:
        """The first of the bookings with a closed day at an end."""
        return self.affected.bookings[:SHOWN]

    @property
    def people(self) -> int:
        """How many people have a date that moves."""
        return len({each.person_id for each in self.affected.moved if each.person_id})


def preview_of(closing: Closing) -> Preview:
    """Return what an edit would lead to; writes nothing.

    Source:
        docs/rules.md, Lending 1.7.
    """
    affected = affected_by(session(), office_scope(), closing, today())
    counted = Counter(
        (each.day, each.kind, each.move.to) for each in affected.moved if each.move.to
    )
    groups = tuple(
        Group(kind, day, to, number) for (day, kind, to), number in sorted(counted.items())
    )
    return Preview(affected, groups, _newly_overbooked(closing, affected))


def _newly_overbooked(closing: Closing, affected: Affected) -> tuple[Overbooked, ...]:
    """Return what the moved dates, and service days counted anew, would promise too often."""
    try:
        where = Where(closing.centre_id)
        view = viewpoint_of(session(), office_scope(), where, today(), now())
    except NotFoundError:  # the centre hands out nowhere, so nothing can be promised
        return ()
    moved = {
        each.id: each.move.to
        for each in affected.moved
        if each.kind is DateKind.LOAN and each.move.to is not None
    }
    changed = {branch_id: closing.after.of(branch_id) for branch_id in closing.after.weeks}
    later = replace(view, calendars=Calendars(changed))
    before = {each.holding_id: each.free for each in overbooked(session(), view)}
    after = overbooked(session(), later, moved)
    return tuple(each for each in after if each.free < before.get(each.holding_id, 0))
