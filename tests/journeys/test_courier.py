"""S4 and S5: picking for tomorrow, packing a tour by scanner only, the sheet, the driver's day."""

import re
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.rules.copy_states import CopyState
from loans.models.booking import BookingPick
from loans.models.tour import Tour, TourLoad, TourState
from loans.queries.picking import PickDay, pick_list
from loans.queries.to_pack import to_pack
from loans.queries.tour_heads import head_of_tour
from schools.rules.roles import Role, Scope
from tests.journeys.conftest import Visit, with_and_without_script
from tests.journeys.installation import store
from tests.journeys.visitor import Visitor
from tests.make import MONDAY
from tests.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("journeys")]

BUDGETS = tomllib.loads(Path(__file__).with_name("budgets.toml").read_text())
PHONE = 390
LEAST_TARGET = 44
SLOW_MS = 400


def planned(session: Session) -> Tour:
    return session.scalars(select(Tour).where(Tour.state == TourState.PLANNED)).one()


def to_pick(server: Server) -> tuple[list[str], int]:
    """Barcodes of what tomorrow's list still asks for, in its order; lines that lack a copy."""
    with store(server) as session:
        tour = planned(session)
        scope = Scope(centre_ids=frozenset({tour.route.centre_id}))
        asked = PickDay(tour.route.branch_id, tour.route.centre_id, tour.day, MONDAY)
        taken = set(session.scalars(select(BookingPick.copy_id)))
        codes, lacking = [], 0
        for each in pick_list(session, scope, asked).lines:
            found = on_the_shelf(session, each.line.holding_id, each.open, taken)
            taken |= {copy.id for copy in found}
            codes += [copy.barcode for copy in found]
            lacking += len(found) < each.open
        return codes, lacking


def on_the_shelf(session: Session, holding_id: int, count: int, taken: set[int]) -> list[Copy]:
    query = select(Copy).where(Copy.holding_id == holding_id, Copy.lendable, ~Copy.numbered)
    query = query.where(Copy.state == CopyState.AVAILABLE, Copy.id.not_in(taken))
    found = session.scalars(query.order_by(Copy.id)).all()
    return [each for each in found if not any(part.missing for part in each.parts)][:count]


def to_load(server: Server) -> list[tuple[str, bool]]:
    """What is still to be packed tomorrow: barcode, and whether its parts are counted first."""
    with store(server) as session:
        tour = planned(session)
        head = head_of_tour(session, tour.id)
        assert head is not None
        scope = Scope(centre_ids=frozenset({head.centre_id}))
        taken = set(session.scalars(select(BookingPick.copy_id)))
        codes = []
        for lines in to_pack(session, scope, head, MONDAY).values():
            for each in lines:
                own = [pick.barcode for pick in each.picks]
                query = select(Copy).where(Copy.barcode.in_(own)).order_by(Copy.id)
                copies = list(session.scalars(query))
                left = each.line.left - len(copies)
                copies += on_the_shelf(session, each.line.holding_id, left, taken)
                taken |= {copy.id for copy in copies}
                codes += [(copy.barcode, bool(copy.parts)) for copy in copies]
        return codes


@with_and_without_script
def test_s4_tomorrows_media_are_picked_along_the_shelves(
    server: Server, visit: Visit, *, script: bool
) -> None:
    codes, lacking = to_pick(server)
    assert len(codes) >= 1
    staff = visit(server, script=script)
    staff.sign_in(Role.STAFF)
    staff.open("/desk")
    staff.actions = 0
    staff.click("link", "Bereitlegeliste")
    for code in codes:
        staff.scan(code)
        expect(staff.page.locator("#say")).to_contain_text(code)
        expect(staff.page.locator("#say")).to_have_class(re.compile("say-ok"))
    expect(staff.page.locator(".log .icon[aria-label='noch bereitzulegen']")).to_have_count(
        lacking
    )
    staff.click("link", "Etiketten")
    expect(staff.page.locator(".labels li").first).to_contain_text("R-")
    assert staff.actions - len(codes) <= BUDGETS["pick_for_tomorrow"]


def pack_all(staff: Visitor, things: list[tuple[str, bool]]) -> int:
    """Scan each into its box, boxes of parts with a card of commands; returns how many scans."""
    scans = 0
    for code, has_parts in things:
        staff.scan(code)
        expect(staff.page.locator("#say")).to_contain_text(code)
        if has_parts:
            expect(staff.page.locator("#say")).to_contain_text("Teile zählen")
            staff.scan("CMD-JA")
        scans += 1 + has_parts
        expect(staff.page.locator("#say")).to_contain_text("Box B-")
        expect(staff.page.locator("#say")).to_have_class(re.compile("say-ok"))
    return scans


