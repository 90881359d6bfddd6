"""The desk in a real browser, for the tests that need one."""

import re
from typing import Protocol

import pytest
from playwright.sync_api import Page, expect

MARKS = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    # The small server of these tests leaves files it sends to the collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

TAKE_BACK = re.compile(r"Rückgabe\b")
"""The name of that switch, not of the return box's."""

HEAR = """
window.heard = [];
window.AudioContext = class { currentTime = 0; destination = {}; };
window.OscillatorNode = class {
  constructor(_context, { frequency }) { window.heard.push(frequency); }
  connect() {} start() {} stop() {}
};
"""
"""Writes down what would be heard, since nobody listens here."""


PATIENCE_MS = 20_000
"""Until a test gives up on what it expects to see; two cores share this with other tests."""


class Open(Protocol):
    """Opens the desk for a new member of staff."""

    def __call__(self, *, script: bool = True, init: str = "", path: str = "/desk") -> Page: ...


def ready(page: Page) -> None:
    """Wait until the field has the focus; a key struck while the page still draws goes nowhere."""
    expect(page.locator("#code")).to_be_focused(timeout=PATIENCE_MS)


def type_code(page: Page, code: str) -> None:
    """Scan: type and Enter, wherever the focus is."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")
