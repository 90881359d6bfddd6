"""What a session at the desk lent and took back, as its receipt says it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import Session, joinedload

from catalogue.models.holding import Holding
from catalogue.models.licence import Licence
from loans.models.desk_session import DeskScan, DeskSession, ScanOutcome
from loans.models.loan import Loan
from loans.rules.desk import DeskAct
from schools.models.institution import Institution
from schools.models.media_centre import Branch, MediaCentre
from schools.models.person import Person
from schools.rules.roles import Scope
from schools.vocabularies.licence_types import licence_types

SHOWN_SESSIONS = 25
"""Receipts a page of the list shows."""


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """A copy on a receipt.

    Attributes:
        due_on: as it was said at the desk; None for what came back.
        parts: of a box, as counted there, such as "2 × Kabel".
        missing: parts that were not found.
        no_copying: the licence forbids to make copies.
        institution_id: for whom it was lent.
    """

    title: str
    barcode: str
    due_on: date | None = None
    parts: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    no_copying: bool = False
    institution_id: int | None = None


@dataclass(frozen=True, slots=True)
class ReceiptHead:
    """Where and when it was, and for whom; a return needs no person."""

    session_id: int
    at: datetime
    centre: str
    branch: str
    phone: str
    person_id: int | None
    person: str
    institution: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """The receipt of a session."""

    head: ReceiptHead
    lent: tuple[ReceiptLine, ...]
    returned: tuple[ReceiptLine, ...]


def receipt_of(session: Session, scope: Scope, session_id: int) -> Receipt | None:
    """Return the receipt of a session at a branch within the scope, in three statements.

    Undone scans are left out.
    """
    row = session.execute(_heads(scope).where(DeskSession.id == session_id)).one_or_none()
    if row is None:
        return None
    lent, returned = lines_of(session, session_id)
    return Receipt(_head_of(row), lent, returned)


def receipts_of(
    session: Session, scope: Scope, page: int, person_id: int | None = None
) -> tuple[tuple[ReceiptHead, ...], bool]:
    """Return a page of finished sessions in which something was lent or taken back.

    Args:
        session: the session.
        scope: of whose branches.
        page: from 1; the newest first.
        person_id: of one person only.

    Returns:
        The heads, and whether there are more.
    """
    query = _heads(scope).where(
        DeskSession.ended_at.is_not(None), DeskSession.id.in_(with_lines())
    )
    if person_id is not None:
        query = query.where(DeskSession.person_id == person_id)
    ordered = query.order_by(DeskSession.id.desc()).offset(SHOWN_SESSIONS * (page - 1))
    rows = session.execute(ordered.limit(SHOWN_SESSIONS + 1)).all()
    return tuple(_head_of(row) for row in rows[:SHOWN_SESSIONS]), len(rows) > SHOWN_SESSIONS


def lines_of(
    session: Session, session_id: int
) -> tuple[tuple[ReceiptLine, ...], tuple[ReceiptLine, ...]]:
    """Return what a session lent and what it took back, in two statements.

    What it received and then looked over came back once, with what the second scan found.
    """
    rows = session.scalars(_done(), {"session_id": session_id}).all()
    loans = {row.loan_id: row.loan for row in rows if row.loan is not None}
    closed = _not_to_be_copied(session, loans.values())
    lent = tuple(
        _lent(row, no_copying=_is_of(row, closed)) for row in rows if row.act == DeskAct.LEND
    )
    back = {row.loan_id or -row.id: row for row in rows if row.act == DeskAct.RETURN}
    return lent, tuple(_returned(row) for row in back.values())


@cache
def _done() -> Select[DeskScan]:
    """Build the statement once: building it costs more than asking."""
    return (
        select(DeskScan)
        .options(joinedload(DeskScan.loan).joinedload(Loan.holding).load_only(Holding.title_id))
        .where(DeskScan.session_id == bindparam("session_id"), *_counts())
        .order_by(DeskScan.id)
    )


def _counts() -> tuple[Any, ...]:
    return (
        DeskScan.act.in_((DeskAct.LEND.value, DeskAct.RETURN.value)),
        DeskScan.outcome == ScanOutcome.DONE,
        ~DeskScan.void,
    )


def with_lines() -> Select[int]:
    """Return the statement of the sessions in which something was lent or taken back."""
    return select(DeskScan.session_id).where(*_counts())


def _heads(scope: Scope) -> Select[*tuple[Any, ...]]:
    return (
        select(
            DeskSession.id,
            DeskSession.started_at,
            DeskSession.ended_at,
            MediaCentre.name.label("centre"),
            Branch.name.label("branch"),
            Branch.phone,
            MediaCentre.phone.label("centre_phone"),
            DeskSession.person_id,
            Person.given_name,
            Person.family_name,
            Institution.name,
            Institution.short_name,
        )
        .join(Branch, Branch.id == DeskSession.branch_id)
        .join(MediaCentre, MediaCentre.id == Branch.centre_id)
        .outerjoin(Person, Person.id == DeskSession.person_id)
        .outerjoin(Institution, Institution.id == DeskSession.institution_id)
        .where(Branch.centre_id.in_(scope.centre_ids))
    )


def _head_of(row: Any) -> ReceiptHead:  # noqa: ANN401  # a row of columns
    return ReceiptHead(
        session_id=row.id,
        at=row.ended_at or row.started_at,
        centre=row.centre,
        branch=row.branch,
        phone=row.phone or row.centre_phone,
        person_id=row.person_id,
        person=f"{row.given_name or ''} {row.family_name or ''}".strip(),
        institution=row.short_name or row.name or "",
    )


def _lent(row: DeskScan, *, no_copying: bool) -> ReceiptLine:
    due_on = row.facts.get("due_on")
    missing = tuple(row.facts.get("missing", ()))
    return ReceiptLine(
        title=row.facts["title"],
        barcode=row.facts["barcode"],
        due_on=date.fromisoformat(due_on) if due_on else None,
        parts=tuple(row.facts.get("contents", ())),
        missing=missing,
        no_copying=no_copying,
        institution_id=_institution_of(row),
    )


def _returned(row: DeskScan) -> ReceiptLine:
    missing = tuple(row.facts.get("missing", ()))
    return ReceiptLine(
        row.facts["title"],
        row.facts["barcode"],
        missing=missing,
        institution_id=_institution_of(row),
    )


def _institution_of(row: DeskScan) -> int | None:
    return None if row.loan is None else row.loan.institution_id


def _is_of(row: DeskScan, titles: Collection[tuple[int, int]]) -> bool:
    return row.loan is not None and (row.loan.holding.title_id, row.loan.centre_id) in titles


def _not_to_be_copied(session: Session, loans: Iterable[Loan]) -> set[tuple[int, int]]:
    """Return title and centre of what is licensed there, though not for copying."""
    lent = {(loan.holding.title_id, loan.centre_id) for loan in loans}
    rows = session.execute(
        select(Licence.title_id, Licence.centre_id, Licence.licence_type)
        .where(Licence.title_id.in_({title_id for title_id, _ in lent}), ~Licence.online)
        .where(or_(Licence.centre_id.is_(None), Licence.centre_id.in_({c for _, c in lent})))
    ).all()
    open_types = {each.code for each in licence_types() if each.copying}
    found = set()
    for title_id, centre_id in lent:
        held = {
            licence_type
            for of_title, of_centre, licence_type in rows
            if of_title == title_id and of_centre in {None, centre_id}
        }
        if held and not held & open_types:
            found.add((title_id, centre_id))
    return found
