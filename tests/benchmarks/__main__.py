"""`python -m tests.benchmarks [PART ...]`: a line a figure, whatever falls short."""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks import demo, imports, lending_cpu, night, pages, start, statements
from tests.benchmarks.figures import Figure
from tests.benchmarks.installation import tell
from tests.benchmarks.load import NoFigureError

PARTS: Mapping[str, Callable[[Path], Iterator[Figure]]] = {
    "pages": pages.figures,
    "statements": statements.figures,
    "imports": imports.figures,
    "start": start.figures,
    "demo": demo.figures,
    "lending": lending_cpu.figures,
    "night": night.figures,
}


def main() -> None:
    """Measure the parts that are named, or all of them."""
    parser = argparse.ArgumentParser(prog="make bench", description="Speed and load.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--keep", type=Path, help="a folder that keeps the stores that are built")
    asked = parser.parse_args()
    unknown = set(asked.parts) - set(PARTS)
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    with TemporaryDirectory() as folder:
        for part in asked.parts or PARTS:
            _measure(part, asked.keep or Path(folder))


def _measure(part: str, folder: Path) -> None:
    try:
        for figure in PARTS[part](folder):
            sys.stdout.write(f"{figure.line()}\n")
            sys.stdout.flush()
    except NoFigureError as error:
        tell(f"{part}: {error}")


main()
