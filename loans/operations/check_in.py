"""Check in: a copy comes back, by itself, whoever brings it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.rules.completeness import Completeness, Verdict
from catalogue.rules.copy_states import CopyState
from database.audit import Change, Subject, record
from loans.errors import NotFoundError, Refused, RefusedError
from loans.models.hold import Hold
from loans.models.loan import Loan
from loans.operations.count_parts import Count, count_parts
from loans.operations.end_loan import end_loan
from loans.operations.journal import Act, Effects
from loans.operations.lock import lock
from loans.operations.lock_copy import lock_copy, move_copy
from loans.operations.note_damage import NOTHING, Found, note_damage
from loans.operations.pass_on import BOUND, bring_on
from loans.operations.route import route
from loans.operations.serve_hold import put_back
from loans.operations.withdraw_reminders import void_reminders
from loans.queries.choices import choices_of
from loans.queries.hand_out import hold_on, open_loan_of, parts_of
from loans.queries.short_bookings import ShortBooking, short_bookings
from loans.rules.codes import Refusal
from loans.rules.returns import ReturnCase, ReturnNote, back_date_faults, take_back
from schools.models.media_centre import Branch
from schools.rules.roles import Actor, Right


@dataclass(frozen=True, slots=True)
class BroughtBack:
    """A copy scanned on its way back.

    Attributes:
        copy_id: the copy.
        branch_id: where.
        pieces: how many of each part were found, by the part's id; None if nobody counted.
        dropped_on: since when it is back, where it lay in the return box; None for today.
        check: look it over now; False only receives it; None as the centre chose.
        found: what is wrong with it besides counted parts.
        comes_late: it was scanned without connection, on the day that is given as today.
    """

    copy_id: int
    branch_id: int
    pieces: Mapping[int, int] | None = None
    dropped_on: date | None = None
    check: bool | None = None
    found: Found = NOTHING
    comes_late: bool = False


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What came of it.

    Attributes:
        copy: with its new state.
        note: what the desk says.
        loan: the loan that ended, or that waits to be checked; None if it was not on loan.
        verdict: of the count; None without parts.
        sent_to: the branch it must go to; None if it stays.
        hold: for whom it is kept, here or where it is sent.
        short: bookings ahead that now lack a copy.
        effects: what undoing it needs.
    """

    copy: Copy
    note: ReturnNote
    loan: Loan | None
    verdict: Verdict | None
    sent_to: int | None
    hold: Hold | None = None
    short: tuple[ShortBooking, ...] = ()
    effects: Effects = field(default_factory=dict)


def check_in(
    session: Session, wish: BroughtBack, by: Actor, today: date, now: datetime
) -> TakenBack:
    """Take a copy back: end its loan, close its booking when all is back, move it on.

    Locks holding, copy, booking and loan in this order. Where the centre checks returns, the
    first scan only receives the copy: its loan stays open until it is scanned again. The first
    who waits and can be served gets it. A box that lacks a part is counted again.

    Raises:
        loans.errors.NotFoundError: copy or branch lies out of reach.
        loans.errors.RefusedError: `PARTS_UNCOUNTED`, a box whose parts nobody counted; or the
            day it is said to be back since cannot be.

    Source:
        docs/rules.md, Lending 3.2, 7.2, 8.4 and 8.5.
    """
    act = Act(session, by, today, now, wish.branch_id, wish.comes_late)
    copy = lock_copy(session, wish.copy_id)
    _check_reach(act, wish, copy)
    loan = open_loan_of(session, copy.id)
    _check_day(wish, loan, today)
    act.journal.watch(copy)
    before = copy.state
    if loan is not None and _only_receives(act, wish, copy, loan):
        done = _receive(act, wish, copy, loan)
    else:
        done = _take_back(act, wish, copy, loan)
    if loan is not None or copy.state is not before:
        _record(act, wish, done, before)
    session.flush()
    return replace(done, effects=act.journal.effects())


def _check_reach(act: Act, wish: BroughtBack, copy: Copy) -> None:
    if not act.by.scope(Right.LEND).covers_centre(copy.centre_id):
        raise NotFoundError("copy", copy.id)
    branch = act.session.get(Branch, wish.branch_id)
    if branch is None or branch.centre_id != copy.centre_id:
        raise NotFoundError("branch", wish.branch_id)


def _check_day(wish: BroughtBack, loan: Loan | None, today: date) -> None:
    """Refuse a day that lies ahead, or before the loan began."""
    if wish.dropped_on is None:
        return
    lent_on = wish.dropped_on if loan is None else loan.lent_on
    faults = tuple(back_date_faults(wish.dropped_on, lent_on, today))
    if faults:
        raise RefusedError(faults)


def _only_receives(act: Act, wish: BroughtBack, copy: Copy, loan: Loan) -> bool:
    """Say whether the copy waits to be looked over; placements are looked over at once."""
    if copy.state is not CopyState.ON_LOAN or loan.placed or wish.check:
        return False
    return wish.check is False or choices_of(act.session, copy.centre_id).checks_returns


