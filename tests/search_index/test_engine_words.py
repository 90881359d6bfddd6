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
    fill(
        index,
        a_document(1, "Vulkane in Island"),
        a_document(2, "Vulkane in Italien"),
        a_document(3, "Island und seine Vulkane"),
        a_document(4, "Island", summary="Von Vulkanen"),
    )

    answer = ask(index, "Vulkane Island")

    assert set(answer.title_ids) == {1, 3, 4}
    assert not answer.loosened


def test_when_few_have_all_words_those_with_most_follow_and_the_reader_is_told(
    index: SearchEngine,
) -> None:
    fill(
        index,
        a_document(1, "Vulkane in Island"),
        a_document(2, "Wetter", keywords=("Wetter",), summary="Island hat Vulkane und Erdbeben."),
        a_document(3, "Erdbeben in Island"),
        a_document(4, "Wetter in Island"),
    )

    answer = ask(index, "Vulkane Island Erdbeben")

    assert answer.title_ids[0] == 2
    assert set(answer.title_ids) == {1, 2, 3}
    assert answer.loosened


def test_a_single_word_that_few_have_is_not_loosened(index: SearchEngine) -> None:
    fill(index, a_document(1, "Vulkane"), a_document(2, "Island"))

    answer = ask(index, "Vulkane")

    assert answer.title_ids == (1,)
    assert not answer.loosened


def test_titles_with_less_than_half_of_the_words_never_follow(index: SearchEngine) -> None:
    fill(index, a_document(1, "Vulkane"), a_document(2, "Island Erdbeben"))

    assert found(index, "Vulkane Island Erdbeben") == [2]
    assert not found(index, "Vulkane Geysire Polarlicht")


@pytest.mark.parametrize(
    "words", ['"Vulkane in Island" Erdbeben', "Island 1783", "Erdbeben -Berge"]
)
def test_phrases_numbers_and_what_is_unwanted_hold_even_when_loosened(
    index: SearchEngine, words: str
) -> None:
    fill(
        index,
        a_document(1, "Erdbeben und Island: Berge"),
        a_document(2, "Island und Vulkane"),
        a_document(3, "Berge und Erdbeben in Island"),
    )

    assert not found(index, words)


def test_a_grade_among_the_words_need_not_stand_in_a_title(index: SearchEngine) -> None:
    fill(index, a_document(1, "Genetik", topics=("Biologie",)), a_document(2, "Sieben Erbsen"))

    assert found(index, "Biologie 7 Genetik") == [1]


def test_words_in_quotation_marks_stand_side_by_side(index: SearchEngine) -> None:
    fill(
        index,
        a_document(1, "Haus und Garten"),
        a_document(2, "Garten und Haus"),
        a_document(3, "Häuser und Garten"),
        a_document(4, "Wohnen", summary="Das Haus und der Garten. Haus und Garten!"),
        a_document(5, "Wohnen", keywords=("Haus", "und", "Garten")),
        a_document(6, "Haus", subtitle="und Garten"),
    )

    assert found(index, '"Haus und Garten"') == [1, 4]
    assert set(found(index, '"Haus"')) == {1, 2, 4, 5, 6}
    assert found(index, '"Garten und Haus"') == [2]
    assert set(found(index, "„Haus und Garten“ -Wohnen")) == {1}


def test_what_follows_a_minus_is_left_out(index: SearchEngine) -> None:
    fill(
        index,
        a_document(1, "Vulkane in Island"),
        a_document(2, "Vulkane in Italien"),
        a_document(3, "Vulkane", summary="Feuer und Asche"),
    )

    assert set(found(index, "Vulkane -Island")) == {2, 3}
    assert set(found(index, 'Vulkane -"Feuer und Asche"')) == {1, 2}
    assert found(index, "-Island -Italien") == [3]


def test_while_typing_the_last_word_may_be_the_beginning_of_one(index: SearchEngine) -> None:
    fill(index, a_document(1, "Vul"), a_document(2, "Vulkane in Island"), a_document(3, "Italien"))

    assert found(index, "Vul") == [1]
    assert found(index, "Vul", typing=True) == [1, 2]
    assert found(index, "Island Vul", typing=True)[0] == 2


def test_titles_of_the_own_centre_come_first_among_those_alike(index: SearchEngine) -> None:
    fill(
        index,
        a_document(1, "Vulkane", centre_ids=frozenset({1})),
        a_document(2, "Vulkane", centre_ids=frozenset({2})),
        a_document(3, "Vulkane", centre_ids=frozenset({1})),
        a_document(4, "Vulkane, Vulkane und Asche im Winter", centre_ids=frozenset({2})),
    )

    assert found(index, "Vulkane") == [3, 2, 1, 4]
    assert found(index, "Vulkane", home_centre_ids=frozenset({2})) == [2, 3, 1, 4]


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
