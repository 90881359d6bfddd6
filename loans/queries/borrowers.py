"""People as borrowers: for whom they act, what counts against their limits, what blocks them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Row,
    Select,
    SQLColumnExpression,
    bindparam,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from loans.queries.overdue_blocks import overdue_blocked
from loans.queries.scopes import in_scope, scope_values
from loans.queries.viewpoint import Viewpoint
from loans.rules.booking_policy import Membership as Term
from loans.rules.booking_policy import joined
from schools.models.institution import Institution
from schools.models.person import Membership, Person
from schools.rules.periods import Period
from schools.rules.roles import Scope
from schools.vocabularies.media_types import media_types

FEWEST_LETTERS = 3
MOST_FOUND = 20
JOINTS = " -"
"""What stands between the words of one name, as of Anna-Lena von der Heide."""


@dataclass(frozen=True, slots=True)
class Borrower:
    """A person with one institution acted for, as lists and pickers show it.

    `centre_id` is the centre that serves the institution; `terms` say when, as far as known.
    """

    person_id: int
    name: str
    institution_id: int
    institution: str
    centre_id: int | None
    terms: tuple[Term, ...] = ()


def acting(members: Sequence[Borrower], named: int | None, period: Period) -> Borrower:
    """Return for whom of several is borrowed: as named, else who acts on all those days.

    Whoever changes schools borrows for the new one from the day on which that begins.

    Source:
        docs/rules.md, Lending 2.4.
    """
    chosen = (each for each in members if each.institution_id == named)
    there = (each for each in members if any(term.covers(period) for term in each.terms))
    return next(chosen, next(there, members[0]))


def people_like(session: Session, scope: Scope, letters: str, today: date) -> tuple[Borrower, ...]:
    """Return who is called so and acts for an institution within the scope, by name.

    Args:
        session: the session.
        scope: whose people may be seen.
        letters: beginnings of given and family names in any order, at least three letters; of a
            name of several words each may be begun.
        today: memberships that have ended are left out.

    Returns:
        At most 20; one line an institution.
    """
    words = letters.replace(",", " ").split()
    if len("".join(words)) < FEWEST_LETTERS:
        return ()
    query = _borrowers().where(*(is_called(word) for word in words)).limit(MOST_FOUND)
    return _borrowers_of(session.execute(query, _seen_by(scope, today)).all())


def memberships_of(
    session: Session, scope: Scope, person_id: int, today: date
) -> tuple[Borrower, ...]:
    """Return the institutions within the scope for which a person acts, the oldest first.

    Each once, however many terms there are. Only memberships that have not ended; empty for
    people out of the scope.
    """
    asked = _seen_by(scope, today) | {"person_id": person_id}
    return _borrowers_of(session.execute(_memberships(), asked).all())


def terms_of_membership(session: Session, person_id: int, institution_id: int) -> tuple[Term, ...]:
    """Return when a person may act for an institution; for decisions, so without a scope."""
    return terms_of_members(session, {person_id}, institution_id).get(person_id, ())


def terms_of_members(
    session: Session, person_ids: Collection[int], institution_id: int
) -> dict[int, tuple[Term, ...]]:
    """Return by person when they may act for an institution, in one statement.

    Terms that follow each other without a day between are one.

    Source:
        docs/rules.md, Lending 2.4.
    """
    asked = {"person_ids": list(person_ids), "institution_id": institution_id}
    found: dict[int, list[Term]] = defaultdict(list)
    for person_id, first, last in session.execute(_terms(), asked):
        found[person_id].append(Term(first, last))
    return {person_id: joined(each) for person_id, each in found.items()}


@cache
def _terms() -> Select[*tuple[Any, ...]]:
    return select(Membership.person_id, Membership.first, Membership.last).where(
        Membership.person_id.in_(bindparam("person_ids", expanding=True)),
        Membership.institution_id == bindparam("institution_id"),
    )


def is_overdue_blocked(session: Session, view: Viewpoint, person_id: int) -> bool:
    """Say whether a reminder of the person reached the level that blocks, and is not settled.

    Source:
        docs/rules.md, Lending 10.1.
    """
    return person_id in overdue_blocked(session, view, {person_id})


def types_of(categories: Collection[str]) -> list[str]:
    """Return the codes of the media types of some categories."""
    return [each.code for each in media_types() if each.category in categories]


def within(
    scope: Scope,
    centre_id: SQLColumnExpression[Any],
    institution_id: SQLColumnExpression[Any],
) -> ColumnElement[bool]:
    """Return the condition on two columns to lie in a scope."""
    if scope.everything:
        return true()
    return or_(centre_id.in_(scope.centre_ids), institution_id.in_(scope.institution_ids))


def is_called(word: str) -> ColumnElement[bool]:
    """Return the condition that a person's given or family name has a word that begins so."""
    # SQLite folds only ASCII letters, so a capital umlaut is asked for as well.
    names = (Person.family_name, Person.given_name)
    asked = [(name, begun) for name in names for begun in sorted({word, word.capitalize()})]
    first = (name.istartswith(begun, autoescape=True) for name, begun in asked)
    further = (
        name.icontains(f"{joint}{begun}", autoescape=True)
        for name, begun in asked
        for joint in JOINTS
    )
    return or_(*first, *further)


@cache
def _borrowers() -> Select[*tuple[Any, ...]]:
    """Build the statement once, as that below: building costs more than asking."""
    today: BindParameter[date] = bindparam("today", type_=Date())
    own = Person.id == bindparam("own_person_id")
    return (
        select(
            Person.id,
            Person.given_name,
            Person.family_name,
            Institution.id.label("institution_id"),
            Institution.name,
            Institution.short_name,
            Institution.centre_id,
            Membership.first,
            Membership.last,
        )
        .join(Membership, Membership.person_id == Person.id)
        .join(Institution, Institution.id == Membership.institution_id)
        .where(or_(Membership.last.is_(None), Membership.last >= today))
        .where(or_(own, in_scope(Institution.centre_id, Institution.id)))
        .order_by(Person.family_name, Person.given_name, Person.id, Institution.name)
    )


@cache
def _memberships() -> Select[*tuple[Any, ...]]:
    own = _borrowers().where(Person.id == bindparam("person_id"))
    return own.order_by(None).order_by(Membership.id)


def _seen_by(scope: Scope, today: date) -> dict[str, Any]:
    return scope_values(scope) | {"own_person_id": scope.person_id, "today": today}


def _borrowers_of(rows: Iterable[Row[*tuple[Any, ...]]]) -> tuple[Borrower, ...]:
    """Return the people of rows with each institution once, in their order."""
    found: dict[tuple[int, int], list[Row[*tuple[Any, ...]]]] = defaultdict(list)
    for row in rows:
        found[row.id, row.institution_id].append(row)
    return tuple(_borrower(same) for same in found.values())


def _borrower(rows: Sequence[Row[*tuple[Any, ...]]]) -> Borrower:
    row, terms = rows[0], joined(Term(each.first, each.last) for each in rows)
    name = f"{row.given_name} {row.family_name}"
    institution = row.short_name or row.name
    return Borrower(row.id, name, row.institution_id, institution, row.centre_id, terms)
