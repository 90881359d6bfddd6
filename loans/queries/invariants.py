"""What must hold between rows whatever happened; found broken, somebody must look."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from catalogue.rules.copy_states import LENDABLE_STATES, CopyState
from loans.models.booking import BookingLine, BookingPick
from loans.models.claim import ClaimKind, LoanClaim
from loans.models.hold import KEPT_FOR_SOMEBODY, STILL_OPEN, Hold, HoldState
from loans.models.loan import Loan
from loans.models.tour import TourBox, TourLoad, TourStop
from loans.models.transit import Transit
from schools.models.media_centre import PickupPlace


class Invariant(StrEnum):
    """What was found not to hold."""

    LENDABLE_MISCOUNTED = "lendable_miscounted"
    """A holding's number of lendable copies is not the number there are."""
    ON_LOAN_WITHOUT_LOAN = "on_loan_without_loan"
    """A copy's state says on loan, no loan is open."""
    LOAN_WITHOUT_ON_LOAN = "loan_without_on_loan"
    """A loan is open, its copy's state says neither on loan nor received nor lost."""
    RECEIVED_WITHOUT_LOAN = "received_without_loan"
    """A copy is received, no open loan says since when."""
    LOAN_RECEIVED_WITHOUT_COPY = "loan_received_without_copy"
    """An open loan is received, its copy's state says otherwise."""
    LOST_WITHOUT_CLAIM = "lost_without_claim"
    """A loan of a lost copy is open, nobody has claimed it lost."""
    HOLD_WITHOUT_COPY = "hold_without_copy"
    """A hold is set aside or under way, its copy is not."""
    SET_ASIDE_WITHOUT_HOLD = "set_aside_without_hold"
    """A copy is set aside, for nobody."""
    TRANSIT_WITHOUT_COPY = "transit_without_copy"
    """A transit is open, its copy's state says otherwise."""
    IN_TRANSIT_WITHOUT_TRANSIT = "in_transit_without_transit"
    """A copy is in transit, nobody knows where to."""
    RANKS_NOT_DENSE = "ranks_not_dense"
    """The ranks of a holding's open holds are not 1, 2, 3 …"""
    LOAN_ELSEWHERE = "loan_elsewhere"
    """A loan names another holding or centre than its copy."""
    COPY_ELSEWHERE = "copy_elsewhere"
    """A copy names another centre than its holding."""
    LINE_MISCOUNTED = "line_miscounted"
    """More loans than the booking's line says were handed out."""
    LOAD_ELSEWHERE = "load_elsewhere"
    """A tour's load names a loan that never was, or one of another school than its stop's."""
    PICK_NOT_IN_HOUSE = "pick_not_in_house"
    """A picked copy is out, or nobody knows where it is."""


@dataclass(frozen=True, slots=True)
class Breach:
    """One row for which an invariant does not hold, with the two values that disagree."""

    invariant: Invariant
    row_id: int
    stored: str
    found: str


def breaches(session: Session) -> list[Breach]:
    """Return every breach in the store; reads each table once or twice, in one transaction."""
    found: list[Breach] = []
    for invariant, query in _queries().items():
        found.extend(
            Breach(invariant, row_id, str(stored), str(counted))
            for row_id, stored, counted in session.execute(query)
        )
    return found


def _queries() -> dict[Invariant, Select[int, object, object]]:
    return {
        Invariant.LENDABLE_MISCOUNTED: _miscounted_holdings(),
        Invariant.ON_LOAN_WITHOUT_LOAN: _without_loan(),
        Invariant.LOAN_WITHOUT_ON_LOAN: _without_state(),
        Invariant.RECEIVED_WITHOUT_LOAN: _received_without_loan(),
        Invariant.LOAN_RECEIVED_WITHOUT_COPY: _loans_received(),
        Invariant.LOST_WITHOUT_CLAIM: _lost_without_claim(),
        Invariant.HOLD_WITHOUT_COPY: _holds_without_copy(),
        Invariant.SET_ASIDE_WITHOUT_HOLD: _set_aside_without_hold(),
        Invariant.TRANSIT_WITHOUT_COPY: _transits_without_copy(),
        Invariant.IN_TRANSIT_WITHOUT_TRANSIT: _without_transit(),
        Invariant.RANKS_NOT_DENSE: _ranks_not_dense(),
        Invariant.LOAN_ELSEWHERE: _loans_elsewhere(),
        Invariant.COPY_ELSEWHERE: _copies_elsewhere(),
        Invariant.LINE_MISCOUNTED: _miscounted_lines(),
        Invariant.LOAD_ELSEWHERE: _loads_elsewhere(),
        Invariant.PICK_NOT_IN_HOUSE: _picks_not_in_house(),
    }


def _miscounted_holdings() -> Select[int, object, object]:
    """Source: docs/rules.md, Lending 4.2."""
    placed = exists().where(Loan.copy_id == Copy.id, Loan.returned_on.is_(None), Loan.placed)
    counted = (
        select(func.count(Copy.id))
        .where(Copy.holding_id == Holding.id, Copy.lendable, Copy.numbered.is_(False))
        .where(Copy.state.in_(LENDABLE_STATES), ~placed)
        .scalar_subquery()
    )
    return select(Holding.id, Holding.lendable, counted).where(Holding.lendable != counted)


def _without_loan() -> Select[int, object, object]:
    is_open = exists().where(Loan.copy_id == Copy.id, Loan.returned_on.is_(None))
    return (
        select(Copy.id, Copy.state, func.count())
        .where(Copy.state == CopyState.ON_LOAN, ~is_open)
        .group_by(Copy.id, Copy.state)
    )


