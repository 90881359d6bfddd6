"""Reminders of a loan are put off with a reason, or come again."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from loans.errors import NotFoundError, RefusedError
from loans.models.loan import Loan, Reminder
from loans.operations.mark_printed import mark_printed
from loans.operations.snooze import Snooze, snooze
from loans.queries.house import house_of
from loans.queries.last_demands import last_demands
from schools.rules.roles import Actor, Right, Role
from tests.make import MONDAY, NOW, Make

pytestmark = [pytest.mark.both_stores, pytest.mark.lending("10.1")]

FRIDAY = MONDAY + timedelta(days=4)


@pytest.fixture
def staff(make: Make) -> Actor:
    return make.actor(Role.STAFF)


def put_off(session: Session, wish: Snooze, by: Actor) -> Loan:
    with unit_of_work(session):
        return snooze(session, wish, by, MONDAY, NOW)


def test_staff_put_reminders_off_and_let_them_come_again(
    session: Session, make: Make, staff: Actor
) -> None:
    loan = make.loan()
    paused = put_off(session, Snooze(loan.id, FRIDAY, " Klassenfahrt "), staff)
    assert (paused.snoozed_until, paused.snooze_reason) == (FRIDAY, "Klassenfahrt")
    again = put_off(session, Snooze(loan.id, None), staff)
    assert (again.snoozed_until, again.snooze_reason) == (None, "")
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.act, entry.before, entry.after) for entry in entries] == [
        ("snooze_reminders", {"until": None}, {"until": FRIDAY.isoformat()}),
        ("snooze_reminders", {"until": FRIDAY.isoformat()}, {"until": None}),
    ]


def test_a_past_day_is_refused(session: Session, make: Make, staff: Actor) -> None:
    yesterday = Snooze(make.loan().id, MONDAY - timedelta(days=1), "x")
    with pytest.raises(RefusedError):
        put_off(session, yesterday, staff)


def test_foreign_and_returned_loans_are_not_found(
    session: Session, make: Make, staff: Actor
) -> None:
    foreign = make.loan(make.copy(make.holding(centre=make.centre())))
    back = make.loan(returned_on=MONDAY, state="available")
    own = make.loan(person=make.person())
    teacher = make.actor(Role.TEACHER, person=own.person)
    for loan, by in ((foreign, staff), (back, staff), (own, teacher)):
        with pytest.raises(NotFoundError):
            put_off(session, Snooze(loan.id, FRIDAY, "x"), by)


# Letters on paper


def last_level(make: Make, **facts: Any) -> Loan:
    """A loan that reached the last level yesterday."""
    loan = make.loan(lent_on=MONDAY - timedelta(days=40), **facts)
    assert loan.due_on is not None
    for level in (1, 2, 3):
        written_on = MONDAY - timedelta(days=1 + 7 * (3 - level))
        make.session.add(
            Reminder(loan_id=loan.id, level=level, due_on=loan.due_on, written_on=written_on)
        )
    make.session.commit()
    return loan


def demanded(session: Session, by: Actor, make: Make, *, printed: bool = False) -> list[list[int]]:
    house = house_of(session, make.the_centre().id, MONDAY)
    found = last_demands(session, by.scope(Right.LEND), house, 3, printed=printed)
    return [sorted(loan.id for loan in each.loans) for each in found]


def test_a_letter_on_paper_waits_for_each_school_until_it_is_marked(
    session: Session, make: Make, staff: Actor
) -> None:
    make.the_centre()
    first, second = make.school("Adlerschule"), make.school("Biberschule")
    one = last_level(make, person=make.person(first))
    two, three = (last_level(make, person=make.person(second)) for _ in range(2))
    last_level(make, returned_on=MONDAY, state="available")
    last_level(make, received_on=MONDAY)
    assert demanded(session, staff, make) == [[one.id], [two.id, three.id]]
    with unit_of_work(session):
        marked = mark_printed(session, one.centre_id, [one.id, two.id], staff, NOW)
    assert marked == 2
    assert demanded(session, staff, make) == [[three.id]]
    assert demanded(session, staff, make, printed=True) == [[one.id], [two.id]]
    with unit_of_work(session):
        assert mark_printed(session, one.centre_id, [one.id], staff, NOW) == 0


def test_only_ones_own_centres_letters_are_printed_and_marked(
    session: Session, make: Make, staff: Actor
) -> None:
    loan = last_level(make)
    others = make.actor(Role.STAFF, centre=make.centre())
    assert demanded(session, others, make) == []
    with pytest.raises(NotFoundError), unit_of_work(session):
        mark_printed(session, loan.centre_id, [loan.id], others, NOW)
