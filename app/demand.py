"""Bring the figures of how often titles are lent up to date, a batch at a time."""

from app.night_units import making_room
from app.search_engine import sole_follower
from app.sessions import session
from app.today import today
from database.unit_of_work import unit_of_work
from loans.operations.count_demand import count_demand
from loans.queries.demand import changed_demand

TITLES_AT_ONCE = 100
"""Titles a unit of work: some 30 ms, for which the desk may have to wait."""


def note_demand() -> int:
    """Count the loans of the last year and write what has changed; can be repeated at any time.

    The index follows between two units, never beside one: both compute in one process, and the
    desk would wait for a unit as long as both take.

    Returns:
        Titles whose figure changed.
    """
    changed = list(changed_demand(session(), today()).items())
    session().rollback()
    for start in range(0, len(changed), TITLES_AT_ONCE):
        with sole_follower(), making_room(), unit_of_work(session()):
            count_demand(session(), dict(changed[start : start + TITLES_AT_ONCE]), today())
    return len(changed)
