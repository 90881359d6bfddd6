"""From a question to its answer, over the arrays of one state of the index."""

import numpy as np

from search_index import ranking
from search_index.columns import count_facets
from search_index.engine import MOST_HITS_PER_PAGE, Answer, Question
from search_index.snapshot import Snapshot

LAST_PAGE = 1_000_000


def answer(snapshot: Snapshot, question: Question) -> Answer:
    """Answer a question from one state of the index."""
    within = snapshot.live
    if question.centre_ids is not None:
        within = within & snapshot.centres.mask(map(str, question.centre_ids))
    matched = ranking.match(snapshot, question.words, within)
    open_ = matched.found
    if question.excluded:
        open_ = open_ & ~snapshot.mask_of(question.excluded)
    selected = {facet: values for facet, values in question.filters.items() if values}
    masks = {facet: snapshot.facets[facet].mask(values) for facet, values in selected.items()}
    found = open_
    for mask in masks.values():
        found = found & mask
    page = min(max(1, question.page), LAST_PAGE)
    per_page = min(max(1, question.per_page), MOST_HITS_PER_PAGE)
    order = ranking.first(snapshot, matched, found, question.sort, page * per_page)
    return Answer(
        title_ids=tuple(snapshot.title_ids[order[(page - 1) * per_page :]].tolist()),
        total=int(np.count_nonzero(found)),
        facets=count_facets(snapshot.facets, open_, masks, selected),
        loosened=matched.loosened,
    )
