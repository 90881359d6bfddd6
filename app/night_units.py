"""How a night works through many loans: centre by centre, in units short enough for the desk."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.jobs import Job, JobFailedError, Progress
from app.sessions import session
from app.today import now, today
from database.unit_of_work import unit_of_work
from schools.models.media_centre import MediaCentre

log = logging.getLogger(__name__)

UNIT_SECONDS = 0.03
"""A unit should take no longer: where there is one writer at a time, the desk waits for it."""

FEWEST, MOST = 5, 200
"""Loans a unit; how many fit its time shows while it works."""

LOANS_AT_A_LOOK = 200
"""So many loans are read ahead at once, with nothing locked."""

SECONDS_BETWEEN_SIGNS = 5.0
"""So often the night says that it lives, which is a unit of its own."""

Counts = Counter[str]
People = Iterable[tuple[int, int]]
"""Keys of people, each with how many loans are meant."""


@dataclass
class Night:
    """One job of one night: what it did at each centre, and what went wrong.

    Attributes:
        job: as queued; with a centre it concerns that one only.
        today: the day it began, though it may last beyond midnight.
        now: the instant it began.
    """

    job: Job
    progress: Progress
    today: date = field(default_factory=today)
    now: datetime = field(default_factory=now)
    done: int = 0
    faults: int = 0
    by_centre: dict[int, Counts] = field(default_factory=dict)
    _size: float = FEWEST
    _told: float = field(default_factory=time.monotonic)

    def centres(self) -> Sequence[int]:
        """Return the centres this job is for, by key."""
        if self.job.centre_id is not None:
            return [self.job.centre_id]
        found = session().scalars(select(MediaCentre.id).order_by(MediaCentre.id)).all()
        session().rollback()
        return found

    def units(
        self, centre_id: int, people: People, work: Callable[[Sequence[int]], Counts]
    ) -> None:
        """Do the work for some people at a time, each time in a unit of its own.

        A unit takes as many loans as fit into `UNIT_SECONDS`; nobody's loans are torn apart. One
        that fails stops no other.
        """
        counts = self.by_centre.setdefault(centre_id, Counter())
        waiting = list(people)
        while waiting:
            batch, loans = _first(waiting, int(self._size))
            del waiting[: len(batch)]
            with making_room() as took:
                counts.update(self._unit(centre_id, work, batch))
            self._learn(took())
            self._live(loans)

    def note(self, centre_id: int, **counts: int) -> None:
        """Count what needed no unit."""
        self.by_centre.setdefault(centre_id, Counter()).update(counts)

    def result(self) -> dict[str, Any]:
        """Return what came of it for the job's page.

        Raises:
            JobFailedError: a part of it went wrong.
        """
        centres = {
            str(key): {name: number for name, number in counts.items() if number}
            for key, counts in self.by_centre.items()
        }
        found: dict[str, Any] = {"centres": {key: each for key, each in centres.items() if each}}
        if self.faults:
            raise JobFailedError({**found, "faults": self.faults})
        return found

    def _unit(
        self, centre_id: int, work: Callable[[Sequence[int]], Counts], batch: Sequence[int]
    ) -> Counts:
        try:
            with unit_of_work(session()):
                return work(batch)
        except Exception:  # the other borrowers still want their letters
            log.exception("%s failed for a part of centre %s", self.job.kind, centre_id)
            self.faults += 1
        return Counter()

    def _learn(self, seconds: float) -> None:
        """Choose the next unit's size by how long this one took, at most twice as large."""
        wanted = self._size * min(2.0, UNIT_SECONDS / max(seconds, 0.001))
        self._size = min(MOST, max(FEWEST, wanted))

    def _live(self, loans: int) -> None:
        self.done += loans
        if time.monotonic() - self._told > SECONDS_BETWEEN_SIGNS:
            self.progress(self.done, None)
            self._told = time.monotonic()


@contextmanager
def making_room() -> Iterator[Callable[[], float]]:
    """Rest after a unit of work for as long as it took; gives what tells the unit's seconds.

    Where there is one writer at a time, whoever waits for it asks now and then: half of the time
    must be theirs, else the desk asks in vain again and again.
    """
    began = time.perf_counter()
    seconds = 0.0
    yield lambda: seconds
    seconds = time.perf_counter() - began
    time.sleep(seconds)


def each(ids: Iterable[int]) -> People:
    """Return keys that count as one each."""
    return [(key, 1) for key in ids]


def looks(people: People) -> Iterator[list[tuple[int, int]]]:
    """Yield people in parts of about `LOANS_AT_A_LOOK` loans."""
    waiting = list(people)
    while waiting:
        batch, _ = _first(waiting, LOANS_AT_A_LOOK)
        yield waiting[: len(batch)]
        del waiting[: len(batch)]


def _first(people: Sequence[tuple[int, int]], most: int) -> tuple[list[int], int]:
    """Return the first people with at most so many loans together, but at least one of them."""
    batch: list[int] = []
    loans = 0
    for key, number in people:
        if batch and loans + number > most:
            break
        batch.append(key)
        loans += number
    return batch, loans
