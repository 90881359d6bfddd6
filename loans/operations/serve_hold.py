"""Serve a hold: keep a copy for whoever waits, put it back in line, end it."""

from datetime import date, datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from database.audit import Change, Subject, record
from loans.errors import NoOpenDayError
from loans.models.hold import KEPT_FOR_SOMEBODY, STILL_OPEN, Hold, HoldState
from loans.operations.journal import Act
from loans.operations.tell_holds import (
    ready_occasion,
    take_back_from_desk,
    tell_desk,
    tell_ended,
    tell_ready,
)
from loans.operations.withdraw_letters import drop_unsent, withdraw_letters
from loans.queries.queue import InLine, period_of
from loans.queries.viewpoint import Where, viewpoint_of
from loans.rules.holds import Ending, of_use_until, pickup_deadline
from schools.rules.roles import Scope


def serve(act: Act, line: InLine, copy: Copy, here: int) -> None:
    """Keep a locked copy for the first in line: here, or sent to the pick-up place.

    Moving the copy on is the caller's. Whoever waits is told once it is ready, the desk of the
    pick-up place at once, unless the copy was just scanned there.

    Source:
        docs/rules.md, Lending 7.2.
    """
    hold = line.hold
    act.journal.watch(hold)
    hold.copy_id = copy.id
    if line.branch_id == here:
        _make_ready(act, hold, line.deadline)
    else:
        hold.state = HoldState.IN_TRANSIT
        act.session.flush()
    if line.branch_id != act.here:
        tell_desk(act, hold, copy, sent_from=None if here == line.branch_id else here)
    _record(act, hold, "serve_hold", {"copy": copy.barcode, "state": hold.state.value})


def arrive(act: Act, hold: Hold) -> None:
    """Note that a copy sent for a hold reached its pick-up place; the deadline begins.

    Source:
        docs/rules.md, Lending 7.2 and 8.5.
    """
    act.journal.watch(hold)
    _make_ready(act, hold, deadline_of(act.session, hold, act.today, act.now))
    _record(act, hold, "hold_arrived", {"state": hold.state.value})


def send_on(act: Act, hold: Hold) -> None:
    """Note that a copy set aside turned up elsewhere and goes to its pick-up place again."""
    act.journal.watch(hold)
    hold.state, hold.ready_on, hold.pickup_deadline = HoldState.IN_TRANSIT, None, None
    act.session.flush()


def put_back(act: Act, hold: Hold, reason: str = "") -> None:
    """Let a served hold wait again, at its old place and with its old wish date.

    A letter that a copy is ready is taken back, or followed by a correction; one to the desk
    goes unsent.

    Source:
        docs/rules.md, Lending 7.3 and 8.6.
    """
    act.journal.watch(hold)
    take_back_from_desk(act, hold)
    ready_on = hold.ready_on
    hold.state, hold.copy_id = HoldState.WAITING, None
    hold.ready_on = hold.pickup_deadline = None
    act.session.flush()
    if ready_on is not None:
        withdraw_letters(act, [ready_occasion(hold, ready_on)])
    _record(act, hold, "put_back_hold", {"rank": hold.rank}, reason)


def fulfil(act: Act, hold: Hold, copy: Copy | None) -> None:
    """Note that whoever waited has a copy of the title now, or the days it was for."""
    act.journal.watch(hold)
    take_back_from_desk(act, hold)
    if hold.ready_on is not None:
        drop_unsent(act.session, [ready_occasion(hold, hold.ready_on)], act.journal)
    _close(act, hold, HoldState.FULFILLED)
    if copy is not None:
        hold.copy_id = copy.id
    _record(act, hold, "fulfil_hold", {"copy": None if copy is None else copy.barcode})


def end_hold(act: Act, hold: Hold, why: Ending, reason: str = "") -> None:
    """End a hold that cannot be served any more, with one letter; its copy is the caller's.

    Source:
        docs/rules.md, Lending 7.1 and 7.2.
    """
    act.journal.watch(hold)
    _close(act, hold, HoldState.EXPIRED)
    hold.ended_why = why
    tell_ended(act, hold, why, reason)
    _record(act, hold, "expire_hold", {"why": why.value}, reason)


def cancel_it(act: Act, hold: Hold, reason: str = "") -> None:
    """Cancel a hold for whoever waits; one letter if staff do so for somebody else."""
    act.journal.watch(hold)
    ready_on = hold.ready_on
    if hold.state is HoldState.SET_ASIDE:
        take_back_from_desk(act, hold)
    _close(act, hold, HoldState.CANCELLED)
    if ready_on is not None:
        withdraw_letters(act, [ready_occasion(hold, ready_on)], with_correction=False)
    if act.by.person_id != hold.person_id:
        hold.ended_why = Ending.BY_STAFF
        tell_ended(act, hold, Ending.BY_STAFF, reason)
    _record(act, hold, "cancel_hold", {"state": hold.state.value}, reason)


def reopen(act: Act, hold: Hold, rank: int) -> None:
    """Give an ended hold its rank in the queue again, before those that moved up."""
    act.session.execute(
        update(Hold)
        .where(Hold.holding_id == hold.holding_id, Hold.state.in_(STILL_OPEN))
        .where(Hold.rank >= rank)
        .values(rank=Hold.rank + 1)
    )
    hold.rank = rank
    hold.ended_at, hold.ended_why = None, None


def deadline_of(session: Session, hold: Hold, today: date, now: datetime) -> date:
    """Return until when a copy that is ready today is kept for a hold.

    Where no day is open within a year, today alone.

    Source:
        docs/rules.md, Lending 7.2.
    """
    where = Where(hold.holding.centre_id)
    view = viewpoint_of(session, Scope(everything=True), where, today, now)
    until = of_use_until(hold.not_after, period_of(hold))
    calendar = view.calendars.by_branch.get(hold.place.branch_id, view.calendar)
    try:
        return pickup_deadline(today, view.choices.pickup, calendar, until)
    except NoOpenDayError:
        return today


def is_kept(hold: Hold) -> bool:
    """Say whether a copy is bound to the hold."""
    return hold.state in KEPT_FOR_SOMEBODY


def _make_ready(act: Act, hold: Hold, deadline: date | None) -> None:
    hold.state = HoldState.SET_ASIDE
    hold.ready_on, hold.pickup_deadline = act.today, deadline
    act.session.flush()
    tell_ready(act, hold)


def _close(act: Act, hold: Hold, state: HoldState) -> None:
    """End a hold; those behind it move up. Its rank stays, in case it is reopened."""
    hold.state, hold.ended_at = state, act.now
    act.session.execute(
        update(Hold)
        .where(Hold.holding_id == hold.holding_id, Hold.state.in_(STILL_OPEN))
        .where(Hold.rank > hold.rank)
        .values(rank=Hold.rank - 1)
    )


def _record(act: Act, hold: Hold, word: str, after: dict[str, object], reason: str = "") -> None:
    subject = Subject("hold", hold.id, hold.holding.centre_id, hold.institution_id)
    record(act.session, act.by, subject, Change(word, after=after, reason=reason), act.now)
