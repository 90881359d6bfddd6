"""Opening days: a closure with what it moves, what it leaves to settle, and days off a school."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from loans.models.closure import Closure, MovableHoliday
from loans.models.loan import Loan
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.rules.roles import Role
from tests.journeys.conftest import Visit, with_and_without_script
from tests.journeys.installation import store
from tests.journeys.visitor import Visitor
from tests.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("journeys")]

FIRST, LAST = date(2026, 12, 2), date(2026, 12, 4)
AFTER = date(2026, 12, 7)
CENTRE = 1
MOST_ACTIONS = 9
"""From the office to a confirmed closure, with a step back to the form."""


def due_between(server: Server, first: date, last: date) -> list[int]:
    """Loans of the first centre that are due on one of these days."""
    with store(server) as session:
        query = select(Loan.id).where(Loan.centre_id == CENTRE, Loan.returned_on.is_(None))
        query = query.where(Loan.received_on.is_(None))
        return list(session.scalars(query.where(Loan.due_on.between(first, last))))


def enter_closure(head: Visitor, name: str, first: date, last: date) -> None:
    """Go from the office to the form, fill it in, and look at what it would move."""
    head.open("/office")
    head.click("link", re.compile("^Öffnungstage"))
    head.click("link", "Schließzeit eintragen")
    head.fill("Name", name)
    head.fill("Geschlossen ab", first.isoformat())
    head.fill(re.compile("^Geschlossen bis"), last.isoformat())
    head.click("button", "Zeigen, was sich verschiebt")


@with_and_without_script
def test_a_closure_is_looked_at_confirmed_and_its_consequences_are_settled(
    server: Server, visit: Visit, *, script: bool
) -> None:
    moving = due_between(server, FIRST, LAST)
    assert moving
    head = visit(server, script=script)
    head.sign_in(Role.CENTRE_ADMIN)
    enter_closure(head, "Umzug der Technik", FIRST, LAST)
    main = head.page.locator("main")
    expect(main).to_contain_text("Noch ist nichts gespeichert.")
    expect(main).to_contain_text("Von welchem Tag auf welchen")
    assert due_between(server, FIRST, LAST) == moving
    head.click("button", "Zurück zum Formular")
    expect(head.page.locator("[name=name]")).to_have_value("Umzug der Technik")
    head.click("button", "Zeigen, was sich verschiebt")
    head.click("button", re.compile("^Speichern und "))
    expect(head.page.locator(".alert-success")).to_contain_text(f"{len(moving)} Termin")
    expect(main).to_contain_text("Umzug der Technik")
    assert head.actions <= MOST_ACTIONS
    assert_moved_with_one_letter_a_person(server, moving)
    settle_first_booking(visit(server, script=script))


def assert_moved_with_one_letter_a_person(server: Server, moving: list[int]) -> None:
    with store(server) as session:
        moved = session.scalars(select(Loan.due_on).where(Loan.id.in_(moving))).all()
        assert set(moved) == {AFTER}
        letters = session.scalars(
            select(OwedLetter).where(OwedLetter.kind == LetterKind.DATES_MOVED)
        ).all()
        assert letters
        assert len({each.person_id for each in letters}) == len(letters)


def settle_first_booking(staff: Visitor) -> None:
    """Go from the bookings to what needs attention, and on to the first booking of it."""
    staff.sign_in(Role.STAFF)
    staff.open("/bookings/all")
    staff.click("link", "Zu klären")
    expect(staff.page.locator("main")).to_contain_text("Schließzeit: Umzug der Technik")
    staff.page.locator("#closed b a").first.click()
    expect(staff.page).to_have_url(re.compile(r"/bookings/R-\d+$"))


@with_and_without_script
def test_a_closure_over_another_is_refused_and_nothing_that_was_typed_is_lost(
    lived: Server, visit: Visit, *, script: bool
) -> None:
    head = visit(lived, script=script)
    head.sign_in(Role.CENTRE_ADMIN)
    with store(lived) as session:
        known = session.scalars(
            select(Closure).where(Closure.centre_id == CENTRE, ~Closure.yearly)
        ).first()
        assert known is not None
        name, first = known.name, known.first
    enter_closure(head, "Inventur der Geräte", first, first)
    expect(head.page.locator("#faults")).to_contain_text(name)
    expect(head.page.locator("#faults")).to_contain_text("haben gemeinsame Tage")
    if script:
        expect(head.page.locator("#faults")).to_be_focused()
    expect(head.page.locator("[name=name]")).to_have_value("Inventur der Geräte")
    head.page.locator("#faults a").first.click()
    expect(head.page.locator("[name=first]")).to_be_focused()


@with_and_without_script
def test_a_school_enters_its_days_off(server: Server, visit: Visit, *, script: bool) -> None:
    admin = visit(server, script=script)
    admin.sign_in(Role.SCHOOL_ADMIN)
    admin.open("/school")
    admin.click("link", "Bewegliche Ferientage")
    admin.click("link", "2027/28")
    admin.check(re.compile("Rosenmontag"))
    admin.click("button", "Tage eintragen")
    expect(admin.page.locator("main")).to_contain_text("Montag, 28. Februar 2028")
    with store(server) as session:
        assert date(2028, 2, 28) in set(session.scalars(select(MovableHoliday.day)))
    admin.click("button", re.compile("^Tag entfernen.*28. Februar 2028"))
    expect(admin.page.locator(".alert-success")).to_contain_text("Der Tag ist entfernt.")
