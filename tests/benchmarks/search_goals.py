"""The goals of the search figures, their lines, and the table at the end."""

from collections.abc import Iterator, Sequence

from tests.benchmarks.figures import Figure, at_most
from tests.benchmarks.search_postgres import PostgresIndex
from tests.benchmarks.search_questions import Kind
from tests.benchmarks.search_sqlite import SqliteIndex
from tests.benchmarks.search_stock import StockWhoosh
from tests.benchmarks.search_tantivy import TantivyIndex
from tests.benchmarks.search_timings import Spread, Timings

OURS = "ours"
LARGE, HUGE = 100_000, 1_000_000
P95_GOAL, HUGE_P95_GOAL = 3.0, 20.0
COLD_GOAL, COLD_PHRASE_GOAL = 40.0, 120.0
BUILDS = ((2, "two processes", 1800.0), (1, "one process", 1000.0))
"""Processes, their name, and records a second; the last one's index is what is asked."""

REFRESH_GOAL = 20.0
START_GOAL = 1.0
HUGE_MEMORY_GOAL = 1200.0

LEVEL_WITH_TANTIVY = frozenset({Kind.SIX_FACETS, Kind.FILTER, Kind.THREE_FILTERS})
HARD_FOR_US = frozenset({Kind.PHRASE, Kind.TYPO})
OVER_STOCK_ON_FACETS = 1 / 50


def warm_figures(found: Timings, size: int) -> Iterator[Figure]:
    """Return ours by kind, then each other engine's, and ours over theirs (at the p50)."""
    goal = HUGE_P95_GOAL if size >= HUGE else P95_GOAL
    for kind, ours in _of(found, OURS):
        yield Figure(f"{kind}, {OURS}, p50", ours.p50, "ms")
        yield at_most(f"{kind}, {OURS}, p95", ours.p95, "ms", goal)
    for name in _others(found):
        for kind, theirs in _of(found, name):
            yield Figure(f"{kind}, {name}, p50", theirs.p50, "ms")
            yield Figure(f"{kind}, {name}, p95", theirs.p95, "ms")
            times = found[OURS, kind].p50 / theirs.p50
            yield Figure(f"{kind}, {OURS} over {name}", times, "times", _goal_over(name, kind))


def cold_figures(found: dict[Kind, Spread]) -> Iterator[Figure]:
    """Return the questions asked of an index that keeps nothing decoded."""
    for kind, each in found.items():
        goal = COLD_PHRASE_GOAL if kind is Kind.PHRASE else COLD_GOAL
        yield Figure(f"{kind}, {OURS}, nothing kept, p50", each.p50, "ms")
        yield at_most(f"{kind}, {OURS}, nothing kept, p95", each.p95, "ms", goal)


def table(found: Timings) -> str:
    """Return kinds by engines: p50/p95 in milliseconds, and how many times ours over each."""
    names = [OURS, *_others(found)]
    widths = [16, *(max(22, len(name)) for name in names)]
    rows = [["ms p50/p95", *names]]
    rows += [[kind.value, *(_cell(found, name, kind) for name in names)] for kind in Kind]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _cell(found: Timings, name: str, kind: Kind) -> str:
    each, ours = found.get((name, kind)), found.get((OURS, kind))
    if each is None:
        return "-"
    cell = f"{each.p50:.2f}/{each.p95:.2f}"
    return cell if name == OURS or ours is None else f"{cell} ({ours.p50 / each.p50:.2f})"


def _of(found: Timings, name: str) -> list[tuple[Kind, Spread]]:
    return [(kind, found[name, kind]) for kind in Kind if (name, kind) in found]


def _others(found: Timings) -> Sequence[str]:
    return [name for name in dict.fromkeys(name for name, _ in found) if name != OURS]


def _goal_over(name: str, kind: Kind) -> float | None:
    if name in {SqliteIndex.name, PostgresIndex.name}:
        return 1.0
    if name == StockWhoosh.name:
        return OVER_STOCK_ON_FACETS if kind is Kind.SIX_FACETS else None
    if name == TantivyIndex.name:
        if kind in LEVEL_WITH_TANTIVY:
            return 1.0
        return 6.0 if kind in HARD_FOR_US else 4.0
    return None
