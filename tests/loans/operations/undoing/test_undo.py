"""Every scan can be undone, and nothing is left of it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.defect import Defect, DefectKind
from catalogue.rules.copy_states import CopyState
from database.unit_of_work import unit_of_work
from loans.models.booking import BookingPick
from loans.models.desk_session import DeskMode, DeskScan
from loans.models.hold import HoldState
from loans.models.loan import Loan, Reminder
from loans.operations.damage_at_desk import DamageWish, note_damage_here
from loans.operations.note_damage import Found
from loans.queries.demand import changed_demand
from loans.queries.invariants import breaches
from loans.rules.booking_states import BookingState
from schools.models.person import Person
from schools.rules.periods import Period
from tests.effort import times
from tests.loans.operations.undoing.desk import DAY, WEEK, Desk, damaged, everything, picked
from tests.make import MONDAY, NOW, Make
from tests.statements import counted

pytestmark = pytest.mark.both_stores


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


@pytest.mark.lending("3.1", "8.4")
def test_a_damage_noted_late_brings_nothing_back_that_was_withdrawn_since(
    make: Make, desk: Desk, session: Session
) -> None:
    loan = make.loan()
    line = desk.scan(loan.copy.barcode)
    loan.copy.state = CopyState.WITHDRAWN
    session.commit()
    noted = damaged(desk, line, Found(DefectKind.BROKEN, "Gehäuse gesprungen", repair=True))
    assert (noted.outcome.value, loan.copy.state) == ("done", CopyState.WITHDRAWN)


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
