"""What is offered to somebody who began to type."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pytest

from search_index.columns import ColumnPart, joined_column
from search_index.engine import Suggestion, SuggestionKind
from search_index.suggestions import (
    Beginnings,
    Named,
    NamedPart,
    beginnings_of,
    favour_of,
    subjects_beginning,
    suggest,
)


@dataclass
class Shelf:
    """Titles by name, series, loans and subject; in parts as an index has them."""

    names: list[str] = field(default_factory=list)
    series: list[str] = field(default_factory=list)
    lent: list[int] = field(default_factory=list)
    subjects: list[tuple[str, ...]] = field(default_factory=list)
    parts: list[int] = field(default_factory=list)

    def add(self, name: str, *, series: str = "", lent: int = 0, subject: str = "") -> None:
        self.names.append(name)
        self.series.append(series)
        self.lent.append(lent)
        self.subjects.append((subject,) if subject else ())

    def end_part(self) -> None:
        self.parts.append(len(self.names))

    def named(self) -> Named:
        """Document numbers are places on the shelf, title ids a hundred more."""
        bounds = [0, *self.parts, len(self.names)]
        spans = [slice(first, last) for first, last in pairwise(bounds)]
        size = len(self.names)
        sets = tuple(dict.fromkeys(self.subjects))
        ordinals = np.array([sets.index(each) for each in self.subjects], np.int32)
        return Named(
            parts=[NamedPart(self.names[span], self.series[span]) for span in spans],
            name_of=self.names.__getitem__,
            title_ids=np.arange(100, 100 + size),
            favour=favour_of(np.array(self.lent, np.int64), np.arange(size)),
            subjects=joined_column([ColumnPart(ordinals, sets)]).counts,
        )

    def offers(
        self, typed: str, *, hidden: Sequence[int] = (), most: int = 8
    ) -> list[tuple[str, str]]:
        """Kind and text of what is offered; `hidden` are places out of the reader's sight."""
        within = np.ones(len(self.names), np.bool_)
        within[list(hidden)] = False
        found = suggest(self.named(), typed, within, most)
        return [(each.kind.value, each.text) for each in found]


@pytest.fixture
def shelf() -> Shelf:
    shelf = Shelf()
    shelf.add("Mädchen stärken", lent=3)
    shelf.add("Die Fotosynthese", series="Biologie heute", lent=9, subject="BI")
    shelf.end_part()
    shelf.add("Biologische Vielfalt", series="Biologie heute", lent=4, subject="BI")
    shelf.add("Wald im Winter", series="Tiere im Wald", subject="BI")
    return shelf


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("foto", "Die Fotosynthese"),
        ("Photosyn", "Die Fotosynthese"),
        ("die f", "Die Fotosynthese"),
        ("FOTO die", "Die Fotosynthese"),
        ("maed", "Mädchen stärken"),
        ("mad", "Mädchen stärken"),
        ("Mädchen stä", "Mädchen stärken"),
        ("winter wald", "Wald im Winter"),
    ],
)
def test_every_word_typed_begins_a_word_of_the_title(shelf: Shelf, typed: str, title: str) -> None:
    assert ("title", title) in shelf.offers(typed)


@pytest.mark.parametrize("typed", ["", "  ", "!?", "synthese", "foto wald", "ald"])
def test_nothing_is_offered_for_what_begins_no_word(shelf: Shelf, typed: str) -> None:
    assert shelf.offers(typed) == []


def test_subjects_come_first_then_series_then_titles(shelf: Shelf) -> None:
    assert shelf.offers("bio") == [
        ("subject", "BI"),
        ("series", "Biologie heute"),
        ("title", "Biologische Vielfalt"),
    ]


def test_a_title_is_told_by_its_id(shelf: Shelf) -> None:
    found = suggest(shelf.named(), "vielfalt", np.ones(4, np.bool_), 8)
    assert found == (Suggestion(SuggestionKind.TITLE, "Biologische Vielfalt", 102),)


def test_a_subject_is_offered_by_its_english_name_and_only_if_it_has_titles(
    shelf: Shelf,
) -> None:
    assert ("subject", "BI") in shelf.offers("biolog")
    assert ("subject", "BI") in shelf.offers("biology")
    assert "CH" in subjects_beginning(("chemi",))
    assert shelf.offers("chemi") == []


def test_titles_lent_most_come_first_then_the_newest() -> None:
    shelf = Shelf()
    for name, lent in (("Wal A", 1), ("Wal B", 5), ("Wal C", 1), ("Wal D", 0)):
        shelf.add(name, lent=lent)
    assert [text for _, text in shelf.offers("wal")] == ["Wal B", "Wal C", "Wal A", "Wal D"]


def test_the_series_and_subjects_of_most_titles_come_first_over_all_parts() -> None:
    shelf = Shelf()
    shelf.add("Eins", series="Welt der Tiere", subject="EK")
    shelf.add("Zwei", series="Welt der Technik", subject="E")
    shelf.end_part()
    shelf.add("Drei", series="Welt der Technik", subject="E")
    assert shelf.offers("welt") == [("series", "Welt der Technik"), ("series", "Welt der Tiere")]
    assert shelf.offers("e", most=4)[0] == ("subject", "E")


def test_what_the_reader_cannot_see_is_not_offered(shelf: Shelf) -> None:
    assert shelf.offers("bio", hidden=[1, 2, 3]) == []
    assert shelf.offers("bio", hidden=[2]) == [("subject", "BI"), ("series", "Biologie heute")]


def test_titles_of_the_same_name_are_offered_once() -> None:
    shelf = Shelf()
    shelf.add("Wasser", lent=1)
    shelf.add("Wasser", lent=2)
    shelf.add("wasser")
    assert shelf.offers("wass") == [("title", "Wasser")]


def test_no_more_is_offered_than_asked_for_and_titles_keep_half_of_the_room() -> None:
    shelf = Shelf()
    for place in range(50):
        shelf.add(f"Kunst {place}", series=f"Kunstreihe {place}", subject="KU", lent=place)
    offered = shelf.offers("kunst", most=8)
    assert [kind for kind, _ in offered] == ["subject", *["series"] * 2, *["title"] * 5]
    assert [text for _, text in offered[3:]] == [f"Kunst {place}" for place in range(49, 44, -1)]
    assert len(shelf.offers("kunst", most=1)) == 1
    assert shelf.offers("kunst", most=0) == []


def test_more_titles_than_are_sorted_at_once_stay_in_order() -> None:
    shelf = Shelf()
    for place in range(400):
        shelf.add(f"Wal {place}" if place < 5 else "Wal", lent=place)
    offered = [text for _, text in shelf.offers("wal")]
    assert offered == ["Wal", "Wal 4", "Wal 3", "Wal 2", "Wal 1", "Wal 0"]


def test_who_is_about_to_type_ph_still_sees_what_has_f(shelf: Shelf) -> None:
    texts = Beginnings(["Biografie", "Pilze", "Falken"])
    assert texts.matching(beginnings_of("Biograp")).tolist() == [True, False, False]
    assert texts.matching(beginnings_of("p")).tolist() == [False, True, False]


def test_an_empty_index_offers_nothing() -> None:
    assert Shelf().offers("wald") == []


@pytest.mark.parametrize(
    "typed", ["(" * 3000, "x" * 10_000, "\x00\ud800 wald", "* ? [a-z]", "wald " * 2000]
)
def test_whatever_is_typed_is_no_error(shelf: Shelf, typed: str) -> None:
    assert len(shelf.offers(typed)) <= 8
