"""What the courier brings is lent and packed for its stop, handed over, and driven."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from catalogue.rules.copy_states import CopyState
from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from loans.errors import ImpossibleStepError, NotFoundError, RefusedError
from loans.models.booking import BookingPick
from loans.models.loan import Loan
from loans.models.terms import Terms
from loans.models.tour import Tour, TourBox, TourLoad, TourState
from loans.operations.drive import Report, report
from loans.operations.hand_over import (
    finish_tour,
    hand_over,
    renew_link,
    take_hand_over_back,
)
from loans.operations.open_tour import open_tour
from loans.operations.pack import add_box
from loans.operations.unpack import unpack
from loans.queries.invariants import breaches
from loans.queries.tours import StopFacts, TourFacts, tour_within
from loans.rules.booking_states import BookingState
from loans.rules.codes import DayReason, Refusal
from loans.rules.packing import PackNote, Tap
from schools.models.media_centre import PickupPlace
from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from schools.rules.periods import Period
from schools.rules.roles import Right, Role
from tests.loans.operations.courier import THURSDAY, TUESDAY, WEDNESDAY, Table, di_nord, table
from tests.loans.operations.desks import Counter
from tests.make import MONDAY, Make
from tests.statements import counted

pytestmark = pytest.mark.both_stores


@pytest.fixture
def staff(make: Make) -> Table:
    return table(make)


@pytest.fixture
def stop(make: Make, staff: Table) -> PickupPlace:
    del staff
    return di_nord(make)


@pytest.fixture
def tour(staff: Table, stop: PickupPlace) -> Tour:
    del stop
    return staff.tour(1)


def letters(session: Session) -> list[OwedLetter]:
    query = select(OwedLetter).where(OwedLetter.kind == LetterKind.ON_ITS_WAY)
    return list(session.scalars(query.order_by(OwedLetter.id)))


def facts(staff: Table, tour: Tour) -> TourFacts:
    found = tour_within(staff.session, staff.by.scope(Right.LEND), tour.id)
    assert found is not None
    return found


def stop_of(staff: Table, tour: Tour) -> StopFacts:
    return facts(staff, tour).stops[0]


def hand(staff: Table, tour: Tour) -> None:
    with unit_of_work(staff.session):
        hand_over(staff.session, tour.id, "Firma Flink", staff.by, staff.now)


def tap(staff: Table, tour: Tour, tap: Tap | None, note: str | None = None) -> Tour:
    told = Report(tour.id, stop_of(staff, tour).id, tap, note)
    with unit_of_work(staff.session):
        return report(staff.session, told, None, staff.now)


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


@pytest.mark.lending("11.2")
def test_handed_over_one_letter_tells_each_person_what_is_on_its_way(
    make: Make, staff: Table, stop: PickupPlace, tour: Tour
) -> None:
    holding, other = make.holding(copies=3), make.holding(make.title("Vulkane"), copies=1)
    person = make.person()
    staff.delivered(holding, stop, 2, person=person)
    staff.delivered(other, stop, person=person)
    staff.delivered(holding, stop)
    for copy in (*holding.copies, *other.copies):
        assert staff.pack(tour, copy).note is PackNote.LOADED
    hand(staff, tour)
    with unit_of_work(make.session):
        hand_over(make.session, tour.id, "Jemand anders", staff.by, staff.now)
    first, second = letters(make.session)
    assert (len(first.facts["titles"]), len(second.facts["titles"])) == (3, 1)
    assert first.facts["tour_on"] == TUESDAY.isoformat()
    assert first.facts["boxes"] == [stop_of(staff, tour).boxes[0].number]
    make.session.refresh(tour)
    assert (tour.state, tour.driver) == (TourState.UNDER_WAY, "Firma Flink")
    assert tour.handed_over_by == staff.by.account_id


def test_a_hand_over_by_mistake_is_taken_back_with_its_letters(
    make: Make, staff: Table, stop: PickupPlace, tour: Tour
) -> None:
    holding = make.holding(copies=1)
    staff.delivered(holding, stop)
    staff.pack(tour, holding.copies[0])
    hand(staff, tour)
    with unit_of_work(make.session):
        take_hand_over_back(make.session, tour.id, staff.by, staff.now)
    assert letters(make.session) == []
    make.session.refresh(tour)
    assert tour.state is TourState.PLANNED
    hand(staff, tour)
    assert len(letters(make.session)) == 1
    letters(make.session)[0].state = LetterState.SENT
    make.session.commit()


def test_once_a_stop_was_reported_the_hand_over_stands(
    make: Make, staff: Table, stop: PickupPlace, tour: Tour
) -> None:
    _delivered_with_something_to_collect(make, staff, stop, tour)
    with pytest.raises(ImpossibleStepError), unit_of_work(make.session):
        take_hand_over_back(make.session, tour.id, staff.by, staff.now)


@pytest.mark.lending("11.2")
def test_the_driver_reports_each_stop_once_and_the_tour_is_done(
    make: Make, staff: Table, stop: PickupPlace, tour: Tour
) -> None:
    _delivered_with_something_to_collect(make, staff, stop, tour)
    at = stop_of(staff, tour).delivered_at
    staff.now += timedelta(minutes=5)
    tap(staff, tour, Tap.DELIVERED)
    assert stop_of(staff, tour).delivered_at == at
    assert tap(staff, tour, Tap.COLLECTED, "Tor zu").state is TourState.DONE
    assert stop_of(staff, tour).note == "Tor zu"
    acts = make.session.scalars(select(AuditEntry.act)).all()
    assert acts.count("report_stop") == 2


def _delivered_with_something_to_collect(
    make: Make, staff: Table, stop: PickupPlace, tour: Tour
) -> None:
    holding = make.holding(copies=1)
    staff.delivered(holding, stop)
    staff.pack(tour, holding.copies[0])
    _due_at(make, stop)
    hand(staff, tour)
    assert tap(staff, tour, Tap.DELIVERED).state is TourState.UNDER_WAY


def _due_at(make: Make, stop: PickupPlace) -> Loan:
    """A loan of the stop's school that should have come back."""
    del stop
    return make.loan(lent_on=MONDAY - timedelta(days=14), days=14)


