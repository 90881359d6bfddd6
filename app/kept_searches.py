"""Searches that people keep: what is stored of an address, and what it means on a later day."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from app.facet_words import PARAMETERS
from app.search import Search
from search_index.engine import Sort

Parameters = Mapping[str, Sequence[str]]
Pairs = list[tuple[str, str]]

UNKEPT = frozenset({"page"})
PERIOD = frozenset({"from", "until", "free"})
"""Names that mean nothing without a first day."""


def parameters_of(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the values by name that an address holds, without its page."""
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        if name not in UNKEPT:
            found.setdefault(name, []).append(value)
    return found


def pairs_on(parameters: Parameters, today: date) -> Pairs:
    """Return what the address says on a day; a period that has begun by then is left out."""
    pairs = [(name, str(value)) for name, values in parameters.items() for value in values]
    first = next((value for name, value in pairs if name == "from"), "")
    if first >= today.isoformat():
        return pairs
    return [(name, value) for name, value in pairs if name not in PERIOD]


def search_of(parameters: Parameters) -> Search:
    """Return words and filters of a kept search, the newest first; availability is not asked."""
    filters = {
        facet: frozenset(map(str, parameters[name]))
        for facet, name in PARAMETERS.items()
        if parameters.get(name)
    }
    return Search(
        words=_first(parameters, "words"),
        filters=filters,
        as_written=bool(_first(parameters, "exact")),
        sort=Sort.NEWEST,
    )


def centre_of(parameters: Parameters) -> int | None:
    """Return the centre whose catalogue alone is searched; None for all the reader's."""
    text = _first(parameters, "centre")
    return int(text) if text.isascii() and text.isdigit() else None


def _first(parameters: Parameters, name: str) -> str:
    values = parameters.get(name) or [""]
    return str(values[0])
