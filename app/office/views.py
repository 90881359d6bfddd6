"""The office's front page, and what the worker is doing."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from app.count_words import counted
from app.office.job_words import job_words
from app.office.nights import night_rows
from app.office.pages import ROWS, office_scope, pages_of
from app.office.results import result_lines
from app.paging import asked_page
from app.security import requires
from app.sessions import session
from app.settings import current_settings
from app.today import today
from app.visitor import actor
from database.job_runs import JobState
from schools.models.owed_letter import LetterState
from schools.queries.accounts import AccountFilter, accounts_within
from schools.queries.centres import centres_within
from schools.queries.jobs import count_open_jobs, job_within, jobs_within
from schools.queries.letters import count_by_state
from schools.rules.roles import Right

office = Blueprint("office", __name__, url_prefix="/office")

OPEN_STATES = frozenset({JobState.QUEUED, JobState.RUNNING})


@office.get("")
@requires(Right.MANAGE_CENTRE)
def overview() -> ResponseReturnValue:
    """Show what the office looks after, with what needs looking at."""
    scope = office_scope()
    letters = count_by_state(session(), scope)
    accounts = accounts_within(session(), scope, AccountFilter(today()), 1, 1)[1]
    return render_template(
        "office/overview.html",
        accounts=accounts,
        owed=letters.get(LetterState.OWED, 0),
        failed=letters.get(LetterState.FAILED, 0),
        kept=letters.get(LetterState.KEPT, 0),
        jobs=count_open_jobs(session(), scope),
        centres=centres_within(session(), scope),
        has_mail=bool(current_settings().smtp_host),
        sees_index=actor().may(Right.MANAGE_SYSTEM),
        sees_audit=actor().may(Right.READ_AUDIT),
        bad_nights=[row for row in night_rows(scope) if row.is_bad],
    )


@office.get("/jobs")
@requires(Right.MANAGE_CENTRE)
def job_list() -> ResponseReturnValue:
    """List the jobs of the centre, the latest first."""
    page = asked_page()
    rows, total = jobs_within(session(), office_scope(), page, ROWS)
    return render_template(
        "office/jobs.html", jobs=rows, pages=pages_of(page, total), job_words=job_words
    )


@office.get("/jobs/<int:job_id>")
@requires(Right.MANAGE_CENTRE)
def job(job_id: int) -> ResponseReturnValue:
    """Show one job; the page reloads itself while it runs."""
    row = job_within(session(), office_scope(), job_id)
    if row is None:
        raise NotFound
    return render_template(
        "office/job.html",
        job=row,
        is_open=row.state in OPEN_STATES,
        result=[*counted(row.result, office_scope()), *result_lines(row.result)],
        job_words=job_words,
    )
