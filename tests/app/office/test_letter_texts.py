"""A centre's own words in the office: checked, previewed, sent to oneself, given up."""

import html
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.letters import write_letter
from schools.models.letter_choice import LetterText
from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from schools.operations.send_letters import claimed
from schools.rules.roles import Role
from tests.app.conftest import AsRole
from tests.make import Make


@pytest.fixture
def office(as_role: AsRole) -> FlaskClient:
    return as_role(Role.CENTRE_ADMIN)


@pytest.fixture
def texts(make: Make) -> str:
    """The address of the list."""
    address = f"/office/centres/{make.the_centre().id}/letters"
    make.session.rollback()
    return address


@pytest.fixture
def address(texts: str) -> str:
    return f"{texts}/booking_confirmed/de"


def form(text: str = "", subject: str = "", version: str = "0") -> dict[str, str]:
    return {"text": text, "subject": subject, "version": version}


def stored(session: Session) -> list[tuple[str, str]]:
    session.rollback()
    return [(row.subject, row.text) for row in session.scalars(select(LetterText))]


def test_every_kind_is_offered_in_both_languages(office: FlaskClient, texts: str) -> None:
    page = office.get(texts).text
    for kind in ("booking_confirmed", "invitation", "overdue"):
        assert f"{texts}/{kind}/de" in page
        assert f"{texts}/{kind}/en" in page
    for internal in ("digest", "barrier_reported"):
        assert f"{texts}/{internal}/" not in page
        assert office.get(f"{texts}/{internal}/de").status_code == 404


def test_own_words_are_saved_and_hold_for_the_next_letter(
    app: Flask, office: FlaskClient, make: Make, session: Session, address: str
) -> None:
    answer = office.post(address, data=form("Bereit:\r\n\r\n{titles}", "Ab {first}"))
    assert answer.status_code == 303
    assert stored(session) == [("Ab {first}", "Bereit:\n\n{titles}")]
    row = OwedLetter(
        kind=LetterKind.BOOKING_CONFIRMED,
        occasion="x",
        to_address="ada@example.org",
        facts={"number": "R-1", "first": "2026-12-03", "last": "2026-12-04", "titles": ["Wald"]},
        centre_id=make.the_centre().id,
        created_at=datetime.now(UTC),
        next_try_at=datetime.now(UTC),
    )
    session.add(row)
    session.commit()
    with app.app_context():
        written = write_letter(claimed(session, row), "https://medien.example")
    assert written.subject == "Ab Do, 3.12."
    assert "Bereit:\n\n- Wald\n" in written.text
    assert "own words" not in office.get(address.rsplit("/", 2)[0]).text
    assert "eigener Text" in office.get(address.rsplit("/", 2)[0]).text


def test_the_preview_shows_what_was_typed_and_saves_nothing(
    office: FlaskClient, session: Session, address: str
) -> None:
    page = office.post(f"{address}/preview", data=form("Kommt <b>bald</b>: {titles}", "Da"))
    assert page.status_code == 200
    assert stored(session) == []
    assert "Vorschau, noch nicht gespeichert" in page.text
    frame = page.text.split('srcdoc="')[1].split('"')[0]
    letter = html.unescape(frame)
    assert "Kommt &lt;b&gt;bald&lt;/b&gt;: 2 × Der Wald im Winter" in letter
    assert "<b>bald" not in letter
    assert "sandbox" in page.text.split("srcdoc")[0].split("<iframe")[1]


@pytest.mark.parametrize("act", ["", "/preview"])
@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("Hallo {titel}", "{titel} gibt es in diesem Brief nicht. Es gibt: {name}, {centre},"),
        ("Ihr Link: {token}", "{token} gibt es in diesem Brief nicht"),
        ("Hallo {name", "Eine Klammer hat kein Gegenstück: „Hallo {name“"),
        ("{{ config }}", "{ config } gibt es in diesem Brief nicht"),
        ("x" * 4001, "lang"),
    ],
)
def test_unknown_placeholders_are_refused_by_name(
    office: FlaskClient, session: Session, address: str, typed: str, *, named: str, act: str
) -> None:
    answer = office.post(address + act, data=form(typed))
    assert answer.status_code == 422
    assert named in html.unescape(answer.text)
    assert html.escape(typed, quote=False)[:20] in answer.text.replace("&#39;", "'")
    assert stored(session) == []


def test_the_second_editor_sees_both_texts(
    office: FlaskClient, session: Session, address: str
) -> None:
    office.post(address, data=form("Erster"))
    late = office.post(address, data=form("Zweiter"))
    assert late.status_code == 409
    assert "Erster" in late.text
    assert "Zweiter" in late.text
    assert office.post(address, data=form("Beide", version="1")).status_code == 303
    assert stored(session) == [("", "Beide")]


def test_the_built_in_words_come_back(office: FlaskClient, session: Session, address: str) -> None:
    office.post(address, data=form("Eigene Worte"))
    assert f"{address}/reset" in office.get(address).text
    assert office.post(f"{address}/reset", data={"version": "1"}).status_code == 303
    assert stored(session) == [("", "")]
    assert f"{address}/reset" not in office.get(address).text
    assert office.post(f"{address}/reset", data={"version": "1"}).status_code == 409


def test_a_sample_goes_to_whoever_asks_in_the_saved_words(
    app: Flask, office: FlaskClient, session: Session, address: str
) -> None:
    office.post(address, data=form("Eigene Worte", "Eigenes"))
    assert office.post(f"{address}/sample", data={"idem": "a"}).status_code == 303
    assert office.post(f"{address}/sample", data={"idem": "a"}).status_code == 303
    session.rollback()
    (row,) = session.scalars(select(OwedLetter)).all()
    assert row.state is LetterState.OWED
    assert row.to_address.startswith("lehrerin")
    with app.app_context():
        written = write_letter(claimed(session, row), "https://medien.example")
    assert written.subject == "Muster: Eigenes"
    assert "Eigene Worte" in written.text


@pytest.mark.parametrize(
    "tail", ["nonsense/de", "booking_confirmed/fr", "booking_confirmed/de/nonsense"]
)
def test_there_are_no_other_texts(office: FlaskClient, texts: str, tail: str) -> None:
    assert office.get(f"{texts}/{tail}").status_code == 404


def test_a_foreign_centre_has_no_texts(office: FlaskClient, make: Make, session: Session) -> None:
    foreign = f"/office/centres/{make.centre().id}/letters"
    session.rollback()
    assert office.get(foreign).status_code == 404
    one = f"{foreign}/booking_confirmed/de"
    assert office.get(one).status_code == 404
    for act in ("", "/preview", "/reset", "/sample"):
        assert office.post(one + act, data=form("x")).status_code == 404
    assert stored(session) == []


@pytest.mark.parametrize("role", [Role.STAFF, Role.TEACHER])
def test_others_do_not_word_letters(as_role: AsRole, address: str, role: Role) -> None:
    assert as_role(role).get(address).status_code == 403
