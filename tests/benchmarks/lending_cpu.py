"""How much work availability is: milliseconds of a processor, store and rules together."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.factory import create_app
from app.sessions import ENGINE, engine, session
from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from loans.models.booking import Booking, BookingLine
from loans.queries.availability import availability
from loans.queries.unavailable import unavailable_titles
from loans.queries.viewpoint import Viewpoint, Where, viewpoint_of
from loans.rules.availability import Wish
from schools.rules.periods import Period
from schools.rules.roles import NOBODY, Right
from tests.benchmarks.figures import Figure, at_most
from tests.benchmarks.installation import installed
from tests.benchmarks.stock import Size, day_here
from tests.statements import counted

BUSY = Size(titles=10_000, bookings=100_000, loans=300)
ROUNDS = 15
COPIES, LINES = 500, 400
HOLDINGS = 50
WEEK = timedelta(days=6)
YEAR_DAYS = 365


def figures(folder: Path) -> Iterator[Figure]:
    """Measure the one function of availability in four sizes; the median of some rounds counts."""
    app = create_app(installed(folder, BUSY).settings())
    with app.app_context():
        yield from _measured(session())
        session().rollback()
    app.extensions[ENGINE].dispose()


def _measured(store: Session) -> Iterator[Figure]:
    today = day_here()
    first = today + timedelta(days=14)
    week = Period(first, first + WEEK)
    holdings = list(store.scalars(select(Holding.id).order_by(Holding.id).limit(HOLDINGS)))
    centre_id = store.scalars(select(Holding.centre_id).limit(1)).one()
    where = Where(centre_id)
    view = viewpoint_of(store, NOBODY.scope(Right.VISIT), where, today, datetime.now(UTC))
    with counted(engine()) as statements:
        availability(store, view, holdings, week)
    asked = f"availability of {HOLDINGS} holdings for a period"
    yield at_most(f"{asked}, statements", statements.count, "", 3)
    yield at_most(asked, _took(lambda: availability(store, view, holdings, week)), "ms", 15)
    year = Period(today, today + timedelta(days=YEAR_DAYS - 1))
    yield at_most(
        f"calendar of {YEAR_DAYS} days",
        _took(lambda: _calendar(store, view, holdings, year)),
        "ms",
        15,
    )
    wish = Wish(period=week, quantity=2)
    name = f"mask of the catalogue at {BUSY.bookings} lines"
    yield at_most(name, _took(lambda: unavailable_titles(store, (view,), wish)), "ms", 10)
    crowded = _crowd(store, holdings[0], week)
    name = f"availability of one holding with {COPIES} copies and {LINES} open lines"
    yield at_most(name, _took(lambda: availability(store, view, {crowded}, week)), "ms", 5)


def _calendar(store: Session, view: Viewpoint, holdings: Sequence[int], year: Period) -> None:
    for found in availability(store, view, holdings[:1], year).values():
        list(found.views())


def _crowd(store: Session, holding_id: int, around: Period) -> int:
    """Give one holding many copies and lines, in a transaction that is never committed."""
    like = store.scalars(select(Copy).where(Copy.holding_id == holding_id).limit(1)).one()
    values = {
        "holding_id": holding_id,
        "centre_id": like.centre_id,
        "home_branch_id": like.home_branch_id,
        "created_at": like.created_at,
    }
    store.execute(insert(Copy), [values | {"barcode": f"MZ-9{n:06}"} for n in range(COPIES)])
    store.get_one(Holding, holding_id).lendable += COPIES
    sample = select(Booking.id).where(Booking.first.between(around.first - WEEK, around.last))
    bookings = store.scalars(sample.limit(LINES)).all()
    lines = [{"booking_id": key, "holding_id": holding_id, "quantity": 1} for key in bookings]
    store.execute(insert(BookingLine), lines)
    return holding_id


def _took(work: Callable[[], object]) -> float:
    """Return the median milliseconds of processor time."""
    work()
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        times.append((time.process_time() - began) * 1000)
    return median(times)
