"""What every engine is asked for a question: the terms our analysis looks for, spelt out.

The other engines store the terms that our analysis makes of a record, and are asked for those it
makes of a question: so all do the same work, and only their speed differs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from search_index import german, query
from search_index.engine import Document, Facet, Question
from search_index.query import Clause
from tests.benchmarks.search_questions import Asked, Kind


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on a record.

    Attributes:
        terms: with their weights; any of them meets the condition.
        phrase: terms that must stand side by side instead.
        beginning: a term is met by every term that begins with it.
    """

    terms: tuple[german.Form, ...] = ()
    phrase: tuple[str, ...] = ()
    beginning: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A question with its words spelt out as terms.

    Attributes:
        wanted: all must be met, or any of them if `loose`.
        mistyped: the only term is to be found with one edit.
        number: a media number as a whole; then there are no other conditions.
    """

    kind: Kind
    question: Question
    wanted: tuple[Condition, ...] = ()
    unwanted: tuple[Condition, ...] = ()
    loose: bool = False
    mistyped: bool = False
    number: str = ""

    @property
    def counted(self) -> tuple[Facet, ...]:
        """The facets to count, in one order."""
        return tuple(sorted(self.question.facets))

    @property
    def filters(self) -> list[tuple[Facet, tuple[str, ...]]]:
        """The values wanted of each facet."""
        return [(facet, tuple(values)) for facet, values in self.question.filters.items()]


def plan_of(asked: Asked) -> Plan:
    """Spell a question out."""
    parsed = query.parse(asked.question.words)
    if asked.kind is Kind.NUMBER:
        return Plan(asked.kind, asked.question, number=parsed.number)
    return Plan(
        kind=asked.kind,
        question=asked.question,
        wanted=tuple(_condition(each, asked) for each in parsed.wanted),
        unwanted=tuple(_condition(each, asked) for each in parsed.unwanted),
        loose=asked.kind is Kind.LOOSENED,
        mistyped=asked.kind is Kind.TYPO,
    )


def name_terms(document: Document) -> list[str]:
    """Return the terms of a record's name; see `text_terms`."""
    return _terms((document.name, document.subtitle))


def text_terms(document: Document) -> list[str]:
    """Return the terms of all its texts: words in their order, then their further forms."""
    texts = (document.name, document.subtitle, document.summary, document.series)
    return _terms((*texts, *document.keywords, *document.topics, *document.persons))


def number_keys(document: Document) -> list[str]:
    """Return its numbers as they are compared."""
    return list(filter(None, map(german.number_key, document.numbers)))


def _condition(clause: Clause, asked: Asked) -> Condition:
    if clause.quoted and len(clause.words) > 1:
        return Condition(phrase=tuple(german.fold(word) for word in clause.words))
    word = clause.words[0]
    if asked.kind is Kind.PREFIX:
        return Condition(((german.fold(word), 1.0),), beginning=True)
    if asked.kind is Kind.TYPO:
        return Condition(((german.fold(word), 1.0),))
    return Condition(german.asked_forms(word))


def _terms(texts: Sequence[str]) -> list[str]:
    exact: list[str] = []
    others: list[str] = []
    for word in _words(texts):
        first, *rest = german.indexed_forms(word)
        exact.append(first[0])
        others += [term for term, _ in rest]
    return exact + others


def _words(texts: Sequence[str]) -> Iterator[str]:
    for text in texts:
        yield from german.words(text)
