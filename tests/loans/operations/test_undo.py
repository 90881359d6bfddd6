"""Every scan can be undone: nothing is left of it, unless a later act stands in the way."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, select
from sqlalchemy.orm import Session, object_session

from catalogue.models.copy import Copy
from catalogue.models.defect import Defect, DefectKind
from catalogue.operations.edit_copy import edit_copy, facts_of
from catalogue.rules.copy_states import CopyState
from catalogue.rules.editions import edition_of
from database.base import Base
from database.unit_of_work import unit_of_work
from loans.errors import NotFoundError
from loans.models.booking import Booking, BookingPick
from loans.models.claim import ClaimKind
from loans.models.desk_session import DeskMode, DeskScan
from loans.models.hold import HoldState
from loans.models.loan import Loan, Reminder
from loans.operations.answer import Answer, Reply, reply
from loans.operations.cancel import cancel
from loans.operations.claim import Claim, claim
from loans.operations.damage_at_desk import DamageWish, note_damage_here
from loans.operations.note_damage import Found
from loans.operations.pick_copy import PickWish, pick_copy
from loans.operations.place_hold import HoldWish, place_hold
from loans.operations.renew import renew
from loans.operations.scan import Scan, scan
from loans.operations.undo import UndoWish, undo
from loans.queries.demand import changed_demand
from loans.queries.invariants import breaches
from loans.rules.booking_states import BookingState
from loans.rules.desk import Command
from schools.models.media_centre import Branch
from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from schools.models.person import Person
from schools.rules.periods import Period
from schools.rules.roles import Actor, Role
from tests.effort import times
from tests.loans.operations.test_remind import night as remind_tonight
from tests.make import MONDAY, NOW, Make
from tests.statements import counted

pytestmark = pytest.mark.both_stores

DAY = timedelta(days=1)
WEEK = Period(MONDAY, MONDAY + 4 * DAY)

LEFT_BEHIND = frozenset({"audit_entry", "desk_scan", "desk_session", "idempotency_key"})
"""Tables that may tell of what was undone."""

VOLATILE = frozenset({"changed_at", "version"})


@dataclass
class Desk:
    """A member of staff with a scanner; a minute passes between two scans."""

    session: Session
    make: Make
    by: Actor
    branch: Branch
    now: datetime = NOW
    _keys: Iterator[int] = field(default_factory=count)

    def scan(self, code: str, mode: DeskMode | None = None) -> DeskScan:
        self.now += timedelta(minutes=1)
        wish = Scan(code, self._key(), self.branch.id, mode)
        with unit_of_work(self.session):
            return scan(self.session, wish, self.by, MONDAY, self.now)

    def count(self, row: DeskScan, pieces: dict[int, int], found: Found | None = None) -> DeskScan:
        answer = Answer(Command.YES, row.id, pieces, found or Found())
        self.now += timedelta(minutes=1)
        with unit_of_work(self.session):
            wish = Reply(row.id, self._key(), answer)
            return reply(self.session, wish, self.by, MONDAY, self.now)

    def undo(self, row: DeskScan | None = None) -> DeskScan:
        self.now += timedelta(minutes=1)
        wish = UndoWish(self._key(), self.branch.id, None if row is None else row.id)
        with unit_of_work(self.session):
            return undo(self.session, wish, self.by, MONDAY, self.now)

    def lend(self, copy: Copy, person: Person) -> DeskScan:
        self.scan(person.card, DeskMode.LEND)
        return self.scan(copy.barcode)

    def take_back(self, copy: Copy) -> DeskScan:
        return self.scan(copy.barcode, DeskMode.RETURN)

    def overrule(self, row: DeskScan) -> DeskScan:
        self.now += timedelta(minutes=1)
        with unit_of_work(self.session):
            wish = Reply(row.id, self._key(), reason="dringend")
            return reply(self.session, wish, self.by, MONDAY, self.now)

    def _key(self) -> str:
        return f"{self.by.account_id}-{next(self._keys)}"


@pytest.fixture
def desk(make: Make) -> Desk:
    make.centre()
    return Desk(make.session, make, make.actor(Role.CENTRE_ADMIN), make.branch())


def everything(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that an undone scan must leave as it was; void loans left out.

    So are receipts: they come of the next card, and tell of a session what was not undone.
    """
    session.expire_all()
    found = {}
    for table in Base.metadata.sorted_tables:
        if table.name not in LEFT_BEHIND:
            found[table.name] = _rows(session, table)
    session.rollback()
    return found


