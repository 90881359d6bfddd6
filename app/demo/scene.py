"""Everything that stands before anybody borrows."""

from dataclasses import dataclass
from datetime import date

from app.demo.concepts import Units
from app.demo.county import County
from app.demo.house_rules import HouseRules
from app.demo.people import People
from app.demo.stock import Stock


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """The county with its people, concepts and stock, seen on a day."""

    county: County
    rules: HouseRules
    people: People
    units: Units
    stock: Stock
    today: date
