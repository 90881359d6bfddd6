"""From a question to its answer, over the arrays of one state of the index."""


import numpy as np

from search_index import sorting
from search_index.arrays import Bools
from search_index.columns import count_facets, passing
from search_index.engine import MOST_HITS_PER_PAGE, Answer, Question
from search_index.matching import Match, match
from search_index.query import parse
from search_index.snapshot import Snapshot

LAST_PAGE = 1_000_000


def answer(snapshot: Snapshot, question: Question) -> Answer:
    """Answer a question from one state of the index."""
    reach = snapshot.reach(question.centre_ids)
    found = match(snapshot, reach, parse(question.words), typing=question.typing)
    return _page(snapshot, question, found)


def _page(snapshot: Snapshot, question: Question, matched: Match) -> Answer:
    open_ = matched.docs
    if question.excluded:
        open_ = passing(open_, [_without(snapshot, question.excluded)])
    selected = {facet: values for facet, values in question.filters.items() if values}
    masks = {facet: snapshot.mask(facet, values) for facet, values in selected.items()}
    found = passing(open_, masks.values())
    page = min(max(1, question.page), LAST_PAGE)
    per_page = min(max(1, question.per_page), MOST_HITS_PER_PAGE)
    by = (question.sort, question.home_centre_ids)
    order = sorting.first(snapshot, matched, found, by, page * per_page)
    return Answer(
        title_ids=tuple(snapshot.title_ids[order[(page - 1) * per_page :]].tolist()),
        total=len(found),
        facets=count_facets(snapshot.facets, open_, masks, selected),
        loosened=matched.is_loosened,
    )


def _without(snapshot: Snapshot, title_ids: frozenset[int]) -> Bools:
    mask = np.ones(snapshot.size, np.bool_)
    mask[snapshot.numbers_of(title_ids)] = False
    return mask