def _rows(session: Session, table: Table) -> list[tuple[Any, ...]]:
    columns = [column for column in table.columns if column.name not in VOLATILE]
    query = select(*columns).order_by(*table.primary_key.columns)
    if table.name == "loan":
        query = query.where(~table.columns["void"])
    if table.name == "owed_letter":
        query = query.where(table.columns["kind"] != LetterKind.LOAN_RECEIPT)
    if table.name == "transit":
        query = query.where(table.columns["id"] > 0)
    return [tuple(row) for row in session.execute(query)]


@pytest.mark.lending("8.6")
def test_a_loan_that_is_undone_leaves_a_void_loan_and_nothing_else(
    make: Make, desk: Desk, session: Session
) -> None:
    copy, person = make.copy(make.holding()), make.person()
    desk.scan(person.card)
    before = everything(session)
    line = desk.scan(copy.barcode)
    done = desk.undo(line)
    assert (done.act, done.outcome.value, done.facts["undone"]) == ("undo", "done", "lend")
    assert everything(session) == before
    loan = session.scalars(select(Loan)).one()
    assert (loan.void, loan.returned_on, line.void) == (True, loan.lent_on, True)


@pytest.mark.lending("8.6")
def test_what_is_void_counts_in_no_figure(make: Make, desk: Desk, session: Session) -> None:
    copy, person = make.copy(make.holding()), make.person()
    desk.undo(desk.lend(copy, person))
    desk.lend(copy, person)
    finished = desk.scan("CMD-FERTIG")
    assert finished.facts["lent"] == 1
    assert changed_demand(session, MONDAY + DAY) == {copy.holding.title_id: 1}


@pytest.mark.lending("8.6")
@pytest.mark.parametrize("code", ["CMD-UNDO", "CMD-ZURUECK"])
def test_a_command_undoes_the_newest_then_the_one_before(
    make: Make, desk: Desk, session: Session, code: str
) -> None:
    person, copies = make.person(), [make.copy() for _ in range(2)]
    for copy in copies:
        desk.lend(copy, person)
    assert desk.scan(code).facts["barcode"] == copies[1].barcode
    assert desk.scan(code).facts["barcode"] == copies[0].barcode
    nothing = desk.scan(code)
    assert (nothing.outcome.value, nothing.facts["why"]) == ("again", "nothing")
    assert session.scalars(select(Loan).where(~Loan.void)).all() == []


@pytest.mark.lending("8.6")
def test_a_return_that_is_undone_is_out_again_with_its_booking_and_its_hold(
    make: Make, desk: Desk, session: Session
) -> None:
    holding, person = make.holding(copies=1), make.person()
    booking = make.booking(holding, WEEK, person=person)
    desk.lend(holding.copies[0], person)
    hold, behind = make.hold(holding), make.hold(holding)
    before = everything(session)
    line = desk.take_back(holding.copies[0])
    assert (hold.state, booking.state) == (HoldState.SET_ASIDE, BookingState.CLOSED)
    desk.undo(line)
    assert everything(session) == before
    assert (behind.rank, booking.state) == (2, BookingState.COLLECTED)


@pytest.mark.lending("8.6")
def test_a_return_that_sent_the_copy_off_is_undone(
    make: Make, desk: Desk, session: Session
) -> None:
    loan = make.loan(make.copy(make.holding()))
    make.hold(loan.holding, place_id=make.place_at(make.other_branch()).id)
    before = everything(session)
    desk.undo(desk.take_back(loan.copy))
    assert everything(session) == before


