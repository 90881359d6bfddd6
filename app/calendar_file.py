"""A booking as a file for calendars (.ics); for letters and the booking's page alike."""

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
    """

    number: str
    first: date
    last: date
    summary: str
    place: str = ""
    address: str = ""
    sequence: int = 0
    cancelled: bool = False

    @property
    def method(self) -> str:
        """What a calendar is asked to do."""
        return "CANCEL" if self.cancelled else "PUBLISH"


def calendar_file(booking: BookingEvent, host: str, written_at: datetime) -> bytes:
    """Return the file: all-day, so without time zones, its end exclusive as RFC 5545 asks.

    Args:
        booking: what to show.
        host: name of this installation, the second half of the event's stable UID.
        written_at: an aware UTC instant.
    """
    event = Event()
    event.add("uid", f"{booking.number}@{host}")
    event.add("dtstamp", written_at)
    event.add("dtstart", booking.first)
    event.add("dtend", booking.last + timedelta(days=1))
    event.add("summary", booking.summary)
    event.add("sequence", booking.sequence)
    event.add("status", "CANCELLED" if booking.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    if booking.place:
        event.add("location", booking.place)
    if booking.address:
        event.add("url", booking.address)
    calendar = Calendar()
    calendar.add("prodid", PRODUCER)
    calendar.add("version", "2.0")
    calendar.add("method", booking.method)
    calendar.add_component(event)
    return bytes(calendar.to_ical())
