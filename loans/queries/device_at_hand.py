"""The device that somebody holds in hand, found by what stands on it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, or_, select, true
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy, Part
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from catalogue.rules.copy_states import CopyState
from loans.models.loan import Loan
from schools.rules.roles import Scope

LONGEST_ID = 9
"""Digits of a text that may be the key of a copy."""


@dataclass(frozen=True, slots=True)
class DeviceAtHand:
    """A device that somebody may report as defective.

    Attributes:
        institution_id: the school within the reporter's reach that has it, or for staff whichever
            has it; None in the house.
        parts: key and name of each part of a box.
    """

    copy_id: int
    title: str
    type_code: str
    barcode: str
    institution_id: int | None
    parts: tuple[tuple[int, str], ...]


def device_at_hand(session: Session, scope: Scope, code: str) -> DeviceAtHand | None:
    """Return the device with this barcode, inventory number or key that somebody may report.

    A school's people reach what belongs to it or is lent to it, staff all of their centre.
    """
    row = session.execute(_by_code(code.strip()).where(_reported_by(scope))).first()
    if row is None:
        return None
    parts = session.execute(
        select(Part.id, Part.name).where(Part.copy_id == row.id).order_by(Part.position, Part.id)
    )
    return DeviceAtHand(
        row.id,
        row.title,
        row.type_code,
        row.barcode,
        _stands_at(scope, row),
        tuple((part.id, part.name) for part in parts),
    )


def _by_code(code: str) -> Select[*tuple[Any, ...]]:
    spelled = {code, code.upper()}
    same: list[ColumnElement[bool]] = [
        Copy.barcode.in_(spelled),
        Copy.inventory_number.in_(spelled),
    ]
    if code.isascii() and code.isdigit() and len(code) <= LONGEST_ID:
        same.append(Copy.id == int(code))
    return (
        select(
            Copy.id,
            Copy.barcode,
            Copy.centre_id,
            Copy.owner_id,
            Loan.institution_id.label("borrowed_by"),
            Title.name.label("title"),
            Title.media_type.label("type_code"),
        )
        .join(Holding, Holding.id == Copy.holding_id)
        .join(Title, Title.id == Holding.title_id)
        .outerjoin(Loan, and_(Loan.copy_id == Copy.id, Loan.returned_on.is_(None)))
        .where(or_(*same), Copy.state != CopyState.WITHDRAWN)
        .order_by(case((same[0], 0), (same[1], 1), else_=2), Copy.id)
        .limit(1)
    )


def _reported_by(scope: Scope) -> ColumnElement[bool]:
    if scope.everything:
        return true()
    return or_(
        Copy.centre_id.in_(scope.centre_ids),
        Copy.owner_id.in_(scope.institution_ids),
        Loan.institution_id.in_(scope.institution_ids),
    )


def _stands_at(scope: Scope, row: Row[*tuple[Any, ...]]) -> int | None:
    """Return who has it: the borrower before the owner, one's own school before others."""
    having = [each for each in (row.borrowed_by, row.owner_id) if each is not None]
    own = [each for each in having if each in scope.institution_ids]
    for each in own or having:
        return int(each)
    return None
