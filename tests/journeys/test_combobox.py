"""Suggestions under the search fields, by keyboard, pointer and screen reader."""

import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Locator, Page, Route, expect

from schools.rules.roles import Role
from tests.journeys.conftest import Visit
from tests.journeys.test_pages import DESK, NARROWEST, PHONE, RUN_AXE, TAGS
from tests.journeys.visitor import Visitor
from tests.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("journeys")]

WORD = "foto"
TOUCH = 44
"""Pixels a finger needs (WCAG 2.5.5)."""


def field_of(page: Page) -> Locator:
    return page.locator("#words")


def options_of(page: Page) -> Locator:
    return page.locator("main [role=option]")


def search_page(visitor: Visitor, address: str = "/search") -> Page:
    visitor.open(address)
    expect(field_of(visitor.page)).to_have_role("combobox")
    return visitor.page


def type_word(page: Page, word: str = WORD) -> Locator:
    """Type into the search field and wait for the list."""
    field_of(page).press_sequentially(word)
    expect(options_of(page).first).to_be_visible()
    return options_of(page)


def active(page: Page) -> str | None:
    """Text of the option that a screen reader is at."""
    chosen = field_of(page).get_attribute("aria-activedescendant")
    return page.locator(f"#{chosen}").text_content() if chosen else None


def test_the_field_says_that_it_completes_and_what_list_it_controls(
    shown: Server, visit: Visit
) -> None:
    page = search_page(visit(shown))
    field = field_of(page)
    expect(field).to_have_accessible_name("Was suchen Sie?")
    expect(field).to_have_attribute("aria-autocomplete", "list")
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(field).to_have_attribute("autocomplete", "off")
    type_word(page)
    expect(field).to_have_attribute("aria-expanded", "true")
    listbox = page.locator(f"#{field.get_attribute('aria-controls')}")
    expect(listbox).to_have_role("listbox")
    expect(listbox).to_have_accessible_name("Was suchen Sie?")
    expect(listbox.get_by_role("group", name="Titel").get_by_role("option").first).to_be_visible()
    expect(page.locator("#said")).to_have_text(
        re.compile(r"^\d+ Vorschl(ag|äge), mit den Pfeiltasten zu erreichen$")
    )
    expect(field).to_be_focused()


