"""A tour is handed over, driven, reported and ended."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from loans.errors import ImpossibleStepError, NotFoundError, RefusedError
from loans.models.claim import ClaimKind
from loans.models.loan import Loan
from loans.models.tour import Tour, TourBox, TourState
from loans.operations.check_in import BroughtBack, check_in
from loans.operations.claim import Claim, claim
from loans.operations.edit_routes import add_stop
from loans.operations.hand_over import (
    finish_tour,
    hand_over,
    renew_link,
    take_hand_over_back,
)
from loans.operations.open_tour import open_tour
from loans.operations.pack import add_box
from loans.operations.unpack import unpack
from loans.rules.codes import DayReason
from loans.rules.packing import PackNote, Tap
from schools.models.institution import Institution
from schools.models.media_centre import PickupPlace
from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from schools.models.person import Membership
from schools.rules.roles import Role
from tests.loans.operations.courier import TUESDAY, WEDNESDAY, Table
from tests.loans.operations.tours.road import facts, hand, letters, packed, stop_of, tap
from tests.make import MONDAY, Make
from tests.statements import counted

pytestmark = pytest.mark.both_stores


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
    assert first.facts["titles"] == ["2 × Der Wald im Winter", "Vulkane"]
    assert second.facts["titles"] == ["Der Wald im Winter"]
    assert first.facts["tour_on"] == TUESDAY.isoformat()
    assert first.facts["boxes"] == [stop_of(staff, tour).boxes[0].number]
    make.session.refresh(tour)
    assert (tour.state, tour.driver) == (TourState.UNDER_WAY, "Firma Flink")
    assert tour.handed_over_by == staff.by.account_id


def test_a_hand_over_by_mistake_is_taken_back_with_its_letters(
    make: Make, staff: Table, stop: PickupPlace, tour: Tour
) -> None:
    packed(staff, stop, tour)
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


@pytest.mark.lending("8.6")
@pytest.mark.lending("11.2")
def test_after_a_hand_over_was_taken_back_all_is_told_anew_and_what_was_sent_is_corrected(
    make: Make, staff: Table, stop: PickupPlace, tour: Tour
) -> None:
    person = make.person()
    first = make.holding(make.title("Kamera"), copies=1)
    later = make.holding(make.title("Stativ"), copies=1)
    for holding in (first, later):
        staff.delivered(holding, stop, person=person)
    staff.pack(tour, first.copies[0])
    hand(staff, tour)
    letters(make.session)[0].state = LetterState.SENT
    make.session.commit()
    with unit_of_work(make.session):
        take_hand_over_back(make.session, tour.id, staff.by, staff.now)
    staff.pack(tour, later.copies[0])
    hand(staff, tour)
    assert [each.facts["titles"] for each in letters(make.session)] == [
        ["Kamera"],
        ["Kamera", "Stativ"],
    ]
    corrected = select(OwedLetter.facts).where(OwedLetter.kind == LetterKind.CORRECTION)
    (correction,) = make.session.scalars(corrected)
    assert (correction["of"], correction["titles"]) == (LetterKind.ON_ITS_WAY, ["Kamera"])


@pytest.mark.lending("11.2")
@pytest.mark.parametrize("check", [True, False], ids=["checked", "received only"])
def test_what_came_back_before_the_hand_over_is_not_on_its_way(
    make: Make, staff: Table, stop: PickupPlace, tour: Tour, *, check: bool
) -> None:
    copy = packed(staff, stop, tour)
    brought = BroughtBack(copy.id, make.branch().id, check=check)
    with unit_of_work(make.session):
        check_in(make.session, brought, staff.by, staff.today, staff.now)
    hand(staff, tour)
    assert letters(make.session) == []


@pytest.mark.lending("11.2")
@pytest.mark.parametrize(("days", "told"), [(1, 1), (2, 0)])
def test_nobody_is_told_that_something_comes_on_a_day_that_is_past(
    make: Make, staff: Table, stop: PickupPlace, tour: Tour, *, days: int, told: int
) -> None:
    packed(staff, stop, tour)
    staff.now += timedelta(days=days)
    hand(staff, tour)
    assert tour.state is TourState.UNDER_WAY
    assert len(letters(make.session)) == told


@pytest.mark.lending("11.2")
def test_one_letter_names_every_stop_at_which_something_comes(
    make: Make, staff: Table, stop: PickupPlace, tour: Tour
) -> None:
    gym = make.courier_stop(
        make.session.get_one(Institution, stop.institution_id), name="Turnhalle"
    )
    asked, admin = (tour.route_id, gym.id), make.actor(Role.CENTRE_ADMIN)
    with unit_of_work(make.session):
        add_stop(make.session, asked, admin, staff.today, staff.now)
    person = make.person()
    for place in (stop, gym, gym):
        holding = make.holding(copies=1)
        staff.delivered(holding, place, person=person)
        assert staff.pack(tour, holding.copies[0]).note is PackNote.LOADED
    hand(staff, tour)
    (letter,) = letters(make.session)
    assert letter.facts["place"] == f"{stop.name}, Turnhalle"


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
    packed(staff, stop, tour)
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
    packed(staff, stop, tour)
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


@pytest.mark.lending("11.2")
def test_what_the_driver_adds_to_a_tour_that_staff_ended_does_not_open_it_again(
    make: Make, staff: Table, stop: PickupPlace, tour: Tour
) -> None:
    packed(staff, stop, tour)
    hand(staff, tour)
    with unit_of_work(make.session):
        finish_tour(make.session, tour.id, staff.by, staff.now)
    assert tap(staff, tour, None, "Niemand da").state is TourState.DONE
    assert tap(staff, tour, Tap.COLLECTED).state is TourState.DONE
    assert tap(staff, tour, Tap.NOT_COLLECTED).state is TourState.UNDER_WAY


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


@pytest.mark.lending("10.4", "11.1")
def test_the_driver_is_not_sent_for_what_is_said_to_be_lost(
    make: Make, staff: Table, stop: PickupPlace, tour: Tour
) -> None:
    lost, late = (
        make.loan(make.copy(make.holding()), lent_on=MONDAY - timedelta(days=20)) for _ in range(2)
    )
    with unit_of_work(make.session):
        claim(make.session, Claim(lost.id, ClaimKind.LOST), staff.by, staff.today, staff.now)
    assert [each.barcode for each in stop_of(staff, tour).returns] == [late.copy.barcode]


@pytest.mark.lending("2.4", "11.2")
def test_what_a_tour_brings_to_two_schools_of_a_person_is_one_letter_of_neither_alone(
    make: Make, staff: Table, stop: PickupPlace, tour: Tour
) -> None:
    school, second = make.session.get_one(Institution, stop.institution_id), make.school()
    person, there = make.person(school), make.courier_stop(second)
    asked, admin = (tour.route_id, there.id), make.actor(Role.CENTRE_ADMIN)
    with unit_of_work(make.session):
        add_stop(make.session, asked, admin, staff.today, staff.now)
    make.session.add(Membership(person_id=person.id, institution_id=second.id, first=MONDAY))
    make.session.commit()
    holding = make.holding(copies=2)
    staff.delivered(holding, stop, person=person)
    staff.delivered(holding, there, person=person, institution_id=second.id)
    for copy in holding.copies:
        assert staff.pack(tour, copy).note is PackNote.LOADED
    hand(staff, tour)
    (letter,) = letters(make.session)
    assert letter.institution_id is None
    assert len(letter.facts["boxes"]) == 2
