"""The desk in a real browser: bursts lose nothing, focus stays, and it works without script."""

import pytest
from playwright.sync_api import expect

from tests.app.desk.browsing import MARKS, TAKE_BACK, Open, ready, type_code
from tests.make import Make

pytestmark = [pytest.mark.lending("8.1"), *MARKS]

BURST = 20


def test_a_burst_of_scans_loses_none_and_keeps_their_order(make: Make, open_desk: Open) -> None:
    holding = make.holding(copies=BURST)
    codes = [copy.barcode for copy in holding.copies]
    card = make.person().card
    page = open_desk()
    for code in (card, *codes):
        type_code(page, code)
    lines = page.locator("#log li.l-ok .mono")
    expect(lines).to_have_count(BURST, timeout=30_000)
    assert lines.all_inner_texts() == codes[::-1]
    expect(page.locator("#code")).to_be_focused()
    expect(page.locator("#say")).to_contain_text(f"{BURST}. Medium")


def test_lending_and_taking_back_needs_no_mouse(make: Make, open_desk: Open) -> None:
    card, copy = make.person().card, make.copy()
    barcode = copy.barcode
    page = open_desk()
    type_code(page, card)
    type_code(page, barcode)
    expect(page.locator("#say")).to_contain_text("ausgeliehen bis")
    page.keyboard.press("F3")
    type_code(page, barcode)
    expect(page.locator("#say")).to_contain_text("zurückgenommen")
    page.keyboard.press("F9")
    expect(page.locator("#say")).to_contain_text("Fertig")
    expect(page.get_by_role("radio", name="Ausleihe")).to_be_checked()
    expect(page.locator("#code")).to_be_focused()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_box_comes_back_without_a_part(make: Make, open_desk: Open, *, script: bool) -> None:
    part = make.part(name="Netzteil")
    make.part(part.copy, "Tasche")
    barcode = make.loan(part.copy).copy.barcode
    page = open_desk(script=script)
    type_code(page, barcode)
    page.get_by_label("Tasche").uncheck()
    page.get_by_role("button", name="Wie angehakt").press("Enter")
    expect(page.locator("#say")).to_contain_text("es fehlt: Tasche")
    expect(page.locator("#code")).to_be_focused()


def test_everything_works_without_script(make: Make, open_desk: Open) -> None:
    card, copy = make.person(family_name="Schmidt").card, make.copy()
    barcode = copy.barcode
    page = open_desk(script=False)
    type_code(page, barcode)
    expect(page.locator("#say")).to_contain_text("Für wen?")
    ready(page)
    type_code(page, card)
    expect(page.locator("#say")).to_contain_text("ausgeliehen bis")
    page.get_by_role("radio", name=TAKE_BACK).check()
    page.locator("#code").focus()
    type_code(page, barcode)
    expect(page.locator("#say")).to_contain_text("zurückgenommen")
    page.get_by_role("button", name="Fertig").click()
    expect(page.locator("#say")).to_contain_text("Ausgeliehen: 1, zurückgenommen: 1")
    type_code(page, "schmi")
    page.get_by_role("button", name="Ada Schmidt").click()
    expect(page.locator("#side")).to_contain_text("Ada Schmidt")
