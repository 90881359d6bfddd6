"""Calendars of branches, read in one statement however many there are."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    Row,
    Select,
    SQLColumnExpression,
    String,
    Time,
    bindparam,
    cast,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from loans.models.closure import (
    Closure,
    ExceptionalOpening,
    Holiday,
    MovableHoliday,
    OpeningHours,
)
from loans.rules import calendar as rules
from loans.rules.due_dates import Days
from schools.models.media_centre import Branch
from schools.rules.periods import Period
from schools.vocabularies.holidays import HolidayKind

MARGIN = 6 * rules.SEARCH_DAYS
"""Days before and after the asked span that are known as well.

A wish lies up to five years ahead and a search goes on for one from there; a loan may be late by
as much. More than that is of no use: `rules.SEARCH_DAYS` bounds every search.
"""

BRANCHES: BindParameter[Any] = bindparam("branch_ids", expanding=True)
FROM_DAY = bindparam("from_day", type_=Date())
UNTIL_DAY = bindparam("until_day", type_=Date())

Rows = Iterable[Row[Any]]


class _Fact(StrEnum):
    HOURS = "hours"
    CLOSURE = "closure"
    OPENING = "opening"
    PROCESSED = "processed"
    PUBLIC_HOLIDAY = "public"
    SCHOOL_HOLIDAYS = "school"
    MOVABLE = "movable"


@dataclass(frozen=True, slots=True)
class Calendars:
    """The calendars of some branches, and the movable holidays of one institution."""

    by_branch: Mapping[int, rules.OpeningCalendar]
    movable: frozenset[date] = frozenset()

    def of(self, branch_id: int) -> rules.OpeningCalendar:
        """Return a branch's calendar.

        Raises:
            KeyError: the branch was not asked for.
        """
        return self.by_branch[branch_id]

    def days(self, branch_id: int) -> Days:
        """Return the days that count for the institution at a branch."""
        return Days(self.by_branch[branch_id], self.movable)


def calendar_of(session: Session, branch_id: int, span: Period) -> rules.OpeningCalendar:
    """Return the calendar of one branch for decisions about days of `span`, in one statement."""
    return calendars_of(session, {branch_id}, span).of(branch_id)


def calendars_of(
    session: Session,
    branch_ids: Collection[int],
    span: Period,
    institution_id: int | None = None,
) -> Calendars:
    """Return the calendars of branches for decisions about days of `span`, in one statement.

    Args:
        session: the session.
        branch_ids: any branches; public knowledge, so no scope is asked for.
        span: the days asked about; `MARGIN` days around them are known as well.
        institution_id: whose movable holidays stop school days.
    """
    wide = span.widened(MARGIN, MARGIN)
    asked = {
        "branch_ids": list(branch_ids),
        "from_day": wide.first,
        "until_day": wide.last,
        "institution_id": institution_id,
    }
    rows = session.execute(_facts(), asked).all()
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        found[row.fact].append(row)
    return Calendars(
        {branch_id: _calendar(branch_id, found) for branch_id in branch_ids},
        frozenset(row.first for row in found[_Fact.MOVABLE]),
    )


@cache
def _facts() -> CompoundSelect[Any]:
    """Build the one statement, once: building it costs more than asking."""
    return union_all(_hours(), _processed(), _closures(), _openings(), _holidays(), _movable())


def _columns(fact: SQLColumnExpression[Any], **values: SQLColumnExpression[Any]) -> Select[Any]:
    """Select one kind of fact; columns not named are NULL."""
    types = {
        "branch_id": Integer,
        "weekday": Integer,
        "opens": Time,
        "closes": Time,
        "first": Date,
        "last": Date,
        "name": String,
        "yearly": Boolean,
        "processed": Boolean,
    }
    columns: list[ColumnElement[Any]] = [
        values[name].label(name) if name in values else cast(null(), kind).label(name)
        for name, kind in types.items()
    ]
    return select(cast(fact, String).label("fact"), *columns)


def _hours() -> Select[Any]:
    return _columns(
        literal(_Fact.HOURS.value),
        branch_id=OpeningHours.branch_id,
        weekday=OpeningHours.weekday,
        opens=OpeningHours.opens,
        closes=OpeningHours.closes,
    ).where(OpeningHours.branch_id.in_(BRANCHES))


def _processed() -> Select[Any]:
    return _columns(
        literal(_Fact.PROCESSED.value), branch_id=Branch.id, name=Branch.processed_weekdays
    ).where(Branch.id.in_(BRANCHES), Branch.processed_weekdays != "")


def _closures() -> Select[Any]:
    touching = or_(Closure.yearly, Closure.last >= FROM_DAY)
    return (
        _columns(
            literal(_Fact.CLOSURE.value),
            branch_id=Branch.id,
            first=Closure.first,
            last=Closure.last,
            name=Closure.name,
            yearly=Closure.yearly,
            processed=Closure.processed,
        )
        .join(Branch, Branch.centre_id == Closure.centre_id)
        .where(Branch.id.in_(BRANCHES), or_(Closure.branch_id.is_(None), _own(Closure)))
        .where(touching, Closure.first <= UNTIL_DAY)
    )


def _openings() -> Select[Any]:
    return (
        _columns(
            literal(_Fact.OPENING.value),
            branch_id=Branch.id,
            opens=ExceptionalOpening.opens,
            closes=ExceptionalOpening.closes,
            first=ExceptionalOpening.day,
            name=ExceptionalOpening.name,
        )
        .join(Branch, Branch.centre_id == ExceptionalOpening.centre_id)
        .where(Branch.id.in_(BRANCHES))
        .where(or_(ExceptionalOpening.branch_id.is_(None), _own(ExceptionalOpening)))
        .where(ExceptionalOpening.day.between(FROM_DAY, UNTIL_DAY))
    )


def _own(row: type[Closure] | type[ExceptionalOpening]) -> ColumnElement[bool]:
    return row.branch_id == Branch.id


def _holidays() -> Select[Any]:
    return _columns(Holiday.kind, first=Holiday.first, last=Holiday.last, name=Holiday.name).where(
        Holiday.last >= FROM_DAY, Holiday.first <= UNTIL_DAY
    )


def _movable() -> Select[Any]:
    return _columns(literal(_Fact.MOVABLE.value), first=MovableHoliday.day).where(
        MovableHoliday.institution_id == bindparam("institution_id"),
        MovableHoliday.day.between(FROM_DAY, UNTIL_DAY),
    )


def _calendar(branch_id: int, found: Mapping[str, list[Row[Any]]]) -> rules.OpeningCalendar:
    hours = [row for row in found[_Fact.HOURS] if row.branch_id == branch_id]
    return rules.OpeningCalendar(
        weekdays=frozenset(row.weekday for row in hours),
        hours=tuple((row.weekday, rules.Hours(row.opens, row.closes)) for row in hours),
        processed_weekdays=frozenset(
            weekday
            for row in found[_Fact.PROCESSED]
            if row.branch_id == branch_id
            for weekday in weekdays_in(row.name)
        ),
        closures=tuple(
            rules.Closure(row.name, row.first, row.last, row.yearly, row.processed)
            for row in found[_Fact.CLOSURE]
            if row.branch_id == branch_id
        ),
        openings=_exceptional(row for row in found[_Fact.OPENING] if row.branch_id == branch_id),
        public_holidays=tuple(
            rules.NamedDay(day, row.name)
            for row in found[HolidayKind.PUBLIC]
            for day in Period(row.first, row.last)
        ),
        school_holidays=tuple(Period(row.first, row.last) for row in found[HolidayKind.SCHOOL]),
    )


def weekdays_in(digits: str) -> frozenset[int]:
    """Return the weekdays whose digits a branch's row names, Monday 0."""
    return frozenset(map(int, digits))


def _exceptional(rows: Rows) -> tuple[rules.ExceptionalOpening, ...]:
    by_day: dict[date, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        by_day[row.first].append(row)
    return tuple(
        rules.ExceptionalOpening(
            day, tuple(rules.Hours(row.opens, row.closes) for row in same), same[0].name
        )
        for day, same in by_day.items()
    )
