"""The page of the nights: what ran, what came of it, what somebody must look at."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.nightly import NIGHTLY_JOBS, OF_A_CENTRE
from database.job_runs import JobRun, JobState
from schools.rules.roles import Role
from tests.app.conftest import AsRole
from tests.make import NOW, Make

Ran = Callable[..., JobRun]


@pytest.fixture
def office(as_role: AsRole) -> FlaskClient:
    return as_role(Role.CENTRE_ADMIN)


@pytest.fixture
def system(as_role: AsRole) -> FlaskClient:
    return as_role(Role.SYSTEM_ADMIN)


def ran(make: Make, kind: str = "night_overdue", at: datetime = NOW, **facts: Any) -> JobRun:
    values: dict[str, Any] = {
        "state": JobState.DONE,
        "started_at": at,
        "finished_at": at + timedelta(seconds=12, milliseconds=300),
    } | facts
    row = JobRun(kind=kind, occasion=f"{kind}:{at}:{facts}"[:80], queued_at=at, **values)
    make.session.add(row)
    make.session.commit()
    return row


def page_of(client: FlaskClient, path: str = "/office/nights") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.get_data(as_text=True).split())


def row_of(page: str, kind: str) -> str:
    return page.split(f'<tr id="{kind}">')[1].split("</tr>", maxsplit=1)[0]


def test_every_job_of_a_night_stands_there_before_it_ever_ran(office: FlaskClient) -> None:
    page = page_of(office)
    for kind in NIGHTLY_JOBS:
        row = row_of(page, kind)
        assert ">nie</span>" in row, kind
        assert '<span class="small soft"></span>' not in row, kind  # each says what it is for
    assert "Nächstes Mal: 24.11.2026, 03:00" in page


def test_a_run_is_told_in_numbers_of_ones_own_centre(
    office: FlaskClient, system: FlaskClient, make: Make
) -> None:
    here, there = make.the_centre().id, make.centre("Fremdes Zentrum").id
    result = {"centres": {str(here): {"level_1": 3}, str(there): {"level_1": 40}}}
    ran(make, result=result)
    assert "<dt>Erste Mahnungen</dt><dd>3</dd>" in row_of(page_of(office), "night_overdue")
    assert "<dt>Erste Mahnungen</dt><dd>43</dd>" in row_of(page_of(system), "night_overdue")
    assert "12,3 s" in row_of(page_of(office), "night_overdue")


def test_a_night_with_nothing_to_do_says_so(office: FlaskClient, make: Make) -> None:
    ran(make, result={"centres": {}})
    assert "nichts zu tun" in row_of(page_of(office), "night_overdue")


def test_what_went_wrong_is_red_on_the_offices_front_page(office: FlaskClient, make: Make) -> None:
    assert "alert-danger" not in page_of(office, "/office")
    ran(make, state=JobState.FAILED, result={"fault": "ZeroDivisionError", "faults": 1})
    front = page_of(office, "/office")
    assert "alert-danger" in front
    assert 'href="/office/nights#night_overdue"' in front
    assert "tile-bad" in front


def test_a_missed_night_is_red_until_it_is_made_up_for(office: FlaskClient, make: Make) -> None:
    ran(make, at=NOW - timedelta(days=2))
    assert "versäumt" in row_of(page_of(office), "night_overdue")
    assert "alert-danger" in page_of(office, "/office")
    ran(make, at=NOW - timedelta(days=1))
    assert "versäumt" not in row_of(page_of(office), "night_overdue")
    assert "alert-danger" not in page_of(office, "/office")


def test_asking_for_a_job_by_hand_does_not_hide_that_the_night_was_missed(
    office: FlaskClient, make: Make
) -> None:
    ran(make, at=NOW - timedelta(days=2))
    centre_id = make.the_centre().id
    ran(make, account_id=make.account(Role.CENTRE_ADMIN).id, centre_id=centre_id)
    assert "versäumt" in row_of(page_of(office), "night_overdue")


def test_what_does_not_hold_is_red_and_told_to_who_can_mend_it(
    office: FlaskClient, system: FlaskClient, make: Make
) -> None:
    ran(
        make,
        "night_check",
        result={"breaches": 1, "first": [["lendable_miscounted", 7, "5", "2"]]},
    )
    for client in (office, system):
        assert "alert-danger" in page_of(client, "/office")
        assert 'href="/office/nights#night_check"' in page_of(client, "/office")
    assert "alert-danger" in page_of(system)
    assert "<li>" in page_of(system).split("alert-danger")[1].split("</div></div>")[0]
    assert "alert-danger" not in page_of(office)  # other centres' things are not told


def test_a_check_that_found_nothing_says_so(office: FlaskClient, make: Make) -> None:
    ran(make, "night_check", result={"breaches": 0})
    assert "alles stimmt" in row_of(page_of(office), "night_check")


def test_a_head_has_the_work_done_now_for_the_own_centre(
    office: FlaskClient, make: Make, session: Session
) -> None:
    centre_id = make.the_centre().id
    session.rollback()
    for kind in NIGHTLY_JOBS:
        answer = office.post(f"/office/nights/{kind}/run")
        assert answer.status_code == (303 if kind in OF_A_CENTRE else 403), kind
    rows = session.execute(select(JobRun.kind, JobRun.centre_id)).all()
    assert {(kind, centre) for kind, centre in rows} == {(kind, centre_id) for kind in OF_A_CENTRE}
    page = page_of(office)
    assert f'action="/office/nights/{next(iter(OF_A_CENTRE))}/run"' in page
    assert 'action="/office/nights/night_forget/run"' not in page
    assert 'http-equiv="refresh"' in page


def test_who_runs_the_installation_has_any_job_done_once_for_all(
    system: FlaskClient, session: Session
) -> None:
    for _ in "ab":
        answer = system.post("/office/nights/night_forget/run", data={"idem": "a"})
        assert answer.status_code == 303
    assert session.execute(select(JobRun.kind, JobRun.centre_id)).all() == [("night_forget", None)]
    session.rollback()
    assert system.post("/office/nights/xyz/run").status_code == 404
    assert system.post("/office/nights/import/run").status_code == 404
    assert session.scalar(select(func.count(JobRun.id))) == 1


@pytest.mark.parametrize("role", [Role.STAFF, Role.TEACHER])
def test_nobody_else_sees_the_nights_or_runs_them(as_role: AsRole, role: Role) -> None:
    client = as_role(role)
    assert client.get("/office/nights").status_code in {403, 404}
    assert client.post("/office/nights/night_overdue/run").status_code in {403, 404}
