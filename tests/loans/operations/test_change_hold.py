"""Suspending, moving, cancelling a hold: by its owner or by staff, and nobody else."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.holding import Holding
from catalogue.rules.copy_states import CopyState
from database.unit_of_work import unit_of_work
from loans.errors import NotFoundError, RefusedError
from loans.models.hold import STILL_OPEN, Hold, HoldState
from loans.operations.change_hold import HoldChange, HoldStep, change_hold
from loans.rules.codes import HoldRefusal
from loans.rules.holds import Ending, Move
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.rules.roles import Actor, Role
from tests.loans.operations.desks import Counter, counter
from tests.make import MONDAY, NOW, Make

pytestmark = pytest.mark.both_stores

Change = Callable[..., Hold]


@pytest.fixture
def lent(make: Make) -> Holding:
    return make.loan(make.copy(make.holding())).holding


@pytest.fixture
def desk(make: Make) -> Counter:
    make.centre()
    return counter(make)


@pytest.fixture
def change(session: Session) -> Change:
    def change(hold: Hold, step: HoldStep, by: Actor, **facts: Any) -> Hold:
        wish = HoldChange(hold.id, step, **facts)
        with unit_of_work(session):
            return change_hold(session, wish, by, MONDAY, NOW)

    return change


def ranks(session: Session, holding: Holding) -> list[int]:
    """Persons by rank."""
    query = select(Hold.person_id, Hold.rank).where(
        Hold.holding_id == holding.id, Hold.state.in_(STILL_OPEN)
    )
    rows = session.execute(query.order_by(Hold.rank)).all()
    assert [row.rank for row in rows] == list(range(1, len(rows) + 1))
    return [row.person_id for row in rows]


@pytest.mark.lending("7.1")
def test_of_five_two_cancel_and_the_third_is_first(
    make: Make, lent: Holding, change: Change, session: Session
) -> None:
    holds = [make.hold(lent) for _ in range(5)]
    staff = make.actor(Role.STAFF)
    people = [hold.person_id for hold in holds]
    for hold in holds[:2]:
        change(hold, HoldStep.CANCEL, staff)
    assert holds[2].rank == 1
    assert ranks(session, lent) == people[2:]


@pytest.mark.lending("7.1")
def test_staff_move_to_top_down_up_bottom(make: Make, lent: Holding, change: Change) -> None:
    holds = [make.hold(lent) for _ in range(3)]
    staff = make.actor(Role.STAFF)
    found = [
        change(holds[2], HoldStep.MOVE, staff, move=move).rank
        for move in (Move.TOP, Move.DOWN, Move.UP, Move.BOTTOM)
    ]
    assert found == [1, 2, 1, 3]


@pytest.mark.lending("7.1")
def test_who_is_served_keeps_the_place_while_others_move(
    make: Make, lent: Holding, change: Change, session: Session
) -> None:
    served = make.hold(lent, state=HoldState.SET_ASIDE)
    second, third = make.hold(lent), make.hold(lent)
    change(third, HoldStep.MOVE, make.actor(Role.STAFF), move=Move.TOP)
    assert (served.rank, third.rank, second.rank) == (1, 2, 3)
    assert ranks(session, lent) == [served.person_id, third.person_id, second.person_id]


@pytest.mark.lending("7.1")
def test_suspending_keeps_the_place_and_resuming_ends_it(
    make: Make, lent: Holding, change: Change
) -> None:
    hold = make.hold(lent)
    owner = make.actor(person=hold.person)
    until = MONDAY + timedelta(days=7)
    change(hold, HoldStep.SUSPEND, owner, day=until)
    assert (hold.suspended_until, hold.rank) == (until, 1)
    change(hold, HoldStep.RESUME, owner)
    assert hold.suspended_until is None


@pytest.mark.parametrize("step", [HoldStep.SUSPEND, HoldStep.LIMIT])
def test_a_day_that_is_past_is_refused(
    make: Make, lent: Holding, change: Change, step: HoldStep
) -> None:
    hold = make.hold(lent)
    with pytest.raises(RefusedError) as refused:
        change(hold, step, make.actor(person=hold.person), day=MONDAY - timedelta(days=1))
    assert refused.value.codes == ("PAST",)


@pytest.mark.lending("7.1")
def test_another_last_day_or_none(make: Make, lent: Holding, change: Change) -> None:
    hold = make.hold(lent)
    owner = make.actor(person=hold.person)
    day: date | None
    for day in (MONDAY + timedelta(days=3), None):
        change(hold, HoldStep.LIMIT, owner, day=day)
        assert hold.not_after == day


@pytest.mark.lending("7.1")
def test_only_the_owner_or_staff_cancel(make: Make, lent: Holding, change: Change) -> None:
    hold = make.hold(lent)
    colleague = make.actor()
    foreign_staff = make.actor(Role.STAFF, centre=make.centre())
    for stranger in (colleague, foreign_staff, make.actor(Role.SCHOOL_ADMIN)):
        with pytest.raises(NotFoundError):
            change(hold, HoldStep.CANCEL, stranger)
    change(hold, HoldStep.CANCEL, make.actor(person=hold.person))
    assert hold.state is HoldState.CANCELLED


@pytest.mark.parametrize("step", [HoldStep.MOVE, HoldStep.PUT_BACK])
def test_what_staff_do_owners_do_not(
    make: Make, lent: Holding, change: Change, step: HoldStep
) -> None:
    hold = make.hold(lent)
    with pytest.raises(NotFoundError):
        change(hold, step, make.actor(person=hold.person))


def test_staff_who_cancel_owe_a_letter_the_owner_does_not(
    make: Make, lent: Holding, change: Change, session: Session
) -> None:
    by_staff, by_owner = make.hold(lent), make.hold(lent)
    change(by_owner, HoldStep.CANCEL, make.actor(person=by_owner.person))
    assert session.scalars(select(OwedLetter)).all() == []
    change(by_staff, HoldStep.CANCEL, make.actor(Role.STAFF), reason="Titel verloren")
    letter = session.scalars(select(OwedLetter)).one()
    assert (letter.kind, letter.person_id) == (LetterKind.HOLD_EXPIRED, by_staff.person_id)
    assert (letter.facts["why"], letter.facts["reason"]) == ("by_staff", "Titel verloren")
    assert by_staff.ended_why is Ending.BY_STAFF


def test_what_is_over_is_not_changed(make: Make, lent: Holding, change: Change) -> None:
    hold = make.hold(lent, state=HoldState.EXPIRED)
    for step in HoldStep:
        with pytest.raises(RefusedError) as refused:
            change(hold, step, make.actor(Role.STAFF), day=MONDAY)
        assert refused.value.codes == ("HOLD_OVER",)


@pytest.mark.lending("7.2")
def test_a_copy_kept_for_who_cancels_serves_the_next(
    make: Make, desk: Counter, change: Change
) -> None:
    loan = make.loan(make.copy(make.holding()))
    first, second = make.hold(loan.holding), make.hold(loan.holding)
    desk.take_back(loan.copy)
    assert (first.state, loan.copy.state) == (HoldState.SET_ASIDE, CopyState.SET_ASIDE)
    change(first, HoldStep.CANCEL, make.actor(person=first.person))
    assert (second.state, second.copy_id) == (HoldState.SET_ASIDE, loan.copy_id)
    assert loan.copy.state is CopyState.SET_ASIDE
    assert second.rank == 1


@pytest.mark.lending("7.2")
def test_a_copy_nobody_else_waits_for_goes_on_its_shelf(
    make: Make, desk: Counter, change: Change
) -> None:
    loan = make.loan(make.copy(make.holding()))
    hold = make.hold(loan.holding)
    desk.take_back(loan.copy)
    change(hold, HoldStep.CANCEL, make.actor(person=hold.person))
    assert (loan.copy.state, loan.holding.lendable) == (CopyState.AVAILABLE, 1)


@pytest.mark.lending("7.3")
def test_put_back_means_first_again_with_the_old_wish_date(
    make: Make, desk: Counter, change: Change, session: Session
) -> None:
    loan = make.loan(make.copy(make.holding()))
    first, second = make.hold(loan.holding), make.hold(loan.holding)
    wished = first.created_at
    desk.take_back(loan.copy)
    change(first, HoldStep.PUT_BACK, desk.by, reason="wird hier gebraucht")
    assert (first.state, first.rank, first.copy_id) == (HoldState.WAITING, 1, None)
    assert (first.created_at, first.pickup_deadline, second.rank) == (wished, None, 2)
    assert loan.copy.state is CopyState.AVAILABLE
    assert session.scalars(select(OwedLetter)).all() == []


@pytest.mark.lending("7.1")
@pytest.mark.parametrize("step", [HoldStep.SUSPEND, HoldStep.LIMIT, HoldStep.MOVE])
def test_who_is_served_cannot_change_the_wait(
    make: Make, lent: Holding, change: Change, step: HoldStep
) -> None:
    served = make.hold(lent, state=HoldState.SET_ASIDE)
    with pytest.raises(RefusedError) as refused:
        change(served, step, make.actor(Role.STAFF), day=MONDAY + timedelta(days=9), move=Move.TOP)
    assert refused.value.codes == ("HOLD_SERVED",)


def test_what_waits_cannot_be_put_back(make: Make, lent: Holding, change: Change) -> None:
    with pytest.raises(RefusedError) as refused:
        change(make.hold(lent), HoldStep.PUT_BACK, make.actor(Role.STAFF), reason="für alle")
    assert refused.value.codes == ("NOT_KEPT",)


@pytest.mark.lending("7.3", "12.2")
def test_putting_back_needs_a_reason(
    make: Make, desk: Counter, lent: Holding, change: Change
) -> None:
    hold = make.hold(lent)
    desk.take_back(lent.copies[0])
    with pytest.raises(RefusedError) as error:
        change(hold, HoldStep.PUT_BACK, desk.by, reason=" ")
    assert error.value.codes == (HoldRefusal.NO_REASON,)
    assert hold.state is HoldState.SET_ASIDE
