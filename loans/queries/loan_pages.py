"""One loan as staff see it with all that is said of it; and the placements of a centre."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, func, or_, select
from sqlalchemy.orm import Session

from catalogue.models.attachment import Attachment
from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from catalogue.rules.copy_states import CopyState
from loans.models.claim import ClaimKind, LoanClaim
from loans.models.loan import Loan
from loans.queries.borrowers import within
from loans.rules.reminders import days_overdue
from schools.models.account import Account
from schools.models.institution import Institution
from schools.models.person import Person
from schools.rules.roles import Scope

PAGE = 25


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """A claim about a loan, with who recorded and who settled it."""

    id: int
    kind: ClaimKind
    note: str
    made_at: datetime
    made_by: str
    photo: str | None
    billed_cents: int | None
    settled_at: datetime | None
    settled_by: str
    settled_note: str

    @property
    def is_open(self) -> bool:
        """Say whether it is not settled."""
        return self.settled_at is None


@dataclass(frozen=True, slots=True)
class StaffLoan:
    """A loan as staff see it.

    Attributes:
        person: empty once the person was cut from it.
        value_cents: of the copy, if known.
        returned_by: who took it back; empty once the person was cut from it.
    """

    id: int
    copy_id: int
    barcode: str
    copy_state: CopyState
    value_cents: int | None
    title_id: int
    title: str
    centre_id: int
    person_id: int | None
    person: str
    email: str
    institution_id: int
    institution: str
    class_name: str
    placed: bool
    review_on: date | None
    lent_on: date
    due_on: date | None
    renewals: int
    received_on: date | None
    returned_on: date | None
    void: bool
    claims: tuple[ClaimFacts, ...] = ()
    returned_by: str = ""

    @property
    def is_open(self) -> bool:
        """Say whether it is not over."""
        return self.returned_on is None

    def days_late(self, today: date) -> int:
        """Count the days past the due date, of a running loan; 0 in time."""
        if self.due_on is None or not self.is_open:
            return 0
        return days_overdue(self.due_on, self.received_on or today)


def staff_loan(session: Session, scope: Scope, loan_id: int) -> StaffLoan | None:
    """Return a loan of the scope with its claims, in three statements; None out of reach."""
    row = session.execute(
        _loans().where(Loan.id == loan_id, within(scope, Loan.centre_id, Loan.institution_id))
    ).first()
    if row is None:
        return None
    claims = _claims_on(session, loan_id)
    named = [each for claim, _photo in claims for each in (claim.made_by, claim.settled_by)]
    names = _names(session, [row.Loan.returned_by, *named])
    return replace(
        _loan(row, tuple(_claim(claim, photo, names) for claim, photo in claims)),
        returned_by=names.get(row.Loan.returned_by or 0, ""),
    )


def placements(
    session: Session, scope: Scope, words: str, page: int
) -> tuple[Sequence[StaffLoan], int]:
    """Return a page of what stands at schools for good, by its day of review; two statements."""
    query = _loans().where(
        Loan.placed,
        Loan.returned_on.is_(None),
        within(scope, Loan.centre_id, Loan.institution_id),
    )
    for word in words.split():
        found = {word, word.capitalize()}
        columns = (Title.name, Copy.barcode, Institution.name, Institution.short_name)
        query = query.where(
            or_(*(each.icontains(part, autoescape=True) for each in columns for part in found))
        )
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    ordered = query.order_by(Loan.review_on, Institution.name, Loan.id)
    rows = session.execute(ordered.offset((page - 1) * PAGE).limit(PAGE))
    return [_loan(row, ()) for row in rows], total


def loan_of_claim(session: Session, scope: Scope, claim_id: int) -> int | None:
    """Return the loan of a claim within the scope."""
    return session.scalar(
        select(LoanClaim.loan_id)
        .join(Loan, Loan.id == LoanClaim.loan_id)
        .where(LoanClaim.id == claim_id, within(scope, Loan.centre_id, Loan.institution_id))
    )


def claim_photo(session: Session, scope: Scope, stored_name: str) -> str | None:
    """Return the media type of a claim's photo within the scope."""
    return session.scalar(
        select(Attachment.media_type)
        .join(LoanClaim, LoanClaim.photo_id == Attachment.id)
        .join(Loan, Loan.id == LoanClaim.loan_id)
        .where(Attachment.stored_name == stored_name)
        .where(within(scope, Loan.centre_id, Loan.institution_id))
    )