def of_another_tour(server: Server) -> str:
    """The barcode of something that today's tour has on board."""
    with store(server) as session:
        away = session.scalars(select(Tour).where(Tour.state == TourState.UNDER_WAY)).one()
        loads = [load for stop in away.stops for box in stop.boxes for load in box.loads]
        return loads[0].loan.copy.barcode


@with_and_without_script
def test_s5_a_tour_is_packed_handed_over_and_its_sheet_printed(
    server: Server, visit: Visit, *, script: bool
) -> None:
    things = to_load(server)
    assert len(things) >= 3
    staff = visit(server, script=script)
    staff.sign_in(Role.STAFF)
    staff.open("/tours")
    staff.actions = 0
    staff.page.get_by_role("link", name=re.compile("Zur Tour.*Tour Süd")).first.click()
    staff.actions += 1
    scans = pack_all(staff, things)
    expect(staff.page.locator("#code")).to_be_focused()
    staff.scan(of_another_tour(server))
    expect(staff.page.locator("#say")).to_have_class(re.compile("say-no"))
    staff.click("button", "Übergeben")
    expect(staff.page.locator(".alert-success")).to_contain_text("Übergeben")
    staff.click("link", "Tourenblatt")
    expect(staff.page.locator(".qr-stop")).not_to_have_count(0)
    assert staff.actions - scans - 1 <= BUDGETS["pack_a_tour"]
    with store(server) as session:
        assert session.scalars(select(Tour).where(Tour.state == TourState.PLANNED)).all() == []


def test_twenty_scans_in_a_burst_lose_none_however_slow_the_network(
    server: Server, visit: Visit
) -> None:
    codes = [code for code, has_parts in to_load(server) if not has_parts]
    staff = visit(server)
    staff.sign_in(Role.STAFF)
    staff.open("/tours")
    staff.slow_down(SLOW_MS)
    staff.page.get_by_role("link", name=re.compile("Zur Tour.*Tour Süd")).first.click()
    expect(staff.page.locator("#code")).to_be_focused()
    with store(server) as session:
        before = len(session.scalars(select(TourLoad)).all())
    burst = (codes * 20)[:20]
    for code in burst:
        staff.page.keyboard.type(code)
        staff.page.keyboard.press("Enter")
    expect(staff.page.locator("#say")).to_contain_text(burst[-1])
    expect(staff.page.locator("#say")).to_contain_text("liegt schon")
    with store(server) as session:
        assert len(session.scalars(select(TourLoad)).all()) == before + len(codes)


@with_and_without_script
def test_a_driver_reports_a_stop_in_two_taps_on_a_phone(
    server: Server, visit: Visit, *, script: bool
) -> None:
    staff = visit(server)
    staff.sign_in(Role.STAFF)
    staff.open("/tours")
    staff.page.get_by_role("link", name=re.compile("Zur Tour.*Tour Nord")).first.click()
    link = staff.page.locator("a.break").get_attribute("href")
    assert link is not None
    driver: Visitor = visit(server, script=script, width=PHONE)
    driver.open(urlsplit(link).path)
    buttons = driver.page.locator("main button, main summary")
    for place in range(buttons.count()):
        if not buttons.nth(place).is_visible():
            continue  # in a note that is closed
        box = buttons.nth(place).bounding_box()
        assert box is not None
        assert box["height"] >= LEAST_TARGET
    stop = driver.page.locator("li.drive", has_text="Abgeben: B-").nth(1)
    stop_id = stop.get_attribute("id")
    here = driver.page.locator(f"#{stop_id}")
    for words in ("Abgegeben", "Abgeholt"):
        here.get_by_role("button", name=re.compile(f"^{words}")).click()
        driver.actions += 1
        expect(here.locator(".btn-done", has_text=words)).to_be_visible()
    expect(here).to_contain_text("erledigt")
    assert driver.actions <= BUDGETS["drive_a_stop"]
    assert driver.page.evaluate("document.scrollingElement.scrollWidth") == PHONE
    staff.page.reload()
    expect(staff.page.locator(".badge", has_text="abgeholt")).not_to_have_count(0)


def test_the_sheet_prints_on_a4_without_clipped_columns(server: Server, visit: Visit) -> None:
    staff = visit(server)
    staff.sign_in(Role.STAFF)
    staff.open("/tours")
    staff.page.get_by_role("link", name=re.compile("Zur Tour.*Tour Nord")).first.click()
    staff.click("link", "Tourenblatt")
    staff.page.emulate_media(media="print")
    staff.page.set_viewport_size({"width": 680, "height": 1000})  # A4 less its margins, 96 dpi
    assert staff.page.evaluate("document.scrollingElement.scrollWidth") <= 680
    clipped = """
    () => [...document.querySelectorAll(".tour-sheet *")]
      .filter((each) => each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0)
      .map((each) => each.outerHTML.slice(0, 80))
    """
    assert staff.page.evaluate(clipped) == []
    expect(staff.page.locator(".signs").first).to_be_visible()
