"""The chain: a film is found, reserved for a unit, lent and taken back by scan, and seen."""

import re
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from catalogue.models.copy import Copy
from catalogue.models.title import Title
from catalogue.rules.copy_states import CopyState
from loans.models.booking import Booking
from schools.models.person import Person
from schools.rules.roles import Role
from tests.journeys.conftest import Visit, with_and_without_script
from tests.journeys.installation import store
from tests.journeys.visitor import Visitor
from tests.make import MONDAY
from tests.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("journeys")]

BUDGETS = tomllib.loads(Path(__file__).with_name("budgets.toml").read_text())
DAY = MONDAY + timedelta(days=3)


def reserve_a_film(teacher: Visitor, *, script: bool) -> str:
    """T1: from the search to a booked film; returns the booking's number."""
    teacher.open("/search")
    teacher.actions = 0
    teacher.fill("Was suchen Sie?", "Fotosynthese")
    teacher.fill("Frei von", DAY.isoformat())
    teacher.press("Enter")
    teacher.check(re.compile("^Biologie"))
    if not script:
        teacher.click("button", "Filter anwenden")
    expect(teacher.page.locator(".chip:not(.chip-off)", has_text="Biologie")).to_be_visible()
    grade = teacher.page.get_by_label(re.compile(r"^7\b"))
    grade.first.check()
    teacher.actions += 1
    if not script:
        teacher.click("button", "Filter anwenden")
    expect(teacher.page.locator(".chip:not(.chip-off)", has_text="7")).to_be_visible()
    teacher.click("link", re.compile("^Reservieren"))
    expect(teacher.page.get_by_role("heading", level=1)).to_contain_text("Fotosynthese")
    expect(teacher.page.locator("main [name=from]")).to_have_value(DAY.isoformat())
    chosen = teacher.page.locator(
        "main select[name=unit] option:checked, main select option:checked"
    )
    expect(chosen.first).to_contain_text("UV")
    teacher.click("button", "Verbindlich reservieren")
    expect(teacher.page.get_by_role("heading", level=1)).to_contain_text("Reserviert")
    found = re.search(r"R-\d+", teacher.page.locator("main").inner_text())
    assert found is not None
    return found.group()


def codes_for(server: Server, number: str) -> tuple[str, str, str]:
    """The teacher's card, a copy of what was booked and its title's name, as on the labels."""
    with store(server) as session:
        booking = session.scalars(select(Booking).where(Booking.number == number)).one()
        person = session.get_one(Person, booking.person_id)
        line = booking.lines[0]
        copy = session.scalars(
            select(Copy).where(
                Copy.holding_id == line.holding_id, Copy.state == CopyState.AVAILABLE
            )
        ).first()
        assert copy is not None
        return person.card, copy.barcode, session.get_one(Title, line.holding.title_id).name


@with_and_without_script
def test_a_film_is_reserved_lent_seen_and_taken_back(
    server: Server, visit: Visit, *, script: bool
) -> None:
    teacher = visit(server, script=script)
    teacher.sign_in(Role.TEACHER)
    number = reserve_a_film(teacher, script=script)
    assert teacher.actions <= BUDGETS["reserve_with_script" if script else "reserve_without"]

    card, barcode, name = codes_for(server, number)
    staff = visit(server, script=script)
    staff.sign_in(Role.STAFF)
    staff.open("/desk")
    staff.scan(card)
    expect(staff.page.locator(".say")).to_have_class(re.compile("say-ok"))
    staff.scan(barcode)
    expect(staff.page.locator(".log li").first).to_contain_text(barcode)
    expect(staff.page.locator(".log li").first).to_have_class(re.compile("l-ok"))

    admin = visit(server, script=script)
    admin.sign_in(Role.SCHOOL_ADMIN)
    admin.open("/school")
    expect(admin.page.locator("table", has_text=barcode).first).to_contain_text(name)

    staff.scan("CMD-FERTIG")
    expect(staff.page.locator(".say")).to_contain_text("Fertig")
    staff.scan(barcode)
    expect(staff.page.locator(".say")).to_have_text(
        re.compile(rf"{re.escape(name)}.*zurückgenommen", re.DOTALL)
    )
    admin.open("/school")
    expect(admin.page.locator("main")).not_to_contain_text(barcode)
    assert staff.actions == BUDGETS["lend_and_return_scans"]
