"""A part that was missing was brought: its defect is closed, its box may be lent again."""

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy, Part
from catalogue.models.defect import Defect
from catalogue.rules.copy_states import CopyState
from catalogue.rules.defect_states import STILL_OPEN, DefectState
from database.audit import Change, Subject, record
from loans.errors import NotFoundError
from loans.operations.count_parts import close_brought
from loans.operations.journal import Act
from loans.operations.lock_copy import lock_copy
from loans.operations.pass_on import bring_on
from loans.queries.hand_out import parts_of
from schools.rules.roles import Actor, Right


def bring_part(session: Session, defect_id: int, by: Actor, today: date, now: datetime) -> Copy:
    """Note that what a defect says is missing of a part was brought.

    Locks holding and copy. What others have lost of the same part stays missing, and their
    defects open. A box in which nothing critical is missing any more leaves its state incomplete
    and serves whoever waits.

    Raises:
        loans.errors.NotFoundError: no such open defect of a part at a centre of the actor.

    Source:
        docs/rules.md, Lending 3.2.
    """
    act = Act(session, by, today, now)
    found = session.scalar(
        select(Defect).where(Defect.id == defect_id, Defect.state.in_(STILL_OPEN))
    )
    scope = by.scope(Right.HANDLE_DEFECTS)
    if found is None or found.part_id is None or not scope.covers_centre(found.centre_id):
        raise NotFoundError("defect", defect_id)
    copy = lock_copy(session, found.copy_id)
    parts = parts_of(session, copy.id)
    part = next(each for each in parts if each.id == found.part_id)
    before = part.missing
    part.missing -= _brought(session, found, part)
    found.state, found.changed_at = DefectState.DONE, now
    if not part.missing:
        close_brought(session, act.journal, [part.id], now)
    if copy.state is CopyState.INCOMPLETE and not any(p.critical and p.missing for p in parts):
        bring_on(act, copy, copy.stands_at)
    change = Change("bring_part", {part.name: before}, {part.name: part.missing})
    record(session, by, Subject("copy", copy.id, copy.centre_id), change, now)
    session.flush()
    return copy


def _brought(session: Session, defect: Defect, part: Part) -> int:
    """Return how many pieces are there again: all, unless others have lost some too."""
    others = select(func.count(Defect.id)).where(
        Defect.part_id == part.id, Defect.state.in_(STILL_OPEN), Defect.id != defect.id
    )
    if not session.scalar(others):
        return part.missing
    return min(defect.pieces or 1, part.missing)
