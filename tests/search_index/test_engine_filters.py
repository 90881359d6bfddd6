"""How every engine filters, counts, masks, sorts and pages."""

from datetime import date

import pytest

from search_index.engine import Facet, SearchEngine, Sort
from tests.search_index.library import a_document, ask, counts, fill, found, only


@pytest.fixture
def library(index: SearchEngine) -> SearchEngine:
    """Four titles that differ in every facet."""
    fill(
        index,
        a_document(1, "Vulkane", subjects=frozenset({"EK", "PH"}), grades=frozenset({5, 6})),
        a_document(2, "Zellen", media_type="box", year=2015, added_on=date(2026, 1, 2)),
        a_document(
            3,
            "Äpfel",
            subjects=frozenset({"BI", "EK"}),
            online=True,
            lendable=False,
            languages=frozenset({"en"}),
            centre_ids=frozenset({1, 2}),
            media_competences=frozenset({"2.1"}),
        ),
        a_document(4, "Atome", subjects=frozenset(), grades=frozenset(), year=None),
    )
    return index


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"subject": "EK"}, {1, 3}),
        ({"subject": {"EK", "BI"}}, {1, 2, 3}),
        ({"subject": "EK", "grade": "7"}, {3}),
        ({"grade": {"5", "8"}}, {1, 2, 3}),
        ({"media_type": "box"}, {2}),
        ({"language": "en"}, {3}),
        ({"year": "2015"}, {2}),
        ({"availability": "online"}, {3}),
        ({"availability": {"online", "lendable"}}, {1, 2, 3, 4}),
        ({"media_competence": "2.1"}, {3}),
        ({"subject": "unknown"}, set()),
        ({"subject": set()}, {1, 2, 3, 4}),
    ],
)
def test_any_value_of_a_facet_will_do_and_every_facet_must(
    library: SearchEngine, filters: dict[str, str | set[str]], expected: set[int]
) -> None:
    assert set(found(library, filters=only(**filters))) == expected


def test_facets_count_the_titles_found(library: SearchEngine) -> None:
    answer = ask(library)

    assert answer.facets[Facet.SUBJECT] == (("BI", 2), ("EK", 2), ("PH", 1))
    assert counts(answer, Facet.GRADE) == {"5": 1, "6": 1, "7": 2, "8": 2}
    assert counts(answer, Facet.AVAILABILITY) == {"lendable": 3, "online": 1}
    assert counts(answer, Facet.YEAR) == {"2020": 2, "2015": 1}
    assert answer.facets[Facet.LEARNING_COMPETENCE] == ()


def test_a_facet_counts_as_if_it_were_not_filtered_by(library: SearchEngine) -> None:
    answer = ask(library, filters=only(subject="PH", grade="5"))

    assert answer.total == 1
    assert counts(answer, Facet.SUBJECT) == {"EK": 1, "PH": 1}
    assert counts(answer, Facet.GRADE) == {"5": 1, "6": 1}
    assert counts(answer, Facet.MEDIA_TYPE) == {"film": 1}


def test_a_selected_value_is_told_even_when_nothing_is_left_of_it(library: SearchEngine) -> None:
    answer = ask(library, filters=only(subject="PH", media_type="box"))

    assert answer.total == 0
    assert counts(answer, Facet.SUBJECT) == {"BI": 1, "PH": 0}
    assert counts(answer, Facet.MEDIA_TYPE) == {"film": 1, "box": 0}


def test_only_the_facets_asked_for_are_counted(library: SearchEngine) -> None:
    wanted = frozenset({Facet.GRADE})
    answer = ask(library, filters=only(subject="PH"), facets=wanted)

    assert answer.total == 1
    assert answer.facets.keys() == wanted


