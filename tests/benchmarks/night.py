"""How long a night takes over very many loans, and what the desk notices of it.

`python -m tests.benchmarks.night --size 100000` measures the goals; they hold for that size.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from uuid import uuid4

from sqlalchemy import ColumnElement, Engine, create_engine, func, select
from sqlalchemy.orm import Session

from app.nightly import NIGHTLY_JOBS
from app.today import HOUSE_TIME
from database.job_runs import JobRun, JobState
from tests.benchmarks.figures import Figure, at_most
from tests.benchmarks.installation import SETTINGS, settings_of, signed_in, store_url, tell
from tests.benchmarks.load import NoFigureError
from tests.benchmarks.night_stock import NightSize, NightStock, build_night
from tests.benchmarks.stock import PASSWORD
from tests.serving import Client, serving

SMALL = 5_000
OUT_FOR_EACH_BACK = 20
QUIET_SCANS = 200
PACE_SECONDS = 0.2
"""From scan to scan: as fast as a hand and a gun are at their best."""

LONGEST_SECONDS = 900
"""After so long a night is given up."""

OVER_LOANS = ("night_lapse", "night_renew", "night_due_soon", "night_overdue", "night_memory")
OPEN = frozenset({JobState.QUEUED, JobState.RUNNING})


def main() -> None:
    """Measure one size, a line a figure."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.night")
    parser.add_argument("--size", type=int, default=SMALL, help="loans that are out")
    parser.add_argument("--keep", type=Path, help="a folder that keeps the store that is built")
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        for figure in figures(asked.keep or Path(folder), asked.size):
            sys.stdout.write(f"{figure.line()}\n")
            sys.stdout.flush()


def figures(folder: Path, out: int = SMALL) -> Iterator[Figure]:
    """Let one night pass while somebody scans; before it, scan in quiet.

    Args:
        folder: for the store.
        out: loans that are out.
    """
    size = NightSize(out=out, back=out // OUT_FOR_EACH_BACK)
    data = folder / f"night-{size.out}-{uuid4().hex[:8]}"
    data.mkdir(parents=True)
    tell(f"building a store with {size.out} loans out")
    stock = build_night(settings_of(data), size, iter(NIGHTLY_JOBS))
    engine = create_engine(store_url(data))
    with serving(data, store_url(data), {**SETTINGS, "processes": "2"}) as server:
        staff = signed_in(server.port, stock.name, PASSWORD)
        desk = _Desk(staff, stock)
        tell("scanning in quiet")
        quiet = desk.scan(QUIET_SCANS)
        tell("one night")
        queued = _queue(engine)
        noisy = desk.scan_until(lambda: _is_over(engine, queued))
        seconds = _seconds(engine, queued)
    engine.dispose()
    name = f"{size.out} loans"
    for kind in queued:
        yield Figure(f"{kind}, {name}", seconds[kind], "s")
    over_loans = sum(seconds[kind] for kind in OVER_LOANS)
    yield at_most(f"night over {name}", over_loans, "s", 60)
    yield Figure("desk scan in quiet, p99", _p99(quiet) * 1000, "ms")
    yield Figure(f"desk scan in the night, p99 of {len(noisy)}", _p99(noisy) * 1000, "ms")
    yield at_most("desk scan in the night, p99 to quiet", _p99(noisy) / _p99(quiet), "times", 2)


class _Desk:
    """Somebody who lends and takes back the same copies again and again."""

    def __init__(self, staff: Client, stock: NightStock) -> None:
        self._staff = staff
        self._codes = self._endless(stock)

    def scan(self, number: int) -> list[float]:
        """Scan so many codes; returns the seconds of each."""
        return [self._one() for _ in range(number)]

    def scan_until(self, holds: Callable[[], bool]) -> list[float]:
        """Scan until something holds; at least as much as in quiet."""
        took: list[float] = []
        until = time.monotonic() + LONGEST_SECONDS
        while len(took) < QUIET_SCANS or not holds():
            took.append(self._one())
            if time.monotonic() > until:
                raise NoFigureError("the night did not end")
        return took

    def _one(self) -> float:
        code = next(self._codes)
        began = time.perf_counter()
        answer = self._staff.post("/desk/scan", {"code": code})
        took = time.perf_counter() - began
        if answer.status >= 400:
            raise NoFigureError(f"scan of {code}: {answer.status} {answer.text[:200]}")
        time.sleep(max(0.0, PACE_SECONDS - took))
        return took

    @staticmethod
    def _endless(stock: NightStock) -> Iterator[str]:
        while True:
            yield stock.card
            yield from stock.barcodes
            yield "CMD-RETURN"
            yield from stock.barcodes
            yield "CMD-DONE"


def _queue(engine: Engine) -> Sequence[str]:
    """Queue every nightly job once more, as the office's button does; returns the kinds."""
    kinds = list(NIGHTLY_JOBS)
    with Session(engine) as session, session.begin():
        for kind in kinds:
            now = datetime.now(HOUSE_TIME)
            session.add(JobRun(kind=kind, occasion=f"bench:{kind}", queued_at=now))
            session.flush()
    return kinds


def _is_over(engine: Engine, kinds: Sequence[str]) -> bool:
    query = select(func.count()).where(*_ours(kinds), JobRun.state.in_(OPEN))
    with Session(engine) as session:
        return session.scalar(query) == 0


def _seconds(engine: Engine, kinds: Sequence[str]) -> dict[str, float]:
    took = {}
    with Session(engine) as session:
        for run in session.scalars(select(JobRun).where(*_ours(kinds))):
            if run.state is not JobState.DONE or run.started_at is None or run.finished_at is None:
                raise NoFigureError(f"{run.kind}: {run.state} {run.result}")
            tell(f"{run.kind}: {run.result}")
            took[run.kind] = (run.finished_at - run.started_at).total_seconds()
    return took


def _ours(kinds: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    return (JobRun.occasion.in_([f"bench:{kind}" for kind in kinds]),)


def _p99(seconds: Sequence[float]) -> float:
    return quantiles(seconds, n=100)[98]


if __name__ == "__main__":
    main()
