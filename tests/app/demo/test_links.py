"""No link of a page leads nowhere: the demo is walked from its start as each role."""

from collections import Counter, deque
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask

from app.demo.logins import LOGINS
from app.factory import create_app
from app.sessions import ENGINE
from app.settings import read_settings
from schools.rules.roles import Role
from tests.effort import times
from tests.make import MONDAY

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]

MOST_OF_A_KIND = times(ci=2, soak=60)
"""So many addresses of each view are opened by each role."""

HOST = "http://localhost"
LINKS = {"a": "href", "link": "href", "img": "src"}
FEWEST_VIEWS = 15


@pytest.mark.parametrize("role", Role)
def test_every_link_that_a_role_sees_opens(demo_url: str, tmp_path: Path, role: Role) -> None:
    settings = read_settings(
        {
            "MEDIENBRUECKE_DATA": str(tmp_path),
            "MEDIENBRUECKE_DATABASE_URL": demo_url,
            "MEDIENBRUECKE_TODAY": MONDAY.isoformat(),
        }
    )
    app = create_app(settings, testing=True)
    seen, dead = walked(app, role)
    app.extensions[ENGINE].dispose()
    assert dead == []
    assert len(seen) >= FEWEST_VIEWS


def walked(app: Flask, role: Role) -> tuple[Counter[str], list[tuple[str, int, str]]]:
    """Return how often each view was opened; what did not open, its status and who links it."""
    browser = app.test_client()
    signs_in = {"name": LOGINS.of(role).name, "password": LOGINS.password}
    assert browser.post("/login", data=signs_in).status_code == 303
    waiting, known = deque([("/", "")]), {"/"}
    seen: Counter[str] = Counter()
    dead = []
    while waiting:
        address, origin = waiting.popleft()
        view = app.url_map.bind("localhost").match(urlsplit(address).path)[0]
        seen[view] += 1
        if seen[view] > MOST_OF_A_KIND:
            continue
        answer = browser.get(address)
        page = answer.text if answer.mimetype == "text/html" else ""
        answer.close()
        if answer.status_code >= 400:
            dead.append((address, answer.status_code, origin))
        for each in links(page, address, answer.headers.get("Location")):
            if each not in known:
                known.add(each)
                waiting.append((each, address))
    return seen, dead


def links(page: str, address: str, moved_to: str | None) -> list[str]:
    """Return the addresses of this site that a page links, or its answer sends on to."""
    reader = _Reader()
    reader.feed(page)
    found = [*reader.found, *([moved_to] if moved_to else [])]
    ours = [urlsplit(urljoin(HOST + address, each)) for each in found]
    return [
        f"{each.path}?{each.query}" if each.query else each.path
        for each in ours
        if f"{each.scheme}://{each.netloc}" == HOST
    ]


class _Reader(HTMLParser):
    """Collects what a page links."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        address = dict(attrs).get(LINKS.get(tag, ""))
        if address:
            self.found.append(address)
