"""Edit copies: their numbers, home, value, and whether they are lent."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from catalogue.errors import ActRefusedError, InvalidError
from catalogue.models.copy import Copy
from catalogue.operations.acquire import check_branch, number_fault
from catalogue.operations.editing import check_edition, lock_copy, take_over
from catalogue.rules.copy_states import CopyState
from catalogue.rules.stock import StockFault, StockRefusal, counts_in_capacity
from database.audit import Change, Subject, record
from schools.rules.roles import Actor


@dataclass(frozen=True, slots=True)
class CopyFacts:
    """What staff say about one copy; see `catalogue.models.copy`."""

    barcode: str
    inventory_number: str | None
    serial_number: str
    home_branch_id: int
    value_cents: int | None
    acquired_on: date | None
    note: str
    lendable: bool
    not_lendable_reason: str


_ELSEWHERE = frozenset(
    {CopyState.ON_LOAN, CopyState.SET_ASIDE, CopyState.IN_TRANSIT, CopyState.RECEIVED}
)
"""States in which a copy is where somebody needs it, wherever it lives."""


def facts_of(copy: Copy) -> CopyFacts:
    """Return what is said about a copy as it stands."""
    return CopyFacts(**{name: getattr(copy, name) for name in CopyFacts.__slots__})


def edit_copy(
    session: Session, copy_id: int, wished: tuple[CopyFacts, str], by: Actor, now: datetime
) -> Copy:
    """Take over what somebody edited of a copy, and keep its holding's capacity.

    Locks the holding, then the copy. Whether it is lent changes only while it is
    in the house. With its home moves what stood there free.

    Args:
        session: inside a unit of work.
        copy_id: which copy.
        wished: the new facts, and the edition of those that were opened.
        by: whoever edits.
        now: the instant.

    Raises:
        NotFoundError: no such copy at a centre of the actor's.
        ChangedMeanwhileError: it is not the one that was opened any more.
        InvalidError: a number is taken, the branch is not the centre's, a reason is missing.
        ActRefusedError: it is withdrawn, or on loan and its lending would change.
    """
    facts, edition = wished
    copy = lock_copy(session, copy_id, by)
    subject = Subject("copy", copy.id, copy.centre_id)
    check_edition(session, subject, edition, asdict(facts_of(copy)), asdict(facts))
    _check(session, copy, facts)
    holding = copy.holding
    counted = _counts(copy)
    at_home = copy.branch_id in {None, copy.home_branch_id} and copy.state not in _ELSEWHERE
    before, after = take_over(copy, asdict(facts))
    holding.lendable += int(_counts(copy)) - int(counted)
    if at_home and "home_branch_id" in after:
        copy.branch_id = facts.home_branch_id
    if after:
        record(session, by, subject, Change("edit_copy", before, after), now)
    return copy


def _check(session: Session, copy: Copy, facts: CopyFacts) -> None:
    if copy.state is CopyState.WITHDRAWN:
        raise ActRefusedError((StockRefusal.COPY_WITHDRAWN,))
    if copy.lendable != facts.lendable and copy.state is CopyState.ON_LOAN:
        raise ActRefusedError((StockRefusal.COPY_ON_LOAN,))
    check_branch(session, facts.home_branch_id, copy.centre_id)
    faults: dict[str, StrEnum] = {}
    for name in ("barcode", "inventory_number"):
        number = getattr(facts, name)
        if number and number != getattr(copy, name):
            fault = number_fault(session, copy.centre_id, number, copy.id)
            if fault is not None:
                faults[name] = fault
    if not facts.lendable and not facts.not_lendable_reason:
        faults["not_lendable_reason"] = StockFault.REASON_MISSING
    if faults:
        raise InvalidError(faults)


def _counts(copy: Copy) -> bool:
    return counts_in_capacity(
        CopyState(copy.state), lendable=copy.lendable, numbered=copy.numbered
    )
