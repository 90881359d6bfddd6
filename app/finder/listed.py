"""What stands on a list, as its pages show it: hits, and what is no longer offered here."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from werkzeug.exceptions import NotFound

from app.dates import language
from app.finder.hits import HitRow, Shown, hit_row
from app.finder.reading import MOST_CENTRES_AT_ONCE, readers_centres
from app.search import Search, hits_of, reader_of, reading_scope
from app.sessions import session
from app.today import now, today
from app.visitor import actor, signed_in
from catalogue.models.title_list import TitleList
from catalogue.queries.found_titles import FoundTitle, found_titles
from catalogue.queries.shown_titles import shown_titles
from catalogue.queries.title_lists import Entry, ListChoice, list_within, lists_holding
from schools.queries.open_centres import Centre, active_centres
from schools.rules.pages import last_page
from schools.rules.roles import Right, Scope
from search_index.engine import HITS_PER_PAGE


def own_list(list_id: int) -> TitleList:
    """Return the visitor's own list.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    found = list_within(session(), actor(), list_id)
    if found is None:
        raise NotFound
    return found


def keeps_lists() -> bool:
    """Say whether the visitor has lists of titles."""
    return signed_in() and actor().may(Right.KEEP_LISTS)


def kept_titles(title_ids: Collection[int]) -> dict[int, ListChoice]:
    """Return the visitor's list on which each title stands, if it stands on one."""
    return lists_holding(session(), actor(), title_ids) if keeps_lists() else {}


@dataclass(frozen=True, slots=True)
class Item:
    """A title on a list.

    Attributes:
        name: empty if no public catalogue shows the title any more.
        row: the title as a hit; None if it does not show where this reader looks.
    """

    title_id: int
    name: str
    row: HitRow | None


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list, of how many."""

    items: tuple[Item, ...]
    page: int
    last: int


def own_centres() -> tuple[Centre, ...]:
    """Return the centres whose catalogues the visitor's own lists are read in."""
    return readers_centres(None).every[:MOST_CENTRES_AT_ONCE]


def listed(
    entries: Sequence[Entry],
    centres: Sequence[Centre],
    page: int,
    *,
    for_class: bool = False,
) -> Listed:
    """Return one page of a list as `centres` offer it; a constant number of statements.

    Args:
        entries: the whole list in its order.
        centres: whose catalogues are looked at, at most `MOST_CENTRES_AT_ONCE`.
        page: from 1; one behind the last shows the last.
        for_class: pupils read it, who reserve nothing.
    """
    last = last_page(len(entries), HITS_PER_PAGE)
    page = min(page, last)
    here = entries[(page - 1) * HITS_PER_PAGE : page * HITS_PER_PAGE]
    rows = rows_of([entry.title_id for entry in here], centres, for_class=for_class)
    public = _public([entry.title_id for entry in here if entry.title_id not in rows])
    items = [
        Item(
            entry.title_id,
            entry.name if entry.title_id in rows or entry.title_id in public else "",
            rows.get(entry.title_id),
        )
        for entry in here
    ]
    return Listed(tuple(items), page, last)


def rows_of(
    title_ids: Sequence[int], centres: Sequence[Centre], *, for_class: bool = False
) -> dict[int, HitRow]:
    """Return by id those of some titles that show at `centres`, with what is free of them."""
    scope = reading_scope(actor())
    seen = shown_titles(session(), scope, centres, title_ids)
    centre_ids = [centre.id for centre in centres]
    reader = reader_of(session(), actor(), centre_ids, today(), now())
    wanted = Search()
    shown_ids = [title_id for title_id in title_ids if title_id in seen]
    hits = hits_of(session(), shown_ids, wanted, reader, today())
    shown = Shown(
        search=wanted,
        pairs=_pairs(centres),
        language=language(),
        today=today(),
        may_reserve=not for_class and (not signed_in() or actor().may(Right.BOOK)),
    )
    return {hit.title.id: hit_row(hit, shown) for hit in hits}


@dataclass(frozen=True, slots=True)
class Whole:
    """The titles of a list that still show; `hidden` counts the others."""

    titles: tuple[FoundTitle, ...]
    hidden: int


def whole_list(entries: Sequence[Entry]) -> Whole:
    """Return an own list for paper and spreadsheet."""
    centres = own_centres()
    scope = reading_scope(actor())
    title_ids = [entry.title_id for entry in entries]
    seen = shown_titles(session(), scope, centres, title_ids)
    asked = [title_id for title_id in title_ids if title_id in seen]
    titles = found_titles(session(), scope, [centre.id for centre in centres], asked)
    return Whole(titles, len(entries) - len(titles))


def _public(title_ids: Sequence[int]) -> frozenset[int]:
    """Return those of some titles that any centre's public catalogue shows."""
    if not title_ids:
        return frozenset()
    return shown_titles(session(), Scope(), active_centres(session()), title_ids)


def _pairs(centres: Sequence[Centre]) -> list[tuple[str, str]]:
    """Return what the address of a title needs to be looked at in the same catalogue."""
    looked_at = {centre.id for centre in readers_centres(None).looked_at}
    elsewhere = [centre for centre in centres if centre.id not in looked_at]
    return [("centre", str(elsewhere[0].id))] if len(centres) == 1 and elsewhere else []
