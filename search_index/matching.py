"""From a reader's query to the documents that answer it, before any filter.

All that is wanted must be there. Where few documents have it all, those with most of it follow
behind them and the reader is told; what stands in quotation marks and what has a digit in it must
be there all the same. A word that occurs nowhere is taken as the beginning of one; a compound
that is none counts as its parts: «Vulkanausbruch» finds «Vulkan», and the reader is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from search_index import compounds
from search_index.arrays import Bools, Floats, Numbers
from search_index.german import PART_WEIGHT
from search_index.query import MOST_EXPANSIONS, Clause, Query
from search_index.scoring import NO_HITS, Hits, summed
from search_index.titles import Reach, Words

FEW = 3
"""Fewer documents than this are too few: others follow."""

NUMBER_SCORE = 1000.0
"""Far above what words can reach: who types a number wants that one thing."""

TIER = 10_000.0
"""Above all scores: a document with more of the words comes first."""

GRADES = frozenset(map(str, range(1, 14)))
"""Numbers that mean a class: «Biologie 7 Genetik» asks for no title with a 7 in its words."""


@dataclass(frozen=True, slots=True)
class Match:
    """The documents that a query leads to.

    Attributes:
        docs: int32[n], ascending.
        scores: float32[n] or, if loosened, float64[n]; better is more. None if nothing was asked:
            all are alike.
        strict: how many of them have all that was wanted.
    """

    docs: Numbers
    scores: npt.NDArray[np.floating[Any]] | None
    strict: int

    @property
    def is_loosened(self) -> bool:
        """Whether documents are among them that have not all that was wanted."""
        return self.strict < len(self.docs)


def match(words: Words, reach: Reach, query: Query, *, typing: bool) -> Match:
    """Find the documents that answer a query.

    Args:
        words: where to look.
        reach: what the reader can see; decides whether few have all that is wanted.
        query: what is wanted.
        typing: the last word may be the beginning of one.
    """
    if query.blank and not query.unwanted:
        return Match(reach.documents, None, len(reach.documents))
    allowed = _allowed(words, reach, query.unwanted)
    beginnings = query.wanted[-1:] if typing else ()
    most = MOST_EXPANSIONS // max(1, len(query.wanted))
    hits = [_hits(words, each, most, is_typed=each in beginnings) for each in query.wanted]
    missing = [number for number, each in enumerate(hits) if not len(each.docs)]
    for number in missing:
        hits[number] = _hits_of_parts(words, query.wanted[number], len(allowed))
    matched = _matched(words, query, hits, allowed)
    is_split = any(len(hits[number].docs) for number in missing)
    return replace(matched, strict=0) if is_split else matched


def _matched(words: Words, query: Query, hits: Sequence[Hits], allowed: Bools) -> Match:
    docs, scores = _with_all(hits, allowed)
    docs, scores = _with_number(words, query.number, allowed, (docs, scores))
    if len(docs) >= FEW or len(hits) < 2:  # noqa: PLR2004  # one alone cannot be loosened
        return Match(docs, scores, len(docs))
    return _loosened(len(allowed), hits, _musts(query.wanted), allowed, (docs, scores))


def _hits(words: Words, clause: Clause, most: int, *, is_typed: bool = False) -> Hits:
    if clause.quoted or len(clause.words) > 1:
        return words.hits_of_phrase(clause.words)
    return words.hits_of_word(clause.words[0], most, is_typed=is_typed)


def _hits_of_parts(words: Words, clause: Clause, size: int) -> Hits:
    """Return the documents with any part of a compound; each further part counts as much again."""
    if clause.quoted or len(clause.words) > 1:
        return NO_HITS
    parts = [words.hits_of_word(part, 0) for part in compounds.parts(clause.words[0])]
    any_part = summed(size, [(each.docs, each.scores) for each in parts])
    factors = np.zeros(len(any_part.docs), np.float32)
    for each in parts:
        factors[each.scores_at(any_part.docs) > 0] += PART_WEIGHT
    return Hits(any_part.docs, any_part.scores * factors)


def _allowed(words: Words, reach: Reach, unwanted: Sequence[Clause]) -> Bools:
    if not unwanted:
        return reach.mask
    allowed = reach.mask.copy()
    for clause in unwanted:
        allowed[_hits(words, clause, 0).docs] = False
    return allowed


Scored = tuple[Numbers, Floats]


def _with_all(hits: Sequence[Hits], allowed: Bools) -> Scored:
    """Return the allowed documents that all hits have, and the sums of their scores."""
    if not hits:
        docs = np.flatnonzero(allowed).astype(np.int32)
        return docs, np.zeros(len(docs), np.float32)
    rarest, *others = sorted(hits, key=lambda each: len(each.docs))
    is_allowed = allowed[rarest.docs]
    docs, scores = rarest.docs[is_allowed], rarest.scores[is_allowed]
    for each in others:
        more = each.scores_at(docs)
        has_both = more > 0
        docs, scores = docs[has_both], scores[has_both] + more[has_both]
    return docs, scores


def _with_number(words: Words, number: str, allowed: Bools, found: Scored) -> Scored:
    """Put the documents of a number among those found, far above them."""
    numbered = words.documents_of_number(number) if number else found[0][:0]
    numbered = numbered[allowed[numbered]]
    if not len(numbered):
        return found
    docs = np.union1d(found[0], numbered).astype(np.int32)
    scores = Hits(*found).scores_at(docs)
    scores[np.searchsorted(docs, numbered)] += NUMBER_SCORE
    return docs, scores


def _musts(clauses: Sequence[Clause]) -> list[bool]:
    """Tell of each clause whether it must hold even when few have all."""
    return [each.quoted or _is_telling_number(each) for each in clauses]


def _is_telling_number(clause: Clause) -> bool:
    text = "".join(clause.words)
    return text not in GRADES and any(map(str.isdigit, text))


def _loosened(
    size: int, hits: Sequence[Hits], musts: Sequence[bool], allowed: Bools, strict: Scored
) -> Match:
    """Add documents with most of what is wanted, at least half, until there are no longer few."""
    counts = np.zeros(size, np.int32)
    scores = np.zeros(size, np.float64)
    allowed = allowed.copy()
    for each, must in zip(hits, musts, strict=True):
        counts[each.docs] += 1
        scores[each.docs] += each.scores
        if must:
            has = np.zeros(size, np.bool_)
            has[each.docs] = True
            allowed &= has
    counts[~allowed] = 0
    counts[strict[0]] = len(hits)
    scores[strict[0]] = strict[1]
    fewest = _fewest(counts, len(hits))
    docs = np.flatnonzero(counts >= fewest).astype(np.int32)
    if len(docs) == len(strict[0]):
        return Match(*strict, len(docs))
    return Match(docs, scores[docs] + TIER * counts[docs], len(strict[0]))


def _fewest(counts: Numbers, most: int) -> int:
    """Return how many of `most` wanted things a document must have, so that not few remain."""
    by_count = np.bincount(counts, minlength=most + 1)
    fewest, half = most, (most + 1) // 2
    while fewest > half and by_count[fewest:].sum() < FEW:
        fewest -= 1
    return fewest
