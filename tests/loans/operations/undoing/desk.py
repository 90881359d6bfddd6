"""A desk whose scans are undone, and all that an undone scan must leave as it was."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session, object_session

from catalogue.models.copy import Copy
from database.base import Base
from database.unit_of_work import unit_of_work
from loans.models.booking import Booking, BookingPick
from loans.models.desk_session import DeskMode, DeskScan
from loans.operations.answer import Answer, Reply, reply
from loans.operations.damage_at_desk import DamageWish, note_damage_here
from loans.operations.note_damage import Found
from loans.operations.scan import Scan, scan
from loans.operations.undo import UndoWish, undo
from loans.rules.booking_states import BookingState
from loans.rules.desk import Command
from schools.models.media_centre import Branch
from schools.models.owed_letter import LetterKind
from schools.models.person import Person
from schools.rules.periods import Period
from schools.rules.roles import Actor
from tests.make import MONDAY, NOW, Make

DAY = timedelta(days=1)
WEEK = Period(MONDAY, MONDAY + 4 * DAY)

LEFT_BEHIND = frozenset({"audit_entry", "desk_scan", "desk_session", "idempotency_key"})
"""Tables that may tell of what was undone."""

VOLATILE = frozenset({"changed_at", "version"})


@dataclass
class Desk:
    """A member of staff with a scanner; a minute passes between two scans."""

    session: Session
    make: Make
    by: Actor
    branch: Branch
    now: datetime = NOW
    _keys: Iterator[int] = field(default_factory=count)

    def scan(self, code: str, mode: DeskMode | None = None) -> DeskScan:
        self.now += timedelta(minutes=1)
        wish = Scan(code, self._key(), self.branch.id, mode)
        with unit_of_work(self.session):
            return scan(self.session, wish, self.by, MONDAY, self.now)

    def count(self, row: DeskScan, pieces: dict[int, int], found: Found | None = None) -> DeskScan:
        answer = Answer(Command.YES, row.id, pieces, found or Found())
        self.now += timedelta(minutes=1)
        with unit_of_work(self.session):
            wish = Reply(row.id, self._key(), answer)
            return reply(self.session, wish, self.by, MONDAY, self.now)

    def undo(self, row: DeskScan | None = None) -> DeskScan:
        self.now += timedelta(minutes=1)
        wish = UndoWish(self._key(), self.branch.id, None if row is None else row.id)
        with unit_of_work(self.session):
            return undo(self.session, wish, self.by, MONDAY, self.now)

    def lend(self, copy: Copy, person: Person) -> DeskScan:
        self.scan(person.card, DeskMode.LEND)
        return self.scan(copy.barcode)

    def take_back(self, copy: Copy) -> DeskScan:
        return self.scan(copy.barcode, DeskMode.RETURN)

    def overrule(self, row: DeskScan) -> DeskScan:
        self.now += timedelta(minutes=1)
        with unit_of_work(self.session):
            wish = Reply(row.id, self._key(), reason="dringend")
            return reply(self.session, wish, self.by, MONDAY, self.now)

    def _key(self) -> str:
        return f"{self.by.account_id}-{next(self._keys)}"


def everything(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that an undone scan must leave as it was; void loans left out.

    So are receipts: they come of the next card, and tell of a session what was not undone.
    """
    session.expire_all()
    found = {}
    for table in Base.metadata.sorted_tables:
        if table.name not in LEFT_BEHIND:
            found[table.name] = _rows(session, table)
    session.rollback()
    return found


def _rows(session: Session, table: Table) -> list[tuple[Any, ...]]:
    unnamed = VOLATILE | ({"id"} if table.name == "owed_letter" else set())
    columns = [column for column in table.columns if column.name not in unnamed]
    query = select(*columns).order_by(*table.primary_key.columns)
    if table.name == "loan":
        query = query.where(~table.columns["void"])
    if table.name == "owed_letter":
        query = query.where(table.columns["kind"] != LetterKind.LOAN_RECEIPT)
        query = query.order_by(None).order_by("occasion")  # one that is owed again gets a new key
    if table.name == "transit":
        query = query.where(table.columns["id"] > 0)
    return [tuple(row) for row in session.execute(query)]


def picked(booking: Booking, copy: Copy, at: datetime = NOW) -> None:
    """Let a copy lie ready for a booking's only line, which is whole by that."""
    session = object_session(booking)
    assert session is not None
    session.add(
        BookingPick(
            line_id=booking.lines[0].id,
            copy_id=copy.id,
            first=booking.first,
            picked_at=at,
            picked_by=1,
        )
    )
    if booking.lines[0].quantity == 1:
        booking.state, booking.ready_at = BookingState.READY, at
    session.commit()


def damaged(desk: Desk, back: DeskScan, found: Found) -> DeskScan:
    """Note a damage of what a line of the log took back."""
    desk.now += timedelta(minutes=1)
    wish = DamageWish(back.id, desk.branch.id, f"damage {desk.now}", found)
    with unit_of_work(desk.session):
        return note_damage_here(desk.session, wish, desk.by, MONDAY, desk.now)
