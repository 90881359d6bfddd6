"""Other days on which a booking could be had: on the same weekdays, weeks later."""

from datetime import date, datetime, timedelta
from itertools import islice

from sqlalchemy.orm import Session

from loans.models.booking import Booking
from loans.queries.asking import asked_of
from loans.queries.edits import stored_of, unchanged
from loans.queries.scales import at_most, scales_for
from loans.queries.wishes import Aside, Wishes
from loans.rules.availability import Wish, check_wish
from loans.rules.commitments import of_booking
from schools.rules.periods import Period
from schools.rules.roles import Actor

MOST_PROPOSED = 3
WEEKS_AHEAD = 26


def proposals(
    session: Session, booking: Booking, by: Actor, today: date, now: datetime
) -> tuple[Period, ...]:
    """Return the next weeks in which all lines of a booking could be had, at most three.

    Source:
        docs/rules.md, Lending 5.1 and 5.2.
    """
    wish = unchanged(booking).wish(booking)
    wishes = Wishes(every=(wish,), editing=booking.id, stored=stored_of(booking))
    asked = asked_of(session, wishes, by, today, now)
    (each,) = asked.wishes
    if each.view is None:
        return ()
    aside = Aside(ignoring=of_booking(booking.id), is_counted=True)
    scales = scales_for(session, asked, aside, far=True)
    each = scales.named(each)
    founds = [(scales.found(each, line), line.quantity) for line in each.lines]
    first = at_most(Period(booking.first, booking.last))
    weeks = (_later(first, number) for number in range(1, WEEKS_AHEAD + 1))
    free = (
        period
        for period in weeks
        if not any(check_wish(found, Wish(period=period, quantity=n)) for found, n in founds)
    )
    return tuple(islice(free, MOST_PROPOSED))


def _later(period: Period, weeks: int) -> Period:
    step = timedelta(weeks=weeks)
    return Period(period.first + step, period.last + step)
