"""How long it takes to fill the demo's county from nothing."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.figures import Figure, at_most
from tests.benchmarks.processes import run


def figures(folder: Path) -> Iterator[Figure]:
    """Fill it once."""
    with TemporaryDirectory(dir=folder) as empty:
        took = run(Path(empty), "demo", "--no-serve", production=False)
    yield at_most("demo filled", took.seconds, "s", 90)
