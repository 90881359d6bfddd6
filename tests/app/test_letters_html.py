"""The HTML of letters: says what the text says, fetches nothing, escapes whatever it says."""

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from icalendar import Calendar

from app.letter_calendar import calendar_of_letter
from app.letter_facts import fillings, readable, sample_facts
from app.letters import LONGEST_SUBJECT, PATHS, WrittenLetter, write_letter
from schools.models.owed_letter import LetterKind
from schools.queries.letter_texts import OwnWords
from tests.app.letter_facts import ADDRESS, facts_in_docs, plain_app, sample

EVERY_KIND = pytest.mark.parametrize("kind", list(LetterKind))
BOTH_LANGUAGES = pytest.mark.parametrize("locale", ["de", "en"])

TAGS = frozenset({"html", "head", "meta", "title", "style", "body", "main", "footer"}) | {
    *("h1", "h2", "p", "br", "ul", "li", "a")
}
ATTRIBUTES = frozenset({"lang", "charset", "name", "content", "class", "href"})
LEFT_OVER = re.compile(r"None|\{\{|\{%|%\(|Undefined|[\x00-\x08\x0b-\x1f]")

PAYLOADS = (
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    '"><script>alert(1)</script>',
    "'><script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    '<a href="javascript:alert(1)">x</a>',
    '<iframe src="javascript:alert(1)"></iframe>',
    '<object data="data:text/html,x"></object>',
    '<embed src="//evil.example/x">',
    '<form action="//evil.example"><input name=q></form>',
    '<base href="//evil.example/">',
    '<meta http-equiv="refresh" content="0;url=//evil.example">',
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css';</style>",
    "<body onload=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<math><mtext><script>alert(1)</script></mtext></math>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<textarea><script>alert(1)</script></textarea>",
    "<!--<script>alert(1)</script>-->",
    "--><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    '<?xml version="1.0"?><script>alert(1)</script>',
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "&quot;&gt;&lt;script&gt;",
    "{{ 7 * 7 }}",
    "{% import 'os' as os %}",
    "{{ config.SECRET_KEY }}",
    "${7*7}",
    "#{7*7}",
    "%(number)s",
    "{number}",
    "{name}",
    "{0.__class__}",
    "\x01Überschrift von fremder Hand",
    "\x02Knopf\x03https://evil.example/",
    "\x04\nUnterschrift",
    "\x1eneuer Teil",
    "- ein Punkt\n- noch einer",
    "a\r\nBcc: all@example.org",
    "a\u2028b\u2029c",
    "\u202egnp.exe",
    "https://evil.example/login",
    "[Klicken](https://evil.example)",
    "<b>fett</b> & <i>schräg</i>",
    "🎬 Ünïcödé 中文 " + "lang" * 60,
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application without a store: writing a letter needs none."""
    return plain_app(tmp_path_factory.mktemp("letters"))


class Page(HTMLParser):
    """Collects what a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self._style = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self.links += [value or "" for name, value in attrs if name == "href"]
        self._style = tag == "style"

    def handle_endtag(self, _tag: str) -> None:
        self._style = False

    def handle_data(self, data: str) -> None:
        if not self._style:
            self.words.append(data)

    def handle_comment(self, data: str) -> None:
        self.tags.append(f"comment {data}")

    def handle_pi(self, data: str) -> None:
        self.tags.append(f"instruction {data}")


def written(app: Flask, kind: LetterKind, locale: str = "de", **more: Any) -> WrittenLetter:
    with app.app_context():
        return write_letter(sample(kind, locale, **more), ADDRESS)


def one_line(text: str) -> str:
    return " ".join(text.split())


def dates_in(text: str) -> set[str]:
    return set(re.findall(r"\d{1,2}\.\d{1,2}\.(?:\d{4})?|\d{1,2} [A-Z][a-z]{2} \d{4}", text))


@EVERY_KIND
@BOTH_LANGUAGES
def test_the_text_holds_every_word_link_and_date_of_the_html(
    app: Flask, kind: LetterKind, locale: str
) -> None:
    letter = written(app, kind, locale)
    page = Page(letter.html)
    text = one_line(f"{letter.subject}\n{letter.text}")
    assert [link for link in page.links if link not in letter.text] == []
    assert dates_in(" ".join(page.words)) - dates_in(text) == set()
    known = text.replace("- ", "")
    missing = [one_line(words) for words in page.words if one_line(words) not in known]
    assert missing == []


@EVERY_KIND
@BOTH_LANGUAGES
def test_the_html_is_simple_and_fetches_nothing(app: Flask, kind: LetterKind, locale: str) -> None:
    letter = written(app, kind, locale)
    page = Page(letter.html)
    assert set(page.tags) <= TAGS
    assert {name for name, _value in page.attributes} <= ATTRIBUTES
    assert all(link.startswith(f"{ADDRESS}/") for link in page.links)
    assert "url(" not in letter.html
    assert "@import" not in letter.html
    assert f'<html lang="{locale}">' in letter.html
    assert page.tags.count("h1") == 1


@EVERY_KIND
@BOTH_LANGUAGES
def test_a_letter_reads_well_whichever_fact_is_missing(
    app: Flask, kind: LetterKind, locale: str
) -> None:
    with app.app_context():
        whole = sample_facts(kind.value, PATHS.get(kind, ""))
    must = {name for name, needed in facts_in_docs()[kind.value].items() if needed}
    optional = set(whole) - must - {"token", "until"}
    for missing in [*({name} for name in sorted(optional)), optional]:
        for empty in (None, "drop"):
            facts = {
                name: empty if name in missing else fact
                for name, fact in whole.items()
                if empty is None or name not in missing
            }
            letter = written(app, kind, locale, facts=facts)
            assert 5 <= len(letter.subject) <= LONGEST_SUBJECT
            assert not LEFT_OVER.search(letter.subject + letter.text + letter.html), missing


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
@pytest.mark.parametrize(
    "kind",
    [
        LetterKind.BOOKING_CANCELLED,
        LetterKind.BARRIER_REPORTED,
        LetterKind.SEARCH_ALERT,
        LetterKind.PARTS_MISSING,
        LetterKind.DIGEST,
    ],
)
def test_whatever_a_fact_holds_is_only_said(app: Flask, kind: LetterKind, payload: str) -> None:
    with app.app_context():
        facts = dict(poisoned(sample_facts(kind.value, PATHS.get(kind, "")), payload))
    letter = written(
        app, kind, facts=facts, to_name=payload, centre=payload, phone=payload, reply_to=payload
    )
    page = Page(letter.html)
    assert set(page.tags) <= TAGS
    assert {name for name, _value in page.attributes} <= ATTRIBUTES
    assert all(link.startswith(f"{ADDRESS}/") for link in page.links)
    assert page.tags.count("h1") == 1
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u202a-\u202e]", letter.text + letter.html)
    assert "\n" not in letter.subject
    assert len(letter.subject) <= LONGEST_SUBJECT
    assert "49" not in letter.text
    spoken = re.sub(r"[\x00-\x08\x0b-\x1f\u202e]", "", payload)
    assert one_line(spoken)[:40] in one_line(" ".join(page.words))


