"""A customer waits while somebody else is served, and nothing of theirs is lost."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from database.unit_of_work import unit_of_work
from loans.errors import NotFoundError
from loans.models.desk_session import DeskScan, DeskSession
from loans.operations.park import ParkedWish, handle_parked
from loans.queries.parked import Parked, parked_at
from loans.rules.desk import MOST_PARKED
from schools.rules.roles import Role
from tests.loans.operations.test_scan import Desk, open_loans
from tests.make import MONDAY, Make
from tests.statements import counted

pytestmark = [pytest.mark.both_stores, pytest.mark.lending("8.7")]


@pytest.fixture
def desk(make: Make) -> Desk:
    make.centre()
    return Desk(make.session, make, make.actor(Role.STAFF))


def waiting(desk: Desk) -> tuple[Parked, ...]:
    return parked_at(desk.session, desk.by.account_id, desk.make.branch().id, desk.now)


def handle(desk: Desk, parked: Parked, *, ends: bool = False) -> DeskScan:
    wish = ParkedWish(parked.session_id, f"key-{next(desk._keys)}", ends)
    with unit_of_work(desk.session):
        return handle_parked(desk.session, wish, desk.by, MONDAY, desk.now)


def park_somebody(desk: Desk, copies: int = 1) -> str:
    person = desk.make.person()
    desk.scan(person.card)
    for _ in range(copies):
        desk.scan(desk.make.copy().barcode)
    assert desk.said("CMD-PARKEN") == ("park", "done")
    return person.card


def test_a_parked_customer_waits_with_name_and_count(make: Make, desk: Desk) -> None:
    park_somebody(desk, copies=2)
    (parked,) = waiting(desk)
    assert (parked.number, parked.count) == (1, 2)
    assert parked.name.startswith("Ada Lehrerin")
    assert parked.institution == make.the_school().name


def test_the_next_customer_is_served_while_one_waits(make: Make, desk: Desk) -> None:
    park_somebody(desk)
    other, copy = make.person(), make.copy()
    desk.scan(other.card)
    desk.scan(copy.barcode)
    assert open_loans(desk.session)[-1].person_id == other.id
    desk.scan("CMD-FERTIG")
    assert [each.count for each in waiting(desk)] == [1]


def test_a_number_takes_up_who_waits_under_it_and_counting_goes_on(make: Make, desk: Desk) -> None:
    park_somebody(desk)
    park_somebody(desk)
    first = waiting(desk)[0]
    assert desk.said("CMD-1") == ("resume", "done")
    row = desk.scan(make.copy().barcode)
    assert (row.session_id, row.facts["nth"]) == (first.session_id, 2)
    assert [each.number for each in waiting(desk)] == [1]


def test_a_number_without_anybody_waiting_answers_nothing(desk: Desk) -> None:
    assert desk.said("CMD-1") == ("answer", "again")


def test_an_open_choice_takes_the_number_first(make: Make, desk: Desk) -> None:
    park_somebody(desk)
    person, second = make.person(), make.school("Zweite Schule")
    make.session.add(
        type(person.memberships[0])(
            person_id=person.id, institution_id=second.id, first=person.memberships[0].first
        )
    )
    make.session.commit()
    desk.scan(person.card)
    assert desk.said("CMD-2") == ("person", "done")
    assert len(waiting(desk)) == 1


def test_parking_with_nobody_there_takes_up_the_last_one(desk: Desk) -> None:
    park_somebody(desk)
    assert desk.said("CMD-PARKEN") == ("resume", "done")
    assert waiting(desk) == ()


def test_parking_with_nobody_anywhere_says_so(desk: Desk) -> None:
    row = desk.scan("CMD-PARKEN")
    assert (row.outcome.value, row.facts) == ("again", {"nobody": True})


def test_whoever_is_served_waits_in_the_place_of_who_is_taken_up(make: Make, desk: Desk) -> None:
    park_somebody(desk)
    (first,) = waiting(desk)
    other = make.person()
    desk.scan(other.card)
    handle(desk, first)
    assert [each.name for each in waiting(desk)] == [other.name]


def test_an_empty_desk_leaves_nothing_behind_when_somebody_is_taken_up(desk: Desk) -> None:
    park_somebody(desk)
    handle(desk, waiting(desk)[0])
    assert waiting(desk) == ()
    left = select(DeskSession).where(DeskSession.ended_at.is_(None))
    assert len(desk.session.scalars(left).all()) == 1


def test_the_card_of_who_waits_goes_on_with_the_session(make: Make, desk: Desk) -> None:
    card = park_somebody(desk)
    (first,) = waiting(desk)
    desk.scan(make.person().card)
    row = desk.scan(card)
    assert (row.act, row.outcome.value, row.session_id) == ("person", "done", first.session_id)
    assert waiting(desk) == ()


def test_a_copy_that_lay_there_goes_with_the_card_of_who_waits(make: Make, desk: Desk) -> None:
    card = park_somebody(desk)
    (first,) = waiting(desk)
    copy = make.copy()
    desk.scan(copy.barcode)
    row = desk.scan(card)
    assert (row.act, row.outcome.value, row.session_id) == ("lend", "done", first.session_id)


def test_at_most_five_wait(make: Make, desk: Desk) -> None:
    for _ in range(MOST_PARKED):
        park_somebody(desk)
    desk.scan(make.person().card)
    row = desk.scan("CMD-PARKEN")
    assert (row.outcome.value, row.facts) == ("refused", {"most": MOST_PARKED})
    assert len(waiting(desk)) == MOST_PARKED


def test_returns_without_a_card_can_wait_too(make: Make, desk: Desk) -> None:
    loan = make.loan()
    desk.scan(loan.copy.barcode)
    assert desk.said("CMD-PARKEN") == ("park", "done")
    assert [(each.name, each.count) for each in waiting(desk)] == [("", 1)]


def test_a_box_that_waits_to_be_counted_waits_with_its_customer(make: Make, desk: Desk) -> None:
    part = make.part()
    desk.scan(make.person().card)
    desk.scan(part.copy.barcode)
    desk.scan("CMD-PARKEN")
    assert desk.said("CMD-JA") == ("answer", "again")
    desk.scan("CMD-1")
    assert desk.said("CMD-JA") == ("lend", "done")


def test_who_waits_can_be_finished_without_being_taken_up(make: Make, desk: Desk) -> None:
    park_somebody(desk, copies=2)
    row = handle(desk, waiting(desk)[0], ends=True)
    assert (row.act, row.facts["lent"]) == ("finish", 2)
    assert waiting(desk) == ()


def test_nobody_else_reaches_who_waits(make: Make, desk: Desk) -> None:
    park_somebody(desk)
    (parked,) = waiting(desk)
    colleague = Desk(make.session, make, make.actor(Role.STAFF))
    with pytest.raises(NotFoundError):
        handle(colleague, parked)
    assert colleague.said("CMD-1") == ("answer", "again")


def test_who_waited_since_yesterday_is_let_go(desk: Desk) -> None:
    park_somebody(desk)
    desk.now += timedelta(hours=13)
    assert waiting(desk) == ()
    assert desk.said("CMD-PARKEN") == ("park", "again")


def test_the_list_takes_one_statement_however_many_wait(make: Make, desk: Desk) -> None:
    branch_id, account_id = make.branch().id, desk.by.account_id
    for number in range(1, MOST_PARKED):
        park_somebody(desk, copies=number)
        with counted(desk.session.get_bind()) as statements:  # type: ignore[arg-type]  # an engine
            parked_at(desk.session, account_id, branch_id, desk.now)
        assert statements.count == 1
