"""The calendar file that goes with a letter about a booking."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _

from app.calendar_file import BookingEvent, calendar_of

CALLED_OFF = frozenset(
    {"booking_cancelled", "bookings_cancelled", "booking_declined", "booking_lapsed"}
)
"""Kinds of letters after which the booking no longer stands in a calendar.

Facts without `sequence` leave it there, as long as something of it is out, or never stood there.
"""

UNDECIDED = frozenset({"booking_requested"})
"""Kinds about what does not stand in one; so does a booking whose facts say `requested`."""

SEVERAL = "bookings"
"""The fact that lists bookings, each with facts of its own."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a letter; `method` is what a calendar is asked to do with it."""

    name: str
    method: str
    content: bytes


def calendar_of_letter(kind: str, facts: Mapping[str, Any], public_url: str) -> Attachment | None:
    """Return the file of a letter's events, if it has any."""
    return calendar_with(events_of_letter(kind, facts, public_url), public_url)


def calendar_with(events: Sequence[BookingEvent], public_url: str) -> Attachment | None:
    """Return a file of events that are all on, or all off; None without any."""
    if not events:
        return None
    host = urlsplit(public_url).hostname or "localhost"
    content = calendar_of(events, host, datetime.now(UTC))
    return Attachment(f"{events[0].number}.ics", events[0].method, content)


def events_of_letter(
    kind: str, facts: Mapping[str, Any], public_url: str
) -> tuple[BookingEvent, ...]:
    """Return the events where facts are a booking's: number, first and last day, sequence.

    Args:
        kind: of the letter; some call the booking off.
        facts: with days as such; of one booking, or listing several.
        public_url: its host and the number name an event for good.
    """
    if kind in UNDECIDED or facts.get("requested"):
        return ()
    return tuple(_events(facts, public_url, off=kind in CALLED_OFF))


def _events(facts: Mapping[str, Any], public_url: str, *, off: bool) -> Iterator[BookingEvent]:
    for booked in [facts, *facts.get(SEVERAL, ())]:
        first, last, number = (booked.get(name) for name in ("first", "last", "number"))
        is_booking = number and "sequence" in booked
        if is_booking and isinstance(first, date) and isinstance(last, date):
            yield BookingEvent(
                number=str(number),
                first=first,
                last=last,
                summary=_summary(booked),
                place=str(booked.get("place") or ""),
                address=f"{public_url.rstrip('/')}/bookings/{number}",
                sequence=int(booked["sequence"] or 0) + off,
                cancelled=off,
            )


def _summary(booked: Mapping[str, Any]) -> str:
    titles = booked.get("titles") or []
    what = ", ".join(str(title) for title in titles) or str(booked["number"])
    return str(_("Media booked: %(what)s", what=what))
