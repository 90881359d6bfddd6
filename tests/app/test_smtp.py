"""Letters handed to a real mail server: encrypted, with a login, refused now or for good."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.letters import WrittenLetter
from app.mail import MailError, SmtpMailer, compose
from app.settings import Settings
from schools.models.owed_letter import LetterKind
from schools.operations.send_letters import ClaimedLetter
from tests.app.letter_facts import sample
from tests.app.postbox import (
    PASSWORD,
    USER,
    Certificate,
    Postbox,
    make_certificate,
    post_office,
)
from tests.serving import free_port

LETTER = WrittenLetter("Reserviert", "Guten Tag", "<p>Guten Tag</p>", (), "https://m.example/x")
OWED = sample(LetterKind.BOOKING_CONFIRMED, facts={"number": "R-1203"})


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def open_port(postbox: Postbox) -> Iterator[int]:
    with post_office(postbox) as port:
        yield port


@pytest.fixture
def locked_port(postbox: Postbox, certificate: Certificate) -> Iterator[int]:
    with post_office(postbox, certificate) as port:
        yield port


def settings(port: int, **more: Any) -> Settings:
    values: dict[str, Any] = {
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "smtp_starttls": False,
        "public_url": "https://medien.example",
        "sender": "ausleihe@medien.example",
    } | more
    return Settings(data=Path(), **values)


def send(port: int, owed: ClaimedLetter = OWED, **more: Any) -> None:
    SmtpMailer(settings(port, **more)).send(LETTER, owed)


def locked(**more: Any) -> dict[str, Any]:
    return {"smtp_starttls": True, "smtp_user": USER, "smtp_password": PASSWORD} | more


def test_a_letter_goes_encrypted_and_after_a_login(
    locked_port: int,
    postbox: Postbox,
    certificate: Certificate,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    send(locked_port, **locked())
    assert len(postbox.letters) == 1
    assert postbox.encrypted == [True]
    assert postbox.logins == [(USER, PASSWORD)]


def test_a_server_nobody_vouches_for_gets_neither_login_nor_letter(
    locked_port: int, postbox: Postbox
) -> None:
    with pytest.raises(MailError) as refused:
        send(locked_port, **locked())
    assert not refused.value.for_good
    assert "certificate" in str(refused.value).lower()
    assert (postbox.logins, postbox.letters) == ([], [])


def test_a_server_without_encryption_gets_no_password(open_port: int, postbox: Postbox) -> None:
    with pytest.raises(MailError) as refused:
        send(open_port, **locked())
    assert not refused.value.for_good
    assert (postbox.logins, postbox.letters) == ([], [])


def test_a_wrong_password_is_our_fault_and_tried_again(
    locked_port: int,
    postbox: Postbox,
    certificate: Certificate,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    with pytest.raises(MailError) as refused:
        send(locked_port, **locked(smtp_password="falsch"))
    assert not refused.value.for_good
    assert "535" in str(refused.value)
    assert "falsch" not in str(refused.value)
    assert postbox.letters == []


@pytest.mark.parametrize(
    ("address", "answer", "said", "for_good"),
    [
        ("nobody@example.org", "250 OK", "550", True),
        ("full@example.org", "250 OK", "452", False),
        ("ada@example.org", "451 try again", "451", False),
        ("ada@example.org", "554 no spam here", "554", True),
    ],
)
def test_what_the_server_says_decides_whether_it_is_tried_again(
    open_port: int, postbox: Postbox, address: str, *, answer: str, said: str, for_good: bool
) -> None:
    postbox.answer = answer
    with pytest.raises(MailError) as refused:
        send(open_port, replace(OWED, to_address=address))
    assert said in str(refused.value)
    assert refused.value.for_good is for_good


def test_a_server_that_is_not_there_is_asked_again() -> None:
    with pytest.raises(MailError) as refused:
        send(free_port())
    assert not refused.value.for_good


@pytest.mark.parametrize(
    "changes",
    [
        {"to_name": "Ada\r\nBcc: all@example.org"},
        {"to_name": "Ada\nBcc: all@example.org"},
        {"to_address": "ada@example.org\r\nBcc: all@example.org"},
        {"centre": "MZ\r\nBcc: all@example.org"},
        {"reply_to": "mz@example.org\r\nBcc: all@example.org"},
        {"facts": {"number": "R-1\r\nBcc: all@example.org"}},
        {"locale": "de\r\nBcc: all@example.org"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_line_break_in_a_head_is_refused_for_good(
    open_port: int, postbox: Postbox, changes: dict[str, Any]
) -> None:
    with pytest.raises(MailError) as refused:
        send(open_port, replace(OWED, **changes))
    assert refused.value.for_good
    assert postbox.letters == []


def test_a_letter_is_text_first_and_html_beside_it() -> None:
    message = compose(LETTER, OWED, settings(25))
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == [
        "text/plain",
        "text/html",
    ]


def test_the_head_of_a_letter_says_what_mail_programs_want_to_know() -> None:
    message = compose(LETTER, OWED, settings(25))
    assert message["Message-ID"] == "<letter-7@medien.example>"
    assert message["References"] == "<R-1203@medien.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Reply-To"] == "mz@example.org"
    assert message["Content-Language"] == "de"
    assert message["List-Unsubscribe"] == "<https://m.example/x>"
    for name in ("Message-ID", "Content-Language", "Subject"):
        assert len(message.get_all(name, [])) == 1


def test_a_letter_that_cannot_be_switched_off_names_no_way_to_do_it() -> None:
    message = compose(replace(LETTER, choices=""), OWED, settings(25))
    assert message["List-Unsubscribe"] is None