@pytest.mark.lending("8.6", "3.2")
def test_parts_counted_and_defects_opened_are_undone(
    make: Make, desk: Desk, session: Session
) -> None:
    part, second = make.part(critical=True), None
    second = make.part(part.copy, "Tasche", missing=1)
    make.session.add(
        Defect(
            copy_id=part.copy_id,
            part_id=second.id,
            centre_id=part.copy.centre_id,
            kind=DefectKind.PART_MISSING,
            reported_at=NOW,
            changed_at=NOW,
        )
    )
    make.loan(part.copy)
    before = everything(session)
    asked = desk.take_back(part.copy)
    line = desk.count(asked, {part.id: 0, second.id: 1}, Found(DefectKind.BROKEN, "Riss"))
    assert part.copy.state is CopyState.INCOMPLETE
    assert desk.undo(line).outcome.value == "done"
    assert everything(session) == before


@pytest.mark.lending("8.6", "3.2")
def test_a_count_before_lending_is_undone_with_it(
    make: Make, desk: Desk, session: Session
) -> None:
    part = make.part(name="Tasche")
    desk.scan(make.person().card)
    before = everything(session)
    asked = desk.scan(part.copy.barcode)
    line = desk.count(asked, {part.id: 0})
    assert (line.outcome.value, part.missing) == ("done", 1)
    desk.undo(line)
    assert everything(session) == before


@pytest.mark.lending("8.6", "3.2")
def test_a_box_that_was_kept_for_a_missing_part_is_undone(
    make: Make, desk: Desk, session: Session
) -> None:
    part = make.part(critical=True)
    desk.scan(make.person().card)
    before = everything(session)
    line = desk.count(desk.scan(part.copy.barcode), {part.id: 0})
    assert (line.outcome.value, part.copy.state) == ("refused", CopyState.INCOMPLETE)
    desk.undo(line)
    assert everything(session) == before


@pytest.mark.lending("8.6", "8.4")
def test_a_dated_back_return_is_undone_with_its_reminders(
    make: Make, desk: Desk, session: Session
) -> None:
    loan = make.loan(lent_on=MONDAY - 30 * DAY)
    assert loan.due_on is not None
    session.add(Reminder(loan_id=loan.id, level=1, due_on=loan.due_on, written_on=MONDAY))
    session.commit()
    desk.scan("CMD-KASTEN")
    before = everything(session)
    line = desk.scan(loan.copy.barcode)
    assert (loan.returned_on, session.scalars(select(Reminder)).all()) == (MONDAY - 3 * DAY, [])
    desk.undo(line)
    assert everything(session) == before


@pytest.mark.lending("8.6", "8.4")
def test_receiving_and_looking_over_are_undone_one_after_the_other(
    make: Make, desk: Desk, session: Session
) -> None:
    make.choices(checks_returns=True)
    loan = make.loan()
    states = [everything(session)]
    lines = []
    for _ in range(2):
        lines.append(desk.take_back(loan.copy))
        states.append(everything(session))
    assert desk.undo(lines[0]).outcome.value == "refused"
    for line, before in zip(reversed(lines), reversed(states[:-1]), strict=True):
        desk.undo(line)
        assert everything(session) == before


@pytest.mark.lending("8.6", "7.3")
def test_a_loan_that_fulfilled_a_hold_and_freed_another_copy_is_undone(
    make: Make, desk: Desk, session: Session
) -> None:
    holding = make.holding(copies=1)
    loan = make.loan(holding.copies[0])
    hold, behind = make.hold(holding), make.hold(holding)
    desk.take_back(loan.copy)
    second = make.copy(holding)
    desk.scan(hold.person.card, DeskMode.LEND)
    before = everything(session)
    line = desk.scan(second.barcode)
    assert (hold.state, behind.state) == (HoldState.FULFILLED, HoldState.SET_ASIDE)
    desk.undo(line)
    assert everything(session) == before
    assert (hold.rank, behind.rank) == (1, 2)


