"""Runs that staff asked for: how far they are, and what came of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from app.overdue.centre import number
from app.sessions import session
from database.job_runs import JobState
from schools.queries.jobs import job_within
from schools.rules.roles import Scope

OPEN = frozenset({JobState.QUEUED, JobState.RUNNING})


@dataclass(frozen=True, slots=True)
class Run:
    """One run as the page that asked for it shows it."""

    state: JobState
    done: int
    result: Mapping[str, Any]

    @property
    def is_open(self) -> bool:
        """Say whether it waits or runs."""
        return self.state in OPEN

    @property
    def has_failed(self) -> bool:
        """Say whether part of it went wrong."""
        return self.state is JobState.FAILED


def run_asked(kind: str, scope: Scope) -> Run | None:
    """Return the run that the address names, if it is of that kind and within the scope."""
    job_id = number(request.args.get("run", ""))
    row = None if job_id is None else job_within(session(), scope, job_id)
    if row is None or row.kind != kind:
        return None
    return Run(row.state, row.done, row.result)
