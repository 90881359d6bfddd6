"""The night's work on holds: what is not fetched ends, who waits is served, one by one."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.nightly import NIGHTLY_JOBS
from catalogue.rules.copy_states import CopyState
from loans.models.hold import HoldState
from schools.models.owed_letter import LetterKind, OwedLetter
from tests.make import MONDAY, Make

DAY = timedelta(days=1)


def night(app: Flask) -> tuple[object, list[tuple[int, int | None]]]:
    """Do the night's work on holds; returns its result and how it told of its progress."""
    told: list[tuple[int, int | None]] = []
    with app.app_context():
        done = NIGHTLY_JOBS["night_holds"](None, lambda *each: told.append(each))  # type: ignore[arg-type]  # needs no job
    return done, told


@pytest.mark.lending("7.2")
def test_a_night_ends_what_was_not_fetched_and_serves_the_next(
    app: Flask, make: Make, session: Session
) -> None:
    copy = make.copy(make.holding(), state=CopyState.SET_ASIDE)
    late = make.hold(
        copy.holding,
        state=HoldState.SET_ASIDE,
        copy_id=copy.id,
        ready_on=MONDAY - 9 * DAY,
        pickup_deadline=MONDAY - DAY,
    )
    after = make.hold(copy.holding)
    free = make.copy(make.holding())
    waits = make.hold(free.holding)
    done, told = night(app)
    assert done == {"holds": {"ended": 1, "served": 2}}
    assert told == [(1, 2), (2, 2)]
    session.rollback()
    assert late.state is HoldState.EXPIRED
    assert (after.state, after.copy_id) == (HoldState.SET_ASIDE, copy.id)
    assert (waits.state, waits.copy_id) == (HoldState.SET_ASIDE, free.id)
    kinds = [each.kind for each in session.scalars(select(OwedLetter).order_by(OwedLetter.id))]
    assert kinds.count(LetterKind.HOLD_EXPIRED) == 1
    assert kinds.count(LetterKind.HOLD_READY) == 2


@pytest.mark.lending("7.2")
def test_a_night_done_again_changes_and_tells_nothing_more(
    app: Flask, make: Make, session: Session
) -> None:
    make.hold(make.copy(make.holding()).holding)
    night(app)
    session.rollback()
    letters = len(session.scalars(select(OwedLetter)).all())
    done, _ = night(app)
    assert done == {"holds": {"ended": 0, "served": 0}}
    session.rollback()
    assert len(session.scalars(select(OwedLetter)).all()) == letters