def picked(booking: Booking, copy: Copy, at: datetime = NOW) -> None:
    """Let a copy lie ready for a booking's only line, which is whole by that."""
    session = object_session(booking)
    assert session is not None
    session.add(
        BookingPick(
            line_id=booking.lines[0].id,
            copy_id=copy.id,
            first=booking.first,
            picked_at=at,
            picked_by=1,
        )
    )
    if booking.lines[0].quantity == 1:
        booking.state, booking.ready_at = BookingState.READY, at
    session.commit()


@pytest.mark.lending("8.6")
def test_a_picked_copy_is_picked_again(make: Make, desk: Desk, session: Session) -> None:
    holding, person = make.holding(copies=2), make.person()
    picked(make.booking(holding, WEEK, 2, person=person), holding.copies[0])
    desk.scan(person.card)
    before = everything(session)
    line = desk.scan(holding.copies[0].barcode)
    assert session.scalars(select(BookingPick)).all() == []
    desk.undo(line)
    assert everything(session) == before


@pytest.mark.lending("8.6")
def test_a_booking_whose_copy_somebody_else_took_is_ready_again(
    make: Make, desk: Desk, session: Session
) -> None:
    holding, person = make.holding(copies=1), make.person()
    booking = make.booking(holding, Period(MONDAY + 20 * DAY, MONDAY + 22 * DAY))
    picked(booking, holding.copies[0])
    desk.scan(person.card)
    before = everything(session)
    line = desk.scan(holding.copies[0].barcode)
    assert (booking.state, booking.ready_at) == (BookingState.CONFIRMED, None)
    desk.undo(line)
    assert everything(session) == before


@pytest.mark.lending("8.6", "3.2")
@pytest.mark.parametrize("how", ["counted to lend", "taken back broken"])
def test_a_picked_box_that_left_its_shelf_by_a_count_is_picked_again(
    make: Make, desk: Desk, session: Session, how: str
) -> None:
    lends = how == "counted to lend"
    part, person = make.part(critical=True, missing=int(not lends)), make.person()
    booking = make.booking(part.copy.holding, WEEK, person=person)
    picked(booking, part.copy)
    if lends:
        desk.scan(person.card)
    before = everything(session)
    asked = desk.scan(part.copy.barcode, None if lends else DeskMode.RETURN)
    broken = Found(DefectKind.BROKEN, "Riss", repair=True)
    line = desk.count(asked, {part.id: int(not lends)}, None if lends else broken)
    assert booking.state is BookingState.CONFIRMED
    assert session.scalars(select(BookingPick)).all() == []
    assert desk.undo(line).outcome.value == "done"
    assert everything(session) == before


@pytest.mark.lending("8.6", "8.4")
def test_a_picked_copy_that_was_found_broken_is_picked_again(
    make: Make, desk: Desk, session: Session
) -> None:
    loan = make.loan(make.copy(make.holding()))
    back = desk.take_back(loan.copy)
    booking = make.booking(loan.holding, WEEK)
    picked(booking, loan.copy)
    before = everything(session)
    line = damaged(desk, back, Found(DefectKind.BROKEN, "Riss", repair=True))
    assert booking.state is BookingState.CONFIRMED
    assert desk.undo(line).outcome.value == "done"
    assert everything(session) == before


def damaged(desk: Desk, back: DeskScan, found: Found) -> DeskScan:
    """Note a damage of what a line of the log took back."""
    desk.now += timedelta(minutes=1)
    wish = DamageWish(back.id, desk.branch.id, f"damage {desk.now}", found)
    with unit_of_work(desk.session):
        return note_damage_here(desk.session, wish, desk.by, MONDAY, desk.now)


@pytest.mark.lending("8.6")
def test_a_placed_copy_that_came_back_by_mistake_is_outside_again(
    make: Make, desk: Desk, session: Session
) -> None:
    holding = make.holding(copies=1)
    make.loan(holding.copies[0], placed=True, due_on=None)
    holding.lendable = 0
    session.commit()
    before = everything(session)
    line = desk.take_back(holding.copies[0])
    assert holding.lendable == 1
    desk.undo(line)
    assert everything(session) == before


