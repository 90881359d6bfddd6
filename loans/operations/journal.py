"""Keep a journal of one act: what was before, so that the act can be undone (Lending 8.6)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from catalogue.models.copy import Copy, Part
from catalogue.models.defect import Defect
from database.base import Base
from loans.models.booking import Booking, BookingLine, BookingPick
from loans.models.claim import LoanClaim
from loans.models.hold import Hold
from loans.models.loan import Loan, Reminder
from loans.models.transit import Transit
from schools.models.owed_letter import OwedLetter
from schools.rules.roles import Actor

Effects = dict[str, Any]
"""What an act changed, as JSON: see `Journal.effects`."""

KINDS: Mapping[str, type[Base]] = MappingProxyType(
    {
        each.__tablename__: each
        for each in (Copy, Part, Defect, Booking, BookingLine, Hold, Loan, LoanClaim, Transit)
    }
)
DROPPED_KINDS: Mapping[str, type[Base]] = MappingProxyType(
    {each.__tablename__: each for each in (BookingPick, Reminder, OwedLetter)}
)

REMEMBERED: Mapping[type[Base], tuple[str, ...]] = MappingProxyType(
    {
        Copy: ("state", "branch_id", "lendable", "numbered"),
        Part: ("missing",),
        Defect: ("state", "answer"),
        Booking: ("state", "ready_at"),
        BookingLine: ("handed_out",),
        Hold: ("state", "rank", "copy_id", "ready_on", "pickup_deadline", "ended_at"),
        Loan: (
            "copy_id",
            "lent_on",
            "due_on",
            "renewals",
            "received_on",
            "received_at",
            "received_by",
            "returned_on",
            "returned_at",
            "returned_by",
            "checked_at",
        ),
        LoanClaim: ("settled_at", "settled_by", "settled_note"),
        Transit: ("ended_at", "arrived"),
    }
)
"""What is written down of each row that an act changes or makes."""


@dataclass(slots=True)
class Journal:
    """What one act changes, written down as it does."""

    _before: dict[tuple[str, int], tuple[Base, dict[str, Any]]] = field(default_factory=dict)
    _made: list[Base] = field(default_factory=list)
    _dropped: list[dict[str, Any]] = field(default_factory=list)
    _letters: list[str] = field(default_factory=list)
    _about: list[list[Any]] = field(default_factory=list)

    def watch(self, *rows: Base) -> None:
        """Remember how rows are now, before they are changed; the first time counts."""
        for row in rows:
            self._before.setdefault(_key(row), (row, image_of(row)))

    def made(self, *rows: Base) -> None:
        """Remember that rows are new."""
        self._made.extend(rows)

    def dropped(self, row: Base) -> None:
        """Remember a row that is about to be deleted, whole."""
        columns = row.__table__.columns.keys()
        values = {name: encoded(getattr(row, name)) for name in columns}
        self._dropped.append({"kind": row.__tablename__, "values": values})

    def concerns(self, row: Base) -> None:
        """Remember that a row is acted on, even if nothing about itself changes."""
        self._about.append(list(_key(row)))

    def owed(self, occasion: str) -> None:
        """Remember the occasion of a letter that was owed."""
        self._letters.append(occasion)

    def effects(self) -> Effects:
        """Return what was changed, once it is flushed; empty if nothing was.

        `changed` rows with their values `before` and `after`, `made` rows with those `after`,
        `dropped` rows, the occasions of `letters`, and what else it was `about`.
        """
        changed = [
            {"kind": kind, "id": row_id, "before": before, "after": image_of(row)}
            for (kind, row_id), (row, before) in self._before.items()
            if image_of(row) != before
        ]
        made = [
            {"kind": kind, "id": row_id, "after": image_of(row)}
            for row in self._made
            for kind, row_id in [_key(row)]
        ]
        found = {
            "changed": changed,
            "made": made,
            "dropped": self._dropped,
            "letters": self._letters,
            "about": self._about if changed or made else [],
        }
        return {name: values for name, values in found.items() if values}


@dataclass(frozen=True, slots=True)
class Act:
    """Something somebody does, with its journal.

    Attributes:
        session: within a unit of work.
        by: who acts.
        today: the day.
        now: the instant.
        here: the branch at whose desk it is done; None where nobody has the thing in hand.
        comes_late: `today` and `now` are those of a scan without connection; nights went by since.
        journal: what it changes.
    """

    session: Session
    by: Actor
    today: date
    now: datetime
    here: int | None = None
    comes_late: bool = False
    journal: Journal = field(default_factory=Journal)


def merged(first: Effects, second: Effects) -> Effects:
    """Return the effects of two acts of one scan, the second done after the first."""
    rows = {(each["kind"], each["id"]): each for each in first.get("changed", ())}
    for each in second.get("changed", ()):
        key = (each["kind"], each["id"])
        rows[key] = {**each, "before": rows.get(key, each)["before"]}
    found = {"changed": list(rows.values())}
    for name in ("made", "dropped", "letters", "about"):
        found[name] = [*first.get(name, ()), *second.get(name, ())]
    return {name: values for name, values in found.items() if values}


def image_of(row: Base) -> dict[str, Any]:
    """Return what is remembered of a row, as JSON."""
    return {name: encoded(getattr(row, name)) for name in REMEMBERED[type(row)]}


def encoded(value: object) -> object:
    """Return a value of a column as JSON; days and instants keep their kind."""
    match value:
        case datetime():
            return {"instant": value.isoformat()}
        case date():
            return {"day": value.isoformat()}
        case StrEnum():
            return value.value
    return value


def decoded(value: object) -> object:
    """Return what `encoded` was given; a member of an enumeration as its text."""
    match value:
        case {"instant": str(text)}:
            return datetime.fromisoformat(text)
        case {"day": str(text)}:
            return date.fromisoformat(text)
    return value


def _key(row: Base) -> tuple[str, int]:
    return row.__tablename__, row.id  # type: ignore[attr-defined]  # every kind of it has one