def poisoned(facts: Mapping[str, Any], payload: str) -> Iterator[tuple[str, Any]]:
    """Put the payload into every text of the facts that is no day, number, kind or path."""
    kept = {"first", "last", "due_on", "on", "until", "kind", "path", "state", "number"}
    for name, fact in facts.items():
        yield name, fact if name in kept else _poisoned(fact, payload)


def _poisoned(fact: Any, payload: str) -> Any:
    if isinstance(fact, str):
        return payload
    if isinstance(fact, list):
        return [_poisoned(each, payload) for each in fact]
    return dict(poisoned(fact, payload)) if isinstance(fact, dict) else fact


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_whatever_a_centre_writes_is_only_said(app: Flask, payload: str) -> None:
    own = {"booking_confirmed": OwnWords(payload, f"Guten Tag\n\n{payload}\n\n{{titles}}")}
    letter = written(app, LetterKind.BOOKING_CONFIRMED, own=own)
    page = Page(letter.html)
    assert set(page.tags) <= TAGS
    assert {name for name, _value in page.attributes} <= ATTRIBUTES
    assert all(link.startswith(f"{ADDRESS}/") for link in page.links)
    assert "49" not in letter.text


def test_a_centres_own_words_stand_between_greeting_and_signature(app: Flask) -> None:
    own = {"booking_confirmed": OwnWords("{first}: {titles}", "ab {first}:\n\n{titles}")}
    letter = written(app, LetterKind.BOOKING_CONFIRMED, own=own)
    assert letter.subject == "Do, 3.12.: 2 × Der Wald im Winter, Sensorkoffer Physik"
    assert letter.text.startswith(
        "Guten Tag Ada Lehrerin,\n\nab Donnerstag, 3. Dezember 2026:\n\n"
        "- 2 × Der Wald im Winter\n- Sensorkoffer Physik\n\n"
    )
    assert f"{ADDRESS}/bookings/R-1203" in letter.text
    assert "Medienzentrum Nord" in letter.text


