"""What is out past a day, to be called back: by school, with the date each would get."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from loans.errors import NoOpenDayError
from loans.models.closure import Holiday
from loans.models.loan import Loan
from loans.queries.borrowers import types_of
from loans.queries.house import House
from loans.queries.overdue import open_claim
from loans.queries.scopes import beside
from loans.rules.reminders import recalled_to
from schools.models.institution import Institution
from schools.models.person import Person
from schools.rules.roles import Scope
from schools.vocabularies.holidays import HolidayKind

SUMMER = "Sommerferien"
"""What the table of school holidays calls them."""


@dataclass(frozen=True, slots=True)
class RecallWish:
    """Which loans of a centre are to be back by a day; None leaves all.

    Attributes:
        day: all that is due later is called back to this day.
        institution_id: only what is with this school.
        category: only media of this category of the terms.
    """

    centre_id: int
    day: date
    institution_id: int | None = None
    category: str | None = None
    person_ids: Collection[int] | None = None


@dataclass(frozen=True, slots=True)
class RecalledLoan:
    """A loan that is out past the day, with the due date it has and the one it would get."""

    id: int
    copy_id: int
    holding_id: int
    person_id: int
    person: str
    institution_id: int
    institution: str
    institution_email: str
    title: str
    barcode: str
    class_name: str
    due_on: date
    new_due_on: date


@dataclass(frozen=True, slots=True)
class ToRecall:
    """What a recall would do.

    Attributes:
        loans: those it would shorten, by school and borrower.
        never_open: the school of each loan that keeps its date, because the branch it goes back
            to has no open day within a year.
    """

    loans: tuple[RecalledLoan, ...] = ()
    never_open: tuple[int, ...] = ()


def to_recall(session: Session, scope: Scope, wish: RecallWish, house: House) -> ToRecall:
    """Return what a recall would do; one statement.

    Left out are placements, what is back in the house, what is said to be lost, and loans that
    are due too soon to be shortened.

    Source:
        docs/rules.md, Lending 1.4 and 10.3.
    """
    if not scope.covers_centre(wish.centre_id):
        return ToRecall()
    loans: list[RecalledLoan] = []
    never_open: list[int] = []
    for row in session.execute(_past(wish)):
        try:
            loans.append(_loan(house, wish, row))
        except NoOpenDayError:
            never_open.append(row.institution_id)
    shortened = (loan for loan in loans if loan.new_due_on < loan.due_on)
    return ToRecall(tuple(shortened), tuple(never_open))


def loans_to_recall(
    session: Session, scope: Scope, wish: RecallWish, house: House
) -> tuple[RecalledLoan, ...]:
    """Return the loans whose due date a recall would shorten, by school and borrower.

    Source:
        docs/rules.md, Lending 10.3.
    """
    return to_recall(session, scope, wish, house).loans


def people_to_recall(
    session: Session, scope: Scope, wish: RecallWish, house: House
) -> list[tuple[int, int]]:
    """Return whose loans a recall would shorten, by key, each with how many."""
    loans = loans_to_recall(session, scope, wish, house)
    return list(Counter(loan.person_id for loan in loans).items())


def next_summer(session: Session, today: date) -> date | None:
    """Return the first day of the next summer holidays, if they are known."""
    query = select(Holiday.first).where(
        Holiday.kind == HolidayKind.SCHOOL, Holiday.name == SUMMER, Holiday.first > today
    )
    return session.scalar(query.order_by(Holiday.first).limit(1))


def _past(wish: RecallWish) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Loan.id,
            Loan.copy_id,
            Loan.holding_id,
            Loan.person_id,
            Loan.institution_id,
            Loan.branch_id,
            Loan.class_name,
            Loan.due_on,
            Person.given_name,
            Person.family_name,
            Institution.name.label("institution"),
            Institution.short_name,
            Institution.email.label("institution_email"),
            Title.name.label("title"),
            Copy.barcode,
        )
        .join(Person, Person.id == Loan.person_id)
        .join(Institution, Institution.id == Loan.institution_id)
        .join(Copy, Copy.id == Loan.copy_id)
        .join(Holding, Holding.id == Loan.holding_id)
        .join(Title, Title.id == Holding.title_id)
        .where(*_conditions(wish))
        .order_by(Institution.name, Institution.id, Person.family_name, Person.id)
        .order_by(Loan.due_on, Loan.id)
    )


def _conditions(wish: RecallWish) -> Iterable[ColumnElement[bool]]:
    yield beside(Loan.centre_id) == wish.centre_id
    yield Loan.returned_on.is_(None)
    yield Loan.received_on.is_(None)
    yield ~Loan.placed
    yield (Loan.due_on if wish.person_ids is None else beside(Loan.due_on)) > wish.day
    yield ~open_claim()
    if wish.institution_id is not None:
        yield Loan.institution_id == wish.institution_id
    if wish.category is not None:
        yield Title.media_type.in_(types_of({wish.category}))
    if wish.person_ids is not None:
        yield Loan.person_id.in_(list(wish.person_ids))


def _loan(house: House, wish: RecallWish, row: Row[Any]) -> RecalledLoan:
    calendar = house.calendars.of(row.branch_id)
    return RecalledLoan(
        id=row.id,
        copy_id=row.copy_id,
        holding_id=row.holding_id,
        person_id=row.person_id,
        person=f"{row.given_name} {row.family_name}",
        institution_id=row.institution_id,
        institution=row.short_name or row.institution,
        institution_email=row.institution_email,
        title=row.title,
        barcode=row.barcode,
        class_name=row.class_name,
        due_on=row.due_on,
        new_due_on=recalled_to(wish.day, row.due_on, house.today, calendar),
    )
