"""Reverse what one act changed, from its journal: all of it, in one transaction (Lending 8.6)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import singledispatch
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.attachment import Attachment
from catalogue.models.copy import Copy
from catalogue.models.defect import Defect
from catalogue.models.holding import Holding
from catalogue.rules.copy_states import CopyState
from database.base import Base
from loans.models.booking import Booking, BookingLine, BookingPick
from loans.models.hold import STILL_OPEN, Hold, HoldState
from loans.models.loan import Loan
from loans.operations.journal import DROPPED_KINDS, KINDS, Act, Effects, decoded, image_of
from loans.operations.lock import lock
from loans.operations.lock_copy import lock_copy, move_copy
from loans.operations.serve_hold import reopen
from loans.operations.tell_holds import tell_ready
from loans.operations.withdraw_letters import withdraw_letters
from loans.rules.booking_states import BookingStep, next_state
from schools.models.owed_letter import OwedLetter

UNCOMPARED = frozenset({"rank"})
"""Of a hold that stayed as it was left, others may have moved its place."""


@dataclass(frozen=True, slots=True)
class Touched:
    """A row that an act changed or made, as it left it.

    Attributes:
        kind: its table.
        row: as it is now, locked.
        before: its values before the act; None of a row the act made.
        after: its values as the act left them.
    """

    kind: str
    row: Base
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]

    @property
    def is_as_left(self) -> bool:
        """Say whether nothing has changed it since; lines of old remember less than today's."""
        now = image_of(self.row)
        known = self.after.keys() - UNCOMPARED
        return all(now[name] == self.after[name] for name in now if name in known)


def touched_by(session: Session, effects: Effects) -> list[Touched] | None:
    """Return the rows of an act under their locks: holdings, copies, bookings, loans, the rest.

    Returns:
        None if one of them is gone.
    """
    marks = [*effects.get("changed", ()), *effects.get("made", ())]
    _lock(session, marks)
    found = []
    for mark in marks:
        row = session.get(KINDS[mark["kind"]], mark["id"], populate_existing=True)
        if row is None:
            return None
        found.append(Touched(mark["kind"], row, mark.get("before"), mark["after"]))
    return found


def ids_of(effects: Effects, kind: str) -> list[int]:
    """Return the ids of the rows of one kind that an act changed or made."""
    marks = [*effects.get("changed", ()), *effects.get("made", ())]
    return [mark["id"] for mark in marks if mark["kind"] == kind]


def reverse(act: Act, effects: Effects, touched: list[Touched]) -> list[str]:
    """Put everything back as it was before the act, and take its letters back.

    For whom a copy is kept again is told so again, unless the letter from before still holds.

    Args:
        act: the undoing itself.
        effects: of the act.
        touched: its rows, locked, each as the act left it.

    Returns:
        Names of stored photos that nothing names any more; deleting the files is the caller's,
        afterwards.

    Source:
        docs/rules.md, Lending 8.6.
    """
    copies = {each.row.id for each in touched if isinstance(each.row, Copy)}
    placed_before = _placed(act.session, copies)
    photos = [name for each in touched if each.before is None for name in _unmake(each.row, act)]
    act.session.flush()
    for each in touched:
        if each.before is not None and not isinstance(each.row, Copy):
            _restore(each.row, each.before, act)
    act.session.flush()
    placed_after = _placed(act.session, copies)
    for each in touched:
        if isinstance(each.row, Copy) and each.before is not None:
            key = each.row.id
            _move_back(each, was_placed=key in placed_before, is_placed=key in placed_after)
    withdraw_letters(act, effects.get("letters", ()))
    for dropped in effects.get("dropped", ()):
        _add_again(act.session, dropped)
    for each in touched:
        if isinstance(each.row, Hold) and _is_kept_again(each.row, each.after):
            tell_ready(act, each.row)
    act.session.flush()
    return photos


def _is_kept_again(hold: Hold, after: Mapping[str, Any]) -> bool:
    kept = HoldState.SET_ASIDE
    return hold.state is kept and after["state"] != kept.value


