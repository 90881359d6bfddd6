"""What is done once a day for the whole installation; each host tidies its index itself."""

from typing import Any

from sqlalchemy import select

from app.alerts import owe_alerts
from app.demand import note_demand
from app.jobs import Job, Progress
from app.sessions import session
from app.today import hour_of_day, now, today
from database.idempotency import forget_old as forget_old_keys
from database.job_runs import JobRun
from database.unit_of_work import unit_of_work
from schools.operations.forget import forget_old

NIGHTLY = "nightly"
FIRST_HOUR = 3
"""Not before this hour at the centre; a night that was missed is made up for later that day."""


def queue_nightly() -> bool:
    """Queue today's run unless it is there already; the day is its occasion.

    Returns:
        Whether today is taken care of.
    """
    if hour_of_day() < FIRST_HOUR:
        return False
    occasion = f"{NIGHTLY}:{today().isoformat()}"
    known = select(JobRun.id).where(JobRun.occasion == occasion)
    if session().scalar(known) is None:
        with unit_of_work(session()):
            session().add(JobRun(kind=NIGHTLY, occasion=occasion, queued_at=now()))
    return True


def run_nightly(_job: Job, progress: Progress) -> dict[str, Any]:
    """Forget and count, each in units of work of its own."""
    with unit_of_work(session()):
        forgotten = forget_old(session(), now())
    progress(1, 4)
    with unit_of_work(session()):
        forgotten["keys"] = forget_old_keys(session(), now())
    progress(2, 4)
    demand = note_demand()
    progress(3, 4)
    return {"forgotten": forgotten, "demand": demand, "alerts": owe_alerts(lambda: progress(3, 4))}
