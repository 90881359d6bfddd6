"""What Whoosh keeps of a document: bags of weighted words, and columns of values.

Findings are shown from the store by id; only what suggestions show is kept. Raise `FORMAT` with
every change here or in `german`: an index of another format is rebuilt.
"""

from whoosh import columns, fields, formats

from search_index import query
from search_index.engine import Facet
from search_index.fields import NAME, NUMBER, TEXT
from search_index.whoosh_postings import unpacked_positions

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


class PackedPositions(formats.Format):  # type: ignore[misc]  # Whoosh ships no types
    """How positions lie in a posting; this is what lets Whoosh's own queries read them."""

    def decode_positions(self, value: bytes) -> list[int]:
        """Return ascending positions."""
        return unpacked_positions(value)

    def decode_frequency(self, value: bytes) -> int:
        """Return how often the word itself stands there."""
        return len(unpacked_positions(value))


class BagField(fields.FieldType):  # type: ignore[misc]  # Whoosh ships no types
    """A field of weighted words, written by `whoosh_rows`, so that it needs no analyser.

    Each document's length is kept for BM25F: the weights of its terms, each rounded.
    """

    def __init__(self) -> None:
        """Make a field."""
        super().__init__(format=PackedPositions(), analyzer=None, scorable=True)


class KeyField(fields.FieldType):  # type: ignore[misc]  # Whoosh ships no types
    """A field of keys that are found as a whole."""

    def __init__(self) -> None:
        """Make a field."""
        super().__init__(format=formats.Existence(), analyzer=None, scorable=False)


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
