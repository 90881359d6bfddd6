"""A kind of letter is whole: template, facts, words, topic, and made-up facts to look at it."""

from pathlib import Path

import pytest
from flask import Flask

from app.letter_facts import PLACEHOLDERS, SAMPLES, facts_of
from app.letters import PATHS
from app.people_words import LETTER_KINDS, LETTER_MODES, LETTER_TOPICS
from schools.models.letter_choice import LetterMode, LetterTopic
from schools.models.letter_topics import ALWAYS, INTERNAL, TOPICS
from schools.models.owed_letter import LetterKind
from tests.app.letter_facts import facts_in_docs, plain_app

TEMPLATES = Path(__file__).parents[2] / "app" / "templates" / "letters"
PARTS = frozenset({"letter.txt", "frame.txt"})
EVERY_KIND = pytest.mark.parametrize("kind", list(LetterKind))


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return plain_app(tmp_path_factory.mktemp("kinds"))


def test_every_kind_has_its_template_and_no_template_is_left_over() -> None:
    names = {path.name for path in TEMPLATES.glob("*.txt")} - PARTS
    assert names == {f"{kind.value}.txt" for kind in LetterKind}


@EVERY_KIND
def test_a_template_fills_subject_and_body_of_the_letter(kind: LetterKind) -> None:
    text = (TEMPLATES / f"{kind.value}.txt").read_text("utf-8")
    assert text.startswith('{% extends "letters/letter.txt" %}')
    assert "{% block subject %}" in text
    assert "{% block body %}" in text


def test_every_kind_has_its_line_in_the_table_of_facts() -> None:
    assert set(facts_in_docs()) == {kind.value for kind in LetterKind}


@EVERY_KIND
def test_the_table_names_every_fact_that_a_letter_uses(app: Flask, kind: LetterKind) -> None:
    with app.app_context():
        used = facts_of(kind.value, PATHS.get(kind, ""))
    assert used - facts_in_docs()[kind.value].keys() == set()


@EVERY_KIND
def test_every_fact_that_a_letter_uses_has_a_made_up_value(app: Flask, kind: LetterKind) -> None:
    with app.app_context():
        used = facts_of(kind.value, PATHS.get(kind, ""))
    assert used - SAMPLES.keys() == set()


@EVERY_KIND
def test_every_kind_has_words(kind: LetterKind) -> None:
    assert kind in LETTER_KINDS


@EVERY_KIND
def test_a_kind_is_chosen_about_or_always_comes(kind: LetterKind) -> None:
    assert (kind in TOPICS) is not (kind in ALWAYS)


def test_topics_and_modes_have_words() -> None:
    assert set(LETTER_TOPICS) == set(LetterTopic)
    assert set(LETTER_MODES) == set(LetterMode)


def test_letters_to_the_office_itself_are_not_chosen_about() -> None:
    assert INTERNAL <= ALWAYS


def test_no_secret_can_be_named_in_a_centres_own_words() -> None:
    assert {"token", "path", "items", "searches"} & PLACEHOLDERS.keys() == set()
