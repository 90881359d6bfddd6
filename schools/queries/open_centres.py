"""The media centres of the installation, as everybody may know them."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from schools.models.authority import District
from schools.models.media_centre import MediaCentre


@dataclass(frozen=True, slots=True)
class Centre:
    """A centre that is open to readers.

    Attributes:
        district: key (AGS) of the district it serves; None without one.
    """

    id: int
    name: str
    phone: str
    district: str | None


def active_centres(session: Session) -> tuple[Centre, ...]:
    """Return all centres in operation, the oldest first, in one statement; public knowledge."""
    return tuple(Centre(*row) for row in session.execute(_active()))


@cache
def _active() -> Select[*tuple[Any, ...]]:
    """Build the statement once: many pages ask it, and building it costs more than asking."""
    return (
        select(MediaCentre.id, MediaCentre.name, MediaCentre.phone, District.ags)
        .outerjoin(District, District.id == MediaCentre.district_id)
        .where(MediaCentre.active)
        .order_by(MediaCentre.id)
    )
