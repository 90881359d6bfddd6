"""Goes from page to page in few browser windows: one for each person and language."""

from dataclasses import dataclass, field
from itertools import count

from playwright.sync_api import Browser, BrowserContext, Page, Response

from app.demo.logins import LOGINS
from tests.journeys.sights import Sent, Sight
from tests.journeys.things import Things
from tests.serving import Server

FILL_AND_SEND = """
(form, fields) => {
  for (const [name, value] of Object.entries(fields)) {
    const control = form.elements[name];
    if (control?.type === "file") {
      const held = new DataTransfer();
      held.items.add(new File([value], `${name}.csv`, { type: "text/csv" }));
      control.files = held.files;
    } else if (control instanceof RadioNodeList || control?.type !== "checkbox") {
      if (control) control.value = value;
    }
  }
  form.submit();
}
"""


@dataclass(frozen=True, slots=True)
class View:
    """A page that is open, and the status it came with."""

    page: Page
    status: int


@dataclass
class Sightseer:
    """Opens sights and keeps the windows; `said` holds what pages said on their console."""

    browser: Browser
    server: Server
    things: Things
    said: list[str] = field(default_factory=list)
    _turns: "count[int]" = field(default_factory=count)
    _windows: dict[tuple[str, str], Page] = field(default_factory=dict)

    def see(self, sight: Sight, *, lang: str, dark: bool, width: int) -> View:
        """Open a sight in a language, light or dark, at a width."""
        page = self._window(sight.who, lang)
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.set_viewport_size({"width": width, "height": 900})
        answer = page.goto(self.server.url + self.things.fill(sight.path))
        if sight.sent is not None:
            answer = self._send(page, sight.sent)
        assert answer is not None
        if sight.typed:
            page.locator("#words[role=combobox]").press_sequentially(sight.typed)
            page.locator("main [role=option]").first.wait_for()
            page.keyboard.press("ArrowDown")
        return View(page, answer.status)

    def close(self) -> None:
        """Close every window."""
        for page in self._windows.values():
            page.context.close()

    def _send(self, page: Page, sent: Sent) -> Response | None:
        turn = next(self._turns)
        fields = {name: self.things.fill(value, turn) for name, value in sent.fields.items()}
        with page.expect_navigation() as arrival:
            page.locator(sent.form).first.evaluate(FILL_AND_SEND, fields)
        return arrival.value

    def _window(self, who: str, lang: str) -> Page:
        if (who, lang) not in self._windows:
            self._windows[who, lang] = self._open_window(who, lang)
        return self._windows[who, lang]

    def _open_window(self, who: str, lang: str) -> Page:
        """Sign in and choose the language by the page's own switch; browsers ask for the other."""
        other = "en-GB" if lang == "de" else "de-DE"
        context: BrowserContext = self.browser.new_context(locale=other)
        page = context.new_page()
        page.on("console", lambda message: self._note(page, message.text))
        page.on("pageerror", lambda error: self._note(page, str(error)))
        page.goto(f"{self.server.url}/login")
        if who:
            page.locator("[name=name]").fill(who)
            page.locator("[name=password]").fill(LOGINS.password)
            page.locator("[name=password]").press("Enter")
            page.wait_for_url(lambda address: "/login" not in address)
        button = page.locator(f".tools button[name=language][value={lang}]")
        if button.count():
            button.click()
            page.locator(f"html[lang={lang}]").wait_for()
        return page

    def _note(self, page: Page, text: str) -> None:
        if "status of 4" not in text:
            self.said.append(f"{page.url}: {text}")
