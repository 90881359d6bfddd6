"""Many hands at one tour and one shelf: each thing is packed once, picked once, opened once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from database.unit_of_work import unit_of_work
from loans.errors import NotFoundError, RefusedError
from loans.models.booking import Booking, BookingPick
from loans.models.loan import Loan
from loans.models.tour import Tour, TourBox, TourLoad
from loans.operations.check_out import HandOut, check_out
from loans.operations.hand_over import hand_over
from loans.operations.open_tour import open_tour
from loans.operations.pack import Packing, pack
from loans.operations.pick_copy import PickWish, pick_copy
from loans.queries.invariants import breaches
from loans.rules.booking_states import BookingState
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.rules.periods import Period
from tests.effort import times
from tests.loans.operations.courier import TUESDAY, WEDNESDAY, Table, table
from tests.make import MONDAY, NOW, Make

pytestmark = pytest.mark.both_stores

HANDS = 6
ROUNDS = times(ci=2, soak=40)

Act = Callable[[Session], object]


def together(engine: Engine, acts: list[Act]) -> list[str]:
    """Let everybody act at the same moment, each in a unit of work; what came of each."""
    start = Barrier(len(acts))

    def one(act: Act) -> str:
        with Session(engine) as session:
            start.wait()
            try:
                with unit_of_work(session):
                    return str(act(session))
            except (RefusedError, NotFoundError) as error:
                return type(error).__name__

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def count(session: Session, what: type) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(what)) or 0


@pytest.fixture
def staff(make: Make) -> Table:
    return table(make)


def test_a_tour_is_opened_once(engine: Engine, make: Make, staff: Table) -> None:
    route_id = make.route(make.courier_stop()).id
    make.session.rollback()
    found = together(
        engine,
        [lambda session: open_tour(session, (route_id, TUESDAY), staff.by, MONDAY, NOW).id]
        * HANDS,
    )
    assert set(found) == {"1"}
    assert count(make.session, Tour) == 1


@pytest.mark.lending("11.2")
def test_what_several_pack_at_once_is_lent_once_and_shares_a_box(
    engine: Engine, make: Make, staff: Table
) -> None:
    stop = make.courier_stop()
    tour_id = staff.tour(make.route(stop).id).id
    for _ in range(ROUNDS):
        holding = make.holding(copies=3)
        staff.delivered(holding, stop, 3)
        codes = [copy.id for copy in holding.copies] * 2
        make.session.rollback()
        acts: list[Act] = [
            lambda session, key=key: (
                pack(  # type: ignore[misc]
                    session, Packing(tour_id, key), staff.by, MONDAY, NOW
                ).note
            )
            for key in codes
        ]
        found = together(engine, acts)
        assert sorted(found) == ["again"] * 3 + ["loaded"] * 3
    assert count(make.session, TourLoad) == count(make.session, Loan) == 3 * ROUNDS
    assert count(make.session, TourBox) == 1
    assert breaches(make.session) == []


def test_a_copy_several_scan_at_the_shelf_is_picked_once(
    engine: Engine, make: Make, staff: Table
) -> None:
    for _ in range(ROUNDS):
        holding = make.holding(copies=1)
        make.booking(holding, _days())
        wish = PickWish(holding.copies[0].id, make.branch().id, TUESDAY)
        make.session.rollback()
        found = together(
            engine,
            [lambda session, wish=wish: pick_copy(session, wish, staff.by, MONDAY, NOW).note]  # type: ignore[misc]
            * HANDS,
        )
        assert sorted(found) == ["again"] * (HANDS - 1) + ["picked"]
    assert count(make.session, BookingPick) == ROUNDS


def _days() -> Period:
    return Period(TUESDAY, WEDNESDAY)


def test_a_copy_picked_and_lent_at_the_same_moment_is_never_both(
    engine: Engine, make: Make, staff: Table
) -> None:
    for _ in range(ROUNDS):
        holding = make.holding(copies=2)
        booking = make.booking(holding, _days())
        copy, person = holding.copies[0], make.person()
        school = person.memberships[0].institution_id
        wish = PickWish(copy.id, make.branch().id, TUESDAY)
        hand_out = HandOut(copy.id, person.id, school, make.branch().id)
        booking_id = booking.id
        make.session.rollback()
        acts: list[Act] = [
            lambda session, wish=wish: pick_copy(session, wish, staff.by, MONDAY, NOW).note,  # type: ignore[misc]
            lambda session, wish=hand_out: check_out(session, wish, staff.by, MONDAY, NOW).loan,  # type: ignore[misc]
        ]
        together(engine, acts)
        assert count(make.session, BookingPick) == 0
        state = make.session.get_one(Booking, booking_id, populate_existing=True).state
        assert state is BookingState.CONFIRMED
        assert breaches(make.session) == []


def test_a_thing_is_on_board_or_left_behind_when_the_tour_leaves_at_that_moment(
    engine: Engine, make: Make, staff: Table
) -> None:
    for _ in range(ROUNDS):
        stop = make.courier_stop(make.school())
        tour_id = staff.tour(make.route(stop).id).id
        holding = make.holding(copies=1)
        staff.delivered(holding, stop)
        copy_id = holding.copies[0].id
        letters, loaded = count(make.session, OwedLetter), count(make.session, TourLoad)
        acts: list[Act] = [
            lambda session, key=copy_id, tour=tour_id: (
                pack(  # type: ignore[misc]
                    session, Packing(tour, key), staff.by, MONDAY, NOW
                ).note
            ),
            lambda session, tour=tour_id: hand_over(session, tour, "", staff.by, NOW).state,  # type: ignore[misc]
        ]
        note, _state = together(engine, acts)
        on_board = count(make.session, TourLoad) - loaded
        told = count(make.session, OwedLetter) - letters
        assert (note, on_board, told) in {("loaded", 1, 1), ("under_way", 0, 0)}
    kinds = set(make.session.scalars(select(OwedLetter.kind)))
    assert kinds <= {LetterKind.ON_ITS_WAY}
