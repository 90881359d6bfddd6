"""One field for everything: people, copies, bookings and commands, in any order."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy, Part
from catalogue.rules.copy_states import CopyState
from database.unit_of_work import unit_of_work
from loans.errors import NotFoundError
from loans.models.booking import BookingLine
from loans.models.desk_session import DeskMode, DeskScan, DeskSession
from loans.models.loan import Loan
from loans.operations.answer import Answer, Reply, reply
from loans.operations.scan import Scan, scan
from loans.operations.serve_person import Chosen, choose_person
from loans.rules.booking_states import BookingState
from loans.rules.desk import Command
from schools.models.person import Membership, Person
from schools.rules.periods import Period
from schools.rules.roles import Actor, Role
from tests.make import LONG_AGO, MONDAY, NOW, Make
from tests.statements import counted

pytestmark = [pytest.mark.lending("8.0", "8.1", "8.2"), pytest.mark.both_stores]

WEEK = Period(MONDAY, MONDAY + timedelta(days=4))


@dataclass
class Desk:
    """A member of staff with a scanner; a minute passes between two scans."""

    session: Session
    make: Make
    by: Actor
    now: datetime = NOW
    _keys: Iterator[int] = field(default_factory=count)

    def scan(self, code: str, *, after: float = 60, mode: DeskMode | None = None) -> DeskScan:
        self.now += timedelta(seconds=after)
        wish = Scan(code, f"key-{next(self._keys)}", self.make.branch().id, mode)
        with unit_of_work(self.session):
            return scan(self.session, wish, self.by, MONDAY, self.now)

    def said(self, code: str, *, after: float = 60) -> tuple[str, str]:
        """Act and outcome of a scan."""
        row = self.scan(code, after=after)
        return row.act, row.outcome.value

    def reply(
        self, row: DeskScan, word: Command | int, pieces: dict[int, int] | None = None
    ) -> DeskScan:
        wish = Reply(row.id, f"key-{next(self._keys)}", Answer(word, row.id, pieces))
        with unit_of_work(self.session):
            return reply(self.session, wish, self.by, MONDAY, self.now)

    def overrule(self, row: DeskScan, reason: str) -> DeskScan:
        wish = Reply(row.id, f"key-{next(self._keys)}", reason=reason)
        with unit_of_work(self.session):
            return reply(self.session, wish, self.by, MONDAY, self.now)

    def choose(self, person: Person, institution_id: int) -> DeskScan:
        chosen = Chosen(
            person.id, institution_id, self.make.branch().id, f"key-{next(self._keys)}"
        )
        with unit_of_work(self.session):
            return choose_person(self.session, chosen, self.by, MONDAY, self.now)


@pytest.fixture
def desk(make: Make) -> Desk:
    make.centre()
    return Desk(make.session, make, make.actor(Role.STAFF))


@pytest.fixture
def head(make: Make, desk: Desk) -> Desk:
    return Desk(make.session, make, make.actor(Role.CENTRE_ADMIN))


def box(make: Make, *, critical: bool = True) -> Part:
    return make.part(name="Netzteil", critical=critical)


def open_loans(session: Session) -> list[Loan]:
    return list(session.scalars(select(Loan).where(Loan.returned_on.is_(None))))


def test_a_card_then_a_copy_lends_and_the_copy_alone_comes_back(make: Make, desk: Desk) -> None:
    person, copy = make.person(), make.copy()
    assert desk.said(person.card) == ("person", "done")
    assert desk.said(copy.barcode) == ("lend", "done")
    (loan,) = open_loans(desk.session)
    assert (loan.person_id, loan.copy_id) == (person.id, copy.id)
    assert desk.said("CMD-RUECK") == ("mode", "done")
    assert desk.said(copy.barcode) == ("return", "done")
    assert open_loans(desk.session) == []


def test_a_copy_waits_for_the_card_that_comes_after_it(make: Make, desk: Desk) -> None:
    person, first, second = make.person(), make.copy(), make.copy()
    assert desk.said(first.barcode) == ("whose", "question")
    assert desk.said(second.barcode) == ("whose", "question")
    assert desk.said(person.card) == ("lend", "done")
    assert {loan.copy_id for loan in open_loans(desk.session)} == {first.id, second.id}


def test_a_copy_that_waits_can_be_dropped(make: Make, desk: Desk) -> None:
    desk.scan(make.copy().barcode)
    assert desk.said("CMD-NEIN") == ("answer", "done")
    desk.scan(make.person().card)
    assert open_loans(desk.session) == []


def test_without_a_person_a_copy_on_loan_is_taken_back(make: Make, desk: Desk) -> None:
    loan = make.loan()
    assert desk.said(loan.copy.barcode) == ("return", "done")
    assert loan.returned_on == MONDAY


def test_with_a_person_a_copy_of_somebody_else_is_refused(make: Make, desk: Desk) -> None:
    loan = make.loan()
    desk.scan(make.person().card)
    row = desk.scan(loan.copy.barcode)
    assert (row.outcome.value, row.codes) == ("refused", ["ON_LOAN"])
    assert row.facts["holder"] == loan.institution.name
    assert loan.returned_on is None


def test_the_same_person_again_is_amber_not_red(make: Make, desk: Desk) -> None:
    loan = make.loan()
    assert loan.person is not None
    desk.scan(loan.person.card)
    row = desk.scan(loan.copy.barcode)
    assert (row.outcome.value, row.codes) == ("again", ["ON_LOAN_SAME_PERSON"])


def test_the_same_label_within_five_seconds_changes_nothing(make: Make, desk: Desk) -> None:
    loan = make.loan()
    desk.scan("CMD-RETURN")
    assert desk.said(loan.copy.barcode) == ("return", "done")
    assert desk.said(loan.copy.barcode, after=5) == ("return", "again")
    desk.scan("CMD-LEND")
    assert desk.said(loan.copy.barcode, after=1) == ("whose", "question")


def test_a_switch_to_taking_back_makes_it_a_scan_of_its_own(make: Make, desk: Desk) -> None:
    person, copy = make.person(), make.copy()
    desk.scan(person.card)
    desk.scan(copy.barcode)
    row = desk.scan(copy.barcode, after=1, mode=DeskMode.RETURN)
    assert (row.act, row.outcome.value) == ("return", "done")


def test_the_next_card_ends_the_session_of_the_one_before(make: Make, desk: Desk) -> None:
    first, second = make.person(), make.person()
    desk.scan(first.card)
    assert desk.said(first.card) == ("person", "again")
    desk.scan(second.card)
    sessions = desk.session.scalars(select(DeskSession).order_by(DeskSession.id)).all()
    assert [(each.person_id, each.ended_at is None) for each in sessions] == [
        (first.id, False),
        (second.id, True),
    ]


def test_a_customer_forgotten_yesterday_is_not_served_today(make: Make, desk: Desk) -> None:
    card, barcode = make.person().card, make.copy().barcode
    desk.scan(card)
    desk.now += timedelta(hours=13)
    assert desk.said(barcode) == ("whose", "question")


def test_done_ends_the_session_and_counts_what_was_lent(make: Make, desk: Desk) -> None:
    desk.scan(make.person().card)
    desk.scan(make.copy().barcode)
    row = desk.scan("CMD-FERTIG")
    assert (row.facts["lent"], row.facts["returned"]) == (1, 0)
    assert desk.said(make.copy().barcode) == ("whose", "question")


def test_a_booking_selects_its_person_and_is_served_first(make: Make, desk: Desk) -> None:
    holding, person = make.holding(copies=2), make.person()
    make.booking(holding, WEEK, person=person)
    chosen = make.booking(holding, Period(MONDAY, WEEK.last), person=person)
    assert desk.said(chosen.number) == ("booking", "done")
    row = desk.scan(holding.copies[0].barcode)
    assert row.facts["booking"] == chosen.number
    assert chosen.state is BookingState.COLLECTED


@pytest.mark.parametrize("copies", [1, 2])
def test_serving_one_booking_early_leaves_the_earliest_line_of_another_first(
    make: Make, desk: Desk, copies: int
) -> None:
    wanted, other = make.holding(copies=copies), make.holding(make.title("Moor"), copies=1)
    person = make.person()
    early = make.booking(wanted, Period(MONDAY, MONDAY + timedelta(days=1)), person=person)
    days = Period(MONDAY + timedelta(days=3), WEEK.last)
    late = make.booking(other, days, person=person)
    late.lines.append(BookingLine(holding_id=wanted.id, quantity=1))
    make.session.commit()
    desk.scan(person.card)
    served = [other.copies[0], *wanted.copies]
    found = [desk.scan(copy.barcode).facts.get("booking") for copy in served]
    assert found == [late.number, early.number, late.number][: len(served)]


def test_a_hand_over_that_was_undone_chooses_no_booking(make: Make, desk: Desk) -> None:
    wanted, other = make.holding(copies=1), make.holding(make.title("Moor"), copies=1)
    person = make.person()
    late = make.booking(other, Period(MONDAY + timedelta(days=3), WEEK.last), person=person)
    late.lines.append(BookingLine(holding_id=wanted.id, quantity=1))
    early = make.booking(wanted, Period(MONDAY, MONDAY), person=person)
    desk.scan(person.card)
    desk.scan(other.copies[0].barcode)
    assert desk.scan("CMD-ZURUECK").outcome.value == "done"
    assert desk.scan(wanted.copies[0].barcode).facts["booking"] == early.number


def test_a_booking_that_is_over_says_so(make: Make, desk: Desk) -> None:
    booking = make.booking(make.holding(copies=1), WEEK, state=BookingState.CANCELLED)
    row = desk.scan(booking.number)
    assert (row.outcome.value, row.facts["state"]) == ("refused", "cancelled")


def test_a_person_of_two_schools_is_asked_for_which(make: Make, desk: Desk) -> None:
    person, copy, second = make.person(), make.copy(), make.school("Zweite Schule")
    make.session.add(Membership(person_id=person.id, institution_id=second.id, first=LONG_AGO))
    make.session.commit()
    assert desk.said(person.card) == ("person", "question")
    assert desk.said(copy.barcode) == ("whose", "question")
    assert desk.said("CMD-2") == ("lend", "done")
    (loan,) = open_loans(desk.session)
    assert loan.institution_id == second.id


def test_a_person_is_chosen_from_a_list_with_the_school(make: Make, desk: Desk) -> None:
    person = make.person()
    assert desk.choose(person, make.the_school().id).act == "person"
    assert desk.said(make.copy().barcode) == ("lend", "done")
    with pytest.raises(NotFoundError):
        desk.choose(person, make.school().id)


def test_a_box_asks_for_its_parts_and_one_command_counts_them(make: Make, desk: Desk) -> None:
    part = box(make)
    desk.scan(make.person().card)
    row = desk.scan(part.copy.barcode)
    assert (row.act, row.outcome.value, row.codes) == ("lend", "question", ["PARTS_UNCOUNTED"])
    assert [each["name"] for each in row.facts["parts"]] == ["Netzteil"]
    assert desk.said("CMD-JA") == ("lend", "done")
    desk.scan("CMD-RUECK")
    assert desk.said(part.copy.barcode) == ("return", "question")
    assert desk.said("CMD-YES") == ("return", "done")
    assert part.copy.state is CopyState.AVAILABLE


def test_a_box_without_a_critical_part_does_not_go_out(make: Make, desk: Desk) -> None:
    part = box(make)
    desk.scan(make.person().card)
    row = desk.reply(desk.scan(part.copy.barcode), Command.YES, {part.id: 0})
    assert (row.outcome.value, row.codes) == ("refused", ["INCOMPLETE"])
    assert (part.copy.state, part.copy.holding.lendable) == (CopyState.INCOMPLETE, 0)


def test_a_box_back_without_a_part_says_what_is_missing(make: Make, desk: Desk) -> None:
    part = box(make, critical=False)
    make.loan(part.copy)
    row = desk.reply(desk.scan(part.copy.barcode), Command.YES, {part.id: 0})
    assert (row.outcome.value, row.facts["missing"]) == ("done", ["Netzteil"])


def test_a_question_is_answered_once(make: Make, desk: Desk) -> None:
    part = box(make)
    make.loan(part.copy)
    row = desk.scan(part.copy.barcode)
    assert desk.reply(row, Command.YES).outcome.value == "done"
    assert desk.reply(row, Command.YES).outcome.value == "again"
    assert desk.said("CMD-JA") == ("answer", "again")


@pytest.mark.lending("3.2", "8.4")
def test_an_old_question_takes_nothing_back_that_was_lent_since(
    make: Make, desk: Desk, head: Desk
) -> None:
    """It was counted at another counter, and is with somebody else by now."""
    part = box(make)
    make.loan(part.copy)
    asked = desk.scan(part.copy.barcode)
    head.reply(head.scan(part.copy.barcode), Command.YES)
    head.scan(make.person().card)
    head.reply(head.scan(part.copy.barcode), Command.YES)
    desk.now = head.now
    assert desk.reply(asked, Command.YES).outcome.value == "again"
    assert part.copy.state is CopyState.ON_LOAN


def test_others_questions_are_out_of_reach(make: Make, desk: Desk, head: Desk) -> None:
    row = desk.scan(make.copy().barcode)
    with pytest.raises(NotFoundError):
        head.reply(row, Command.NO)


def test_the_head_overrules_with_a_reason_and_counts_all_the_same(make: Make, head: Desk) -> None:
    part = box(make)
    head.scan(make.person(blocked=True).card)
    row = head.scan(part.copy.barcode)
    assert row.codes == ["PARTS_UNCOUNTED", "BLOCKED"]
    asked = head.overrule(row, "Anschrift liegt vor")
    assert (asked.outcome.value, asked.codes) == ("question", ["PARTS_UNCOUNTED"])
    done = head.scan("CMD-JA")
    assert (done.outcome.value, done.facts["overruled"]) == ("done", ["BLOCKED"])


@pytest.mark.lending("3.2", "8.3")
def test_a_box_that_lacks_a_part_it_needs_goes_out_with_a_reason_for_that(
    make: Make, head: Desk
) -> None:
    """A reason given before the count was not about the part."""
    part = box(make)
    head.scan(make.person(blocked=True).card)
    asked = head.overrule(head.scan(part.copy.barcode), "Anschrift liegt vor")
    row = head.reply(asked, Command.YES, {part.id: 0})
    assert (row.outcome.value, row.codes) == ("refused", ["INCOMPLETE", "BLOCKED"])
    asked = head.overrule(row, "ein Netzteil hat die Schule selbst")
    assert (asked.outcome.value, asked.codes) == ("question", ["PARTS_UNCOUNTED"])
    done = head.scan("CMD-JA")
    assert (done.outcome.value, done.facts["overruled"]) == ("done", ["INCOMPLETE", "BLOCKED"])
    assert done.facts["missing"] == ["Netzteil"]
    head.scan("CMD-RUECK")
    head.scan(part.copy.barcode)
    assert head.said("CMD-JA") == ("return", "done")
    assert (part.copy.state, part.copy.holding.lendable) == (CopyState.INCOMPLETE, 0)


def test_staff_cannot_overrule(make: Make, desk: Desk) -> None:
    desk.scan(make.person(blocked=True).card)
    row = desk.scan(make.copy().barcode)
    assert desk.overrule(row, "trotzdem").outcome.value == "refused"


@pytest.mark.parametrize("code", ["MZ-999999", "P-NOBODY", "R-1", "B-7", "CMD-NIX", "12", "☃"])
def test_what_nobody_knows_is_refused_and_nothing_happens(desk: Desk, code: str) -> None:
    row = desk.scan(code)
    assert (row.act, row.outcome.value, row.codes) == ("unknown", "refused", ["UNKNOWN"])


def test_foreign_labels_inventory_numbers_and_addresses_find_their_copy(
    make: Make, desk: Desk
) -> None:
    copy = make.copy(barcode="2004711", inventory_number="A-12/7")
    own = make.copy(barcode="MZ-004711")
    for code in ("2004711", "A-12/7"):
        assert desk.scan(code).copy_id == copy.id
    for code in ("https://mz.example.org/x/MZ-004711", "mz-004711", "MYß004711"):
        assert desk.scan(code).copy_id == own.id


def test_a_label_of_an_earlier_system_answers_in_any_case(make: Make, desk: Desk) -> None:
    copies = {
        make.copy(barcode="Kam-03a", inventory_number="Inv-7b"): ("KAM-03A", "kam-03a", "INV-7B"),
        make.copy(barcode="Überseh-9"): ("ÜBERSEH-9", "übersEH-9"),
        make.copy(barcode="Medienschrank-Nord-12c"): ("MEDIENSCHRANK-NORD-12C",),
    }
    for copy, scanned in copies.items():
        for code in scanned:
            assert desk.scan(code).copy_id == copy.id


def test_a_label_as_it_is_written_wins_over_another_case(make: Make, desk: Desk) -> None:
    small, capital = make.copy(barcode="kam-3"), make.copy(barcode="Kam-3")
    assert [desk.scan(code).copy_id for code in ("kam-3", "Kam-3")] == [small.id, capital.id]
    assert desk.said("kAM-3") == ("unknown", "refused")


def test_what_nobody_knows_takes_as_many_statements_whatever_it_is(make: Make, desk: Desk) -> None:
    counts = set()
    desk.scan(make.person().card)
    for code in ("Kam-03a", "Schrank im Flur oben links", "x" * 60):
        with counted(desk.session.get_bind()) as statements:  # type: ignore[arg-type]  # an engine
            desk.scan(code)
        counts.add(statements.count)
    assert len(counts) == 1
    assert counts.pop() <= 12


def test_codes_of_another_centre_are_unknown_here(make: Make, desk: Desk) -> None:
    other = make.centre()
    copy = make.copy(make.holding(centre=other))
    person = make.person(make.school(centre=other))
    booking = make.booking(copy.holding, WEEK, person=person)
    for code in (copy.barcode, person.card, booking.number):
        assert desk.said(code) == ("unknown", "refused")


def test_a_card_in_the_middle_of_a_return_loses_nothing(make: Make, desk: Desk) -> None:
    first, second = make.loan(), make.loan(make.copy())
    desk.scan("CMD-RUECK")
    desk.scan(first.copy.barcode)
    desk.scan(make.person().card)
    assert desk.said(second.copy.barcode) == ("return", "done")


@pytest.mark.parametrize("mode", [DeskMode.LEND, DeskMode.RETURN])
def test_a_scan_takes_as_many_statements_with_300_loans_as_with_one(
    make: Make, desk: Desk, mode: DeskMode
) -> None:
    counts = []
    person = make.person()
    for loans in (1, 300):
        _lend_many(make, person, loans)
        copy = make.copy() if mode is DeskMode.LEND else make.loan(person=person).copy
        desk.scan(person.card)
        desk.scan(make.copy().barcode, mode=DeskMode.LEND)
        with counted(desk.session.get_bind()) as statements:  # type: ignore[arg-type]  # an engine
            row = desk.scan(copy.barcode, mode=mode)
        assert row.outcome.value == "done"
        counts.append(statements.count)
    assert counts[0] == counts[1] <= 45


def _lend_many(make: Make, person: Person, loans: int) -> None:
    holding = make.holding()
    branch = make.branch()
    copies = [
        Copy(
            holding_id=holding.id,
            centre_id=holding.centre_id,
            barcode=f"X{holding.id}-{number}",
            home_branch_id=branch.id,
            state=CopyState.ON_LOAN,
            created_at=NOW,
        )
        for number in range(loans)
    ]
    make.session.add_all(copies)
    make.session.flush()
    make.session.add_all(
        Loan(
            copy_id=copy.id,
            holding_id=holding.id,
            centre_id=holding.centre_id,
            branch_id=branch.id,
            person_id=person.id,
            institution_id=person.memberships[0].institution_id,
            lent_on=MONDAY,
            lent_at=NOW,
            due_on=MONDAY + timedelta(days=14),
        )
        for copy in copies
    )
    holding.lendable = loans
    make.session.commit()
