"""What the courier brings is lent and packed for its stop."""

import pytest
from sqlalchemy import select

from catalogue.rules.copy_states import CopyState
from database.unit_of_work import unit_of_work
from loans.errors import ImpossibleStepError
from loans.models.booking import BookingPick
from loans.models.claim import ClaimKind
from loans.models.hold import HoldState
from loans.models.loan import Loan
from loans.models.terms import Terms
from loans.models.tour import Tour, TourLoad
from loans.operations.claim import Claim, claim
from loans.operations.pack import add_box
from loans.operations.unpack import unpack
from loans.queries.invariants import breaches
from loans.rules.booking_states import BookingState
from loans.rules.codes import Refusal
from loans.rules.packing import PackNote
from schools.models.media_centre import PickupPlace
from schools.rules.periods import Period
from tests.loans.operations.courier import THURSDAY, TUESDAY, WEDNESDAY, Table
from tests.loans.operations.desks import Counter
from tests.loans.operations.tours.road import hand, stop_of
from tests.make import Make

pytestmark = pytest.mark.both_stores


@pytest.mark.lending("11.2")
def test_a_packed_copy_is_lent_to_whoever_booked_it_and_lies_in_a_box_of_their_stop(
    make: Make, staff: Table, stop: PickupPlace, tour: Tour
) -> None:
    holding = make.holding(copies=1)
    booking = staff.delivered(holding, stop)
    staff.pick(holding.copies[0])
    done = staff.pack(tour, holding.copies[0])
    assert done.note is PackNote.LOADED
    assert done.load is not None
    loan = done.load.loan
    assert (loan.person_id, loan.due_on) == (booking.person_id, booking.last)
    assert loan.institution_id == stop.institution_id
    staff.session.refresh(booking)
    assert booking.state is BookingState.COLLECTED
    assert holding.copies[0].state is CopyState.ON_LOAN
    (box,) = stop_of(staff, tour).boxes
    assert [load.barcode for load in box.loads] == [holding.copies[0].barcode]
    assert box.number.startswith("B-")
    assert staff.session.scalars(select(BookingPick)).all() == []
    assert breaches(staff.session) == []


def test_a_copy_is_packed_once(make: Make, staff: Table, stop: PickupPlace, tour: Tour) -> None:
    holding = make.holding(copies=1)
    staff.delivered(holding, stop)
    staff.pack(tour, holding.copies[0])
    assert staff.pack(tour, holding.copies[0]).note is PackNote.AGAIN
    assert len(staff.session.scalars(select(Loan)).all()) == 1


@pytest.mark.lending("11.2")
def test_a_copy_of_another_tour_is_refused_and_the_tour_is_named(
    make: Make, staff: Table, tour: Tour
) -> None:
    other = make.courier_stop(make.school())
    make.route(other, name="Do Süd", weekdays=(3,))
    holding = make.holding(copies=1)
    staff.delivered(holding, other, first=THURSDAY)
    done = staff.pack(tour, holding.copies[0])
    assert done.note is PackNote.OTHER_TOUR
    assert done.line is not None
    assert done.line.place.courier is not None
    assert (done.line.place.courier.name, done.line.prepared_on) == ("Do Süd", THURSDAY)
    assert staff.session.scalars(select(Loan)).all() == []


def test_a_copy_of_the_same_routes_next_tour_is_refused(
    make: Make, staff: Table, stop: PickupPlace, tour: Tour
) -> None:
    holding = make.holding(copies=1)
    staff.delivered(holding, stop, first=THURSDAY)
    assert staff.pack(tour, holding.copies[0]).note is PackNote.OTHER_TOUR


@pytest.mark.parametrize(
    ("booked", "note"),
    [
        pytest.param(True, PackNote.COUNTER, id="it is collected at the counter"),
        pytest.param(False, PackNote.NOT_BOOKED, id="nobody booked it"),
    ],
)
def test_what_the_courier_does_not_bring_is_refused(
    make: Make, staff: Table, tour: Tour, note: PackNote, *, booked: bool
) -> None:
    holding = make.holding(copies=1)
    if booked:
        make.booking(holding, _period())
    assert staff.pack(tour, holding.copies[0]).note is note


def _period() -> Period:
    return Period(TUESDAY, WEDNESDAY)


