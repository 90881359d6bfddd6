"""A real browser on the real server with the demo county."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.installation import build, served_copy
from tests.journeys.visitor import Visitor
from tests.serving import Server

PATIENCE_MS = 20_000
"""Until a journey gives up on what it expects to see; two cores share this with other tests."""
expect.set_options(timeout=PATIENCE_MS)

Visit = Callable[..., Visitor]

with_and_without_script = pytest.mark.parametrize(
    "script", [pytest.param(True, id="with script"), pytest.param(False, id="without script")]
)


@pytest.fixture(scope="session")
def county(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The filled data folder; `browser` first, so that nothing is built for nobody."""
    return build(tmp_path_factory.mktemp("demo"))


@pytest.fixture
def server(county: Path, tmp_path: Path) -> Iterator[Server]:
    """An installation of the test's own."""
    with served_copy(county, tmp_path) as server:
        yield server


@pytest.fixture(scope="session")
def lived(county: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An installation in which journeys that keep out of each other's way meet."""
    with served_copy(county, tmp_path_factory.mktemp("lived")) as server:
        yield server


@pytest.fixture(scope="session")
def shown(county: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An installation that tests only look at."""
    with served_copy(county, tmp_path_factory.mktemp("shown")) as server:
        yield server


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Gives a new browser window: `visit(server, script=..., width=..., dark=..., lang=...)`.

    Whatever a page says on its console is a failure at the end, as a broken policy would be.
    """
    contexts = []
    said: list[str] = []

    def visit(
        server: Server,
        *,
        script: bool = True,
        width: int = 1280,
        dark: bool = False,
        lang: str = "de-DE",
    ) -> Visitor:
        context = browser.new_context(
            java_script_enabled=script,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            locale=lang,
        )
        contexts.append(context)
        page: Page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        return Visitor(page, server.url)

    yield visit
    for context in contexts:
        context.close()
    assert [line for line in said if "status of 4" not in line] == []
