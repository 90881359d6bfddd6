"""Keeps this host's index as the store is: follows, finds damage, heals, tidies at night."""

import logging
import time

from sqlalchemy import select

from app.index_work import catch_up, enlist_host, heal, mend
from app.nightly import FIRST_HOUR
from app.search_engine import search_engine
from app.sessions import session
from app.settings import current_settings
from app.today import hour_of_day, now, today
from catalogue.models.change import IndexHost
from search_index.engine import HealthState
from search_index.errors import (
    IndexBusyError,
    IndexUnavailableError,
    IndexWriteError,
    SearchIndexError,
)
from search_index.hosts import drop_absent_hosts, tell_fault, tell_health, tell_tidied

log = logging.getLogger(__name__)

CHECKED_AT_ONCE = 256 * 1024 * 1024
"""Bytes of unchanged files compared with their checksums at each look, about half a second's work.

An index of 100,000 titles is compared wholly each time; a larger one in turns, each file once an
hour up to 15 GiB at a look a minute.
"""


class IndexKeeper:
    """Works for one index; the worker alone has one."""

    def __init__(self) -> None:
        """Know nothing yet; the first step looks at everything."""
        self._host_id = 0
        self._looked_at = float("-inf")

    def step(self) -> bool:
        """Do one piece of work in an application context; says whether more may wait.

        Raises:
            SearchIndexError: the index could not be written; the notes stay.
        """
        try:
            if time.monotonic() - self._looked_at >= current_settings().index_check_seconds:
                self._look()
            return catch_up(self._host_id) > 0
        except IndexBusyError as error:
            tell_fault(session(), self._host_id, str(error))
            return False
        except IndexWriteError as error:
            tell_fault(session(), self._host_id, str(error))
            raise
        except IndexUnavailableError:
            if not self._look():
                raise
            return True

    def _look(self) -> bool:
        """Look at host and index; returns whether the index had to be made anew."""
        self._host_id = enlist_host()
        drop_absent_hosts(session(), now())
        health = search_engine().check(CHECKED_AT_ONCE)
        is_ready = health.state is HealthState.READY
        if is_ready:
            self._tidy_at_night()
            tell_health(session(), self._host_id, search_engine().health(), now())
        else:
            log.warning("the index is rebuilt: %s", health.fault)
            heal(self._host_id, health)
        self._looked_at = time.monotonic()
        return not is_ready

    def _tidy_at_night(self) -> None:
        if hour_of_day() < FIRST_HOUR or self._tidied_on() == today():
            return
        try:
            search_engine().merge()
            differing = mend(self._host_id).count
        except SearchIndexError as error:
            log.warning("the index could not be tidied: %s", error)
        else:
            log.info("the index is tidied; %s titles differed", differing)
        tell_tidied(session(), self._host_id, today())

    def _tidied_on(self) -> object:
        query = select(IndexHost.tidied_on).where(IndexHost.id == self._host_id)
        found = session().scalar(query)
        session().rollback()
        return found
