"""How a night works through many loans: centre by centre, in units short enough for the desk."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
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

LOANS_A_UNIT = 200
"""So many loans are worked on in one transaction; whoever scans meanwhile waits for one."""

PAUSE_SECONDS = 0.01
"""Between two units, so that the desk comes first where there is one writer at a time."""

Counts = Counter[str]


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

    def centres(self) -> Sequence[int]:
        """Return the centres this job is for, by key."""
        if self.job.centre_id is not None:
            return [self.job.centre_id]
        found = session().scalars(select(MediaCentre.id).order_by(MediaCentre.id)).all()
        session().rollback()
        return found

    def units(
        self,
        centre_id: int,
        batches: Iterable[Sequence[int]],
        work: Callable[[Sequence[int]], Counts],
    ) -> None:
        """Do the work batch by batch, each in a unit of its own; one that fails stops no other."""
        counts = self.by_centre.setdefault(centre_id, Counter())
        for batch in batches:
            try:
                with unit_of_work(session()):
                    counts.update(work(batch))
            except Exception:  # the other borrowers still want their letters
                log.exception("%s failed for a part of centre %s", self.job.kind, centre_id)
                self.faults += 1
            self.done += len(batch)
            self.progress(self.done, None)
            time.sleep(PAUSE_SECONDS)

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


def by_loans(people: Iterable[tuple[int, int]]) -> Iterator[list[int]]:
    """Yield people in batches of about `LOANS_A_UNIT` loans; nobody's loans are torn apart."""
    batch: list[int] = []
    loans = 0
    for person_id, number in people:
        if batch and loans + number > LOANS_A_UNIT:
            yield batch
            batch, loans = [], 0
        batch.append(person_id)
        loans += number
    if batch:
        yield batch


def by_number(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield keys in batches of `LOANS_A_UNIT`."""
    for start in range(0, len(ids), LOANS_A_UNIT):
        yield ids[start : start + LOANS_A_UNIT]
