"""What is done once a day for the whole installation; each host tidies its index itself.

Every nightly job has a row a day: so it runs once whatever the number of processes and hosts, and
a night that was missed is made up for later. A job looks at today, never at what a night before
should have done, so doing it again changes nothing.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.alerts import owe_alerts
from app.demand import note_demand
from app.jobs import Job, JobWork, Progress
from app.sessions import session
from app.today import hour_of_day, now, today
from database.idempotency import forget_old as forget_old_keys
from database.job_runs import JobRun
from database.unit_of_work import unit_of_work
from loans.operations.serve_holds import serve_holds
from loans.queries.queue import holdings_waited_for
from schools.operations.forget import forget_old
from schools.rules.roles import SYSTEM

FIRST_HOUR = 3
"""Not before this hour at the centre; a night that was missed is made up for later that day."""


def forget(_job: Job, _progress: Progress) -> dict[str, Any]:
    """Forget what nobody needs any more."""
    with unit_of_work(session()):
        forgotten = forget_old(session(), now())
    with unit_of_work(session()):
        forgotten["keys"] = forget_old_keys(session(), now())
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
    "night_forget": forget,
    "night_holds": serve_waiting,
    "night_demand": count_demand,
    "night_alerts": alert,
}
"""By kind, in the order in which a night does them."""


def queue_nightly() -> bool:
    """Queue what is still missing of today's jobs; the kind and the day are their occasion.

    Returns:
        Whether today is taken care of.
    """
    if hour_of_day() < FIRST_HOUR:
        return False
    occasions = {f"{kind}:{today().isoformat()}": kind for kind in NIGHTLY_JOBS}
    known = set(session().scalars(select(JobRun.occasion).where(JobRun.occasion.in_(occasions))))
    session().rollback()
    missing = [occasion for occasion in occasions if occasion not in known]
    if missing:
        with unit_of_work(session()):
            session().add_all(
                JobRun(kind=occasions[occasion], occasion=occasion, queued_at=now())
                for occasion in missing
            )
    return True