def test_titles_not_free_are_masked_out_of_hits_and_counts(library: SearchEngine) -> None:
    answer = ask(library, excluded=frozenset({2, 3, 4711}))

    assert set(answer.title_ids) == {1, 4}
    assert answer.total == 2
    assert counts(answer, Facet.SUBJECT) == {"EK": 1, "PH": 1}


def test_only_titles_of_the_wanted_centres_show(library: SearchEngine) -> None:
    assert found(library, centre_ids=frozenset({2})) == [3]
    assert ask(library, centre_ids=frozenset({1, 2})).total == 4
    assert ask(library, centre_ids=frozenset()).total == 0


def test_words_only_a_foreign_centre_has_do_not_keep_the_question_strict(
    library: SearchEngine,
) -> None:
    answer = ask(library, "Äpfel Vulkane", centre_ids=frozenset({2}))

    assert answer.title_ids == (3,)
    assert answer.loosened


def test_a_filter_that_leaves_nothing_does_not_loosen_the_words(library: SearchEngine) -> None:
    answer = ask(library, "Vulkane", filters=only(media_type="box"))

    assert answer.total == 0
    assert not answer.loosened


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (Sort.TITLE, [3, 4, 1, 2]),
        (Sort.NEWEST, [2, 4, 3, 1]),
        (Sort.RELEVANCE, [2, 4, 3, 1]),
    ],
)
def test_without_words_titles_stand_by_name_or_the_newest_first(
    library: SearchEngine, sort: Sort, expected: list[int]
) -> None:
    assert found(library, sort=sort) == expected


def test_sorts_hold_for_words_too(index: SearchEngine) -> None:
    fill(
        index,
        a_document(1, "Wald und Wiese", summary="Vom Wald", added_on=date(2026, 1, 1)),
        a_document(2, "Der Wald", added_on=date(2026, 2, 1)),
        a_document(3, "Bäume", summary="Im Wald", added_on=date(2026, 3, 1)),
        a_document(4, "Berge", added_on=date(2026, 4, 1)),
    )

    assert found(index, "Wald", sort=Sort.NEWEST) == [3, 2, 1]
    assert found(index, "Wald", sort=Sort.TITLE) == [3, 2, 1]


def test_the_most_lent_come_first_when_asked(index: SearchEngine) -> None:
    fill(
        index,
        a_document(1, "Wald", lent=3),
        a_document(2, "Wald", lent=0, centre_ids=frozenset({2})),
        a_document(3, "Wald", lent=12),
        a_document(4, "Wald"),
    )

    assert found(index, sort=Sort.LENT) == [3, 1, 4, 2]
    assert found(index, "Wald", sort=Sort.LENT, home_centre_ids=frozenset({2})) == [3, 1, 2, 4]


def test_a_centres_own_groups_filter_and_are_counted(index: SearchEngine) -> None:
    fill(
        index,
        a_document(1, "Wald", groups=frozenset({"080", "08001"})),
        a_document(2, "Wiese", groups=frozenset({"080"})),
        a_document(3, "Meer"),
    )

    answer = ask(index, filters=only(group="08001"))

    assert answer.title_ids == (1,)
    assert counts(answer, Facet.GROUP) == {"080": 2, "08001": 1}


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("words", ["", "Wald"])
def test_pages_hold_every_title_once_and_in_the_order_of_the_whole(
    index: SearchEngine, sort: Sort, words: str
) -> None:
    documents = (a_document(number, f"Wald {number % 5}") for number in range(1, 48))
    fill(index, *documents)
    whole = found(index, words, sort=sort, per_page=100)

    pages = [found(index, words, sort=sort, page=page, per_page=10) for page in range(1, 7)]

    assert [len(page) for page in pages] == [10, 10, 10, 10, 7, 0]
    assert [title_id for page in pages for title_id in page] == whole
    assert len(set(whole)) == 47


def test_an_empty_index_answers(index: SearchEngine) -> None:
    for words in ("", "Wald", "4602345", "der"):
        assert ask(index, words, filters=only(subject="BI")).total == 0
