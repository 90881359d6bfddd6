"""Work that takes longer than a request: asked for by a row, done by the worker."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from database.base import CODE_LENGTH, Base

CLAIM = timedelta(minutes=2)
"""How long a worker may be silent about a job before another may take it up again."""


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


class JobRun(Base):
    """One run of a job. No foreign keys: it outlives what it names.

    `occasion` is unique: a nightly job writes its day there and so runs once whatever the
    number of hosts; an asked-for job writes a random text.
    """

    __tablename__ = "job_run"
    __table_args__ = (Index(None, "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(CODE_LENGTH))
    occasion: Mapped[str] = mapped_column(String(80), unique=True)
    state: Mapped[JobState] = mapped_column(default=JobState.QUEUED)
    account_id: Mapped[int | None]
    centre_id: Mapped[int | None] = mapped_column(index=True)
    wish: Mapped[dict[str, Any]] = mapped_column(default=dict)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    queued_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    claimed_until: Mapped[datetime | None]


def claim_job(session: Session, now: datetime, host: str = "") -> JobRun | None:
    """Take the oldest job that waits, or whose worker fell silent, inside a unit of work.

    Args:
        session: inside a unit of work.
        now: the instant.
        host: whose worker asks; jobs whose wish names another ``host`` are left to that.
    """
    waiting = or_(
        JobRun.state == JobState.QUEUED,
        (JobRun.state == JobState.RUNNING) & (JobRun.claimed_until < now),
    )
    wanted = JobRun.wish["host"].as_string()
    query = select(JobRun).where(waiting, or_(wanted.is_(None), wanted == host))
    query = query.order_by(JobRun.id).limit(1)
    job = session.scalar(query.with_for_update(skip_locked=True))
    if job is not None:
        job.state = JobState.RUNNING
        job.started_at = job.started_at or now
        job.claimed_until = now + CLAIM
    return job


def report_progress(session: Session, job_id: int, done: int, now: datetime) -> None:
    """Note how far a job is, and that its worker lives."""
    job = session.get_one(JobRun, job_id)
    job.done = done
    job.claimed_until = now + CLAIM


def finish_job(
    session: Session, job_id: int, state: JobState, result: dict[str, Any], now: datetime
) -> None:
    """Close a job with what came of it."""
    job = session.get_one(JobRun, job_id)
    job.state, job.result, job.finished_at, job.claimed_until = state, result, now, None
