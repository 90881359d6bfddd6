"""List the parts of boxes; those that lack one they need leave lending, those that do not return.

What the catalogue's own operations do, with what follows for whoever waits.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy, Part
from catalogue.operations import list_parts as catalogue
from catalogue.operations.list_parts import Parts
from catalogue.rules.copy_states import CopyState
from loans.operations.journal import Act
from loans.operations.lock_copy import lock_copy, move_copy
from loans.operations.pass_on import bring_on, release
from schools.rules.roles import Actor

ON_THE_SHELF = frozenset({CopyState.AVAILABLE, CopyState.SET_ASIDE, CopyState.IN_TRANSIT})
"""States in which nothing but its parts says whether a copy can be lent.

One that is out, in repair or looked for is judged when it comes back.
"""


@dataclass(frozen=True, slots=True)
class PartsEdit:
    """The new list of parts of a box, in order, and the edition of the list that was opened."""

    copy_id: int
    parts: Parts
    edition: str


def list_parts_of_box(
    session: Session, wish: PartsEdit, by: Actor, today: date, now: datetime
) -> Copy:
    """Take over the list of parts of a box, and judge by it whether the box can be lent.

    Locks holding and copy. Whoever it was kept for waits again; a box that lacks nothing it
    needs any more serves whoever waits.

    Raises:
        catalogue.errors.NotFoundError: no such copy at a centre of the actor's.
        catalogue.errors.ChangedMeanwhileError: it is not the list that was opened any more.

    Source:
        docs/rules.md, Lending 3.2 and 4.2.
    """
    chosen = Copy.id == wish.copy_id
    lacked = set(session.scalars(_incomplete(chosen, lacks=True)))
    edited = (wish.parts, wish.edition)
    copy = catalogue.list_parts(session, wish.copy_id, edited, by, now)
    _judge(Act(session, by, today, now), chosen, lacked)
    return copy


def spread_parts_of_box(
    session: Session, copy_id: int, by: Actor, today: date, now: datetime
) -> int:
    """Give every other copy of the same holding the parts of this one, and judge each by them.

    Returns:
        How many other copies there are.

    Raises:
        catalogue.errors.NotFoundError: no such copy at a centre of the actor's.

    Source:
        docs/rules.md, Lending 3.2 and 4.2.
    """
    holding_id = select(Copy.holding_id).where(Copy.id == copy_id).scalar_subquery()
    alike = Copy.holding_id == holding_id
    lacked = set(session.scalars(_incomplete(alike, lacks=True)))
    count = catalogue.spread_parts(session, copy_id, by, now)
    _judge(Act(session, by, today, now), alike, lacked)
    return count


def _judge(act: Act, chosen: ColumnElement[bool], lacked: Collection[int]) -> None:
    """Move those copies on for which the list of parts made a difference."""
    for copy_id in act.session.scalars(_lendable_but_lacking(chosen)).all():
        copy = lock_copy(act.session, copy_id)
        release(act, copy)
        move_copy(copy, CopyState.INCOMPLETE)
    whole = act.session.scalars(_incomplete(chosen, lacks=False)).all()
    for copy_id in sorted(set(whole) & set(lacked)):
        copy = lock_copy(act.session, copy_id)
        bring_on(act, copy, copy.stands_at)
    act.session.flush()


def _lendable_but_lacking(chosen: ColumnElement[bool]) -> Select[int]:
    return select(Copy.id).where(chosen, Copy.state.in_(ON_THE_SHELF), _lacks()).order_by(Copy.id)


def _incomplete(chosen: ColumnElement[bool], *, lacks: bool) -> Select[int]:
    return select(Copy.id).where(
        chosen, Copy.state == CopyState.INCOMPLETE, _lacks() if lacks else ~_lacks()
    )


def _lacks() -> ColumnElement[bool]:
    return exists().where(Part.copy_id == Copy.id, Part.critical, Part.missing > 0)
