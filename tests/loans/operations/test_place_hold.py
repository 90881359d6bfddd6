"""Waiting for a title: who may, at which place in line, and what it is refused for."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.holding import Holding
from catalogue.rules.copy_states import CopyState
from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from loans.errors import NotFoundError, RefusedError
from loans.models.hold import Hold, HoldState
from loans.operations.place_hold import HoldWish, place_hold
from schools.models.media_centre import PickupPlace, PlaceKind
from schools.models.person import Person
from schools.rules.periods import Period
from schools.rules.roles import Actor, Role
from tests.make import MONDAY, NOW, Make

pytestmark = pytest.mark.both_stores

LATER = Period(MONDAY + timedelta(days=21), MONDAY + timedelta(days=25))
Wait = Callable[..., Hold]


@pytest.fixture
def lent(make: Make) -> Holding:
    """A title whose only copy is out."""
    return make.loan(make.copy(make.holding())).holding


@pytest.fixture
def wait(make: Make, session: Session) -> Wait:
    """Lets a person wait, by their own wish or by somebody else's."""
    known: dict[int, Actor] = {}

    def wait(holding: Holding, person: Person, by: Actor | None = None, **facts: Any) -> Hold:
        if by is None and person.id not in known:
            known[person.id] = make.actor(person=person)
        actor = by or known[person.id]
        wish = HoldWish(holding_id=holding.id, person_id=person.id, **facts)
        with unit_of_work(session):
            return place_hold(session, wish, actor, MONDAY, NOW)

    return wait


def refused(wait: Wait, holding: Holding, person: Person, **facts: Any) -> list[str]:
    with pytest.raises(RefusedError) as error:
        wait(holding, person, **facts)
    return [str(code) for code in error.value.codes]


@pytest.mark.lending("7.1")
def test_who_comes_later_waits_behind(make: Make, lent: Holding, wait: Wait) -> None:
    holds = [wait(lent, make.person()) for _ in range(3)]
    assert [hold.rank for hold in holds] == [1, 2, 3]
    assert {hold.state for hold in holds} == {HoldState.WAITING}
    assert holds[0].place_id == make.place().id


@pytest.mark.lending("12.2")
def test_a_hold_is_in_the_audit_log(
    make: Make, lent: Holding, wait: Wait, session: Session
) -> None:
    hold = wait(lent, make.person())
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "place_hold")).one()
    assert (entry.subject_kind, entry.subject_id) == ("hold", hold.id)


@pytest.mark.lending("7.1", "5.8")
def test_staff_let_a_caller_wait(make: Make, lent: Holding, wait: Wait) -> None:
    person, staff = make.person(), make.actor(Role.STAFF)
    hold = wait(lent, person, staff)
    assert (hold.person_id, hold.created_by) == (person.id, staff.account_id)


@pytest.mark.lending("7.1")
def test_what_is_free_now_needs_no_waiting(make: Make, wait: Wait) -> None:
    holding = make.holding(copies=1)
    assert refused(wait, holding, make.person()) == ["FREE_NOW"]


@pytest.mark.lending("7.1")
def test_what_is_free_now_is_waited_for_if_its_days_are_not(make: Make, wait: Wait) -> None:
    holding = make.holding(copies=1)
    make.booking(holding, LATER)
    hold = wait(holding, make.person(), period=LATER)
    assert (hold.first, hold.last) == (LATER.first, LATER.last)


@pytest.mark.lending("7.1")
def test_days_that_are_free_need_no_waiting(make: Make, lent: Holding, wait: Wait) -> None:
    assert refused(wait, lent, make.person(), period=LATER) == ["FREE_NOW"]


@pytest.mark.lending("7.1")
def test_fewer_free_than_wanted_may_be_waited_for(make: Make, wait: Wait) -> None:
    holding = make.holding(copies=2)
    make.loan(holding.copies[0])
    assert wait(holding, make.person(), quantity=2).rank == 1


