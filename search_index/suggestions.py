"""What a reader may mean while typing: subjects, series and titles by the beginnings of words.

Each part of the index (a Whoosh segment) keeps its own sorted words, made once, so that a change
of the index costs no more than the titles that changed.
"""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import numpy as np

from schools.vocabularies.subjects import subjects
from search_index import german
from search_index.arrays import Bools, Ints, Numbers
from search_index.engine import Suggestion, SuggestionKind

MOST_WORDS = 8
"""Words read of a beginning."""

LONGEST_BEGINNING = 300
"""Characters read of it."""

MOST_SERIES = 64
"""Series looked at in each part of the index, its commonest; far more than are ever shown."""

NO_SERIES = 0
BEHIND_EVERY_LETTER = "\U0010ffff"
_TEXT_BITS = np.uint64(32)
_TEXT_MASK = np.uint64(0xFFFFFFFF)


class Texts(Protocol):
    """Many texts that are found by the beginnings of their words."""

    @property
    def size(self) -> int:
        """How many there are."""

    def matching(self, beginnings: Sequence[str]) -> Bools:
        """Return bool[texts]: texts in which every one of some folded beginnings begins a word."""


class Part(Protocol):
    """What the titles of one part of an index are called; see `NamedPart`."""

    @property
    def names(self) -> Texts:
        """The titles' names."""

    @property
    def series(self) -> Sequence[str]:
        """The distinct series; at `NO_SERIES` stands none."""

    @property
    def series_of(self) -> Ints:
        """int64[titles], which series each is of."""

    @property
    def series_names(self) -> Texts:
        """`series` by their words."""


