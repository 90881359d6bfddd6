"""The list that is kept by hand or in a spreadsheet while the desk has no connection."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import BinaryIO

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from app.desk.forms import printable
from app.file_faults import sentence_of
from app.today import HOUSE_TIME
from loans.models.desk_session import DeskMode
from loans.rules.late_scans import OLDEST
from schools.formats.delimited import (
    FileFault,
    NotReadableError,
    RefusedRow,
    column_key,
    read_table,
)

MOST_LINES = 200
"""A list is tried in one transaction, which keeps other desks waiting."""

LONGEST_CODE = 80
LARGEST_BYTES = 200_000

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "time": ("Zeit", "time"),
    "person": ("Person", "card"),
    "code": ("Code", "Barcode"),
    "action": ("Aktion", "action"),
}
"""The names each column may have, the German one first."""

ACTIONS: Mapping[str, DeskMode] = {
    "ausleihe": DeskMode.LEND,
    "a": DeskMode.LEND,
    "lend": DeskMode.LEND,
    "rückgabe": DeskMode.RETURN,
    "rueckgabe": DeskMode.RETURN,
    "r": DeskMode.RETURN,
    "return": DeskMode.RETURN,
}
TIMES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M")


class LineFault(StrEnum):
    """Why a line of the list is not taken."""

    NO_TIME = "no_time"
    FUTURE = "future"
    TOO_OLD = "too_old"
    NO_CODE = "no_code"
    NO_PERSON = "no_person"
    NO_ACTION = "no_action"
    TOO_MANY = "too_many"


SENTENCES: Mapping[LineFault, LazyString] = {
    LineFault.NO_TIME: _("Enter day and time, such as 23.11.2026 14:05."),
    LineFault.FUTURE: _("This time lies in the future. Check it."),
    LineFault.TOO_OLD: _("This was more than 7 days ago. Scan it again at the desk."),
    LineFault.NO_CODE: _("Enter what stands on the label, at most 80 characters."),
    LineFault.NO_PERSON: _("Enter the number of the card: nobody was named yet."),
    LineFault.NO_ACTION: _("Enter lend or return."),
    LineFault.TOO_MANY: _("A list has at most 200 lines. Divide it."),
}


@dataclass(frozen=True, slots=True)
class OfflineLine:
    """A line that can be tried: a copy lent or taken back at an instant.

    `person` is a card; empty for a return.
    """

    number: int
    at: datetime
    person: str
    code: str
    mode: DeskMode


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot be tried, and why, in the reader's language."""

    number: int
    code: str
    sentence: str


def read_offline_list(
    stream: BinaryIO, now: datetime
) -> tuple[Sequence[OfflineLine], Sequence[BadLine]]:
    """Return the lines of a list in the order of their times, and those that cannot be tried.

    Args:
        stream: at its beginning and seekable.
        now: no line may lie after it.

    Raises:
        schools.formats.delimited.NotReadableError: it is no table, or lacks a column.
    """
    table = read_table(stream)
    names = {key: _column(key, table.columns) for key in COLUMNS}
    good: list[OfflineLine] = []
    bad: list[BadLine] = []
    person = ""
    for count, row in enumerate(table.rows):
        if isinstance(row, RefusedRow):
            bad.append(BadLine(row.number, "", sentence_of(str(row.reason), row.detail)))
            continue
        values = {key: printable(row.values[name]) for key, name in names.items()}
        person = values["person"] or person
        line = _line(row.number, values | {"person": person}, now)
        if count >= MOST_LINES:
            line = LineFault.TOO_MANY
        if isinstance(line, OfflineLine):
            good.append(line)
        else:
            bad.append(BadLine(row.number, values["code"], str(SENTENCES[line])))
        if count >= MOST_LINES:
            break
    return sorted(good, key=lambda each: (each.at, each.number)), bad


def _column(key: str, columns: Sequence[str]) -> str:
    for name in COLUMNS[key]:
        if column_key(name) in columns:
            return column_key(name)
    raise NotReadableError(FileFault.MISSING_COLUMN, COLUMNS[key][0])


def _line(number: int, values: Mapping[str, str], now: datetime) -> OfflineLine | LineFault:
    at, code = _instant(values["time"]), values["code"]
    mode = ACTIONS.get(values["action"].casefold())
    fault = next(_faults(at, code, mode, now), None)
    if fault is None and mode is DeskMode.LEND and not values["person"]:
        fault = LineFault.NO_PERSON
    if fault is not None or at is None or mode is None:
        return fault or LineFault.NO_TIME
    person = values["person"] if mode is DeskMode.LEND else ""
    return OfflineLine(number, at, person, code, mode)


def _faults(
    at: datetime | None, code: str, mode: DeskMode | None, now: datetime
) -> Iterator[LineFault]:
    if at is None:
        yield LineFault.NO_TIME
    elif at > now:
        yield LineFault.FUTURE
    elif now - at > OLDEST:
        yield LineFault.TOO_OLD
    if not 0 < len(code) <= LONGEST_CODE:
        yield LineFault.NO_CODE
    if mode is None:
        yield LineFault.NO_ACTION


def _instant(text: str) -> datetime | None:
    """Return the instant of a day and time as they are told at the centre."""
    plain = " ".join(text.replace("T", " ").split())
    for pattern in TIMES:
        try:
            told = datetime.strptime(plain, pattern)  # noqa: DTZ007  # the zone follows
        except ValueError:
            continue
        return told.replace(tzinfo=HOUSE_TIME).astimezone(UTC)
    return None
