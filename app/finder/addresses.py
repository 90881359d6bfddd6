"""Addresses of searches and titles: every state of a search has its own, and it can be shared."""

from collections.abc import Iterable
from urllib.parse import urlencode

from app.facet_words import LEGENDS, PARAMETERS
from app.search import Search
from schools.rules.periods import Period
from search_index.engine import Facet, Sort

Pairs = list[tuple[str, str]]

EXACT = ("exact", "1")
"""Asks for the words as they are written."""


def pairs_of(search: Search, centre_id: int | None) -> Pairs:
    """Return what the address of a search says, in a fixed order, nothing that goes without."""
    pairs = [("words", search.words)] if search.words else []
    pairs += period_pairs(search.period, search.quantity)
    if search.only_free:
        pairs.append(("free", "1"))
    for facet in LEGENDS:
        chosen = search.filters.get(facet, frozenset())
        pairs += [(PARAMETERS[facet], value) for value in sorted(chosen)]
    if search.as_written:
        pairs.append(EXACT)
    if centre_id is not None:
        pairs.append(("centre", str(centre_id)))
    if search.sort is not Sort.RELEVANCE:
        pairs.append(("sort", search.sort.value))
    if search.page > 1:
        pairs.append(("page", str(search.page)))
    return pairs


def period_pairs(period: Period | None, quantity: int) -> Pairs:
    """Return what addresses say of a wish."""
    pairs: Pairs = []
    if period is not None:
        pairs += [("from", period.first.isoformat()), ("until", period.last.isoformat())]
    if quantity > 1:
        pairs.append(("quantity", str(quantity)))
    return pairs


def with_words(pairs: Iterable[tuple[str, str]], words: str) -> str:
    """Return the search's address with other words, from its first page."""
    kept = [pair for pair in pairs if pair[0] not in {"words", EXACT[0]}]
    return search_address([("words", words), *kept])


def with_values(pairs: Iterable[tuple[str, str]], facet: Facet, values: Iterable[str]) -> str:
    """Return the search's address with just these values of a facet, from its first page."""
    name = PARAMETERS[facet]
    kept = [pair for pair in pairs if pair[0] != name]
    return search_address([*kept, *((name, value) for value in values)])


def search_address(pairs: Iterable[tuple[str, str]], *without: tuple[str, str]) -> str:
    """Return the search's address without some pairs and from its first page."""
    kept = [pair for pair in pairs if pair not in without and pair[0] != "page"]
    return f"/search?{urlencode(kept)}" if kept else "/search"


def without_facet(pairs: Iterable[tuple[str, str]], facet: Facet) -> str:
    """Return the search's address without any value of one facet."""
    name = PARAMETERS[facet]
    return search_address([pair for pair in pairs if pair[0] != name])


def without_centre(pairs: Iterable[tuple[str, str]]) -> str:
    """Return the search's address for all centres."""
    return search_address([pair for pair in pairs if pair[0] != "centre"])


def saving_address(pairs: Iterable[tuple[str, str]]) -> str:
    """Return where a search can be saved to come back to."""
    return f"/searches/new?{urlencode([pair for pair in pairs if pair[0] != 'page'])}"


def title_address(title_id: int, pairs: Pairs, *, anchor: str = "") -> str:
    """Return the address of a title's page that leads back to the search it came from."""
    query = f"?{urlencode(pairs)}" if pairs else ""
    return f"/titles/{title_id}{query}{anchor}"


def with_period(pairs: Pairs, period: Period | None) -> Pairs:
    """Return the same with another period, in the first place."""
    rest = [pair for pair in pairs if pair[0] not in {"from", "until"}]
    return [*period_pairs(period, 1), *rest]
