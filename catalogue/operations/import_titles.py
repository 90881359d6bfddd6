"""Import titles from foreign records, a chunk at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session, selectinload

from catalogue.formats.records import LONGEST_DETAIL, SEPARATOR, LicenceRecord, TitleRecord
from catalogue.models.curriculum_link import CurriculumLink
from catalogue.models.holding import Holding
from catalogue.models.licence import Licence
from catalogue.models.title import Title
from catalogue.rules.licences import LicenceScope
from schools.models.curriculum import CurriculumTerm, Scheme
from schools.rules.imports import Outcome, Taken
from schools.vocabularies.licence_types import licence_type

SOURCE_LENGTH = 40


class TitleRefusal(StrEnum):
    """Why a title is refused although its record can be read."""

    KEPT_ELSEWHERE = "kept_elsewhere"
    """Another centre keeps its description, and it is in our offer already."""


def import_titles(
    session: Session, records: Sequence[TitleRecord], centre_id: int | None, now: datetime
) -> list[Taken]:
    """Bring titles to what their records say, and into the centre's offer.

    A title is told apart by source and number. What people linked by hand stays; subjects of
    the record are added, and those of its groups (EAF) that are loaded here. A record that has
    not changed since the last import touches nothing, and the description of a title that
    another centre keeps stays as it is.

    Args:
        session: inside a unit of work.
        records: of one chunk, no number twice.
        centre_id: keeper of the new titles, and whose offer they join; None leaves them without
            a keeper and in nobody's offer.
        now: the instant of the import.

    Returns:
        One outcome a record, in order.
    """
    known = _known(session, records)
    offered = _offered(session, centre_id, known.values())
    groups = _loaded_groups(session, records)
    context = _Context(centre_id, now, offered, groups)
    return [_take(session, record, known, context) for record in records]


@dataclass(frozen=True, slots=True)
class _Context:
    """What all records of a chunk share: titles in our offer, and the codes of loaded groups."""

    centre_id: int | None
    now: datetime
    offered: set[int]
    groups: set[str]


def _known(session: Session, records: Iterable[TitleRecord]) -> dict[tuple[str, str], Title]:
    keys = [_key(record) for record in records]
    query = (
        select(Title)
        .where(tuple_(Title.source, Title.source_id).in_(keys))
        .options(selectinload(Title.links), selectinload(Title.licences))
    )
    return {(str(row.source), str(row.source_id)): row for row in session.scalars(query)}


def _offered(session: Session, centre_id: int | None, titles: Iterable[Title]) -> set[int]:
    query = select(Holding.title_id).where(
        Holding.centre_id == centre_id, Holding.title_id.in_([title.id for title in titles])
    )
    return set(session.scalars(query))


def _loaded_groups(session: Session, records: Iterable[TitleRecord]) -> set[str]:
    codes = {code for record in records for code in record.groups}
    query = select(CurriculumTerm.code).where(CurriculumTerm.scheme == Scheme.GROUP)
    return set(session.scalars(query.where(CurriculumTerm.code.in_(codes)))) if codes else set()


def _take(
    session: Session, record: TitleRecord, known: dict[tuple[str, str], Title], context: _Context
) -> Taken:
    centre_id = context.centre_id
    title = known.get(_key(record))
    if title is None:
        title = Title(keeper_id=centre_id, created_at=context.now)
        session.add(title)
        _describe(title, record, context)
        _offer(title, centre_id)
        return Taken(record.number, record.source_id, Outcome.IMPORTED)
    ours = title.keeper_id in {None, centre_id}
    same = title.record_digest == record.digest
    if ours and _lacks_groups(title, record, context):
        same = False
    joins = centre_id is not None and title.id not in context.offered
    if joins:
        _offer(title, centre_id)
    if not same and ours:
        _describe(title, record, context)
    if same or ours or joins:
        outcome = Outcome.SAME if same and not joins else Outcome.CHANGED
        return Taken(record.number, record.source_id, outcome)
    reason, detail = TitleRefusal.KEPT_ELSEWHERE, title.name[:LONGEST_DETAIL]
    return Taken(record.number, record.source_id, Outcome.REFUSED, reason, detail)


def _offer(title: Title, centre_id: int | None) -> None:
    if centre_id is not None:
        title.holdings.append(Holding(centre_id=centre_id))


def _lacks_groups(title: Title, record: TitleRecord, context: _Context) -> bool:
    """Say whether the title's groups were loaded only after it: then none is linked yet."""
    named = context.groups.intersection(record.groups)
    return bool(named) and all(link.scheme is not Scheme.GROUP for link in title.links)


def _describe(title: Title, record: TitleRecord, context: _Context) -> None:
    for name, value in _values(record).items():
        setattr(title, name, value)
    title.changed_at = context.now
    linked = {(link.scheme, link.code) for link in title.links}
    wanted = [(Scheme.SUBJECT, code) for code in record.subjects]
    wanted += [(Scheme.GROUP, code) for code in record.groups if code in context.groups]
    title.links.extend(
        CurriculumLink(scheme=scheme, code=code)
        for scheme, code in wanted
        if (scheme, code) not in linked
    )
    if record.licence is not None:
        _license(title, record.licence, context.now.date())


def _license(title: Title, record: LicenceRecord, today: date) -> None:
    kind = licence_type(record.licence_type)
    found = next((row for row in title.licences if row.licence_type == kind.code), None)
    if found is None:
        found = Licence(
            valid_from=_start(record, today),
            licence_type=kind.code,
            scope=LicenceScope(kind.scope),
            lending_allowed=kind.lending_allowed,
            public_showing_allowed=kind.public_showing,
        )
        title.licences.append(found)
    if record.first is not None:
        found.valid_from = record.first
    found.valid_until = record.last


def _start(record: LicenceRecord, today: date) -> date:
    """A licence that does not say when it began holds from today, or ended on its last day."""
    return today if record.last is None else min(today, record.last)


def _values(record: TitleRecord) -> dict[str, Any]:
    return {
        "source": record.source[:SOURCE_LENGTH],
        "source_id": record.source_id,
        "record_digest": record.digest,
        "media_type": record.media_type,
        "media_number": record.media_number or None,
        "name": record.name,
        "subtitle": record.subtitle,
        "series": record.series,
        "summary": record.summary,
        "persons": SEPARATOR.join(record.persons),
        "publisher": record.publisher,
        "keywords": SEPARATOR.join(record.keywords),
        "languages": ";".join(record.languages),
        "year": record.year,
        "duration_minutes": record.duration_minutes,
        "isbn": record.isbn or None,
        "age_rating": record.age_rating or None,
        "grade_from": record.grade_from,
        "grade_to": record.grade_to,
        "online_url": record.online_url or None,
    }


def _key(record: TitleRecord) -> tuple[str, str]:
    return record.source[:SOURCE_LENGTH], record.source_id
