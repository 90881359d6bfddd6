"""Acquire copies: several at once, with proposed numbers, or one with a label of its own."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from catalogue.errors import ActRefusedError, InvalidError
from catalogue.models.copy import Copy, Part
from catalogue.models.holding import BookedBy, Holding
from catalogue.operations.editing import lock_holding
from catalogue.operations.number_copies import next_free_barcodes
from catalogue.rules.barcodes import CodeKind, NumbersUsedUpError, readings
from catalogue.rules.stock import StockFault, StockRefusal
from database.audit import Change, Subject, record
from schools.models.media_centre import Branch
from schools.rules.roles import Actor


@dataclass(frozen=True, slots=True)
class NewCopies:
    """What is put on the shelf.

    Attributes:
        holding_id: of which title at which centre.
        count: how many, 1 to 200.
        branch_id: where they live.
        barcode: of the one copy, if it has a label already; empty for the next free numbers.
        value_cents: what each was worth when bought.
        acquired_on: when they came.
        note: on each of them.
    """

    holding_id: int
    count: int
    branch_id: int
    barcode: str = ""
    value_cents: int | None = None
    acquired_on: date | None = None
    note: str = ""


def add_copies(session: Session, wish: NewCopies, by: Actor, now: datetime) -> list[Copy]:
    """Put copies on the shelf; a box gets the parts of the box that is there already.

    Where copies are booked by number they stand outside the pool.

    Locks the holding, then the centre while numbers are given.

    Raises:
        NotFoundError: no such holding at a centre of the actor's.
        InvalidError: the branch is not the centre's, or the label is taken or no copy's.
        ActRefusedError: there are not so many numbers left.
    """
    holding = lock_holding(session, wish.holding_id, by)
    check_branch(session, wish.branch_id, holding.centre_id)
    parts = _usual_parts(session, holding)
    copies = [_copy(holding, wish, barcode, now) for barcode in _barcodes(session, holding, wish)]
    for copy in copies:
        copy.parts = [_same(part) for part in parts]
    session.add_all(copies)
    if holding.booked_by is BookedBy.POOL:
        holding.lendable += len(copies)
    session.flush()
    change = Change("add_copies", None, {"barcodes": [copy.barcode for copy in copies]})
    record(session, by, Subject("holding", holding.id, holding.centre_id), change, now)
    return copies


def check_branch(session: Session, branch_id: int, centre_id: int) -> None:
    """Make sure that a branch is the centre's.

    Raises:
        InvalidError: it is not.
    """
    branch = session.get(Branch, branch_id)
    if branch is None or branch.centre_id != centre_id:
        raise InvalidError({"branch": StockFault.NO_SUCH_BRANCH})


def number_fault(
    session: Session, centre_id: int, number: str, own_id: int | None = None
) -> StockFault | None:
    """Say why a number cannot be a copy's barcode or inventory number.

    Args:
        session: inside a unit of work, a holding of the centre locked.
        centre_id: within it no two copies share a number, whichever of the two it is.
        number: as typed, blanks around it let go.
        own_id: the copy whose number it may be already.
    """
    found = readings(number)
    if not found or found[0].kind not in {CodeKind.COPY, CodeKind.UNMARKED}:
        return StockFault.NOT_A_COPYS_NUMBER
    used = or_(Copy.barcode == number, Copy.inventory_number == number)
    query = select(Copy.id).where(Copy.centre_id == centre_id, used)
    if own_id is not None:
        query = query.where(Copy.id != own_id)
    taken = session.scalars(query.limit(1)).first() is not None
    return StockFault.NUMBER_TAKEN if taken else None


def _barcodes(session: Session, holding: Holding, wish: NewCopies) -> tuple[str, ...]:
    if wish.barcode:
        fault = number_fault(session, holding.centre_id, wish.barcode)
        if fault is not None:
            raise InvalidError({"barcode": fault})
        return (wish.barcode,)
    try:
        return next_free_barcodes(session, holding.centre_id, wish.count)
    except NumbersUsedUpError as error:
        raise ActRefusedError((StockRefusal.NUMBERS_USED_UP,)) from error


def _copy(holding: Holding, wish: NewCopies, barcode: str, now: datetime) -> Copy:
    return Copy(
        holding_id=holding.id,
        centre_id=holding.centre_id,
        barcode=barcode,
        home_branch_id=wish.branch_id,
        branch_id=wish.branch_id,
        value_cents=wish.value_cents,
        acquired_on=wish.acquired_on,
        note=wish.note,
        numbered=holding.booked_by is BookedBy.NUMBER,
        created_at=now,
    )


def _usual_parts(session: Session, holding: Holding) -> list[Part]:
    first = (
        select(Copy.id)
        .join(Part, Part.copy_id == Copy.id)
        .where(Copy.holding_id == holding.id, Copy.withdrawn_on.is_(None))
        .order_by(Copy.id)
        .limit(1)
        .scalar_subquery()
    )
    query = select(Part).where(Part.copy_id == first).order_by(Part.position)
    return list(session.scalars(query))


def _same(part: Part) -> Part:
    return Part(position=part.position, name=part.name, count=part.count, critical=part.critical)