@pytest.mark.lending("8.6", "3.2")
def test_a_damage_noted_at_the_desk_is_undone(make: Make, desk: Desk, session: Session) -> None:
    loan = make.loan(make.copy(make.holding()))
    make.hold(loan.holding)
    line = desk.take_back(loan.copy)
    before = everything(session)
    found = Found(DefectKind.BROKEN, "Riss im Gehäuse", repair=True)
    with unit_of_work(session):
        wish = DamageWish(line.id, desk.branch.id, "damage", found)
        noted = note_damage_here(session, wish, desk.by, MONDAY, desk.now)
    assert loan.copy.state is CopyState.IN_REPAIR
    assert desk.undo(line).outcome.value == "refused"
    assert desk.undo(noted).outcome.value == "done"
    after = everything(session)
    assert after | {"owed_letter": []} == before | {"owed_letter": []}


@pytest.mark.lending("8.4", "8.6")
def test_a_damage_of_what_was_received_ends_its_loan_that_day(
    make: Make, desk: Desk, session: Session
) -> None:
    make.choices(checks_returns=True)
    loan = make.loan(lent_on=MONDAY - 10 * DAY)
    desk.scan("CMD-KASTEN")
    back = desk.scan(loan.copy.barcode)
    before = everything(session)
    noted = damaged(desk, back, Found(DefectKind.BROKEN, "Riss"))
    assert (loan.copy.state, loan.returned_on) == (CopyState.RECEIVED, None)
    desk.undo(noted)
    noted = damaged(desk, back, Found(DefectKind.BROKEN, "Riss", repair=True))
    assert (loan.copy.state.value, loan.returned_on) == ("in_repair", MONDAY - 3 * DAY)
    assert breaches(session) == []
    desk.undo(noted)
    assert everything(session) == before


@pytest.mark.lending("8.6", "7.2")
@pytest.mark.parametrize("sent", [False, True], ids=["not sent yet", "sent"])
@pytest.mark.parametrize("act", ["damage", "loan"])
def test_whoever_has_the_copy_kept_again_is_told_again(
    make: Make, desk: Desk, session: Session, act: str, *, sent: bool
) -> None:
    loan = make.loan(make.copy(make.holding()))
    hold = make.hold(loan.holding)
    back = desk.take_back(loan.copy)
    if sent:
        session.scalars(select(OwedLetter)).one().state = LetterState.SENT
        session.commit()
    if act == "damage":
        line = damaged(desk, back, Found(DefectKind.BROKEN, "Riss", repair=True))
    else:
        line = desk.overrule(desk.lend(loan.copy, make.person()))
    assert hold.copy_id is None
    assert desk.undo(line).outcome.value == "done"
    letters = session.scalars(select(OwedLetter).order_by(OwedLetter.id)).all()
    told = [LetterKind.HOLD_READY, LetterKind.CORRECTION] if sent else []
    assert hold.state is HoldState.SET_ASIDE
    assert [
        each.kind
        for each in letters
        if each.kind in {LetterKind.HOLD_READY, LetterKind.CORRECTION}
    ] == [*told, LetterKind.HOLD_READY]
    assert letters[-1].state is LetterState.OWED


@pytest.mark.lending("8.6", "7.3")
def test_an_addressee_whose_loan_is_undone_is_told_only_once(
    make: Make, desk: Desk, session: Session
) -> None:
    loan = make.loan(make.copy(make.holding()))
    hold = make.hold(loan.holding)
    desk.take_back(loan.copy)
    desk.undo(desk.lend(loan.copy, hold.person))
    assert hold.state is HoldState.SET_ASIDE
    assert [each.kind for each in session.scalars(select(OwedLetter))] == [LetterKind.HOLD_READY]


