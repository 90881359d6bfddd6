"""Bookings over HTTP: how many a second, and how long the unluckiest waits under saturation."""

import shutil
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from catalogue.models.holding import Holding
from schools.models.media_centre import PickupPlace
from tests.benchmarks.figures import Figure, at_least, at_most
from tests.benchmarks.hello import saying_hello
from tests.benchmarks.installation import Installation, installed, signed_in
from tests.benchmarks.lending_cpu import BUSY
from tests.benchmarks.load import (
    CONNECTIONS,
    SECONDS,
    Asking,
    NoFigureError,
    Reader,
    post,
    requests_a_second,
)
from tests.benchmarks.pages import headers_of
from tests.benchmarks.stock import BOOKED_AHEAD, PASSWORD, day_here
from tests.serving import Client

ROUNDS = 5
FASTEST = 400
"""Bookings a second and connection for which a round has wishes."""

CLIENTS = 8
BOOKINGS_EACH = 60
WEEKS = 6
BOOKED = 201

Wish = dict[str, str]


def figures(folder: Path) -> Iterator[Figure]:
    """Measure on a copy of the store, which is thrown away."""
    with _copy(installed(folder, BUSY)) as installation, installation.served() as server:
        wishes = _wishes(installation)
        teacher = signed_in(server.port, installation.stock.teacher, PASSWORD)
        with saying_hello() as hello:
            shares = []
            for _ in range(ROUNDS):
                bare = requests_a_second(hello)
                shares.append(requests_a_second(_asking(teacher, wishes)) / bare)
        yield at_least("booking over HTTP", median(shares), "H", 0.02)
        name = installation.stock.teacher
        waits = _saturate(server.port, name, wishes)
        yield Figure(f"booking by {CLIENTS} processes at once, median", median(waits), "ms")
        asked = f"slowest booking of {len(waits)} by {CLIENTS} processes"
        yield at_most(asked, max(waits) / median(waits), "medians", 50)


def _wishes(installation: Installation) -> Iterator[Wish]:
    """Give wishes that can all be had: each holding on days after the booked ones."""
    engine = create_engine(installation.store_url)
    with Session(engine) as session:
        query = select(Holding.id).where(Holding.lendable > 0).order_by(Holding.id)
        holdings = list(session.scalars(query))
        place = session.scalars(select(PickupPlace.id).limit(1)).one()
    engine.dispose()
    first = _monday_after(day_here() + timedelta(days=BOOKED_AHEAD + 10))
    for week in range(WEEKS):
        begin = first + timedelta(weeks=week)
        for holding in holdings:
            yield {
                "holding": str(holding),
                "from": begin.isoformat(),
                "until": (begin + timedelta(days=2)).isoformat(),
                "quantity": "1",
                "reason": "preview",
                "place": str(place),
            }


def _monday_after(day: date) -> date:
    return day + timedelta(days=7 - day.weekday())


def _asking(teacher: Client, wishes: Iterator[Wish]) -> Asking:
    form = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    headers = headers_of(teacher) | form
    token = {"csrf_token": teacher.token}
    readers = [
        Reader(
            [
                post("/bookings", f"{urlencode(token | wish)}&idem={{key}}")
                for wish in islice(wishes, FASTEST * SECONDS // CONNECTIONS)
            ],
            headers,
        )
        for _ in range(CONNECTIONS)
    ]
    return Asking(teacher.port, readers)


def _saturate(port: int, name: str, wishes: Iterator[Wish]) -> Sequence[float]:
    """Let processes book as fast as they are answered; returns the milliseconds of each."""
    shares = [list(islice(wishes, BOOKINGS_EACH)) for _ in range(CLIENTS)]
    with ProcessPoolExecutor(CLIENTS, get_context("spawn")) as pool:
        parts = [pool.submit(_book_all, port, name, share) for share in shares]
        return [wait for part in parts for wait in part.result()]


def _book_all(port: int, name: str, wishes: Sequence[Wish]) -> list[float]:
    teacher = signed_in(port, name, PASSWORD)
    waits = []
    for wish in wishes:
        began = time.perf_counter()
        answer = teacher.post("/bookings", wish)
        waits.append((time.perf_counter() - began) * 1000)
        if answer.status != BOOKED:
            raise NoFigureError(f"a booking was answered by {answer.status}: {answer.text[:200]}")
    return waits


@contextmanager
def _copy(kept: Installation) -> Iterator[Installation]:
    with TemporaryDirectory(dir=kept.folder.parent) as parent:
        folder = Path(parent) / "copy"
        shutil.copytree(kept.folder, folder)
        yield Installation(folder, kept.stock)
