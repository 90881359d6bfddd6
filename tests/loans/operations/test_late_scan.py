"""Scans that waited for the connection are done once, in order, by their own time."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import select

from catalogue.models.copy import Copy
from catalogue.rules.copy_states import CopyState
from database.unit_of_work import unit_of_work
from loans.models.desk_session import DeskMode, DeskScan
from loans.models.loan import Loan, Reminder
from loans.operations.remind import People, remind
from loans.operations.replay import Counter, Noted, begin_replay, end_replay, replay
from loans.operations.scan import Scan, scan
from loans.queries.house import house_of
from loans.queries.late_scans import Entered, entered_at, late_lines
from loans.rules.desk import Command
from loans.rules.late_scans import OLDEST
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.models.person import Membership
from schools.rules.roles import Right, Role
from tests.loans.operations.test_scan import Desk, open_loans
from tests.make import LONG_AGO, MONDAY, NOW, Make

pytestmark = [pytest.mark.both_stores, pytest.mark.lending("8.7")]

FRIDAY = MONDAY - timedelta(days=3)
ON_FRIDAY = NOW - timedelta(days=3)
_KEYS = count()


@pytest.fixture
def desk(make: Make) -> Desk:
    make.centre()
    return Desk(make.session, make, make.actor(Role.STAFF))


def late(desk: Desk, code: str, at: datetime = ON_FRIDAY, day: date = FRIDAY) -> DeskScan:
    wish = Scan(code, f"late-{next(_KEYS)}", desk.make.branch().id, late_at=NOW)
    with unit_of_work(desk.session):
        return scan(desk.session, wish, desk.by, day, at)


def test_a_loan_counts_from_the_day_it_was_scanned(make: Make, desk: Desk) -> None:
    late(desk, make.person().card)
    row = late(desk, make.copy().barcode)
    (loan,) = open_loans(desk.session)
    assert (loan.lent_on, loan.lent_at) == (FRIDAY, ON_FRIDAY)
    assert loan.due_on == FRIDAY + timedelta(days=14)
    assert (row.at, row.scanned_at) == (NOW, ON_FRIDAY)


def test_a_return_counts_on_the_day_it_was_scanned(make: Make, desk: Desk) -> None:
    loan = make.loan(lent_on=MONDAY - timedelta(days=20), days=17)
    row = late(desk, loan.copy.barcode)
    assert (row.act, row.outcome.value, row.facts["late"]) == ("return", "done", 0)
    assert (loan.returned_on, loan.returned_at) == (FRIDAY, ON_FRIDAY)


@pytest.mark.lending("3.2", "8.4")
def test_a_box_counted_later_is_back_since_it_was_scanned(make: Make, desk: Desk) -> None:
    box = desk.session.get_one(Copy, make.part().copy_id)
    loan = make.loan(box, lent_on=MONDAY - timedelta(days=20), days=17)
    asked = late(desk, box.barcode)
    assert asked.outcome.value == "question"
    row = desk.reply(asked, Command.YES)
    assert (row.act, row.outcome.value, row.facts["late"]) == ("return", "done", 0)
    assert loan.returned_on == FRIDAY


@pytest.mark.lending("3.2", "8.7")
def test_a_box_counted_later_is_lent_since_it_was_scanned(make: Make, desk: Desk) -> None:
    box = desk.session.get_one(Copy, make.part().copy_id)
    late(desk, make.person().card)
    asked = late(desk, box.barcode)
    assert (asked.act, asked.outcome.value) == ("lend", "question")
    desk.reply(asked, Command.YES)
    (loan,) = open_loans(desk.session)
    assert (loan.lent_on, loan.lent_at) == (FRIDAY, ON_FRIDAY)
    assert loan.due_on == FRIDAY + timedelta(days=14)


@pytest.mark.lending("8.4", "10.1")
def test_a_return_takes_back_reminders_of_the_nights_since(make: Make, desk: Desk) -> None:
    loan = make.loan(lent_on=MONDAY - timedelta(days=20), days=17)
    other = make.loan(person=loan.person, lent_on=MONDAY - timedelta(days=20), days=16)
    session, night = desk.session, make.actor(Role.CENTRE_ADMIN)
    house = house_of(session, loan.centre_id, MONDAY)
    with unit_of_work(session):
        people = People(loan.centre_id, {loan.person_id or 0})
        assert remind(session, people, house, night, NOW).levels == {1: 2}
    late(desk, loan.copy.barcode)
    told = [each.loan_id for each in session.scalars(select(Reminder))]
    assert told == [other.id]
    (letter,) = session.scalars(select(OwedLetter).where(OwedLetter.kind == LetterKind.OVERDUE))
    assert [line["number"] for line in letter.facts["lines"]] == [other.copy.barcode]


def test_a_scan_of_now_has_no_other_time(make: Make, desk: Desk) -> None:
    assert desk.scan(make.person().card).scanned_at is None


@pytest.mark.lending("8.4")
def test_what_was_received_since_is_not_looked_over_by_an_old_scan(make: Make, desk: Desk) -> None:
    make.choices(checks_returns=True)
    loan = make.loan(lent_on=LONG_AGO)
    desk.scan(loan.copy.barcode)
    row = late(desk, loan.copy.barcode)
    assert (row.act, row.outcome.value) == ("late", "refused")
    assert loan.copy.state is CopyState.RECEIVED


@pytest.mark.parametrize("since", ["lent", "taken back"])
def test_what_happened_since_is_not_undone_by_an_old_scan(
    make: Make, desk: Desk, since: str
) -> None:
    loan = make.loan(lent_on=MONDAY if since == "lent" else LONG_AGO)
    barcode = loan.copy.barcode
    if since == "taken back":
        desk.scan("CMD-RUECK")
        desk.scan(barcode)
        desk.scan("CMD-AUSLEIHE")
    late(desk, make.person().card)
    row = late(desk, barcode)
    assert (row.act, row.outcome.value) == ("late", "refused")
    assert len(open_loans(desk.session)) == (since == "lent")


def test_after_seven_days_a_scan_is_told_and_not_done(make: Make, desk: Desk) -> None:
    at = NOW - OLDEST - timedelta(minutes=1)
    row = late(desk, make.loan(lent_on=LONG_AGO).copy.barcode, at, at.date())
    assert (row.act, row.outcome.value, row.facts["days"]) == ("late", "refused", OLDEST.days)
    assert len(open_loans(desk.session)) == 1


def test_two_late_scans_a_minute_apart_are_two_though_they_come_together(
    make: Make, desk: Desk
) -> None:
    barcode = make.loan(lent_on=LONG_AGO).copy.barcode
    assert late(desk, barcode).act == "return"
    row = late(desk, barcode, ON_FRIDAY + timedelta(minutes=1))
    assert (row.act, row.outcome.value) == ("whose", "question")


def test_the_same_late_scan_within_five_seconds_is_still_a_repeat(make: Make, desk: Desk) -> None:
    barcode = make.loan(lent_on=LONG_AGO).copy.barcode
    late(desk, barcode)
    row = late(desk, barcode, ON_FRIDAY + timedelta(seconds=2))
    assert (row.outcome.value, row.facts["seconds"]) == ("again", 2)


def test_what_could_not_be_done_is_listed_afterwards(make: Make, desk: Desk) -> None:
    late(desk, make.person().card)
    late(desk, make.copy().barcode)
    late(desk, "MZ-999999")
    scope = desk.by.scope(Right.LEND)
    since = NOW - OLDEST
    listed = late_lines(desk.session, scope, desk.by.account_id, since)
    assert [row.scanned for row in listed] == ["MZ-999999"]
    stranger = make.actor(Role.STAFF, centre=make.centre())
    foreign = stranger.scope(Right.LEND)
    assert late_lines(desk.session, foreign, desk.by.account_id, since) == []
    assert entered_at(desk.session, foreign, make.branch().id, since) == set()


@pytest.mark.lending("8.7")
def test_what_was_answered_since_is_not_listed_as_undone(make: Make, desk: Desk) -> None:
    part, other, copy = make.part(), make.part(), make.copy()
    asked = late(desk, part.copy.barcode)
    assert asked.outcome.value == "question"
    late(desk, copy.barcode, ON_FRIDAY + timedelta(minutes=1))
    late(desk, make.person().card, ON_FRIDAY + timedelta(minutes=2))
    late(desk, other.copy.barcode, ON_FRIDAY + timedelta(minutes=3))
    desk.scan("CMD-JA")
    scope = desk.by.scope(Right.LEND)
    rows = late_lines(desk.session, scope, desk.by.account_id, NOW - OLDEST)
    assert [row.facts["barcode"] for row in rows] == [part.copy.barcode]


@dataclass
class Listed:
    """A list that is entered at a counter on Monday."""

    desk: Desk

    @property
    def counter(self) -> Counter:
        return Counter(self.desk.make.branch().id, self.desk.by, NOW)

    def begin(self) -> None:
        with unit_of_work(self.desk.session):
            begin_replay(self.desk.session, self.counter)

    def enter(
        self, code: str, person: str = "", *, minute: int = 0, mode: DeskMode | None = None
    ) -> DeskScan:
        at = ON_FRIDAY + timedelta(minutes=minute)
        mode = mode or (DeskMode.LEND if person else DeskMode.RETURN)
        with unit_of_work(self.desk.session):
            noted = Noted(at, FRIDAY, person, code, mode)
            return replay(self.desk.session, noted, self.counter)

    def end(self) -> None:
        with unit_of_work(self.desk.session):
            end_replay(self.desk.session, self.counter)


@pytest.fixture
def listed(desk: Desk) -> Listed:
    return Listed(desk)


def test_a_list_lends_to_each_person_and_takes_back(make: Make, listed: Listed) -> None:
    first, second = make.person(), make.person()
    copies = [make.copy() for _ in range(3)]
    brought = make.loan(lent_on=LONG_AGO)
    listed.begin()
    for minute, (copy, person) in enumerate(zip(copies, (first, first, second), strict=True)):
        row = listed.enter(copy.barcode, person.card, minute=minute)
        assert (row.act, row.outcome.value) == ("lend", "done")
    assert listed.enter(brought.copy.barcode, minute=9).act == "return"
    listed.end()
    lent = open_loans(make.session)
    assert [loan.person_id for loan in lent] == [first.id, first.id, second.id]
    assert {loan.lent_on for loan in lent} == {FRIDAY}
    assert brought.returned_on == FRIDAY


def test_who_is_served_now_is_left_alone(make: Make, listed: Listed) -> None:
    present = make.person()
    listed.desk.scan(present.card)
    listed.begin()
    listed.enter(make.copy().barcode, make.person().card)
    listed.end()
    copy = make.copy()
    row = listed.desk.scan(copy.barcode)
    assert row.outcome.value == "done"
    loan = make.session.scalars(select(Loan).where(Loan.copy_id == copy.id)).one()
    assert loan.person_id == present.id


def test_nothing_goes_to_the_person_before_where_a_card_is_unknown(
    make: Make, listed: Listed
) -> None:
    copy = make.copy()
    listed.begin()
    listed.enter(make.copy().barcode, make.person().card)
    row = listed.enter(copy.barcode, "P-NOBODY", minute=1)
    assert (row.act, row.outcome.value) == ("unknown", "refused")
    assert copy.state is CopyState.AVAILABLE


def test_nothing_is_lent_where_it_is_not_clear_for_which_school(
    make: Make, listed: Listed
) -> None:
    person, second, copy = make.person(), make.school(), make.copy()
    make.session.add(Membership(person_id=person.id, institution_id=second.id, first=LONG_AGO))
    make.session.commit()
    listed.begin()
    row = listed.enter(copy.barcode, person.card)
    assert (row.act, row.outcome.value) == ("person", "question")
    row = listed.enter(copy.barcode, person.card, minute=1)
    assert (row.act, row.outcome.value) == ("person", "question")
    assert copy.state is CopyState.AVAILABLE


def test_what_was_entered_is_known_by_time_and_code(make: Make, listed: Listed) -> None:
    copy, person = make.copy(), make.person()
    listed.begin()
    listed.enter(copy.barcode, person.card)
    scope = listed.desk.by.scope(Right.LEND)
    known = entered_at(make.session, scope, make.branch().id, NOW - OLDEST)
    assert Entered(ON_FRIDAY, copy.barcode) in known