class Beginnings:
    """Which of many texts have words that begin in some way.

    Takes 4 bytes a word of each text and some 65 a distinct word. Never changes once made.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        """Read the texts; they are not kept."""
        numbers: dict[str, int] = {}
        words, owners = array("I"), array("I")
        size = 0
        for size, text in enumerate(texts, start=1):  # told at the end
            for word in german.words(text):
                words.append(numbers.setdefault(word, len(numbers)))
                owners.append(size - 1)
        self.size = size
        folded = [german.fold(word) for word in numbers]
        self._words = sorted(set(folded))
        places = {word: place for place, word in enumerate(self._words)}
        place_of = np.array([places[word] for word in folded], np.uint64)
        pairs = place_of[np.array(words, np.intp)] << _TEXT_BITS | np.array(owners, np.uint64)
        pairs = np.unique(pairs)
        self._texts: Numbers = (pairs & _TEXT_MASK).astype(np.int32)
        bounds = np.arange(len(self._words) + 1, dtype=np.uint64) << _TEXT_BITS
        self._bounds = np.searchsorted(pairs, bounds)

    def matching(self, beginnings: Sequence[str]) -> Bools:
        """Return bool[texts]: texts in which every one of some folded beginnings begins a word."""
        found: Bools = np.ones(self.size, np.bool_)
        for beginning in beginnings:
            with_it = np.zeros(self.size, np.bool_)
            for variant in variants(beginning):
                with_it[self._texts[self._span(variant)]] = True
            found &= with_it
        return found

    def _span(self, beginning: str) -> slice:
        first = bisect_left(self._words, beginning)
        last = bisect_left(self._words, beginning + BEHIND_EVERY_LETTER)
        return slice(self._bounds[first], self._bounds[last])


class NamedPart:
    """What the titles of one part of the index are called.

    Attributes:
        names: the titles' names by beginnings.
        series: the distinct series, in the order they occur; at `NO_SERIES` stands none.
        series_of: int64[titles], which series each is of.
        series_names: `series` by beginnings.
    """

    def __init__(self, names: Iterable[str], series: Iterable[str]) -> None:
        """Read name and series of each title, in the order of the documents."""
        self.names = Beginnings(names)
        places = {"": NO_SERIES}
        of = [places.setdefault(each, len(places)) for each in series]
        self.series = tuple(places)
        self.series_of: Ints = np.array(of, np.int64)
        self.series_names = Beginnings(self.series)


@dataclass(frozen=True, slots=True)
class Named:
    """What all titles of one state of the index are called.

    Attributes:
        parts: in the order of their documents.
        name_of: gives the name of a document by its number.
        title_ids: int64[documents].
        favour: int64[documents], greater for what is suggested first; no two alike.
        subjects: counts documents by subject among some, given by number (`Column.counts`).
    """

    parts: Sequence[Part]
    name_of: Callable[[int], str]
    title_ids: Ints
    favour: Ints
    subjects: Callable[[Numbers], Mapping[str, int]]


def suggest(named: Named, beginning: str, within: Bools, most: int) -> tuple[Suggestion, ...]:
    """Return what may be meant: subjects, series, then titles, the commonest of each first.

    Subjects and series share half of the room, so that titles are always among many.

    Args:
        named: what there is.
        beginning: anything at all; without a word nothing is suggested.
        within: bool[documents], what the reader can see.
        most: the room.
    """
    beginnings = beginnings_of(beginning)
    if not beginnings or most < 1:
        return ()
    room = max(1, most // 4)
    found = [
        *_subjects(named, beginnings, within, room),
        *_series(named, beginnings, within, room),
    ]
    return (*found, *_titles(named, beginnings, within, most - len(found)))[:most]


def beginnings_of(text: str) -> tuple[str, ...]:
    """Return the folded words of what was typed, each once."""
    words = german.words(text[:LONGEST_BEGINNING])[:MOST_WORDS]
    return tuple(dict.fromkeys(german.fold(word[: german.LONGEST_WORD]) for word in words))


def subjects_beginning(beginnings: Sequence[str]) -> tuple[str, ...]:
    """Return the codes of the subjects that may be meant, by their German or English name."""
    codes, names = _subject_names()
    meant = np.flatnonzero(names.matching(beginnings)).tolist()
    return tuple(dict.fromkeys(codes[place] for place in meant))


def favour_of(lent: Ints, newest: Ints) -> Ints:
    """Return int64[documents]: places in the order of loans, then of newness."""
    places = np.empty(len(lent), np.int64)
    places[np.lexsort((newest, lent))] = np.arange(len(lent))
    return places


def variants(beginning: str) -> tuple[str, ...]:
    """Return a beginning as it may go on: who typed «biograp» is about to type an h, so an f."""
    if len(beginning) > 1 and beginning.endswith("p"):
        return beginning, f"{beginning[:-1]}f"
    return (beginning,)


def _subjects(
    named: Named, beginnings: Sequence[str], within: Bools, most: int
) -> Iterator[Suggestion]:
    meant = subjects_beginning(beginnings)
    if not meant:
        return
    counts = named.subjects(np.flatnonzero(within).astype(np.int32))
    for code in _commonest({code: counts.get(code, 0) for code in meant}, most):
        yield Suggestion(SuggestionKind.SUBJECT, code)


def _series(
    named: Named, beginnings: Sequence[str], within: Bools, most: int
) -> Iterator[Suggestion]:
    counts: Counter[str] = Counter()
    for part, seen in _by_part(named.parts, within):
        meant = part.series_names.matching(beginnings)
        meant[NO_SERIES] = False
        if meant.any():
            titles = np.bincount(part.series_of[seen], minlength=len(part.series)) * meant
            for place in np.argsort(-titles, kind="stable")[:MOST_SERIES].tolist():
                counts[part.series[place]] += int(titles[place])
    for name in _commonest(counts, most):
        yield Suggestion(SuggestionKind.SERIES, name)


def _titles(
    named: Named, beginnings: Sequence[str], within: Bools, most: int
) -> Iterator[Suggestion]:
    """Yield titles, of those with the same name only the first."""
    masks = [part.names.matching(beginnings) for part in named.parts]
    documents = np.flatnonzero(np.concatenate([np.empty(0, np.bool_), *masks]) & within)
    shown: set[str] = set()
    for number in _favoured(documents, named.favour):
        if len(shown) == most:
            return
        name = named.name_of(number)
        if name.casefold() not in shown:
            shown.add(name.casefold())
            yield Suggestion(SuggestionKind.TITLE, name, int(named.title_ids[number]))


def _favoured(documents: Ints, favour: Ints, at_once: int = 32) -> Iterator[int]:
    """Yield documents, the most favoured first; sorts no more of them than are asked for."""
    while len(documents):
        favours = favour[documents]
        first = max(0, len(documents) - at_once)
        order = np.argpartition(favours, first) if first else np.arange(len(documents))
        head = documents[order[first:]]
        yield from head[np.argsort(-favour[head])].tolist()
        documents = documents[order[:first]]
        at_once *= 8


def _by_part(parts: Iterable[Part], within: Bools) -> Iterator[tuple[Part, Bools]]:
    start = 0
    for part in parts:
        yield part, within[start : start + part.names.size]
        start += part.names.size


def _commonest(counts: Mapping[str, int], most: int) -> list[str]:
    there = [name for name, count in counts.items() if count]
    return sorted(there, key=lambda name: (-counts[name], name))[:most]


@cache
def _subject_names() -> tuple[tuple[str, ...], Beginnings]:
    """Return each subject's code twice, for its German and its English name, and those names."""
    named = [(each.code, name) for each in subjects() for name in (each.name_de, each.name_en)]
    return tuple(code for code, _ in named), Beginnings(name for _, name in named)
