"""Describe titles: what they are and what they are good for in class."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from catalogue.errors import InvalidError, NotFoundError
from catalogue.models.curriculum_link import CurriculumLink
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from catalogue.operations.editing import check_edition, lock_title, take_over
from catalogue.rules.stock import StockFault
from database.audit import Change, Subject, record
from schools.models.curriculum import CurriculumTerm, Scheme
from schools.rules.roles import Actor, Right

Links = tuple[tuple[Scheme, str], ...]


@dataclass(frozen=True, slots=True)
class Description:
    """What is said of a title; see `catalogue.models.title`.

    Attributes:
        links: scheme and code of each link to the curriculum, in order, none twice.
    """

    media_type: str
    name: str
    subtitle: str = ""
    series: str = ""
    summary: str = ""
    persons: str = ""
    publisher: str = ""
    keywords: str = ""
    languages: str = ""
    year: int | None = None
    duration_minutes: int | None = None
    media_number: str | None = None
    isbn: str | None = None
    age_rating: str | None = None
    grade_from: int | None = None
    grade_to: int | None = None
    online_url: str | None = None
    links: Links = ()

    def values(self) -> Mapping[str, Any]:
        """Return every value by its name."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def columns(self) -> dict[str, Any]:
        """Return the values that stand in the title's own row."""
        return {name: value for name, value in self.values().items() if name != "links"}


def description_of(title: Title) -> Description:
    """Return a title's description as it stands."""
    values = {
        each.name: getattr(title, each.name)
        for each in fields(Description)
        if each.name != "links"
    }
    links = tuple(sorted((link.scheme, link.code) for link in title.links))
    return Description(**values, links=links)


def describe_title(
    session: Session, description: Description, centre_id: int, by: Actor, now: datetime
) -> Title:
    """Add a title to the catalogue, kept and offered by a centre.

    Raises:
        NotFoundError: the centre is not the actor's.
        InvalidError: a link names a code that the curriculum does not have.
    """
    if not by.scope(Right.CATALOGUE).covers_centre(centre_id):
        raise NotFoundError("media_centre", centre_id)
    _check_links(session, description.links)
    title = Title(keeper_id=centre_id, created_at=now, changed_at=now, **description.columns())
    title.links = [CurriculumLink(scheme=scheme, code=code) for scheme, code in description.links]
    title.holdings = [Holding(centre_id=centre_id)]
    session.add(title)
    session.flush()
    change = Change("describe_title", None, _plain(description))
    record(session, by, Subject("title", title.id, centre_id), change, now)
    return title


def redescribe_title(
    session: Session,
    title_id: int,
    wished: tuple[Description, str],
    by: Actor,
    now: datetime,
) -> Title:
    """Take over a description that somebody edited; locks the title.

    Args:
        session: inside a unit of work.
        title_id: which title.
        wished: the new description, and the edition of the one that was opened.
        by: whoever edits.
        now: the instant.

    Raises:
        NotFoundError: no such title within the actor's reach.
        ActRefusedError: another centre keeps it.
        ChangedMeanwhileError: it is not the one that was opened any more.
        InvalidError: a link names a code that the curriculum does not have.
    """
    description, edition = wished
    title = lock_title(session, title_id, by)
    stored = description_of(title)
    subject = Subject("title", title.id, title.keeper_id)
    check_edition(session, subject, edition, stored.values(), description.values())
    if stored == description:
        return title
    _check_links(session, description.links)
    before, after = take_over(title, description.columns())
    if stored.links != description.links:
        _link(title, description.links)
        before |= {"links": _codes(stored.links)}
        after |= {"links": _codes(description.links)}
    title.changed_at = now
    record(session, by, subject, Change("redescribe_title", before, after), now)
    return title


def _link(title: Title, links: Links) -> None:
    wanted = set(links)
    kept = [link for link in title.links if (link.scheme, link.code) in wanted]
    present = {(link.scheme, link.code) for link in kept}
    added = [CurriculumLink(scheme=scheme, code=code) for scheme, code in links]
    title.links = kept + [link for link in added if (link.scheme, link.code) not in present]


def _check_links(session: Session, links: Links) -> None:
    if not links:
        return
    known = session.execute(
        select(CurriculumTerm.scheme, CurriculumTerm.code).where(
            tuple_(CurriculumTerm.scheme, CurriculumTerm.code).in_(list(links))
        )
    ).all()
    if len(known) != len(set(links)):
        raise InvalidError({"links": StockFault.UNKNOWN_CODE})


def _plain(description: Description) -> dict[str, Any]:
    said = {name: value for name, value in description.columns().items() if value}
    return said | {"links": _codes(description.links)}


def _codes(links: Links) -> list[str]:
    return [f"{scheme}:{code}" for scheme, code in links]
