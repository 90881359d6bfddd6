"""The calendar file that goes with a letter about a booking."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from flask_babel import gettext as _

from app.calendar_file import BookingEvent, calendar_file

CALLED_OFF = frozenset({"booking_cancelled", "booking_declined", "booking_lapsed"})
"""Kinds of letters after which the booking no longer stands in a calendar."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a letter; `method` is what a calendar is asked to do with it."""

    name: str
    method: str
    content: bytes


def calendar_of_letter(
    kind: str, facts: Mapping[str, Any], link: str, host: str
) -> Attachment | None:
    """Return the file where the facts are those of a booking: number, first and last day.

    Args:
        kind: of the letter; some call the booking off.
        facts: with days as such.
        link: to the booking's page.
        host: name of this installation; with the number it names the event for good.
    """
    first, last, number = facts.get("first"), facts.get("last"), facts.get("number")
    if not (number and isinstance(first, date) and isinstance(last, date)):
        return None
    off = kind in CALLED_OFF
    event = BookingEvent(
        number=str(number),
        first=first,
        last=last,
        summary=_summary(facts),
        place=str(facts.get("place") or ""),
        address=link,
        sequence=int(facts.get("sequence") or 0) + off,
        cancelled=off,
    )
    content = calendar_file(event, host, datetime.now(UTC))
    return Attachment(f"{event.number}.ics", event.method, content)


def _summary(facts: Mapping[str, Any]) -> str:
    titles = facts.get("titles") or []
    what = ", ".join(str(title) for title in titles) or str(facts["number"])
    return str(_("Media booked: %(what)s", what=what))