@pytest.mark.lending("8.6")
def test_a_letter_not_sent_is_taken_back_and_owed_anew_by_the_next_return(
    make: Make, desk: Desk, session: Session
) -> None:
    loan = make.loan(make.copy(make.holding()))
    make.hold(loan.holding)
    desk.undo(desk.take_back(loan.copy))
    assert session.scalars(select(OwedLetter)).all() == []
    desk.take_back(loan.copy)
    assert [each.kind for each in session.scalars(select(OwedLetter))] == [LetterKind.HOLD_READY]


@pytest.mark.lending("8.6")
@pytest.mark.parametrize("how", ["sent", "in hand"])
def test_a_letter_that_went_out_is_followed_by_one_correction(
    make: Make, desk: Desk, session: Session, how: str
) -> None:
    loan = make.loan(make.copy(make.holding()))
    make.hold(loan.holding)
    line = desk.take_back(loan.copy)
    letter = session.scalars(select(OwedLetter)).one()
    if how == "sent":
        letter.state = LetterState.SENT
    else:
        letter.claimed_until = desk.now + timedelta(minutes=5)
    session.commit()
    desk.undo(line)
    desk.take_back(loan.copy)
    kinds = [each.kind for each in session.scalars(select(OwedLetter).order_by(OwedLetter.id))]
    assert kinds == [LetterKind.HOLD_READY, LetterKind.CORRECTION, LetterKind.HOLD_READY]


@pytest.mark.lending("8.6")
def test_while_the_copy_is_back_its_loan_is_not_undone(make: Make, desk: Desk) -> None:
    copy, person = make.copy(), make.person()
    lent = desk.lend(copy, person)
    back = desk.take_back(copy)
    refused = desk.undo(lent)
    assert (refused.outcome.value, refused.facts["why"]) == ("refused", "later")
    assert refused.facts["later"]["act"] == "return"
    assert not lent.void
    desk.undo(back)
    assert desk.undo(lent).outcome.value == "done"


@pytest.mark.lending("8.6")
def test_while_somebody_else_had_it_meanwhile_a_return_is_not_undone(
    make: Make, desk: Desk, session: Session
) -> None:
    copy = make.copy(make.holding())
    make.loan(copy)
    back = desk.take_back(copy)
    other = Desk(session, make, make.actor(Role.STAFF), desk.branch, desk.now)
    other.lend(copy, make.person())
    other.take_back(copy)
    refused = desk.undo(back)
    assert (refused.outcome.value, refused.facts["later"]["act"]) == ("refused", "return")
    assert breaches(session) == []


@pytest.mark.lending("8.6")
def test_a_renewal_in_between_is_named(make: Make, desk: Desk, session: Session) -> None:
    person = make.person()
    lent, by = desk.lend(make.copy(make.holding()), person), make.actor(person=person)
    loan_id = lent.loan_id or 0
    with unit_of_work(session):
        renew(session, loan_id, by, MONDAY, desk.now + DAY)
    refused = desk.undo(lent)
    assert (refused.outcome.value, refused.facts["later"]["act"]) == ("refused", "renew")


@pytest.mark.lending("8.6", "10.4")
def test_a_claim_in_between_is_named(make: Make, desk: Desk, session: Session) -> None:
    lent = desk.lend(make.copy(make.holding()), make.person())
    with unit_of_work(session):
        wish = Claim(lent.loan_id or 0, ClaimKind.RETURNED)
        claim(session, wish, desk.by, MONDAY, desk.now + timedelta(minutes=1))
    refused = desk.undo(lent)
    assert (refused.outcome.value, refused.facts["later"]["act"]) == ("refused", "claim")


@pytest.mark.lending("8.6")
def test_a_pick_in_between_is_named(make: Make, desk: Desk, session: Session) -> None:
    loan = make.loan(make.copy(make.holding()))
    back = desk.take_back(loan.copy)
    make.booking(loan.holding, WEEK)
    desk.now += timedelta(minutes=1)
    with unit_of_work(session):
        wish = PickWish(loan.copy_id, desk.branch.id, MONDAY)
        pick_copy(session, wish, desk.by, MONDAY, desk.now)
    refused = desk.undo(back)
    assert (refused.outcome.value, refused.facts["later"]["act"]) == ("refused", "pick")
    assert loan.copy.state is CopyState.AVAILABLE


