"""Every letter can be written, in both languages, with all its facts and with hardly any."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from app.letter_layout import WIDTH
from app.letters import LONGEST_SUBJECT, write_letter
from loans.rules.holds import Ending
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
BOOKED = {"sequence": 0, "number": "R-1203", "first": "2026-12-03", "last": "2026-12-04"}
LINE = {"title": LONG, "due_on": "2026-12-17"}

PLAIN = {"title": LONG, "number": "MZ-004711", "parts": [], "missing": [], "no_copying": False}
THING = PLAIN | {"parts": ["Netzteil", "2 × Kabel"], "missing": ["Tasche"], "no_copying": True}

NEEDED: dict[LetterKind, dict[str, Any]] = {
    LetterKind.INVITATION: {"role": "staff", "token": "t0k", "until": UNTIL},
    LetterKind.PASSWORD_RESET: {"token": "t0k", "until": UNTIL},
    LetterKind.REGISTRATION_PROOF: PERSON | {"token": "t0k", "until": UNTIL},
    LetterKind.REGISTRATION_RECEIVED: {"school": "Gymnasium Süd"},
    LetterKind.MEMBERSHIP_TO_CONFIRM: PERSON,
    LetterKind.MEMBERSHIP_CONFIRMED: {"school": "Gymnasium Süd"},
    LetterKind.MEMBERSHIP_DECLINED: {"school": "Gymnasium Süd"},
    LetterKind.MEMBERSHIP_PROVISIONAL: {"person": "Ilse Kern", "school": "Gymnasium Süd"},
    LetterKind.BOOKING_CONFIRMED: BOOKED,
    LetterKind.BOOKINGS_CONFIRMED: {"bookings": [BOOKED, BOOKED | {"titles": [LONG]}]},
    LetterKind.BOOKING_REQUESTED: {"bookings": [BOOKED, BOOKED | {"titles": [LONG]}]},
    LetterKind.BOOKING_CHANGED: BOOKED
    | {"was_first": "2026-12-01", "was_last": "2026-12-02", "was_place": "Theke"},
    LetterKind.BOOKING_DECLINED: BOOKED,
    LetterKind.BOOKING_CANCELLED: BOOKED,
    LetterKind.BOOKINGS_CANCELLED: {"bookings": [BOOKED, BOOKED | {"titles": [LONG]}]},
    LetterKind.BOOKING_READY: BOOKED,
    LetterKind.ON_ITS_WAY: {"tour_on": "2026-12-01", "titles": [LONG]},
    LetterKind.LOAN_RECEIPT: {
        "count": 2,
        "lent": [{"due_on": "2026-12-17", "things": [THING, PLAIN]}],
        "returned": [PLAIN],
    },
    LetterKind.LOAN_RENEWED: {"titles": [LONG], "due_on": "2026-12-17"},
    LetterKind.DATES_MOVED: {
        "moved": [
            {"title": LONG, "kind": "loan", "before": "2026-12-24", "after": "2027-01-07"},
            {"title": LONG, "kind": "pickup", "before": "2026-12-23", "after": "2027-01-07"},
        ]
    },
    LetterKind.DUE_SOON: {"due_on": "2026-12-17", "lines": [LINE]},
    LetterKind.OVERDUE: {"level": 1, "due_on": "2026-12-17", "days": 3, "lines": [LINE, LINE]},
    LetterKind.OVERDUE_COPY: PERSON | {"due_on": "2026-12-17", "days": 10, "lines": [LINE]},
    LetterKind.RECALL: {"due_on": "2026-12-17", "lines": [LINE | {"before": "2026-12-20"}]},
    LetterKind.BOOKING_LAPSED: BOOKED,
    LetterKind.PARTS_MISSING: {"title": LONG, "parts": ["Netzteil"]},
    LetterKind.DAMAGE_FOUND: {"title": LONG},
    LetterKind.HOLD_READY: {"title": LONG, "hold": 7},
    LetterKind.HOLD_EXPIRED: {"title": LONG, "hold": 7},
    LetterKind.HOLD_AT_DESK: {"title": LONG},
    LetterKind.CORRECTION: {},
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
    LetterKind.PURCHASE_ANSWERED: {"what": LONG, "state": "declined", "path": "/wishes"},
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
    "requested": True,
    "proposals": [{"first": "2026-12-07", "last": "2026-12-09"}],
    "level": 2,
    "number": "R-1203",
    "due_on": "2026-12-17",
    "text": "Der Akku lädt nicht.",
    "remark": "Kommt am Freitag zurück.",
    "page": "/search",
    "email": "ilse@example.org",
    "school": "Gymnasium Süd",
    "answer": "Nehmen Sie bitte die Kamera-Sets.",
    "title": LONG,
    "brought_on": "2026-12-01",
    "fetched_on": "2026-12-08",
    "change_until": UNTIL,
    "pieces": 2,
    "open_days": [
        {"day": "2026-12-03", "hours": ["08:00–12:00", "13:00–16:00"]},
        {"day": "2026-12-04", "hours": []},
    ],
    "boxes": ["B-117", "B-118"],
    "lines": [
        LINE
        | {"number": "MZ-000017", "class_name": "7b", "level": 2, "wanted_from": "2026-12-18"}
        | {"until": "2026-12-24", "before": "2026-12-20"},
        LINE
        | {"refusals": [{"code": "BOOKED", "facts": {}, "days": {"until": "2026-12-18"}}]}
        | {"before": "2026-12-20"},
    ],
    "back_by": "2026-12-24",
    "value_cents": 12_990,
    "fee_cents": 150,
    "copied": True,
    "blocked": True,
    "automatic": True,
    "unanswered": True,
    "last": "2026-12-21",
    "no_copying": True,
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


@pytest.mark.parametrize("state", ["ordered", "fulfilled", "declined"])
def test_an_answered_wish_says_what_becomes_of_it(app: Flask, state: str) -> None:
    facts = NEEDED[LetterKind.PURCHASE_ANSWERED] | {"state": state, "answer": "Bald."}
    letter = claimed(LetterKind.PURCHASE_ANSWERED, facts, "de", named=True)
    with app.app_context():
        written = write_letter(letter, ADDRESS)
    said = {
        "ordered": "ist bestellt",
        "fulfilled": "ist da",
        "declined": "nicht anschaffen",
    }
    assert said[state] in written.text
    assert "Bald." in written.text


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


def test_a_confirmation_counts_pieces(app: Flask) -> None:
    facts = BOOKED | {"titles": ["6 × Kamera"], "pieces": 6}
    with app.app_context():
        written = write_letter(
            claimed(LetterKind.BOOKING_CONFIRMED, facts, "de", named=True), ADDRESS
        )
    assert written.subject == "Reserviert für Do, 3.12.: 6 Medien (R-1203)"


def test_a_cancelled_booking_is_taken_out_of_calendars(app: Flask) -> None:
    facts = BOOKED | {"sequence": 2}
    letter = claimed(LetterKind.BOOKING_CANCELLED, facts, "de", named=True)
    with app.app_context():
        (attached,) = write_letter(letter, ADDRESS).attachments
    assert attached.method == "CANCEL"
    assert b"SEQUENCE:3" in attached.content
    assert b"STATUS:CANCELLED" in attached.content


def test_a_cancelled_rest_stays_in_calendars_and_says_when_the_other_part_is_due(
    app: Flask,
) -> None:
    facts = {name: value for name, value in BOOKED.items() if name != "sequence"}
    facts |= {"rest": True, "titles": ["2 × Der Wald im Winter"], "due_on": "2026-12-04"}
    one = claimed(LetterKind.BOOKING_CANCELLED, facts, "de", named=True)
    several = {"bookings": [facts, BOOKED | {"number": "R-1204"}]}
    both = claimed(LetterKind.BOOKINGS_CANCELLED, several, "de", named=True)
    with app.app_context():
        written, together = write_letter(one, ADDRESS), write_letter(both, ADDRESS)
    assert written.attachments == ()
    assert written.subject == "Rest storniert für Do, 3.12. (R-1203)"
    for text in (written.text, together.text):
        words = " ".join(text.split())
        assert (
            "was von dieser Reservierung noch" in words or "was noch nicht abgeholt war" in words
        )
        assert "Bitte bringen Sie es bis Freitag, 4. Dezember 2026 zurück." in words
    (attached,) = together.attachments
    assert (attached.method, b"R-1203" in attached.content) == ("CANCEL", False)


def test_a_changed_booking_moves_in_calendars_under_the_same_uid(app: Flask) -> None:
    facts = NEEDED[LetterKind.BOOKING_CHANGED] | {"sequence": 1}
    with app.app_context():
        changed = write_letter(
            claimed(LetterKind.BOOKING_CHANGED, facts, "de", named=True), ADDRESS
        )
        first = write_letter(
            claimed(LetterKind.BOOKING_CONFIRMED, BOOKED, "de", named=True), ADDRESS
        )
    for (written,), sequence in (
        (first.attachments, b"SEQUENCE:0"),
        (changed.attachments, b"SEQUENCE:1"),
    ):
        assert b"UID:R-1203@medien.example" in written.content
        assert sequence in written.content
        assert written.method == "PUBLISH"


def test_bookings_made_in_one_go_come_as_one_file(app: Flask) -> None:
    facts = {"bookings": [BOOKED, BOOKED | {"number": "R-1204"}]}
    letter = claimed(LetterKind.BOOKINGS_CONFIRMED, facts, "de", named=True)
    with app.app_context():
        (attached,) = write_letter(letter, ADDRESS).attachments
    assert attached.content.count(b"BEGIN:VEVENT") == 2
    assert b"URL:https://medien.example/bookings/R-1204" in attached.content


@pytest.mark.lending("5.4", "5.5")
def test_bookings_for_several_schools_and_classes_each_name_their_own(app: Flask) -> None:
    one = BOOKED | {"school": "Gymnasium Süd", "class_name": "7b"}
    other = BOOKED | {"number": "R-1204", "school": "Gesamtschule Nord", "class_name": "8a"}
    both = claimed(LetterKind.BOOKINGS_CONFIRMED, {"bookings": [one, other]}, "de", named=True)
    same = claimed(
        LetterKind.BOOKINGS_CONFIRMED,
        {"bookings": [one, one | {"number": "R-1204"}]},
        "de",
        named=True,
    )
    with app.app_context():
        apart, together = (write_letter(each, ADDRESS).text for each in (both, same))
    _, first, second = apart.split("(R-")
    assert ("Schule: Gymnasium Süd" in first, "Klasse: 7b" in first) == (True, True)
    assert ("Schule: Gesamtschule Nord" in second, "Klasse: 8a" in second) == (True, True)
    assert "Süd" not in second
    assert (together.count("Gymnasium Süd"), together.count("Klasse: 7b")) == (1, 1)


NIGHT: list[tuple[LetterKind, dict[str, Any], str, tuple[str, ...]]] = [
    (
        LetterKind.DUE_SOON,
        {"lines": [LINE | {"until": "2026-12-24"}]},
        "Rückgabe am Do, 17.12.: 1 Medium",
        ("bald zurück", "verlängerbar bis Do, 24.12."),
    ),
    (
        LetterKind.DUE_SOON,
        {"lines": [LINE | {"refusals": [{"code": "RENEWAL_LIMIT", "facts": {}, "days": {}}]}]},
        "Rückgabe am Do, 17.12.: 1 Medium",
        ("nicht verlängerbar: ",),
    ),
    (
        LetterKind.OVERDUE,
        {"level": 1},
        "Erinnerung: Rückgabe war am Do, 17.12. fällig (2 Medien)",
        ("war am 17.12.2026 fällig",),
    ),
    (
        LetterKind.OVERDUE,
        {"level": 2, "days": 10, "copied": True, "blocked": True},
        "2. Erinnerung: 2 Medien, bis zu 10 Tage überfällig",
        ("Medienbeauftragte", "nichts ausgeliehen oder reserviert"),
    ),
    (
        LetterKind.OVERDUE,
        {"level": 3, "back_by": "2027-01-11", "value_cents": 12_900, "fee_cents": 150},
        "Letzte Aufforderung: Rückgabe bis Mo, 11.1.",
        ("Montag, 11. Januar 2027", "129 €", "1,50 €", "Schulleitung wird ebenfalls"),
    ),
    (
        LetterKind.OVERDUE_COPY,
        {"level": 2},
        "Überfällig an Ihrer Schule: 1 Medium",
        ("zum zweiten Mal erinnert",),
    ),
    (
        LetterKind.RECALL,
        {"reason": "Wir zählen den Bestand."},
        "Bitte bis Do, 17.12. zurückgeben: 1 Medium",
        ("jetzt bis 17.12.2026, bisher bis 20.12.2026", "Wir zählen den Bestand."),
    ),
    (
        LetterKind.OVERDUE,
        {"lines": [LINE, LINE | {"due_on": "2026-12-14"}], "due_on": "2026-12-14"},
        "Erinnerung: Rückgabe war ab Mo, 14.12. fällig (2 Medien)",
        (),
    ),
    (
        LetterKind.BOOKING_LAPSED,
        {},
        "R-1203 ist verfallen",
        ("nicht abgeholt", "R-1203 (3.12. bis 4.12.2026)"),
    ),
    (LetterKind.BOOKING_LAPSED, {"unanswered": True}, "R-1203 ist verfallen", ("Anfrage",)),
    (
        LetterKind.LOAN_RENEWED,
        {"automatic": True},
        "Verlängert",
        ("automatisch",),
    ),
]


@pytest.mark.lending("9.2", "10.1", "10.2", "10.3")
@pytest.mark.parametrize(("kind", "facts", "subject", "words"), NIGHT)
def test_what_a_night_writes_is_said_in_plain_german(
    app: Flask, kind: LetterKind, facts: dict[str, Any], subject: str, words: tuple[str, ...]
) -> None:
    with app.app_context():
        written = write_letter(claimed(kind, NEEDED[kind] | facts, "de", named=True), ADDRESS)
    text = " ".join(written.text.split())
    assert subject in written.subject
    for each in words:
        assert each in text, text


@pytest.mark.parametrize("locale", ["de", "en"])
@pytest.mark.parametrize("why", list(Ending))
def test_the_end_of_a_hold_says_why(app: Flask, why: Ending, locale: str) -> None:
    facts = {"title": LONG, "why": why.value}
    with app.app_context():
        written = write_letter(
            claimed(LetterKind.HOLD_EXPIRED, facts, locale, named=True), ADDRESS
        )
        plain = write_letter(
            claimed(LetterKind.HOLD_EXPIRED, {"title": LONG}, locale, named=True), ADDRESS
        )
    assert len(written.text) > len(plain.text)


def test_what_is_ready_says_where_until_when_and_for_which_days(app: Flask) -> None:
    facts = {
        "title": "Vulkane",
        "hold": 7,
        "place": "Theke, Hauptstelle",
        "due_on": "2026-12-01",
        "first": "2026-12-07",
        "last": "2026-12-11",
    }
    with app.app_context():
        written = write_letter(claimed(LetterKind.HOLD_READY, facts, "de", named=True), ADDRESS)
    assert written.subject == "Jetzt frei, bis Di, 1.12. zurückgelegt: Vulkane"
    assert "Theke, Hauptstelle" in written.text
    assert "7.12. bis 11.12.2026" in written.text
    assert f"{ADDRESS}/holds/7" in written.text


@pytest.mark.lending("8.7")
def test_a_receipt_says_what_is_due_when_with_parts_and_what_must_not_be_copied(
    app: Flask,
) -> None:
    facts = MORE | NEEDED[LetterKind.LOAN_RECEIPT]
    with app.app_context():
        written = write_letter(claimed(LetterKind.LOAN_RECEIPT, facts, "de", named=True), ADDRESS)
    assert written.subject == "Ausgeliehen: 2 Medien, zurück bis Do, 17.12."
    for words in ("Netzteil, 2 × Kabel", "Tasche", "MZ-004711", "nicht kopiert werden"):
        assert words in written.text


def test_a_receipt_of_returns_alone_thanks(app: Flask) -> None:
    facts = {"count": 0, "lent": [], "returned": [PLAIN]}
    with app.app_context():
        written = write_letter(claimed(LetterKind.LOAN_RECEIPT, facts, "de", named=True), ADDRESS)
    assert written.subject == "Zurückgegeben: 1 Medium, danke"
