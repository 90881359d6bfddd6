"""Reminding: levels in order, one letter a person and night, copies to the school, the block."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from catalogue.rules.copy_states import CopyState
from database.unit_of_work import unit_of_work
from loans.models.claim import ClaimKind, LoanClaim
from loans.models.closure import Closure
from loans.models.loan import Loan, Reminder
from loans.models.terms import Terms
from loans.operations.check_in import TakenBack
from loans.operations.remind import People, Reminded, remind
from loans.queries.borrowers import is_overdue_blocked
from loans.queries.house import house_of
from loans.queries.overdue import OverdueWish, late_people
from loans.queries.viewpoint import Where, viewpoint_of
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.models.person import MembershipRole, Person
from schools.operations.send_letters import stamp_sent
from schools.rules.periods import Period
from schools.rules.roles import SYSTEM, Right, Scope
from tests.loans.operations.desks import counter
from tests.make import MONDAY, NOW, Make
from tests.statements import counted

pytestmark = [pytest.mark.both_stores, pytest.mark.lending("10.1")]

EVERYTHING = Scope(everything=True)


def days_ago(days: int) -> date:
    return MONDAY - timedelta(days=days)


def overdue(make: Make, days: int, person: Person | None = None, **facts: Any) -> Loan:
    """A loan that should have been back so many days ago."""
    return make.loan(person=person, lent_on=days_ago(days + 14), **facts)


def night(session: Session, make: Make, after: int = 0) -> Reminded:
    """One night of the centre, so many days after today."""
    centre_id = make.the_centre().id
    house = house_of(session, centre_id, MONDAY + timedelta(days=after))
    people = late_people(session, EVERYTHING, OverdueWish(centre_id), house)
    with unit_of_work(session):
        whose = People(centre_id, [person for person, _ in people])
        return remind(session, whose, house, SYSTEM, NOW)


def letters(session: Session, kind: LetterKind = LetterKind.OVERDUE) -> list[OwedLetter]:
    query = select(OwedLetter).where(OwedLetter.kind == kind).order_by(OwedLetter.id)
    return list(session.scalars(query))


def levels(session: Session, loan: Loan) -> dict[int, date]:
    query = select(Reminder.level, Reminder.written_on).where(Reminder.loan_id == loan.id)
    return dict(session.execute(query.order_by(Reminder.level)).all())


def test_a_level_is_written_once_with_its_letter(session: Session, make: Make) -> None:
    person = make.person()
    loan = overdue(make, 3, person)
    assert night(session, make) == Reminded(Counter({1: 1}), letters=1)
    assert night(session, make) == Reminded()
    assert night(session, make, 1) == Reminded()
    (letter,) = letters(session)
    assert letter.to_address == person.email
    assert letter.facts["lines"][0]["title"] == loan.holding.title.name
    assert levels(session, loan) == {1: MONDAY}
    written = session.scalars(select(Reminder)).one()
    assert written.due_on == loan.due_on


@pytest.mark.parametrize("days", [0, 1, 2])
def test_nobody_is_reminded_before_the_third_day(session: Session, make: Make, days: int) -> None:
    overdue(make, days)
    assert night(session, make) == Reminded()


def test_after_missed_nights_the_first_level_comes_first_and_the_next_a_week_later(
    session: Session, make: Make
) -> None:
    loan = overdue(make, 30)
    for after in range(20):
        night(session, make, after)
    first, second, third = levels(session, loan).values()
    assert (first - MONDAY).days == 0
    assert (second - first).days == 7
    assert (third - second).days == 7
    assert [each.facts["level"] for each in letters(session)] == [1, 2, 3]


def test_one_letter_lists_all_that_a_person_has_overdue(session: Session, make: Make) -> None:
    person = make.person()
    late = [overdue(make, days, person) for days in (11, 3, 1)]
    overdue(make, 3)
    session.add(
        Reminder(loan_id=late[0].id, level=1, due_on=late[0].due_on, written_on=days_ago(8))
    )
    session.commit()
    assert night(session, make) == Reminded(Counter({1: 2, 2: 1}), letters=2, copies=0, silent=0)
    letter = next(each for each in letters(session) if each.person_id == person.id)
    assert [line["level"] for line in letter.facts["lines"]] == [2, 1, 0]
    assert letter.facts["level"] == 2
    assert letter.facts["due_on"] == days_ago(11).isoformat()


@pytest.mark.parametrize("passed_over", [False, True])
def test_whoever_is_passed_over_needs_nothing_today(
    session: Session, make: Make, *, passed_over: bool
) -> None:
    loan = overdue(make, 3)
    make.hold(loan.holding, suspended_until=MONDAY if passed_over else None)
    night(session, make)
    (line,) = letters(session)[0].facts["lines"]
    assert line["wanted_from"] == ("" if passed_over else MONDAY.isoformat())


@pytest.mark.parametrize("mailbox", ["", "schule@example.org"])
def test_a_copy_is_promised_only_where_somebody_gets_one(
    session: Session, make: Make, mailbox: str
) -> None:
    overdue(make, 3, make.person(make.school(email=mailbox)))
    for after in range(8):
        night(session, make, after)
    assert [each.facts["copied"] for each in letters(session)] == [False, bool(mailbox)]
    assert len(letters(session, LetterKind.OVERDUE_COPY)) == bool(mailbox)


def test_a_letter_names_the_longest_overdue_of_all_it_lists(session: Session, make: Make) -> None:
    person = make.person()
    for days in (3, 0):
        overdue(make, days, person)
    for after in range(11):
        night(session, make, after)
    told = [(each.facts["level"], each.facts["days"]) for each in letters(session)]
    assert told == [(1, 3), (1, 6), (2, 10), (2, 13)]
    assert {each.facts["due_on"] for each in letters(session)} == {days_ago(3).isoformat()}


def test_what_is_back_received_placed_put_off_or_claimed_is_not_reminded_of(
    session: Session, make: Make
) -> None:
    overdue(make, 5, returned_on=MONDAY, state="available")
    overdue(make, 5, received_on=days_ago(1))
    overdue(make, 5, placed=True, review_on=MONDAY)
    overdue(make, 5, snoozed_until=MONDAY, snooze_reason="In der Werkstatt")
    overdue(make, 5, state="lost")
    claimed = overdue(make, 5)
    session.add(LoanClaim(loan_id=claimed.id, kind=ClaimKind.RETURNED, made_at=NOW))
    cut = overdue(make, 5)
    cut.person_id = None
    session.commit()
    assert night(session, make) == Reminded()


def test_a_snooze_ends_by_itself(session: Session, make: Make) -> None:
    loan = overdue(make, 5, snoozed_until=MONDAY + timedelta(days=1), snooze_reason="Ferien")
    assert [night(session, make, after).levels[1] for after in range(3)] == [0, 0, 1]
    assert list(levels(session, loan)) == [1]


def test_with_a_later_due_date_the_levels_begin_anew(session: Session, make: Make) -> None:
    loan = overdue(make, 3)
    night(session, make)
    session.get_one(Loan, loan.id).due_on = MONDAY
    session.commit()
    assert [night(session, make, after).levels[1] for after in (2, 3)] == [0, 1]


def test_the_second_level_goes_to_the_media_officer_too(session: Session, make: Make) -> None:
    officer = make.person()
    officer.memberships[0].role = MembershipRole.MEDIA_OFFICER
    session.commit()
    person = make.person()
    overdue(make, 10, person)
    first, second = night(session, make), night(session, make, 7)
    assert (first.copies, second.copies) == (0, 1)
    (copy,) = letters(session, LetterKind.OVERDUE_COPY)
    assert copy.to_address == officer.email
    assert copy.facts["person"] == person.name
    assert letters(session)[1].facts["copied"]


@pytest.mark.parametrize("mailbox", ["schule@example.org", ""])
def test_without_a_media_officer_the_schools_mailbox_gets_the_copy(
    session: Session, make: Make, mailbox: str
) -> None:
    person = make.person(make.school(email=mailbox))
    person.memberships[0].role = MembershipRole.MEDIA_OFFICER
    session.commit()
    overdue(make, 10, person)
    night(session, make)
    assert night(session, make, 7).copies == bool(mailbox)
    assert [each.to_address for each in letters(session, LetterKind.OVERDUE_COPY)] == (
        [mailbox] if mailbox else []
    )


def test_a_copy_tells_a_school_of_its_own_loans_only(session: Session, make: Make) -> None:
    person = make.person(make.school(email="eins@example.org"))
    other = make.school(email="zwei@example.org")
    mine, theirs = overdue(make, 10, person), overdue(make, 10, person, institution_id=other.id)
    night(session, make)
    night(session, make, 7)
    told = {
        letter.to_address: [line["number"] for line in letter.facts["lines"]]
        for letter in letters(session, LetterKind.OVERDUE_COPY)
    }
    assert told == {
        "eins@example.org": [mine.copy.barcode],
        "zwei@example.org": [theirs.copy.barcode],
    }


def test_who_has_no_address_is_reminded_through_the_school_or_counted(
    session: Session, make: Make
) -> None:
    for mailbox in ("schule@example.org", ""):
        person = make.person(make.school(email=mailbox))
        person.email = None
        overdue(make, 3, person)
    assert night(session, make) == Reminded(Counter({1: 2}), letters=1, silent=1)
    assert letters(session)[0].to_address == "schule@example.org"


def test_the_third_level_blocks_until_everything_overdue_is_back(
    session: Session, make: Make
) -> None:
    person = make.person()
    long, short = overdue(make, 17, person), overdue(make, 5, person)
    key, today = person.id, MONDAY + timedelta(days=14)

    def blocked() -> bool:
        where = Where(make.the_centre().id, institution_id=long.institution_id)
        view = viewpoint_of(session, SYSTEM.scope(Right.BOOK), where, today, NOW)
        return is_overdue_blocked(session, view, key)

    night(session, make)
    night(session, make, 7)
    assert not blocked()
    night(session, make, 14)
    assert blocked()
    assert letters(session)[-1].facts["blocked"]
    for loan, expected in ((long, True), (short, False)):
        row = session.get_one(Loan, loan.id)
        row.returned_on = today
        session.commit()
        assert blocked() is expected


def test_a_last_reminder_names_a_day_and_what_new_ones_cost(session: Session, make: Make) -> None:
    copy = make.copy(value_cents=12_900)
    make.loan(copy, lent_on=days_ago(31))
    for after in (0, 7, 14):
        night(session, make, after)
    facts = letters(session)[-1].facts
    assert facts["level"] == 3
    assert facts["back_by"] == (MONDAY + timedelta(days=21)).isoformat()
    assert facts["value_cents"] == 12_900


def test_who_was_reminded_today_waits_until_tomorrow_with_the_rest(
    session: Session, make: Make
) -> None:
    person = make.person()
    overdue(make, 3, person)
    later = overdue(make, 3, person, snoozed_until=MONDAY, snooze_reason="Klassenfahrt")
    night(session, make)
    session.get_one(Loan, later.id).snoozed_until = None
    session.commit()
    assert night(session, make) == Reminded()
    assert night(session, make, 1).levels == {1: 1}


def test_others_who_need_it_are_named(session: Session, make: Make) -> None:
    loan = overdue(make, 3)
    day = MONDAY + timedelta(days=4)
    make.booking(loan.holding, Period(day, day))
    night(session, make)
    assert letters(session)[0].facts["lines"][0]["wanted_from"] == day.isoformat()


@pytest.mark.parametrize("other", [CopyState.LOST, CopyState.RECEIVED])
def test_nobody_needs_it_while_another_copy_is_in_the_house(
    session: Session, make: Make, other: CopyState
) -> None:
    holding = make.holding(copies=3 if other is CopyState.LOST else 2)
    late, gone, *_on_the_shelf = holding.copies
    overdue(make, 3, copy=late)
    make.loan(gone, state=other, received_on=MONDAY if other is CopyState.RECEIVED else None)
    holding.lendable = 2
    day = MONDAY + timedelta(days=4)
    make.booking(holding, Period(day, day))
    night(session, make)
    assert [line["wanted_from"] for line in letters(session)[0].facts["lines"]] == [""]


def test_a_night_takes_the_same_statements_for_one_loan_and_for_twenty_of_a_person(
    engine: Engine, session: Session, make: Make
) -> None:
    person = make.person()
    overdue(make, 3, person)
    with counted(engine) as one:
        night(session, make)
    for _ in range(20):
        overdue(make, 3, person)
    with counted(engine) as many:
        night(session, make, 1)
    assert many.count == one.count


@pytest.mark.lending("1.4")
def test_the_last_reminder_is_written_though_the_branch_never_opens(
    session: Session, make: Make
) -> None:
    loan = overdue(make, 40)
    for level, days in ((1, 30), (2, 20)):
        session.add(
            Reminder(loan_id=loan.id, level=level, due_on=loan.due_on, written_on=days_ago(days))
        )
    session.add(
        Closure(
            centre_id=loan.centre_id, name="Umbau", first=MONDAY, last=MONDAY + timedelta(days=450)
        )
    )
    session.commit()
    night(session, make)
    assert levels(session, loan)[3] == MONDAY
    (letter,) = letters(session)
    assert letter.facts["back_by"] == (MONDAY + timedelta(days=7)).isoformat()


@pytest.mark.lending("2.2")
def test_where_there_are_no_terms_any_more_the_first_letter_does_not_block(
    session: Session, make: Make
) -> None:
    person = make.person()
    loan = overdue(make, 5, person)
    session.execute(delete(Terms))
    session.commit()
    night(session, make)
    assert set(levels(session, loan)) == {1}
    where = Where(loan.centre_id, institution_id=loan.institution_id)
    view = viewpoint_of(session, EVERYTHING, where, MONDAY, NOW)
    assert not is_overdue_blocked(session, view, person.id)
    for after in (7, 14):
        night(session, make, after)
    later = replace(view, today=MONDAY + timedelta(days=14))
    assert is_overdue_blocked(session, later, person.id)


def dropped(make: Make, loan: Loan, on: date) -> TakenBack:
    """Take a loan back today, as dropped into the box on a day."""
    return counter(make).take_back(loan.copy, dropped_on=on)


@pytest.mark.lending("8.4")
def test_what_was_back_before_the_letter_is_taken_out_of_it(session: Session, make: Make) -> None:
    person = make.person(make.school(email="schule@example.org"))
    worst, other = overdue(make, 12, person), overdue(make, 4, person)
    due_on = worst.due_on
    assert due_on is not None
    session.add(Reminder(loan_id=worst.id, level=1, due_on=due_on, written_on=days_ago(9)))
    session.commit()
    night(session, make)
    (letter,), (copied,) = letters(session), letters(session, LetterKind.OVERDUE_COPY)
    assert (letter.facts["level"], len(letter.facts["lines"])) == (2, 2)
    assert [line["number"] for line in copied.facts["lines"]] == [worst.copy.barcode]
    dropped(make, worst, days_ago(1))
    (letter,) = letters(session)
    assert [line["number"] for line in letter.facts["lines"]] == [other.copy.barcode]
    assert (letter.facts["level"], letter.facts["days"], letter.facts["copied"]) == (1, 4, False)
    assert letters(session, LetterKind.OVERDUE_COPY) == []
    assert levels(session, worst) == {1: days_ago(9)}
    dropped(make, other, days_ago(1))
    assert letters(session) == []


@pytest.mark.lending("8.4")
def test_a_letter_that_was_sent_stays_as_it_was(session: Session, make: Make) -> None:
    loan = overdue(make, 4)
    night(session, make)
    (letter,) = letters(session)
    with unit_of_work(session):
        stamp_sent(session, letter.id, NOW)
    dropped(make, loan, days_ago(1))
    assert [each.facts["level"] for each in letters(session)] == [1]
    assert levels(session, loan) == {}
