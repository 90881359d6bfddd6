"""The office's letters, jobs, address and legal pages."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from database.job_runs import JobRun, JobState
from schools.models.media_centre import MediaCentre
from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from schools.rules.roles import Role
from tests.app.conftest import AsRole
from tests.make import NOW, Make

SECRET = "geheim-1234"


@pytest.fixture
def office(as_role: AsRole) -> FlaskClient:
    """The browser of a head of the first centre."""
    return as_role(Role.CENTRE_ADMIN)


def letter(make: Make, state: LetterState, **facts: Any) -> OwedLetter:
    values = {"centre_id": make.the_centre().id, "to_address": "ada@example.org"} | facts
    row = OwedLetter(
        kind=LetterKind.PASSWORD_RESET,
        occasion=f"letter:{state}:{facts}",
        facts={"token": SECRET, "until": (NOW + timedelta(days=1)).isoformat()},
        state=state,
        created_at=NOW,
        next_try_at=NOW,
        **values,
    )
    make.session.add(row)
    make.session.commit()
    return row


def state_of(session: Session, letter_id: int) -> LetterState:
    session.rollback()
    return session.get_one(OwedLetter, letter_id).state


def test_a_kept_letter_is_shown_with_its_link(office: FlaskClient, make: Make) -> None:
    kept = letter(make, LetterState.KEPT).id
    make.session.rollback()
    assert SECRET in office.get(f"/office/letters/{kept}").text
    assert str(kept) in office.get("/office/letters?state=kept").text


@pytest.mark.parametrize("state", [LetterState.OWED, LetterState.FAILED, LetterState.SENT])
def test_the_office_does_not_see_links_that_the_mail_brings(
    office: FlaskClient, make: Make, state: LetterState
) -> None:
    row = letter(make, state).id
    make.session.rollback()
    page = office.get(f"/office/letters/{row}")
    assert page.status_code == 200
    assert SECRET not in page.text


def test_a_letter_is_sent_again_and_cancelled(
    office: FlaskClient, make: Make, session: Session
) -> None:
    row = letter(make, LetterState.FAILED, tries=6).id
    session.rollback()
    assert office.post(f"/office/letters/{row}/send").status_code == 303
    assert state_of(session, row) is LetterState.OWED
    session.rollback()
    assert office.post(f"/office/letters/{row}/send").status_code == 409
    assert office.post(f"/office/letters/{row}/cancel").status_code == 303
    assert state_of(session, row) is LetterState.CANCELLED
    assert SECRET not in str(session.get_one(OwedLetter, row).facts)
    session.rollback()
    assert office.post(f"/office/letters/{row}/send").status_code == 409


@pytest.mark.parametrize("centre", ["another", None], ids=["another centre's", "nobody's"])
def test_foreign_letters_are_not_there(
    office: FlaskClient, make: Make, session: Session, centre: str | None
) -> None:
    centre_id = make.centre().id if centre else None
    make.the_centre()
    row = letter(make, LetterState.KEPT, centre_id=centre_id, to_address="fremd@example.org").id
    session.rollback()
    assert office.get(f"/office/letters/{row}").status_code == 404
    assert office.post(f"/office/letters/{row}/send").status_code == 404
    assert office.post(f"/office/letters/{row}/cancel").status_code == 404
    assert "fremd@example.org" not in office.get("/office/letters").text


def job(make: Make, state: JobState, centre_id: int | None) -> int:
    row = JobRun(
        kind="import",
        occasion=f"{state}:{centre_id}",
        state=state,
        centre_id=centre_id,
        queued_at=NOW,
        total=20,
        done=5,
        result={"read": 7, "deeper": {"refused": 1}},
    )
    make.session.add(row)
    make.session.commit()
    return row.id


def test_a_job_reloads_while_it_runs(office: FlaskClient, make: Make) -> None:
    centre_id = make.the_centre().id
    running = job(make, JobState.RUNNING, centre_id)
    done = job(make, JobState.DONE, centre_id)
    make.session.rollback()
    assert 'http-equiv="refresh"' in office.get(f"/office/jobs/{running}").text
    page = office.get(f"/office/jobs/{done}").text
    assert 'http-equiv="refresh"' not in page
    assert "<dt>abgewiesen</dt><dd>1</dd>" in page
    assert f"/office/jobs/{done}" in office.get("/office/jobs").text


def test_foreign_jobs_are_not_there(office: FlaskClient, make: Make) -> None:
    row = job(make, JobState.DONE, make.centre().id)
    make.session.rollback()
    assert office.get(f"/office/jobs/{row}").status_code == 404
    assert f"/office/jobs/{row}" not in office.get("/office/jobs").text


def test_the_centres_address_is_edited(office: FlaskClient, make: Make, session: Session) -> None:
    centre_id = make.the_centre().id
    session.rollback()
    address = f"/office/centres/{centre_id}"
    form = {"name": "Medienzentrum Süd", "city": "Hagen", "email": "theke@example.org"}
    assert office.post(address, data=form).status_code == 303
    session.rollback()
    assert session.get_one(MediaCentre, centre_id).city == "Hagen"
    assert "Medienzentrum Süd" in office.get("/office").text
    assert office.post(address, data=form | {"name": ""}).status_code == 422
    assert office.post(address, data=form | {"email": "x"}).status_code == 422


def test_a_legal_page_of_ones_own_is_shown_to_everyone(
    office: FlaskClient, visitor: FlaskClient, make: Make
) -> None:
    address = f"/office/centres/{make.the_centre().id}/pages/imprint/de"
    make.session.rollback()
    form = {"text": "Wir sind es.\r\n\r\n<script>x</script>", "version": "0"}
    assert office.post(address, data=form).status_code == 303
    page = visitor.get("/pages/imprint").text
    assert "<p>Wir sind es.</p>" in page
    assert "<script>x" not in page


def test_the_second_editor_is_told(office: FlaskClient, make: Make) -> None:
    address = f"/office/centres/{make.the_centre().id}/pages/privacy/de"
    make.session.rollback()
    office.post(address, data={"text": "Erster Text", "version": "0"})
    late = office.post(address, data={"text": "Zweiter Text", "version": "0"})
    assert late.status_code == 409
    assert "Erster Text" in late.text
    assert "Zweiter Text" in late.text
    assert 'name="version" type="hidden" value="1"' in late.text
    assert office.post(address, data={"text": "Beide", "version": "1"}).status_code == 303


def test_foreign_centres_are_not_there(office: FlaskClient, make: Make, session: Session) -> None:
    foreign = make.centre().id
    session.rollback()
    address = f"/office/centres/{foreign}"
    assert office.get(address).status_code == 404
    assert office.post(address, data={"name": "x"}).status_code == 404
    assert office.get(f"{address}/pages/imprint/de").status_code == 404
    text = {"text": "x", "version": "0"}
    assert office.post(f"{address}/pages/imprint/de", data=text).status_code == 404


@pytest.mark.parametrize("tail", ["nonsense/de", "imprint/fr"])
def test_there_are_no_other_legal_pages(office: FlaskClient, make: Make, tail: str) -> None:
    address = f"/office/centres/{make.the_centre().id}/pages/{tail}"
    make.session.rollback()
    assert office.get(address).status_code == 404
