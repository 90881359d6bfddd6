"""The choices of the reserve form: purposes, pick-up places, schools."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import gettext as _
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from app.labels import label
from app.lending_words import REASONS
from app.reserving_form import REASON, UNIT, ReserveForm
from app.sessions import session
from app.visitor import actor
from loans.queries.bookings import last_purpose_of
from loans.queries.borrowers import Borrower
from loans.queries.places import PlaceFacts, places_of
from loans.queries.units import UnitChoice, units_for
from loans.queries.viewpoint import Viewpoint
from schools.models.media_centre import PlaceKind
from schools.rules.roles import Right


class Suggested(StrEnum):
    """Why a purpose is chosen already."""

    NOT = ""
    FITS = "fits"
    LAST_TIME = "last_time"


@dataclass(frozen=True, slots=True)
class Purpose:
    """A choice of the form, empty for none, and why it is chosen already."""

    value: str = ""
    why: Suggested = Suggested.NOT


@dataclass(frozen=True, slots=True)
class PurposeGroup:
    """Purposes under one heading: pairs of value and words."""

    heading: str
    choices: tuple[tuple[str, str], ...]


def units_of(members: Sequence[Borrower], title_id: int) -> list[UnitChoice]:
    """Return the units of every school acted for, those that fit the title first."""
    scope = actor().scope(Right.SEE_CONCEPTS)
    return [
        unit
        for member in members
        for unit in units_for(session(), scope, member.institution_id, title_id)
    ]


def own_first(units: Sequence[UnitChoice], borrower: Borrower | None) -> Sequence[UnitChoice]:
    """Return units with those of the borrower's school before those of others."""
    if borrower is None:
        return units
    return sorted(units, key=lambda unit: unit.institution_id != borrower.institution_id)


def default_purpose(borrower: Borrower | None, units: Sequence[UnitChoice]) -> Purpose:
    """Return the purpose to begin with.

    The unit whose subject and grade fit, the last used first; for what serves every subject, and
    for schools without units, what the borrower booked for last.

    Source:
        docs/rules.md, Lending 6.1.
    """
    fitting = next((unit for unit in units if unit.fits), None)
    if fitting is not None:
        return Purpose(f"{UNIT}{fitting.id}", Suggested.FITS)
    if borrower is None or not all(unit.any_subject for unit in units):
        return Purpose()
    unit_id, reason = last_purpose_of(session(), borrower.person_id)
    if reason is not None:
        return Purpose(f"{REASON}{reason.value}", Suggested.LAST_TIME)
    if any(unit.id == unit_id for unit in units):
        return Purpose(f"{UNIT}{unit_id}", Suggested.LAST_TIME)
    return Purpose()


def fill_choices(
    form: ReserveForm, places: Sequence[PlaceFacts], members: Sequence[Borrower]
) -> None:
    """Give the form the places and schools that can be chosen."""
    form.place.choices = [SelectChoice(place.id, place_words(place)) for place in places]
    offer_schools(form.institution, members)


def offer_schools(field: SelectField, members: Sequence[Borrower]) -> None:
    """Give a form's field the schools that can be chosen."""
    field.choices = [SelectChoice(str(each.institution_id), each.institution) for each in members]


def school_named(
    purpose: str | None, named: int | None, units: Sequence[UnitChoice]
) -> int | None:
    """Return the school that a form means: that of the unit chosen, else the one it names."""
    of_units = {f"{UNIT}{unit.id}": unit.institution_id for unit in units}
    return of_units.get(purpose or "", named)


def places_for(view: Viewpoint, members: Sequence[Borrower]) -> Sequence[PlaceFacts]:
    """Return the places of every school acted for; one statement where there are several."""
    if len(members) < 2:  # noqa: PLR2004  # the view knows those of one school
        return view.places
    schools = {None, *(each.institution_id for each in members)}
    every = places_of(session(), view.centre_id)
    return [place for place in every if place.institution_id in schools]


def purposes_of(
    members: Sequence[Borrower], units: Sequence[UnitChoice]
) -> tuple[PurposeGroup, ...]:
    """Return the units of each school, then the other reasons."""
    groups = []
    for member in members:
        own = [unit for unit in units if unit.institution_id == member.institution_id]
        name = _("Media concept")
        heading = name if len(members) == 1 else f"{name}: {member.institution}"
        if own:
            choices = tuple((f"{UNIT}{unit.id}", unit.words) for unit in own)
            groups.append(PurposeGroup(heading, choices))
    others = tuple((f"{REASON}{reason.value}", str(words)) for reason, words in REASONS.items())
    return (*groups, PurposeGroup(_("Other reasons"), others))


def place_words(place: PlaceFacts) -> str:
    """Return a pick-up place as its choice says it."""
    if place.kind is PlaceKind.COURIER:
        return place.name
    return f"{label(place.kind)}: {place.name}, {place.branch_name}"
