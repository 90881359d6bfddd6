"""A teacher's weeks: a set for a project, a list for others, what is due, again, other days."""

import re
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from sqlalchemy import delete, select

from app.demo.logins import LOGINS
from loans.models.basket import BasketLine
from loans.models.booking import Booking
from loans.rules.booking_states import BookingState
from schools.models.account import Account
from schools.rules.roles import Role
from tests.journeys.conftest import Visit, with_and_without_script
from tests.journeys.installation import store
from tests.journeys.visitor import Visitor
from tests.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("journeys")]

BUDGETS = tomllib.loads(Path(__file__).with_name("budgets.toml").read_text())
SET = 6
PROJECT_WEEK = ("2026-12-14", "2026-12-18")
LISTED = 12


def own_booking(server: Server, state: BookingState) -> Booking:
    """Return a booking of the teacher whose login the demo prints."""
    with store(server) as session:
        name = LOGINS.of(Role.TEACHER).name
        person = select(Account.person_id).where(Account.name == name).scalar_subquery()
        query = select(Booking).where(Booking.person_id == person, Booking.state == state)
        booking = session.scalars(query.order_by(Booking.first)).first()
        assert booking is not None
        assert booking.lines
        return booking


def is_reserved(teacher: Visitor) -> str:
    """Expect the page of a booking just made; returns its number."""
    expect(teacher.page.get_by_role("heading", level=1)).to_contain_text("Reserviert")
    found = re.search(r"R-\d+", teacher.page.locator("main").inner_text())
    assert found is not None
    return found.group()


@pytest.mark.lending("5.4")
@with_and_without_script
def test_six_of_a_kind_are_reserved_for_a_project_week(
    server: Server, visit: Visit, *, script: bool
) -> None:
    with store(server) as session:
        session.execute(delete(BasketLine))
        session.commit()
    teacher = visit(server, script=script)
    teacher.sign_in(Role.TEACHER)
    teacher.open("/search")
    teacher.fill("Was suchen Sie?", "Kamera")
    teacher.fill("Frei von", PROJECT_WEEK[0])
    teacher.fill("bis", PROJECT_WEEK[1])
    teacher.fill("Anzahl", str(SET))
    if not script:
        teacher.press("Enter")
    expect(teacher.page).to_have_url(re.compile(f"quantity={SET}"))
    teacher.click("button", re.compile(f"^{SET} in den Korb"))
    expect(teacher.page.locator("main")).to_contain_text("gehalten bis")
    teacher.click("button", "Verbindlich reservieren")
    number = is_reserved(teacher)
    kind = "with_script" if script else "without"
    assert teacher.actions <= BUDGETS[f"set_for_a_project_{kind}"]
    with store(server) as session:
        booking = session.scalars(select(Booking).where(Booking.number == number)).one()
        assert (booking.first.isoformat(), booking.last.isoformat()) == PROJECT_WEEK
        assert [line.quantity for line in booking.lines] == [SET]


@with_and_without_script
def test_twelve_titles_are_put_on_a_list_and_shared(
    server: Server, visit: Visit, *, script: bool
) -> None:
    teacher = visit(server, script=script)
    teacher.sign_in(Role.TEACHER)
    teacher.open("/search?words=Wasser")
    stars = teacher.page.get_by_test_id("keep")
    names = teacher.page.locator(".hit h2").all_inner_texts()[:LISTED]
    for number in range(LISTED):
        stars.nth(number).click()
        expect(teacher.page.locator(".alert").first).to_contain_text("Merkliste")
    starred = teacher.actions = LISTED
    teacher.page.locator(".alert").get_by_role("link").first.click()
    teacher.actions += 1
    expect(teacher.page.get_by_test_id("hit")).to_have_count(LISTED)
    teacher.click("button", "Per Link teilen")
    address = teacher.page.get_by_label("Link", exact=True).input_value()
    assert teacher.actions - starred <= BUDGETS["share_a_list"]

    stranger = visit(server, script=script)
    link = urlsplit(address).path
    stranger.open(link)
    shown = stranger.page.locator("main").inner_text()
    assert [name for name in names if name not in shown] == []
    teacher.click("button", "Nicht mehr teilen")
    stranger.open(link)
    expect(stranger.page.locator("main")).not_to_contain_text(names[0])


@with_and_without_script
def test_who_signs_in_sees_at_once_what_is_due(
    shown: Server, visit: Visit, *, script: bool
) -> None:
    teacher = visit(shown, script=script)
    teacher.sign_in(Role.TEACHER)
    for heading in ("Heute", "Diese Woche", "Überfällig"):
        expect(teacher.page.get_by_role("heading", level=2, name=heading)).to_be_visible()
    assert teacher.actions <= BUDGETS["what_is_due"]


@pytest.mark.lending("5.7")
@with_and_without_script
def test_a_past_booking_is_repeated(server: Server, visit: Visit, *, script: bool) -> None:
    past = own_booking(server, BookingState.CLOSED)
    teacher = visit(server, script=script)
    teacher.sign_in(Role.TEACHER)
    teacher.open(f"/bookings/{past.number}")
    teacher.click("link", "Wieder reservieren")
    expect(teacher.page.locator(".badge", has_text="frei").first).to_be_visible()
    teacher.click("button", "Verbindlich reservieren")
    assert is_reserved(teacher) != past.number
    assert teacher.actions <= BUDGETS["repeat_a_booking"]


@pytest.mark.lending("5.6")
@with_and_without_script
def test_a_booking_gets_other_days_and_the_calendar_learns_of_it(
    server: Server, visit: Visit, *, script: bool
) -> None:
    booking = own_booking(server, BookingState.CONFIRMED)
    teacher = visit(server, script=script)
    teacher.sign_in(Role.TEACHER)
    teacher.open(f"/bookings/{booking.number}")
    page = f"{server.url}/bookings/{booking.number}.ics"
    before = teacher.page.request.get(page).text()
    teacher.fill("Bis", booking.first.isoformat())
    teacher.click("button", "Diese Tage setzen")
    expect(teacher.page.locator(".alert").first).to_contain_text("ist geändert")
    assert teacher.actions <= BUDGETS["change_a_booking"]
    after = teacher.page.request.get(page).text()
    assert _said(after, "UID") == _said(before, "UID")
    assert int(_said(after, "SEQUENCE")) == int(_said(before, "SEQUENCE")) + 1


@pytest.mark.lending("5.6")
@with_and_without_script
def test_a_booking_is_cancelled_and_taken_up_again(
    server: Server, visit: Visit, *, script: bool
) -> None:
    booking = own_booking(server, BookingState.CONFIRMED)
    teacher = visit(server, script=script)
    teacher.sign_in(Role.TEACHER)
    teacher.open(f"/bookings/{booking.number}")
    teacher.page.locator("summary", has_text="Reservierung stornieren").click()
    teacher.actions += 1
    teacher.click("button", "Verbindlich stornieren")
    assert teacher.actions <= BUDGETS["cancel_a_booking"]
    teacher.open(f"/bookings/{booking.number}")
    expect(teacher.page.locator(".badge").first).to_have_text("Storniert")
    teacher.click("button", "Wieder aufnehmen")
    expect(teacher.page.locator(".alert").first).to_contain_text("wieder reserviert")


def _said(calendar: str, name: str) -> str:
    found = re.search(rf"^{name}:(.*?)\r?$", calendar, re.MULTILINE)
    assert found is not None, calendar
    return found[1]
