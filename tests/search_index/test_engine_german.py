"""What every engine makes of the German of titles and questions."""

import pytest

from search_index.engine import SearchEngine
from tests.search_index.library import a_document, ask, fill, found


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Der Klimawandel", "Klima"),
        ("Blutkreislauf", "Kreislauf"),
        ("Fachwerkhäuser", "Haeuser"),
        ("Tablet-Koffer, 16 Geräte", "Tabletkoffer"),
        ("Grundlagen der Künstlichen Intelligenz", "KI"),
        ("KI verstehen", "kuenstliche Intelligenz"),
        ("Weltkrieg II", "Zweiter Weltkrieg"),
        ("Das neunzehnte Jahrhundert", "19. Jahrhundert"),
        ("Short Stories", "short story"),
        ("Videos schneiden", "Film"),
    ],
)
def test_what_teachers_ask_finds_what_is_written(
    index: SearchEngine, name: str, words: str
) -> None:
    fill(index, a_document(1, name), a_document(2, "Etwas ganz anderes"))

    answer = ask(index, words)

    assert answer.title_ids == (1,)
    assert not answer.loosened


def test_the_word_itself_comes_before_inflections_and_those_before_compounds(
    index: SearchEngine,
) -> None:
    fill(
        index,
        a_document(1, "Musikschule heute"),
        a_document(2, "Schulen heute"),
        a_document(3, "Schule heute"),
    )

    assert found(index, "Schule") == [3, 2, 1]


def test_a_compound_that_is_there_is_not_taken_apart(index: SearchEngine) -> None:
    fill(index, a_document(1, "Klimawandel"), a_document(2, "Klima"), a_document(3, "Wandel"))

    assert found(index, "Klimawandel") == [1]


def test_a_compound_that_is_nowhere_counts_as_its_parts_and_the_reader_is_told(
    index: SearchEngine,
) -> None:
    fill(
        index,
        a_document(1, "Musik der Römer"),
        a_document(2, "Instrumente und Musik"),
        a_document(3, "Berge"),
    )

    answer = ask(index, "Musikinstrumente")

    assert answer.title_ids == (2, 1)
    assert answer.loosened


def test_a_compound_in_quotation_marks_or_unwanted_is_never_taken_apart(
    index: SearchEngine,
) -> None:
    fill(index, a_document(1, "Musik der Römer"), a_document(2, "Berge"))

    assert not found(index, '"Musikinstrumente"')
    assert found(index, "Musik -Musikinstrumente") == [1]
