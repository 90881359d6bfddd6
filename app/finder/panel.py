"""The filters beside the hits: their choices with counts, and those that are on."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _

from app.facet_words import LEGENDS, PARAMETERS, words_alone, words_for
from app.finder.addresses import Pairs, search_address
from app.search import Findings, Search
from search_index.engine import Facet, Reach

SHOWN_AT_ONCE = 8
"""Choices of a facet before the others are folded away."""

NEWEST_FIRST = frozenset({Facet.YEAR})
IN_ORDER = frozenset({Facet.GRADE})
ONLY_WITH_SUBJECT = frozenset({Facet.CONTENT_FIELD})
"""Too many to choose from before a subject is chosen."""

FOLDED = frozenset({Facet.LEARNING_COMPETENCE, Facet.SCHOOL_FORM, Facet.LANGUAGE, Facet.YEAR})
"""Facets fewer people need: folded until one of their values is chosen."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One check box; `id` tells it from all others of the page."""

    id: str
    name: str
    value: str
    words: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Group:
    """One facet: choices at hand, and those folded away."""

    legend: str
    choices: tuple[Choice, ...]
    more: tuple[Choice, ...]
    folded: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on, and the address without it."""

    words: str
    address: str


def groups(findings: Findings, search: Search, language: str) -> list[Group]:
    """Return all filters that have anything to choose from, in the order of the page."""
    return [
        _group(facet, choices, search)
        for facet in LEGENDS
        if (choices := _choices(facet, findings, search, language))
    ]


def chips(search: Search, pairs: Pairs, language: str) -> list[Chip]:
    """Return every filter that is on."""
    on = [
        Chip(
            words_alone(facet, value, language),
            search_address(pairs, (PARAMETERS[facet], value)),
        )
        for facet in LEGENDS
        for value in sorted(search.filters.get(facet, ()))
    ]
    if search.only_free:
        on.insert(0, Chip(_("Free in the period"), search_address(pairs, ("free", "1"))))
    return on


def unfiltered(pairs: Pairs) -> str:
    """Return the search's address without any filter; words and period stay."""
    names = {*PARAMETERS.values(), "free"}
    return search_address([pair for pair in pairs if pair[0] not in names])


def _choices(facet: Facet, findings: Findings, search: Search, language: str) -> list[Choice]:
    chosen = search.filters.get(facet, frozenset())
    if facet in ONLY_WITH_SUBJECT and not chosen and Facet.SUBJECT not in search.filters:
        return []
    name = PARAMETERS[facet]
    counts = findings.answer.facets.get(facet, ())
    if findings.answer.limited:
        counts = tuple((value, 0) for value in sorted(chosen))
    choices = [
        Choice(
            f"{name}-{value}",
            name,
            value,
            words_for(facet, value, language),
            count,
            value in chosen,
        )
        for value, count in _ordered(facet, counts)
    ]
    if facet is Facet.AVAILABILITY:
        choices = [*_free_choice(findings, search), *choices]
    return choices


def _free_choice(findings: Findings, search: Search) -> Iterable[Choice]:
    if findings.free is not None:
        yield Choice(
            "free-1", "free", "1", _("Free in the period"), findings.free, search.only_free
        )


def _ordered(facet: Facet, counts: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    if facet in IN_ORDER:
        return sorted(counts, key=lambda each: int(each[0]))
    if facet in NEWEST_FIRST:
        return sorted(counts, key=lambda each: -int(each[0]))
    if facet is Facet.AVAILABILITY:
        return sorted(counts, key=lambda each: each[0] != Reach.ONLINE)
    return list(counts)


def _group(facet: Facet, choices: list[Choice], search: Search) -> Group:
    at_hand = len(choices) if facet in IN_ORDER else SHOWN_AT_ONCE
    if facet not in IN_ORDER:
        choices = sorted(choices, key=lambda choice: not choice.chosen)
        at_hand = max(at_hand, sum(choice.chosen for choice in choices))
    return Group(
        legend=str(LEGENDS[facet]),
        choices=tuple(choices[:at_hand]),
        more=tuple(choices[at_hand:]),
        folded=facet in FOLDED and facet not in search.filters,
    )