@pytest.mark.parametrize(
    ("own", "says", "says_not"),
    [
        (OwnWords("Neu", ""), "wir haben für Sie reserviert", "Reserviert für"),
        (OwnWords("", "Nur Text"), "Nur Text", "wir haben für Sie reserviert"),
    ],
    ids=["only a subject", "only a text"],
)
def test_what_a_centre_leaves_empty_is_built_in(
    app: Flask, own: OwnWords, says: str, says_not: str
) -> None:
    letter = written(app, LetterKind.BOOKING_CONFIRMED, own={"booking_confirmed": own})
    whole = f"{letter.subject}\n{letter.text}"
    assert says in whole
    assert says_not not in whole


def test_words_of_another_kind_change_nothing(app: Flask) -> None:
    plain = written(app, LetterKind.LOAN_RENEWED)
    own = {"booking_confirmed": OwnWords("x", "y")}
    assert written(app, LetterKind.LOAN_RENEWED, own=own) == plain


@pytest.mark.parametrize("undone", [False, True])
def test_a_renewal_that_is_taken_back_is_not_told_as_one(app: Flask, *, undone: bool) -> None:
    kind = LetterKind.LOAN_RENEWED
    facts = {"titles": ["Wale"], "due_on": "2026-12-17", "undone": undone}
    own = {kind.value: OwnWords("Verlängert!", "Wir haben verlängert: {titles}")}
    letter = written(app, kind, own=own, facts=facts)
    assert ("Wir haben verlängert" in letter.text) is not undone
    assert letter.subject.startswith("Verlängerung zurückgenommen" if undone else "Verlängert!")


def test_a_daily_letter_holds_each_letter_with_its_link_and_file(app: Flask) -> None:
    letter = written(app, LetterKind.DIGEST)
    page = Page(letter.html)
    assert letter.subject == "Do, 3.12.: 2 Nachrichten, Medienzentrum Nord"
    assert page.tags.count("h2") == 2
    assert "Reserviert für Do, 3.12.: 2 Medien (R-1203)\n=====" in letter.text
    assert f"{ADDRESS}/bookings/R-1203" in page.links
    assert f"{ADDRESS}/mine" in page.links
    assert [attached.name for attached in letter.attachments] == ["R-1203.ics"]


def test_of_one_booking_a_daily_letter_brings_the_latest_file_only(app: Flask) -> None:
    booked = {"number": "R-1", "first": "2026-12-03", "last": "2026-12-04", "sequence": 0}
    items = [
        {"kind": "booking_confirmed", "facts": booked},
        {"kind": "booking_cancelled", "facts": booked | {"sequence": 1}},
    ]
    facts = {"on": "2026-11-23", "items": items}
    (attached,) = written(app, LetterKind.DIGEST, facts=facts).attachments
    assert attached.method == "CANCEL"
    assert b"SEQUENCE:2" in attached.content


def test_a_daily_letter_brings_the_events_of_all_its_bookings_each_as_it_is_at_last(
    app: Flask,
) -> None:
    first, second = (
        {"number": number, "first": "2026-12-03", "last": "2026-12-04", "sequence": 0}
        for number in ("R-1", "R-2")
    )
    moved = first | {"sequence": 1, "was_first": "2026-12-01", "was_last": "2026-12-02"}
    items = [
        {"kind": "bookings_confirmed", "facts": {"bookings": [first, second]}},
        {"kind": "booking_changed", "facts": moved},
    ]
    facts = {"on": "2026-11-23", "items": items}
    files = written(app, LetterKind.DIGEST, facts=facts).attachments
    assert [each.name for each in files] == ["R-2.ics", "R-1.ics"]
    assert [each.content.count(b"BEGIN:VEVENT") for each in files] == [1, 1]
    assert b"SEQUENCE:1" in files[1].content