def test_a_slip_of_the_thumb_is_taken_back(
    make: Make, staff: Table, stop: PickupPlace, tour: Tour
) -> None:
    holding = make.holding(copies=1)
    staff.delivered(holding, stop)
    staff.pack(tour, holding.copies[0])
    hand(staff, tour)
    assert tap(staff, tour, Tap.DELIVERED).state is TourState.DONE
    assert tap(staff, tour, Tap.NOT_DELIVERED).state is TourState.UNDER_WAY
    assert stop_of(staff, tour).delivered_at is None


def test_nothing_is_reported_of_a_tour_that_nobody_handed_over(
    staff: Table, stop: PickupPlace, tour: Tour
) -> None:
    del stop
    with pytest.raises(ImpossibleStepError):
        tap(staff, tour, Tap.DELIVERED)


@pytest.mark.lending("11.1")
@pytest.mark.parametrize(
    ("days_late", "collected"),
    [
        pytest.param(1, True, id="due before the tour's day"),
        pytest.param(0, False, id="due on the day itself"),
    ],
)
def test_a_tour_fetches_what_was_due_before_its_day(
    make: Make, staff: Table, tour: Tour, days_late: int, *, collected: bool
) -> None:
    due = TUESDAY - timedelta(days=days_late)
    make.loan(lent_on=due - timedelta(days=14), days=14)
    make.loan(
        make.copy(make.holding(make.title("Fern"))),
        person=make.person(make.school()),
        lent_on=due - timedelta(days=14),
    )
    assert (len(stop_of(staff, tour).returns) == 1) is collected


