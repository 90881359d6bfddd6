"""Titles like the one shown, as the index knows them."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from app.dates import language
from app.finder.addresses import title_address
from app.finder.free_words import Badge, online_badge
from app.finder.hits import grades_words, open_address
from app.search import reading_scope
from app.search_engine import search_engine
from app.sessions import session
from app.today import today
from app.visitor import actor
from catalogue.queries.found_titles import FoundTitle, found_titles
from schools.vocabularies.media_types import media_type
from search_index.errors import SearchIndexError

log = logging.getLogger(__name__)

MOST_SIMILAR = 5
MOST_ALIKE = 12
"""So many are looked at where the title itself cannot be had."""


@dataclass(frozen=True, slots=True)
class SimilarTitle:
    """A title as a line beside another one; `badge` says whether it is lent or opened."""

    name: str
    address: str
    kind: str
    facts: str
    badge: Badge


def alike(title_id: int, centre_ids: Sequence[int]) -> tuple[FoundTitle, ...]:
    """Return titles like one in these centres' catalogues, likest first, in five statements.

    Nothing where the index is away.
    """
    try:
        found = search_engine().similar(title_id, frozenset(centre_ids), MOST_ALIKE)
    except SearchIndexError as error:
        log.warning("no similar titles: %s", error)
        return ()
    return found_titles(session(), reading_scope(actor()), centre_ids, found)


def similar_titles(found: Sequence[FoundTitle]) -> tuple[SimilarTitle, ...]:
    """Return the likest of titles as lines."""
    return tuple(_similar(title) for title in found[:MOST_SIMILAR])


def _similar(title: FoundTitle) -> SimilarTitle:
    kind = media_type(title.media_type)
    grades = grades_words(title.grade_from, title.grade_to)
    facts = [kind.name(language()), _("Grade %(grade)s", grade=grades) if grades else ""]
    return SimilarTitle(
        name=title.name,
        address=title_address(title.id, []),
        kind=kind.kind.value,
        facts=" · ".join(filter(None, facts)),
        badge=_badge(title),
    )


def _badge(title: FoundTitle) -> Badge:
    """Say how the title is had; when it is free, its own page says."""
    opens = open_address(title.online_url, title.online_terms, today())
    if opens is not None:
        return online_badge(open_now=True)
    capacity = sum(offer.capacity for offer in title.offers)
    if capacity:
        return Badge("", ngettext("%(num)s copy to lend", "%(num)s copies to lend", capacity))
    return Badge("", _("No copy to lend at present"))
