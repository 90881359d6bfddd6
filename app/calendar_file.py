"""A booking as a file for calendars (.ics); for letters and the booking's page alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event

PRODUCER = "-//Medienbruecke//bookings//DE"


@dataclass(frozen=True, slots=True)
class BookingEvent:
    """What a calendar shows of a booking.

    Attributes:
        number: of the booking; with the host it names the event for good.
        first: the first day.
        last: the last day, included.
        summary: one line.
        place: where it is picked up.
        address: of the booking's page.
        sequence: how often it was changed; calendars take the highest.
        cancelled: it is off.
        requested: nobody has decided about it yet.
    """

    number: str
    first: date
    last: date
    summary: str
    place: str = ""
    address: str = ""
    sequence: int = 0
    cancelled: bool = False
    requested: bool = False

    @property
    def method(self) -> str:
        """What a calendar is asked to do."""
        return "CANCEL" if self.cancelled else "PUBLISH"

    @property
    def status(self) -> str:
        """Whether it takes place."""
        if self.cancelled:
            return "CANCELLED"
        return "TENTATIVE" if self.requested else "CONFIRMED"


def calendar_file(booking: BookingEvent, host: str, written_at: datetime) -> bytes:
    """Return the file of one booking; see `calendar_of`."""
    return calendar_of((booking,), host, written_at)


def calendar_of(bookings: Sequence[BookingEvent], host: str, written_at: datetime) -> bytes:
    """Return a file of bookings: all-day, so without time zones, ends exclusive as RFC 5545 asks.

    Args:
        bookings: what to show, at least one; all are cancelled, or none is.
        host: name of this installation, the second half of each event's stable UID.
        written_at: an aware UTC instant.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCER)
    calendar.add("version", "2.0")
    calendar.add("method", bookings[0].method)
    for booking in bookings:
        calendar.add_component(_event(booking, host, written_at))
    return bytes(calendar.to_ical())


def _event(booking: BookingEvent, host: str, written_at: datetime) -> Event:
    event = Event()
    event.add("uid", f"{booking.number}@{host}")
    event.add("dtstamp", written_at)
    event.add("dtstart", booking.first)
    event.add("dtend", booking.last + timedelta(days=1))
    event.add("summary", booking.summary)
    event.add("sequence", booking.sequence)
    event.add("status", booking.status)
    event.add("transp", "TRANSPARENT")
    if booking.place:
        event.add("location", booking.place)
    if booking.address:
        event.add("url", booking.address)
    return event
