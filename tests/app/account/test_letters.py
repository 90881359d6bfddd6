"""One's own letters: chosen in the profile, read again on a page."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from schools.models.account import Account
from schools.models.letter_choice import LetterChoice, LetterMode, LetterTopic
from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from tests.app.conftest import SignIn
from tests.make import NOW, Make
from tests.statements import counted

BOOKED = {"number": "R-1203", "first": "2026-12-03", "last": "2026-12-04", "titles": ["Wald"]}
CHOICE = {topic.value: LetterMode.AT_ONCE.value for topic in LetterTopic}


@pytest.fixture
def teacher(make: Make) -> Account:
    return make.account()


@pytest.fixture
def browser(teacher: Account, sign_in: SignIn) -> FlaskClient:
    return sign_in(teacher)


def letter(make: Make, account: Account, occasion: str, **more: Any) -> int:
    values = {
        "kind": LetterKind.BOOKING_CONFIRMED,
        "facts": BOOKED,
        "state": LetterState.SENT,
        "created_at": NOW,
        "centre_id": make.the_centre().id,
    } | more
    row = OwedLetter(
        occasion=occasion,
        to_address="ada@example.org",
        to_name="Ada",
        person_id=account.person_id,
        next_try_at=NOW,
        **values,
    )
    make.session.add(row)
    make.session.commit()
    found = row.id
    make.session.rollback()
    return found


def chosen(session: Session) -> dict[LetterTopic, LetterMode]:
    session.rollback()
    return {row.topic: row.mode for row in session.scalars(select(LetterChoice))}


def test_every_topic_is_offered_and_stands_at_once_at_first(browser: FlaskClient) -> None:
    page = browser.get("/profile").text
    for topic in LetterTopic:
        radios = re.findall(rf'<input[^>]*name="{topic.value}"[^>]*>', page)
        checked = [radio for radio in radios if "checked" in radio]
        assert len(radios) == len(LetterMode)
        assert ['value="at_once"' in radio for radio in checked] == [True]


def test_a_choice_is_kept_and_shown(browser: FlaskClient, session: Session) -> None:
    wanted = CHOICE | {"bookings": "daily", "searches": "off"}
    answer = browser.post("/profile/letters", data=wanted)
    assert answer.headers["Location"] == "/profile#letters"
    found = chosen(session)
    assert found[LetterTopic.BOOKINGS] is LetterMode.DAILY
    assert found[LetterTopic.SEARCHES] is LetterMode.OFF
    page = browser.get("/profile").text
    assert 'checked class="form-check-input" id="bookings-1"' in page


@pytest.mark.parametrize(
    "wrong", [{"bookings": "never"}, {"bookings": ""}, {"loans": "\x00"}, {"holds": "OFF"}]
)
def test_what_cannot_be_chosen_is_refused_at_its_field(
    browser: FlaskClient, session: Session, wrong: dict[str, str]
) -> None:
    answer = browser.post("/profile/letters", data=CHOICE | wrong)
    assert answer.status_code == 422
    assert "<title>Fehler:" in answer.text
    assert chosen(session) == {}


def test_the_list_shows_ones_own_letters_of_thirty_days(
    browser: FlaskClient, make: Make, teacher: Account
) -> None:
    mine = letter(make, teacher, "mine")
    daily = letter(make, teacher, "daily", state=LetterState.DAILY)
    letter(make, teacher, "old", created_at=NOW - timedelta(days=31))
    letter(make, teacher, "merged", state=LetterState.MERGED)
    letter(make, teacher, "cancelled", state=LetterState.CANCELLED)
    foreign = letter(make, make.account(), "foreign", facts=BOOKED | {"number": "R-9999"})
    page = browser.get("/letters").text
    assert page.count("Reserviert für Do, 3.12.: 1 Medium (R-1203)") == 2
    assert f"/letters/{mine}" in page
    assert f"/letters/{daily}" in page
    assert "R-9999" not in page
    assert browser.get(f"/letters/{foreign}").status_code == 404


def test_without_letters_the_page_says_so(browser: FlaskClient) -> None:
    assert "Keine Briefe in den letzten 30 Tagen" in browser.get("/letters").text


def test_a_letter_is_read_again_without_what_opens_an_account(
    browser: FlaskClient, make: Make, teacher: Account
) -> None:
    facts = {"token": "geheim-1234", "until": NOW.isoformat()}
    secret = letter(
        make,
        teacher,
        "reset",
        kind=LetterKind.PASSWORD_RESET,
        facts=facts,
        state=LetterState.OWED,
    )
    page = browser.get(f"/letters/{secret}")
    assert page.status_code == 200
    assert "Neues Passwort für die Medienbrücke" in page.text
    assert "geheim-1234" not in page.text
    assert "geheim-1234" not in browser.get("/letters").text


def test_the_list_takes_a_constant_number_of_statements(
    browser: FlaskClient, make: Make, teacher: Account, engine: Engine
) -> None:
    letter(make, teacher, "first")
    with counted(engine) as few:
        browser.get("/letters")
    for number in range(20):
        centre_id = make.centre().id if number < 5 else make.the_centre().id
        letter(make, teacher, f"more:{number}", centre_id=centre_id)
    with counted(engine) as many:
        assert browser.get("/letters").text.count("R-1203") == 21
    assert many.count == few.count
