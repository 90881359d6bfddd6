"""Help where nothing was found: what to leave out of the search, and what that gives."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from flask_babel import gettext as _

from app.finder.addresses import (
    EXACT,
    Pairs,
    search_address,
    with_words,
    without_centre,
    without_facet,
)
from app.finder.found import Found
from app.search import Reader, Search, count, question_of
from app.search_engine import search_engine
from app.sessions import session
from search_index.query import parse

MOST_HELPS = 4
"""Ways out of an empty list."""

MOST_TRIED = 8
"""Each asks the index once more."""


@dataclass(frozen=True, slots=True)
class WayOut:
    """What to drop from a search that found nothing, and how much is found without it."""

    words: str
    address: str
    total: int


@dataclass(frozen=True, slots=True)
class _Looser:
    words: str
    address: str
    search: Search
    reader: Reader


def ways_out(found: Found) -> tuple[WayOut, ...]:
    """Say what to drop, and what that would give; at most `MOST_HELPS` of them, filters first."""
    tried = islice(_looser(found), MOST_TRIED)
    helps = (WayOut(each.words, each.address, _total(found, each)) for each in tried)
    return tuple(islice((each for each in helps if each.total), MOST_HELPS))


def _total(found: Found, looser: _Looser) -> int:
    question = question_of(looser.search, looser.reader, found.findings.unavailable)
    return count(session(), search_engine(), question)


def _looser(found: Found) -> Iterator[_Looser]:
    pairs, search, reader = found.shown.pairs, found.search, found.reader
    if search.only_free:
        address = search_address(pairs, ("free", "1"))
        wider = replace(search, only_free=False)
        yield _Looser(_("Free in the period"), address, wider, reader)
    yield from _without_facets(found)
    yield from _with_other_words(search, pairs, reader)
    chosen = found.centres.chosen
    if chosen is not None and found.centres.may_look_at_all and not search.only_free:
        every = replace(reader, centre_ids=frozenset(each.id for each in found.centres.every))
        yield _Looser(chosen.name, without_centre(pairs), search, every)
    if search.words:
        address = search_address(pairs, ("words", search.words))
        yield _Looser(_quoted(search.words), address, replace(search, words=""), reader)


def _without_facets(found: Found) -> Iterator[_Looser]:
    search, pairs = found.search, found.shown.pairs
    for facet, values in search.filters.items():
        rest = {other: chosen for other, chosen in search.filters.items() if other is not facet}
        words = ", ".join(found.wording.alone(facet, value) for value in sorted(values))
        yield _Looser(
            words, without_facet(pairs, facet), replace(search, filters=rest), found.reader
        )


def _with_other_words(search: Search, pairs: Pairs, reader: Reader) -> Iterator[_Looser]:
    query = parse(search.words)
    if search.as_written:
        address = search_address(pairs, EXACT)
        yield _Looser(_("Just as written"), address, replace(search, as_written=False), reader)
    if query.unwanted and query.wanted:
        unwanted = " ".join(" ".join(clause.words) for clause in query.unwanted)
        wanted = " ".join(_written(clause.words, quoted=clause.quoted) for clause in query.wanted)
        looser = replace(search, words=wanted)
        yield _Looser(f"-{unwanted}", with_words(pairs, wanted), looser, reader)
    if any(clause.quoted for clause in query.wanted) and not query.unwanted:
        plain = " ".join(" ".join(clause.words) for clause in query.wanted)
        looser = replace(search, words=plain)
        yield _Looser(_("quotation marks"), with_words(pairs, plain), looser, reader)


def _written(words: tuple[str, ...], *, quoted: bool) -> str:
    text = " ".join(words)
    return f'"{text}"' if quoted else text


def _quoted(words: str) -> str:
    return str(_("“%(words)s”", words=words))
