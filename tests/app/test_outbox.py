"""Letters on their way: sent by SMTP, kept without, tried again, never in a transaction."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from app.factory import create_app
from app.outbox import send_next_letter
from app.sessions import ENGINE
from app.settings import Settings
from app.today import now
from database.unit_of_work import unit_of_work
from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from schools.operations.owe import Addressee, Letter, owe
from schools.operations.send_letters import CLAIM, claim_letter
from tests.app.postbox import Postbox, post_office
from tests.effort import times
from tests.make import Make

BOOKING = {
    "number": "R-1203",
    "titles": ["2 × Der Wald im Winter", "Sensorkoffer"],
    "first": "2026-12-03",
    "last": "2026-12-04",
    "place": "Theke",
    "school": "Gymnasium Süd",
    "sequence": 0,
}


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def mail_settings(settings: Settings, postbox: Postbox) -> Iterator[Settings]:
    with post_office(postbox) as port:
        yield Settings(
            data=settings.data,
            database_url=settings.database_url,
            secret_key=settings.secret_key,
            public_url="https://medien.example",
            smtp_host="127.0.0.1",
            smtp_port=port,
            smtp_starttls=False,
            sender="ausleihe@medien.example",
        )


@pytest.fixture
def mail_app(mail_settings: Settings) -> Iterator[Flask]:
    app = create_app(mail_settings, testing=True)
    yield app
    app.extensions[ENGINE].dispose()


def owed(session: Session, make: Make, **changes: Any) -> int:
    """One letter about a booking, due now."""
    centre = make.the_centre()
    values: dict[str, Any] = {
        "address": "ada@example.org",
        "name": "Ada Lehrerin",
        "centre_id": centre.id,
    }
    facts = changes.pop("facts", BOOKING)
    kind = changes.pop("kind", LetterKind.BOOKING_CONFIRMED)
    occasion = changes.pop("occasion", f"letter:{time.monotonic_ns()}")
    with unit_of_work(session):
        owe(
            session,
            Letter(kind, occasion, facts),
            Addressee(**(values | changes)),
            present() - timedelta(minutes=1),
        )
        return session.scalars(select(OwedLetter.id).order_by(OwedLetter.id.desc())).first() or 0


def present() -> datetime:
    return datetime.now(UTC)


def letter(session: Session, letter_id: int) -> OwedLetter:
    session.rollback()
    return session.get_one(OwedLetter, letter_id)


def send(app: Flask) -> bool:
    with app.app_context():
        return send_next_letter()


def test_a_letter_is_sent_once(
    mail_app: Flask, session: Session, make: Make, postbox: Postbox
) -> None:
    letter_id = owed(session, make)
    assert [send(mail_app), send(mail_app)] == [True, False]
    assert letter(session, letter_id).state is LetterState.SENT
    assert len(postbox.letters) == 1


def test_a_letter_says_what_mail_programs_want_to_know(
    mail_app: Flask, session: Session, make: Make, postbox: Postbox
) -> None:
    letter_id = owed(session, make)
    send(mail_app)
    sent = postbox.letters[0]
    assert sent["To"] == "Ada Lehrerin <ada@example.org>"
    assert sent["From"].endswith("<ausleihe@medien.example>")
    assert sent["Reply-To"] == "mz@example.org"
    assert sent["Message-ID"] == f"<letter-{letter_id}@medien.example>"
    assert sent["Auto-Submitted"] == "auto-generated"
    assert sent["Content-Language"] == "de"
    assert sent["References"] == "<R-1203@medien.example>"


def test_a_booking_comes_with_a_calendar_file(
    mail_app: Flask, session: Session, make: Make, postbox: Postbox
) -> None:
    owed(session, make)
    send(mail_app)
    attached = next(postbox.letters[0].iter_attachments())
    assert attached.get_content_type() == "text/calendar"
    assert attached.get_filename() == "R-1203.ics"
    event: Any = Calendar.from_ical(attached.get_content()).walk("VEVENT")[0]
    assert (str(event["uid"]), event["sequence"]) == ("R-1203@medien.example", 0)
    assert event["dtstart"].dt.isoformat() == "2026-12-03"
    assert event["dtend"].dt.isoformat() == "2026-12-05"


def test_umlauts_arrive(mail_app: Flask, session: Session, make: Make, postbox: Postbox) -> None:
    owed(session, make, name="Änne Größe")
    send(mail_app)
    body = postbox.letters[0].get_body()
    assert body is not None
    assert "Änne Größe" in body.get_content()
    assert "Gymnasium Süd" in body.get_content()


def test_without_a_mail_server_letters_are_kept(app: Flask, session: Session, make: Make) -> None:
    letter_id = owed(session, make)
    with app.app_context():
        session.get_one(OwedLetter, letter_id).next_try_at = now() - timedelta(minutes=1)
        session.commit()
    send(app)
    assert letter(session, letter_id).state is LetterState.KEPT


def test_the_link_is_struck_out_once_sent(
    mail_app: Flask, session: Session, make: Make, postbox: Postbox
) -> None:
    facts = {"token": "geheim-1234", "until": present().isoformat()}
    letter_id = owed(session, make, kind=LetterKind.PASSWORD_RESET, facts=facts)
    send(mail_app)
    body = postbox.letters[0].get_body()
    assert body is not None
    assert "https://medien.example/reset/geheim-1234" in body.get_content()
    assert "geheim-1234" not in str(letter(session, letter_id).facts)


def test_a_server_that_is_busy_is_asked_again_later(
    mail_app: Flask, session: Session, make: Make, postbox: Postbox
) -> None:
    letter_id = owed(session, make)
    postbox.answer = "451 try again"
    send(mail_app)
    waiting = letter(session, letter_id)
    assert (waiting.state, waiting.tries) == (LetterState.OWED, 1)
    assert waiting.next_try_at > present() + timedelta(seconds=50)
    assert "451" in waiting.last_error
    assert not send(mail_app)


def test_after_six_tries_a_letter_has_failed(
    mail_app: Flask, session: Session, make: Make, postbox: Postbox
) -> None:
    letter_id = owed(session, make)
    postbox.answer = "451 try again"
    for _ in range(6):
        letter(session, letter_id).next_try_at = present() - timedelta(minutes=1)
        session.commit()
        assert send(mail_app)
    assert letter(session, letter_id).state is LetterState.FAILED
    assert not send(mail_app)


@pytest.mark.parametrize(
    "changes",
    [
        {"address": "nobody@example.org"},
        {"address": "no-address"},
        {"name": "Ada\r\nBcc: all@example.org"},
        {"facts": {"number": "R-1"}},
    ],
    ids=["unknown mailbox", "no address", "line break in a name", "facts missing"],
)
def test_what_can_never_be_sent_fails_at_once_and_holds_nobody_up(
    mail_app: Flask, session: Session, make: Make, postbox: Postbox, changes: dict[str, Any]
) -> None:
    hopeless = owed(session, make, **changes)
    good = owed(session, make)
    assert [send(mail_app), send(mail_app)] == [True, True]
    assert letter(session, hopeless).state is LetterState.FAILED
    assert letter(session, good).state is LetterState.SENT
    assert len(postbox.letters) == 1


def test_a_letter_whose_worker_died_is_sent_by_the_next(
    mail_app: Flask, session: Session, make: Make, postbox: Postbox
) -> None:
    letter_id = owed(session, make)
    with unit_of_work(session):
        assert claim_letter(session, present())
    assert not send(mail_app)
    letter(session, letter_id).claimed_until = present() - CLAIM
    session.commit()
    assert send(mail_app)
    assert len(postbox.letters) == 1


def test_nobody_is_told_twice(session: Session, make: Make) -> None:
    owed(session, make, occasion="once")
    owed(session, make, occasion="once")
    assert len(session.scalars(select(OwedLetter)).all()) == 1


@pytest.mark.both_stores
def test_a_slow_mail_server_delays_no_loan(
    mail_app: Flask, engine: Engine, session: Session, make: Make, postbox: Postbox
) -> None:
    owed(session, make)
    session.rollback()
    postbox.free.clear()
    sending = Thread(target=send, args=(mail_app,))
    sending.start()
    assert postbox.busy.wait(10)
    deadline = time.monotonic() + times(ci=1, soak=8)
    units = 0
    while time.monotonic() < deadline:
        begun = time.monotonic()
        with Session(engine) as desk, unit_of_work(desk):
            desk.execute(text("UPDATE person SET phone = '1'"))
            desk.execute(text("UPDATE owed_letter SET last_error = ''"))
        assert time.monotonic() - begun < 1
        units += 1
    postbox.free.set()
    sending.join(10)
    assert units > 10
    assert len(postbox.letters) == 1


def test_a_letter_goes_as_text_and_as_html(
    mail_app: Flask, session: Session, make: Make, postbox: Postbox
) -> None:
    owed(session, make)
    send(mail_app)
    sent = postbox.letters[0]
    plain, html = sent.get_body(("plain",)), sent.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "2 × Der Wald im Winter" in plain.get_content()
    assert "<li>2 × Der Wald im Winter</li>" in html.get_content()
    assert "-- " in plain.get_content().splitlines()


def test_a_bounce_and_a_full_mailbox_hold_nobody_up(
    mail_app: Flask, session: Session, make: Make, postbox: Postbox
) -> None:
    addresses = ["nobody@example.org", "full@example.org", "ada@example.org"]
    ids = [owed(session, make, address=address) for address in addresses]
    assert [send(mail_app) for _ in ids] == [True, True, True]
    assert not send(mail_app)
    found = [letter(session, letter_id) for letter_id in ids]
    assert [each.state for each in found] == [
        LetterState.FAILED,
        LetterState.OWED,
        LetterState.SENT,
    ]
    assert [sent["To"] for sent in postbox.letters] == ["Ada Lehrerin <ada@example.org>"]


def test_a_busy_server_is_asked_again_ever_more_seldom(
    mail_app: Flask, session: Session, make: Make, postbox: Postbox
) -> None:
    letter_id = owed(session, make)
    postbox.answer = "451 try again"
    waits = []
    for _ in range(5):
        send(mail_app)
        waiting = letter(session, letter_id)
        waits.append(waiting.next_try_at - present())
        waiting.next_try_at = present() - timedelta(minutes=1)
        session.commit()
    minutes = [round(wait / timedelta(minutes=1)) for wait in waits]
    assert minutes == [1, 5, 30, 240, 1440]
    postbox.answer = "250 OK"
    assert send(mail_app)
    assert letter(session, letter_id).state is LetterState.SENT


def test_a_daily_letter_brings_every_calendar_file(
    mail_app: Flask, session: Session, make: Make, postbox: Postbox
) -> None:
    items = [
        {"kind": "booking_confirmed", "facts": BOOKING | {"number": f"R-{number}"}}
        for number in (1, 2)
    ]
    owed(session, make, kind=LetterKind.DIGEST, facts={"on": "2026-11-23", "items": items})
    send(mail_app)
    (sent,) = postbox.letters
    assert [each.get_filename() for each in sent.iter_attachments()] == ["R-1.ics", "R-2.ics"]
    assert sent["References"] is None