def test_the_copy_serves_the_booking_it_was_picked_for(
    make: Make, staff: Table, stop: PickupPlace, tour: Tour
) -> None:
    holding = make.holding(copies=2)
    early = staff.delivered(holding, stop, first=TUESDAY)
    late = staff.delivered(holding, stop, first=WEDNESDAY)
    staff.pick(holding.copies[0])
    staff.pick(holding.copies[1])
    staff.pack(tour, holding.copies[1])
    staff.pack(tour, holding.copies[0])
    lent = dict(staff.session.execute(select(Loan.copy_id, Loan.person_id)).all())
    assert lent == {
        holding.copies[0].id: early.person_id,
        holding.copies[1].id: late.person_id,
    }


@pytest.mark.lending("8.3", "11.2")
def test_what_is_handed_out_in_person_only_is_not_packed(
    make: Make, staff: Table, stop: PickupPlace, tour: Tour
) -> None:
    staff.session.scalars(select(Terms)).one().personal_pickup = True
    holding = make.holding(copies=1)
    staff.delivered(holding, stop)
    done = staff.pack(tour, holding.copies[0])
    assert done.note is PackNote.REFUSED
    assert [each.code for each in done.refused] == [Refusal.PERSONAL_PICKUP]
    assert staff.session.scalars(select(TourLoad)).all() == []


def test_a_blocked_borrower_gets_nothing_by_courier(
    make: Make, staff: Table, stop: PickupPlace, tour: Tour
) -> None:
    holding = make.holding(copies=1)
    booking = staff.delivered(holding, stop)
    assert booking.person is not None
    booking.person.blocked = True
    make.session.commit()
    done = staff.pack(tour, holding.copies[0])
    assert [each.code for each in done.refused] == [Refusal.BLOCKED]


@pytest.mark.lending("3.2", "11.2")
def test_a_box_with_parts_is_counted_first(
    make: Make, staff: Table, stop: PickupPlace, tour: Tour
) -> None:
    part = make.part(critical=True)
    staff.delivered(part.copy.holding, stop)
    asked = staff.pack(tour, part.copy)
    assert (asked.note, [each.id for each in asked.parts]) == (PackNote.PARTS, [part.id])
    assert staff.pack(tour, part.copy, {part.id: 1}).note is PackNote.LOADED


def test_a_box_without_a_part_it_needs_stays_here(
    make: Make, staff: Table, stop: PickupPlace, tour: Tour
) -> None:
    part = make.part(critical=True)
    staff.delivered(part.copy.holding, stop)
    done = staff.pack(tour, part.copy, {part.id: 0})
    assert [each.code for each in done.refused] == [Refusal.INCOMPLETE]
    make.session.refresh(part.copy)
    assert part.copy.state is CopyState.INCOMPLETE
    assert part.copy.holding.lendable == 0
    assert breaches(make.session) == []


@pytest.mark.lending("3.2", "7.2")
def test_who_waits_for_a_box_that_lacks_a_part_waits_again(
    make: Make, staff: Table, stop: PickupPlace, tour: Tour
) -> None:
    part = make.part(critical=True)
    staff.delivered(part.copy.holding, stop)
    hold = make.hold(
        part.copy.holding,
        state=HoldState.SET_ASIDE,
        copy_id=part.copy.id,
        ready_on=WEDNESDAY,
        pickup_deadline=THURSDAY,
    )
    part.copy.state = CopyState.SET_ASIDE
    make.session.commit()
    staff.pack(tour, part.copy, {part.id: 0})
    make.session.refresh(hold)
    make.session.refresh(part.copy)
    assert (hold.state, hold.copy_id) == (HoldState.WAITING, None)
    assert part.copy.state is CopyState.INCOMPLETE
    assert breaches(make.session) == []


def test_a_further_box_is_packed_from_then_on(
    make: Make, staff: Table, stop: PickupPlace, tour: Tour
) -> None:
    holding = make.holding(copies=3)
    staff.delivered(holding, stop, 3)
    first, second, third = holding.copies
    staff.pack(tour, first)
    with unit_of_work(make.session):
        box = add_box(make.session, (tour.id, stop_of(staff, tour).id), staff.by, staff.now)
        box_id = box.id
    staff.pack(tour, second)
    old = stop_of(staff, tour).boxes[0].id
    staff.pack(tour, third, box_id=old)
    assert [len(box.loads) for box in stop_of(staff, tour).boxes] == [2, 1]
    assert stop_of(staff, tour).boxes[1].id == box_id


