"""A small catalogue of documents, and the words to ask it with."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from search_index.engine import Answer, Changes, Document, Facet, Question, SearchEngine
from search_index.german import sort_key

LONG_AGO = date(2020, 8, 1)


def a_document(title_id: int, name: str, **facts: Any) -> Document:
    """A film of the first centre, lendable, for Biologie in grades 7 and 8."""
    values: dict[str, Any] = {
        "media_type": "film",
        "subjects": frozenset({"BI"}),
        "grades": frozenset({7, 8}),
        "languages": frozenset({"de"}),
        "year": 2020,
        "lendable": True,
        "centre_ids": frozenset({1}),
        "added_on": LONG_AGO,
        "sort_name": sort_key(name),
    }
    return Document(title_id, name, **(values | facts))


def fill(index: SearchEngine, *documents: Document) -> None:
    index.apply(Changes(documents), 1)


def found(index: SearchEngine, words: str = "", **facts: Any) -> list[int]:
    """The titles found, in order."""
    return list(ask(index, words, **facts).title_ids)


def ask(index: SearchEngine, words: str = "", **facts: Any) -> Answer:
    return index.search(Question(words, **facts))


def only(**facets: str | set[str]) -> Mapping[Facet, frozenset[str]]:
    """Filters by the names of facets: one value, or several."""
    return {
        Facet(name): frozenset({values} if isinstance(values, str) else values)
        for name, values in facets.items()
    }


def counts(answer: Answer, facet: Facet) -> dict[str, int]:
    return dict(answer.facets[facet])
