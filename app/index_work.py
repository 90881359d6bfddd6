"""What is done to this host's index, by the worker's duty, by jobs and by commands alike."""

import time
from collections.abc import Callable

from sqlalchemy.orm import Session

from app.search_engine import index_host, search_engine, sole_follower
from app.sessions import engine, session
from app.today import now, today
from search_index.engine import Health, HealthState
from search_index.errors import SearchIndexError
from search_index.hosts import (
    enlist,
    tell_fault,
    tell_health,
    tell_rebuilt,
    tell_tidied,
    tell_written,
)
from search_index.rebuild import Differences, rebuild, repair, verify
from search_index.synchronise import work_off

SECONDS_BETWEEN_REPORTS = 1.0
"""Progress is written down so often; each time is a transaction."""

Written = Callable[[int], None]
"""Told how many titles are done."""


def enlist_host() -> int:
    """Make sure that changes are noted for this host; returns its id."""
    return enlist(session(), search_engine(), index_host(), now())


def catch_up(host_id: int) -> int:
    """Work off some notes of this host; returns how many, 0 when none is left.

    Raises:
        SearchIndexError: the index could not be written; the notes stay.
    """
    with sole_follower():
        return work_off(session(), search_engine(), host_id)


def make_anew(host_id: int, progress: Written = lambda _written: None) -> None:
    """Rebuild the index beside the live one; how far it is stands with the host meanwhile.

    Raises:
        SearchIndexError: it could not be written; the live one stays, the fault is written down.
    """

    def tell(written: int) -> None:
        with Session(engine()) as own:
            tell_written(own, host_id, written, now())
        progress(written)

    tell(0)
    try:
        rebuild(session(), search_engine(), now_and_then(tell))
    except SearchIndexError as error:
        session().rollback()
        tell_fault(session(), host_id, str(error))
        raise
    tell_rebuilt(session(), host_id, now())
    tell_tidied(session(), host_id, today())
    tell_health(session(), host_id, search_engine().health(), now())


def heal(host_id: int, health: Health) -> None:
    """Let nobody read a broken index any more, and make it anew; the store answers meanwhile.

    Raises:
        SearchIndexError: it could not be written.
    """
    if health.state is HealthState.BROKEN:
        search_engine().withdraw(health.fault)
    tell_health(session(), host_id, health, now())
    make_anew(host_id)


def mend(host_id: int, progress: Written = lambda _compared: None) -> Differences:
    """Compare the index with the store and work off what differs; returns what did.

    Raises:
        SearchIndexError: the index cannot be read or written.
    """
    _catch_up_wholly(host_id)
    found = verify(session(), search_engine(), now_and_then(progress))
    repair(session(), host_id, found, now())
    _catch_up_wholly(host_id)
    return found


def now_and_then(tell: Written) -> Written:
    """Pass on a number only if the last one passed on is a while ago."""
    told_at = time.monotonic()

    def told(done: int) -> None:
        nonlocal told_at
        if time.monotonic() - told_at >= SECONDS_BETWEEN_REPORTS:
            told_at = time.monotonic()
            tell(done)

    return told


def _catch_up_wholly(host_id: int) -> None:
    while catch_up(host_id):
        pass
