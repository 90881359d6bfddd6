"""Imports as those who asked for them see them: the jobs, what came of them, line by line."""

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from catalogue.models.import_run import ImportLine, ImportRun
from database.job_runs import JobRun
from schools.rules.imports import Outcome
from schools.rules.roles import Scope

LINES_AT_ONCE = 1000


def import_jobs(
    session: Session, scope: Scope, kind: str, page: int, size: int
) -> tuple[Sequence[JobRun], int]:
    """Return a page of the scope's jobs of a kind, the latest first, and how many there are."""
    where = [JobRun.kind == kind, _ours(scope)]
    total = session.scalar(select(func.count(JobRun.id)).where(*where)) or 0
    query = select(JobRun).where(*where).order_by(JobRun.id.desc())
    return session.scalars(query.limit(size).offset((page - 1) * size)).all(), total


def import_job(session: Session, scope: Scope, kind: str, job_id: int) -> JobRun | None:
    """Return one job of that kind within the scope."""
    query = select(JobRun).where(JobRun.id == job_id, JobRun.kind == kind, _ours(scope))
    return session.scalar(query)


def run_of(session: Session, scope: Scope, job_id: int) -> ImportRun | None:
    """Return what came of a job so far; None before it began."""
    query = select(ImportRun).where(ImportRun.job_id == job_id)
    if not scope.everything:
        query = query.where(ImportRun.centre_id.in_(scope.centre_ids))
    return session.scalar(query)


def refused_lines(
    session: Session, scope: Scope, run: ImportRun, page: int, size: int
) -> tuple[Sequence[ImportLine], int]:
    """Return a page, from 1, of the refused records of a run, and how many there are."""
    if not scope.covers_centre(run.centre_id):
        return (), 0
    where = [ImportLine.run_id == run.id, ImportLine.outcome == Outcome.REFUSED]
    total = session.scalar(select(func.count(ImportLine.number)).where(*where)) or 0
    query = select(ImportLine).where(*where).order_by(ImportLine.number)
    return session.scalars(query.limit(size).offset((page - 1) * size)).all(), total


def all_lines(session: Session, scope: Scope, run: ImportRun) -> Iterator[ImportLine]:
    """Yield every record of a run in the order of the file."""
    if scope.covers_centre(run.centre_id):
        query = select(ImportLine).where(ImportLine.run_id == run.id).order_by(ImportLine.number)
        yield from session.scalars(query.execution_options(yield_per=LINES_AT_ONCE))


def _ours(scope: Scope) -> ColumnElement[bool]:
    return true() if scope.everything else JobRun.centre_id.in_(scope.centre_ids)
