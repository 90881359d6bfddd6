"""Whoosh as its documentation shows it: its own searcher on the very index that ours reads."""

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from whoosh import index, query, scoring, sorting
from whoosh.searching import Results

from search_index.engine import Document, Facet, Sort
from search_index.fields import NAME, NUMBER, TEXT
from search_index.index_root import IndexRoot
from search_index.whoosh_schema import ADDED_ON, SEPARATOR, SORT_NAME, TITLE_ID
from tests.benchmarks.search_plan import Condition, Plan
from tests.benchmarks.search_rivals import HITS, NAME_WEIGHT, Found, folder_bytes

FIELDS = ((NAME, NAME_WEIGHT), (TEXT, 1.0))


class StockWhoosh:
    """Opens what our engine wrote; writes nothing itself."""

    name = "Whoosh itself"

    def __init__(self, folder: Path) -> None:
        """Take the folder of our index."""
        self._folder = folder
        self._searcher: Any = None

    def build(self, documents: Iterable[Document]) -> None:
        """See `Rival.build`; ours has been built before."""

    def ask(self, plan: Plan) -> Found | None:
        """See `Rival.ask`."""
        if plan.mistyped:
            return None
        if self._searcher is None:
            opened = index.open_dir(str(IndexRoot(self._folder).live_folder()))
            self._searcher = opened.searcher(weighting=scoring.BM25F(B=0.75, K1=1.2))
        results: Results = self._searcher.search(
            _query(plan),
            limit=HITS,
            filter=self._passing(plan),
            mask=self._mask(plan),
            sortedby=_order(plan),
            groupedby={each.value: sorting.FieldFacet(each.value) for each in plan.counted}
            or None,
            maptype=sorting.Count,
        )
        ids = self._searcher.reader().column_reader(TITLE_ID)
        title_ids = tuple(int(ids[number]) for _, number in results.top_n)
        return Found(title_ids, len(results), _counts(plan.counted, results))

    def bytes(self) -> int:
        """See `Rival.bytes`."""
        return folder_bytes(self._folder)

    def close(self) -> None:
        """See `Rival.close`."""
        if self._searcher is not None:
            self._searcher.close()

    def _passing(self, plan: Plan) -> set[int] | None:
        if not plan.filters:
            return None
        conditions = (query.ColumnQuery(facet.value, _has(each)) for facet, each in plan.filters)
        return set.intersection(
            *(set(self._searcher.docs_for_query(condition)) for condition in conditions)
        )

    def _mask(self, plan: Plan) -> set[int] | None:
        if not plan.question.excluded:
            return None
        ids = self._searcher.reader().column_reader(TITLE_ID)
        return {number for number, key in enumerate(ids) if key in plan.question.excluded}


def _query(plan: Plan) -> Any:
    if plan.number:
        return query.Term(NUMBER, plan.number)
    join = query.Or if plan.loose else query.And
    wanted = join([_condition(each) for each in plan.wanted]) if plan.wanted else query.Every()
    if not plan.unwanted:
        return wanted
    return query.AndNot(wanted, query.Or([_condition(each) for each in plan.unwanted]))


def _condition(condition: Condition) -> Any:
    if condition.phrase:
        words = list(condition.phrase)
        return query.Or([query.Phrase(field, words, boost=weight) for field, weight in FIELDS])
    kind = query.Prefix if condition.beginning else query.Term
    return query.Or(
        [
            kind(field, term, boost=weight * field_weight)
            for term, weight in condition.terms
            for field, field_weight in FIELDS
        ]
    )


def _has(values: tuple[str, ...]) -> Callable[[bytes], bool]:
    wanted = frozenset(values)
    return lambda joined: not wanted.isdisjoint(joined.decode().split(SEPARATOR))


def _order(plan: Plan) -> Any:
    if plan.question.sort is Sort.TITLE:
        return sorting.FieldFacet(SORT_NAME)
    if plan.question.sort is Sort.NEWEST or not plan.wanted:
        return sorting.FieldFacet(ADDED_ON, reverse=True)
    return None


def _counts(facets: Iterable[Facet], results: Any) -> dict[Facet, dict[str, int]]:
    found: dict[Facet, dict[str, int]] = {}
    for facet in facets:
        counts: Counter[str] = Counter()
        for joined, number in results.groups(facet.value).items():
            for value in joined.decode().split(SEPARATOR):
                counts[value] += number
        counts.pop("", None)
        found[facet] = dict(counts)
    return found
