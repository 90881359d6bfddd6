"""Tell people by letter what their saved searches newly find; once a night, one letter each."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from app.kept_searches import centre_of, pairs_on, search_of
from app.search import reading_scope
from app.search_engine import index_host, search_engine
from app.sessions import session
from app.today import now, today
from catalogue.models.title_list import SavedSearch
from catalogue.operations.save_searches import News, tell_findings
from catalogue.queries.found_titles import FoundTitle, found_titles
from catalogue.queries.shown_titles import new_titles
from catalogue.queries.title_lists import accounts_with_alerts, searches_of
from database.unit_of_work import unit_of_work
from schools.models.owed_letter import LetterKind
from schools.models.person import Person
from schools.operations.owe import Letter, person_addressed
from schools.queries.open_centres import Centre, active_centres
from schools.queries.signed_in import actor_of_account
from schools.rules.roles import Actor, Right
from search_index.engine import MOST_HITS_PER_PAGE, Question
from search_index.errors import SearchIndexError
from search_index.hosts import conditions
from search_index.query import Clause, parse

log = logging.getLogger(__name__)

SETTLED = timedelta(hours=1)
"""Younger titles wait for the next night, so that the index surely knows those looked for."""

BEHIND = "The index has not worked off older changes yet."

MOST_TITLES_TOLD = 20
MOST_PAGES = 5
"""Pages of hits looked through for a search; new titles stand first."""


@dataclass(frozen=True, slots=True)
class _Findings:
    """What one saved search newly finds, the newest first."""

    search: SavedSearch
    title_ids: tuple[int, ...]


def owe_alerts(alive: Callable[[], None] = lambda: None) -> dict[str, Any]:
    """Owe everybody who wants it a letter about new findings; can be repeated at any time.

    Without an index, or with one that does not know the settled titles yet, nobody is told
    anything, and the next night looks as far back.

    Args:
        alive: told before each account, so that nobody takes a long run for a dead one.

    Returns:
        The number of letters owed, and the index's fault, if it had one.
    """
    letters = 0
    if _is_behind():
        log.warning("no letters about new titles: %s", BEHIND)
        return {"letters": letters, "fault": BEHIND}
    for account_id in accounts_with_alerts(session()):
        alive()
        try:
            news = _news(account_id, now() - SETTLED)
        except SearchIndexError as error:
            log.warning("no letters about new titles: %s", error)
            return {"letters": letters, "fault": str(error)}
        if news is not None:
            with unit_of_work(session()):
                letters += tell_findings(session(), news, now())
    return {"letters": letters}


def _is_behind() -> bool:
    """Say whether changes wait for our index that it should have known for long."""
    return any(
        host.waiting_since is not None and host.waiting_since <= now() - SETTLED
        for host in conditions(session())
        if host.name == index_host()
    )


def _news(account_id: int, until: datetime) -> News | None:
    """Return what an account's searches newly find; None if it may no longer search."""
    owner = actor_of_account(session(), account_id, now())
    if owner is None or not owner.may(Right.KEEP_LISTS):
        return None
    searches = [each for each in searches_of(session(), owner) if each.alert]
    found = tuple(
        _Findings(each, title_ids)
        for each in searches
        if (title_ids := tuple(_new_findings(each, owner, until)))
    )
    person = session().get_one(Person, owner.person_id)
    return News(
        search_ids=tuple(each.id for each in searches),
        until=until,
        to=person_addressed(person),
        letter=_letter(account_id, found, owner) if found else None,
    )


def _new_findings(kept: SavedSearch, owner: Actor, until: datetime) -> Iterator[int]:
    centres = _centres(owner, centre_of(kept.parameters))
    new = new_titles(session(), reading_scope(owner), centres, kept.looked_at, until)
    if not new:
        return
    wanted = search_of(kept.parameters)
    question = Question(
        words=wanted.words,
        filters=wanted.filters,
        centre_ids=frozenset(centre.id for centre in centres),
        as_written=wanted.as_written,
        sort=wanted.sort,
        per_page=MOST_HITS_PER_PAGE,
    )
    matching = _matching(question, frozenset(new))
    yield from (title_id for title_id in new if title_id in matching)


def _centres(owner: Actor, centre_id: int | None) -> tuple[Centre, ...]:
    """Return the catalogues of the owner's centres, or of all where the owner has none."""
    own = owner.centre_ids()
    every = tuple(each for each in active_centres(session()) if not own or each.id in own)
    return tuple(each for each in every if each.id == centre_id) or every


def _matching(question: Question, new: frozenset[int]) -> frozenset[int]:
    """Return the new titles that have all the words.

    Where few have all of them the engine adds titles with some; those are not told.
    """
    found, loosened = _hits(question, new)
    if loosened:
        for clause in parse(question.words).wanted:
            found &= _hits(replace(question, words=_text(clause)), new)[0]
    return found


def _hits(question: Question, new: frozenset[int]) -> tuple[frozenset[int], bool]:
    """Return the new titles among the hits, and whether the engine loosened the question."""
    engine = search_engine()
    answer = engine.search(question)
    found = met = new.intersection(answer.title_ids)
    page = 1
    while met and page < MOST_PAGES and page * question.per_page < answer.total:
        page += 1
        answer = engine.search(replace(question, page=page))
        met = new.intersection(answer.title_ids)
        found |= met
    return found, answer.loosened


def _text(clause: Clause) -> str:
    words = " ".join(clause.words)
    return f'"{words}"' if clause.quoted else words


def _letter(account_id: int, found: Sequence[_Findings], owner: Actor) -> Letter:
    told = _told(found)
    every = {title_id for each in told for title_id in each.title_ids}
    centre_ids = [centre.id for centre in _centres(owner, None)]
    titles = {
        title.id: title
        for title in found_titles(session(), reading_scope(owner), centre_ids, every)
    }
    facts = {
        "different": len({title_id for each in found for title_id in each.title_ids}),
        "searches": [
            {
                "name": each.search.name,
                "path": _path(each.search),
                "found": len(each.title_ids),
                "titles": [_fact(titles[key]) for key in shown.title_ids if key in titles],
            }
            for each, shown in zip(found, told, strict=True)
        ],
    }
    occasion = f"search_alert:{account_id}:{today().isoformat()}"
    return Letter(LetterKind.SEARCH_ALERT, occasion, facts)


def _told(found: Iterable[_Findings]) -> list[_Findings]:
    """Return the same with at most `MOST_TITLES_TOLD` titles in all."""
    left = MOST_TITLES_TOLD
    told = []
    for each in found:
        shown = each.title_ids[:left]
        left -= len(shown)
        told.append(replace(each, title_ids=shown))
    return told


def _fact(title: FoundTitle) -> dict[str, str]:
    name = f"{title.name}: {title.subtitle}" if title.subtitle else title.name
    return {"name": name, "path": f"/titles/{title.id}"}


def _path(kept: SavedSearch) -> str:
    pairs = [pair for pair in pairs_on(kept.parameters, today()) if pair[0] != "sort"]
    return f"/search?{urlencode([*pairs, ('sort', 'newest')])}"
