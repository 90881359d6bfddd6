"""The regular week of a branch, and the days on which it opens all the same."""

from dataclasses import replace
from datetime import date, time

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.errors import ChangedMeanwhileError
from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from loans.errors import CalendarFaultError, NotFoundError
from loans.models.closure import ExceptionalOpening, OpeningHours
from loans.operations.edit_openings import (
    OpeningEdit,
    OpeningWish,
    add_opening,
    change_opening,
    opening_edition,
    remove_opening,
)
from loans.operations.edit_week import WeekEdit, change_week, week_edition
from loans.operations.settle_calendar import Settled
from loans.queries.calendars import calendar_of
from loans.queries.centre_calendars import centre_calendar
from loans.rules import calendar as rules
from loans.rules.calendar import Hours
from loans.rules.centre_calendar import PlacedOpening, Week
from schools.rules.periods import Period
from schools.rules.roles import Actor, Role
from tests.make import MONDAY, NOW, Make

pytestmark = pytest.mark.both_stores

SATURDAY, FRIDAY, NEXT_MONDAY = date(2026, 12, 5), date(2026, 12, 4), date(2026, 12, 7)
MORNING, AFTERNOON = Hours(time(9), time(12)), Hours(time(13), time(17))
MARKET = rules.ExceptionalOpening(SATURDAY, (MORNING, AFTERNOON), "Markt")


@pytest.fixture
def head(make: Make) -> Actor:
    return make.actor(Role.CENTRE_ADMIN)


def week_of(session: Session, make: Make) -> Week:
    found = centre_calendar(session, make.the_centre().id).weeks[make.branch().id]
    session.rollback()
    return found


def set_week(
    session: Session, make: Make, by: Actor, week: Week, edition: str | None = None
) -> Settled:
    opened = edition or week_edition(week_of(session, make))
    edit = WeekEdit(make.branch().id, week, opened)
    with unit_of_work(session):
        return change_week(session, edit, by, MONDAY, NOW)


def openings(session: Session, make: Make) -> tuple[PlacedOpening, ...]:
    return centre_calendar(session, make.the_centre().id).openings


def add(session: Session, make: Make, by: Actor, opening: rules.ExceptionalOpening) -> int:
    wish = OpeningWish(make.the_centre().id, None, opening)
    with unit_of_work(session):
        return add_opening(session, wish, by, NOW).id


# The week


@pytest.mark.lending("1.2")
def test_several_stretches_a_day_and_days_that_are_only_worked_on(
    session: Session, make: Make, head: Actor
) -> None:
    week = Week(((0, MORNING), (0, AFTERNOON), (2, MORNING)), frozenset({1, 5}))
    set_week(session, make, head, week)
    assert week_of(session, make) == week
    calendar = calendar_of(session, make.branch().id, Period(MONDAY, NEXT_MONDAY))
    assert calendar.day(MONDAY).hours == (MORNING, AFTERNOON)
    assert [calendar.is_open(date(2026, 11, day)) for day in (24, 25, 28)] == [False, True, False]
    assert [calendar.is_processed(date(2026, 11, day)) for day in (24, 26, 28)] == [
        True,
        False,
        True,
    ]


@pytest.mark.lending("1.7")
def test_a_weekday_that_is_dropped_moves_what_is_due_on_it(
    session: Session, make: Make, head: Actor
) -> None:
    loan = make.loan(due_on=FRIDAY)
    shorter = Week(tuple(each for each in week_of(session, make).hours if each[0] != 4))
    assert set_week(session, make, head, shorter).moved == 1
    session.refresh(loan)
    assert loan.due_on == NEXT_MONDAY


@pytest.mark.lending("1.3")
@pytest.mark.parametrize(
    "week",
    [
        pytest.param(Week(), id="no open weekday at all"),
        pytest.param(
            Week(((0, MORNING), (0, Hours(time(11), time(14))))), id="hours that overlap"
        ),
    ],
)
def test_an_impossible_week_is_refused(
    session: Session, make: Make, head: Actor, week: Week
) -> None:
    before = week_of(session, make)
    with pytest.raises(CalendarFaultError):
        set_week(session, make, head, week)
    assert week_of(session, make) == before


def test_the_second_editor_of_a_week_is_told(session: Session, make: Make, head: Actor) -> None:
    opened = week_edition(week_of(session, make))
    set_week(session, make, head, Week(((0, MORNING),)))
    with pytest.raises(ChangedMeanwhileError) as told:
        set_week(session, make, head, Week(((1, MORNING),)), opened)
    assert told.value.current["hours_0"] == ("09:00-12:00",)


