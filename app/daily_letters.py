"""Makes the daily letters, on the mornings on which the centre is open."""

from collections.abc import Callable
from datetime import UTC, date, datetime

from app.sessions import session
from app.today import HOUSE_TIME
from database.unit_of_work import unit_of_work
from loans.queries.calendars import calendars_of
from schools.operations.merge_letters import merge_letters, next_waiting, postpone_letters
from schools.queries.centres import branches_of
from schools.rules.letter_times import DAILY_AT, next_daily
from schools.rules.periods import Period

SATURDAY = 5


def make_daily_letter(at: datetime) -> bool:
    """Make one daily letter that is due, or let those of a centre wait for its next morning.

    Args:
        at: an aware instant; letters due by then are meant.

    Returns:
        Whether one was due.
    """
    waiting = next_waiting(session(), at)
    if waiting is None:
        session().rollback()
        return False
    local = at.astimezone(HOUSE_TIME)
    is_open = _opening(waiting.centre_id, local.date())
    with unit_of_work(session()):
        if local.time() >= DAILY_AT and is_open(local.date()):
            merge_letters(session(), waiting, at)
        else:
            until = next_daily(local, is_open).astimezone(UTC)
            postpone_letters(session(), waiting.centre_id, until, at)
    return True


def _opening(centre_id: int | None, today: date) -> Callable[[date], bool]:
    """Return whether a centre opens any of its branches on a day; Monday to Friday without one."""
    branches = [] if centre_id is None else branches_of(session(), centre_id)
    if not branches:
        return _is_weekday
    calendars = calendars_of(session(), branches, Period(today, today))

    def is_open(day: date) -> bool:
        return any(calendars.of(branch).is_open(day) for branch in branches)

    return is_open


def _is_weekday(day: date) -> bool:
    return day.weekday() < SATURDAY
