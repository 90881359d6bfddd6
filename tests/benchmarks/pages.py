"""How many pages a second, measured by a bare Flask page on the same machine in the same run."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from tests.benchmarks.figures import Figure, at_least
from tests.benchmarks.hello import saying_hello
from tests.benchmarks.installation import Installation, installed, signed_in, tell
from tests.benchmarks.load import (
    SECONDS,
    Asking,
    NoFigureError,
    Reader,
    get,
    post,
    requests_a_second,
)
from tests.benchmarks.stock import LARGE, PASSWORD, Desk, Stock, day_here
from tests.serving import Client, Server

ROUNDS = 5
PAGES_ASKED = 200
WORDS = ("Fotosynthese", "wald", "Mittelalter", "Roboter", "Demokratie", "strom", "Film", "Klima")
"""What readers look for; some have a handful of findings, some a thousand."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page with its goal in H, the rate of the bare page; `prepare` runs before each round."""

    name: str
    goal: float
    asking: Asking
    prepare: Callable[[], None] = lambda: None


def figures(folder: Path) -> Iterator[Figure]:
    """Measure all pages, interleaved with the bare one; the median of the rounds counts."""
    installation = installed(folder, LARGE)
    with ExitStack() as stack:
        hello = stack.enter_context(saying_hello())
        server = stack.enter_context(installation.served())
        pages = pages_of(installation, server)
        for page in pages:
            _rate(page, 1)
        bare: list[float] = []
        shares: dict[str, list[float]] = {page.name: [] for page in pages}
        for number in range(ROUNDS):
            tell(f"round {number + 1} of {ROUNDS}")
            for page in pages:
                bare.append(requests_a_second(hello))
                shares[page.name].append(_rate(page) / bare[-1])
    yield Figure("bare Flask page, H", median(bare), "requests/s")
    for page in pages:
        yield at_least(page.name, median(shares[page.name]), "H", page.goal)


def pages_of(installation: Installation, server: Server) -> list[Page]:
    """Return the pages that are measured, as people who are signed in ask for them."""
    stock = installation.stock
    teacher = signed_in(server.port, stock.teacher, PASSWORD)
    staff = [signed_in(server.port, desk.name, PASSWORD) for desk in stock.desks]
    desks = list(zip(staff, stock.desks, strict=True))
    scanning = Asking(server.port, [_scanning(*desk) for desk in desks])
    return [
        Page("title page", 0.04, _reading(teacher, title_pages(stock))),
        Page("search page", 0.03, _reading(teacher, searches())),
        Page("search page with a period", 0.02, _reading(teacher, searches(day_here()))),
        Page("desk scan", 0.03, scanning, lambda: _clear(desks)),
    ]


def title_pages(stock: Stock) -> list[str]:
    """Return addresses of title pages, evenly spread over the catalogue."""
    step = max(1, len(stock.title_ids) // PAGES_ASKED)
    return [f"/titles/{title_id}" for title_id in stock.title_ids[::step]]


def searches(day: date | None = None, words: Sequence[str] = WORDS) -> list[str]:
    """Return addresses of searches; with a day, for a week that begins a week later."""
    wish: Mapping[str, str] = {}
    if day is not None:
        first = day + timedelta(days=7)
        last = first + timedelta(days=6)
        wish = {"from": first.isoformat(), "until": last.isoformat(), "quantity": "2"}
    return [f"/search?{urlencode({'words': each, **wish})}" for each in words]


def scans(desk: Desk) -> list[str]:
    """Return what is scanned at a desk: a customer, copies to lend, the same taken back."""
    return [desk.card, *desk.barcodes, "CMD-RETURN", *desk.barcodes, "CMD-DONE"]


def _reading(reader: Client, paths: list[str]) -> Asking:
    return Asking(reader.port, [Reader([get(path) for path in paths], headers_of(reader))])


def _rate(page: Page, seconds: int = SECONDS) -> float:
    page.prepare()
    try:
        return requests_a_second(page.asking, seconds)
    except NoFigureError as error:
        raise NoFigureError(f"{page.name}: {error}") from error


def _clear(desks: list[tuple[Client, Desk]]) -> None:
    """Take back what the round before left on loan, so that every scan lends or takes back."""
    for staff, desk in desks:
        for code in ("CMD-RETURN", *desk.barcodes, "CMD-DONE"):
            staff.post("/desk/scan", {"code": code})


def _scanning(staff: Client, desk: Desk) -> Reader:
    fields = {"csrf_token": staff.token}
    bodies = [f"{urlencode(fields | {'code': code})}&idem={{key}}" for code in scans(desk)]
    form = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    return Reader([post("/desk/scan", body) for body in bodies], headers_of(staff) | form)


def headers_of(client: Client) -> dict[str, str]:
    """Return what a browser that is signed in sends with each request."""
    return client.identity() | {
        "Accept": "text/html",
        "Accept-Language": "de",
        "Accept-Encoding": "gzip, br",
    }
