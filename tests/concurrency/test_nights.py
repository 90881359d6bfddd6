"""Several hosts work through one night at the same moment: everything happens once."""

import multiprocessing
from collections import Counter
from datetime import timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import app.nightly
from app.factory import create_app
from app.jobs import Job, run_next_job
from app.nightly import NIGHTLY_JOBS, queue_nightly
from app.sessions import ENGINE
from app.sessions import session as app_session
from app.settings import read_settings
from database.job_runs import JobRun, JobState
from loans.models.booking import Booking
from loans.models.loan import Reminder
from loans.rules.booking_states import BookingState
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.rules.periods import Period
from tests.effort import times
from tests.make import MONDAY, Make

pytestmark = [pytest.mark.both_stores, pytest.mark.slow, pytest.mark.xdist_group("crowds")]

HOSTS = 4
ROUNDS = times(ci=1, soak=20)
LATE = times(ci=12, soak=60)
WAIT_SECONDS = 60


def one_host(store_url: str, folder: Path, barrier: Barrier, *, jobs: bool = True) -> None:
    """What the worker of one host does in a night; each has a data folder of its own."""
    app.nightly.hour_of_day = lambda: 4  # type: ignore[attr-defined]  # here alone
    folder.mkdir(mode=0o700)
    made = create_app(
        read_settings(
            {
                "MEDIENBRUECKE_DATA": str(folder),
                "MEDIENBRUECKE_DATABASE_URL": store_url,
                "MEDIENBRUECKE_TODAY": MONDAY.isoformat(),
            }
        ),
        testing=True,
    )
    with made.app_context():
        barrier.wait(WAIT_SECONDS)
        if jobs:
            assert queue_nightly()
            while run_next_job(NIGHTLY_JOBS):
                pass
        else:
            for work in NIGHTLY_JOBS.values():
                work(Job(1, "night", None, None, {}), lambda *_: None)
        app_session().rollback()
    made.extensions[ENGINE].dispose()


def at_once(store_url: str, folder: Path, *, jobs: bool = True) -> None:
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(HOSTS)
    hosts = [
        context.Process(
            target=one_host,
            args=(store_url, folder / f"host{number}", barrier),
            kwargs={"jobs": jobs},
        )
        for number in range(HOSTS)
    ]
    for host in hosts:
        host.start()
    for host in hosts:
        host.join()
    assert [host.exitcode for host in hosts] == [0] * HOSTS


def story(make: Make) -> None:
    """Late people, some due soon, and bookings nobody collected."""
    over = Period(MONDAY - timedelta(days=3), MONDAY - timedelta(days=1))
    for _ in range(LATE):
        make.loan(lent_on=MONDAY - timedelta(days=17))
        make.loan(lent_on=MONDAY - timedelta(days=13))
        make.booking(make.holding(copies=1), over)


def expect_once(opened: Session) -> None:
    levels = Counter(opened.scalars(select(Reminder.loan_id)))
    kinds = Counter(opened.scalars(select(OwedLetter.kind)))
    assert len(levels) == LATE
    assert set(levels.values()) == {1}
    assert kinds == {
        LetterKind.OVERDUE: LATE,
        LetterKind.DUE_SOON: LATE,
        LetterKind.BOOKING_LAPSED: LATE,
    }
    lapsed = select(func.count(Booking.id)).where(Booking.state == BookingState.LAPSED)
    assert opened.scalar(lapsed) == LATE


def test_each_job_runs_once_whatever_the_number_of_hosts(
    make: Make, session: Session, store_url: str, tmp_path: Path
) -> None:
    for number in range(ROUNDS):
        if number == 0:
            story(make)
        else:
            session.query(JobRun).delete()
        session.commit()
        session.close()
        folder = tmp_path / f"round{number}"
        folder.mkdir()
        at_once(store_url, folder)
        runs = session.execute(select(JobRun.kind, JobRun.state, JobRun.occasion)).all()
        assert sorted(run.kind for run in runs) == sorted(NIGHTLY_JOBS)
        assert {run.state for run in runs} == {JobState.DONE}
        expect_once(session)
        session.rollback()


def test_even_without_that_nothing_is_written_or_told_twice(
    make: Make, session: Session, store_url: str, tmp_path: Path
) -> None:
    """A host that fell silent may come back while another does its job: the locks hold."""
    story(make)
    session.close()
    at_once(store_url, tmp_path, jobs=False)
    expect_once(session)