def test_a_sample_says_that_it_is_one(app: Flask) -> None:
    with app.app_context():
        facts = sample_facts("loan_renewed", "") | {"sample": True}
    assert written(app, LetterKind.LOAN_RENEWED, facts=facts).subject.startswith("Muster: ")


@pytest.mark.parametrize(
    ("kind", "person_id", "can"),
    [
        (LetterKind.BOOKING_CONFIRMED, 1, True),
        (LetterKind.DIGEST, 1, True),
        (LetterKind.BOOKING_CONFIRMED, None, False),
        (LetterKind.OVERDUE, 1, False),
        (LetterKind.INVITATION, 1, False),
    ],
)
def test_letters_that_can_be_switched_off_say_where(
    app: Flask, kind: LetterKind, person_id: int | None, *, can: bool
) -> None:
    letter = written(app, kind, person_id=person_id)
    assert letter.choices == (f"{ADDRESS}/profile#letters" if can else "")
    assert (f"{ADDRESS}/profile#letters" in letter.text) is can


BOOKED = {"number": "R-1", "first": "2026-12-03", "last": "2026-12-04", "sequence": 2}


@pytest.mark.parametrize(
    ("facts", "files"),
    [
        pytest.param(BOOKED, ["R-1.ics"], id="a booking"),
        pytest.param({"bookings": [BOOKED, BOOKED | {"number": "R-2"}]}, ["R-1.ics"], id="two"),
        pytest.param(BOOKED | {"requested": True}, [], id="a request still"),
        pytest.param({k: v for k, v in BOOKED.items() if k != "sequence"}, [], id="no booking"),
        pytest.param(BOOKED | {"first": ""}, [], id="no days"),
        pytest.param({"number": "MZ-1", "due_on": "2026-12-03"}, [], id="a copy"),
    ],
)
def test_a_calendar_file_goes_by_the_facts(
    app: Flask, facts: dict[str, Any], files: list[str]
) -> None:
    with app.app_context():
        found = calendar_of_letter("booking_changed", readable(facts), ADDRESS)
    assert ([] if found is None else [found.name]) == files


@pytest.mark.parametrize(
    ("kind", "method"),
    [
        ("booking_confirmed", "PUBLISH"),
        ("booking_changed", "PUBLISH"),
        ("booking_cancelled", "CANCEL"),
        ("booking_lapsed", "CANCEL"),
        ("booking_declined", "CANCEL"),
        ("booking_requested", None),
    ],
)
def test_what_is_off_is_withdrawn_and_what_was_never_on_is_not_told(
    app: Flask, kind: str, method: str | None
) -> None:
    with app.app_context():
        found = calendar_of_letter(kind, readable(BOOKED), ADDRESS)
    assert (None if found is None else found.method) == method
    if found is not None:
        event: Any = Calendar.from_ical(found.content).walk("VEVENT")[0]
        assert event["sequence"] == (3 if method == "CANCEL" else 2)
        assert str(event["uid"]) == "R-1@medien.example"


def test_several_bookings_are_several_events(app: Flask) -> None:
    facts = {"bookings": [BOOKED, BOOKED | {"number": "R-2"}]}
    with app.app_context():
        found = calendar_of_letter("bookings_confirmed", readable(facts), ADDRESS)
    assert found is not None
    events = Calendar.from_ical(found.content).walk("VEVENT")
    assert [str(event["uid"]).split("@")[0] for event in events] == ["R-1", "R-2"]


def test_things_of_a_list_are_named_with_number_and_day(app: Flask) -> None:
    facts = {
        "lines": [
            {"title": "Wald", "number": "MZ-1", "due_on": "2026-12-17"},
            {"title": "Koffer"},
        ],
        "bookings": [BOOKED | {"titles": ["Kamera"]}],
    }
    with app.app_context(), force_locale("de"):
        said = fillings(readable(facts), "weekday")
    assert said["lines"] == ["Wald (MZ-1): Do, 17.12.", "Koffer"]
    assert said["bookings"] == ["3.12. bis 4.12.2026: Kamera (R-1)"]
