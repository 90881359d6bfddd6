"""Recalling shortens due dates, tells each person once, and can be repeated."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from loans.models.closure import Closure
from loans.models.loan import Loan
from loans.operations.load_holidays import load_holidays
from loans.operations.recall import Recalled, Run, recall
from loans.operations.renew import renew
from loans.queries.availability import availability
from loans.queries.house import house_of
from loans.queries.recall import (
    RecallWish,
    loans_to_recall,
    next_summer,
    people_to_recall,
    to_recall,
)
from loans.queries.viewpoint import Where, viewpoint_of
from schools.models.letter_choice import LetterChoice, LetterMode, LetterTopic
from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from schools.models.person import Person
from schools.rules.periods import Period
from schools.rules.roles import Actor, Role, Scope
from tests.make import MONDAY, NOW, Make

pytestmark = [pytest.mark.both_stores, pytest.mark.lending("10.3")]

EVERYTHING = Scope(everything=True)
FRIDAY = MONDAY + timedelta(days=11)


@pytest.fixture
def staff(make: Make) -> Actor:
    return make.actor(Role.STAFF)


def due(make: Make, day: date, person: Person | None = None) -> Loan:
    return make.loan(person=person, days=(day - MONDAY).days)


def called_back(session: Session, wish: RecallWish, by: Actor, key: str = "1") -> Recalled:
    house = house_of(session, wish.centre_id, MONDAY)
    people = [person for person, _ in people_to_recall(session, EVERYTHING, wish, house)]
    with unit_of_work(session):
        run = Run(wish, key, "Wir zählen den Bestand.")
        return recall(session, run, people, house, (by, NOW))


def due_days(session: Session) -> list[date | None]:
    session.rollback()
    return list(session.scalars(select(Loan.due_on).order_by(Loan.id)))


def test_all_that_is_out_past_the_day_is_due_on_it(
    session: Session, make: Make, staff: Actor
) -> None:
    person = make.person()
    for days in (10, 14, 30):
        due(make, MONDAY + timedelta(days=days), person)
    wish = RecallWish(make.the_centre().id, FRIDAY)
    assert called_back(session, wish, staff) == Recalled(loans=2, letters=1)
    assert due_days(session) == [MONDAY + timedelta(days=10), FRIDAY, FRIDAY]
    letter = session.scalars(select(OwedLetter)).one()
    assert letter.kind is LetterKind.RECALL
    assert letter.facts["reason"] == "Wir zählen den Bestand."
    assert [line["before"] for line in letter.facts["lines"]] == [
        (MONDAY + timedelta(days=days)).isoformat() for days in (14, 30)
    ]
    entries = session.scalars(select(AuditEntry)).all()
    assert {(entry.act, entry.account_id) for entry in entries} == {("recall", staff.account_id)}
    marked = session.scalars(select(Loan.recalled_on).where(Loan.recalled_on.is_not(None))).all()
    assert marked == [MONDAY, MONDAY]


def test_never_before_the_third_open_day_from_now(
    session: Session, make: Make, staff: Actor
) -> None:
    due(make, MONDAY + timedelta(days=14))
    due(make, MONDAY + timedelta(days=3))
    wish = RecallWish(make.the_centre().id, MONDAY + timedelta(days=1))
    assert called_back(session, wish, staff) == Recalled(loans=1, letters=1)
    assert due_days(session) == [MONDAY + timedelta(days=3)] * 2


def test_a_second_run_finds_nothing_left(session: Session, make: Make, staff: Actor) -> None:
    due(make, MONDAY + timedelta(days=14))
    wish = RecallWish(make.the_centre().id, FRIDAY)
    assert called_back(session, wish, staff).loans == 1
    assert called_back(session, wish, staff) == Recalled()
    due(make, MONDAY + timedelta(days=20))
    assert called_back(session, wish, staff, "2") == Recalled(loans=1, letters=1)


def test_only_a_school_or_a_kind_of_media_can_be_called_back(
    session: Session, make: Make, staff: Actor
) -> None:
    make.the_centre()
    school, other = make.school(), make.school()
    film, camera = make.title("Film"), make.title("Kamera", media_type="camera")
    for holding in (make.holding(film, copies=2), make.holding(camera, copies=2)):
        for copy, of in zip(holding.copies, (school, other), strict=True):
            make.loan(copy, person=make.person(of), days=20)
    centre_id = make.the_centre().id
    house = house_of(session, centre_id, MONDAY)

    def found(**narrowed: Any) -> int:
        wish = RecallWish(centre_id, FRIDAY, **narrowed)
        return len(loans_to_recall(session, EVERYTHING, wish, house))

    assert (found(), found(institution_id=school.id), found(category="equipment")) == (4, 2, 2)
    assert found(institution_id=school.id, category="equipment") == 1


def test_what_is_back_placed_lost_or_elsewhere_is_left_alone(session: Session, make: Make) -> None:
    make.the_centre()
    make.loan(days=20, received_on=MONDAY)
    make.loan(days=20, placed=True)
    make.loan(days=20, state="lost")
    centre = make.centre()
    make.loan(make.copy(make.holding(centre=centre)), days=20)
    here = make.the_centre().id
    wish, house = RecallWish(here, FRIDAY), house_of(session, here, MONDAY)
    assert loans_to_recall(session, EVERYTHING, wish, house) == ()
    foreign = RecallWish(centre.id, FRIDAY)
    assert loans_to_recall(session, Scope(centre_ids=frozenset({here})), foreign, house) == ()


def test_what_is_called_back_is_free_for_others_at_once(
    session: Session, make: Make, staff: Actor
) -> None:
    holding = make.holding(copies=1)
    make.loan(holding.copies[0], days=30)
    week = Period(MONDAY + timedelta(days=14), MONDAY + timedelta(days=18))

    def free() -> int:
        view = viewpoint_of(session, EVERYTHING, Where(holding.centre_id), MONDAY, NOW)
        return availability(session, view, {holding.id}, week)[holding.id].free_in(week)

    assert free() == 0
    called_back(session, RecallWish(holding.centre_id, FRIDAY), staff)
    assert free() == 1


def test_the_next_summer_holidays_are_known(session: Session) -> None:
    with unit_of_work(session):
        load_holidays(session)
    assert next_summer(session, date(2026, 3, 1)) == date(2026, 7, 20)
    assert next_summer(session, date(2999, 1, 1)) is None


def test_to_a_closed_day_it_is_due_on_the_last_open_day_before(
    session: Session, make: Make, staff: Actor
) -> None:
    due(make, MONDAY + timedelta(days=30))
    saturday = FRIDAY + timedelta(days=1)
    called_back(session, RecallWish(make.the_centre().id, saturday), staff)
    assert due_days(session) == [FRIDAY]


@pytest.mark.lending("1.4")
def test_what_goes_back_where_it_is_never_open_keeps_its_day(
    session: Session, make: Make, staff: Actor
) -> None:
    far = MONDAY + timedelta(days=60)
    there, _here = due(make, far), due(make, far)
    there.branch_id = make.other_branch().id
    session.add(
        Closure(
            centre_id=there.centre_id,
            branch_id=there.branch_id,
            name="Umbau",
            first=MONDAY,
            last=MONDAY + timedelta(days=420),
        )
    )
    session.commit()
    wish = RecallWish(there.centre_id, FRIDAY)
    found = to_recall(session, EVERYTHING, wish, house_of(session, there.centre_id, MONDAY))
    assert found.never_open == (there.institution_id,)
    assert called_back(session, wish, staff) == Recalled(loans=1, letters=1)
    assert due_days(session) == [far, FRIDAY]


def test_whoever_has_no_address_is_recalled_through_the_school(
    session: Session, make: Make, staff: Actor
) -> None:
    reached, silent = (
        make.person(make.school(email=address)) for address in ("schule@example.org", "")
    )
    reached.email = silent.email = None
    for person in (reached, silent):
        due(make, MONDAY + timedelta(days=30), person)
    wish = RecallWish(make.the_centre().id, FRIDAY)
    assert called_back(session, wish, staff) == Recalled(loans=2, letters=1, silent=1)
    letter = session.scalars(select(OwedLetter)).one()
    assert (letter.to_address, letter.person_id) == ("schule@example.org", reached.id)


def test_what_waits_for_the_daily_letter_about_the_loan_goes_before_the_recall(
    session: Session, make: Make, staff: Actor
) -> None:
    person = make.person()
    teacher = make.actor(Role.TEACHER, person=person)
    session.add(LetterChoice(person_id=person.id, topic=LetterTopic.LOANS, mode=LetterMode.DAILY))
    session.commit()
    for loan in (due(make, MONDAY + timedelta(days=14), person), due(make, MONDAY, person)):
        with unit_of_work(session):
            renew(session, loan.id, teacher, MONDAY, NOW)
    called_back(session, RecallWish(make.the_centre().id, FRIDAY), staff)
    letters = session.scalars(
        select(OwedLetter).order_by(OwedLetter.next_try_at, OwedLetter.id)
    ).all()
    assert [(letter.kind, letter.state) for letter in letters] == [
        (LetterKind.LOAN_RENEWED, LetterState.OWED),
        (LetterKind.RECALL, LetterState.OWED),
        (LetterKind.LOAN_RENEWED, LetterState.DAILY),
    ]