@pytest.mark.lending("7.1")
def test_one_hold_a_person_and_title_at_whichever_centre(make: Make, wait: Wait) -> None:
    title = make.title()
    first = make.loan(make.copy(make.holding(title))).holding
    other_centre = make.centre()
    school = make.school(centre=other_centre)
    second = make.loan(
        make.copy(make.holding(title, centre=other_centre)), person=make.person(school)
    ).holding
    person = make.person()
    wait(first, person)
    assert refused(wait, first, person) == ["WAITS_ALREADY"]
    make.hold(second, person)
    cancelled = make.session.scalars(select(Hold).where(Hold.holding_id == first.id)).one()
    cancelled.state = HoldState.CANCELLED
    make.session.commit()
    assert refused(wait, first, person) == ["WAITS_ALREADY"]


@pytest.mark.lending("7.1")
def test_who_has_a_copy_renews_instead(make: Make, wait: Wait) -> None:
    loan = make.loan(make.copy(make.holding()))
    assert loan.person is not None
    assert refused(wait, loan.holding, loan.person) == ["HAVE_IT"]


@pytest.mark.lending("7.1", "8.4")
def test_who_gave_a_copy_back_may_wait_before_it_is_looked_over(make: Make, wait: Wait) -> None:
    copy = make.copy(make.holding())
    loan = make.loan(copy, state=CopyState.RECEIVED, received_on=MONDAY)
    assert loan.person is not None
    assert wait(loan.holding, loan.person).rank == 1


@pytest.mark.lending("7.1")
def test_a_copy_placed_at_school_is_no_reason_not_to_wait(make: Make, wait: Wait) -> None:
    holding = make.holding(copies=2)
    person = make.person()
    make.loan(holding.copies[0], person=person, placed=True, due_on=None)
    holding.lendable = 1
    make.loan(holding.copies[1])
    assert wait(holding, person).rank == 1


def test_what_never_comes_back_is_not_waited_for(make: Make, wait: Wait) -> None:
    assert refused(wait, make.holding(), make.person()) == ["NOTHING_TO_WAIT_FOR"]


def test_every_reason_is_told_at_once(make: Make, wait: Wait) -> None:
    person = make.person(blocked=True, block_reason="Anschrift fehlt")
    holding = make.holding(copies=1)
    past = MONDAY - timedelta(days=1)
    codes = refused(wait, holding, person, not_after=past)
    assert codes == ["FREE_NOW", "BLOCKED", "PAST"]


def test_days_on_which_nothing_can_begin_are_refused(make: Make, wait: Wait) -> None:
    holding = make.holding(copies=1)
    sunday = Period(MONDAY + timedelta(days=20), LATER.last)
    make.booking(holding, sunday)
    assert refused(wait, holding, make.person(), period=sunday) == ["CLOSED"]


def test_the_chosen_counter_is_kept_and_a_courier_stop_is_none(
    make: Make, lent: Holding, wait: Wait
) -> None:
    counter = make.place_at(make.other_branch())
    assert wait(lent, make.person(), place_id=counter.id).place_id == counter.id
    stop = PickupPlace(
        centre_id=lent.centre_id,
        branch_id=make.branch().id,
        kind=PlaceKind.COURIER,
        name="Schulpost",
    )
    make.session.add(stop)
    make.session.commit()
    with pytest.raises(NotFoundError):
        wait(lent, make.person(), place_id=stop.id)


def test_titles_and_people_of_another_centre_are_out_of_reach(make: Make, wait: Wait) -> None:
    mine = make.loan(make.copy(make.holding())).holding
    foreign_centre = make.centre()
    foreign_school = make.school(centre=foreign_centre)
    stranger = make.person(foreign_school)
    foreign = make.loan(make.copy(make.holding(centre=foreign_centre)), person=stranger).holding
    with pytest.raises(NotFoundError):
        wait(foreign, make.person())
    with pytest.raises(NotFoundError):
        wait(mine, stranger, make.actor(Role.STAFF))
