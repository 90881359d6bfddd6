"""Days at the desk and at the teacher's table: renewing, cancelling, boxes, refusals, keys."""

import re
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.logins import LOGINS
from catalogue.models.copy import Copy, Part
from catalogue.models.defect import Defect
from catalogue.rules.copy_states import CopyState
from loans.models.loan import Loan
from schools.models.account import Account
from schools.models.person import Person
from schools.rules.roles import Role
from tests.journeys.conftest import Visit, with_and_without_script
from tests.journeys.installation import store
from tests.journeys.visitor import Visitor
from tests.make import MONDAY
from tests.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("journeys")]

BUDGETS = tomllib.loads(Path(__file__).with_name("budgets.toml").read_text())
MOST_STOPS = 150


def card_of(session: Session, role: Role) -> str:
    account = session.scalars(select(Account).where(Account.name == LOGINS.of(role).name)).one()
    return session.get_one(Person, account.person_id).card


def box_on_the_shelf(session: Session) -> tuple[str, str]:
    """A box and a part it needs that comes singly."""
    critical = (
        select(Part)
        .where(Part.critical, Part.count == 1, Part.missing == 0)
        .order_by(Part.copy_id.desc())
    )
    for part in session.scalars(critical):
        copy = session.get_one(Copy, part.copy_id)
        if copy.state is CopyState.AVAILABLE and copy.lendable and copy.home_branch_id == 1:
            return copy.barcode, part.name
    raise AssertionError("the demo has no such box")


def lend_a_box(server: Server, staff: Visitor) -> tuple[str, str]:
    """Lend it by scans, not counted; returns its code and a part it needs."""
    with store(server) as session:
        card = card_of(session, Role.TEACHER)
        barcode, part = box_on_the_shelf(session)
    staff.sign_in(Role.STAFF)
    staff.open("/desk")
    for code in (card, barcode, "CMD-JA", "CMD-FERTIG"):
        staff.scan(code)
    expect(staff.page.locator(".say")).to_contain_text("Fertig")
    staff.actions = 0
    return barcode, part


def due_day(server: Server, barcode: str) -> date:
    with store(server) as session:
        loan = session.scalars(
            select(Loan).join(Copy).where(Copy.barcode == barcode, Loan.returned_on.is_(None))
        ).one()
        assert loan.due_on is not None
        return loan.due_on


@with_and_without_script
def test_a_teacher_renews_what_may_be_renewed(
    server: Server, visit: Visit, *, script: bool
) -> None:
    teacher = visit(server, script=script)
    teacher.sign_in(Role.TEACHER)
    teacher.open("/mine")
    row = teacher.page.locator(
        ".plain li", has=teacher.page.get_by_role("button", name="Verlängern")
    )
    before = row.first.inner_text()
    row.first.get_by_role("button", name="Verlängern").click()
    teacher.actions += 1
    expect(teacher.page.locator(".alert").first).to_be_visible()
    teacher.settle()
    title = row.first.locator("b a").inner_text() if row.count() else before.split("\n")[2]
    expect(teacher.page.locator("main")).to_contain_text(title)
    expect(teacher.page.locator("main")).not_to_contain_text(before)
    assert teacher.actions <= BUDGETS["renew"]


@with_and_without_script
def test_a_box_comes_back_without_a_part_it_needs(
    server: Server, visit: Visit, *, script: bool
) -> None:
    with store(server) as session:
        card = card_of(session, Role.TEACHER)
        barcode, part = box_on_the_shelf(session)
    staff = visit(server, script=script)
    staff.sign_in(Role.STAFF)
    staff.open("/desk")
    staff.scan(card)
    expect(staff.page.locator(".say")).to_have_class(re.compile("say-ok"))
    staff.scan(barcode)
    expect(staff.page.locator(".say")).to_contain_text("Teile zählen")
    staff.click("button", re.compile("^Wie angehakt"))
    expect(staff.page.locator(".say")).to_have_class(re.compile("say-ok"))
    expect(staff.page.locator(".log li").first).to_contain_text("gezählt")

    staff.scan("CMD-FERTIG")
    staff.scan(barcode)
    expect(staff.page.locator(".say")).to_contain_text("Teile zählen")
    staff.page.locator(".log li").first.get_by_label(re.compile(f"^{re.escape(part)}")).uncheck()
    staff.click("button", re.compile("^Wie angehakt"))
    expect(staff.page.locator(".log li").first).not_to_have_class(re.compile("l-q"))
    expect(staff.page.locator(".log li").first).to_contain_text(part)
    with store(server) as session:
        copy = session.scalars(select(Copy).where(Copy.barcode == barcode)).one()
        assert copy.state is CopyState.INCOMPLETE


