"""Things that stand at schools: placed there by the centre for a year, or the schools' own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from sqlalchemy.orm import Session

from app.demo.chance import chance
from app.demo.county import SchoolRow
from app.demo.days import instant, settled_school_year
from app.demo.insertion import insert_rows
from app.demo.scene import Scene
from app.demo.shelf import FOR_GOOD, Shelf
from app.demo.stock import CopyRow, HoldingRow, value_cents
from catalogue.models.copy import Copy
from loans.models.loan import Loan
from schools.rules.periods import Period
from schools.vocabularies.media_types import MediaCategory

PLACED_EACH = (2, 3)
OWN_EACH = (3, 8)
ENOUGH_LEFT = 6
"""Only of what a centre has so many of, it places some."""

WEEKS_INTO_THE_YEAR = timedelta(weeks=5)
NOT_LENT = "Eigentum der Schule"


@dataclass(frozen=True, slots=True)
class Placement:
    """A copy of the centre that stands at a school."""

    school: SchoolRow
    holding: HoldingRow
    copy: CopyRow


@dataclass(frozen=True, slots=True)
class OwnDevice:
    """A copy that belongs to a school; `id` of the copy."""

    id: int
    school: SchoolRow
    holding: HoldingRow


def build_placements(session: Session, scene: Scene, shelf: Shelf) -> tuple[Placement, ...]:
    """Place devices at every school for the school year; they leave the capacity."""
    random = chance("placements")
    found = [
        placement
        for school in scene.county.schools
        for placement in _placed_at(school, scene, shelf, random)
    ]
    insert_rows(session, Loan, [_loan(scene, each) for each in found])
    return tuple(found)


def build_own_devices(session: Session, scene: Scene) -> tuple[OwnDevice, ...]:
    """Write the devices that schools own; we list them and do not lend them."""
    random = chance("own devices")
    pairs = [
        (school, random.choice(_devices(scene, school)), number)
        for school in scene.county.schools
        for number in range(1, 1 + random.randint(*OWN_EACH))
    ]
    rows = [
        _own(scene, school, holding, random) | _numbers(school, number)
        for school, holding, number in pairs
    ]
    ids = insert_rows(session, Copy, rows)
    return tuple(
        OwnDevice(copy_id, school, holding)
        for copy_id, (school, holding, _) in zip(ids, pairs, strict=True)
    )


def _placed_at(
    school: SchoolRow, scene: Scene, shelf: Shelf, random: Random
) -> Iterator[Placement]:
    plenty = [each for each in _devices(scene, school) if len(each.copies) >= ENOUGH_LEFT]
    since = settled_school_year(scene.today).first + WEEKS_INTO_THE_YEAR
    for _ in range(random.randint(*PLACED_EACH)):
        holding = random.choice(plenty)
        for copy in shelf.take(holding, Period(since, FOR_GOOD), 1, school.branch):
            yield Placement(school, holding, copy)


def _devices(scene: Scene, school: SchoolRow) -> Sequence[HoldingRow]:
    return [
        each
        for each in scene.stock.holdings
        if each.category is MediaCategory.EQUIPMENT and each.centre == school.centre
    ]


def _loan(scene: Scene, placement: Placement) -> dict[str, object]:
    year, school = settled_school_year(scene.today), placement.school
    calendar = scene.rules.calendar(school.branch)
    lent_on = calendar.next_open_day(year.first + WEEKS_INTO_THE_YEAR)
    return {
        "copy_id": placement.copy.id,
        "holding_id": placement.holding.id,
        "centre_id": school.centre.id,
        "branch_id": school.branch.id,
        "person_id": scene.people.admin_of(school).person_id,
        "institution_id": school.id,
        "placed": True,
        "review_on": year.last,
        "lent_on": lent_on,
        "lent_at": instant(lent_on, 10, 20),
        "lent_by": scene.people.desk[school.centre.id][0],
        "due_on": None,
    }


def _numbers(school: SchoolRow, number: int) -> dict[str, object]:
    """Return the school's own numbers; they are not taken from the centre's labels."""
    return {
        "barcode": f"S{school.entry.number}-{number:03}",
        "inventory_number": f"{school.entry.number}/{number}",
    }


def _own(
    scene: Scene, school: SchoolRow, holding: HoldingRow, random: Random
) -> dict[str, object]:
    bought = scene.today - timedelta(days=random.randint(100, 1800))
    return {
        "holding_id": holding.id,
        "centre_id": school.centre.id,
        "serial_number": f"SN{random.randrange(10**9):09}",
        "lendable": False,
        "not_lendable_reason": NOT_LENT,
        "home_branch_id": school.branch.id,
        "branch_id": None,
        "owner_id": school.id,
        "value_cents": value_cents(holding.title),
        "acquired_on": bought,
        "created_at": instant(bought, 12),
    }