def test_a_week_that_stays_as_it_was_is_not_logged(
    session: Session, make: Make, head: Actor
) -> None:
    set_week(session, make, head, week_of(session, make))
    assert session.scalars(select(AuditEntry)).all() == []
    assert len(session.scalars(select(OpeningHours)).all()) == 5


def test_a_foreign_or_unknown_branch_has_no_week(
    session: Session, make: Make, head: Actor
) -> None:
    foreign = make.branch(make.centre()).id
    session.rollback()
    for branch_id in (foreign, 99_999):
        edit = WeekEdit(branch_id, Week(((0, MORNING),)), "")
        with pytest.raises(NotFoundError), unit_of_work(session):
            change_week(session, edit, head, MONDAY, NOW)


# Exceptional openings


@pytest.mark.lending("1.2")
def test_an_opening_of_several_stretches_is_one_and_keeps_its_id(
    session: Session, make: Make, head: Actor
) -> None:
    opening_id = add(session, make, head, MARKET)
    (placed,) = openings(session, make)
    assert placed == PlacedOpening(opening_id, None, MARKET)
    calendar = calendar_of(session, make.branch().id, Period(MONDAY, NEXT_MONDAY))
    assert calendar.day(SATURDAY).hours == (MORNING, AFTERNOON)
    shorter = replace(MARKET, hours=(MORNING,), name="Kleiner Markt")
    wish = OpeningWish(make.the_centre().id, make.branch().id, shorter)
    edit = OpeningEdit(opening_id, wish, opening_edition(placed))
    session.rollback()
    with unit_of_work(session):
        change_opening(session, edit, head, MONDAY, NOW)
    assert openings(session, make) == (PlacedOpening(opening_id, make.branch().id, shorter),)


@pytest.mark.lending("1.7")
def test_a_removed_opening_moves_what_is_due_on_its_day(
    session: Session, make: Make, head: Actor
) -> None:
    opening_id = add(session, make, head, MARKET)
    loan = make.loan(due_on=SATURDAY)
    edition = opening_edition(openings(session, make)[0])
    session.rollback()
    with unit_of_work(session):
        settled = remove_opening(session, (opening_id, edition), head, MONDAY, NOW)
    assert settled.moved == 1
    session.refresh(loan)
    assert loan.due_on == NEXT_MONDAY
    assert session.scalars(select(ExceptionalOpening)).all() == []
    acts = session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all()
    assert acts == ["add_opening", "remove_opening", "move_date"]


@pytest.mark.lending("1.3")
def test_one_day_is_not_opened_twice(session: Session, make: Make, head: Actor) -> None:
    add(session, make, head, MARKET)
    wish = OpeningWish(make.the_centre().id, make.branch().id, replace(MARKET, name="Fest"))
    with pytest.raises(CalendarFaultError), unit_of_work(session):
        add_opening(session, wish, head, NOW)
    assert len(openings(session, make)) == 1


def test_the_second_editor_of_an_opening_is_told(
    session: Session, make: Make, head: Actor
) -> None:
    opening_id = add(session, make, head, MARKET)
    edition = opening_edition(openings(session, make)[0])
    later = OpeningWish(make.the_centre().id, None, replace(MARKET, hours=(MORNING,)))
    session.rollback()
    with unit_of_work(session):
        change_opening(session, OpeningEdit(opening_id, later, edition), head, MONDAY, NOW)
    other = OpeningWish(make.the_centre().id, None, replace(MARKET, name="Fest"))
    with pytest.raises(ChangedMeanwhileError), unit_of_work(session):
        change_opening(session, OpeningEdit(opening_id, other, edition), head, MONDAY, NOW)
    with pytest.raises(ChangedMeanwhileError), unit_of_work(session):
        remove_opening(session, (opening_id, edition), head, MONDAY, NOW)


def test_a_foreign_opening_is_not_found(session: Session, make: Make, head: Actor) -> None:
    foreign = make.centre()
    row = ExceptionalOpening(
        centre_id=foreign.id, day=SATURDAY, opens=time(9), closes=time(12), name="Fremd"
    )
    session.add(row)
    session.commit()
    row_id, centre_id = row.id, foreign.id
    session.rollback()
    for opening_id in (row_id, 99_999):
        with pytest.raises(NotFoundError), unit_of_work(session):
            remove_opening(session, (opening_id, ""), head, MONDAY, NOW)
        edit = OpeningEdit(opening_id, OpeningWish(centre_id, None, MARKET), "")
        with pytest.raises(NotFoundError), unit_of_work(session):
            change_opening(session, edit, head, MONDAY, NOW)
    with pytest.raises(NotFoundError), unit_of_work(session):
        add_opening(session, OpeningWish(centre_id, None, MARKET), head, NOW)
