"""Files are sent, looked at and imported on pages; the worker does the work."""

from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.job_kinds import JOB_KINDS
from app.jobs import run_next_job
from catalogue.models.title import Title
from database.job_runs import JobRun
from schools.rules.roles import Role
from tests.app.cataloguing.conftest import Send
from tests.app.conftest import SignIn
from tests.make import Make

TITLES = "Kennung;Titel;Medienart\nA1;Der Wald;Buch\nA2;;Buch\n=A3;;Buch\n"


def sent(text: str = TITLES, name: str = "titel.csv", **fields: str) -> dict[str, object]:
    return {"kind": "titles", "file": (BytesIO(text.encode()), name), **fields}


def work(app: Flask) -> None:
    with app.app_context():
        assert run_next_job(JOB_KINDS)


def names(session: Session) -> list[str]:
    session.rollback()
    return list(session.scalars(select(Title.name)))


def test_a_file_is_looked_at_first_and_then_imported(
    app: Flask, send: Send, browser: FlaskClient, session: Session, make: Make
) -> None:
    centre = str(make.the_centre().id)
    queued = send("/catalogue/imports", **sent(dry_run="y", centre=centre))
    assert queued.status_code == 303
    address = queued.headers["Location"]
    waiting = browser.get(address)
    assert 'http-equiv="refresh"' in waiting.text
    assert "<progress" in waiting.text
    work(app)
    looked = browser.get(address)
    assert 'http-equiv="refresh"' not in looked.text
    assert "Der Titel hat keinen Namen." in looked.text
    assert names(session) == []
    applied = send(f"{address}/apply")
    assert applied.status_code == 303
    work(app)
    assert names(session) == ["Der Wald"]
    done = browser.get(applied.headers["Location"])
    assert "/apply" not in done.text
    assert send(f"{address}/apply").headers["Location"] == address
    assert "titel.csv" in browser.get("/catalogue/imports").text


def test_the_report_is_a_table_no_cell_of_which_is_a_formula(
    app: Flask, send: Send, browser: FlaskClient, make: Make
) -> None:
    queued = send("/catalogue/imports", **sent(centre=str(make.the_centre().id)))
    work(app)
    table = browser.get(f"{queued.headers['Location']}/report.csv")
    assert table.mimetype == "text/csv"
    lines = table.get_data(as_text=True).splitlines()
    assert len(lines) == 4
    assert '"2";"aufgenommen";"A1";""' in lines[1]
    assert '"\'=A3"' in lines[3]


def test_a_file_that_is_no_table_says_why(
    app: Flask, send: Send, browser: FlaskClient, make: Make
) -> None:
    queued = send("/catalogue/imports", **sent("\0\1\2", centre=str(make.the_centre().id)))
    work(app)
    page = browser.get(queued.headers["Location"])
    assert page.status_code == 200
    assert "kein lesbarer Text" in page.text


@pytest.mark.parametrize("missing", ["file", "kind"])
def test_a_file_and_what_it_holds_are_needed(
    send: Send, session: Session, make: Make, missing: str
) -> None:
    fields = sent(centre=str(make.the_centre().id))
    fields[missing] = (BytesIO(b""), "") if missing == "file" else "poems"
    answer = send("/catalogue/imports", **fields)
    assert answer.status_code == 422
    assert session.scalars(select(JobRun)).all() == []


def test_staff_import_for_no_other_centre_and_see_no_other_imports(
    app: Flask, send: Send, sign_in: SignIn, make: Make
) -> None:
    other = make.centre()
    stranger = sign_in(make.account(Role.STAFF, centre=other))
    assert send("/catalogue/imports", **sent(centre=str(other.id))).status_code == 422
    queued = send("/catalogue/imports", **sent(centre=str(make.the_centre().id)))
    address = queued.headers["Location"]
    work(app)
    assert "titel.csv" not in stranger.get("/catalogue/imports").text
    for path in (address, f"{address}/report.csv"):
        assert stranger.get(path).status_code == 404
    assert send(f"{address}/apply", stranger).status_code == 404


def test_system_administration_chooses_the_centre(
    app: Flask, send: Send, sign_in: SignIn, session: Session, make: Make
) -> None:
    second = make.centre("Zweites Medienzentrum")
    admin = sign_in(make.account(Role.SYSTEM_ADMIN))
    assert "Zweites Medienzentrum" in admin.get("/catalogue/imports").text
    assert send("/catalogue/imports", admin, **sent(centre=str(second.id))).status_code == 303
    work(app)
    session.rollback()
    assert session.scalars(select(Title.keeper_id)).all() == [second.id]


def test_a_hostile_file_name_stays_a_text(
    app: Flask, send: Send, browser: FlaskClient, make: Make
) -> None:
    name = "<script>alert(1)</script>.csv"
    send("/catalogue/imports", **sent(name=name, centre=str(make.the_centre().id)))
    page = browser.get("/catalogue/imports")
    assert "<script>alert" not in page.text
