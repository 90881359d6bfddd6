"""A desk without connection: scans wait, survive a reload, and are done once in their order."""

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from loans.models.desk_session import DeskScan
from loans.models.loan import Loan
from schools.models.account import SignInSession
from tests.app.desk.browsing import HEAR, MARKS, PATIENCE_MS, Open, ready, type_code
from tests.make import NOW, Make

pytestmark = [*MARKS, pytest.mark.lending("8.7")]

SCANS = "**/desk/scan"


def cut_off(page: Page) -> None:
    page.route(SCANS, lambda route: route.abort())


def connect(page: Page) -> None:
    page.unroute_all()


def waits(page: Page, words: str) -> None:
    expect(page.locator("#waiting b")).to_have_text(words, timeout=PATIENCE_MS)


def lent(make: Make) -> list[int]:
    make.session.rollback()
    return list(make.session.scalars(select(Loan.copy_id).order_by(Loan.id)))


def test_scans_wait_are_heard_and_are_done_in_order_when_it_is_back(
    make: Make, open_desk: Open
) -> None:
    copies = make.holding(copies=3).copies
    codes, ids = [copy.barcode for copy in copies], [copy.id for copy in copies]
    card = make.person().card
    make.session.rollback()
    page = open_desk(init=HEAR)
    type_code(page, card)
    expect(page.locator("#say")).to_have_attribute("data-mode", "lend")
    cut_off(page)
    for code in codes:
        type_code(page, code)
    waits(page, "3 Scans warten auf die Verbindung")
    expect(page.locator("#waiting span")).to_have_text(" · ".join(codes))
    expect(page.locator("#code")).to_be_focused()
    assert page.evaluate("heard.at(-1)") == 520
    assert lent(make) == []
    connect(page)
    expect(page.locator("#log li.l-ok")).to_have_count(3, timeout=PATIENCE_MS)
    expect(page.locator("#waiting")).to_be_hidden()
    assert lent(make) == ids


def test_what_waits_survives_a_reload(make: Make, open_desk: Open) -> None:
    card, copy = make.person().card, make.copy()
    barcode, copy_id = copy.barcode, copy.id
    make.session.rollback()
    page = open_desk()
    cut_off(page)
    type_code(page, card)
    type_code(page, barcode)
    waits(page, "2 Scans warten auf die Verbindung")
    page.reload()
    ready(page)
    waits(page, "2 Scans warten auf die Verbindung")
    type_code(page, barcode)
    waits(page, "3 Scans warten auf die Verbindung")
    connect(page)
    expect(page.locator("#log li")).to_have_count(2, timeout=PATIENCE_MS)
    assert lent(make) == [copy_id]


def test_an_answer_that_was_lost_does_nothing_twice(make: Make, open_desk: Open) -> None:
    card, copy = make.person().card, make.copy()
    barcode, copy_id = copy.barcode, copy.id
    make.session.rollback()
    page = open_desk()
    type_code(page, card)
    expect(page.locator("#side")).to_contain_text("Ada")

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route(SCANS, lose, times=1)
    type_code(page, barcode)
    expect(page.locator("#log li.l-ok")).to_have_count(1, timeout=PATIENCE_MS)
    assert lent(make) == [copy_id]
    lines = select(DeskScan).where(DeskScan.copy_id == copy_id)
    assert len(make.session.scalars(lines).all()) == 1


def test_what_is_refused_on_replay_is_told(make: Make, open_desk: Open) -> None:
    card, barcode = make.person().card, make.copy().barcode
    make.session.rollback()
    page = open_desk()
    cut_off(page)
    for code in (card, "MZ-999999", barcode):
        type_code(page, code)
    waits(page, "3 Scans warten auf die Verbindung")
    connect(page)
    waits(page, "Nicht erledigt von dem, was gewartet hatte")
    told = page.locator("#waiting span")
    expect(told).to_contain_text("MZ-999999: MZ-999999 Dieser Code ist hier nicht bekannt")
    expect(told).not_to_contain_text(barcode)


def test_who_was_signed_out_loses_nothing(make: Make, open_desk: Open) -> None:
    card, copy = make.person().card, make.copy()
    barcode = copy.barcode
    make.session.rollback()
    page = open_desk()
    row = make.session.scalars(select(SignInSession)).one()
    row.revoked_at = NOW
    make.session.commit()
    type_code(page, card)
    waits(page, "Sie sind abgemeldet. Melden Sie sich wieder an: Was wartet, wird dann erfasst")
    type_code(page, barcode)
    row.revoked_at = None
    make.session.commit()
    page.reload()
    expect(page.locator("#log li.l-ok")).to_have_count(1, timeout=PATIENCE_MS)


def test_scans_of_two_windows_are_kept_beside_each_other(make: Make, open_desk: Open) -> None:
    first = open_desk()
    cut_off(first)
    type_code(first, "MZ-1")
    waits(first, "1 Scan wartet auf die Verbindung")
    second = first.context.new_page()
    second.route(SCANS, lambda route: route.abort())
    second.goto(first.url)
    ready(second)
    waits(second, "1 Scan wartet auf die Verbindung")
    type_code(second, "MZ-2")
    waits(second, "2 Scans warten auf die Verbindung")
    first.bring_to_front()
    type_code(first, "MZ-3")
    kept = "JSON.parse(Object.values(localStorage)[0]).map((each) => each.fields[0][1]).sort()"
    assert first.evaluate(kept) == ["MZ-1", "MZ-2", "MZ-3"]
