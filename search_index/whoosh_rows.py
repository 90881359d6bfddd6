"""What is written of a document: bags of weighted words, keys, and values of columns."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from search_index import german
from search_index.engine import Document, digest
from search_index.facet_values import facet_values
from search_index.fields import NAME, NUMBER, TEXT
from search_index.vocabulary import STOP_WORDS
from search_index.whoosh_postings import NO_POSITIONS, packed_positions
from search_index.whoosh_schema import (
    ADDED_ON,
    CALLED,
    CENTRE,
    DIGEST,
    GAP,
    KEYWORD_WEIGHT,
    LENT,
    MOST_LENT,
    NO_NUMBER,
    PLAIN_WEIGHT,
    SEPARATOR,
    SERIES_WEIGHT,
    SORT_NAME,
    TITLE_ID,
)

REPEATED = 80
"""Characters: shorter texts (topics, series, publishers) come again and are read once."""

READINGS_REMEMBERED = 1 << 14

Bag = Mapping[str, tuple[float, bytes]]
"""By term: its weight, and packed where the very word stands; see `packed_positions`."""

Reading = tuple[Sequence[str], Sequence[german.Form]]
"""A text's words in their order, and its `german.joint_forms`."""


@dataclass(frozen=True, slots=True)
class Row:
    """What the index keeps of a document.

    Attributes:
        bags: by scored field.
        keys: by field without weights.
        columns: values by column.
    """

    bags: Mapping[str, Bag]
    keys: Mapping[str, Iterable[str]]
    columns: Mapping[str, int | bytes]


def row(document: Document) -> Row:
    """Return what is written of a document."""
    return Row(
        {NAME: _name_bag(document), TEXT: _text_bag(document)},
        {NUMBER: _number_keys(document)},
        {
            TITLE_ID: document.title_id,
            ADDED_ON: document.added_on.toordinal(),
            LENT: min(max(0, document.lent), MOST_LENT),
            SORT_NAME: document.sort_name.encode("utf-8", "replace"),
            CALLED: _called(document),
            DIGEST: digest(document).encode(),
            CENTRE: _joined(sorted(map(str, document.centre_ids))),
            **{facet.value: _joined(values) for facet, values in facet_values(document).items()},
        },
    )


def _called(document: Document) -> bytes:
    """Return name, series and keywords as they are written, for suggestions and spellings."""
    texts = (document.name, document.series, *document.keywords)
    plain = (text.replace(SEPARATOR, " ") for text in texts)
    return SEPARATOR.join(plain).encode("utf-8", "replace")


def _name_bag(document: Document) -> Bag:
    bag = _Gathering()
    for text in (document.name, document.subtitle):
        bag.add(text, PLAIN_WEIGHT)
    return bag.entries()


def _text_bag(document: Document) -> Bag:
    weighed = (
        ((document.series,), SERIES_WEIGHT),
        (document.keywords, KEYWORD_WEIGHT),
        (document.topics, PLAIN_WEIGHT),
        (document.persons, PLAIN_WEIGHT),
        ((document.summary,), PLAIN_WEIGHT),
    )
    bag = _Gathering(is_stopping=True)
    for texts, weight in weighed:
        for text in texts:
            bag.add(text, weight)
    for text in (document.name, document.subtitle):
        bag.add(text, PLAIN_WEIGHT, is_placed=False)
    return bag.entries()


def _number_keys(document: Document) -> Iterable[str]:
    return dict.fromkeys(filter(None, map(german.number_key, document.numbers))) or (NO_NUMBER,)


@dataclass(slots=True)
class _Gathering:
    """Gathers the words of several texts.

    Attributes:
        is_stopping: stop words only count as places between others.
    """

    is_stopping: bool = False
    _weights: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    _words: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    _positions: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _next: int = 0

    def add(self, text: str, importance: float, *, is_placed: bool = True) -> None:
        """Add a text; with `is_placed` its words can be found side by side."""
        words, joint = (_known if len(text) <= REPEATED else _read)(text)
        for term, weight in joint:
            self._weights[term] += weight * importance
        found = self._words
        for word in words:
            found[word] += importance
        if is_placed:
            positions = self._positions
            for position, word in enumerate(words, start=self._next):
                positions[word].append(position)
            self._next += len(words) + GAP

    def entries(self) -> Bag:
        """Return what was gathered: every form of every word."""
        weights = self._weights
        places: dict[str, Sequence[int]] = {}
        stopping = STOP_WORDS if self.is_stopping else ()
        for word, importance in self._words.items():
            if word in stopping:
                continue
            forms = german.indexed_forms(word)
            for term, weight in forms:
                weights[term] += weight * importance
            if here := self._positions.get(word):
                exact = forms[0][0]
                places[exact] = sorted((*places[exact], *here)) if exact in places else here
        packed = {term: packed_positions(tuple(at)) for term, at in places.items()}
        return {term: (weight, packed.get(term, NO_POSITIONS)) for term, weight in weights.items()}


def _read(text: str) -> Reading:
    words = german.words(text)
    return words, tuple(german.joint_forms(text, words))


_known = lru_cache(maxsize=READINGS_REMEMBERED)(_read)


def _joined(values: Iterable[str]) -> bytes:
    return SEPARATOR.join(values).encode("utf-8", "replace")
