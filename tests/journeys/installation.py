"""The demo county, built once a run and served from a copy to each journey."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from tests.make import MONDAY
from tests.serving import COMMAND, PRELOADED, Server, environment, serving

SETTINGS = {"today": MONDAY.isoformat(), "demo": "on"}
BUILD_SECONDS = 300


def build(folder: Path) -> Path:
    """Fill a data folder as `make demo` does."""
    data = folder / "county"
    data.mkdir(mode=0o700)
    subprocess.run(
        [COMMAND, "demo", "--no-serve"],
        env=environment(data, _url(data), {"today": MONDAY.isoformat()}),
        check=True,
        capture_output=True,
        timeout=BUILD_SECONDS,
    )
    return data


@contextmanager
def served_copy(
    county: Path, folder: Path, prepare: Callable[[Path], object] | None = None
) -> Iterator[Server]:
    """Serve a copy of the county, so that what a journey changes meets no other.

    `prepare` may add to the copy before it is served.
    """
    data = folder / "installation"
    shutil.copytree(county, data)
    if prepare is not None:
        prepare(data)
    with serving(data, _url(data), SETTINGS, PRELOADED) as server:
        yield server


@contextmanager
def store(server: Server) -> Iterator[Session]:
    """Open the store of a running installation."""
    engine = create_engine(f"sqlite:///{server.log.parent}/store.sqlite")
    with Session(engine) as session:
        yield session
    engine.dispose()


def _url(data: Path) -> str:
    return f"sqlite:///{data}/store.sqlite"