def _without_state() -> Select[int, object, object]:
    return (
        select(Loan.id, Copy.id, Copy.state)
        .join(Copy, Copy.id == Loan.copy_id)
        .where(Loan.returned_on.is_(None))
        .where(Copy.state.not_in({CopyState.ON_LOAN, CopyState.RECEIVED, CopyState.LOST}))
    )


def _received_without_loan() -> Select[int, object, object]:
    """Source: docs/rules.md, Lending 8.4."""
    received = exists().where(
        Loan.copy_id == Copy.id, Loan.returned_on.is_(None), Loan.received_on.is_not(None)
    )
    return _copies(CopyState.RECEIVED).where(~received)


def _loans_received() -> Select[int, object, object]:
    return (
        select(Loan.id, Copy.id, Copy.state)
        .join(Copy, Copy.id == Loan.copy_id)
        .where(Loan.returned_on.is_(None), Loan.received_on.is_not(None))
        .where(Copy.state != CopyState.RECEIVED)
    )


def _lost_without_claim() -> Select[int, object, object]:
    """Source: docs/rules.md, Lending 10.4."""
    claimed = exists().where(
        LoanClaim.loan_id == Loan.id,
        LoanClaim.kind == ClaimKind.LOST,
        LoanClaim.settled_at.is_(None),
    )
    return (
        select(Loan.id, Copy.id, Copy.state)
        .join(Copy, Copy.id == Loan.copy_id)
        .where(Loan.returned_on.is_(None), Copy.state == CopyState.LOST, ~claimed)
    )


def _holds_without_copy() -> Select[int, object, object]:
    """Source: docs/rules.md, Lending 7.2."""
    fits = or_(
        and_(Hold.state == HoldState.SET_ASIDE, Copy.state == CopyState.SET_ASIDE),
        and_(Hold.state == HoldState.IN_TRANSIT, Copy.state == CopyState.IN_TRANSIT),
    )
    return (
        select(Hold.id, Hold.state, Copy.state)
        .outerjoin(Copy, Copy.id == Hold.copy_id)
        .where(Hold.state.in_(KEPT_FOR_SOMEBODY), or_(Copy.id.is_(None), ~fits))
    )


def _set_aside_without_hold() -> Select[int, object, object]:
    kept = exists().where(Hold.copy_id == Copy.id, Hold.state == HoldState.SET_ASIDE)
    return _copies(CopyState.SET_ASIDE).where(~kept)


def _transits_without_copy() -> Select[int, object, object]:
    """Source: docs/rules.md, Lending 8.5."""
    return (
        select(Transit.id, Copy.id, Copy.state)
        .join(Copy, Copy.id == Transit.copy_id)
        .where(Transit.ended_at.is_(None), Copy.state != CopyState.IN_TRANSIT)
    )


def _without_transit() -> Select[int, object, object]:
    sent = exists().where(Transit.copy_id == Copy.id, Transit.ended_at.is_(None))
    return _copies(CopyState.IN_TRANSIT).where(~sent)


def _ranks_not_dense() -> Select[int, object, object]:
    """Source: docs/rules.md, Lending 7.1."""
    holds, last = func.count(Hold.id), func.max(Hold.rank)
    different = func.count(Hold.rank.distinct())
    return (
        select(Hold.holding_id, holds, last)
        .where(Hold.state.in_(STILL_OPEN))
        .group_by(Hold.holding_id)
        .having(or_(holds != last, different != holds))
    )


def _copies(state: CopyState) -> Select[int, object, object]:
    """Select the copies in a state, to be narrowed to those that should not be."""
    return select(Copy.id, Copy.barcode, Copy.state).where(Copy.state == state)


def _loans_elsewhere() -> Select[int, object, object]:
    return (
        select(Loan.id, Loan.holding_id, Copy.holding_id)
        .join(Copy, Copy.id == Loan.copy_id)
        .where(Loan.returned_on.is_(None))
        .where(or_(Loan.holding_id != Copy.holding_id, Loan.centre_id != Copy.centre_id))
    )


def _copies_elsewhere() -> Select[int, object, object]:
    return (
        select(Copy.id, Copy.centre_id, Holding.centre_id)
        .join(Holding, Holding.id == Copy.holding_id)
        .where(Copy.centre_id != Holding.centre_id)
    )


def _miscounted_lines() -> Select[int, object, object]:
    lent = and_(Loan.line_id == BookingLine.id, Loan.void.is_(False))
    counted = select(func.count(Loan.id)).where(lent).scalar_subquery()
    return select(BookingLine.id, BookingLine.handed_out, counted).where(
        BookingLine.handed_out < counted
    )


def _loads_elsewhere() -> Select[int, object, object]:
    """Source: docs/rules.md, Lending 11.2."""
    other = PickupPlace.institution_id != Loan.institution_id
    return (
        select(TourLoad.id, PickupPlace.institution_id, Loan.institution_id)
        .join(Loan, Loan.id == TourLoad.loan_id)
        .join(TourBox, TourBox.id == TourLoad.box_id)
        .join(TourStop, TourStop.id == TourBox.stop_id)
        .join(PickupPlace, PickupPlace.id == TourStop.place_id)
        .where(or_(Loan.void, other))
    )


def _picks_not_in_house() -> Select[int, object, object]:
    out = {CopyState.ON_LOAN, CopyState.IN_TRANSIT, CopyState.MISSING, CopyState.LOST}
    return (
        select(BookingPick.id, Copy.id, Copy.state)
        .join(Copy, Copy.id == BookingPick.copy_id)
        .where(Copy.state.in_(out))
    )
