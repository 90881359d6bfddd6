"""tantivy, a search engine in Rust, on the terms of our analysis."""

from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from search_index.engine import Document, Facet, Sort
from tests.benchmarks.search_plan import Condition, Plan, name_terms, number_keys, text_terms
from tests.benchmarks.search_questions import COUNTED, facet_values
from tests.benchmarks.search_rivals import (
    HITS,
    NAME_WEIGHT,
    Found,
    RivalMissingError,
    folder_bytes,
)

WRITER_BYTES = 200_000_000
FACET_VALUES = 100
FIELDS = (("name", NAME_WEIGHT), ("text", 1.0))
LETTERS_OF_SORT_NAME = 60


class TantivyIndex:
    """An index of tantivy: two texts with positions, values and orders as columns."""

    name = "tantivy"

    def __init__(self, folder: Path) -> None:
        """Open the index of a folder, made if it is not there.

        Raises:
            RivalMissingError: its package is not installed.
        """
        try:
            self._library: Any = import_module("tantivy")
        except ImportError as error:
            raise RivalMissingError("the package of requirements-bench.txt") from error
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._schema = self._make_schema()
        self._index = self._library.Index(self._schema, path=str(folder))
        self._searcher = self._index.searcher()

    def build(self, documents: Iterable[Document]) -> None:
        """See `Rival.build`; ends with one segment."""
        writer = self._index.writer(heap_size=WRITER_BYTES, num_threads=1)
        for each in documents:
            writer.add_document(self._row(each))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def ask(self, plan: Plan) -> Found | None:
        """See `Rival.ask`."""
        query = self._query(plan)
        order = {Sort.NEWEST: "added_on", Sort.TITLE: "sort_name"}.get(plan.question.sort)
        direction = self._library.Order
        found = self._searcher.search(
            query,
            limit=HITS,
            count=True,
            order_by_field=order or (None if plan.wanted else "added_on"),
            order=direction.Asc if order == "sort_name" else direction.Desc,
        )
        addresses = [address for _, address in found.hits]
        title_ids = self._searcher.fast_field_values("title_id", addresses) if addresses else []
        return Found(tuple(title_ids), found.count, self._counts(plan.counted, query))

    def bytes(self) -> int:
        """See `Rival.bytes`."""
        return folder_bytes(self._folder)

    def close(self) -> None:
        """See `Rival.close`."""

    def _make_schema(self) -> Any:
        builder = self._library.SchemaBuilder()
        builder.add_unsigned_field("title_id", indexed=True, fast=True)
        builder.add_unsigned_field("added_on", fast=True)
        builder.add_text_field("sort_name", fast=True, tokenizer_name="raw", index_option="basic")
        builder.add_text_field("number", tokenizer_name="raw", index_option="basic")
        for field, _ in FIELDS:
            builder.add_text_field(field, tokenizer_name="whitespace", index_option="position")
        for facet in COUNTED:
            builder.add_text_field(
                facet.value, fast=True, tokenizer_name="raw", index_option="basic"
            )
        return builder.build()

    def _row(self, document: Document) -> Any:
        row = self._library.Document()
        row.add_unsigned("title_id", document.title_id)
        row.add_unsigned("added_on", document.added_on.toordinal())
        row.add_text("sort_name", document.sort_name[:LETTERS_OF_SORT_NAME])
        row.add_text("name", " ".join(name_terms(document)))
        row.add_text("text", " ".join(text_terms(document)))
        for key in number_keys(document):
            row.add_text("number", key)
        for facet in COUNTED:
            for value in facet_values(document, facet):
                row.add_text(facet.value, value)
        return row

    def _query(self, plan: Plan) -> Any:
        query, occur = self._library.Query, self._library.Occur
        if plan.number:
            return query.term_query(self._schema, "number", plan.number, "basic")
        if plan.mistyped:
            return self._mistyped(plan.wanted[0].terms[0][0])
        wanted = [
            (occur.Should if plan.loose else occur.Must, self._condition(each))
            for each in plan.wanted
        ]
        if plan.loose:
            wanted = [(occur.Must, query.boolean_query(wanted))]
        wanted = wanted or [(occur.Must, query.all_query())]
        unwanted = [(occur.MustNot, self._condition(each)) for each in plan.unwanted]
        filters = [(occur.Must, self._filter(*each)) for each in plan.filters]
        excluded = sorted(plan.question.excluded)
        if excluded:
            mask = query.term_set_query(self._schema, "title_id", excluded)
            unwanted.append((occur.MustNot, mask))
        return query.boolean_query([*wanted, *filters, *unwanted])

    def _condition(self, condition: Condition) -> Any:
        query = self._library.Query
        if condition.phrase:
            return self._any(
                (query.phrase_query(self._schema, field, list(condition.phrase)), weight)
                for field, weight in FIELDS
            )
        if condition.beginning:
            pattern = f"{condition.terms[0][0]}.*"
            return self._any(
                (query.regex_query(self._schema, field, pattern), weight)
                for field, weight in FIELDS
            )
        return self._any(
            (query.term_query(self._schema, field, term, "freq"), weight * field_weight)
            for term, weight in condition.terms
            for field, field_weight in FIELDS
        )

    def _mistyped(self, term: str) -> Any:
        fuzzy = self._library.Query.fuzzy_term_query
        return self._any(
            (fuzzy(self._schema, field, term, distance=1), weight) for field, weight in FIELDS
        )

    def _any(self, weighed: Iterable[tuple[Any, float]]) -> Any:
        query, should = self._library.Query, self._library.Occur.Should
        return query.boolean_query(
            [(should, query.boost_query(each, weight)) for each, weight in weighed]
        )

    def _filter(self, facet: Facet, values: Sequence[str]) -> Any:
        query = self._library.Query
        terms = query.term_set_query(self._schema, facet.value, list(values))
        return query.const_score_query(terms, 0.0)

    def _counts(self, facets: Sequence[Facet], query: Any) -> dict[Facet, dict[str, int]]:
        if not facets:
            return {}
        wanted = {
            each.value: {"terms": {"field": each.value, "size": FACET_VALUES}} for each in facets
        }
        counted = self._searcher.aggregate(query, wanted)
        return {
            each: {row["key"]: row["doc_count"] for row in counted[each.value]["buckets"]}
            for each in facets
        }
