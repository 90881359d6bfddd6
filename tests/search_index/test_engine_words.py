"""What every engine finds for words."""

import pytest

from search_index.engine import Changes, SearchEngine
from tests.search_index.library import a_document, ask, fill, found


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Mädchen im Labor", "Maedchen"),
        ("Mädchen im Labor", "madchen"),
        ("Maedchen im Labor", "Mädchen"),
        ("Über Flüsse", "fluesse"),
        ("Auf der Straße", "strasse"),
        ("Auf der Strasse", "straße"),
        ("Fotosynthese", "Photosynthese"),
        ("Photosynthese", "fotosynthese"),
        ("Häuser der Römer", "Haus"),
        ("Ein Haus für Römer", "Häuser"),
        ("Die Weltkriege", "Weltkrieg"),
        ("Der 2. Weltkrieg", "Zweiter Weltkrieg"),
        ("Der Zweite Weltkrieg", "2. Weltkrieg"),
        ("Mathematik im Alltag", "mathe"),
        ("Erdkunde heute", "Geographie"),
        ("Café Europa", "cafe"),
        ("VULKANE", "vulkane"),
        ("Neue Quellen der Energie", "neue quelle"),
        ("Vulkanismus", "vulk"),
    ],
)
def test_a_word_is_found_however_it_is_spelled(index: SearchEngine, name: str, words: str) -> None:
    fill(index, a_document(1, name), a_document(2, "Etwas ganz anderes"))

    assert found(index, words) == [1]


def test_words_are_looked_for_wherever_a_title_has_them(index: SearchEngine) -> None:
    fill(
        index,
        a_document(1, "A", subtitle="Magma"),
        a_document(2, "B", series="Magma"),
        a_document(3, "C", keywords=("Magma",)),
        a_document(4, "D", summary="Vom Magma"),
        a_document(5, "E", persons=("Magma, Maria",)),
        a_document(6, "F", topics=("Magma",)),
        a_document(7, "G"),
    )

    assert set(found(index, "magma")) == {1, 2, 3, 4, 5, 6}


def test_a_title_weighs_more_than_keywords_and_those_more_than_the_summary(
    index: SearchEngine,
) -> None:
    fill(
        index,
        a_document(1, "Berge der Welt", summary="Es geht um Vulkane und Gebirge überall."),
        a_document(2, "Berge der Welt", keywords=("Vulkane",), summary="Gebirge überall."),
        a_document(3, "Vulkane der Welt", summary="Es geht um Gebirge überall."),
    )

    assert found(index, "Vulkane") == [3, 2, 1]


def test_the_exact_word_ranks_above_its_inflections(index: SearchEngine) -> None:
    fill(index, a_document(1, "Die Schule im Dorf"), a_document(2, "Schülerinnen im Dorf"))

    assert found(index, "Schülerinnen") == [2, 1]
    assert found(index, "Schule") == [1, 2]


def test_all_words_must_be_there(index: SearchEngine) -> None:
    fill(index, a_document(1, "Vulkane in Island"), a_document(2, "Vulkane in Italien"))

    answer = ask(index, "Vulkane Island")

    assert answer.title_ids == (1,)
    assert not answer.loosened


def test_when_nothing_has_all_words_those_with_most_are_shown_and_the_reader_is_told(
    index: SearchEngine,
) -> None:
    fill(
        index,
        a_document(1, "Vulkane in Island"),
        a_document(2, "Vulkane in Italien"),
        a_document(3, "Wetter in Island"),
    )

    answer = ask(index, "Vulkane Island Erdbeben")

    assert answer.title_ids == (1,)
    assert answer.loosened


def test_stop_words_narrow_nothing_unless_there_are_no_others(index: SearchEngine) -> None:
    fill(index, a_document(1, "Es"), a_document(2, "Vulkane"))

    assert found(index, "der die das Vulkane") == [2]
    assert found(index, "es") == [1]


def test_an_unknown_word_finds_nothing(index: SearchEngine) -> None:
    fill(index, a_document(1, "Vulkane"))

    answer = ask(index, "Quastenflosser")

    assert answer.total == 0
    assert not answer.title_ids


@pytest.mark.parametrize(
    "words", ["4602345", "978-3-12-345678-9", "978 3 12 345678 9", "mz-000123", "MZ 000123"]
)
def test_a_number_is_found_as_a_whole(index: SearchEngine, words: str) -> None:
    numbers = ("4602345", "9783123456789", "MZ-000123")
    fill(index, a_document(1, "Vulkane", numbers=numbers), a_document(2, "Band 000 von MZ"))

    assert found(index, words)[0] == 1


def test_a_number_comes_before_titles_that_mention_it(index: SearchEngine) -> None:
    fill(index, a_document(1, "1984"), a_document(2, "Roboter", numbers=("1984",)))

    assert found(index, "1984") == [2, 1]


def test_a_title_written_again_replaces_what_was_there(index: SearchEngine) -> None:
    fill(index, a_document(1, "Vulkane"))
    fill(index, a_document(1, "Gletscher"))

    assert found(index) == [1]
    assert not found(index, "Vulkane")
    assert found(index, "Gletscher") == [1]


def test_a_title_that_is_gone_is_no_longer_found(index: SearchEngine) -> None:
    fill(index, a_document(1, "Vulkane"), a_document(2, "Vulkane"))

    index.apply(Changes(gone=frozenset({1, 99})), 2)

    assert found(index, "Vulkane") == [2]


def test_applying_the_same_changes_again_changes_nothing(index: SearchEngine) -> None:
    changes = Changes((a_document(1, "Vulkane"), a_document(2, "Berge")), frozenset({3}))
    index.apply(changes, 7)
    before = (index.digests(), ask(index, "Vulkane"), index.position())

    index.apply(changes, 7)

    assert (index.digests(), ask(index, "Vulkane"), index.position()) == before


def test_many_small_changes_leave_every_title_findable(index: SearchEngine) -> None:
    for number in range(1, 25):
        fill(index, a_document(number, f"Vulkane Band{number}"))
        fill(index, a_document(number // 2 + 1, f"Vulkane Folge{number}"))

    assert sorted(found(index, "Vulkane", per_page=100)) == list(range(1, 25))
    assert len(index.digests()) == 24


def test_a_rebuilt_index_has_the_new_titles_only(index: SearchEngine) -> None:
    fill(index, a_document(1, "Vulkane"))
    told: list[int] = []

    index.rebuild((a_document(number, "Berge") for number in range(2, 452)), 9, told.append)

    assert ask(index).total == 450
    assert not found(index, "Vulkane")
    assert index.position() == 9
    assert told == [200, 400, 450]
