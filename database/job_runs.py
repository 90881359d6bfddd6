"""Work that takes longer than a request: asked for by a row, done by the worker."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, delete, or_, select
from sqlalchemy.exc import IntegrityError
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


def claim_job(
    session: Session, now: datetime, host: str = "", kinds: Collection[str] | None = None
) -> JobRun | None:
    """Take the oldest job that waits, or whose worker fell silent, inside a unit of work.

    Args:
        session: inside a unit of work.
        now: the instant.
        host: whose worker asks; jobs whose wish names another ``host`` are left to that.
        kinds: only jobs of these kinds; None for any.
    """
    waiting = or_(
        JobRun.state == JobState.QUEUED,
        (JobRun.state == JobState.RUNNING) & (JobRun.claimed_until < now),
    )
    wanted = JobRun.wish["host"].as_string()
    query = select(JobRun).where(waiting, or_(wanted.is_(None), wanted == host))
    if kinds is not None:
        query = query.where(JobRun.kind.in_(kinds))
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


def queue_once(session: Session, kinds: Mapping[str, str], now: datetime) -> int:
    """Queue the jobs whose occasion is not known yet, inside a unit of work; returns how many.

    Where several hosts do this at the same moment, each occasion gets one job all the same.

    Args:
        session: inside a unit of work.
        kinds: by occasion, the kind of job, in the order in which they are done.
        now: the instant.
    """
    known = set(session.scalars(select(JobRun.occasion).where(JobRun.occasion.in_(kinds))))
    queued = 0
    for occasion, kind in kinds.items():
        if occasion not in known:
            try:
                with session.begin_nested():
                    session.add(JobRun(kind=kind, occasion=occasion, queued_at=now))
                queued += 1
            except IntegrityError:  # another host was quicker
                continue
    return queued


def forget_job_runs(session: Session, kinds: Collection[str], before: datetime) -> int:
    """Delete jobs of some kinds that ended before an instant; returns how many."""
    old = delete(JobRun).where(JobRun.kind.in_(kinds), JobRun.finished_at < before)
    result: Any = session.execute(old, execution_options={"synchronize_session": False})
    return int(result.rowcount)