def test_returns_go_to_the_stop_they_were_delivered_to(
    make: Make, staff: Table, stop: PickupPlace
) -> None:
    annex = make.courier_stop(name="Nebenstelle")
    route = make.route(annex, name="Zweite")
    make.session.get_one(PickupPlace, stop.id)
    tour = staff.tour(route.id)
    booking = staff.delivered(make.holding(copies=1), annex)
    make.loan(
        booking.lines[0].holding.copies[0],
        person=booking.person,
        lent_on=MONDAY - timedelta(days=20),
        line_id=booking.lines[0].id,
    )
    assert [each.title for each in stop_of(staff, tour).returns] == ["Der Wald im Winter"]


def test_a_tour_is_opened_once_and_only_on_days_it_runs(
    make: Make, staff: Table, stop: PickupPlace, tour: Tour
) -> None:
    del stop
    assert staff.tour(tour.route_id).id == tour.id
    for day, code in ((WEDNESDAY, "COURIER_NOT_RUNNING"), (MONDAY - timedelta(days=4), "PAST")):
        with pytest.raises(RefusedError) as refused, unit_of_work(make.session):
            open_tour(make.session, (tour.route_id, day), staff.by, MONDAY, staff.now)
        assert refused.value.codes == (DayReason(code),)


def test_a_link_is_given_anew_and_ended(make: Make, staff: Table, tour: Tour) -> None:
    before = tour.driver_nonce
    with unit_of_work(make.session):
        renewed = renew_link(make.session, tour.id, staff.by, staff.now).driver_nonce
    assert renewed not in {None, before}
    with unit_of_work(make.session):
        ended = renew_link(make.session, tour.id, staff.by, staff.now, dead=True)
        assert ended.driver_nonce is None


def test_staff_end_a_tour_whose_driver_reported_nothing(
    make: Make, staff: Table, tour: Tour
) -> None:
    with pytest.raises(ImpossibleStepError), unit_of_work(make.session):
        finish_tour(make.session, tour.id, staff.by, staff.now)
    hand(staff, tour)
    with unit_of_work(make.session):
        assert finish_tour(make.session, tour.id, staff.by, staff.now).state is TourState.DONE


@pytest.mark.parametrize("act", ["pack", "hand_over", "add_box", "unpack"])
def test_another_centres_staff_find_no_tour(
    make: Make, staff: Table, stop: PickupPlace, tour: Tour, act: str
) -> None:
    holding = make.holding(copies=1)
    staff.delivered(holding, stop)
    load = staff.pack(tour, holding.copies[0]).load
    assert load is not None
    stop_id = stop_of(staff, tour).id
    other = make.actor(Role.STAFF, centre=make.centre())
    stranger = Table(make.session, make, other)
    acts: dict[str, Callable[[], object]] = {
        "pack": lambda: stranger.pack(tour, holding.copies[0]),
        "hand_over": lambda: hand(stranger, tour),
        "add_box": lambda: add_box(make.session, (tour.id, stop_id), other, staff.now),
        "unpack": lambda: unpack(make.session, load.id, other, staff.now),
    }
    with pytest.raises(NotFoundError):
        acts[act]()


def test_a_full_tour_costs_no_further_statement(
    make: Make, staff: Table, stop: PickupPlace, tour: Tour, engine: Engine
) -> None:
    def statements() -> int:
        make.session.rollback()
        with counted(engine) as found:
            facts(staff, tour)
        return found.count

    tour_id = tour.id
    assert tour_id
    few = statements()
    for _ in range(4):
        holding = make.holding(copies=2)
        staff.delivered(holding, stop, 2)
        for copy in holding.copies:
            staff.pack(tour, copy)
        _due_at(make, stop)
    assert statements() == few + 0


def test_box_numbers_are_never_given_twice(
    make: Make, staff: Table, stop: PickupPlace, tour: Tour
) -> None:
    del stop
    for _ in range(3):
        with unit_of_work(make.session):
            add_box(make.session, (tour.id, stop_of(staff, tour).id), staff.by, staff.now)
    numbers = make.session.scalars(select(TourBox.number)).all()
    assert len(set(numbers)) == 3
