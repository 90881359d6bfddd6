"""One measured figure, and the line it is printed as."""

from dataclasses import dataclass
from enum import Enum


class Aim(Enum):
    """On which side of the goal a figure should lie; the goal itself is good enough."""

    AT_LEAST = "≥"
    AT_MOST = "≤"


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, and what is wanted.

    Attributes:
        name: what was measured, with the circumstances that matter.
        value: the result.
        unit: of value and goal.
        goal: what is wanted; None where the figure only gives the measure for others.
        aim: on which side of the goal it should lie.
    """

    name: str
    value: float
    unit: str
    goal: float | None = None
    aim: Aim = Aim.AT_MOST

    @property
    def reached(self) -> bool:
        """Whether the value is as good as the goal, or better."""
        if self.goal is None:
            return True
        return self.value >= self.goal if self.aim is Aim.AT_LEAST else self.value <= self.goal

    def line(self) -> str:
        """Return name, value, unit, goal and verdict, separated by tabs."""
        goal = "" if self.goal is None else f"{self.aim.value} {self.goal:g}"
        verdict = "ok" if self.reached else "short"
        return "\t".join((self.name, f"{self.value:.4g}", self.unit, goal, verdict))


def at_least(name: str, value: float, unit: str, goal: float) -> Figure:
    """Return a figure that should not fall below the goal."""
    return Figure(name, value, unit, goal, Aim.AT_LEAST)


def at_most(name: str, value: float, unit: str, goal: float) -> Figure:
    """Return a figure that should not exceed the goal."""
    return Figure(name, value, unit, goal, Aim.AT_MOST)
