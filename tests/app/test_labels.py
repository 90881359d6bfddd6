"""Every name of the domain that readers meet has words in both languages."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

import pytest
from flask import Flask

from app.labels import ALL, label
from app.refusals import SENTENCES, coded, sentence, sentences
from catalogue.rules.copy_states import CopyState
from loans.errors import Fact, Refused
from loans.rules.codes import DayReason, HoldRefusal, LoanRefusal, Refusal, RenewalRefusal
from schools.models.account import Theme
from tests.app.letter_facts import plain_app


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application without a store: words need none."""
    return plain_app(tmp_path_factory.mktemp("words"))


AHEAD = date(2126, 1, 31)

EVERY_FACT: dict[str, Fact] = {
    "day": date(2026, 12, 3),
    "until": date(2026, 12, 4),
    "from_day": date(2026, 12, 5),
    "since": date(2026, 12, 1),
    "free": 2,
    "wanted": 3,
    "limit": 15,
    "count": 4,
    "state": "in_repair",
    "reason": "100 % defekt",
}


@pytest.fixture(params=["de", "en"])
def language(request: pytest.FixtureRequest, app: Flask) -> Iterator[str]:
    with app.test_request_context(headers={"Accept-Language": request.param}):
        yield request.param


@pytest.mark.parametrize("words", ALL, ids=lambda words: type(next(iter(words))).__name__)
def test_a_dictionary_covers_its_whole_enumeration(words: dict[StrEnum, object]) -> None:
    assert set(words) == set(type(next(iter(words))))


def test_a_member_is_said_in_the_readers_language(language: str) -> None:
    assert label(CopyState.ON_LOAN) == {"de": "Ausgeliehen", "en": "On loan"}[language]
    assert label(Theme.DARK) == {"de": "Dunkel", "en": "Dark"}[language]


def test_a_member_nobody_named_is_a_mistake() -> None:
    with pytest.raises(LookupError, match=r"Refusal\.BLOCKED"):
        label(Refusal.BLOCKED)


@pytest.mark.parametrize("codes", [Refusal, DayReason, RenewalRefusal, HoldRefusal, LoanRefusal])
def test_every_refusal_has_a_sentence_with_and_without_facts(
    language: str, codes: type[StrEnum]
) -> None:
    assert set(SENTENCES[codes]) == set(codes)
    for code in codes:
        for facts in ({}, EVERY_FACT):
            said = sentence(Refused(code, facts))
            assert said != code
            assert "%(" not in said


def test_a_sentence_names_day_and_state_as_readers_do(app: Flask) -> None:
    with app.test_request_context():
        until = sentence(Refused(Refusal.LICENCE_ENDED, {"until": date(2020, 12, 4)}))
        state = sentence(Refused(Refusal.NOT_LENDABLE, {"state": "in_repair", "reason": ""}))
    assert until == "Die Lizenz endete am 4.12.2020."
    assert "In Reparatur" in state


@pytest.mark.lending("2.4", "2.5")
@pytest.mark.parametrize(
    ("code", "words"),
    [
        (Refusal.LICENCE_ENDED, "Die Lizenz gilt erst ab 31.1.2126."),
        (Refusal.MEMBERSHIP_ENDED, "Die Zugehörigkeit zur Schule beginnt erst am 31.1.2126."),
    ],
)
def test_what_begins_later_is_not_said_to_have_ended(
    app: Flask, code: StrEnum, words: str
) -> None:
    with app.test_request_context():
        assert sentence(Refused(code, {"from_day": AHEAD})) == words


def test_reasons_that_read_the_same_are_said_once_but_coded_each(app: Flask) -> None:
    reasons = [Refused(Refusal.LICENCE_ENDED), Refused(DayReason.LICENCE_ENDED)]
    with app.test_request_context():
        assert len(sentences(reasons)) == 1
        assert [code for code, _ in coded(reasons)] == ["LICENCE_ENDED", "LICENCE_ENDED"]
