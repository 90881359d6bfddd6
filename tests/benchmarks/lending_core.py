"""How many bookings a second a store takes, measured by its barest insert in the same run.

On SQLite the measure is a transaction of `BEGIN IMMEDIATE` and one insert, under the settings of
our own engine; on PostgreSQL it is pgbench with one insert a transaction.
"""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from app.settings import read_settings
from catalogue.models.holding import Holding
from database.engine import make_engine
from database.unit_of_work import unit_of_work
from loans.models.purpose import OtherReason
from loans.operations.book import book
from loans.queries.wishes import BookingWish, one_line
from schools.rules.periods import Period
from schools.rules.roles import Actor, Role
from tests.benchmarks.figures import Figure, at_least
from tests.benchmarks.installation import SETTINGS, installed, store_url
from tests.benchmarks.lending_cpu import BUSY
from tests.benchmarks.load import NoFigureError
from tests.benchmarks.stock import BOOKED_AHEAD, build, day_here
from tests.make import Make
from tests.serving import environment

ROUNDS = 5
BOOKINGS_A_ROUND = 60
INSERTS_A_ROUND = 200
SECONDS = 2
SATURDAY = 5
POSTGRES = "MEDIENBRUECKE_TEST_POSTGRES"
RATE = re.compile(r"tps = ([\d.]+)")
INSERT = "INSERT INTO bench_row (note) VALUES ('one row')"


def figures(folder: Path) -> Iterator[Figure]:
    """Measure bookings on both stores; rounds of inserts and bookings take turns."""
    with _sqlite_copy(folder) as url:
        yield from _measured("SQLite", url, 0.10, lambda: _insert_rate(url))
    with _postgres_store(folder) as url:
        yield from _measured("PostgreSQL", url, 0.08, lambda: _pgbench_rate(url))


def _measured(
    store: str, url: str, goal: float, insert_rate: Callable[[], float]
) -> Iterator[Figure]:
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE bench_row (note TEXT)"))
    booker = Booker(engine)
    booker.rate(10)
    inserts, bookings = [], []
    for _ in range(ROUNDS):
        inserts.append(insert_rate())
        bookings.append(booker.rate(BOOKINGS_A_ROUND))
    engine.dispose()
    yield Figure(f"one-row insert, {store}", median(inserts), "transactions/s")
    yield Figure(f"booking core, {store}", median(bookings), "bookings/s")
    shares = [ours / bare for ours, bare in zip(bookings, inserts, strict=True)]
    yield at_least(f"booking core, {store}", median(shares), "of a one-row insert", goal)


class Booker:
    """A teacher who books one holding after the other, on days on which nothing is booked."""

    def __init__(self, engine: Engine) -> None:
        """Take a store that `tests.benchmarks.stock` filled."""
        self._engine = engine
        with Session(engine, expire_on_commit=False) as session:
            self._by: Actor = Make(session).actor(Role.TEACHER)
            query = select(Holding.id).where(Holding.lendable > 0).order_by(Holding.id)
            self._holdings = list(session.scalars(query))
            session.commit()
        first = day_here() + timedelta(days=BOOKED_AHEAD + 10)
        while first.weekday():
            first += timedelta(days=1)
        self._days = Period(first, first + timedelta(days=2))
        self._turns = count()

    def rate(self, number: int) -> float:
        """Return bookings a second over so many."""
        began = time.perf_counter()
        for _ in range(number):
            self._book(self._holdings[next(self._turns) % len(self._holdings)])
        return number / (time.perf_counter() - began)

    def _book(self, holding_id: int) -> None:
        wish = BookingWish(
            lines=one_line(holding_id),
            person_id=self._by.person_id or 0,
            period=self._days,
            reason=OtherReason.PREVIEW,
        )
        with Session(self._engine) as session, unit_of_work(session):
            book(session, wish, self._by, day_here(), datetime.now(UTC))


def _insert_rate(url: str) -> float:
    engine = make_engine(url)
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        if driver is None:
            raise NoFigureError("the store gave no connection")
        began = time.perf_counter()
        for _ in range(INSERTS_A_ROUND):
            driver.execute("BEGIN IMMEDIATE")
            driver.execute(INSERT)
            driver.execute("COMMIT")
        took = time.perf_counter() - began
    engine.dispose()
    return INSERTS_A_ROUND / took


def _pgbench_rate(url: str) -> float:
    found = shutil.which("pgbench") or next(
        (str(each) for each in sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"))), None
    )
    if found is None:
        raise NoFigureError("pgbench is missing; on Debian run: apt install postgresql")
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with TemporaryDirectory() as folder:
        script = Path(folder) / "insert.sql"
        script.write_text(f"{INSERT};\n", "utf-8")
        command = [found, "-n", "-c1", f"-T{SECONDS}", "-f", str(script), address]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    rate = RATE.search(done.stdout)
    if rate is None:
        raise NoFigureError(f"pgbench failed: {(done.stderr or done.stdout).strip()}")
    return float(rate.group(1))


@contextmanager
def _sqlite_copy(folder: Path) -> Iterator[str]:
    """Give the address of a copy of the store, which is thrown away."""
    kept = installed(folder, BUSY).folder
    with TemporaryDirectory(dir=folder) as copy:
        shutil.copy(kept / "store.sqlite", copy)
        yield store_url(Path(copy))


@contextmanager
def _postgres_store(folder: Path) -> Iterator[str]:
    """Give the address of a filled database on the server of the tests, dropped at the end."""
    server = os.environ.get(POSTGRES)
    if not server:
        raise NoFigureError(f"PostgreSQL is left out; {POSTGRES} names no server")
    name = "bench_lending"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection, TemporaryDirectory(dir=folder) as data:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
        url = make_url(server).set(database=name).render_as_string(hide_password=False)
        try:
            build(read_settings(environment(Path(data), url, SETTINGS)), BUSY)
            yield url
        finally:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    admin.dispose()
