"""Runs parts of the benchmarks by name: a line a figure, whatever falls short."""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.figures import Figure
from tests.benchmarks.installation import tell
from tests.benchmarks.load import NoFigureError

Parts = Mapping[str, Callable[[Path], Iterator[Figure]]]


def run_parts(word: str, parts: Parts) -> None:
    """Measure the parts that the command line names, or all of them."""
    parser = argparse.ArgumentParser(prog=word, description="Speed and load.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(parts))
    parser.add_argument("--keep", type=Path, help="a folder that keeps the stores that are built")
    asked = parser.parse_args()
    unknown = set(asked.parts) - set(parts)
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    with TemporaryDirectory() as folder:
        for part in asked.parts or parts:
            _measure(part, parts, asked.keep or Path(folder))


def _measure(part: str, parts: Parts, folder: Path) -> None:
    try:
        for figure in parts[part](folder):
            sys.stdout.write(f"{figure.line()}\n")
            sys.stdout.flush()
    except NoFigureError as error:
        tell(f"{part}: {error}")
