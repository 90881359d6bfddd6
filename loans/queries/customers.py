"""Institutions as terms and licences see them."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from catalogue.rules.licences import Licensee
from loans.errors import NotFoundError
from schools.models.authority import District
from schools.models.institution import Institution

STATE = "NW"
"""The state whose licences hold here."""


@dataclass(frozen=True, slots=True)
class Customer:
    """The institution that borrows.

    Attributes:
        id: of the institution.
        centre_id: the centre that serves it.
        name: as pages show it.
        customer_class: whose terms hold.
        licensee: what licences ask about it.
    """

    id: int
    centre_id: int | None
    name: str
    customer_class: str
    licensee: Licensee


def customer_of(session: Session, institution_id: int) -> Customer:
    """Return an institution as terms and licences see it; what is said is public.

    Raises:
        loans.errors.NotFoundError: there is none.
    """
    row = session.execute(_statement(), {"institution_id": institution_id}).one_or_none()
    if row is None:
        raise NotFoundError("institution", institution_id)
    licensee = Licensee(STATE, row.ags or "", row.school_form or "", row.number or "")
    name = row.short_name or row.name
    return Customer(row.id, row.centre_id, name, row.customer_class, licensee)


@cache
def _statement() -> Select[*tuple[Any, ...]]:
    """Build it once: building it costs more than asking."""
    return (
        select(
            Institution.id,
            Institution.centre_id,
            Institution.name,
            Institution.short_name,
            Institution.customer_class,
            Institution.school_form,
            Institution.number,
            District.ags,
        )
        .outerjoin(District, District.id == Institution.district_id)
        .where(Institution.id == bindparam("institution_id"))
    )
