"""Jobs that an office sees: those of its centre."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from database.job_runs import JobRun, JobState
from schools.rules.roles import Scope


def jobs_within(
    session: Session, scope: Scope, page: int, size: int
) -> tuple[Sequence[JobRun], int]:
    """Return a page of the jobs within the scope, the latest first, and how many there are."""
    total = session.scalar(select(func.count(JobRun.id)).where(_within(scope))) or 0
    query = select(JobRun).where(_within(scope)).order_by(JobRun.id.desc())
    return session.scalars(query.limit(size).offset((page - 1) * size)).all(), total


def job_within(session: Session, scope: Scope, job_id: int) -> JobRun | None:
    """Return one job within the scope."""
    return session.scalar(select(JobRun).where(JobRun.id == job_id, _within(scope)))


def count_open_jobs(session: Session, scope: Scope) -> int:
    """Return how many jobs within the scope wait or run."""
    is_open = JobRun.state.in_({JobState.QUEUED, JobState.RUNNING})
    return session.scalar(select(func.count(JobRun.id)).where(_within(scope), is_open)) or 0


def _within(scope: Scope) -> ColumnElement[bool]:
    return true() if scope.everything else JobRun.centre_id.in_(scope.centre_ids)