@pytest.mark.lending("8.6")
def test_an_undone_packing_scan_leaves_everything_as_it_was(
    make: Make, staff: Table, stop: PickupPlace, tour: Tour
) -> None:
    holding = make.holding(copies=2)
    booking = staff.delivered(holding, stop, 2)
    for copy in holding.copies:
        staff.pick(copy)
    copy = holding.copies[0]
    load = staff.pack(tour, copy).load
    assert load is not None
    with unit_of_work(make.session):
        unpack(make.session, load.id, staff.by, staff.now)
    make.session.expire_all()
    assert (booking.state, booking.lines[0].handed_out) == (BookingState.READY, 0)
    assert (copy.state, copy.branch_id) == (CopyState.AVAILABLE, make.branch().id)
    loan = make.session.scalars(select(Loan)).one()
    assert (loan.void, loan.returned_on) == (True, loan.lent_on)
    assert len(make.session.scalars(select(BookingPick)).all()) == 2
    assert stop_of(staff, tour).loaded == 0
    assert breaches(make.session) == []
    assert staff.pack(tour, copy).note is PackNote.LOADED


def test_what_is_on_the_road_is_neither_packed_nor_unpacked(
    make: Make, staff: Table, stop: PickupPlace, tour: Tour
) -> None:
    holding = make.holding(copies=2)
    staff.delivered(holding, stop, 2)
    load = staff.pack(tour, holding.copies[0]).load
    assert load is not None
    hand(staff, tour)
    assert staff.pack(tour, holding.copies[1]).note is PackNote.UNDER_WAY
    with pytest.raises(ImpossibleStepError), unit_of_work(make.session):
        unpack(make.session, load.id, staff.by, staff.now)


@pytest.mark.parametrize("still_out", [0, 1])
def test_what_came_back_meanwhile_is_not_unpacked(
    make: Make, staff: Table, stop: PickupPlace, tour: Tour, still_out: int
) -> None:
    holding = make.holding(copies=2)
    staff.delivered(holding, stop, 1 + still_out)
    if still_out:
        staff.pack(tour, holding.copies[1])
    load = staff.pack(tour, holding.copies[0]).load
    assert load is not None
    Counter(make.session, make, staff.by).take_back(holding.copies[0])
    with pytest.raises(ImpossibleStepError), unit_of_work(make.session):
        unpack(make.session, load.id, staff.by, staff.now)


@pytest.mark.lending("8.4", "8.6")
@pytest.mark.parametrize("state", [CopyState.RECEIVED, CopyState.LOST])
def test_what_waits_to_be_looked_over_or_is_said_to_be_lost_is_not_unpacked(
    make: Make, staff: Table, stop: PickupPlace, tour: Tour, state: CopyState
) -> None:
    holding = make.holding(copies=1)
    staff.delivered(holding, stop)
    copy = holding.copies[0]
    load = staff.pack(tour, copy).load
    assert load is not None
    if state is CopyState.RECEIVED:
        Counter(make.session, make, staff.by).take_back(copy, check=False)
    else:
        with unit_of_work(make.session):
            lost = Claim(load.loan_id, ClaimKind.LOST)
            claim(make.session, lost, staff.by, staff.today, staff.now)
    with pytest.raises(ImpossibleStepError), unit_of_work(make.session):
        unpack(make.session, load.id, staff.by, staff.now)
    make.session.refresh(copy)
    assert copy.state is state


@pytest.mark.lending("7.3", "8.6")
def test_who_waited_for_what_is_unpacked_has_their_place_in_line_again(
    make: Make, staff: Table, stop: PickupPlace, tour: Tour
) -> None:
    holding = make.holding(copies=1)
    booking = staff.delivered(holding, stop)
    own, other = make.hold(holding, booking.person), make.hold(holding)
    load = staff.pack(tour, holding.copies[0]).load
    assert load is not None
    make.session.refresh(own)
    make.session.refresh(other)
    assert (own.state, other.rank) == (HoldState.FULFILLED, 1)
    with unit_of_work(make.session):
        unpack(make.session, load.id, staff.by, staff.now)
    make.session.expire_all()
    assert (own.state, own.rank, own.copy_id) == (HoldState.WAITING, 1, None)
    assert (own.ended_at, other.rank) == (None, 2)
    assert breaches(make.session) == []
