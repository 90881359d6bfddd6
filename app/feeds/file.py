"""A feed as a file for calendars (RFC 5545): the same content always gives the same bytes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from icalendar import Calendar, Event

PRODUCER = "-//Medienbruecke//feeds//DE"
REFRESH = timedelta(hours=1)
"""How often programs are asked to look again."""


class EventStatus(StrEnum):
    """Whether an event takes place."""

    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """One day in a calendar.

    Attributes:
        uid: stable as long as the thing is; the host makes it unique in the world.
        day: the whole day.
        summary: one line.
        changed_at: when it last changed; an aware UTC instant.
        lines: of the description.
        place: where.
        address: of the page that shows it.
        sequence: how often it was changed.
    """

    uid: str
    day: date
    summary: str
    changed_at: datetime
    lines: tuple[str, ...] = ()
    place: str = ""
    address: str = ""
    sequence: int = 0
    status: EventStatus = EventStatus.CONFIRMED


def feed_file(name: str, events: Iterable[FeedEvent], host: str) -> bytes:
    """Return the file: all-day events, so without time zones, their ends exclusive.

    Args:
        name: of the calendar, as programs list it.
        events: in their order.
        host: name of this installation.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCER)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for event in events:
        calendar.add_component(_event(event, host))
    return bytes(calendar.to_ical())


def _event(shown: FeedEvent, host: str) -> Event:
    event = Event()
    event.add("uid", f"{shown.uid}@{host}")
    event.add("dtstamp", shown.changed_at)
    event.add("last-modified", shown.changed_at)
    event.add("dtstart", shown.day)
    event.add("dtend", shown.day + timedelta(days=1))
    event.add("summary", shown.summary)
    event.add("sequence", shown.sequence)
    event.add("status", shown.status.value)
    event.add("transp", "TRANSPARENT")
    for field, value in (
        ("description", "\n".join(shown.lines)),
        ("location", shown.place),
        ("url", shown.address),
    ):
        if value:
            event.add(field, value)
    return event
