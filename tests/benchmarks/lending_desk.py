"""How long the desk's field takes for a scan, in a browser, with many loans in the store."""

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles

from playwright.sync_api import Page, expect

from tests.benchmarks.figures import Figure, at_most
from tests.benchmarks.installation import Installation, installed
from tests.benchmarks.load import NoFigureError
from tests.benchmarks.pages import scans
from tests.benchmarks.stock import PASSWORD, Desk, Size
from tests.browser import CHROMIUM, launched
from tests.journeys.visitor import Visitor
from tests.serving import serving

LENT = Size(titles=70_000, bookings=20_000, loans=50_000)
BURST = 20
PERCENT = 95
PROCESSES = "2"
PATIENCE_MS = 60_000


def figures(folder: Path) -> Iterator[Figure]:
    """Measure what a scanner's user waits for; whatever is lent is taken back again."""
    if not CHROMIUM:
        raise NoFigureError("Chromium is missing; on Debian run: apt install chromium")
    installation = installed(folder, LENT)
    settings = {"processes": PROCESSES}
    with (
        serving(installation.folder, installation.store_url, settings) as server,
        launched() as browser,
    ):
        visitor = Visitor(browser.new_page(locale="de-DE"), server.url)
        yield from _measured(visitor, installation)


def _measured(visitor: Visitor, installation: Installation) -> Iterator[Figure]:
    desk, other = installation.stock.desks[:2]
    visitor.sign_in_as(desk.name, PASSWORD)
    visitor.open("/desk")
    waits = [_wait(visitor, code) for _ in range(3) for code in scans(desk)]
    p95 = quantiles(waits, n=100)[PERCENT - 1]
    name = f"desk scan p{PERCENT} of {len(waits)} in the browser, {LENT.loans} loans"
    yield at_most(name, p95, "ms", 150)
    visitor.scan(other.card)
    visitor.settle()
    took, lost = _burst(visitor, other)
    visitor.scan("CMD-RETURN")
    for code in other.barcodes[:BURST]:
        visitor.scan(code)
    visitor.settle()
    yield Figure(f"burst of {BURST} scans", took, "ms")
    yield at_most(f"scans of the burst lost or out of order, of {BURST}", lost, "", 0)


def _wait(visitor: Visitor, code: str) -> float:
    """Scan, and return the milliseconds until the desk shows the answer."""
    page = visitor.page
    page.evaluate(FORGET)
    page.keyboard.type(code)
    began = time.perf_counter()
    page.keyboard.press("Enter")
    page.wait_for_function(ANSWERED)
    return (time.perf_counter() - began) * 1000


FORGET = """() => document.querySelector("#say").replaceChildren()"""
ANSWERED = """() => document.querySelector("#say").childElementCount > 0"""


def _burst(visitor: Visitor, desk: Desk) -> tuple[float, int]:
    """Scan faster than anybody can; returns milliseconds, and how many are not as scanned."""
    page = visitor.page
    codes = desk.barcodes[:BURST]
    began = time.perf_counter()
    for code in codes:
        page.keyboard.type(code)
        page.keyboard.press("Enter")
    expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=PATIENCE_MS)
    _shows(page, codes[-1])
    took = (time.perf_counter() - began) * 1000
    said = page.locator("main").inner_text()
    places = [said.rfind(code) for code in codes]
    lost = sum(place < 0 for place in places)
    ordered = places in (sorted(places), sorted(places, reverse=True))
    return took, lost if ordered else BURST


def _shows(page: Page, code: str) -> None:
    expect(page.locator("main")).to_contain_text(code, timeout=PATIENCE_MS)
