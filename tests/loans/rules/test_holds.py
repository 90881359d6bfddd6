"""Whose turn it is, who is passed over, when a hold is over, and how staff move one."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.rules.holds import (
    Ending,
    Move,
    Obstacle,
    Waiting,
    ending_of,
    first_eligible,
    is_uncollected,
    moved,
    obstacles,
    of_use_until,
)
from schools.rules.periods import Period

TODAY = date(2026, 11, 23)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
LATER = Period(TODAY + timedelta(days=14), TODAY + timedelta(days=18))


@pytest.mark.lending("7.1")
@pytest.mark.parametrize(
    ("hold", "found"),
    [
        pytest.param(Waiting(1), [], id="who simply waits is not passed over"),
        pytest.param(
            Waiting(1, suspended_until=TODAY), [Obstacle.SUSPENDED], id="suspended today included"
        ),
        pytest.param(Waiting(1, suspended_until=YESTERDAY), [], id="no longer suspended"),
        pytest.param(
            Waiting(1, not_after=YESTERDAY), [Obstacle.NOT_NEEDED], id="not needed any more"
        ),
        pytest.param(Waiting(1, not_after=TODAY), [], id="needed until today"),
        pytest.param(
            Waiting(1, period=LATER, period_free=False),
            [Obstacle.PERIOD_NOT_FREE],
            id="the days are not free",
        ),
        pytest.param(Waiting(1, period=LATER), [], id="the days are free"),
        pytest.param(
            Waiting(1, period=Period(TODAY, TOMORROW), period_free=False),
            [Obstacle.PERIOD_BEGUN],
            id="the days have begun",
        ),
        pytest.param(
            Waiting(1, is_member=False, blocked=True),
            [Obstacle.MEMBERSHIP_ENDED, Obstacle.BLOCKED],
            id="every reason is told",
        ),
    ],
)
def test_a_hold_is_passed_over(hold: Waiting, found: list[Obstacle]) -> None:
    assert list(obstacles(hold, TODAY)) == found


@pytest.mark.lending("7.2")
def test_the_first_who_is_not_passed_over_is_served() -> None:
    queue = [Waiting(1, blocked=True), Waiting(2, suspended_until=TODAY), Waiting(3), Waiting(4)]
    assert first_eligible(queue, TODAY) == Waiting(3)
    assert first_eligible(queue[:2], TODAY) is None
    assert first_eligible([], TODAY) is None


@pytest.mark.lending("7.1")
@pytest.mark.parametrize(
    ("hold", "ending"),
    [
        (Waiting(1), None),
        (Waiting(1, not_after=TODAY), None),
        (Waiting(1, not_after=YESTERDAY), Ending.NOT_NEEDED),
        (Waiting(1, period=LATER), None),
        (Waiting(1, period=Period(TODAY, TODAY)), Ending.PERIOD_BEGUN),
        (Waiting(1, not_after=YESTERDAY, period=Period(TODAY, TODAY)), Ending.PERIOD_BEGUN),
    ],
)
def test_a_hold_that_waits_is_over(hold: Waiting, ending: Ending | None) -> None:
    assert ending_of(hold, TODAY) is ending


@pytest.mark.lending("7.2")
def test_the_last_day_to_fetch_is_in_time() -> None:
    assert not is_uncollected(TODAY, TODAY)
    assert is_uncollected(YESTERDAY, TODAY)
    assert not is_uncollected(None, TODAY)


@pytest.mark.lending("7.1")
@pytest.mark.parametrize(
    ("not_after", "period", "last"),
    [
        (None, None, None),
        (TOMORROW, None, TOMORROW),
        (None, LATER, LATER.first),
        (TOMORROW, LATER, TOMORROW),
        (LATER.last, LATER, LATER.first),
    ],
)
def test_of_use_until_the_earlier_of_both(
    not_after: date | None, period: Period | None, last: date | None
) -> None:
    assert of_use_until(not_after, period) == last


@pytest.mark.lending("7.1")
@pytest.mark.parametrize(
    ("move", "order"),
    [
        (Move.TOP, (3, 1, 2, 4)),
        (Move.UP, (1, 3, 2, 4)),
        (Move.DOWN, (1, 2, 4, 3)),
        (Move.BOTTOM, (1, 2, 4, 3)),
    ],
)
def test_staff_move_the_third_of_four(move: Move, order: tuple[int, ...]) -> None:
    assert moved((1, 2, 3, 4), 3, move) == order


@pytest.mark.lending("7.1")
@given(queue=st.lists(st.integers(), min_size=1, unique=True), move=st.sampled_from(Move))
def test_moving_loses_nobody_and_leaves_the_others_in_order(queue: list[int], move: Move) -> None:
    chosen = queue[len(queue) // 2]
    found = moved(queue, chosen, move)
    assert sorted(found) == sorted(queue)
    assert [each for each in found if each != chosen] == [x for x in queue if x != chosen]
