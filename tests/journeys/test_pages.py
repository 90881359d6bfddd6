"""Every page, as everybody sees it, light and dark, German and English, narrow and wide."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page

from app.factory import create_app
from app.settings import read_settings
from tests.effort import SOAK
from tests.journeys.additions import add_and_name
from tests.journeys.every_page import SIGHTS
from tests.journeys.installation import served_copy
from tests.journeys.sights import ADMIN, ANYBODY, NO_PAGES, STAFF, TEACHER, Sight
from tests.journeys.sightseeing import Sightseer
from tests.journeys.things import Things
from tests.journeys.words import english_among

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("pages")]

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NARROWEST = 320
PHONE = 390
DESK = 1280
WRONG = {409, 422}
ERROR = {"de": "Fehler:", "en": "Error:"}
MOST_STOPS = 250

RUN_AXE = """
async (tags) => {
  const found = await axe.run({ runOnly: tags, resultTypes: ["violations"] });
  return found.violations.flatMap((each) =>
    each.nodes.map((node) => `${each.id}: ${node.target} ${node.html}`.slice(0, 300)));
}
"""

TEXTS = """
() => {
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!parent.closest("[lang], script, pre, .mono")) texts.push(walker.currentNode.data);
    else if (parent.closest("[lang]") === document.documentElement
      && !parent.closest("script, pre, .mono")) texts.push(walker.currentNode.data);
  }
  for (const name of ["aria-label", "placeholder", "alt", "title", "label"]) {
    for (const node of document.querySelectorAll(`[${name}]`)) texts.push(node.getAttribute(name));
  }
  return texts.map((text) => text.trim().replace(/\\s+/g, " "));
}
"""

RING = """
() => {
  const here = document.activeElement;
  if (!here || here === document.body) return null;
  const shown = here.closest(".seg label") ?? here;
  const style = getComputedStyle(shown);
  const box = shown.getBoundingClientRect();
  const [x, y] = [box.x + box.width / 2, box.y + Math.min(box.height / 2, 20)];
  const top = document.elementFromPoint(x, y);
  return {
    name: `${here.tagName} ${here.id || here.name || here.textContent.trim().slice(0, 40)}`,
    first: here.classList.contains("skip"),
    ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    covered: !(top && (shown.contains(top) || top.contains(shown) || here.contains(top))),
  };
}
"""


class Look(NamedTuple):
    """How a page is looked at."""

    scheme: str
    lang: str
    width: int


EVERY_LOOK = [Look(*each) for each in product(("light", "dark"), ("de", "en"), (DESK, PHONE))]
OPPOSITES = (0, 7, 2, 5, 1, 6, 3, 4)
"""Places in `EVERY_LOOK`, so that what follows a look shares no value with it."""


VARIANTS = 3
"""Without effort every so many of a page's further sights is looked at; all have one that is."""


def looks(place: int) -> list[Look]:
    """One look at a sight, mostly another than at its neighbours; with effort, every one."""
    if SOAK:
        return EVERY_LOOK
    first = all(SIGHTS[place].endpoint != each.endpoint for each in SIGHTS[:place])
    seen = first or place % VARIANTS == 0
    return [EVERY_LOOK[OPPOSITES[place % len(OPPOSITES)]]] if seen else []


EVERY_VIEW = [
    pytest.param(
        sight,
        look,
        id=f"{sight.name}-{look.scheme}-{look.lang}-{look.width}",
    )
    for place, sight in enumerate(SIGHTS)
    for look in looks(place)
]


@pytest.fixture(scope="module")
def seer(
    browser: Browser, county: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sightseer]:
    """Someone who goes through all pages of one installation."""
    with_additions: list[Things] = []
    with served_copy(
        county,
        tmp_path_factory.mktemp("pages"),
        prepare=lambda data: with_additions.append(add_and_name(data)),
    ) as server:
        seer = Sightseer(browser, server, with_additions[0])
        yield seer
        seer.close()


@pytest.mark.parametrize(("sight", "look"), EVERY_VIEW)
def test_a_page_is_whole_accessible_and_in_its_language(
    seer: Sightseer, sight: Sight, look: Look
) -> None:
    seer.said.clear()
    view = seer.see(sight, lang=look.lang, dark=look.scheme == "dark", width=look.width)
    page = view.page
    page.evaluate(AXE_SCRIPT)
    assert view.status == sight.status
    assert page.evaluate(RUN_AXE, TAGS) == []
    assert page.locator("html").get_attribute("lang") == look.lang
    assert page.locator("h1").count() == 1
    title = page.title()
    assert title.removesuffix("– Medienbrücke").strip() not in {"", title}
    if sight.sent and view.status in WRONG:
        assert title.startswith(ERROR[look.lang])
    if look.lang == "de":
        assert english_among(page.evaluate(TEXTS)) == []
    assert widest(page) == {PHONE: PHONE, NARROWEST: NARROWEST}
    assert seer.said == []


@pytest.mark.parametrize("width", [DESK, PHONE])
@pytest.mark.parametrize(
    ("who", "path"),
    [
        (ANYBODY, "/login"),
        (TEACHER, "/search?words=Fotosynthese&from=2026-12-03&until=2026-12-03"),
        (TEACHER, "/titles/{film}"),
        (TEACHER, "/mine"),
        (STAFF, "/desk"),
        (STAFF, "/catalogue/titles/{box}"),
        (ADMIN, "/school"),
    ],
)
def test_every_stop_of_the_keyboard_is_seen_and_the_skip_link_is_the_first(
    seer: Sightseer, who: str, path: str, width: int
) -> None:
    page = seer.see(Sight("", who, path), lang="de", dark=False, width=width).page
    page.evaluate("document.body.tabIndex = -1; document.body.focus()")
    stops = list(walk_by_tab(page))
    assert stops[0]["first"]
    assert [stop["name"] for stop in stops if not stop["ring"]] == []
    assert [stop["name"] for stop in stops if stop["covered"]] == []
    assert len(stops) > 5


def test_every_page_of_the_application_is_in_the_table(tmp_path: Path) -> None:
    settings = read_settings(
        {
            "MEDIENBRUECKE_DATA": str(tmp_path),
            "MEDIENBRUECKE_DATABASE_URL": f"sqlite:///{tmp_path}/store.sqlite",
        }
    )
    routes = create_app(settings, testing=True).url_map.iter_rules()
    pages = {rule.endpoint for rule in routes if "GET" in (rule.methods or ())}
    assert pages - NO_PAGES == {sight.endpoint for sight in SIGHTS}


def test_no_two_sights_share_a_name() -> None:
    names = [sight.name for sight in SIGHTS]
    assert sorted(set(names)) == sorted(names)


def widest(page: Page) -> dict[int, int]:
    """How wide the page is on a phone and on the narrowest screen; wider means sideways scroll."""
    found = {}
    for width in (PHONE, NARROWEST):
        page.set_viewport_size({"width": width, "height": 900})
        found[width] = page.evaluate("document.scrollingElement.scrollWidth")
    return found


def walk_by_tab(page: Page) -> Iterator[dict[str, Any]]:
    """Press Tab until the page ends, and say what each stop looks like."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(RING)
        if stop is None:
            return
        yield stop