def claims_on(session: Session, scope: Scope, person_id: int) -> dict[int, tuple[ClaimKind, ...]]:
    """Return by loan what is recorded and open of a person's running loans; one statement."""
    if scope.person_id != person_id:
        return {}
    rows = session.execute(
        select(LoanClaim.loan_id, LoanClaim.kind)
        .join(Loan, Loan.id == LoanClaim.loan_id)
        .where(Loan.person_id == person_id, Loan.returned_on.is_(None))
        .where(LoanClaim.settled_at.is_(None))
        .order_by(LoanClaim.id)
    )
    found: dict[int, tuple[ClaimKind, ...]] = {}
    for loan_id, kind in rows:
        found[loan_id] = (*found.get(loan_id, ()), kind)
    return found


def _loans() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Loan,
            Copy.barcode,
            Copy.state.label("copy_state"),
            Copy.value_cents,
            Title.id.label("title_id"),
            Title.name.label("title"),
            Person,
            Institution,
        )
        .join(Copy, Copy.id == Loan.copy_id)
        .join(Holding, Holding.id == Loan.holding_id)
        .join(Title, Title.id == Holding.title_id)
        .join(Institution, Institution.id == Loan.institution_id)
        .outerjoin(Person, Person.id == Loan.person_id)
    )


def _loan(row: Row[*tuple[Any, ...]], claims: tuple[ClaimFacts, ...]) -> StaffLoan:
    loan: Loan = row.Loan
    person: Person | None = row.Person
    school: Institution = row.Institution
    return StaffLoan(
        id=loan.id,
        copy_id=loan.copy_id,
        barcode=row.barcode,
        copy_state=row.copy_state,
        value_cents=row.value_cents,
        title_id=row.title_id,
        title=row.title,
        centre_id=loan.centre_id,
        person_id=loan.person_id,
        person="" if person is None else person.name,
        email="" if person is None else person.email or "",
        institution_id=loan.institution_id,
        institution=school.short_name or school.name,
        class_name=loan.class_name,
        placed=loan.placed,
        review_on=loan.review_on,
        lent_on=loan.lent_on,
        due_on=loan.due_on,
        renewals=loan.renewals,
        received_on=loan.received_on,
        returned_on=loan.returned_on,
        void=loan.void,
        claims=claims,
    )


def _claims_on(session: Session, loan_id: int) -> list[tuple[LoanClaim, str | None]]:
    """Return what is said of a loan, each with the stored name of its photo."""
    rows = session.execute(
        select(LoanClaim, Attachment.stored_name)
        .outerjoin(Attachment, Attachment.id == LoanClaim.photo_id)
        .where(LoanClaim.loan_id == loan_id)
        .order_by(LoanClaim.id)
    )
    return [(row.LoanClaim, row.stored_name) for row in rows]


def _names(session: Session, named: Iterable[int | None]) -> dict[int, str]:
    account_ids = {each for each in named if each is not None}
    if not account_ids:
        return {}
    rows = session.execute(
        select(Account.id, Person)
        .join(Person, Person.id == Account.person_id)
        .where(Account.id.in_(account_ids))
    )
    return {account_id: person.name for account_id, person in rows}


def _claim(claim: LoanClaim, photo: str | None, names: dict[int, str]) -> ClaimFacts:
    return ClaimFacts(
        id=claim.id,
        kind=claim.kind,
        note=claim.note,
        made_at=claim.made_at,
        made_by=names.get(claim.made_by or 0, ""),
        photo=photo,
        billed_cents=claim.billed_cents,
        settled_at=claim.settled_at,
        settled_by=names.get(claim.settled_by or 0, ""),
        settled_note=claim.settled_note,
    )
