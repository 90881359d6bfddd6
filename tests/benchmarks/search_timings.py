"""Asks several engines the same questions in turn, so that what disturbs one disturbs all."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from tests.benchmarks.search_plan import Plan
from tests.benchmarks.search_questions import Kind

ROUNDS = 5
MILLISECONDS = 1000


@dataclass(frozen=True, slots=True)
class Asking:
    """An engine to be asked; `ask` tells whether it can answer such a question at all."""

    name: str
    ask: Callable[[Plan], bool]


@dataclass(frozen=True, slots=True)
class Spread:
    """Milliseconds that half of the questions and 95 of 100 took at most."""

    p50: float
    p95: float


Timings = Mapping[tuple[str, Kind], Spread]
"""By name of the engine and kind of question; without what an engine cannot answer."""


def timings(engines: Sequence[Asking], plans: Sequence[Plan], rounds: int) -> Timings:
    """Ask every question so many times; the median of its rounds is what a question took."""
    took: dict[tuple[str, Kind], list[float]] = {}
    for plan in plans:
        rows: dict[str, list[float]] = {}
        for _ in range(rounds):
            for engine in engines:
                began = time.perf_counter()
                could = engine.ask(plan)
                if could:
                    seconds = time.perf_counter() - began
                    rows.setdefault(engine.name, []).append(seconds * MILLISECONDS)
        for name, row in rows.items():
            took.setdefault((name, plan.kind), []).append(median(row))
    return {key: spread(values) for key, values in took.items()}


def spread(values: Sequence[float]) -> Spread:
    """Return the middle and the 95th percentile, by nearest rank, of at least one value."""
    ranked = sorted(values)
    return Spread(median(ranked), ranked[round(0.95 * (len(ranked) - 1))])
