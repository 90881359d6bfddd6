"""Enter and remove the movable holidays of a school; they only stop school days."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.errors import InvalidError
from database.audit import Change, Subject, record
from loans.errors import NotFoundError
from loans.models.closure import MovableHoliday
from loans.queries.movable_holidays import state_holidays
from loans.rules.movable_days import MovableFault, movable_fault
from schools.models.institution import Institution
from schools.rules.roles import Actor, Right
from schools.rules.school_year import SchoolYear


@dataclass(frozen=True, slots=True)
class MovableWish:
    """Days a school takes off.

    Attributes:
        institution_id: the school.
        year: the school year they belong to.
        days: with what each is called; a name may be empty.
    """

    institution_id: int
    year: SchoolYear
    days: tuple[tuple[date, str], ...]


def add_movable_holidays(session: Session, wish: MovableWish, by: Actor, now: datetime) -> int:
    """Enter days, all or none; what was counted in school days before stays as it is.

    Locks the school, so that nobody enters a day twice.

    Returns:
        How many were entered.

    Raises:
        NotFoundError: no such school within the actor's reach.
        InvalidError: by the day's ISO text, why it cannot be one.

    Source:
        docs/rules.md, Lending 1.2 and 1.5.
    """
    school = _locked(session, wish.institution_id, by)
    query = select(MovableHoliday.day).where(MovableHoliday.institution_id == school.id)
    known = set(session.scalars(query))
    holidays = state_holidays(session)
    faults: dict[str, MovableFault] = {}
    for day, _name in wish.days:
        fault = movable_fault(day, wish.year, known, holidays)
        if fault is not None:
            faults[day.isoformat()] = fault
        known.add(day)
    if faults:
        raise InvalidError(faults)
    for day, name in wish.days:
        row = MovableHoliday(institution_id=school.id, day=day, name=name)
        session.add(row)
        session.flush()
        change = Change("add_movable_holiday", None, {"day": day.isoformat(), "name": name})
        record(session, by, _subject(row, school), change, now)
    return len(wish.days)


def remove_movable_holiday(session: Session, holiday_id: int, by: Actor, now: datetime) -> None:
    """Remove a day. Locks the school.

    Raises:
        NotFoundError: no such day of a school within the actor's reach.

    Source:
        docs/rules.md, Lending 1.2.
    """
    row = session.get(MovableHoliday, holiday_id)
    if row is None:
        raise NotFoundError("movable_holiday", holiday_id)
    school = _locked(session, row.institution_id, by)
    session.refresh(row)
    change = Change("remove_movable_holiday", {"day": row.day.isoformat(), "name": row.name})
    record(session, by, _subject(row, school), change, now)
    session.delete(row)


def _locked(session: Session, institution_id: int, by: Actor) -> Institution:
    query = select(Institution).where(Institution.id == institution_id)
    school = session.scalar(query.with_for_update(key_share=True, of=Institution))
    scope = by.scope(Right.ORGANISE_SCHOOL)
    if school is None or not scope.covers_institution(school.id, school.centre_id):
        raise NotFoundError("institution", institution_id)
    return school


def _subject(row: MovableHoliday, school: Institution) -> Subject:
    return Subject("movable_holiday", row.id, school.centre_id, school.id)