def test_the_arrow_keys_go_round_the_list_and_through_the_field(
    shown: Server, visit: Visit
) -> None:
    page = search_page(visit(shown))
    texts = type_word(page).all_text_contents()
    assert active(page) is None
    page.keyboard.press("ArrowDown")
    assert active(page) == texts[0]
    expect(options_of(page).first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    assert active(page) is None
    page.keyboard.press("ArrowUp")
    assert active(page) == texts[-1]
    page.keyboard.press("ArrowDown")
    assert active(page) is None
    assert page.locator("[aria-selected=true]").count() == 0
    expect(field_of(page)).to_be_focused()
    expect(field_of(page)).to_have_value(WORD)


def test_home_end_and_the_side_arrows_move_in_the_text(shown: Server, visit: Visit) -> None:
    page = search_page(visit(shown))
    type_word(page)
    for key, caret in (("Home", 0), ("End", len(WORD)), ("ArrowLeft", len(WORD) - 1)):
        page.keyboard.press("ArrowDown")
        assert active(page)
        page.keyboard.press(key)
        assert active(page) is None
        assert field_of(page).evaluate("field => field.selectionStart") == caret


def test_enter_opens_the_suggestion_chosen(shown: Server, visit: Visit) -> None:
    page = search_page(visit(shown))
    type_word(page)
    title = page.locator("main").get_by_role("group", name="Titel").get_by_role("option").first
    name = title.text_content()
    for _ in range(20):
        page.keyboard.press("ArrowDown")
        if active(page) == name:
            break
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/titles/\d+$"))
    expect(page.get_by_role("heading", level=1)).to_have_text(name or "")


def test_enter_with_none_chosen_searches_for_what_was_typed(shown: Server, visit: Visit) -> None:
    page = search_page(visit(shown))
    type_word(page)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/search\?.*words={WORD}"))
    expect(options_of(page).first).to_be_hidden()


def test_escape_closes_the_list_and_keeps_the_words(shown: Server, visit: Visit) -> None:
    page = search_page(visit(shown))
    options = type_word(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(options.first).to_be_hidden()
    expect(field_of(page)).to_have_value(WORD)
    expect(field_of(page)).to_have_attribute("aria-expanded", "false")
    assert active(page) is None
    page.keyboard.press("ArrowDown")
    expect(options.first).to_be_visible()
    assert active(page)


def test_leaving_the_field_closes_the_list_without_choosing(shown: Server, visit: Visit) -> None:
    page = search_page(visit(shown))
    options = type_word(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(options.first).to_be_hidden()
    expect(page).to_have_url(re.compile(r"/search$"))


def test_a_click_opens_a_suggestion_with_the_days_already_entered(
    shown: Server, visit: Visit
) -> None:
    page = search_page(visit(shown), "/search?from=2026-12-03&until=2026-12-04&quantity=2")
    type_word(page, "biologie")
    page.locator("main").get_by_role("option", name="Biologie", exact=True).click()
    expect(page).to_have_url(
        re.compile(r"/search\?subject=BI&from=2026-12-03&until=2026-12-04&quantity=2$")
    )


def test_a_teacher_is_offered_units_of_the_own_school(shown: Server, visit: Visit) -> None:
    teacher = visit(shown)
    teacher.sign_in(Role.TEACHER)
    page = search_page(teacher)
    type_word(page, "energie")
    units = page.locator("main").get_by_role("group", name="Unterrichtsvorhaben der Schule")
    expect(units.get_by_role("option").first).to_be_visible()


def test_the_search_field_of_every_page_suggests_too(shown: Server, visit: Visit) -> None:
    teacher = visit(shown)
    teacher.sign_in(Role.TEACHER)
    teacher.open("/mine")
    field = teacher.page.get_by_role("combobox", name="Überall suchen")
    field.press_sequentially(WORD)
    expect(teacher.page.locator("header [role=option]").first).to_be_visible()


def test_a_late_answer_to_earlier_words_is_not_shown(shown: Server, visit: Visit) -> None:
    page = search_page(visit(shown))
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/suggest?words=foto", hold)
    with page.expect_request("**/suggest?words=foto"):
        field_of(page).press_sequentially(WORD)
    field_of(page).fill("biologie")
    expect(options_of(page).first).to_have_text("Biologie")
    late = {"kind": "title", "label": "Titel", "text": "Zu spät", "address": "/titles/1"}
    held[0].fulfill(json={"suggestions": [late], "said": ""})
    page.wait_for_timeout(300)
    expect(options_of(page).first).to_have_text("Biologie")


def test_one_letter_asks_nothing_and_no_answer_is_no_harm(shown: Server, visit: Visit) -> None:
    page = search_page(visit(shown))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    field_of(page).press_sequentially("f")
    page.wait_for_timeout(400)
    assert [url for url in asked if "/suggest" in url] == []
    field_of(page).press_sequentially("xqz")
    expect(page.locator("#said")).to_have_text("Keine Vorschläge")
    expect(field_of(page)).to_have_attribute("aria-expanded", "false")


@pytest.mark.parametrize("width", [NARROWEST, PHONE, DESK])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_open_list_is_accessible_moves_nothing_and_has_room_for_fingers(
    shown: Server, visit: Visit, width: int, scheme: str
) -> None:
    page = search_page(visit(shown, width=width, dark=scheme == "dark"))
    before = page.evaluate("document.scrollingElement.scrollHeight")
    options = type_word(page)
    page.keyboard.press("ArrowDown")
    page.evaluate(AXE_SCRIPT)
    assert page.evaluate(RUN_AXE, TAGS) == []
    assert page.evaluate("document.scrollingElement.scrollHeight") == before
    assert page.evaluate("document.scrollingElement.scrollWidth") == width
    heights = [option.bounding_box() for option in options.all()]
    assert min(box["height"] for box in heights if box) >= TOUCH


def test_without_script_the_field_is_a_plain_one(shown: Server, visit: Visit) -> None:
    visitor = visit(shown, script=False)
    visitor.open("/search")
    field = field_of(visitor.page)
    assert field.get_attribute("role") is None
    field.fill("fotosynthese")
    visitor.page.keyboard.press("Enter")
    expect(visitor.page).to_have_url(re.compile("words=fotosynthese"))
