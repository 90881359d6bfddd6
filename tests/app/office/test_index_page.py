"""The office's page of the search index: how it is on each host, and two buttons."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.index_jobs import INDEX_CHECK, INDEX_REBUILD
from app.index_keeper import IndexKeeper
from app.job_kinds import JOB_KINDS
from app.jobs import run_next_job
from app.search_engine import search_engine
from app.sessions import ENGINE
from catalogue.models.change import IndexHost, TitleChange
from database.job_runs import JobRun, JobState
from database.unit_of_work import unit_of_work
from schools.rules.roles import Role
from search_index.engine import HealthState
from search_index.hosts import register_host, tell_written
from tests.app.conftest import AsRole
from tests.make import NOW, Make
from tests.statements import counted


@pytest.fixture
def system(as_role: AsRole) -> FlaskClient:
    """The browser of whoever looks after the installation."""
    return as_role(Role.SYSTEM_ADMIN)


@pytest.fixture
def host(app: Flask, make: Make) -> int:
    """This host, its index built of two titles."""
    make.title("Vulkane der Eifel")
    make.title("Vulkane Islands")
    with app.app_context():
        IndexKeeper().step()
    host_id = make.session.scalars(select(IndexHost.id)).one()
    make.session.rollback()
    return host_id


@pytest.fixture
def work(app: Flask) -> Callable[[], bool]:
    """Does the oldest job that this host may do."""

    def work() -> bool:
        with app.app_context():
            return run_next_job(JOB_KINDS)

    return work


def latest_job(session: Session) -> JobRun:
    session.rollback()
    return session.scalars(select(JobRun).order_by(JobRun.id.desc())).first() or JobRun()


def test_the_page_tells_state_titles_and_what_waits(
    system: FlaskClient, host: int, make: Make, session: Session
) -> None:
    make.title("Gletscher")
    session.rollback()
    page = system.get("/office/index").text
    assert "bereit" in page
    assert "<dd>2 / 3</dd>" in page
    assert "<dt>Wartende Änderungen</dt><dd>1 " in page
    assert 'http-equiv="refresh"' not in page


def test_a_rebuild_under_way_shows_its_progress(
    system: FlaskClient, host: int, session: Session
) -> None:
    tell_written(session, host, 1, NOW)
    page = system.get("/office/index").text
    assert '<progress max="2" value="1"' in page
    assert 'http-equiv="refresh"' in page


def test_the_index_is_made_anew_by_a_job(
    system: FlaskClient, host: int, session: Session, work: Callable[[], bool]
) -> None:
    answer = system.post(f"/office/index/{host}/rebuild")
    job = latest_job(session)
    assert (answer.status_code, answer.location) == (303, f"/office/jobs/{job.id}")
    assert job.kind == INDEX_REBUILD
    before = session.get_one(IndexHost, host).rebuilt_at
    assert before
    assert work()
    done = latest_job(session)
    assert (done.state, done.done, done.total) == (JobState.DONE, 2, 2)
    after = session.get_one(IndexHost, host).rebuilt_at
    assert after
    assert after > before
    assert "<dt>Titel im Index</dt><dd>2</dd>" in system.get(answer.location).text


def test_a_check_mends_what_differs(
    system: FlaskClient, host: int, make: Make, session: Session, work: Callable[[], bool]
) -> None:
    make.title("Gletscher")
    with unit_of_work(session):
        session.execute(delete(TitleChange))
    system.post(f"/office/index/{host}/check")
    assert work()
    done = latest_job(session)
    assert (done.kind, done.state) == (INDEX_CHECK, JobState.DONE)
    assert done.result == {"missing": 1, "stale": 0, "surplus": 0, "documents": 3}


def test_a_check_heals_a_broken_index(
    system: FlaskClient, app: Flask, host: int, session: Session, work: Callable[[], bool]
) -> None:
    with app.app_context():
        search_engine().withdraw("It is broken.")
    system.post(f"/office/index/{host}/check")
    assert work()
    assert latest_job(session).result["fault"] == "It is broken."
    with app.app_context():
        assert search_engine().check().state is HealthState.READY


def test_a_button_pressed_twice_asks_once(
    system: FlaskClient, host: int, session: Session
) -> None:
    key = {"idem": uuid4().hex}
    first = system.post(f"/office/index/{host}/rebuild", data=key)
    again = system.post(f"/office/index/{host}/rebuild", data=key)
    assert first.location == again.location
    assert len(session.scalars(select(JobRun)).all()) == 1


def test_a_job_on_another_hosts_index_is_left_to_that_host(
    system: FlaskClient, host: int, session: Session, work: Callable[[], bool]
) -> None:
    other = register_host(session, "elsewhere", NOW)
    system.post(f"/office/index/{other}/rebuild")
    assert not work()
    assert latest_job(session).state is JobState.QUEUED
    system.post(f"/office/index/{host}/rebuild")
    assert work()


def test_a_host_that_is_gone_is_not_found(system: FlaskClient, host: int) -> None:
    assert system.post(f"/office/index/{host + 1}/check").status_code == 404


def test_many_hosts_cost_no_more_statements(
    system: FlaskClient, app: Flask, host: int, session: Session
) -> None:
    with counted(app.extensions[ENGINE]) as few:
        system.get("/office/index")
    for number in range(5):
        register_host(session, f"host {number}", NOW)
    with counted(app.extensions[ENGINE]) as many:
        assert "host 4" in system.get("/office/index").text
    assert many.count == few.count


def test_only_who_looks_after_the_installation_sees_it(as_role: AsRole) -> None:
    assert "/office/index" in as_role(Role.SYSTEM_ADMIN).get("/office").text
    assert "/office/index" not in as_role(Role.CENTRE_ADMIN).get("/office").text
