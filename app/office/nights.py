"""The nightly jobs: when each ran, what came of it, when it runs next; and running one now."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import LazyString, format_decimal
from flask_babel import lazy_gettext as _
from werkzeug.exceptions import Forbidden, NotFound

from app.answers import earlier_answer, keep_answer
from app.count_words import counted
from app.jobs import queue_job
from app.nightly import FIRST_HOUR, NIGHTLY_JOBS, OF_A_CENTRE
from app.office.job_words import job_words
from app.office.pages import office_scope
from app.office.results import result_lines
from app.security import requires
from app.sessions import session
from app.store_check import breach_words
from app.today import HOUSE_TIME, now, today
from app.visitor import actor
from database.job_runs import JobRun, JobState
from database.unit_of_work import unit_of_work
from loans.queries.invariants import Breach, Invariant
from schools.queries.nights import last_nights, last_runs
from schools.rules.roles import Right, Scope

nights = Blueprint("office_nights", __name__, url_prefix="/office/nights")

CHECK = "night_check"
LATE_DAYS = 1
"""A night's job that last ran before yesterday was missed."""

OPEN = frozenset({JobState.QUEUED, JobState.RUNNING})

PURPOSES: Mapping[str, LazyString] = {
    "night_lapse": _("Reservations that nobody collected, and requests nobody answered"),
    "night_renew": _("Loans due tomorrow or today, at centres that chose it"),
    "night_due_soon": _("Letters from the third open day before the return day"),
    "night_overdue": _("One level a loan and night, one letter a person"),
    "night_memory": _("Borrowers of what is long back, old letters, the log after a year"),
    "night_forget": _("Old sign-ins, links, requests"),
    "night_holds": _("Holds that are over, and who waits and can be served now"),
    "night_check": _("Whether everything in the store holds"),
    "night_demand": _("For the order of search results"),
    "night_alerts": _("Titles that saved searches newly find"),
}


@dataclass(frozen=True, slots=True)
class NightRow:
    """One nightly job as the page shows it.

    Attributes:
        run: the last one; None if it never ran.
        numbers: what came of it, for the visitor's centres.
        took: how many seconds it took, as readers write numbers; empty while it runs.
        is_late: the last night did without it.
        breaches: how much does not hold, of the check.
        may_run: the visitor may have it done now.
    """

    kind: str
    words: str
    purpose: str
    run: JobRun | None
    numbers: tuple[tuple[str, str], ...]
    took: str
    is_late: bool
    breaches: int
    may_run: bool

    @property
    def is_bad(self) -> bool:
        """Say whether somebody must look."""
        failed = self.run is not None and self.run.state is JobState.FAILED
        return failed or self.is_late or bool(self.breaches)


@nights.get("")
@requires(Right.MANAGE_CENTRE)
def night_list() -> ResponseReturnValue:
    """Show each nightly job with its last run."""
    rows = list(night_rows(office_scope()))
    check = next((row.run for row in rows if row.kind == CHECK), None)
    return render_template(
        "office/nights.html",
        rows=rows,
        is_running=any(row.run is not None and row.run.state in OPEN for row in rows),
        next_night=_next_night(),
        sentences=_sentences(check) if actor().may(Right.MANAGE_SYSTEM) else [],
    )


@nights.post("/<kind>/run")
@requires(Right.MANAGE_CENTRE)
def run_now(kind: str) -> ResponseReturnValue:
    """Have a job done now: for the whole installation, or for the visitor's centre."""
    if kind not in NIGHTLY_JOBS:
        raise NotFound
    scope = office_scope()
    if not _may_run(kind, scope):
        raise Forbidden
    with unit_of_work(session()):
        if earlier_answer() is None:
            for centre_id in _centres(scope):
                queue_job(kind, {}, actor(), centre_id)
            keep_answer({"kind": kind})
    return redirect(f"/office/nights#{kind}", 303)


def night_rows(scope: Scope) -> Iterator[NightRow]:
    """Yield the nightly jobs in the order in which a night does them."""
    runs = last_runs(session(), scope, NIGHTLY_JOBS)
    done = last_nights(session(), NIGHTLY_JOBS)
    for kind in NIGHTLY_JOBS:
        run, night = runs.get(kind), done.get(kind)
        yield NightRow(
            kind=kind,
            words=job_words(kind),
            purpose=str(PURPOSES.get(kind, "")),
            run=run,
            numbers=tuple(_numbers(kind, run, scope)),
            took=_took(run),
            is_late=night is not None and _day_of(night.queued_at) < _yesterday(),
            breaches=0 if run is None else int(run.result.get("breaches", 0)),
            may_run=_may_run(kind, scope),
        )


def _may_run(kind: str, scope: Scope) -> bool:
    return scope.everything or (kind in OF_A_CENTRE and bool(scope.centre_ids))


def _centres(scope: Scope) -> list[int | None]:
    """Return for which centres a job is queued; one job without any, for all of them."""
    if scope.everything:
        return [None]
    return [*sorted(scope.centre_ids)]


def _numbers(kind: str, run: JobRun | None, scope: Scope) -> Iterator[tuple[str, str]]:
    if run is None:
        return
    if kind in OF_A_CENTRE:
        yield from ((name, str(number)) for name, number in counted(run.result, scope))
    elif scope.everything and kind != CHECK:
        yield from ((name, value) for name, value in result_lines(run.result) if value != "0")


def _took(run: JobRun | None) -> str:
    if run is None or run.started_at is None or run.finished_at is None:
        return ""
    seconds = (run.finished_at - run.started_at).total_seconds()
    return str(format_decimal(round(seconds, 1)))


def _day_of(at: datetime) -> date:
    return at.astimezone(HOUSE_TIME).date()


def _yesterday() -> date:
    return today() - timedelta(days=LATE_DAYS)


def _next_night() -> datetime:
    """Return when the next night begins; what was missed is made up for before."""
    tonight = (
        now().astimezone(HOUSE_TIME).replace(hour=FIRST_HOUR, minute=0, second=0, microsecond=0)
    )
    return tonight if tonight > now() else tonight + timedelta(days=1)


def _sentences(run: JobRun | None) -> list[str]:
    """Return what the last check found broken, as sentences."""
    if run is None:
        return []
    known = {each.value for each in Invariant}
    kept: list[list[Any]] = run.result.get("first", [])
    return [
        breach_words(Breach(Invariant(each[0]), *each[1:])) for each in kept if each[0] in known
    ]
