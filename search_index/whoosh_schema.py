"""What Whoosh keeps of a document: bags of weighted words, and columns of values.

Findings are shown from the store by id; only what suggestions show is kept. Raise `FORMAT` with
every change here or in `german`: an index of another format is rebuilt.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from whoosh import columns, fields, formats

from search_index import german, query
from search_index.engine import Document, Facet, digest
from search_index.facet_values import facet_values
from search_index.fields import NAME, NUMBER, TEXT
from search_index.whoosh_postings import packed_positions, unpacked_positions

FORMAT = 5

TITLE_ID = "title_id"
ADDED_ON = "added_on"
LENT = "lent"
SORT_NAME = "sort_name"
CALLED = "called"
DIGEST = "digest"
CENTRE = "centre"

SEPARATOR = "\x1f"
"""Between the values of a column; occurs in no value."""

SERIES_WEIGHT = 2.0
KEYWORD_WEIGHT = 2.0
PLAIN_WEIGHT = 1.0

GAP = query.MOST_WORDS
"""Positions between two texts, so that no words stand side by side across them."""

MOST_LENT = 2**31 - 1

NO_NUMBER = "-"
"""Stands for none: Whoosh cannot read a segment that has no term at all."""


class Entry(NamedTuple):
    """A term of a document's field.

    Attributes:
        weight: of all its occurrences together.
        positions: where the very word stands, ascending; none for stems and parts of words.
    """

    weight: float
    positions: Sequence[int] = ()


class PackedPositions(formats.Format):  # type: ignore[misc]  # Whoosh ships no types
    """How positions lie in a posting; this is what lets Whoosh's own queries read them."""

    def decode_positions(self, value: bytes) -> list[int]:
        """Return ascending positions."""
        return unpacked_positions(value)

    def decode_frequency(self, value: bytes) -> int:
        """Return how often the word itself stands there."""
        return len(unpacked_positions(value))


class BagField(fields.FieldType):  # type: ignore[misc]  # Whoosh ships no types
    """A field whose value is a bag, term -> `Entry`, and needs no analyser.

    Each document's length is kept for BM25F: the weights of its terms, each rounded.
    """

    def __init__(self) -> None:
        """Make a field."""
        super().__init__(format=PackedPositions(), analyzer=None, scorable=True)

    def index(
        self, value: Mapping[str, Entry], **_kwargs: object
    ) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Yield term, frequency, weight and packed positions."""
        for term, entry in value.items():
            packed = packed_positions(tuple(entry.positions))
            yield term.encode(), max(1, round(entry.weight)), entry.weight, packed


class KeyField(fields.FieldType):  # type: ignore[misc]  # Whoosh ships no types
    """A field whose value is a set of keys, found as a whole."""

    def __init__(self) -> None:
        """Make a field."""
        super().__init__(format=formats.Existence(), analyzer=None, scorable=False)

    def index(
        self, value: Iterable[str], **_kwargs: object
    ) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Yield key, frequency, weight and no further data."""
        for key in value:
            yield key.encode(), 1, 1.0, b""


def _values() -> fields.COLUMN:
    return fields.COLUMN(columns.RefBytesColumn())


SCHEMA = fields.Schema(
    **{
        NAME: BagField(),
        TEXT: BagField(),
        NUMBER: KeyField(),
        TITLE_ID: fields.COLUMN(columns.NumericColumn("q")),
        ADDED_ON: fields.COLUMN(columns.NumericColumn("i")),
        LENT: fields.COLUMN(columns.NumericColumn("i")),
        SORT_NAME: fields.COLUMN(columns.VarBytesColumn()),
        CALLED: fields.COLUMN(columns.VarBytesColumn()),
        DIGEST: fields.COLUMN(columns.VarBytesColumn()),
        CENTRE: _values(),
    },
    **{facet.value: _values() for facet in Facet},
)


def row(document: Document) -> dict[str, object]:
    """Return what Whoosh's writer takes for a document."""
    return {
        NAME: _name_bag(document),
        TEXT: _text_bag(document),
        NUMBER: _number_keys(document),
        TITLE_ID: document.title_id,
        ADDED_ON: document.added_on.toordinal(),
        LENT: min(max(0, document.lent), MOST_LENT),
        SORT_NAME: document.sort_name.encode("utf-8", "replace"),
        CALLED: _called(document),
        DIGEST: digest(document).encode(),
        CENTRE: _joined(map(str, document.centre_ids)),
        **{facet.value: _joined(values) for facet, values in facet_values(document).items()},
    }


def _called(document: Document) -> bytes:
    """Return name, series and keywords as they are written, for suggestions and spellings."""
    texts = (document.name, document.series, *document.keywords)
    plain = (text.replace(SEPARATOR, " ") for text in texts)
    return SEPARATOR.join(plain).encode("utf-8", "replace")


def _name_bag(document: Document) -> dict[str, Entry]:
    bag = _Bag()
    for text in (document.name, document.subtitle):
        bag.add(text, PLAIN_WEIGHT)
    return bag.entries()


def _text_bag(document: Document) -> dict[str, Entry]:
    weighed = (
        ((document.series,), SERIES_WEIGHT),
        (document.keywords, KEYWORD_WEIGHT),
        (document.topics, PLAIN_WEIGHT),
        (document.persons, PLAIN_WEIGHT),
        ((document.summary,), PLAIN_WEIGHT),
    )
    bag = _Bag(is_stopping=True)
    for texts, weight in weighed:
        for text in texts:
            bag.add(text, weight)
    for text in (document.name, document.subtitle):
        bag.add(text, PLAIN_WEIGHT, is_placed=False)
    return bag.entries()


def _number_keys(document: Document) -> Iterable[str]:
    return dict.fromkeys(filter(None, map(german.number_key, document.numbers))) or (NO_NUMBER,)


@dataclass(slots=True)
class _Bag:
    """Gathers the words of several texts.

    Attributes:
        is_stopping: stop words only count as places between others.
    """

    is_stopping: bool = False
    _weights: dict[str, float] = field(default_factory=dict)
    _words: dict[str, float] = field(default_factory=dict)
    _positions: dict[str, list[int]] = field(default_factory=dict)
    _next: int = 0

    def add(self, text: str, importance: float, *, is_placed: bool = True) -> None:
        """Add a text; with `is_placed` its words can be found side by side."""
        for term, weight in german.joint_forms(text):
            self._weights[term] = self._weights.get(term, 0.0) + weight * importance
        words, found = german.words(text), self._words
        for word in words:
            found[word] = found.get(word, 0.0) + importance
        if is_placed:
            positions = self._positions
            for position, word in enumerate(words, start=self._next):
                positions.setdefault(word, []).append(position)
            self._next += len(words) + GAP

    def entries(self) -> dict[str, Entry]:
        """Return what was gathered: every form of every word."""
        weights = self._weights
        places: dict[str, Sequence[int]] = {}
        for word, importance in self._words.items():
            if self.is_stopping and german.is_stop_word(word):
                continue
            forms = german.indexed_forms(word)
            for term, weight in forms:
                weights[term] = weights.get(term, 0.0) + weight * importance
            exact = forms[0][0]
            here = self._positions.get(word, ())
            places[exact] = sorted((*places[exact], *here)) if exact in places else here
        return {term: Entry(weight, places.get(term, ())) for term, weight in weights.items()}


def _joined(values: Iterable[str]) -> bytes:
    return SEPARATOR.join(sorted(filter(None, values))).encode("utf-8", "replace")
