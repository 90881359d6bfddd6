"""What Whoosh keeps of a document: bags of weighted words, and columns of values.

Findings are shown from the store by id; only what suggestions show is kept. Raise `FORMAT` with
every change here or in `german`: an index of another format is rebuilt.
"""

from collections.abc import Iterable, Iterator, Mapping

from whoosh import columns, fields, formats

from search_index import german
from search_index.engine import Document, Facet, Reach, digest

FORMAT = 3

NAME = "name"
TEXT = "text"
NUMBER = "number"

TITLE_ID = "title_id"
ADDED_ON = "added_on"
SORT_NAME = "sort_name"
CALLED = "called"
DIGEST = "digest"
CENTRE = "centre"

SEPARATOR = "\x1f"
"""Between the values of a column; occurs in no value."""

SERIES_WEIGHT = 2.0
KEYWORD_WEIGHT = 2.0
PLAIN_WEIGHT = 1.0

NO_NUMBER = "-"
"""Stands for none: Whoosh cannot read a segment that has no term at all."""


class BagField(fields.FieldType):  # type: ignore[misc]  # Whoosh ships no types
    """A field whose value is a bag, term -> weight, and needs no analyser."""

    def __init__(self, *, scorable: bool) -> None:
        """Make a field; a scorable one keeps each document's length for BM25F."""
        super().__init__(format=formats.Existence(), analyzer=None, scorable=scorable)

    def index(
        self, value: Mapping[str, float], **_kwargs: object
    ) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Yield term, frequency, weight and no further data."""
        for term, weight in value.items():
            yield term.encode(), max(1, round(weight)), weight, b""


def _values() -> fields.COLUMN:
    return fields.COLUMN(columns.RefBytesColumn())


SCHEMA = fields.Schema(
    **{
        NAME: BagField(scorable=True),
        TEXT: BagField(scorable=True),
        NUMBER: BagField(scorable=False),
        TITLE_ID: fields.COLUMN(columns.NumericColumn("q")),
        ADDED_ON: fields.COLUMN(columns.NumericColumn("i")),
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
        NUMBER: _number_bag(document),
        TITLE_ID: document.title_id,
        ADDED_ON: document.added_on.toordinal(),
        SORT_NAME: document.sort_name.encode("utf-8", "replace"),
        CALLED: _called(document),
        DIGEST: digest(document).encode(),
        CENTRE: _joined(map(str, document.centre_ids)),
        **{facet.value: _joined(values) for facet, values in _facet_values(document).items()},
    }


def _called(document: Document) -> bytes:
    """Return name, series and keywords as they are written, for suggestions and spellings."""
    texts = (document.name, document.series, *document.keywords)
    plain = (text.replace(SEPARATOR, " ") for text in texts)
    return SEPARATOR.join(plain).encode("utf-8", "replace")


def _name_bag(document: Document) -> dict[str, float]:
    bag: dict[str, float] = {}
    for text in (document.name, document.subtitle):
        _weigh(bag, german.words(text), PLAIN_WEIGHT)
    return bag


def _text_bag(document: Document) -> dict[str, float]:
    weighed = (
        ((document.series,), SERIES_WEIGHT),
        (document.keywords, KEYWORD_WEIGHT),
        (document.topics, PLAIN_WEIGHT),
        (document.persons, PLAIN_WEIGHT),
        ((document.name, document.subtitle, document.summary), PLAIN_WEIGHT),
    )
    bag: dict[str, float] = {}
    for texts, weight in weighed:
        for text in texts:
            telling = (word for word in german.words(text) if not german.is_stop_word(word))
            _weigh(bag, telling, weight)
    return bag


def _number_bag(document: Document) -> dict[str, float]:
    keys = filter(None, map(german.number_key, document.numbers))
    return dict.fromkeys(keys, PLAIN_WEIGHT) or {NO_NUMBER: PLAIN_WEIGHT}


def _weigh(bag: dict[str, float], words: Iterable[str], importance: float) -> None:
    for word in words:
        for term, weight in german.forms(word):
            bag[term] = bag.get(term, 0.0) + weight * importance


def _facet_values(document: Document) -> dict[Facet, Iterable[str]]:
    reach = {Reach.ONLINE: document.online, Reach.LENDABLE: document.lendable}
    return {
        Facet.SUBJECT: document.subjects,
        Facet.CONTENT_FIELD: document.content_fields,
        Facet.GRADE: map(str, document.grades),
        Facet.SCHOOL_FORM: document.school_forms,
        Facet.MEDIA_TYPE: (document.media_type,),
        Facet.MEDIA_COMPETENCE: document.media_competences,
        Facet.LEARNING_COMPETENCE: document.learning_competences,
        Facet.LANGUAGE: document.languages,
        Facet.YEAR: () if document.year is None else (str(document.year),),
        Facet.AVAILABILITY: (way.value for way, open_ in reach.items() if open_),
    }


def _joined(values: Iterable[str]) -> bytes:
    return SEPARATOR.join(sorted(filter(None, values))).encode("utf-8", "replace")
