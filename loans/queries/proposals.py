"""Other days on which a booking could be had: on the same weekdays, weeks later."""

from datetime import date, datetime, timedelta
from itertools import islice

from sqlalchemy.orm import Session

from loans.models.booking import Booking
from loans.queries.asking import asked_of
from loans.queries.edits import stored_of, unchanged
from loans.queries.preview import refusals_on
from loans.queries.scales import at_most
from loans.queries.wishes import Aside, Wishes
from loans.rules.commitments import of_booking
from schools.rules.periods import Period
from schools.rules.roles import Actor

MOST_PROPOSED = 3
WEEKS_AHEAD = 26


def proposals(
    session: Session, booking: Booking, by: Actor, today: date, now: datetime
) -> tuple[Period, ...]:
    """Return the next weeks in which a booking could be had, judged as a new one; at most three.

    Source:
        docs/rules.md, Lending 5.1 and 5.2.
    """
    wish = unchanged(booking).wish(booking)
    wishes = Wishes(every=(wish,), editing=booking.id, stored=stored_of(booking))
    asked = asked_of(session, wishes, by, today, now)
    aside = Aside(ignoring=of_booking(booking.id), is_counted=True)
    first = at_most(Period(booking.first, booking.last))
    weeks = [_later(first, number) for number in range(1, WEEKS_AHEAD + 1)]
    against = refusals_on(session, asked, aside, weeks)
    free = (week for week, refused in zip(weeks, against, strict=True) if not refused)
    return tuple(islice(free, MOST_PROPOSED))


def _later(period: Period, weeks: int) -> Period:
    step = timedelta(weeks=weeks)
    return Period(period.first + step, period.last + step)
