"""What every engine offers beside findings: suggestions, similar titles, mended words."""

from collections.abc import Iterable

import pytest

from search_index.engine import Changes, SearchEngine, Suggestion, SuggestionKind
from tests.search_index.library import a_document, ask, fill, found


def offers(index: SearchEngine, typed: str, *, centres: Iterable[int] = (1,)) -> list[str]:
    """The texts suggested, in order."""
    return [each.text for each in index.suggest(typed, frozenset(centres), 8)]


def test_subjects_series_and_titles_are_suggested_by_the_beginnings_of_words(
    index: SearchEngine,
) -> None:
    fill(index, a_document(7, "Biotope am Fluss", series="Biologie kompakt"))
    assert index.suggest("bio", None, 8) == (
        Suggestion(SuggestionKind.SUBJECT, "BI"),
        Suggestion(SuggestionKind.SERIES, "Biologie kompakt"),
        Suggestion(SuggestionKind.TITLE, "Biotope am Fluss", 7),
    )
    assert offers(index, "flu bio") == ["Biotope am Fluss"]
    assert offers(index, "otope") == []


@pytest.mark.parametrize("typed", ["Maedch", "madch", "MÄDCH", "mädchen stä"])
def test_umlauts_are_suggested_however_they_are_typed(index: SearchEngine, typed: str) -> None:
    fill(index, a_document(1, "Mädchen stärken"))
    assert offers(index, typed) == ["Mädchen stärken"]


def test_titles_lent_most_are_suggested_first(index: SearchEngine) -> None:
    fill(index, a_document(1, "Wal A", lent=1), a_document(2, "Wal B", lent=9))
    assert offers(index, "wal") == ["Wal B", "Wal A"]


def test_only_what_a_readers_centres_have_is_suggested(index: SearchEngine) -> None:
    fill(index, a_document(1, "Wal", series="Walwelt", centre_ids=frozenset({2})))
    assert offers(index, "wal") == []
    assert offers(index, "bio") == []
    assert offers(index, "wal", centres=(1, 2)) == ["Walwelt", "Wal"]


def test_suggestions_follow_every_change(index: SearchEngine) -> None:
    fill(index, a_document(1, "Wal"), a_document(2, "Walross"))
    assert sorted(offers(index, "wal")) == ["Wal", "Walross"]
    index.apply(Changes((a_document(1, "Delfin"),), frozenset({2})), 2)
    assert offers(index, "wal") == []
    assert offers(index, "delf") == ["Delfin"]


def test_an_empty_index_offers_nothing(index: SearchEngine) -> None:
    assert index.suggest("wal", None, 8) == ()
    assert index.similar(1, None, 5) == ()


def test_titles_with_the_same_rare_words_are_similar_the_likest_first(
    index: SearchEngine,
) -> None:
    fill(
        index,
        a_document(1, "Vulkane der Erde", keywords=("Vulkan", "Magma")),
        a_document(2, "Magma und Vulkan", keywords=("Vulkan", "Magma")),
        a_document(3, "Vulkane basteln", subjects=frozenset({"KU"}), grades=frozenset({1})),
        a_document(4, "Gedichte"),
    )
    assert index.similar(1, None, 5) == (2, 3)
    assert index.similar(1, None, 1) == (2,)


def test_of_titles_alike_in_words_those_for_the_same_subject_are_likest(
    index: SearchEngine,
) -> None:
    art, own = frozenset({"KU"}), frozenset({"BI"})
    fill(
        index,
        a_document(1, "Vulkane", subjects=own),
        a_document(2, "Vulkane", subjects=own),
        a_document(3, "Vulkane", subjects=art),
    )
    assert index.similar(1, None, 5) == (2, 3)
    assert index.similar(3, None, 5) == (2, 1)


def test_only_titles_of_a_readers_centres_are_similar(index: SearchEngine) -> None:
    far = frozenset({2})
    fill(
        index,
        a_document(1, "Vulkane", centre_ids=far),
        a_document(2, "Vulkane"),
        a_document(3, "Vulkane", centre_ids=far),
    )
    assert index.similar(1, frozenset({1}), 5) == (2,)


def test_a_typo_is_mended_when_nothing_is_found_as_written(index: SearchEngine) -> None:
    fill(index, a_document(1, "Die Fotosynthese"), a_document(2, "Gedichte"))
    answer = ask(index, "Fotosyntese")
    assert answer.title_ids == (1,)
    assert answer.correction == "Fotosynthese"
    assert answer.corrected


def test_a_mended_word_is_shown_with_its_umlaut(index: SearchEngine) -> None:
    fill(index, a_document(1, "Mädchen stärken"))
    assert ask(index, "die madchenn").correction == "die Mädchen"


def test_a_typo_in_another_ending_of_a_word_is_mended(index: SearchEngine) -> None:
    fill(index, a_document(1, "Der Zweite Weltkrieg"))
    answer = ask(index, "Wetlkriege")
    assert (answer.title_ids, answer.correction) == ((1,), "Weltkrieg")


@pytest.mark.parametrize("typed", ['"Fotosyntese"', "gedichte -Fotosyntese", "1234"])
def test_quotations_unwanted_words_and_numbers_are_not_mended(
    index: SearchEngine, typed: str
) -> None:
    fill(index, a_document(1, "Die Fotosynthese"), a_document(2, "Gedichte"))
    assert ask(index, typed).correction == ""


def test_words_taken_as_written_are_not_mended(index: SearchEngine) -> None:
    fill(index, a_document(1, "Die Fotosynthese"))
    assert found(index, "Fotosyntese", as_written=True) == []


def test_the_beginning_of_a_word_is_no_typo(index: SearchEngine) -> None:
    fill(index, a_document(1, "Walther"), *(a_document(2 + each, "Wald") for each in range(3)))
    assert ask(index, "walt").title_ids == (1,)
    assert ask(index, "walt").correction == ""
