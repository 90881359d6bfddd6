"""From bookings, loans and tours to the days of a feed, in the reader's language."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.feeds.file import EventStatus, FeedEvent
from app.labels import label
from app.signed_links import absolute
from app.today import midnight
from loans.models.feed import FeedKind
from loans.queries.feed_days import (
    FeedBooking,
    FeedLoan,
    FeedTour,
    bookings_of_feed,
    by_day,
    loans_of_feed,
    tours_of_feed,
)
from loans.queries.feeds import FeedSubject
from loans.rules.booking_states import COMMITTING, BookingState
from schools.rules.periods import Period

DAYS_BACK = 14
DAYS_AHEAD = 366
TOUR_DAYS_AHEAD = 56
"""Tours that nobody has looked at yet are shown for eight weeks."""

LONGEST_SUMMARY = 120


def events_of(session: Session, of: FeedSubject, today: date) -> list[FeedEvent]:
    """Return the days that a feed shows, the earliest first; a constant number of statements."""
    since = today - timedelta(days=DAYS_BACK)
    window = Period(since, today + timedelta(days=DAYS_AHEAD))
    tours = Period(since, today + timedelta(days=TOUR_DAYS_AHEAD))
    if of.kind is FeedKind.ROUTE:
        events = [*_tour_days(tours_of_feed(session, of, tours))]
    else:
        bookings = bookings_of_feed(session, of, window, midnight(today))
        loans = loans_of_feed(session, of)
        if of.kind is FeedKind.DESK:
            events = [
                *_pick_ups_at(of.key, bookings),
                *_returns_at(of.key, loans),
                *_tour_days(tours_of_feed(session, of, tours)),
            ]
        else:
            events = [*_booking_days(bookings, of.kind), *_due_days(of, loans)]
    return sorted(events, key=lambda event: (event.day, event.uid))


def _booking_days(bookings: Iterable[FeedBooking], kind: FeedKind) -> Iterator[FeedEvent]:
    """Tell on which days each booking comes and goes, also that it is off."""
    for booking in bookings:
        what = _what(booking, with_class=kind is FeedKind.SCHOOL)
        yield _booking_day(booking, "first", booking.comes_on, _first_words(booking, what))
        yield _booking_day(booking, "last", booking.goes_on, _last_words(booking, what))


def _booking_day(booking: FeedBooking, which: str, day: date, summary: str) -> FeedEvent:
    return FeedEvent(
        uid=f"{booking.number}-{which}",
        day=day,
        summary=_short(summary),
        changed_at=booking.changed_at,
        lines=(*booking.titles, *([booking.class_name] if booking.class_name else [])),
        place=booking.place,
        address=absolute(f"/bookings/{booking.number}"),
        sequence=booking.sequence,
        status=_status(booking.state),
    )


def _due_days(of: FeedSubject, loans: Sequence[FeedLoan]) -> Iterator[FeedEvent]:
    """Tell each day on which something that is out is due."""
    school = of.kind is FeedKind.SCHOOL
    page = "/school" if school else "/mine"
    for day, due in by_day(loans).items():
        yield FeedEvent(
            uid=f"due-{of.kind.value}-{of.key}-{day.isoformat()}",
            day=day,
            summary=_short(_due_words(due)),
            changed_at=max(loan.lent_at for loan in due),
            lines=tuple(_due_line(loan) for loan in due),
            address=absolute(page),
        )


def _pick_ups_at(branch_id: int, bookings: Iterable[FeedBooking]) -> Iterator[FeedEvent]:
    """Tell a desk how many bookings are collected, or go with the courier, on each day."""
    days: dict[date, list[FeedBooking]] = defaultdict(list)
    for booking in bookings:
        if booking.state in COMMITTING:
            days[booking.first].append(booking)
    for day, due in days.items():
        yield FeedEvent(
            uid=f"pickups-{branch_id}-{day.isoformat()}",
            day=day,
            summary=ngettext(
                "%(num)s booking to hand over", "%(num)s bookings to hand over", len(due)
            ),
            changed_at=max(booking.changed_at for booking in due),
            lines=tuple(_desk_line(booking) for booking in due),
            address=absolute(f"/bookings/all?day={day.isoformat()}"),
        )


def _returns_at(branch_id: int, loans: Sequence[FeedLoan]) -> Iterator[FeedEvent]:
    """Tell a desk how much is due on each day, by school."""
    for day, due in by_day(loans).items():
        schools = Counter(loan.school for loan in due)
        yield FeedEvent(
            uid=f"returns-{branch_id}-{day.isoformat()}",
            day=day,
            summary=ngettext("%(num)s item due", "%(num)s items due", len(due)),
            changed_at=max(loan.lent_at for loan in due),
            lines=tuple(f"{school}: {number}" for school, number in sorted(schools.items())),
        )


def _tour_days(tours: Iterable[FeedTour]) -> Iterator[FeedEvent]:
    for tour in tours:
        yield FeedEvent(
            uid=f"tour-{tour.route_id}-{tour.day.isoformat()}",
            day=tour.day,
            summary=_short(
                ngettext(
                    "Tour %(route)s: %(num)s stop",
                    "Tour %(route)s: %(num)s stops",
                    len(tour.stops),
                    route=tour.route,
                )
            ),
            changed_at=tour.changed_at or _midnight(tour.day),
            lines=tuple(f"{place}. {stop}" for place, stop in enumerate(tour.stops, start=1)),
            place=tour.branch,
        )


def _first_words(booking: FeedBooking, what: str) -> str:
    if booking.is_delivered:
        return str(_("Delivery: %(what)s", what=what))
    return str(_("Pick up: %(what)s", what=what))


def _last_words(booking: FeedBooking, what: str) -> str:
    if booking.is_delivered:
        return str(_("Collection: %(what)s", what=what))
    return str(_("Bring back: %(what)s", what=what))


def _what(booking: FeedBooking, *, with_class: bool) -> str:
    named = f"{', '.join(booking.titles)} ({booking.number})"
    return f"{booking.class_name}: {named}" if with_class and booking.class_name else named


def _desk_line(booking: FeedBooking) -> str:
    pieces = ngettext("%(num)s item", "%(num)s items", booking.pieces)
    line = f"{booking.number}: {booking.school}, {pieces}"
    if booking.state is BookingState.REQUESTED:
        line += f" ({label(booking.state)})"
    return line


def _due_words(due: Sequence[FeedLoan]) -> str:
    if len(due) == 1:
        return str(_("Bring back: %(what)s", what=due[0].title))
    return str(ngettext("Bring back: %(num)s item", "Bring back: %(num)s items", len(due)))


def _due_line(loan: FeedLoan) -> str:
    line = f"{loan.title} ({loan.number})"
    return f"{line}, {loan.class_name}" if loan.class_name else line


def _status(state: BookingState) -> EventStatus:
    if state is BookingState.REQUESTED:
        return EventStatus.TENTATIVE
    return EventStatus.CONFIRMED if state in COMMITTING else EventStatus.CANCELLED


def _midnight(day: date) -> datetime:
    """Return an instant that does not move while nobody touches the tour."""
    return datetime.combine(day, time.min, tzinfo=UTC)


def _short(summary: str) -> str:
    return summary if len(summary) <= LONGEST_SUMMARY else f"{summary[: LONGEST_SUMMARY - 2]} …"
