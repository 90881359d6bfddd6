"""From a question to its answer, over the arrays of one state of the index."""

from dataclasses import replace

import numpy as np

from search_index import sorting
from search_index.arrays import Bools
from search_index.columns import count_facets, passing
from search_index.engine import MOST_HITS_PER_PAGE, Answer, Question
from search_index.matching import FEW, Match, match
from search_index.query import LONGEST_QUERY, parse
from search_index.titles import Titles, Words

LAST_PAGE = 1_000_000


def answer(titles: Titles, words: Words, question: Question) -> Answer:
    """Answer a question from one state of the index; see `engine.Answer` for corrections."""
    reach = titles.reach(question.centre_ids)
    written = match(words, reach, parse(question.words), typing=question.typing)
    if question.as_written or written.strict >= FEW:
        return _page(titles, question, written)
    mended = words.correction(question.words[:LONGEST_QUERY])
    if not mended:
        return _page(titles, question, written)
    meant = match(words, reach, parse(mended), typing=question.typing)
    if not written.strict and (meant.strict or not len(written.docs)) and len(meant.docs):
        return replace(_page(titles, question, meant), correction=mended, corrected=True)
    as_written = _page(titles, question, written)
    return replace(as_written, correction=mended) if meant.strict > written.strict else as_written


def _page(titles: Titles, question: Question, matched: Match) -> Answer:
    open_ = matched.docs
    if question.excluded:
        open_ = passing(open_, [_without(titles, question.excluded)])
    selected = {facet: values for facet, values in question.filters.items() if values}
    masks = {facet: titles.mask(facet, values) for facet, values in selected.items()}
    found = passing(open_, masks.values())
    counted = {facet: each for facet, each in titles.facets.items() if facet in question.facets}
    page = min(max(1, question.page), LAST_PAGE)
    per_page = min(max(1, question.per_page), MOST_HITS_PER_PAGE)
    by = (question.sort, question.home_centre_ids)
    order = sorting.first(titles, matched, found, by, page * per_page)
    return Answer(
        title_ids=tuple(titles.title_ids[order[(page - 1) * per_page :]].tolist()),
        total=len(found),
        facets=count_facets(counted, open_, masks, selected),
        loosened=matched.is_loosened,
    )


def _without(titles: Titles, title_ids: frozenset[int]) -> Bools:
    mask = np.ones(titles.size, np.bool_)
    mask[titles.numbers_of(title_ids)] = False
    return mask
