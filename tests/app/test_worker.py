"""The worker: one a host, quick, never stopped by what goes wrong in one piece of work."""

import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demand import note_demand
from app.jobs import Job, JobRefusedError, Progress, queue_job, run_next_job
from app.nightly import NIGHTLY_JOBS, queue_nightly
from app.outbox import send_next_letter
from app.search_engine import search_engine, sole_follower
from app.sessions import session as app_session
from app.settings import Settings
from app.worker import SWITCH_SECONDS, Worker
from app.worker_lock import worker_lock, worker_runs
from catalogue.models.demand import TitleDemand
from catalogue.models.title import Title
from database.idempotency import IdempotencyKey
from database.job_runs import JobRun, JobState
from database.unit_of_work import unit_of_work
from schools.models.account import SignInAttempt
from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from schools.operations.owe import Addressee, Letter, owe
from schools.rules.roles import SYSTEM
from search_index.engine import Question
from tests.make import MONDAY, NOW, Make

SECONDS = 8.0
UNTIL_IT_WAITS = 0.3


@pytest.fixture
def title_id(make: Make) -> int:
    """A title a reader finds, made before any worker runs."""
    title = make.title("Eifel")
    make.holding(title)
    return title.id


@pytest.fixture
def running(app: Flask) -> Iterator[Worker]:
    worker = Worker(app)
    worker.start()
    yield worker
    worker.stop()