@pytest.mark.lending("8.6")
def test_an_edit_in_between_that_takes_the_copy_out_of_lending_is_named(
    make: Make, desk: Desk, session: Session
) -> None:
    loan = make.loan(make.copy(make.holding()))
    back = desk.take_back(loan.copy)
    facts = facts_of(loan.copy)
    wished = replace(facts, lendable=False, not_lendable_reason="Hülle fehlt")
    with unit_of_work(session):
        edition = edition_of(asdict(facts))
        later = desk.now + timedelta(minutes=1)
        edit_copy(session, loan.copy_id, (wished, edition), desk.by, later)
    refused = desk.undo(back)
    assert (refused.outcome.value, refused.facts["later"]["act"]) == ("refused", "edit_copy")
    assert breaches(session) == []


@pytest.mark.lending("8.6")
def test_a_line_written_before_it_remembered_whether_a_copy_is_lent_is_undone_all_the_same(
    make: Make, desk: Desk, session: Session
) -> None:
    loan = make.loan(make.copy(make.holding()))
    back = desk.take_back(loan.copy)
    changed = [
        {**each, "after": {k: v for k, v in each["after"].items() if k != "lendable"}}
        for each in back.effects["changed"]
    ]
    back.effects = {**back.effects, "changed": changed}
    session.commit()
    assert desk.undo(back).outcome.value == "done"
    assert loan.copy.state is CopyState.ON_LOAN


@pytest.mark.lending("8.6", "7.1")
def test_whoever_waits_anew_is_in_the_way_of_waiting_again(
    make: Make, desk: Desk, session: Session
) -> None:
    loan = make.loan(make.copy(make.holding()))
    late, _next = make.hold(loan.holding), make.hold(loan.holding)
    desk.take_back(loan.copy)
    late.pickup_deadline = MONDAY - DAY
    session.commit()
    line = desk.take_back(loan.copy)
    assert late.state is HoldState.EXPIRED
    desk.now += timedelta(minutes=1)
    with unit_of_work(session):
        anew = HoldWish(holding_id=loan.holding_id, person_id=late.person_id)
        place_hold(session, anew, desk.by, MONDAY, desk.now)
    refused = desk.undo(line)
    assert (refused.outcome.value, refused.facts["later"]["act"]) == ("refused", "place_hold")
    assert breaches(session) == []


@pytest.mark.lending("8.6")
def test_of_a_booking_the_newest_hand_over_is_undone_first(
    make: Make, desk: Desk, session: Session
) -> None:
    holding, person = make.holding(copies=3), make.person()
    booking = make.booking(holding, WEEK, 3, person=person)
    lines = [desk.lend(copy, person) for copy in holding.copies[:2]]
    refused = desk.undo(lines[0])
    assert (refused.outcome.value, refused.facts["later"]["act"]) == ("refused", "lend")
    for line in reversed(lines):
        assert desk.undo(line).outcome.value == "done"
    assert (booking.state, booking.lines[0].handed_out) == (BookingState.CONFIRMED, 0)


@pytest.mark.lending("5.1", "8.6")
def test_a_return_undone_after_the_rest_was_given_up_opens_the_booking_again(
    make: Make, desk: Desk, session: Session
) -> None:
    holding, person = make.holding(copies=2), make.person()
    booking = make.booking(holding, WEEK, 2, person=person)
    desk.lend(holding.copies[0], person)
    line = desk.take_back(holding.copies[0])
    with unit_of_work(session):
        cancel(session, booking.number, desk.by, desk.now)
    states = [booking.state]
    assert desk.undo(line).outcome.value == "done"
    states.append(booking.state)
    desk.take_back(holding.copies[0])
    assert [*states, booking.state] == [
        BookingState.CLOSED,
        BookingState.COLLECTED,
        BookingState.CLOSED,
    ]


