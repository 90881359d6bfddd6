"""The last run of each nightly job, as an office sees it."""

from collections.abc import Collection

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from database.job_runs import JobRun, JobState
from schools.rules.roles import Scope


def last_runs(session: Session, scope: Scope, kinds: Collection[str]) -> dict[str, JobRun]:
    """Return by kind its latest run: for the whole installation, or for a centre of the scope.

    What an installation-wide run did at each centre stands in its result; what other centres
    asked for themselves is left out.
    """
    seen = or_(JobRun.centre_id.is_(None), JobRun.centre_id.in_(scope.centre_ids))
    latest = select(func.max(JobRun.id)).where(JobRun.kind.in_(kinds)).group_by(JobRun.kind)
    if not scope.everything:
        latest = latest.where(seen)
    rows = session.scalars(select(JobRun).where(JobRun.id.in_(latest)))
    return {row.kind: row for row in rows}


def last_nights(session: Session, kinds: Collection[str]) -> dict[str, JobRun]:
    """Return by kind the latest run of the night itself that ended, asked for by nobody.

    Every office may know whether the night's work was done.
    """
    ended = JobRun.state.not_in({JobState.QUEUED, JobState.RUNNING})
    latest = (
        select(func.max(JobRun.id))
        .where(JobRun.kind.in_(kinds), JobRun.account_id.is_(None), ended)
        .group_by(JobRun.kind)
    )
    rows = session.scalars(select(JobRun).where(JobRun.id.in_(latest)))
    return {row.kind: row for row in rows}
