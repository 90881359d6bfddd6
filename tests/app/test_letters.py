"""Every letter can be written, in both languages, with all its facts and with hardly any."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from app.letter_layout import WIDTH
from app.letters import LONGEST_SUBJECT, write_letter
from schools.models.owed_letter import LetterKind
from schools.operations.send_letters import ClaimedLetter
from tests.app.letter_facts import plain_app


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application without a store: words need none."""
    return plain_app(tmp_path_factory.mktemp("words"))


ADDRESS = "https://medien.example"
UNTIL = datetime(2026, 12, 1, 9, tzinfo=UTC).isoformat()
LONG = "Der Wald im Winter und was darin lebt, kriecht und summt, Teil 1 bis 14 mit Begleitheft"
PERSON = {"person": "Ilse Kern", "email": "ilse@example.org", "school": "Gymnasium Süd"}
BOOKED = {"number": "R-1203", "first": "2026-12-03", "last": "2026-12-04"}

NEEDED: dict[LetterKind, dict[str, Any]] = {
    LetterKind.INVITATION: {"role": "staff", "token": "t0k", "until": UNTIL},
    LetterKind.PASSWORD_RESET: {"token": "t0k", "until": UNTIL},
    LetterKind.REGISTRATION_PROOF: PERSON | {"token": "t0k", "until": UNTIL},
    LetterKind.REGISTRATION_RECEIVED: {"school": "Gymnasium Süd"},
    LetterKind.MEMBERSHIP_TO_CONFIRM: PERSON,
    LetterKind.MEMBERSHIP_CONFIRMED: {"school": "Gymnasium Süd"},
    LetterKind.MEMBERSHIP_DECLINED: {"school": "Gymnasium Süd"},
    LetterKind.BOOKING_CONFIRMED: BOOKED,
    LetterKind.BOOKING_CANCELLED: BOOKED,
    LetterKind.LOAN_RENEWED: {"titles": [LONG], "due_on": "2026-12-17"},
    LetterKind.DATES_MOVED: {
        "moved": [
            {"title": LONG, "kind": "loan", "before": "2026-12-24", "after": "2027-01-07"},
            {"title": LONG, "kind": "pickup", "before": "2026-12-23", "after": "2027-01-07"},
        ]
    },
    LetterKind.REMINDER: {"titles": [LONG, LONG], "due_on": "2026-12-17"},
    LetterKind.PARTS_MISSING: {"title": LONG, "parts": ["Netzteil"]},
    LetterKind.DEFECT_REPORTED: {"title": LONG},
    LetterKind.DEFECT_STATE: {"title": LONG, "state": "in_work"},
    LetterKind.SEARCH_ALERT: {
        "different": 30,
        "searches": [
            {
                "name": "Vulkane",
                "path": "/search?words=Vulkane&sort=newest",
                "found": 30,
                "titles": [{"name": LONG, "path": "/titles/17"}],
            }
        ],
    },
    LetterKind.BARRIER_REPORTED: {"text": "Das Bild hat keinen Text.\n\nBitte ändern."},
    LetterKind.DIGEST: {
        "on": "2026-11-23",
        "items": [
            {"kind": "booking_confirmed", "facts": BOOKED | {"titles": [LONG]}},
            {"kind": "loan_renewed", "facts": {"titles": [LONG], "due_on": "2026-12-17"}},
        ],
    },
}
MORE: dict[str, Any] = {
    "place": "Theke",
    "titles": [LONG, "2 × Sensorkoffer"],
    "unit": "UV 7.2 Energie",
    "class_name": "7b",
    "sequence": 2,
    "reason": "Der Koffer ist kaputt.",
    "level": 2,
    "number": "R-1203",
    "due_on": "2026-12-17",
    "text": "Der Akku lädt nicht.",
    "remark": "Kommt am Freitag zurück.",
    "page": "/search",
    "email": "ilse@example.org",
    "school": "Gymnasium Süd",
}


def claimed(kind: LetterKind, facts: dict[str, Any], locale: str, *, named: bool) -> ClaimedLetter:
    return ClaimedLetter(
        id=1,
        kind=kind.value,
        to_address="ada@example.org",
        to_name="Ada Lehrerin" if named else "",
        locale=locale,
        facts=facts,
        centre="Medienzentrum Nord" if named else "",
        reply_to="mz@example.org" if named else "",
        phone="0231 1234" if named else "",
    )


@pytest.mark.parametrize("locale", ["de", "en"])
@pytest.mark.parametrize("full", [True, False], ids=["all facts", "needed facts"])
@pytest.mark.parametrize("kind", list(LetterKind))
def test_a_letter_reads_well(app: Flask, kind: LetterKind, *, full: bool, locale: str) -> None:
    facts = (MORE | NEEDED[kind]) if full else NEEDED[kind]
    with app.app_context():
        written = write_letter(claimed(kind, facts, locale, named=full), ADDRESS)
    whole = f"{written.subject}\n{written.text}"
    assert 5 <= len(written.subject) <= LONGEST_SUBJECT
    assert "\n" not in written.subject
    assert not re.search(r"None|\{\{|\{%|%\(|Undefined", whole)
    assert "\n\n\n" not in written.text
    assert all(len(line) <= WIDTH for line in written.text.splitlines() if "http" not in line)
    assert ("Guten Tag" in written.text) == (locale == "de")


@pytest.mark.parametrize("kind", list(LetterKind))
def test_links_begin_with_our_public_address(app: Flask, kind: LetterKind) -> None:
    with app.app_context():
        written = write_letter(claimed(kind, NEEDED[kind], "de", named=True), ADDRESS)
    assert all(link.startswith(ADDRESS) for link in re.findall(r"https?://\S+", written.text))


def test_who_only_looks_at_a_letter_does_not_see_its_link(app: Flask) -> None:
    kind = LetterKind.PASSWORD_RESET
    with app.app_context():
        written = write_letter(
            claimed(kind, NEEDED[kind], "de", named=True), ADDRESS, hide_link=True
        )
    assert "t0k" not in written.text
    assert f"{ADDRESS}/reset/" in written.text


def test_a_cancelled_booking_is_taken_out_of_calendars(app: Flask) -> None:
    facts = BOOKED | {"sequence": 2}
    letter = claimed(LetterKind.BOOKING_CANCELLED, facts, "de", named=True)
    with app.app_context():
        (attached,) = write_letter(letter, ADDRESS).attachments
    assert attached.method == "CANCEL"
    assert b"SEQUENCE:3" in attached.content
    assert b"STATUS:CANCELLED" in attached.content
