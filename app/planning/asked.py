"""What an address or form says of a plan: school year, place, subjects, what is chosen."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask import abort, request

from app.dates import YEARS
from app.forms import one_line
from app.routing import HIGHEST_KEY, as_key
from app.today import today
from loans.queries.plan_wishes import ChosenLine
from schools.rules.periods import Period, ReversedPeriodError
from schools.rules.school_year import SchoolYear, school_year_of

LINE = "line-"
"""What the name of a field begins with that chooses something for a planned medium."""

NAME = re.compile(r"line-([0-9]{1,10})-([0-9]{1,10})", re.ASCII)
VALUE = re.compile(
    r"([0-9]{1,10})\.([0-9]{4}-[0-9]{2}-[0-9]{2})\.([0-9]{4}-[0-9]{2}-[0-9]{2})\.([0-9]{1,3})",
    re.ASCII,
)
NOTHING = ""
"""The value of a field that leaves its medium out."""

MOST_LINES = 1500
LONGEST_CLASS = 40


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address says of a plan.

    Attributes:
        year: this school year or the next.
        place_id: a pick-up place; None for the first.
        subjects: codes; empty for all that may be seen.
        institution_id: of several schools acted for; None for the first.
        every: show units with nothing left to reserve as well.
        person_id: in whose name a school admin reserves; None for the visitor's own.
    """

    year: SchoolYear
    place_id: int | None = None
    subjects: frozenset[str] = frozenset()
    institution_id: int | None = None
    every: bool = False
    person_id: int | None = None


def years() -> tuple[SchoolYear, SchoolYear]:
    """Return this school year and the next."""
    current = school_year_of(today())
    return current, current.next


def asked() -> Asked:
    """Return what this request's address or form says; what makes no sense is passed over."""
    values = request.values
    wanted = values.get("year", "")
    return Asked(
        year=next((each for each in years() if str(each.starts) == wanted), years()[0]),
        place_id=_key(values.get("place", "")) or None,
        subjects=frozenset(values.getlist("subject")),
        institution_id=_key(values.get("school", "")) or None,
        every="every" in values,
        person_id=_key(values.get("person", "")) or None,
    )


def field_name(unit_id: int, title_id: int) -> str:
    """Return the name of the field that chooses for a planned medium."""
    return f"{LINE}{unit_id}-{title_id}"


def field_value(holding_id: int, period: Period, quantity: int) -> str:
    """Return the value of a choice: what is booked, for which days, how many."""
    return f"{holding_id}.{period.first}.{period.last}.{quantity}"


def chosen_lines() -> tuple[ChosenLine, ...]:
    """Return what the form chooses, in its order; aborts with 422 where that is no choice."""
    names = [name for name in request.form if name.startswith(LINE)]
    if len(names) > MOST_LINES:
        abort(422)
    return tuple(_lines(names))


def chosen_class() -> str:
    """Return the class the form names, at most so long."""
    return one_line(request.form.get("class_name"))[:LONGEST_CLASS]


def _lines(names: list[str]) -> Iterator[ChosenLine]:
    for name in names:
        value = request.form.get(name, NOTHING)
        if value != NOTHING:
            yield _line(name, value)


def _line(name: str, value: str) -> ChosenLine:
    named, valued = NAME.fullmatch(name), VALUE.fullmatch(value)
    if named is None or valued is None:
        abort(422)
    keys = [int(text) for text in (named[1], named[2], valued[1])]
    quantity = int(valued[4])
    if max(keys) > HIGHEST_KEY or not quantity:
        abort(422)
    try:
        period = Period(date.fromisoformat(valued[2]), date.fromisoformat(valued[3]))
    except (ValueError, ReversedPeriodError):
        abort(422)
    if not {period.first.year, period.last.year} <= {*YEARS}:
        abort(422)
    return ChosenLine(keys[0], keys[1], keys[2], period, quantity)


def _key(text: str) -> int:
    try:
        return as_key(text)
    except ValueError:
        return 0
