"""One run of the search figures over some records: build, open, ask, change."""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from search_index.whoosh_engine import WhooshEngine
from tests.benchmarks import search_goals as goals
from tests.benchmarks.figures import Figure, at_least, at_most
from tests.benchmarks.installation import tell
from tests.benchmarks.search_files import Records
from tests.benchmarks.search_ours import build_seconds, changed, cold, opened
from tests.benchmarks.search_ours_postgres import OursInPostgres
from tests.benchmarks.search_plan import Plan, plan_of
from tests.benchmarks.search_postgres import PostgresIndex
from tests.benchmarks.search_questions import Kind, questions
from tests.benchmarks.search_rivals import Rival, RivalMissingError, folder_bytes
from tests.benchmarks.search_sqlite import SqliteIndex
from tests.benchmarks.search_stock import StockWhoosh
from tests.benchmarks.search_tantivy import TantivyIndex
from tests.benchmarks.search_timings import Asking, Timings, timings

MEGABYTE = 1_000_000
ASKED_OTHERWISE = frozenset({Kind.PREFIX, Kind.TYPO, Kind.LOOSENED, Kind.THREE_WORDS})
"""Here ours does more than the others are asked for, so that totals differ."""


class Run:
    """The figures of one set of records."""

    def __init__(self, records: Records, folder: Path, postgres_url: str) -> None:
        """Take the records.

        Args:
            records: at least some thousand.
            folder: for the indexes.
            postgres_url: of a server on which we may create databases, or empty.
        """
        self._records = records
        self._folder = folder
        self._postgres_url = postgres_url
        self._sample = records.sample()
        self._engine = WhooshEngine(folder / "ours")
        self._rivals: list[Rival] = []

    @property
    def size(self) -> int:
        """How many records there are."""
        return self._records.number

    def plans(self, each: int) -> list[Plan]:
        """Draw so many questions of each kind."""
        drawn = questions(self._sample, self._records.number, each)
        return [plan_of(asked) for asked in drawn]

    def build(self) -> Iterator[Figure]:
        """Build ours and what else this machine has; the rate and size of each."""
        tell(f"building ours of {self._records.number} records")
        for processes, name, goal in goals.BUILDS:
            seconds = build_seconds(self._folder / "ours", self._records, processes)
            rate = self._records.number / seconds
            yield at_least(f"build, ours, {name}", rate, "records/s", goal)
        size = folder_bytes(self._folder / "ours") / MEGABYTE
        yield Figure("size, ours", size, "MB")
        for opening in self._openings():
            yield from self._built(opening)

    def start(self, plans: Sequence[Plan]) -> Iterator[Figure]:
        """Open ours in fresh processes."""
        found = opened(self._folder / "ours", plans, self._folder)
        yield at_most("first answer after the start", found.seconds, "s", goals.START_GOAL)
        huge = self._records.number >= goals.HUGE
        goal = goals.HUGE_MEMORY_GOAL if huge else None
        yield Figure("memory after all questions", found.megabytes, "MB", goal)

    def ask(self, plans: Sequence[Plan], rounds: int) -> Timings:
        """Ask all engines in turn."""
        tell(f"asking {len(plans)} questions {rounds} times of {len(self._rivals) + 1} engines")
        ours = Asking(goals.OURS, self._ask_ours)
        return timings([ours, *map(_asking, self._rivals)], plans, rounds)

    def agreement(self, plans: Sequence[Plan]) -> Iterator[Figure]:
        """Tell of how many questions the others find as many titles as ours."""
        alike = [plan for plan in plans if plan.kind not in ASKED_OTHERWISE]
        totals = [self._engine.search(plan.question).total for plan in alike]
        for rival in self._rivals:
            found = [rival.ask(plan) for plan in alike]
            same = sum(
                each is not None and each.total == total
                for each, total in zip(found, totals, strict=True)
            )
            yield Figure(f"totals like ours, {rival.name}", same / len(alike), "")

    def cold(self, plans: Sequence[Plan]) -> Iterator[Figure]:
        """Ask ours with nothing kept."""
        tell("asking an index that keeps nothing")
        yield from goals.cold_figures(cold(self._folder / "ours", plans))

    def change(self) -> Iterator[Figure]:
        """Change records of ours, one by one."""
        took = changed(self._engine, self._sample)
        yield at_most("changed record searchable, p50", took.p50, "ms", goals.REFRESH_GOAL)
        yield at_most("changed record searchable, p95", took.p95, "ms", goals.REFRESH_GOAL)

    def close(self) -> None:
        """Let go of the other engines."""
        for rival in self._rivals:
            rival.close()

    def _openings(self) -> list[Callable[[], Rival]]:
        """Return how to open each other engine; the slow ones not for the largest sizes."""
        folder = self._folder
        largest: list[Callable[[], Rival]] = [lambda: TantivyIndex(folder / "tantivy")]
        if self._records.number >= goals.HUGE:
            return largest
        return [
            lambda: StockWhoosh(folder / "ours"),
            lambda: SqliteIndex(folder / "sqlite"),
            lambda: PostgresIndex(self._postgres_url),
            lambda: OursInPostgres(self._postgres_url),
            *largest,
        ]

    def _built(self, opening: Callable[[], Rival]) -> Iterator[Figure]:
        try:
            rival = opening()
        except RivalMissingError as error:
            tell(f"an engine is left out; it needs {error}")
            return
        self._rivals.append(rival)
        if isinstance(rival, StockWhoosh):
            return
        tell(f"building {rival.name}")
        began = time.perf_counter()
        rival.build(self._records.read())
        rate = self._records.number / (time.perf_counter() - began)
        yield Figure(f"build, {rival.name}", rate, "records/s")
        yield Figure(f"size, {rival.name}", rival.bytes() / MEGABYTE, "MB")

    def _ask_ours(self, plan: Plan) -> bool:
        self._engine.search(plan.question)
        return True


def _asking(rival: Rival) -> Asking:
    return Asking(rival.name, lambda plan: rival.ask(plan) is not None)
