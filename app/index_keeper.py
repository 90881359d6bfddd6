"""Keeps this host's index as the store is: works off notes, heals what is broken."""

import logging
import time

from app.search_engine import index_host, search_engine
from app.sessions import session
from app.today import now
from database.unit_of_work import unit_of_work
from search_index.engine import HealthState
from search_index.errors import IndexUnavailableError
from search_index.rebuild import rebuild
from search_index.synchronise import drop_absent_hosts, register_host, work_off

log = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 20.0
"""A missing or broken index is found within this time."""

SECONDS_BETWEEN_CHECKS = 3600.0
"""Every file is compared with its checksum so often."""


class IndexKeeper:
    """Works for one index; the worker alone has one, since only one may write."""

    def __init__(self) -> None:
        """Know nothing yet; the first step registers the host."""
        self._host_id = 0
        self._looked_at = float("-inf")
        self._checked_at = float("-inf")

    def step(self) -> bool:
        """Do one piece of work in an application context; says whether more may wait.

        Raises:
            SearchIndexError: the index could not be written; the notes stay.
        """
        if time.monotonic() - self._checked_at > SECONDS_BETWEEN_CHECKS:
            self._check()
        elif time.monotonic() - self._looked_at > SECONDS_BETWEEN_LOOKS:
            self._look()
        try:
            return work_off(session(), search_engine(), self._host_id) > 0
        except IndexUnavailableError:
            self._rebuild("it cannot be read")
            return True

    def _check(self) -> None:
        with unit_of_work(session()):
            self._host_id, unknown = register_host(session(), index_host(), now())
            drop_absent_hosts(session(), now())
        state = search_engine().check().state
        if unknown or state is not HealthState.READY:
            self._rebuild("new here" if unknown else state.value)
        self._checked_at = self._looked_at = time.monotonic()

    def _look(self) -> None:
        state = search_engine().health().state
        if state is not HealthState.READY:
            self._rebuild(state.value)
        self._looked_at = time.monotonic()

    def _rebuild(self, why: str) -> None:
        log.warning("the index is rebuilt: %s", why)
        rebuild(session(), search_engine())
