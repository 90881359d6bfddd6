"""What is done once a day for the whole installation; each host tidies its index itself.

Every nightly job has a row a day: so it runs once whatever the number of processes and hosts, and
a night that was missed is made up for later. A job looks at today, never at what a night before
should have done, so doing it again changes nothing.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app.alerts import owe_alerts
from app.demand import note_demand
from app.jobs import Job, JobWork, Progress, run_next_job
from app.night_check import check_at_night
from app.night_loans import (
    lapse_uncollected,
    remind_overdue,
    renew_by_itself,
    tell_before_due,
)
from app.night_memory import forget_people
from app.sessions import session
from app.today import hour_of_day, now, today
from database.idempotency import forget_old as forget_old_keys
from database.job_runs import JobRun, JobState, forget_job_runs, queue_once
from database.unit_of_work import unit_of_work
from loans.operations.serve_holds import serve_holds
from loans.queries.queue import holdings_waited_for
from schools.operations.forget import forget_old
from schools.rules.periods import ONE_DAY
from schools.rules.roles import SYSTEM

FIRST_HOUR = 3
"""Not before this hour at the centre; a night that was missed is made up for later that day."""


def forget(_job: Job, _progress: Progress) -> dict[str, Any]:
    """Forget what nobody needs any more."""
    with unit_of_work(session()):
        forgotten = forget_old(session(), now())
    with unit_of_work(session()):
        forgotten["keys"] = forget_old_keys(session(), now())
    with unit_of_work(session()):
        forgotten["runs"] = forget_job_runs(session(), NIGHTLY_JOBS, now() - RUNS_KEPT)
    return {"forgotten": forgotten}


def count_demand(_job: Job, _progress: Progress) -> dict[str, Any]:
    """Count how often titles were lent."""
    return {"demand": note_demand()}


def alert(_job: Job, progress: Progress) -> dict[str, Any]:
    """Tell what saved searches newly find."""
    return {"alerts": owe_alerts(lambda: progress(0, None))}


def serve_waiting(_job: Job, progress: Progress) -> dict[str, Any]:
    """End holds that are over, and serve those who wait; one unit of work a holding."""
    holdings = holdings_waited_for(session())
    session().rollback()
    ended = served = 0
    for number, holding_id in enumerate(holdings, start=1):
        with unit_of_work(session()):
            done = serve_holds(session(), holding_id, SYSTEM, today(), now())
        ended, served = ended + done.ended, served + done.served
        progress(number, len(holdings))
    return {"holds": {"ended": ended, "served": served}}


NIGHTLY_JOBS: Mapping[str, JobWork] = {
    "night_lapse": lapse_uncollected,
    "night_renew": renew_by_itself,
    "night_due_soon": tell_before_due,
    "night_overdue": remind_overdue,
    "night_memory": forget_people,
    "night_forget": forget,
    "night_check": check_at_night,
    "night_holds": serve_waiting,
    "night_demand": count_demand,
    "night_alerts": alert,
}
"""By kind, in the order in which a night does them."""

OF_A_CENTRE = frozenset(
    {"night_lapse", "night_renew", "night_due_soon", "night_overdue", "night_memory"}
)
"""Those that one centre can have done by itself, for itself alone."""

OWING_LETTERS = frozenset({"night_lapse", "night_renew", "night_due_soon", "night_overdue"})
"""Those that owe people letters about their bookings and loans."""

RUNS_KEPT = timedelta(days=365)


def queue_nightly() -> bool:
    """Queue what is still missing of today's jobs; the kind and the day are their occasion.

    Returns:
        Whether today is taken care of.
    """
    if hour_of_day() < FIRST_HOUR:
        return False
    _queue(NIGHTLY_JOBS)
    return True


def coming_night(kind: str) -> date:
    """Return the day whose night comes next for a job: today until today's run has ended."""
    occasion = f"{kind}:{today().isoformat()}"
    ended = JobRun.state.not_in({JobState.QUEUED, JobState.RUNNING})
    query = select(JobRun.id).where(JobRun.occasion == occasion, ended)
    return today() if session().scalar(query) is None else today() + ONE_DAY


def work_tonight(kinds: Collection[str]) -> None:
    """Do tonight's jobs of some kinds here and now, unless they are done or under way."""
    _queue(kinds)
    while run_next_job(NIGHTLY_JOBS, kinds):
        pass


def _queue(kinds: Iterable[str]) -> None:
    occasions = {f"{kind}:{today().isoformat()}": kind for kind in NIGHTLY_JOBS if kind in kinds}
    known = set(session().scalars(select(JobRun.occasion).where(JobRun.occasion.in_(occasions))))
    session().rollback()
    if known != set(occasions):
        with unit_of_work(session()):
            queue_once(session(), occasions, now())
