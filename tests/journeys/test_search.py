"""Finding media: by keyboard alone, without script, on the narrowest screen, in both languages."""

import re

import pytest
from playwright.sync_api import Page, Response, expect

from schools.rules.roles import Role
from tests.journeys.conftest import Visit, with_and_without_script
from tests.journeys.visitor import Visitor
from tests.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("journeys")]

NARROWEST = 320
MOST_STOPS = 150
MOST_BYTES = 80_000
MOST_REQUESTS = 10
DAY_TYPED, DAY = "02022027", "2027-02-02"
"""A Tuesday that reads the same with the day first or the month."""


def tab_to(visitor: Visitor, selector: str) -> None:
    """Press Tab until the focus is there."""
    for _ in range(MOST_STOPS):
        visitor.press("Tab")
        if visitor.page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"Tab never comes to {selector}")


def hits(page: Page) -> list[str]:
    return page.locator(".hit h2").all_inner_texts()


def total(page: Page) -> int:
    found = re.match(r"(\d+)", page.locator("#found > .row b").first.inner_text())
    return int(found[1]) if found else 0


def test_words_and_days_need_no_mouse(shown: Server, visit: Visit) -> None:
    reader = visit(shown)
    reader.open("/search")
    tab_to(reader, "#words")
    reader.page.keyboard.type("wald")
    reader.press("Enter")
    expect(reader.page).to_have_url(re.compile("words=wald"))
    tab_to(reader, "#from")
    reader.page.keyboard.type(DAY_TYPED)
    reader.press("Enter")
    expect(reader.page).to_have_url(re.compile(f"from={DAY}"))
    expect(reader.page.locator("#found")).to_contain_text("am Di, 2.2. frei:")


def test_filters_need_no_mouse_and_keep_the_focus(shown: Server, visit: Visit) -> None:
    reader = visit(shown)
    reader.open("/search")
    page, everything = reader.page, total(reader.page)
    tab_to(reader, "#subject-BI")
    reader.press("Space")
    expect(page).to_have_url(re.compile("subject=BI"))
    expect(page.locator("#subject-BI")).to_be_focused()
    assert 0 < total(page) < everything
    tab_to(reader, "[name=content_field]")
    reader.press("Space")
    expect(page).to_have_url(re.compile(r"content_field=BI\.\d"))
    expect(page.locator("[name=content_field]:checked")).to_be_focused()
    tab_to(reader, "#band-5")
    reader.press("Enter")
    expect(page).to_have_url(re.compile("grade=5&grade=6"))
    expect(page.locator("#band-5")).to_be_focused()
    tab_to(reader, "#area-2 > summary")
    reader.press("Enter")
    expect(page.locator("[id='media_competence-2.1']")).to_be_visible()


def test_what_was_unfolded_stays_so_when_the_findings_change(shown: Server, visit: Visit) -> None:
    reader = visit(shown)
    reader.open("/search")
    page = reader.page
    page.locator("#facet-year > summary").click()
    page.locator("#area-2 > summary").click()
    page.get_by_label(re.compile("^2.1 ")).check()
    expect(page).to_have_url(re.compile("media_competence=2.1"))
    expect(page.locator("#facet-year")).to_have_attribute("open", "")


@with_and_without_script
def test_filters_narrow_and_come_off_again(shown: Server, visit: Visit, *, script: bool) -> None:
    reader = visit(shown, script=script)
    reader.open("/search?words=wasser")
    page, before = reader.page, total(reader.page)

    def send() -> None:
        if not script:
            reader.click("button", "Filter anwenden")

    page.locator("#subject-BI").check()
    send()
    expect(page).to_have_url(re.compile("subject=BI"))
    expect(page.get_by_text("Inhaltsfelder")).to_be_visible()
    page.locator("[name=content_field]").first.check()
    send()
    expect(page).to_have_url(re.compile("content_field="))
    assert 0 < total(page) < before
    reader.click("link", re.compile("7–10"))
    expect(page.locator("[name=grade]:checked")).to_have_count(4)
    page.locator("#sort").select_option("title")
    if not script:
        reader.click("button", "Anwenden")
    expect(page).to_have_url(re.compile("sort=title"))
    assert hits(page) == sorted(hits(page), key=str.casefold)
    reader.click("link", "Alle löschen")
    expect(page.locator("main input:checked")).to_have_count(0)
    assert total(page) == before


@with_and_without_script
def test_a_typo_is_mended_and_can_be_insisted_on(
    shown: Server, visit: Visit, *, script: bool
) -> None:
    reader = visit(shown, script=script)
    reader.open("/search?words=fotosyntese")
    page = reader.page
    expect(page.locator("#found")).to_contain_text("Gezeigt werden die Treffer für „Fotosynthese“")
    expect(page.locator(".hit h2", has_text="synthese").first).to_be_visible()
    reader.click("link", "Stattdessen nach „fotosyntese“ suchen")
    expect(page.locator("h2", has_text="Keine Treffer")).to_be_visible()
    expect(page.locator("#found")).to_contain_text("Genau wie geschrieben")
    reader.click("link", re.compile("^ohne Genau wie geschrieben"))
    expect(page.locator(".hit h2", has_text="synthese").first).to_be_visible()


@pytest.mark.parametrize(
    ("lang", "filters", "close"), [("de-DE", "Filter", "Schließen"), ("en-GB", "Filters", "Close")]
)
def test_the_narrowest_phone_shows_filters_and_findings(
    shown: Server, visit: Visit, lang: str, filters: str, close: str
) -> None:
    reader = visit(shown, width=NARROWEST, lang=lang)
    page = reader.page
    reader.open("/search?subject=BI&from=2026-12-03&quantity=2")
    reader.click("link", re.compile(f"^{filters}"))
    page.locator("#more-media_type > summary").click()
    page.locator("#band-7").click()
    expect(page.locator("[name=grade]:checked")).to_have_count(4)
    expect(page.locator("#more-media_type")).to_have_attribute("open", "")
    assert page.evaluate("document.scrollingElement.scrollWidth") == NARROWEST
    reader.click("link", close)
    expect(page.locator(".hit").first).to_be_in_viewport()


def test_a_teacher_comes_back_to_the_same_findings_by_their_address(
    shown: Server, visit: Visit
) -> None:
    teacher, colleague = visit(shown), visit(shown)
    teacher.sign_in(Role.TEACHER)
    teacher.open("/search?subject=BI&sort=lent")
    teacher.click("link", "Weiter")
    expect(teacher.page).to_have_url(re.compile("page=2"))
    colleague.sign_in(Role.TEACHER)
    colleague.page.goto(teacher.page.url)
    assert hits(colleague.page) == hits(teacher.page) != []


def test_a_cold_search_page_is_light(shown: Server, visit: Visit) -> None:
    answers: list[Response] = []

    def note(answer: Response) -> None:
        answers.append(answer)

    reader = visit(shown)
    reader.page.on("response", note)
    reader.open("/search?subject=BI&grade=7&media_competence=2.1&from=2026-12-03&quantity=2")
    reader.page.wait_for_load_state("networkidle")
    sizes = [answer.request.sizes() for answer in answers]
    carried = sum(each["responseBodySize"] + each["responseHeadersSize"] for each in sizes)
    assert len(hits(reader.page)) == 20
    assert len(answers) <= MOST_REQUESTS
    assert carried <= MOST_BYTES