def _lock(session: Session, marks: list[dict[str, Any]]) -> None:
    by_kind: dict[str, set[int]] = {}
    for mark in marks:
        by_kind.setdefault(mark["kind"], set()).add(mark["id"])
    copies = by_kind.get("copy", set())
    holdings = set(session.scalars(select(Copy.holding_id).where(Copy.id.in_(copies))))
    loans = by_kind.get("loan", set())
    lent_on = (
        select(BookingLine.booking_id)
        .join(Loan, Loan.line_id == BookingLine.id)
        .where(Loan.id.in_(loans))
    )
    holds = select(Hold.holding_id).where(Hold.id.in_(by_kind.get("hold", set())))
    lock(session, Holding, holdings | set(session.scalars(holds)))
    for copy_id in sorted(copies):
        lock_copy(session, copy_id)
    lock(session, Booking, by_kind.get("booking", set()) | set(session.scalars(lent_on)))
    lock(session, Loan, loans)


def _placed(session: Session, copy_ids: set[int]) -> frozenset[int]:
    query = select(Loan.copy_id).where(
        Loan.copy_id.in_(copy_ids), Loan.returned_on.is_(None), Loan.placed
    )
    return frozenset(session.scalars(query))


@singledispatch
def _unmake(row: Base, act: Act) -> Iterator[str]:
    """Undo the making of a row; yields stored photos that go with it."""
    act.session.delete(row)
    yield from ()


@_unmake.register
def _(row: Loan, act: Act) -> Iterator[str]:
    """Leave an undone loan in the books, void: it began and ended the same day."""
    row.returned_on, row.returned_at = row.lent_on, act.now
    row.returned_by, row.checked_at = act.by.account_id, act.now
    row.void = True
    yield from ()


@_unmake.register
def _(row: Defect, act: Act) -> Iterator[str]:
    photo = None if row.photo_id is None else act.session.get(Attachment, row.photo_id)
    act.session.delete(row)
    act.session.flush()
    if photo is not None:
        act.session.delete(photo)
        yield photo.stored_name


@singledispatch
def _restore(row: Base, before: Mapping[str, Any], act: Act) -> None:
    """Give a row the values it had before the act."""
    del act
    for name, value in before.items():
        _set(row, name, value)


@_restore.register
def _(row: Loan, before: Mapping[str, Any], act: Act) -> None:
    """Open the booking again that closed since, where something of it is out once more."""
    for name, value in before.items():
        _set(row, name, value)
    if row.line_id is not None and row.returned_on is None:
        booking = act.session.get_one(BookingLine, row.line_id).booking
        booking.state = next_state(booking.state, BookingStep.REOPEN) or booking.state


@_restore.register
def _(row: Hold, before: Mapping[str, Any], act: Act) -> None:
    was_open = before["state"] in set(STILL_OPEN)
    if was_open and row.state not in STILL_OPEN:
        reopen(act, row, before["rank"])
    for name, value in before.items():
        if name != "rank":
            _set(row, name, value)


@_restore.register
def _(row: Defect, before: Mapping[str, Any], act: Act) -> None:
    for name, value in before.items():
        _set(row, name, value)
    row.changed_at = act.now


def _move_back(each: Touched, *, was_placed: bool, is_placed: bool) -> None:
    copy, before = each.row, each.before or {}
    if isinstance(copy, Copy):
        state = CopyState(before["state"])
        move_copy(copy, state, was_placed=was_placed, is_placed=is_placed)
        copy.branch_id = before["branch_id"]


def _set(row: Base, name: str, value: object) -> None:
    plain, now = decoded(value), getattr(row, name)
    if isinstance(now, StrEnum) and isinstance(plain, str):
        plain = type(now)(plain)
    setattr(row, name, plain)


def _add_again(session: Session, dropped: Mapping[str, Any]) -> None:
    kind = DROPPED_KINDS[dropped["kind"]]
    values = {name: decoded(value) for name, value in dropped["values"].items()}
    if kind is BookingPick:
        taken = select(BookingPick.id).where(BookingPick.copy_id == values["copy_id"])
        if session.scalar(taken) is not None:
            return
    if kind is OwedLetter:
        told = select(OwedLetter.id).where(OwedLetter.occasion == values["occasion"])
        if session.scalar(told) is not None:
            return
        if session.get(OwedLetter, values["id"]) is not None:  # another letter has it by now
            del values["id"]
    session.add(kind(**values))
