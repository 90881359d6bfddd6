"""Saved searches: save, rename, ask for letters and drop one's own; tell what is new."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.errors import ActRefusedError
from catalogue.models.title_list import SavedSearch
from catalogue.operations.keeper import check_name, lock_keeper, own
from catalogue.rules.title_lists import MOST_SAVED_SEARCHES, KeepingRefusal
from schools.models.letter_choice import LetterMode
from schools.operations.owe import Addressee, Letter, owe
from schools.queries.letter_choices import mode_for
from schools.rules.roles import Actor


@dataclass(frozen=True, slots=True)
class SearchFacts:
    """What its owner says of a saved search; `alert` asks for letters about new findings."""

    name: str
    alert: bool = False


@dataclass(frozen=True, slots=True)
class News:
    """What the saved searches of one account newly found.

    Attributes:
        search_ids: all that looked; those dropped meanwhile are passed over.
        until: titles added up to then were looked at; an aware instant.
        to: the account's person; without an address nothing is owed.
        letter: None if nothing was found.
    """

    search_ids: Collection[int]
    until: datetime
    to: Addressee
    letter: Letter | None = None


def save_search(
    session: Session,
    facts: SearchFacts,
    parameters: Mapping[str, Sequence[str]],
    by: Actor,
    now: datetime,
) -> SavedSearch:
    """Save a search of the actor's; what is added from `now` on is new to it.

    Args:
        session: inside a unit of work; the account is locked.
        facts: its name, and whether letters are wanted.
        parameters: the values by name that the search page's address holds, checked, no page.
        by: who saves it.
        now: an aware instant.

    Raises:
        ActRefusedError: there are as many saved searches as one may have.
        DuplicateError: the actor has one of that name.
    """
    account_id = lock_keeper(session, by)
    owned = select(func.count(SavedSearch.id)).where(SavedSearch.account_id == account_id)
    if (session.scalar(owned) or 0) >= MOST_SAVED_SEARCHES:
        raise ActRefusedError((KeepingRefusal.TOO_MANY_SEARCHES,))
    check_name(session, SavedSearch, account_id, facts.name)
    made = SavedSearch(
        account_id=account_id,
        name=facts.name,
        alert=facts.alert,
        parameters={name: list(values) for name, values in parameters.items()},
        looked_at=now,
        created_at=now,
    )
    session.add(made)
    session.flush()
    return made


def change_search(
    session: Session, search_id: int, facts: SearchFacts, by: Actor, now: datetime
) -> SavedSearch:
    """Rename a saved search of the actor's, and start or end its letters.

    Letters that are asked for anew tell only what is added from `now` on.

    Raises:
        NotFoundError: it is not there, or not the actor's.
        DuplicateError: the actor has another one of that name.
    """
    found = own(session, SavedSearch, search_id, by)
    check_name(session, SavedSearch, found.account_id, facts.name, found.id)
    if facts.alert and not found.alert:
        found.looked_at = now
    found.name, found.alert = facts.name, facts.alert
    return found


def drop_search(session: Session, search_id: int, by: Actor) -> str:
    """Delete a saved search of the actor's; returns its name.

    Raises:
        NotFoundError: it is not there, or not the actor's.
    """
    found = own(session, SavedSearch, search_id, by)
    session.delete(found)
    return found.name


def tell_findings(session: Session, news: News, now: datetime) -> bool:
    """Owe one letter about what saved searches newly found, and note up to when they looked.

    Returns:
        Whether a letter was owed. If one of that occasion is owed already, nothing changes, so
        that what was found is told by the next one. Who wants no such letters is told nothing,
        and what was found is not new to them later.
    """
    owed = news.letter is not None and owe(session, news.letter, news.to, now)
    if news.letter is not None and not owed and _is_wanted(session, news.letter, news.to):
        return False
    query = select(SavedSearch).where(SavedSearch.id.in_(news.search_ids))
    for found in session.scalars(query):
        found.looked_at = max(found.looked_at, news.until)
    return owed


def _is_wanted(session: Session, letter: Letter, to: Addressee) -> bool:
    off = mode_for(session, to.person_id, letter.kind) is LetterMode.OFF
    return bool(to.address) and not off
