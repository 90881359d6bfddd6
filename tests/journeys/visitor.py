"""Somebody at a browser: does what people do, and counts it."""

import re
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from app.demo.logins import LOGINS
from schools.rules.roles import Role


@dataclass
class Visitor:
    """A person at a page; `actions` counts clicks, filled fields, choices, keys and scans."""

    page: Page
    url: str
    actions: int = 0

    def open(self, path: str) -> None:
        """Go to an address, as by a bookmark; not counted."""
        self.page.goto(f"{self.url}{path}")

    def click(self, role: str, name: str | re.Pattern[str]) -> None:
        """Click the first thing of that role and name."""
        self.page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]  # any role
        self.settle()
        self.actions += 1

    def fill(self, label: str | re.Pattern[str], value: str) -> None:
        """Fill the field with that label in the page's main part."""
        self.page.locator("main").get_by_label(label).first.fill(value)
        self.actions += 1

    def check(self, label: str | re.Pattern[str]) -> None:
        """Tick a box."""
        self.page.get_by_label(label).first.check()
        self.settle()
        self.actions += 1

    def press(self, key: str) -> None:
        """Press a key where the focus is."""
        self.page.keyboard.press(key)
        self.settle()
        self.actions += 1

    def scan(self, code: str) -> None:
        """Do what a scanner does: type where the focus is, and Enter. One action, no mouse.

        The field is empty again at once with script, and on the next page without.
        """
        field = self.page.locator("#code")
        expect(field).to_be_focused()
        self.page.keyboard.type(code)
        self.page.keyboard.press("Enter")
        expect(field).to_have_value("")
        self.actions += 1

    def slow_down(self, latency: int) -> None:
        """From now on every answer takes so many milliseconds more, those of scripts too."""
        way = {"latency": latency, "downloadThroughput": -1, "uploadThroughput": -1}
        network = self.page.context.new_cdp_session(self.page)
        network.send("Network.enable")
        network.send("Network.emulateNetworkConditions", {"offline": False, **way})

    def settle(self) -> None:
        """Wait until the page is here as a whole and no part of it is about to be replaced."""
        self.page.wait_for_load_state()
        expect(self.page.locator("[aria-busy=true]")).to_have_count(0)

    def sign_in(self, role: Role) -> None:
        """Sign in as the demo's person of a role; not counted."""
        self.sign_in_as(LOGINS.of(role).name, LOGINS.password)

    def sign_in_as(self, name: str, password: str) -> None:
        """Sign in with name and password; not counted."""
        self.open("/login")
        self.page.locator("[name=name]").fill(name)
        self.page.locator("[name=password]").fill(password)
        self.page.locator("[name=password]").press("Enter")
        expect(self.page.get_by_role("heading", level=1)).not_to_have_text(
            re.compile("Anmelden|Sign in")
        )
        self.actions = 0