def until(holds: Callable[[], bool]) -> bool:
    """Wait until something holds, or too long."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return False


def owe_one(session: Session, occasion: str) -> None:
    letter = Letter(LetterKind.BARRIER_REPORTED, occasion, {"text": "x"})
    with unit_of_work(session):
        owe(session, letter, Addressee("ada@example.org"), NOW.replace(hour=0, minute=0))


def fetched(session: Session, query: Any) -> Any:
    session.rollback()
    return session.scalar(query)


def test_letters_and_notes_are_worked_off_within_a_second(
    app: Flask, title_id: int, running: Worker, session: Session
) -> None:
    found = Question(words="Vulkane")

    def is_found() -> bool:
        with app.app_context():
            return search_engine().search(found).total == 1

    with app.app_context():
        assert until(lambda: search_engine().health().state.value == "ready")
    begun = time.monotonic()
    owe_one(session, "quick")
    with unit_of_work(session):
        session.get_one(Title, title_id).name = "Vulkane der Eifel"
    state = select(OwedLetter.state)
    assert until(lambda: fetched(session, state) is LetterState.KEPT)
    assert until(is_found)
    assert time.monotonic() - begun < 4


@pytest.mark.usefixtures("running")
def test_a_request_never_waits_long_for_what_the_worker_computes() -> None:
    assert sys.getswitchinterval() == pytest.approx(SWITCH_SECONDS)


def test_one_worker_a_host(app: Flask, settings: Settings, running: Worker) -> None:
    assert until(lambda: worker_runs(settings))
    with worker_lock(settings) as ours:
        assert not ours
    running.stop()
    assert until(lambda: not worker_runs(settings))


def test_a_second_worker_takes_over_when_the_first_ends(
    app: Flask, settings: Settings, session: Session
) -> None:
    first, second = Worker(app), Worker(app)
    first.start()
    assert until(lambda: worker_runs(settings))
    second.start()
    first.stop()
    owe_one(session, "second")
    assert until(lambda: fetched(session, select(OwedLetter.state)) is LetterState.KEPT)
    second.stop()


def test_a_stumble_does_not_stop_the_worker(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []

    def stumbling() -> bool:
        calls.append(1)
        if len(calls) < 3:
            raise OSError("the disk is full")
        return send_next_letter()

    monkeypatch.setattr("app.worker.send_next_letter", stumbling)
    worker = Worker(app)
    worker.start()
    owe_one(session, "stumble")
    assert until(lambda: fetched(session, select(OwedLetter.state)) is LetterState.KEPT)
    worker.stop()


# Jobs


def queue(app: Flask, kind: str) -> int:
    with app.test_request_context(), unit_of_work(app_session()):
        return queue_job(kind, {"file": "x"}, SYSTEM)


def job(session: Session, job_id: int) -> JobRun:
    session.rollback()
    return session.get_one(JobRun, job_id)


def do(app: Flask, **kinds: Any) -> bool:
    with app.app_context():
        return run_next_job(kinds)


def test_a_job_is_done_and_tells_how_far_it_is(app: Flask, session: Session) -> None:
    seen: list[tuple[JobState, int, int | None]] = []

    def work(found: Job, progress: Progress) -> dict[str, Any]:
        progress(3, 9)
        row = job(session, found.id)
        seen.append((row.state, row.done, row.total))
        session.rollback()
        return {"read": 9}

    job_id = queue(app, "read")
    assert do(app, read=work)
    assert seen == [(JobState.RUNNING, 3, 9)]
    assert (job(session, job_id).state, job(session, job_id).result) == (
        JobState.DONE,
        {"read": 9},
    )
    assert not do(app, read=work)


def test_a_refused_job_says_why(app: Flask, session: Session) -> None:
    def work(_job: Job, _progress: Progress) -> dict[str, Any]:
        raise JobRefusedError({"reason": "This is no table."})

    job_id = queue(app, "read")
    do(app, read=work)
    assert job(session, job_id).state is JobState.REFUSED
    assert job(session, job_id).result == {"reason": "This is no table."}


@pytest.mark.parametrize("kind", ["broken", "unknown"])
def test_a_job_that_breaks_has_failed_and_holds_nobody_up(
    app: Flask, session: Session, kind: str
) -> None:
    def work(_job: Job, _progress: Progress) -> dict[str, Any]:
        raise ZeroDivisionError

    first, second = queue(app, kind), queue(app, "good")
    assert do(app, broken=work, good=lambda *_: {})
    assert do(app, broken=work, good=lambda *_: {})
    assert job(session, first).state is JobState.FAILED
    assert job(session, second).state is JobState.DONE


def test_each_nightly_job_is_queued_once_a_day(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.nightly.hour_of_day", lambda: 2)
    with app.app_context():
        assert not queue_nightly()
    monkeypatch.setattr("app.nightly.hour_of_day", lambda: 9)
    with app.app_context():
        assert [queue_nightly(), queue_nightly()] == [True, True]
    occasions = [row.occasion for row in session.scalars(select(JobRun).order_by(JobRun.id))]
    assert occasions == [f"{kind}:2026-11-23" for kind in NIGHTLY_JOBS]


def test_the_night_forgets_what_is_past_its_time(app: Flask, session: Session) -> None:
    old = NOW.replace(year=2025)
    session.add(SignInAttempt(name_hash="a", address_hash="b", at=old))
    session.add(IdempotencyKey(actor="a", key="k", request_digest="d", created_at=old))
    session.commit()
    with app.app_context(), unit_of_work(app_session()):
        app_session().add(JobRun(kind="night_forget", occasion="x", queued_at=NOW))
    assert do(app, **NIGHTLY_JOBS)
    row = session.scalars(select(JobRun)).one()
    assert row.state is JobState.DONE
    assert row.result["forgotten"]["attempts"] == 1
    assert row.result["forgotten"]["keys"] == 1


def test_the_night_counts_how_often_titles_were_lent(
    app: Flask, session: Session, make: Make
) -> None:
    titles = {make.loan(lent_on=MONDAY - timedelta(days=1)).copy.holding.title_id}
    session.rollback()
    with app.app_context(), unit_of_work(app_session()):
        app_session().add(JobRun(kind="night_demand", occasion="x", queued_at=NOW))
    assert do(app, **NIGHTLY_JOBS)
    assert session.scalars(select(JobRun)).one().result["demand"] == 1
    assert set(session.scalars(select(TitleDemand.title_id))) == titles


def test_the_night_writes_no_demand_while_the_index_follows_and_holds_up_nobody(
    app: Flask, session: Session, make: Make
) -> None:
    make.loan(lent_on=MONDAY - timedelta(days=1))
    session.rollback()
    with app.app_context(), sole_follower():
        counting = in_context(app, note_demand)
        counting.join(UNTIL_IT_WAITS)
        assert counting.is_alive()
        with unit_of_work(app_session()):
            assert not app_session().scalars(select(TitleDemand)).all()
    counting.join(SECONDS)
    assert len(session.scalars(select(TitleDemand)).all()) == 1


def in_context(app: Flask, act: Callable[[], object]) -> Thread:
    """Let a thread act as a duty of the worker does."""

    def run() -> None:
        with app.app_context():
            act()

    thread = Thread(target=run)
    thread.start()
    return thread
