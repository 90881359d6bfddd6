"""Work that takes longer than a request: a view queues it, the worker does it.

A kind of job is a function ``(job, progress) -> result``, named in `app.job_kinds`. It opens its
own units of work on `app.sessions.session()`, and tells `progress` between them, never inside.
"""

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from app.search_engine import index_host
from app.sessions import engine, session
from app.today import now
from database.audit import By
from database.job_runs import (
    JobRun,
    JobState,
    claim_job,
    finish_job,
    report_progress,
)
from database.unit_of_work import unit_of_work

log = logging.getLogger(__name__)

Progress = Callable[[int, int | None], None]
"""Told how much is done, and of how much, if that is known."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job as its function sees it, held by no transaction."""

    id: int
    kind: str
    account_id: int | None
    centre_id: int | None
    wish: Mapping[str, Any]


JobWork = Callable[[Job, Progress], dict[str, Any]]
"""Does a job; returns plain JSON values for the job's page."""


class JobRefusedError(Exception):
    """What was asked for cannot be done, as a file that is not what it claims.

    Attributes:
        result: plain JSON values for the job's page; ``reason`` is a sentence.
    """

    def __init__(self, result: dict[str, Any]) -> None:
        """Keep what the job's page shows."""
        super().__init__(str(result.get("reason", "")))
        self.result = result


class JobFailedError(Exception):
    """Part of a job went wrong; what was done stays done.

    Attributes:
        result: plain JSON values for the job's page.
    """

    def __init__(self, result: dict[str, Any]) -> None:
        """Keep what the job's page shows."""
        super().__init__(str(result))
        self.result = result


def queue_job(kind: str, wish: Mapping[str, Any], by: By, centre_id: int | None = None) -> int:
    """Ask for a job inside the view's unit of work; returns its id."""
    job = JobRun(
        kind=kind,
        occasion=uuid4().hex,
        account_id=by.account_id,
        centre_id=centre_id,
        wish=dict(wish),
        queued_at=now(),
    )
    session().add(job)
    session().flush()
    return job.id


def run_next_job(kinds: Mapping[str, JobWork], only: Collection[str] | None = None) -> bool:
    """Do the oldest job that waits; says whether there was one.

    Args:
        kinds: what does which kind.
        only: leave jobs of all other kinds to others; None for none.
    """
    with unit_of_work(session()):
        row = claim_job(session(), now(), index_host(), only)
        job = None if row is None else _job(row)
    if job is None:
        return False
    state, result = _done(job, kinds)
    with unit_of_work(session()):
        finish_job(session(), job.id, state, result, now())
    return True


def _done(job: Job, kinds: Mapping[str, JobWork]) -> tuple[JobState, dict[str, Any]]:
    if job.kind not in kinds:
        return JobState.FAILED, {"reason": f"No such kind of job: {job.kind}"}
    try:
        return JobState.DONE, kinds[job.kind](job, _progress_of(job))
    except JobRefusedError as refused:
        return JobState.REFUSED, refused.result
    except JobFailedError as failed:
        return JobState.FAILED, failed.result
    except Exception as error:  # whatever it was, the job must be closed and the worker go on
        log.exception("job %s (%s) failed", job.id, job.kind)
        return JobState.FAILED, {"reason": type(error).__name__}


def _progress_of(job: Job) -> Progress:
    def progress(done: int, total: int | None = None) -> None:
        with Session(engine()) as own, unit_of_work(own):
            report_progress(own, job.id, done, now())
            if total is not None:
                own.get_one(JobRun, job.id).total = total

    return progress


def _job(row: JobRun) -> Job:
    return Job(row.id, row.kind, row.account_id, row.centre_id, dict(row.wish))
