"""The same questions put to Whoosh itself: its own query classes, searcher and BM25F.

Nothing of our read path is used here but the analysis and the weights it was told.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from whoosh import query as whoosh
from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex
from whoosh.scoring import BM25F
from whoosh.searching import Searcher
from whoosh.sorting import Count, FieldFacet

from search_index import german
from search_index.engine import Facet
from search_index.fields import NAME, TEXT
from search_index.index_root import IndexRoot
from search_index.query import BEGINNING_WEIGHT, MOST_EXPANSIONS, Clause, Query
from search_index.whoosh_files import INDEX_NAME
from search_index.whoosh_schema import SCHEMA, SEPARATOR

WEIGHTS = {NAME: 2.0, TEXT: 1.0}


@dataclass(frozen=True, slots=True)
class StockAnswer:
    """What Whoosh finds.

    Attributes:
        scores: by document number.
        facets: number of documents by facet and value.
    """

    scores: Mapping[int, float]
    facets: Mapping[Facet, Mapping[str, int]]


class StockWhoosh:
    """Whoosh's own searcher on the live index below a folder."""

    def __init__(self, folder: Path) -> None:
        storage = FileStorage(str(IndexRoot(folder).live_folder()), supports_mmap=False)
        index = FileIndex(storage, SCHEMA, INDEX_NAME)
        self._searcher: Searcher = index.searcher(weighting=BM25F(B=0.75, K1=1.2))

    def ask(self, query: Query, *, typing: bool = False) -> StockAnswer:
        """Find the documents with all that is wanted; no loosening, no correction."""
        facets = (Facet.SUBJECT, Facet.GRADE, Facet.MEDIA_TYPE)
        results = self._searcher.search(
            self._tree(query, typing=typing),
            mask=self._unwanted(query),
            limit=None,
            groupedby={each.value: FieldFacet(each.value, maptype=Count) for each in facets},
        )
        scores = {number: score for score, number in results.top_n}
        return StockAnswer(scores, {each: _values(results.groups(each.value)) for each in facets})

    def close(self) -> None:
        self._searcher.close()

    def _tree(self, query: Query, *, typing: bool) -> whoosh.Query:
        wanted = [
            self._clause(
                each, typing=typing and number == len(query.wanted), most=len(query.wanted)
            )
            for number, each in enumerate(query.wanted, start=1)
        ]
        return whoosh.And(wanted) if wanted else whoosh.Every()

    def _unwanted(self, query: Query) -> whoosh.Query | None:
        """Return a mask: Whoosh's AndNot lets a first document through that it should not."""
        unwanted = [self._clause(each) for each in query.unwanted]
        return whoosh.Or(unwanted) if unwanted else None

    def _clause(self, clause: Clause, *, typing: bool = False, most: int = 1) -> whoosh.Query:
        if clause.quoted:
            words = [german.forms(word)[0][0] for word in clause.words]
            return whoosh.Or([_phrase(field, words, weight) for field, weight in WEIGHTS.items()])
        (word,) = clause.words
        forms = dict(german.asked_forms(word))
        if typing or not any(self._documents(form) for form in forms):
            forms |= dict.fromkeys(self._beginnings(word, forms, MOST_EXPANSIONS // most), 0.5)
        assert BEGINNING_WEIGHT == 0.5
        return whoosh.Or([_term(form, weight) for form, weight in forms.items()])

    def _beginnings(self, word: str, known: Iterable[str], most: int) -> list[str]:
        reader = self._searcher.reader()
        terms = {
            term.decode()
            for field in WEIGHTS
            for term in reader.expand_prefix(field, german.fold(word))
        }
        found = sorted(terms.difference(known), key=lambda term: (-self._documents(term), term))
        return found[:most]

    def _documents(self, term: str) -> int:
        return sum(int(self._searcher.doc_frequency(field, term)) for field in WEIGHTS)


def _term(term: str, weight: float) -> whoosh.Query:
    return whoosh.Or(
        [whoosh.Term(field, term, boost=weight * of_field) for field, of_field in WEIGHTS.items()]
    )


def _phrase(field: str, words: list[str], weight: float) -> whoosh.Query:
    if len(words) == 1:  # Whoosh makes a plain term of it, stems and all
        raise ValueError(words)
    return whoosh.Phrase(field, words, boost=weight)


def _values(groups: Mapping[object, int]) -> dict[str, int]:
    """Count single values; Whoosh groups by whole sets of them."""
    counts: Counter[str] = Counter()
    for values, number in groups.items():
        text = values.decode() if isinstance(values, bytes) else str(values or "")
        for value in filter(None, text.split(SEPARATOR)):
            counts[value] += number
    return dict(counts)
