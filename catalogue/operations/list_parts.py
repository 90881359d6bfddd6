"""List what belongs in a box or case, so that it can be counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from catalogue.models.copy import Copy, Part
from catalogue.models.defect import Defect
from catalogue.operations.editing import check_edition, lock_copy
from database.audit import Change, Subject, record
from schools.rules.roles import Actor


@dataclass(frozen=True, slots=True)
class PartFacts:
    """One kind of part.

    Attributes:
        id: of the part that is meant; None for a new one.
        name: what it is.
        count: how many there should be, at least 1.
        critical: the box is of no use without it.
    """

    id: int | None
    name: str
    count: int
    critical: bool


Parts = tuple[PartFacts, ...]


def parts_of(copy: Copy) -> Parts:
    """Return a copy's parts in order."""
    return tuple(PartFacts(part.id, part.name, part.count, part.critical) for part in copy.parts)


def list_parts(
    session: Session, copy_id: int, wished: tuple[Parts, str], by: Actor, now: datetime
) -> Copy:
    """Take over a list of parts; what is missing of a part that stays is not forgotten.

    Args:
        session: inside a unit of work.
        copy_id: which box.
        wished: the new list in order, and the edition of the one that was opened.
        by: whoever edits.
        now: the instant.

    Raises:
        NotFoundError: no such copy at a centre of the actor's.
        ChangedMeanwhileError: it is not the list that was opened any more.
    """
    parts, edition = wished
    copy = lock_copy(session, copy_id, by)
    subject = Subject("copy", copy.id, copy.centre_id)
    before = {"parts": parts_of(copy)}
    check_edition(session, subject, edition, before, {"parts": parts})
    _replace(session, copy, parts)
    session.flush()
    change = Change("list_parts", _plain(before["parts"]), _plain(parts_of(copy)))
    record(session, by, subject, change, now)
    return copy


def spread_parts(session: Session, copy_id: int, by: Actor, now: datetime) -> int:
    """Give every other copy of the same holding the parts of this one, told apart by name.

    Returns:
        How many other copies there are.

    Raises:
        NotFoundError: no such copy at a centre of the actor's.
    """
    pattern = lock_copy(session, copy_id, by)
    parts = parts_of(pattern)
    others = _others(session, pattern)
    for copy in others:
        by_name = {part.name: part.id for part in copy.parts}
        own = tuple(
            PartFacts(by_name.get(part.name), part.name, part.count, part.critical)
            for part in parts
        )
        _replace(session, copy, own)
    session.flush()
    change = Change("spread_parts", None, _plain(parts) | {"copies": len(others)})
    record(session, by, Subject("copy", pattern.id, pattern.centre_id), change, now)
    return len(others)


def _others(session: Session, copy: Copy) -> Sequence[Copy]:
    query = (
        select(Copy)
        .where(Copy.holding_id == copy.holding_id, Copy.id != copy.id)
        .where(Copy.withdrawn_on.is_(None))
        .order_by(Copy.id)
        .options(selectinload(Copy.parts))
        .with_for_update(key_share=True, of=Copy)
    )
    return session.scalars(query).all()


def _replace(session: Session, copy: Copy, parts: Parts) -> None:
    known = {part.id: part for part in copy.parts}
    kept = [_kept(known.get(facts.id or 0), facts, place) for place, facts in enumerate(parts)]
    gone = set(known) - {part.id for part in kept}
    if gone:
        session.execute(update(Defect).where(Defect.part_id.in_(gone)).values(part_id=None))
    copy.parts = kept


def _kept(part: Part | None, facts: PartFacts, place: int) -> Part:
    part = part or Part(missing=0)
    part.position, part.name, part.critical = place, facts.name, facts.critical
    part.count, part.missing = facts.count, min(part.missing, facts.count)
    return part


def _plain(parts: Parts) -> dict[str, Any]:
    return {"parts": [[part.name, part.count, part.critical] for part in parts]}
