"""At night, where a centre chose it, loans are renewed shortly before they are due."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from loans.models.closure import Closure
from loans.models.hold import Hold
from loans.models.loan import Loan
from loans.operations.renew_automatically import (
    RenewedAtNight,
    renew_automatically,
    renewable,
)
from loans.queries.due_soon import to_renew
from schools.models.owed_letter import OwedLetter
from schools.models.person import Person
from schools.rules.periods import Period
from schools.rules.roles import SYSTEM, Scope
from tests.make import MONDAY, NOW, Make
from tests.statements import counted

pytestmark = [pytest.mark.both_stores, pytest.mark.lending("9.2")]

EVERYTHING = Scope(everything=True)
TOMORROW = MONDAY + timedelta(days=1)


def due(make: Make, days: int, person: Person | None = None, **facts: Any) -> Loan:
    lent_on = MONDAY - timedelta(days=14 - days)
    return make.loan(person=person, lent_on=lent_on, **facts)


def night(session: Session, make: Make) -> RenewedAtNight:
    centre_id = make.the_centre().id
    found = renewable(session, EVERYTHING, to_renew(centre_id, MONDAY), MONDAY, NOW)
    with unit_of_work(session):
        done = renew_automatically(session, found, list(found.loan_ids), SYSTEM, NOW)
    done.refused += found.refused
    return done


def test_what_is_due_tomorrow_or_today_is_renewed_and_one_letter_says_so(
    session: Session, make: Make
) -> None:
    person = make.person()
    loans = [due(make, days, person) for days in (0, 1)]
    later = due(make, 2, person)
    assert night(session, make) == RenewedAtNight(renewed=2, letters=1)
    dates = [session.get_one(Loan, loan.id).due_on for loan in (*loans, later)]
    assert dates == [MONDAY + timedelta(days=days) for days in (7, 8, 2)]
    letter = session.scalars(select(OwedLetter)).one()
    assert letter.facts["automatic"]
    assert len(letter.facts["lines"]) == 2
    entries = session.scalars(select(AuditEntry).where(AuditEntry.act == "renew")).all()
    assert {entry.account_id for entry in entries} == {None}
    assert night(session, make) == RenewedAtNight()


def test_only_what_may_be_renewed_is(session: Session, make: Make) -> None:
    due(make, 1, renewals=2)
    waited_for, booked = due(make, 1), due(make, 1)
    session.add(
        Hold(
            holding_id=waited_for.holding_id,
            person_id=make.person().id,
            institution_id=make.the_school().id,
            place_id=make.place().id,
            rank=1,
            created_at=NOW,
        )
    )
    day = TOMORROW + timedelta(days=1)
    make.booking(booked.holding, Period(day, day))
    blocked = make.person()
    blocked.blocked = True
    due(make, 1, blocked)
    assert night(session, make) == RenewedAtNight(refused=4)
    assert session.scalars(select(OwedLetter)).all() == []


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"recalled_on": MONDAY}, id="called back"),
        pytest.param({"received_on": MONDAY}, id="received"),
        pytest.param({"placed": True}, id="placed"),
        pytest.param({"state": "lost"}, id="lost"),
    ],
)
def test_what_is_called_back_or_in_the_house_is_left_alone(
    session: Session, make: Make, facts: dict[str, Any]
) -> None:
    due(make, 1, **facts)
    assert night(session, make) == RenewedAtNight()


def test_two_copies_of_a_holding_are_not_both_kept_on_against_one_booking(
    session: Session, make: Make
) -> None:
    holding = make.holding(copies=2)
    school = make.school()
    for copy, person in zip(holding.copies, (make.person(), make.person(school)), strict=True):
        make.loan(copy, person=person, lent_on=MONDAY - timedelta(days=13))
    day = TOMORROW + timedelta(days=1)
    make.booking(holding, Period(day, day))
    assert night(session, make) == RenewedAtNight(renewed=1, refused=1, letters=1)


def test_what_was_booked_since_it_was_looked_at_is_not_renewed(
    session: Session, make: Make
) -> None:
    booked, same = due(make, 1), due(make, 1)
    centre_id = make.the_centre().id
    found = renewable(session, EVERYTHING, to_renew(centre_id, MONDAY), MONDAY, NOW)
    day = TOMORROW + timedelta(days=1)
    make.booking(booked.holding, Period(day, day))
    with unit_of_work(session):
        done = renew_automatically(session, found, list(found.loan_ids), SYSTEM, NOW)
    assert done == RenewedAtNight(renewed=1, refused=1, letters=1)
    assert session.get_one(Loan, same.id).renewals == 1


def test_a_person_with_twenty_loans_takes_hardly_more_statements_than_one(
    engine: Engine, session: Session, make: Make
) -> None:
    person = make.person()
    due(make, 1, person)
    with counted(engine) as one:
        night(session, make)
    holding = make.holding(copies=20)
    for copy in holding.copies:
        make.loan(copy, person=person, lent_on=MONDAY - timedelta(days=13))
    each_is_written = 3
    with counted(engine) as many:
        assert night(session, make).renewed == 20
    assert many.count <= one.count + 20 * each_is_written


@pytest.mark.lending("1.4")
def test_a_branch_that_never_opens_stops_no_other_renewal(session: Session, make: Make) -> None:
    there, here = due(make, 1), due(make, 1)
    there.branch_id = make.other_branch().id
    session.add(
        Closure(
            centre_id=there.centre_id,
            branch_id=there.branch_id,
            name="Umbau",
            first=TOMORROW,
            last=TOMORROW + timedelta(days=450),
        )
    )
    session.commit()
    assert night(session, make) == RenewedAtNight(renewed=1, refused=1, letters=1)
    assert session.get_one(Loan, here.id).due_on == TOMORROW + timedelta(days=7)
