"""The table of terms, read once a request and asked in memory."""

from collections.abc import Collection
from dataclasses import fields
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, or_, select
from sqlalchemy.orm import Session

from loans.models.terms import Terms
from loans.rules.terms import Effective, TermsKey, TermsRow, TermsValues, effective
from schools.models.institution import CustomerClass
from schools.rules.roles import Scope
from schools.vocabularies.media_types import media_type


def terms_rows(session: Session, centre_ids: Collection[int]) -> tuple[TermsRow, ...]:
    """Return the rows that hold at some centres and those for any centre, in one statement.

    Terms are published by each centre, so no scope is asked for.
    """
    rows = session.execute(_statement(), {"centre_ids": list(centre_ids)})
    return tuple(_row(row) for row in rows)


@cache
def _statement() -> Select[*tuple[Any, ...]]:
    """Build it once: building it costs more than asking."""
    here = Terms.centre_id.in_(bindparam("centre_ids", expanding=True))
    return (
        select(*Terms.__table__.columns)
        .where(or_(Terms.centre_id.is_(None), here))
        .order_by(Terms.id)
    )


def effective_terms(
    rows: Collection[TermsRow], centre_id: int, customer_class: str, type_code: str
) -> Effective:
    """Return what holds for a medium of that type at a centre, and from which rows.

    Args:
        rows: as `terms_rows` read them.
        centre_id: the centre that lends.
        customer_class: of the institution, or that of schools for visitors.
        type_code: the title's media type; its category is the key.
    """
    return effective(rows, TermsKey(centre_id, customer_class, media_type(type_code).category))


def terms_within(session: Session, scope: Scope, terms_id: int) -> TermsRow | None:
    """Return one row of a centre within the scope, or one that holds for every centre."""
    found = session.get(Terms, terms_id)
    if found is None or not (found.centre_id is None or scope.covers_centre(found.centre_id)):
        return None
    return row_of(found)


def row_of(found: Terms) -> TermsRow:
    """Return a stored row as the rules see it."""
    key = TermsKey(found.centre_id, found.customer_class or None, found.media_category or None)
    values = {name.name: getattr(found, name.name) for name in fields(TermsValues)}
    return TermsRow(found.id, key, TermsValues(**values))


VISITORS_CLASS = CustomerClass.SCHOOL
"""Whose terms decide what visitors without an institution are shown."""


def _row(row: Row[*tuple[Any, ...]]) -> TermsRow:
    key = TermsKey(row.centre_id, row.customer_class or None, row.media_category or None)
    values = {name.name: getattr(row, name.name) for name in fields(TermsValues)}
    return TermsRow(row.id, key, TermsValues(**values))
