"""Keys, sounds and scanners of every kind in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from loans.models.loan import Loan
from schools.models.account import Account
from tests.app.desk.browsing import HEAR, MARKS, TAKE_BACK, Open, ready, type_code
from tests.make import Make

pytestmark = MARKS

LOADED = "() => performance.getEntriesByType('resource').some((e) => e.name.includes('keys.js'))"

DETECTOR = """
window.BarcodeDetector = class {
  async detect() { return [{ rawValue: "CODE" }]; }
};
navigator.mediaDevices.getUserMedia = async () => document.createElement("canvas").captureStream();
HTMLMediaElement.prototype.play = async function () {};
"""


def settled(page: Page) -> None:
    """Wait until the keys of one letter are there."""
    page.wait_for_load_state("networkidle")


def scan_at_once(page: Page, code: str) -> None:
    """Scan as fast as a scanner does, by the keys' own time, whatever else keeps this machine."""
    page.evaluate(
        """(code) => {
          const here = document.activeElement;
          const begun = performance.now();
          for (const [place, key] of [...code, "Enter"].entries()) {
            const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
            Object.defineProperty(event, "timeStamp", { value: begun + 5 * place });
            if (here.dispatchEvent(event) && key === "Enter") here.click();
          }
        }""",
        code,
    )


@pytest.mark.lending("8.1")
def test_each_answer_has_its_own_tone_and_none_when_switched_off(
    make: Make, open_desk: Open
) -> None:
    card, barcode = make.person().card, make.copy().barcode
    make.session.rollback()
    page = open_desk(init=HEAR)
    type_code(page, card)
    expect(page.locator("#say")).to_have_class(re.compile("say-ok"))
    assert page.evaluate("heard") == [880]
    type_code(page, card)
    expect(page.locator("#say")).to_have_class(re.compile("say-again"))
    assert page.evaluate("heard") == [880, 520, 520]
    type_code(page, "MZ-999999")
    expect(page.locator("#say")).to_have_class(re.compile("say-no"))
    assert page.evaluate("heard") == [880, 520, 520, 220]
    page.get_by_role("button", name="Töne").click()
    expect(page.locator("#code")).to_be_focused()
    type_code(page, barcode)
    expect(page.locator("#say")).to_contain_text("ausgeliehen")
    assert len(page.evaluate("heard")) == 4
    page.reload()
    expect(page.get_by_role("button", name="Töne")).to_have_attribute("aria-pressed", "false")


@pytest.mark.lending("8.0")
@pytest.mark.parametrize("end", ["Enter", "Tab", "Control+j"])
def test_whatever_key_a_scanner_ends_with_it_is_a_scan(
    make: Make, open_desk: Open, end: str
) -> None:
    person = make.person()
    card = person.card
    make.session.rollback()
    page = open_desk()
    page.evaluate(
        """([code, end]) => {
        const field = document.querySelector("#code");
        field.focus();
        for (const key of code) {
          field.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
          field.value += key;
        }
        const [, ctrl, key] = /(Control\\+)?(.+)/.exec(end);
        const event = { key, ctrlKey: Boolean(ctrl), bubbles: true, cancelable: true };
        const gone = field.dispatchEvent(new KeyboardEvent("keydown", event));
        if (gone && key === "Enter") field.form.requestSubmit();
      }""",
        [card, end],
    )
    expect(page.locator("#side")).to_contain_text("Ada")
    expect(page.locator("#code")).to_have_value("")
    expect(page.locator("#code")).to_be_focused()


def test_who_types_slowly_leaves_the_field_by_tab(open_desk: Open) -> None:
    page = open_desk()
    page.keyboard.type("schmidt", delay=60)
    page.wait_for_timeout(100)
    page.keyboard.press("Tab")
    expect(page.locator("#code")).not_to_be_focused()
    expect(page.locator("#code")).to_have_value("schmidt")


def test_a_scan_beside_the_field_falls_into_it(make: Make, open_desk: Open) -> None:
    card = make.person().card
    make.session.rollback()
    page = open_desk()
    page.locator("h1").click()
    expect(page.locator("#code")).not_to_be_focused()
    type_code(page, card)
    expect(page.locator("#side")).to_contain_text("Ada")


def test_a_scan_on_a_button_presses_nothing(make: Make, open_desk: Open) -> None:
    card = make.person().card
    make.session.rollback()
    page = open_desk()
    settled(page)
    page.get_by_role("button", name="Töne").focus()
    scan_at_once(page, card)
    expect(page.locator("#side")).to_contain_text("Ada")
    expect(page.get_by_role("button", name="Töne")).to_have_attribute("aria-pressed", "true")


def test_on_any_page_a_scanner_asks_who_has_it(make: Make, open_desk: Open) -> None:
    loan = make.loan(make.copy(make.holding(make.title("Kamera 3")), barcode="MZ-004711"))
    person = loan.person
    assert person is not None
    name = person.name
    make.session.rollback()
    page = open_desk(path="/bookings/all")
    settled(page)
    scan_at_once(page, "MZ-004711")
    expect(page.locator("h1")).to_have_text("Kamera 3")
    expect(page.locator("main")).to_contain_text(name)


