"""What is wrong with a courier route or a pick-up place as somebody wants to save it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum

MOST_COURIER_DAYS = 10
"""Processed days on the road, one way; more is a slip of the key."""


class RouteFault(StrEnum):
    """What a route cannot be saved with."""

    NO_NAME = "no_name"
    NAME_TAKEN = "name_taken"
    NO_WEEKDAY = "no_weekday"
    BRANCH_ELSEWHERE = "branch_elsewhere"
    PLACE_TAKEN = "place_taken"
    OWN_COUNTER = "own_counter"
    STOP_PACKED = "stop_packed"
    STILL_BOOKED = "still_booked"


class PlaceFault(StrEnum):
    """What a pick-up place cannot be saved with."""

    NO_NAME = "no_name"
    NAME_TAKEN = "name_taken"
    BRANCH_ELSEWHERE = "branch_elsewhere"
    NO_SCHOOL = "no_school"
    DAYS_OUT_OF_BOUNDS = "days_out_of_bounds"
    NO_DAY_AFTER = "no_day_after"
    STILL_BOOKED = "still_booked"
    ON_A_ROUTE = "on_a_route"
    LAST_COUNTER = "last_counter"


@dataclass(frozen=True, slots=True)
class RouteValues:
    """What is said of a route.

    Attributes:
        name: unique at its centre.
        branch_id: where it starts.
        weekdays: Monday 0 to Sunday 6, in order.
        cut_off: local time of the open day before.
        active: somebody drives it.
    """

    name: str
    branch_id: int
    weekdays: tuple[int, ...]
    cut_off: time
    active: bool = True


@dataclass(frozen=True, slots=True)
class PlaceValues:
    """What can be changed of a pick-up place; courier days are 0 at a counter."""

    name: str
    branch_id: int
    courier_days_before: int
    courier_days_after: int
    active: bool = True


def route_faults(values: RouteValues) -> dict[str, RouteFault]:
    """Return what is wrong with a route by itself, by the value's name.

    Source:
        docs/rules.md, Lending 11.1.
    """
    return dict(_route_faults(values))


def place_faults(values: PlaceValues) -> dict[str, PlaceFault]:
    """Return what is wrong with a place by itself, by the value's name.

    Source:
        docs/rules.md, Lending 11.1.
    """
    found: dict[str, PlaceFault] = {} if values.name else {"name": PlaceFault.NO_NAME}
    days: Mapping[str, int] = {
        "courier_days_before": values.courier_days_before,
        "courier_days_after": values.courier_days_after,
    }
    for name, number in days.items():
        if not 0 <= number <= MOST_COURIER_DAYS:
            found[name] = PlaceFault.DAYS_OUT_OF_BOUNDS
    return found


def _route_faults(values: RouteValues) -> Iterator[tuple[str, RouteFault]]:
    if not values.name:
        yield "name", RouteFault.NO_NAME
    if not values.weekdays:
        yield "weekdays", RouteFault.NO_WEEKDAY