def test_by_keys_alone_a_box_comes_back_without_a_part_and_with_a_remark(
    server: Server, visit: Visit
) -> None:
    staff = visit(server)
    barcode, part = lend_a_box(server, staff)
    staff.scan(barcode)
    expect(staff.page.locator(".say")).to_contain_text("Teile zählen")
    box = staff.page.locator(".log li").first.get_by_label(re.compile(f"^{re.escape(part)}"))
    _tab_until(staff, lambda: box.evaluate("each => each === document.activeElement"))
    staff.press("Space")
    go_to_text(staff, re.compile("^Schaden oder Bemerkung$"))
    staff.press("Enter")
    go_to(staff, "text")
    staff.page.keyboard.type("Kabel liegt in Raum 12")
    staff.actions += 1
    staff.press("Enter")
    assert staff.actions <= BUDGETS["take_back_incomplete"]
    expect(staff.page.locator(".log li").first).not_to_have_class(re.compile("l-q"))
    expect(staff.page.locator("#code")).to_be_focused()
    with store(server) as session:
        copy = session.scalars(select(Copy).where(Copy.barcode == barcode)).one()
        assert copy.state is CopyState.INCOMPLETE
        defects = session.scalars(select(Defect).where(Defect.copy_id == copy.id)).all()
        assert [each for each in defects if "Raum 12" in each.text]


def test_a_refused_scan_tells_every_reason(lived: Server, visit: Visit) -> None:
    with store(lived) as session:
        card = card_of(session, Role.SCHOOL_ADMIN)
        copy = session.scalars(
            select(Copy)
            .where(Copy.state == CopyState.AVAILABLE, Copy.centre_id == 1, Copy.lendable)
            .where(~Copy.parts.any())
            .order_by(Copy.id.desc())
        ).first()
        assert copy is not None
        copy.lendable, copy.not_lendable_reason = False, "nur im Lesesaal"
        person = session.scalars(select(Person).where(Person.card == card)).one()
        person.blocked, person.block_reason = True, "Absprache mit der Leitung"
        barcode = copy.barcode
        session.commit()
    staff = visit(lived)
    staff.sign_in(Role.STAFF)
    staff.open("/desk")
    staff.scan(card)
    staff.scan(barcode)
    refused = staff.page.locator(".log li").first
    expect(refused).to_contain_text("nur im Lesesaal")
    expect(refused).to_contain_text("Absprache mit der Leitung")


def test_by_keys_alone_a_title_is_found_and_reserved(lived: Server, visit: Visit) -> None:
    teacher = visit(lived)
    teacher.sign_in(Role.TEACHER)
    teacher.open("/search")
    go_to(teacher, "words")
    teacher.page.keyboard.type("Fotosynthese")
    teacher.press("Enter")
    expect(teacher.page.locator("#found")).to_contain_text("Fotosynthese messen")
    go_to_text(teacher, re.compile("^Reservieren"))
    teacher.press("Enter")
    expect(teacher.page.locator("#reservieren")).to_be_visible()
    go_to_text(teacher, re.compile("^Verbindlich reservieren"))
    teacher.press("Enter")
    expect(teacher.page.locator("h1")).to_contain_text("Reserviert")


def test_by_keys_alone_the_desk_lends_and_takes_back(lived: Server, visit: Visit) -> None:
    with store(lived) as session:
        card = card_of(session, Role.TEACHER)
        barcode, _ = box_on_the_shelf(session)
    staff = visit(lived)
    staff.sign_in(Role.STAFF)
    staff.open("/desk")
    staff.scan(card)
    staff.scan(barcode)
    expect(staff.page.locator(".say")).to_contain_text("Teile zählen")
    staff.scan("CMD-JA")
    expect(staff.page.locator(".log li").first).to_have_class(re.compile("l-ok"))
    assert due_day(lived, barcode) > MONDAY
    staff.press("F9")
    staff.press("F3")
    staff.scan(barcode)
    staff.scan("CMD-JA")
    expect(staff.page.locator(".say")).to_have_class(re.compile("say-ok"))
    expect(staff.page.locator("#code")).to_be_focused()


def go_to(visitor: Visitor, name: str) -> None:
    """Press Tab until the main part's field of that name has the focus."""
    field = visitor.page.locator(f"main [name={name}]").first
    _tab_until(visitor, lambda: field.evaluate("each => each === document.activeElement"))


def go_to_text(visitor: Visitor, text: re.Pattern[str]) -> None:
    """Press Tab until something with that text has the focus."""
    said = "document.activeElement.textContent.trim()"
    _tab_until(visitor, lambda: bool(text.search(visitor.page.evaluate(said))))


def _tab_until(visitor: Visitor, arrived: Callable[[], bool]) -> None:
    for _ in range(MOST_STOPS):
        visitor.page.keyboard.press("Tab")
        if arrived():
            return
    raise AssertionError("no stop of the keyboard is it")