@pytest.mark.lending("8.6")
def test_what_is_undone_is_not_undone_again(make: Make, desk: Desk) -> None:
    line = desk.lend(make.copy(), make.person())
    desk.undo(line)
    again = desk.undo(line)
    assert (again.outcome.value, again.facts["why"]) == ("again", "void")


def test_what_changed_nothing_has_nothing_to_undo(make: Make, desk: Desk) -> None:
    line = desk.scan("MZ-999999")
    again = desk.undo(line)
    assert (again.outcome.value, again.facts["why"]) == ("again", "nothing")


def test_lines_of_others_are_out_of_reach(make: Make, desk: Desk, session: Session) -> None:
    line = desk.lend(make.copy(), make.person())
    other = Desk(session, make, make.actor(Role.STAFF), desk.branch, desk.now)
    with pytest.raises(NotFoundError):
        other.undo(line)


@pytest.mark.lending("8.6")
def test_the_line_before_the_customer_was_finished_can_still_be_undone(
    make: Make, desk: Desk
) -> None:
    line = desk.lend(make.copy(), make.person())
    desk.scan("CMD-FERTIG")
    assert desk.scan("CMD-UNDO").facts["barcode"] == line.facts["barcode"]


def test_undoing_takes_as_many_statements_with_many_who_wait_as_with_few(
    make: Make, desk: Desk
) -> None:
    counts = []
    for waiting in (2, times(ci=40, soak=300)):
        holding = make.holding(copies=1)
        loan = make.loan(holding.copies[0])
        for _ in range(waiting):
            make.hold(holding)
        line = desk.take_back(loan.copy)
        with counted(desk.session.get_bind()) as statements:  # type: ignore[arg-type]  # an engine
            assert desk.undo(line).outcome.value == "done"
        counts.append(statements.count)
    assert counts[0] == counts[1] <= 40


@pytest.mark.lending("8.6")
@settings(
    max_examples=times(ci=12, soak=400),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(acts=st.lists(st.tuples(st.integers(0, 2), st.sampled_from("lrw")), max_size=8))
def test_undoing_one_after_the_other_leads_back_to_the_start(
    make: Make, desk: Desk, session: Session, acts: list[tuple[int, str]]
) -> None:
    """Whatever was lent and taken back, with people waiting: every step back is the state then."""
    holding = make.holding(copies=3)
    people = [make.person() for _ in range(3)]
    make.booking(holding, WEEK, 2, person=people[0])
    for person in people[1:]:
        make.hold(holding, person)
    trail = []
    for number, act in acts:
        before = everything(session)
        line = _act(desk, holding.copies[number], people[number], act)
        if line.effects:
            trail.append((line, before))
        assert breaches(session) == []
    for line, before in reversed(trail):
        assert desk.undo(line).outcome.value == "done"
        assert everything(session) == before
        assert breaches(session) == []


def _act(desk: Desk, copy: Copy, person: Person, act: str) -> DeskScan:
    if act == "l":
        return desk.lend(copy, person)
    if act == "r":
        return desk.take_back(copy)
    return desk.scan(copy.barcode, DeskMode.BOX)


@pytest.mark.lending("8.4", "8.6")
def test_undone_a_return_dated_back_owes_the_letter_nobody_had_read_again(
    make: Make, desk: Desk, session: Session
) -> None:
    loan = make.loan(lent_on=MONDAY - 18 * DAY)
    remind_tonight(session, make)
    desk.scan("CMD-KASTEN")
    line = desk.scan(loan.copy.barcode)
    assert session.scalars(select(Reminder)).all() == []
    desk.undo(line)
    assert session.get_one(Loan, loan.id).returned_on is None
    assert remind_tonight(session, make).letters == 1
    assert [each.level for each in session.scalars(select(Reminder))] == [1]
