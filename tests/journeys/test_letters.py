"""Letters as a mail program shows them, and the pages around them, in a real browser."""

import re
from itertools import product
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from playwright.sync_api import Browser, expect

from app.letters import write_letter
from schools.models.owed_letter import LetterKind
from schools.rules.roles import Role
from tests.app.letter_facts import ADDRESS, plain_app, sample
from tests.effort import SOAK
from tests.journeys.conftest import Visit, with_and_without_script
from tests.journeys.test_pages import NARROWEST, RUN_AXE, TAGS
from tests.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("journeys")]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return plain_app(Path(tmp_path_factory.mktemp("letters")))


@pytest.mark.parametrize("kind", list(LetterKind))
def test_the_html_of_a_letter_is_accessible_and_narrow(
    app: Flask, browser: Browser, kind: LetterKind
) -> None:
    page = browser.new_page(viewport={"width": NARROWEST, "height": 600})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    every = product(("light", "dark"), ("de", "en"))
    for scheme, locale in every if SOAK else (("light", "de"), ("dark", "en")):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        with app.app_context():
            written = write_letter(sample(kind, locale), ADDRESS)
        page.set_content(written.html)
        page.evaluate(AXE_SCRIPT)
        assert page.evaluate(RUN_AXE, TAGS) == []
        assert page.evaluate("document.scrollingElement.scrollWidth") == NARROWEST
    assert asked == []
    page.close()


@with_and_without_script
def test_a_teacher_chooses_letters_once_a_day(server: Server, visit: Visit, script: bool) -> None:  # noqa: FBT001  # as its marker gives it
    visitor = visit(server, script=script)
    visitor.sign_in(Role.TEACHER)
    visitor.open("/profile#letters")
    bookings = visitor.page.get_by_role("group", name="Buchungen")
    bookings.get_by_label("einmal am Tag").check()
    visitor.click("button", "Auswahl speichern")
    expect(visitor.page.get_by_role("status").first).to_contain_text("Gespeichert")
    expect(bookings.get_by_label("einmal am Tag")).to_be_checked()


@with_and_without_script
def test_the_office_looks_at_its_own_words_before_saving_them(
    server: Server,
    visit: Visit,
    script: bool,  # noqa: FBT001  # as its marker gives it
) -> None:
    visitor = visit(server, script=script)
    visitor.sign_in(Role.CENTRE_ADMIN)
    visitor.open("/office/letters")
    visitor.click("link", "Texte der Briefe")
    visitor.click("link", re.compile("Ausleihe verlängert, Deutsch"))
    visitor.fill("Text (optional)", "Gern länger:\n\n{titles}\n\nBitte bis {due_on}.")
    visitor.click("button", "Vorschau")
    frame = visitor.page.frame_locator("iframe")
    expect(frame.get_by_text("Gern länger:")).to_be_visible()
    expect(frame.get_by_role("listitem").first).to_have_text("2 × Der Wald im Winter")
    visitor.click("button", "Speichern")
    expect(visitor.page.get_by_role("status").first).to_contain_text("ab dem nächsten Brief")


def test_the_link_of_a_calendar_is_copied_by_a_click(server: Server, visit: Visit) -> None:
    visitor = visit(server)
    visitor.sign_in(Role.TEACHER)
    visitor.open("/mine")
    visitor.click("link", "Im eigenen Kalender")
    visitor.click("link", "Meine Medien")
    visitor.page.evaluate(
        "addEventListener('copy', () => { window.copied = String(getSelection()); })"
    )
    visitor.click("button", "Link kopieren")
    expect(visitor.page.locator("#said")).to_have_text("Kopiert.")
    copied = visitor.page.evaluate("window.copied")
    assert copied == visitor.page.locator("#link").input_value()
    answer = visitor.page.request.get(f"{server.url}/feeds/{copied.rsplit('/', 1)[-1]}")
    assert answer.status == 200
    assert "BEGIN:VCALENDAR" in answer.text()
