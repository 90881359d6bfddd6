"""The letter before the due date: once, in time, with what can be kept on and why not."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from database.unit_of_work import unit_of_work
from loans.models.closure import Closure
from loans.models.lending_settings import LendingSettings
from loans.models.loan import Loan
from loans.operations.remind_before_due import Told, remind_before_due
from loans.operations.tell_due_soon import Occasion
from loans.queries.choices import choices_of
from loans.queries.due_soon import plans_before_due, to_remind
from loans.queries.house import house_of
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.models.person import Person
from schools.rules.periods import Period
from schools.rules.roles import Scope
from tests.make import MONDAY, NOW, Make
from tests.statements import counted

pytestmark = [pytest.mark.both_stores, pytest.mark.lending("10.2")]

EVERYTHING = Scope(everything=True)


def due(make: Make, day: date, person: Person | None = None, **facts: Any) -> Loan:
    """A loan of three weeks that is due on a day."""
    return make.loan(person=person, lent_on=day - timedelta(days=21), days=21, **facts)


def night(session: Session, make: Make, after: int = 0) -> Told:
    house = house_of(session, make.the_centre().id, MONDAY + timedelta(days=after))
    plans = plans_before_due(session, EVERYTHING, to_remind(house), house, NOW)
    renewing = choices_of(session, house.centre_id).renews_automatically
    with unit_of_work(session):
        occasion = Occasion(house.centre_id, house.today, renewing)
        return remind_before_due(session, plans, occasion, NOW)


def letters(session: Session) -> list[OwedLetter]:
    return list(session.scalars(select(OwedLetter).order_by(OwedLetter.id)))


def test_it_comes_from_the_third_open_day_before_and_once(session: Session, make: Make) -> None:
    loan = due(make, MONDAY + timedelta(days=7))
    told = [night(session, make, after).letters for after in range(8)]
    assert told == [0, 0, 1, 0, 0, 0, 0, 0]  # Wednesday: then come Thursday and Friday
    (letter,) = letters(session)
    assert letter.kind is LetterKind.DUE_SOON
    assert session.get_one(Loan, loan.id).reminded_for == loan.due_on


def test_after_missed_nights_it_comes_until_the_due_date(session: Session, make: Make) -> None:
    due(make, MONDAY)
    assert night(session, make) == Told(loans=1, letters=1)


@pytest.mark.parametrize(
    ("lent", "told"),
    [
        pytest.param(-6, 1, id="handed out the open day before the letter's day"),
        pytest.param(-5, 0, id="handed out on the letter's day"),
    ],
)
def test_none_for_a_loan_handed_out_on_the_letters_day_or_later(
    session: Session, make: Make, lent: int, told: int
) -> None:
    tuesday = MONDAY + timedelta(days=1)
    lent_on = tuesday + timedelta(days=lent)
    make.loan(lent_on=lent_on, days=-lent)
    assert night(session, make).letters == told


def test_one_letter_lists_what_can_be_renewed_and_why_not(session: Session, make: Make) -> None:
    person = make.person()
    free = due(make, MONDAY + timedelta(days=1), person)
    wanted = due(make, MONDAY + timedelta(days=1), person)
    often = due(make, MONDAY + timedelta(days=2), person, renewals=2)
    day = MONDAY + timedelta(days=4)
    make.booking(wanted.holding, Period(day, day))
    assert night(session, make) == Told(loans=3, letters=1)
    (letter,) = letters(session)
    lines = {line["number"]: line for line in letter.facts["lines"]}
    assert letter.facts["due_on"] == (MONDAY + timedelta(days=1)).isoformat()
    assert lines[free.copy.barcode]["until"] == (MONDAY + timedelta(days=8)).isoformat()
    refused = lines[wanted.copy.barcode]["refusals"]
    assert [each["code"] for each in refused] == ["BOOKED"]
    assert refused[0]["days"]["until"] == (day - timedelta(days=1)).isoformat()
    assert [each["code"] for each in lines[often.copy.barcode]["refusals"]] == ["RENEWAL_LIMIT"]


def test_a_renewed_loan_is_told_of_again_before_its_new_date(session: Session, make: Make) -> None:
    loan = due(make, MONDAY + timedelta(days=1))
    night(session, make)
    session.get_one(Loan, loan.id).due_on = MONDAY + timedelta(days=8)
    session.commit()
    assert night(session, make, 1).letters == 0
    assert night(session, make, 6).letters == 1


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"returned_on": MONDAY, "state": "available"}, id="back"),
        pytest.param({"received_on": MONDAY}, id="received, not looked over"),
        pytest.param({"placed": True}, id="placed for good"),
        pytest.param({"snoozed_until": MONDAY}, id="put off"),
        pytest.param({"state": "lost"}, id="lost"),
    ],
)
def test_none_for_what_need_not_come_back(
    session: Session, make: Make, facts: dict[str, Any]
) -> None:
    due(make, MONDAY, **facts)
    assert night(session, make) == Told()


def test_who_has_no_address_gets_no_letter_and_is_not_asked_again(
    session: Session, make: Make
) -> None:
    person = make.person()
    person.email = None
    due(make, MONDAY + timedelta(days=1), person)
    assert [night(session, make, after) for after in range(2)] == [Told(loans=1), Told()]


@pytest.mark.parametrize("automatic", [True, False])
def test_a_centre_that_renews_by_itself_says_so(
    session: Session, make: Make, *, automatic: bool
) -> None:
    centre_id = make.the_centre().id
    session.add(LendingSettings(centre_id=centre_id, renews_automatically=automatic))
    due(make, MONDAY)
    night(session, make)
    assert letters(session)[0].facts["automatic"] is automatic


def test_what_changed_since_it_was_looked_at_is_not_told(session: Session, make: Make) -> None:
    back, renewed, same = (due(make, MONDAY) for _ in range(3))
    house = house_of(session, make.the_centre().id, MONDAY)
    plans = plans_before_due(session, EVERYTHING, to_remind(house), house, NOW)
    session.get_one(Loan, back.id).received_on = MONDAY
    session.get_one(Loan, renewed.id).due_on = MONDAY + timedelta(days=1)
    session.commit()
    with unit_of_work(session):
        occasion = Occasion(house.centre_id, MONDAY, renews_automatically=False)
        done = remind_before_due(session, plans, occasion, NOW)
    assert done == Told(loans=1, letters=1)
    assert letters(session)[0].person_id == same.person_id


def test_a_night_takes_the_same_statements_for_one_person_of_a_school_and_for_twenty(
    engine: Engine, session: Session, make: Make
) -> None:
    due(make, MONDAY)
    with counted(engine) as one:
        night(session, make)
    letters_take = 2
    for _ in range(20):
        due(make, MONDAY)
    with counted(engine) as many:
        assert night(session, make).letters == 20
    assert many.count <= one.count + 19 * letters_take


@pytest.mark.lending("1.4")
def test_a_branch_that_was_closed_for_a_year_stops_no_others_letters(
    session: Session, make: Make
) -> None:
    in_time, there = due(make, MONDAY + timedelta(days=2)), due(make, MONDAY + timedelta(days=2))
    there.branch_id = make.other_branch().id
    session.add(
        Closure(
            centre_id=there.centre_id,
            branch_id=there.branch_id,
            name="Umbau",
            first=MONDAY - timedelta(days=420),
            last=MONDAY + timedelta(days=1),
        )
    )
    session.commit()
    assert night(session, make) == Told(loans=1, letters=1)
    (letter,) = letters(session)
    assert letter.person_id == in_time.person_id
