"""How long it takes until a delivery of MARC records can be found, and how much memory."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from app.factory import create_app
from app.sessions import ENGINE, session
from app.store import prepare_store
from tests.benchmarks.figures import Figure, at_most
from tests.benchmarks.installation import settings_of, tell
from tests.benchmarks.marc_records import write_records
from tests.benchmarks.processes import run
from tests.make import Make

RECORDS = 3538
"""As many as a delivery that a union catalogue publishes."""


def figures(folder: Path) -> Iterator[Figure]:
    """Import them into an empty catalogue and bring the index up to date, by commands."""
    with TemporaryDirectory(dir=folder) as empty:
        data = Path(empty)
        _found_centre(data)
        delivery = data / "delivery.xml.gz"
        write_records(delivery, RECORDS)
        tell(f"importing {RECORDS} records")
        read = run(data, "import", "marc", str(delivery))
        indexed = run(data, "index", "update")
    name = f"{RECORDS} MARCXML records searchable"
    yield at_most(name, read.seconds + indexed.seconds, "s", 30)
    yield at_most(f"{name}, memory", max(read.peak_mb, indexed.peak_mb), "MB", 300)


def _found_centre(data: Path) -> None:
    app = create_app(settings_of(data))
    with app.app_context():
        prepare_store()
        Make(session()).centre()
    app.extensions[ENGINE].dispose()