def _receive(act: Act, wish: BroughtBack, copy: Copy, loan: Loan) -> TakenBack:
    """Note that a copy is in the house; its borrower is liable until it is looked over."""
    (locked,) = lock(act.session, Loan, [loan.id])
    act.journal.watch(locked)
    locked.received_on = wish.dropped_on or act.today
    locked.received_at = act.now
    locked.received_by = act.by.account_id
    void_reminders(act, locked, locked.received_on)
    move_copy(copy, CopyState.RECEIVED)
    copy.branch_id = wish.branch_id
    return TakenBack(copy, ReturnNote.RECEIVED, locked, None, None)


def _take_back(act: Act, wish: BroughtBack, copy: Copy, loan: Loan | None) -> TakenBack:
    before = copy.state
    verdict = _counted(act, wish, copy, loan)
    was_placed = loan is not None and loan.placed
    if loan is not None:
        loan = _end(act, wish, loan)
    if wish.found.damage is not None:
        note_damage(act, copy, loan, wish.found)
    kept_off = _state_off_the_shelf(copy, verdict, wish.found)
    if kept_off is None:
        step = bring_on(act, copy, wish.branch_id, was_placed=was_placed)
        hold = hold_on(act.session, copy.id) if copy.state in BOUND else None
        return TakenBack(copy, step.note, loan, verdict, step.sent_to, hold)
    note = take_back(ReturnCase(before, wish.branch_id, copy.home_branch_id)).note
    _take_off(act, copy, kept_off, was_placed=was_placed)
    scope = act.by.scope(Right.LEND)
    short = short_bookings(act.session, scope, copy.holding, act.today, act.now)
    return TakenBack(copy, note, loan, verdict, None, short=short)


def _end(act: Act, wish: BroughtBack, loan: Loan) -> Loan:
    """End a loan on the earliest day on which its copy is known to have been back."""
    days = (act.today, loan.received_on, wish.dropped_on)
    ended = end_loan(act, loan, min(day for day in days if day is not None))
    if ended.received_on is not None:
        ended.received_on = ended.returned_on
    return ended


def _counted(act: Act, wish: BroughtBack, copy: Copy, loan: Loan | None) -> Verdict | None:
    """Count a box that comes back from a loan, or of which something is or was missing."""
    if wish.pieces is None:
        parts = parts_of(act.session, copy.id)
        unsure = loan is not None or copy.state is CopyState.INCOMPLETE
        if parts and (unsure or any(part.missing for part in parts)):
            raise RefusedError((Refused(Refusal.PARTS_UNCOUNTED, {"count": len(parts)}),))
        return None
    found = wish.found
    count = Count(
        copy,
        wish.pieces,
        act.today,
        loan,
        remark="" if found.damage is not None else found.text,
        photo=None if found.damage is not None else found.photo,
        journal=act.journal,
    )
    return count_parts(act.session, count, act.by, act.now)


def _state_off_the_shelf(copy: Copy, verdict: Verdict | None, found: Found) -> CopyState | None:
    """Return the state that keeps a copy from being lent; None if it may go on its shelf."""
    if copy.state in {CopyState.IN_REPAIR, CopyState.WITHDRAWN}:
        return copy.state
    if verdict is not None and verdict.completeness is Completeness.INCOMPLETE:
        return CopyState.INCOMPLETE
    if found.repair:
        return CopyState.IN_REPAIR
    if copy.state is CopyState.INCOMPLETE and verdict is None:
        return copy.state
    return None


def _take_off(act: Act, copy: Copy, state: CopyState, *, was_placed: bool) -> None:
    """Keep a copy off the shelf; whoever it was kept for waits again."""
    hold = hold_on(act.session, copy.id)
    if hold is not None:
        put_back(act, hold)
    move_copy(copy, state, was_placed=was_placed, journal=act.journal)
    if act.here is not None:
        copy.branch_id = act.here
        route(act, copy, act.here, None)


def _record(act: Act, wish: BroughtBack, done: TakenBack, before: CopyState) -> None:
    copy, loan = done.copy, done.loan
    institution_id = None if loan is None else loan.institution_id
    kind, key = ("copy", copy.id) if loan is None else ("loan", loan.id)
    after: dict[str, object] = {
        "state": copy.state.value,
        "copy": copy.barcode,
        "branch_id": wish.branch_id,
    }
    if wish.dropped_on is not None:
        after["dropped_on"] = wish.dropped_on.isoformat()
    word = "receive" if done.note is ReturnNote.RECEIVED else "check_in"
    change = Change(word, before={"state": before.value}, after=after)
    subject = Subject(kind, key, copy.centre_id, institution_id)
    record(act.session, act.by, subject, change, act.now)
