"""An installation under production settings, with a store of the wanted size."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from app.settings import Settings, read_settings
from tests.benchmarks.stock import Desk, Size, Stock, build, day_here
from tests.serving import Client, Server, environment, serving

HOST = "medien.example.org"
PROCESSES = 2
SETTINGS: Mapping[str, str] = {
    "production": "on",
    "public_url": f"https://{HOST}",
    "secret_key": "Zx81-q7Lw_0TgvYpR4mKc9BdNfUeHsJa",
}


@dataclass(frozen=True, slots=True)
class Installation:
    """A folder with store and index, and what stands in the store."""

    folder: Path
    stock: Stock

    @property
    def store_url(self) -> str:
        """The store as SQLAlchemy calls it."""
        return store_url(self.folder)

    def settings(self) -> Settings:
        """Return its settings, for an application in this process."""
        return settings_of(self.folder)

    @contextmanager
    def served(self, processes: int = PROCESSES) -> Iterator[Server]:
        """Serve it."""
        settings = {**SETTINGS, "processes": str(processes)}
        with serving(self.folder, self.store_url, settings) as server:
            yield server


def installed(parent: Path, size: Size) -> Installation:
    """Return the installation of a size below `parent`; built today, it is not built again."""
    folder = parent / f"{size.titles}-titles-{day_here().isoformat()}"
    facts = folder / "stock.json"
    if not facts.exists():
        tell(f"building a store of {size.titles} titles")
        folder.mkdir(parents=True)
        stock = build(settings_of(folder), size)
        facts.write_text(json.dumps(asdict(stock)), "utf-8")
    read = json.loads(facts.read_text("utf-8"))
    desks = tuple(Desk(**desk) for desk in read.pop("desks"))
    return Installation(folder, Stock(desks=desks, **read))


def store_url(folder: Path) -> str:
    """Return the address of the SQLite store in a folder."""
    return f"sqlite:///{folder.resolve()}/store.sqlite"


def settings_of(folder: Path) -> Settings:
    """Return the production settings of an installation in a folder."""
    return read_settings(environment(folder, store_url(folder), SETTINGS))


def signed_in(port: int, name: str, password: str) -> Client:
    """Return a browser that is signed in at a server under these settings."""
    client = Client(port, host=HOST)
    client.sign_in(name, password)
    return client


def tell(words: str) -> None:
    """Say on standard error what goes on."""
    sys.stderr.write(f"{words}\n")
