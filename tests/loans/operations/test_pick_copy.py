"""Copies are taken off the shelf for bookings, and put back when nobody wants them any more."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.operations.withdraw import Withdrawal
from catalogue.rules.copy_states import CopyState
from catalogue.rules.stock import WithdrawalReason
from database.unit_of_work import unit_of_work
from loans.errors import NotFoundError
from loans.models.booking import Booking, BookingPick
from loans.models.terms import Terms
from loans.operations.cancel import cancel
from loans.operations.decide import Confirmation, confirm
from loans.operations.edit_booking import edit_booking
from loans.operations.exchange_copy import Exchange, exchange_copy
from loans.operations.pick_copy import PickWish, pick_copy, unpick
from loans.operations.take_off_shelf import ShelfStep, ShelfWish, take_off_shelf
from loans.operations.withdraw import withdraw_from_stock
from loans.queries.edits import unchanged
from loans.queries.invariants import breaches
from loans.queries.picking import PickDay, pick_list, to_put_back
from loans.rules.booking_states import BookingState
from loans.rules.picking import PickNote, PutBack
from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from schools.rules.periods import Period
from schools.rules.roles import Right, Role
from tests.loans.operations.courier import THURSDAY, TUESDAY, WEDNESDAY, Table, table
from tests.loans.operations.desks import Counter
from tests.make import MONDAY, NOW, Make
from tests.statements import counted

pytestmark = pytest.mark.both_stores

TOMORROW = Period(TUESDAY, THURSDAY)


@pytest.fixture
def staff(make: Make) -> Table:
    return table(make)


def listed(staff: Table, day: date = TUESDAY) -> list[tuple[str, int, int]]:
    """Shelf mark, copies picked and still to pick of each line on a list."""
    branch = staff.make.branch()
    asked = PickDay(branch.id, branch.centre_id, day, MONDAY)
    found = pick_list(staff.session, staff.by.scope(Right.LEND), asked)
    return [(each.line.shelf_mark, each.picked, each.open) for each in found.lines]


def letters(session: Session) -> list[LetterKind]:
    return list(session.scalars(select(OwedLetter.kind).order_by(OwedLetter.id)))


def going_back(staff: Table) -> list[PutBack]:
    scope = staff.by.scope(Right.LEND)
    found = to_put_back(staff.session, scope, staff.make.branch().id, MONDAY)
    return [each.why for each in found]


@pytest.mark.lending("11.2")
def test_the_list_goes_along_the_shelves_and_names_what_tours_and_counters_need(
    make: Make, staff: Table
) -> None:
    shelves = [make.holding(copies=2, shelf_mark=mark) for mark in ("C 3", "A 1", "B 2")]
    stop = make.courier_stop()
    make.route(stop)
    make.booking(shelves[0], TOMORROW)
    staff.delivered(shelves[1], stop, first=WEDNESDAY)
    make.booking(shelves[2], Period(WEDNESDAY, WEDNESDAY))
    assert listed(staff) == [("A 1", 0, 1), ("C 3", 0, 1)]
    assert listed(staff, WEDNESDAY) == [("B 2", 0, 1)]


def test_a_booking_at_a_stop_without_a_route_is_prepared_its_courier_days_ahead(
    make: Make, staff: Table
) -> None:
    staff.delivered(make.holding(copies=1), make.courier_stop(), first=WEDNESDAY)
    assert len(listed(staff)) == 1


def test_what_should_have_left_by_now_is_on_todays_list(make: Make, staff: Table) -> None:
    holding = make.holding(copies=1)
    make.booking(holding, Period(MONDAY - timedelta(days=3), THURSDAY))
    assert len(listed(staff, MONDAY)) == 1
    assert listed(staff) == []


@pytest.mark.lending("5.1", "11.2")
def test_with_the_last_copy_the_booking_is_ready_and_one_letter_says_so(
    session: Session, make: Make, staff: Table
) -> None:
    holding = make.holding(copies=2)
    booking = make.booking(holding, TOMORROW, 2)
    first, second = holding.copies
    done = staff.pick(first)
    assert (done.note, done.is_ready) == (PickNote.PICKED, False)
    assert (booking.state, letters(session)) == (BookingState.CONFIRMED, [])
    done = staff.pick(second)
    assert (done.note, done.is_ready) == (PickNote.PICKED, True)
    session.refresh(booking)
    assert booking.state is BookingState.READY
    assert booking.ready_at is not None
    letter = session.scalars(select(OwedLetter)).one()
    assert letter.kind is LetterKind.BOOKING_READY
    assert letter.facts["pieces"] == 2
    assert letter.facts["open_days"][0] == {"day": TUESDAY.isoformat(), "hours": ["08:00–16:00"]}
    assert listed(staff) == [("", 2, 0)]


@pytest.mark.lending("5.1")
def test_what_is_ready_late_is_told_with_the_days_that_are_left(
    session: Session, make: Make, staff: Table
) -> None:
    holding = make.holding(copies=1)
    make.booking(holding, Period(MONDAY - timedelta(days=4), TUESDAY))
    assert staff.pick(holding.copies[0], MONDAY).is_ready
    told = session.scalars(select(OwedLetter)).one().facts["open_days"]
    assert [each["day"] for each in told] == [MONDAY.isoformat(), TUESDAY.isoformat()]


def test_what_the_courier_brings_is_ready_without_a_letter(
    session: Session, make: Make, staff: Table
) -> None:
    holding = make.holding(copies=1)
    stop = make.courier_stop()
    make.route(stop)
    booking = staff.delivered(holding, stop)
    assert staff.pick(holding.copies[0]).is_ready
    session.refresh(booking)
    assert (booking.state, letters(session)) == (BookingState.READY, [])


def test_picking_leaves_copy_and_capacity_as_they_were(make: Make, staff: Table) -> None:
    holding = make.holding(copies=2)
    make.booking(holding, TOMORROW)
    staff.pick(holding.copies[0])
    staff.session.refresh(holding)
    assert holding.lendable == 2
    assert holding.copies[0].state is CopyState.AVAILABLE


def test_scanned_once_more_nothing_changes(session: Session, make: Make, staff: Table) -> None:
    holding = make.holding(copies=1)
    make.booking(holding, TOMORROW)
    staff.pick(holding.copies[0])
    assert staff.pick(holding.copies[0]).note is PickNote.AGAIN
    assert len(session.scalars(select(BookingPick)).all()) == 1


@pytest.mark.lending("5.1", "5.3")
def test_what_lies_there_after_an_edit_is_made_ready_by_scanning_it_again(
    session: Session, make: Make, staff: Table
) -> None:
    """One more was wanted for a while."""
    holding = make.holding(copies=2)
    booking = make.booking(holding, TOMORROW)
    staff.pick(holding.copies[0])
    for quantity in (2, 1):
        wished = unchanged(booking)
        lines = {key: replace(line, quantity=quantity) for key, line in wished.lines.items()}
        with unit_of_work(session):
            edit_booking(session, replace(wished, lines=lines), staff.by, MONDAY, NOW)
    states = [booking.state]
    done = staff.pick(holding.copies[0])
    assert (done.note, done.is_ready) == (PickNote.AGAIN, True)
    assert [*states, booking.state] == [BookingState.CONFIRMED, BookingState.READY]
    assert not staff.pick(holding.copies[0]).is_ready


@pytest.mark.lending("5.1", "5.3")
@pytest.mark.parametrize("quantity", [1, 2])
def test_what_lies_ready_stays_so_while_more_is_asked_for_and_confirmed(
    session: Session, make: Make, staff: Table, quantity: int
) -> None:
    """One day longer is ready at once, one more as soon as that is picked too."""
    holding, person = make.holding(copies=2), make.person()
    booking = make.booking(holding, TOMORROW, person=person)
    staff.pick(holding.copies[0])
    session.scalars(select(Terms)).one().needs_approval = True
    session.commit()
    wished = unchanged(booking)
    lines = {key: replace(line, quantity=quantity) for key, line in wished.lines.items()}
    longer = Period(TUESDAY, THURSDAY + timedelta(days=1))
    edit, borrower = replace(wished, lines=lines, period=longer), make.actor(person=person)
    with unit_of_work(session):
        edit_booking(session, edit, borrower, MONDAY, NOW)
    states = [booking.state]
    assert going_back(staff) == []
    assert staff.pick(holding.copies[0]).note is PickNote.AGAIN
    with unit_of_work(session):
        confirm(session, Confirmation(booking.number), staff.by, MONDAY, NOW)
    assert listed(staff) == [("", 1, quantity - 1)]
    assert all(staff.pick(copy).is_ready for copy in holding.copies[1:quantity])
    session.refresh(booking)
    states.append(booking.state)
    assert states == [BookingState.REQUESTED, BookingState.READY]
    assert letters(session).count(LetterKind.BOOKING_READY) == 1


@pytest.mark.lending("5.1", "5.3")
def test_what_is_asked_for_earlier_is_made_ready_anew(
    session: Session, make: Make, staff: Table
) -> None:
    holding, person = make.holding(copies=1), make.person()
    booking = make.booking(holding, Period(WEDNESDAY, THURSDAY), person=person)
    staff.pick(holding.copies[0], WEDNESDAY)
    session.scalars(select(Terms)).one().needs_approval = True
    session.commit()
    edit, borrower = replace(unchanged(booking), period=TOMORROW), make.actor(person=person)
    with unit_of_work(session):
        edit_booking(session, edit, borrower, MONDAY, NOW)
    with unit_of_work(session):
        confirm(session, Confirmation(booking.number), staff.by, MONDAY, NOW)
    assert booking.state is BookingState.CONFIRMED
    assert staff.pick(holding.copies[0]).is_ready


@pytest.mark.lending("5.1", "5.3", "3.1")
def test_what_lies_ready_at_one_branch_is_not_ready_for_a_booking_fetched_at_another(
    session: Session, make: Make, staff: Table
) -> None:
    """It goes back onto its shelf, or is carried there."""
    other = make.other_branch()
    holding = make.holding(copies=1)
    (copy,), booking = holding.copies, make.booking(holding, TOMORROW)
    staff.pick(copy)
    edit = replace(unchanged(booking), place_id=make.place_at(other).id)
    with unit_of_work(session):
        edit_booking(session, edit, staff.by, MONDAY, NOW)
    there = PickDay(other.id, other.centre_id, TUESDAY, MONDAY)
    (line,) = pick_list(session, staff.by.scope(Right.LEND), there).lines
    assert (line.picked, line.open) == (0, 1)
    assert going_back(staff) == [PutBack.ELSEWHERE]
    with unit_of_work(session):
        done = pick_copy(session, PickWish(copy.id, other.id, TUESDAY), staff.by, MONDAY, NOW)
    assert (done.note, done.is_ready, copy.branch_id) == (PickNote.AGAIN, True, other.id)


def test_the_copy_goes_to_the_booking_that_begins_first(make: Make, staff: Table) -> None:
    holding = make.holding(copies=2)
    stop = make.courier_stop()
    make.route(stop)
    make.booking(holding, TOMORROW)
    late = staff.delivered(holding, stop, first=WEDNESDAY)
    staff.pick(holding.copies[0])
    done = staff.pick(holding.copies[1])
    assert done.booking is not None
    assert done.booking.id == late.id


@pytest.mark.parametrize(
    ("wanted", "note"),
    [
        pytest.param(1, PickNote.ENOUGH, id="as many as booked lie ready"),
        pytest.param(0, PickNote.NOT_WANTED, id="nobody booked it for that day"),
    ],
)
def test_what_nobody_needs_is_refused(
    session: Session, make: Make, staff: Table, wanted: int, note: PickNote
) -> None:
    holding = make.holding(copies=2)
    if wanted:
        make.booking(holding, TOMORROW)
        staff.pick(holding.copies[0])
    picks = len(session.scalars(select(BookingPick)).all())
    assert staff.pick(holding.copies[1]).note is note
    assert len(session.scalars(select(BookingPick)).all()) == picks


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        pytest.param({"lendable": False}, ["NOT_LENDABLE"], id="kept back"),
        pytest.param({"state": CopyState.MISSING}, ["MISSING"], id="missing"),
        pytest.param({"state": CopyState.INCOMPLETE}, ["INCOMPLETE"], id="incomplete"),
        pytest.param({"state": CopyState.RECEIVED}, ["NOT_LENDABLE"], id="not looked over yet"),
        pytest.param({"state": CopyState.IN_TRANSIT}, [], id="on its way home"),
    ],
)
def test_a_copy_that_cannot_be_lent_is_refused_with_the_reason(
    make: Make, staff: Table, facts: dict[str, object], codes: list[str]
) -> None:
    holding = make.holding()
    copy = make.copy(holding, **facts)
    make.booking(holding, TOMORROW)
    done = staff.pick(copy)
    assert done.note is PickNote.REFUSED
    assert [str(each.code) for each in done.refused] == codes


def test_a_numbered_copy_is_picked_only_for_lines_that_name_it(make: Make, staff: Table) -> None:
    holding = make.holding(copies=1)
    numbered = make.copy(holding, numbered=True)
    holding.lendable = 1
    booking = make.booking(holding, TOMORROW)
    make.session.commit()
    assert staff.pick(numbered).note is PickNote.NOT_WANTED
    booking.lines[0].copy_id = numbered.id
    make.session.commit()
    assert staff.pick(holding.copies[0]).note is PickNote.NOT_WANTED
    assert staff.pick(numbered).note is PickNote.PICKED


@pytest.mark.parametrize("waiting", [LetterState.OWED, LetterState.DAILY])
def test_a_pick_taken_back_takes_an_unsent_letter_along(
    session: Session, make: Make, staff: Table, waiting: LetterState
) -> None:
    holding = make.holding(copies=1)
    booking = make.booking(holding, TOMORROW)
    pick = staff.pick(holding.copies[0]).pick
    assert pick is not None
    session.scalars(select(OwedLetter)).one().state = waiting
    session.commit()
    with unit_of_work(session):
        unpick(session, pick.id, staff.by, staff.now)
    session.refresh(booking)
    assert (booking.state, booking.ready_at) == (BookingState.CONFIRMED, None)
    assert letters(session) == []
    staff.pick(holding.copies[0])
    assert letters(session) == [LetterKind.BOOKING_READY]


@pytest.mark.lending("5.1")
@pytest.mark.parametrize("how", ["lent to another", "collected", "cancelled", "lent no more"])
def test_of_what_lies_ready_no_longer_an_unsent_letter_tells_nothing(
    session: Session, make: Make, staff: Table, how: str
) -> None:
    person, holding = make.person(), make.holding(copies=2)
    booking = make.booking(holding, Period(MONDAY, THURSDAY), person=person)
    copy = holding.copies[0]
    assert staff.pick(copy, MONDAY).is_ready
    session.scalars(select(OwedLetter)).one().state = LetterState.DAILY
    session.commit()
    match how:
        case "lent to another":
            Counter(session, make, staff.by).lend(copy, make.person())
        case "collected":
            Counter(session, make, staff.by).lend(copy, person)
        case "cancelled":
            with unit_of_work(session):
                cancel(session, booking.number, staff.by, staff.now)
        case "lent no more":
            with unit_of_work(session):
                take_off_shelf(session, ShelfWish(copy.id, ShelfStep.REPAIR), staff.by, staff.now)
    assert LetterKind.BOOKING_READY not in letters(session)


@pytest.mark.parametrize("is_sent", [True, False])
def test_what_is_sent_or_being_sent_tells_of_readiness_once(
    session: Session, make: Make, staff: Table, *, is_sent: bool
) -> None:
    holding = make.holding(copies=1)
    make.booking(holding, TOMORROW)
    pick = staff.pick(holding.copies[0]).pick
    assert pick is not None
    letter = session.scalars(select(OwedLetter)).one()
    if is_sent:
        letter.state = LetterState.SENT
    else:
        letter.claimed_until = staff.now + timedelta(minutes=5)
    session.commit()
    before = (letter.state, letter.claimed_until)
    with unit_of_work(session):
        unpick(session, pick.id, staff.by, staff.now)
    staff.pick(holding.copies[0])
    kept = session.scalars(select(OwedLetter)).one()
    assert (kept.state, kept.claimed_until) == before


@pytest.mark.lending("5.3")
@pytest.mark.parametrize("why", [PutBack.GONE, PutBack.LATER, PutBack.TOO_MANY, PutBack.NOT_LENT])
def test_what_is_no_longer_wanted_goes_back_by_another_scan(
    session: Session, make: Make, staff: Table, why: PutBack
) -> None:
    holding = make.holding(copies=2)
    booking = make.booking(holding, TOMORROW, 2)
    for copy in holding.copies:
        staff.pick(copy)
    copy = holding.copies[1]
    _change(session, staff, booking, copy, why)
    assert why in going_back(staff)
    before = len(going_back(staff))
    assert staff.pick(copy).note is PickNote.PUT_BACK
    assert len(going_back(staff)) == before - 1


def _change(session: Session, staff: Table, booking: Booking, copy: Copy, why: PutBack) -> None:
    match why:
        case PutBack.GONE:
            with unit_of_work(session):
                cancel(session, booking.number, staff.by, staff.now)
        case PutBack.LATER:
            booking.first = THURSDAY
        case PutBack.TOO_MANY:
            booking.lines[0].quantity = 1
        case PutBack.NOT_LENT:
            copy.lendable = False
    session.commit()


def test_while_it_waits_nothing_goes_back(make: Make, staff: Table) -> None:
    holding = make.holding(copies=1)
    make.booking(holding, TOMORROW)
    staff.pick(holding.copies[0])
    assert going_back(staff) == []


@pytest.mark.lending("5.6")
def test_handing_out_the_picked_copy_removes_the_pick(
    session: Session, make: Make, staff: Table
) -> None:
    holding = make.holding(copies=1)
    person = make.person()
    booking = make.booking(holding, TOMORROW, person=person)
    staff.pick(holding.copies[0])
    done = Counter(session, make, staff.by).lend(holding.copies[0], person)
    assert done.taken_from is None
    session.refresh(booking)
    assert booking.state is BookingState.COLLECTED
    assert session.scalars(select(BookingPick)).all() == []


@pytest.mark.lending("5.6")
def test_case_s50_a_picked_copy_lent_to_another_names_whose_it_was(
    session: Session, make: Make, staff: Table
) -> None:
    holding = make.holding(copies=2)
    booking = make.booking(holding, TOMORROW)
    staff.pick(holding.copies[0])
    done = Counter(session, make, staff.by).lend(holding.copies[0], make.person())
    assert done.taken_from is not None
    assert done.taken_from.id == booking.id
    session.refresh(booking)
    assert (booking.state, booking.ready_at) == (BookingState.CONFIRMED, None)
    assert listed(staff) == [("", 0, 1)]
    assert breaches(session) == []


@pytest.mark.lending("5.6")
def test_a_picked_copy_whose_booking_went_out_with_another_is_nobodys(
    session: Session, make: Make, staff: Table
) -> None:
    holding, person = make.holding(copies=2), make.person()
    booking = make.booking(holding, TOMORROW, person=person)
    staff.pick(holding.copies[0])
    desk = Counter(session, make, staff.by)
    desk.lend(holding.copies[1], person)
    assert booking.state is BookingState.COLLECTED
    assert desk.lend(holding.copies[0], make.person()).taken_from is None


@pytest.mark.lending("5.6")
@pytest.mark.parametrize("how", ["to repair", "out of the stock", "to the borrower of another"])
def test_a_picked_copy_that_goes_elsewhere_is_picked_no_more(
    session: Session, make: Make, staff: Table, how: str
) -> None:
    holding = make.holding(copies=2)
    copy, wrong = holding.copies
    booking = make.booking(holding, TOMORROW)
    staff.pick(copy)
    loan, head = make.loan(wrong), make.actor(Role.CENTRE_ADMIN)
    with unit_of_work(session):
        match how:
            case "to repair":
                wish = ShelfWish(copy.id, ShelfStep.REPAIR, "Kratzer")
                take_off_shelf(session, wish, staff.by, staff.now)
            case "out of the stock":
                gone = Withdrawal(copy.id, WithdrawalReason.WORN)
                withdraw_from_stock(session, gone, staff.by, MONDAY, staff.now)
            case _:
                swap = Exchange(loan.id, copy.barcode, "vertauscht")
                exchange_copy(session, swap, head, MONDAY, staff.now)
    assert session.scalars(select(BookingPick)).all() == []
    session.refresh(booking)
    assert booking.state is BookingState.CONFIRMED


def test_another_centre_picks_nothing_here(make: Make, staff: Table) -> None:
    holding = make.holding(copies=1)
    make.booking(holding, TOMORROW)
    pick = staff.pick(holding.copies[0]).pick
    assert pick is not None
    other = make.centre()
    foreign = make.copy(make.holding(make.title("Fern"), centre=other))
    with pytest.raises(NotFoundError):
        staff.pick(foreign)
    stranger = make.actor(Role.STAFF, centre=other)
    with pytest.raises(NotFoundError), unit_of_work(make.session):
        unpick(make.session, pick.id, stranger, staff.now)


def test_a_longer_list_costs_no_further_statement(
    make: Make, staff: Table, engine: Engine
) -> None:
    def statements() -> int:
        staff.session.expire_all()
        staff.session.rollback()
        with counted(engine) as found:
            listed(staff)
            going_back(staff)
        return found.count

    stop = make.courier_stop()
    make.route(stop)
    make.booking(make.holding(copies=1), TOMORROW)
    few = statements()
    for _ in range(6):
        holding = make.holding(copies=2)
        make.booking(holding, TOMORROW)
        staff.delivered(holding, stop)
        staff.pick(holding.copies[0])
    assert statements() == few
