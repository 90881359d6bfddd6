"""`make bench-search`: how fast search is beside other engines, on the same records and words."""

import argparse
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks import search_goals as goals
from tests.benchmarks.figures import Figure
from tests.benchmarks.installation import tell
from tests.benchmarks.load import NoFigureError
from tests.benchmarks.search_files import Records, stored
from tests.benchmarks.search_real import real_records
from tests.benchmarks.search_records import generate
from tests.benchmarks.search_run import Run
from tests.benchmarks.search_timings import ROUNDS

SIZE = 10_000
EACH = 20
POSTGRES = "MEDIENBRUECKE_TEST_POSTGRES"


def main() -> None:
    """Measure and print a line a figure, then the table, whatever falls short."""
    asked = _arguments()
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        run = Run(_records(asked, folder / "records.pickle"), folder, asked.postgres)
        try:
            _measure(run, asked)
        except NoFigureError as error:
            tell(str(error))
        finally:
            run.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-search", description=__doc__)
    parser.add_argument("--size", type=int, default=SIZE, help=f"records, {SIZE} unless told")
    parser.add_argument("--records", type=Path, help="a folder of real records to search instead")
    parser.add_argument("--each", type=int, default=EACH, help="questions of a kind")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="times each is asked")
    server = os.environ.get(POSTGRES, "")
    parser.add_argument("--postgres", default=server, help=f"a server, else of {POSTGRES}")
    return parser.parse_args()


def _records(asked: argparse.Namespace, file: Path) -> Records:
    if asked.records:
        return stored(file, real_records(asked.records))
    tell(f"inventing {asked.size} records")
    return stored(file, generate(asked.size))


def _measure(run: Run, asked: argparse.Namespace) -> None:
    plans = run.plans(asked.each)
    _say(run.build())
    _say(run.start(plans))
    _say(run.agreement(plans))
    found = run.ask(plans, asked.rounds)
    _say(goals.warm_figures(found, run.size))
    _say(run.cold(plans))
    _say(run.change())
    sys.stdout.write(f"\n{goals.table(found)}\n")


def _say(figures: Iterable[Figure]) -> None:
    for figure in figures:
        sys.stdout.write(f"{figure.line()}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
