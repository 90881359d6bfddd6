"""Where nothing is free, where a class gets a medium, and where a unit or a year is reserved."""

import re
import tomllib
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from catalogue.models.title import Title
from loans.models.booking import Booking
from schools.rules.roles import Role
from tests.journeys.conftest import Visit, with_and_without_script
from tests.journeys.installation import store
from tests.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("journeys")]

BUDGETS = tomllib.loads(Path(__file__).with_name("budgets.toml").read_text())
TAKEN = "Pflanzen verstehen"
TAKEN_DAYS = "from=2026-12-07&until=2026-12-11"
"""When another school has every copy of it; see `app.demo.plans`."""

ONLINE = "Photosynthese kurz erklärt"
CODE = re.compile(r"[3-9A-Y]{4}-[3-9A-Y]{4}-[3-9A-Y]{4}")


def title_id(server: Server, name: str) -> int:
    with store(server) as session:
        return session.scalars(select(Title.id).where(Title.name == name)).one()


def booked_days(server: Server, name: str) -> list[tuple[str, str]]:
    """First and last day of the newest bookings of a title, the newest first."""
    with store(server) as session:
        found = session.scalars(select(Booking).order_by(Booking.id.desc()).limit(40))
        return [
            (each.first.isoformat(), each.last.isoformat())
            for each in found
            if any(line.holding.title.name == name for line in each.lines)
        ]


@pytest.mark.lending("5.2")
@with_and_without_script
def test_where_nothing_is_free_one_click_more_reserves_the_next_days(
    server: Server, visit: Visit, *, script: bool
) -> None:
    teacher = visit(server, script=script)
    teacher.sign_in(Role.TEACHER)
    teacher.open(f"/titles/{title_id(server, TAKEN)}?{TAKEN_DAYS}")
    ways = teacher.page.locator("#nichts-frei")
    expect(ways).to_contain_text("Nicht zu haben: 7.12. bis 11.12.2026")
    expect(ways).to_contain_text("Jederzeit online")
    teacher.click("link", "Diese Tage nehmen")
    expect(teacher.page.locator("#nichts-frei")).to_have_count(0)
    extra = teacher.actions
    teacher.click("button", "Verbindlich reservieren")
    expect(teacher.page.get_by_role("heading", level=1)).to_contain_text("Reserviert")
    assert extra <= BUDGETS["nothing_free_extra"]
    first, last = booked_days(server, TAKEN)[0]
    assert "2026-12-11" < first <= last


@pytest.mark.lending("3.6")
@with_and_without_script
def test_a_class_gets_an_online_medium_by_a_code(
    server: Server, visit: Visit, *, script: bool
) -> None:
    teacher = visit(server, script=script)
    teacher.sign_in(Role.TEACHER)
    teacher.open(f"/titles/{title_id(server, ONLINE)}")
    teacher.click("button", "Link/QR-Code für die Klasse")
    found = CODE.search(teacher.page.locator("main").inner_text())
    assert found is not None
    expect(teacher.page.locator(".qr svg").first).to_be_visible()
    printing = 1
    assert teacher.actions + printing <= BUDGETS["class_gets_a_medium"]

    pupil = visit(server, script=script, width=390)
    pupil.open("/k")
    pupil.fill("Code", found.group().lower().replace("-", " "))
    pupil.click("button", "Öffnen")
    expect(pupil.page.get_by_role("heading", level=1)).to_have_text(ONLINE)
    expect(pupil.page.get_by_role("link", name="Online öffnen")).to_be_visible()
    address = pupil.page.url

    teacher.click("button", "Code beenden")
    pupil.page.goto(address)
    expect(pupil.page.locator("main")).not_to_contain_text(ONLINE)


@pytest.mark.lending("6.2")
@with_and_without_script
def test_a_units_media_are_reserved_in_one_go(
    server: Server, visit: Visit, *, script: bool
) -> None:
    teacher = visit(server, script=script)
    teacher.sign_in(Role.TEACHER)
    teacher.open("/mine")
    teacher.click("link", "Alles reservieren")
    expect(teacher.page.get_by_role("heading", level=1)).to_have_text(re.compile("^UV 10.1"))
    teacher.click("button", "Gewähltes verbindlich reservieren")
    expect(teacher.page.get_by_role("heading", level=1)).to_contain_text("Reserviert")
    expect(teacher.page.locator("main")).to_contain_text("UV 10.1 Erbregeln und DNA")
    assert teacher.actions <= BUDGETS["unit_in_one_go"]
    assert booked_days(server, "Vom Gen zum Merkmal")[0] == ("2026-11-23", "2026-12-07")


@pytest.mark.lending("6.2")
@with_and_without_script
def test_a_years_plan_is_reserved_with_a_conflict_solved_by_another_week(
    server: Server, visit: Visit, *, script: bool
) -> None:
    teacher = visit(server, script=script)
    teacher.sign_in(Role.TEACHER)
    teacher.open("/mine")
    teacher.click("link", "Plan des Schuljahres")
    choice = teacher.page.get_by_label(f"Was von {TAKEN} reserviert wird").first
    other = choice.locator("option", has_text="andere Woche")
    choice.select_option(other.get_attribute("value"))
    teacher.actions += 1
    teacher.click("button", "Gewähltes verbindlich reservieren")
    expect(teacher.page.locator(".alert").first).to_contain_text("Reservierungen sind angelegt")
    assert teacher.actions <= BUDGETS["plan_of_a_year"]
    first, _last = booked_days(server, TAKEN)[0]
    assert first > "2026-12-11"
    before = len(booked_days(server, "Rauch und Dampf"))
    again = teacher.page.locator("main select[form=plan]")
    if again.count():
        teacher.click("button", "Gewähltes verbindlich reservieren")
    assert len(booked_days(server, "Rauch und Dampf")) == before == 1
