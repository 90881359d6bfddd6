"""The analysis of words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_index import german
from search_index.vocabulary import STOP_WORDS, SYNONYM_GROUPS


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mädchen", "maedchen"),
        ("häuser", "hauser"),
        ("über", "ueber"),
        ("größe", "groesse"),
        ("photosynthese", "fotosynthese"),
        ("geographie", "geografie"),
        ("café", "cafe"),
        ("garçon", "garcon"),
    ],
)
def test_spellings_of_a_word_are_one(one: str, other: str) -> None:
    assert german.fold(one) == german.fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("neuen", "neun"), ("quelle", "qulle"), ("schauen", "schaun")]
)
def test_an_ue_that_is_no_umlaut_stays(one: str, other: str) -> None:
    assert german.fold(one) != german.fold(other)


@pytest.mark.parametrize(
    ("inflected", "plain"),
    [("häuser", "haus"), ("weltkriege", "weltkrieg"), ("maedchens", "mädchen"), ("filme", "film")],
)
def test_inflections_share_a_form(inflected: str, plain: str) -> None:
    assert _terms(inflected) & _terms(plain)


def test_the_exact_form_weighs_most() -> None:
    (exact, weight), *others = german.forms("häuser")

    assert exact == "hauser"
    assert all(other_weight < weight for _, other_weight in others)


@pytest.mark.parametrize(
    ("asked", "meant"), [("mathe", "mathematik"), ("bio", "biologie"), ("zweiter", "2")]
)
def test_synonyms_answer_for_each_other_at_lower_weight(asked: str, meant: str) -> None:
    forms = dict(german.asked_forms(asked))

    assert forms[german.fold(meant)] < forms[german.fold(asked)]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("„Ärger“ im Straßen-Café", "arger im strassen cafe"),
        ("  Zoo ", "zoo"),
        ("", ""),
        ("100 Jahre", "100 jahre"),
    ],
)
def test_names_stand_in_the_alphabet_without_quotes_and_umlauts(name: str, key: str) -> None:
    assert german.sort_key(name) == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("978-3-12-345678-9", "9783123456789"),
        ("MZ-000123", "mz000123"),
        ("Vulkane", ""),
        ("", ""),
    ],
)
def test_numbers_are_compared_by_letters_and_digits(text: str, key: str) -> None:
    assert german.number_key(text) == key


def test_the_tables_are_in_lower_case_and_hold_single_words() -> None:
    synonyms = [word for group in SYNONYM_GROUPS for word in group]

    for word in (*STOP_WORDS, *synonyms):
        assert german.words(word) == [word]
    assert len(synonyms) == len(set(synonyms))


@given(st.text())
def test_any_text_becomes_words_with_forms_that_can_be_written(text: str) -> None:
    for word in german.words(text):
        for term, weight in german.asked_forms(word):
            assert term.encode()
            assert 0 < weight <= german.EXACT_WEIGHT


def _terms(word: str) -> set[str]:
    return {term for term, _ in german.forms(word)}
