"""Claims about a loan: said to be returned, lost or damaged; settled by a person's decision."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.attachment import Attachment
from catalogue.models.copy import Copy
from catalogue.operations.report_defect import Photo
from catalogue.rules.copy_states import CopyState
from database.audit import Change
from loans.errors import NotFoundError, Refused, RefusedError
from loans.models.claim import ClaimKind, LoanClaim
from loans.models.loan import Loan
from loans.operations.end_loan import end_loan
from loans.operations.journal import Act
from loans.operations.lock_copy import move_copy
from loans.operations.locked_loan import locked_loan, record_loan
from loans.rules.codes import LoanRefusal
from schools.rules.roles import Actor, Right


@dataclass(frozen=True, slots=True)
class Claim:
    """What is said of a running loan.

    Attributes:
        loan_id: the loan.
        kind: what is claimed.
        note: in the words of whoever says so.
        photo: a stored picture.
    """

    loan_id: int
    kind: ClaimKind
    note: str = ""
    photo: Photo | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a claim ends.

    Attributes:
        claim_id: the claim.
        note: what was agreed.
        billed_cents: what the borrower pays; None for nothing.
        withdraw: it was a mistake: everything is as before.
    """

    claim_id: int
    note: str = ""
    billed_cents: int | None = None
    withdraw: bool = False


def claim(session: Session, wish: Claim, by: Actor, today: date, now: datetime) -> LoanClaim:
    """Record a claim about a running loan; what is lost leaves the capacity, the loan stays.

    Locks holding, copy and loan. Nothing is billed.

    Raises:
        loans.errors.NotFoundError: no such loan at a centre of the actor.
        loans.errors.RefusedError: the loan is over, the same is claimed already, or what was
            received is said to be lost.

    Source:
        docs/rules.md, Lending 10.4.
    """
    act = Act(session, by, today, now)
    loan, copy = locked_loan(session, wish.loan_id, by)
    if wish.kind is ClaimKind.LOST and loan.received_on is not None:
        raise RefusedError((Refused(LoanRefusal.BACK),))
    if any(each.kind is wish.kind for each in _open_claims(session, loan.id)):
        raise RefusedError((Refused(LoanRefusal.CLAIMED_ALREADY),))
    made = LoanClaim(
        loan_id=loan.id,
        kind=wish.kind,
        note=wish.note.strip(),
        made_at=now,
        made_by=by.account_id,
    )
    if wish.photo is not None:
        made.photo = Attachment(
            **asdict(wish.photo),
            centre_id=loan.centre_id,
            institution_id=loan.institution_id,
            created_at=now,
        )
    session.add(made)
    if wish.kind is ClaimKind.LOST:
        move_copy(copy, CopyState.LOST, was_placed=loan.placed, is_placed=loan.placed)
    after = {"kind": wish.kind.value, "copy": copy.barcode, "note": made.note}
    record_loan(act, loan, Change("claim", after=after))
    session.flush()
    return made


def settle_claim(
    session: Session, wish: Settlement, by: Actor, today: date, now: datetime
) -> LoanClaim:
    """Settle a claim, or withdraw it.

    A loss that is settled ends the loan, the copy stays lost; one withdrawn is on loan as
    before. Settling any other claim leaves the loan running.

    Raises:
        loans.errors.NotFoundError: no such claim at a centre of the actor.
        loans.errors.RefusedError: it was settled already.

    Source:
        docs/rules.md, Lending 10.4: a value is billed only by a person's decision.
    """
    act = Act(session, by, today, now)
    found = session.get(LoanClaim, wish.claim_id)
    if found is None or not by.scope(Right.LEND).covers_centre(found.loan.centre_id):
        raise NotFoundError("claim", wish.claim_id)
    if found.loan.returned_on is None:
        loan, copy = locked_loan(session, found.loan_id, by)
        session.refresh(found)
    else:
        loan, copy = found.loan, found.loan.copy
    if found.settled_at is not None:
        raise RefusedError((Refused(LoanRefusal.CLAIM_SETTLED),))
    found.settled_at, found.settled_by = now, by.account_id
    found.settled_note = wish.note.strip()
    found.billed_cents = None if wish.withdraw else wish.billed_cents
    if found.kind is ClaimKind.LOST and loan.returned_on is None:
        _settle_loss(act, loan, copy, withdraw=wish.withdraw)
    word = "withdraw_claim" if wish.withdraw else "settle_claim"
    after = {"kind": found.kind.value, "billed_cents": found.billed_cents}
    record_loan(act, loan, Change(word, after=after, reason=found.settled_note))
    session.flush()
    return found


def _settle_loss(act: Act, loan: Loan, copy: Copy, *, withdraw: bool) -> None:
    if copy.state is not CopyState.LOST:
        return
    if withdraw:
        move_copy(copy, CopyState.ON_LOAN, was_placed=loan.placed, is_placed=loan.placed)
    else:
        end_loan(act, loan, act.today)


def _open_claims(session: Session, loan_id: int) -> list[LoanClaim]:
    query = select(LoanClaim).where(LoanClaim.loan_id == loan_id, LoanClaim.settled_at.is_(None))
    return list(session.scalars(query))