def test_single_letters_lead_and_question_mark_tells_which(open_desk: Open) -> None:
    page = open_desk(path="/search")
    settled(page)
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog")
    expect(sheet).to_contain_text("Zum Suchfeld")
    expect(sheet).to_contain_text("An der Theke")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    page.keyboard.press("/")
    expect(page.locator("#top-words")).to_be_focused()
    page.keyboard.type("gt")
    expect(page.locator("#top-words")).to_have_value("gt")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("g")
    page.wait_for_timeout(200)
    page.keyboard.press("t")
    ready(page)


def test_g_r_takes_back(make: Make, open_desk: Open) -> None:
    page = open_desk(path="/search")
    settled(page)
    page.keyboard.press("g")
    page.wait_for_timeout(200)
    page.keyboard.press("r")
    expect(page.get_by_role("radio", name=TAKE_BACK)).to_be_checked()
    assert page.url.endswith("/desk")


def test_j_k_and_x_go_through_a_list(make: Make, open_desk: Open) -> None:
    holding = make.holding(copies=3)
    title_id = holding.title_id
    make.session.rollback()
    page = open_desk(path=f"/catalogue/titles/{title_id}")
    settled(page)
    rows = page.locator("main :is(.hit, .plain > li, tbody tr)")
    stops = "document.activeElement.closest('tr, li, .hit')"
    page.keyboard.press("j")
    page.wait_for_timeout(200)
    first = page.evaluate(f"{stops}?.textContent")
    page.keyboard.press("j")
    page.wait_for_timeout(200)
    second = page.evaluate(f"{stops}?.textContent")
    page.keyboard.press("k")
    page.wait_for_timeout(200)
    assert rows.count() >= 3
    assert first
    assert second
    assert first != second
    assert page.evaluate(f"{stops}?.textContent") == first


def test_keys_of_one_letter_can_be_switched_off(make: Make, open_desk: Open) -> None:
    page = open_desk(path="/profile")
    page.get_by_label("Tasten mit einem Buchstaben").uncheck()
    page.get_by_role("button", name="Speichern", exact=True).click()
    settled(page)
    make.session.rollback()
    assert not all(make.session.scalars(select(Account.shortcuts)).all())
    page.locator("h1").click()
    for key in ("?", "/"):
        page.keyboard.press(key)
    page.wait_for_timeout(300)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#top-words")).not_to_be_focused()


def test_without_script_every_key_has_a_page(open_desk: Open) -> None:
    page = open_desk(script=False, path="/search")
    page.get_by_role("link", name="Tastatur").click()
    expect(page.locator("h1")).to_have_text("Tastatur")
    expect(page.locator("main")).to_contain_text("F9")
    page = open_desk(script=False)
    expect(page.locator("#sounds")).to_be_hidden()
    expect(page.locator("kbd", has_text="F9")).to_be_hidden()


def test_the_live_camera_scans_where_the_browser_reads_codes(make: Make, open_desk: Open) -> None:
    barcode, card = make.copy().barcode, make.person().card
    make.session.rollback()
    page = open_desk(init=DETECTOR.replace("CODE", barcode))
    type_code(page, card)
    expect(page.locator("#side")).to_contain_text("Ada")
    page.locator("#photo summary").click()
    page.get_by_role("button", name="Kamerabild").click()
    expect(page.locator("#log li.l-ok")).to_have_count(1)
    expect(page.locator("#live")).to_be_visible()
    page.get_by_role("button", name="Kamerabild").click()
    expect(page.locator("#live")).to_have_count(0)
    make.session.rollback()
    assert len(make.session.scalars(select(Loan)).all()) == 1


def test_without_such_a_browser_there_is_only_the_photo(open_desk: Open) -> None:
    page = open_desk()
    page.locator("#photo summary").click()
    expect(page.locator("#picture")).to_be_visible()
    expect(page.locator("#camera")).to_be_hidden()


def test_on_a_touch_screen_every_button_of_the_desk_is_44_pixels(
    make: Make, open_desk: Open
) -> None:
    cards = [make.person().card for _ in range(2)]
    part = make.part()
    barcode = part.copy.barcode
    make.session.rollback()
    page = open_desk()
    page.set_viewport_size({"width": 390, "height": 844})
    type_code(page, cards[0])
    page.keyboard.press("F4")
    type_code(page, cards[1])
    type_code(page, barcode)
    expect(page.locator("#log li.l-q")).to_have_count(1)
    page.locator("#photo summary").click()
    small = page.evaluate("""() => [...document.querySelectorAll(
        "main :is(button, .btn, select, input:not([type=hidden], [type=radio], [type=checkbox]))"
      )].map((each) => [each.textContent.trim(), each.getBoundingClientRect()])
        .filter(([, box]) => box.width && (box.height < 44 || box.width < 44))
        .map(([name, box]) => `${name} ${box.width}x${box.height}`)""")
    assert small == []


def test_the_card_of_commands_fits_on_one_sheet(make: Make, open_desk: Open) -> None:
    page = open_desk(path="/desk/commands")
    assert re.findall(rb"/Count (\d+)", page.pdf(format="A4")) == [b"1"]
