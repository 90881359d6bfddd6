"""A morning at the desk: scans alone, the telephone rings, and somebody comes without a card."""

import re
import tomllib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.rules.copy_states import CopyState
from loans.models.loan import Loan
from schools.models.institution import Institution
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.models.person import Membership, Person
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.journeys.conftest import Visit, with_and_without_script
from tests.journeys.installation import store
from tests.journeys.things import shown_centre
from tests.journeys.visitor import Visitor
from tests.make import MONDAY, Make
from tests.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("journeys")]

BUDGETS = tomllib.loads(Path(__file__).with_name("budgets.toml").read_text())
ITEMS = 8
SLOW_MS = 400
COUNT_HANDS = """
window.hands = { mouse: 0, keys: 0 };
addEventListener("mousedown", () => { hands.mouse += 1; });
addEventListener("keydown", (event) => { if (event.target.id !== "code") hands.keys += 1; });
"""


@dataclass(frozen=True)
class Customer:
    """Somebody with a card who takes eight things, two of them booked."""

    card: str
    codes: list[str]
    booking: str
    email: str


def customer(server: Server) -> Customer:
    with store(server) as session:
        make = Make(session)
        person = teacher(session)
        holding = make.holding(make.title("Stativ für Handys"), shelf_mark="C3")
        copies = [make.copy(holding, barcode=f"MZ-8{n:05}") for n in range(ITEMS)]
        days = Period(MONDAY, MONDAY + timedelta(days=4))
        booking = make.booking(holding, days, 2, person=person, number="R-88888")
        codes = [copy.barcode for copy in copies]
        return Customer(person.card, codes, booking.number, person.email or "")


def teachers(session: Session) -> list[Person]:
    """The teachers of the shown centre who have nothing, the first known first."""
    having = select(Loan.person_id).where(Loan.person_id.is_not(None))
    query = (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .join(Institution, Institution.id == Membership.institution_id)
        .where(Institution.centre_id == shown_centre(session), Person.id.not_in(having))
        .where(~Person.blocked, Membership.last.is_(None))
        .order_by(Person.id)
    )
    return list(session.scalars(query).unique())


def teacher(session: Session) -> Person:
    return teachers(session)[0]


def at_the_desk(visit: Visit, server: Server, *, script: bool = True) -> Visitor:
    staff = visit(server, script=script)
    if script:
        staff.page.add_init_script(COUNT_HANDS)
    staff.sign_in(Role.STAFF)
    staff.open("/desk")
    expect(staff.page.locator("#code")).to_be_focused()
    return staff


@with_and_without_script
def test_a_customer_with_eight_items_takes_ten_scans_no_mouse_and_no_key(
    server: Server, visit: Visit, *, script: bool
) -> None:
    served = customer(server)
    staff = at_the_desk(visit, server, script=script)
    say, log = staff.page.locator("#say"), staff.page.locator("#log li")
    staff.scan(served.card)
    expect(staff.page.locator("#side")).to_contain_text(served.booking)
    for number, code in enumerate(served.codes, start=1):
        staff.scan(code)
        expect(log.first).to_contain_text(code)
        expect(say).to_have_class(re.compile("say-ok"))
        expect(say).to_contain_text(f"{number}. Medium")
        expect(staff.page.locator("#code")).to_be_focused()
        if number == 2:
            expect(staff.page.locator("#side .todo .done")).to_have_count(1)
    staff.scan("CMD-FERTIG")
    expect(say).to_contain_text(f"Fertig. Ausgeliehen: {ITEMS}")
    expect(staff.page.locator("#code")).to_be_focused()
    assert staff.actions == BUDGETS["serve_scans"]
    if script:
        assert staff.page.evaluate("hands") == {"mouse": 0, "keys": 0}
    with store(server) as session:
        query = select(OwedLetter).where(OwedLetter.kind == LetterKind.LOAN_RECEIPT)
        letter = session.scalars(query.order_by(OwedLetter.id.desc()).limit(1)).one()
        assert (letter.to_address, letter.facts["count"]) == (served.email, ITEMS)


def test_the_telephone_is_answered_without_leaving_the_customer(
    server: Server, visit: Visit
) -> None:
    served = customer(server)
    with store(server) as session:
        make = Make(session)
        copy = make.copy(make.holding(make.title("VR-Set 77")), barcode="MZ-877777")
        make.loan(copy, person=teacher(session))
    staff = at_the_desk(visit, server)
    staff.scan(served.card)
    staff.scan(served.codes[0])
    expect(staff.page.locator("#log li")).to_have_count(1)
    staff.page.wait_for_load_state("networkidle")
    staff.actions = 0
    staff.press("/")
    staff.page.keyboard.type("MZ-877777")
    staff.actions += 1
    answer = staff.page.get_by_role("option").first
    expect(answer).to_contain_text("VR-Set 77")
    expect(answer).to_contain_text("Ausgeliehen")
    expect(answer).to_contain_text("zurück bis Mo, 7.12.")
    staff.press("Escape")
    expect(staff.page.locator("#code")).to_be_focused()
    assert staff.actions == BUDGETS["answer_the_telephone"]
    staff.scan(served.codes[1])
    expect(staff.page.locator("#log li")).to_have_count(2)


def test_two_customers_wait_while_a_third_is_served_and_a_reload_keeps_all(
    server: Server, visit: Visit
) -> None:
    served = customer(server)
    with store(server) as session:
        cards = [person.card for person in teachers(session)][1:3]
    staff = at_the_desk(visit, server)
    staff.scan(served.card)
    staff.scan(served.codes[0])
    staff.press("F4")
    tabs = staff.page.locator("#parked li")
    expect(tabs).to_have_count(1)
    staff.scan(cards[0])
    staff.press("F4")
    expect(tabs).to_have_count(2)
    staff.page.reload()
    expect(tabs).to_have_count(2)
    expect(staff.page.locator("#code")).to_be_focused()
    staff.scan("CMD-1")
    expect(staff.page.locator("#log li")).to_contain_text(served.codes[0])
    staff.scan("CMD-FERTIG")
    staff.scan("CMD-1")
    staff.scan("CMD-FERTIG")
    expect(tabs).to_have_count(0)


def test_scans_the_moment_the_desk_shows_are_not_lost_however_slow_the_network(
    server: Server, visit: Visit
) -> None:
    served = customer(server)
    staff = at_the_desk(visit, server)
    staff.slow_down(SLOW_MS)
    staff.page.goto(f"{staff.url}/desk", wait_until="commit")
    expect(staff.page.locator("#code")).to_be_focused()
    for code in (served.card, *served.codes):
        staff.page.keyboard.type(code)
        staff.page.keyboard.press("Enter")
    expect(staff.page.locator("#log li")).to_have_count(ITEMS)
    staff.scan("CMD-FERTIG")
    expect(staff.page.locator("#say")).to_contain_text(f"Fertig. Ausgeliehen: {ITEMS}")


def test_who_has_it_is_one_scan_from_any_page(server: Server, visit: Visit) -> None:
    with store(server) as session:
        make = Make(session)
        person = teacher(session)
        name = person.name
        holding = make.holding(make.title("VR-Set 77"))
        copy = make.copy(holding, inventory_number="INV-7/77", barcode="MZ-877778")
        make.loan(copy, person=person)
    staff = at_the_desk(visit, server)
    staff.open("/bookings/all")
    staff.page.wait_for_load_state("networkidle")
    staff.page.evaluate(
        """(codes) => {
          for (const key of codes.flatMap((code) => [...code, "Enter"])) {
            document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
          }
        }""",
        ["MZ-877778", "INV-7/77"],
    )
    staff.actions += 1
    expect(staff.page.locator("h1")).to_have_text("VR-Set 77")
    expect(staff.page.locator("main")).to_contain_text(name)
    expect(staff.page.locator("main")).to_contain_text("7. Dezember 2026")
    assert staff.actions == BUDGETS["who_has_it"]


@with_and_without_script
def test_somebody_without_a_card_is_picked_by_letters(
    server: Server, visit: Visit, *, script: bool
) -> None:
    with store(server) as session:
        person = teacher(session)
        person.family_name = "Xanthippos"
        session.commit()
    staff = at_the_desk(visit, server, script=script)
    staff.scan("xan")
    staff.click("button", re.compile("Xanthippos"))
    expect(staff.page.locator("#side")).to_contain_text("Xanthippos")
    expect(staff.page.locator("#code")).to_be_focused()
    assert staff.actions == BUDGETS["pick_by_letters"]


@with_and_without_script
def test_somebody_nobody_knows_is_taken_in_and_served(
    server: Server, visit: Visit, *, script: bool
) -> None:
    served = customer(server)
    with store(server) as session:
        school = session.scalars(
            select(Institution)
            .where(Institution.centre_id == shown_centre(session))
            .where(Institution.number.is_not(None))
            .order_by(Institution.id)
        ).first()
        assert school is not None
        number = school.number or ""
    staff = at_the_desk(visit, server, script=script)
    staff.scan("Grace Hopper")
    expect(staff.page.get_by_label("Vor- und Nachname")).to_have_value("Grace Hopper")
    staff.fill(re.compile("^Schule: Nummer"), number)
    staff.fill(re.compile("^E-Mail-Adresse"), "grace@example.org")
    staff.press("Enter")
    expect(staff.page.locator("#side")).to_contain_text("Grace Hopper")
    assert staff.actions == BUDGETS["take_in_a_newcomer"]
    staff.scan(served.codes[-1])
    expect(staff.page.locator("#say")).to_contain_text("ausgeliehen bis")
    with store(server) as session:
        query = select(OwedLetter).where(OwedLetter.kind == LetterKind.MEMBERSHIP_PROVISIONAL)
        assert session.scalars(query).first() is not None


@pytest.mark.lending("8.6")
@pytest.mark.parametrize("way", ["button", "command", "key"])
def test_a_wrong_scan_is_taken_back_in_one_step(server: Server, visit: Visit, way: str) -> None:
    served = customer(server)
    staff = at_the_desk(visit, server, script=way != "button")
    staff.scan(served.card)
    staff.scan(served.codes[-1])
    expect(staff.page.locator("#say")).to_contain_text("ausgeliehen bis")
    staff.actions = 0
    if way == "button":
        staff.click("button", re.compile("^Rückgängig"))
    elif way == "command":
        staff.scan("CMD-UNDO")
    else:
        staff.press("Control+z")
    expect(staff.page.locator("#say")).to_contain_text("nicht ausgeliehen")
    assert staff.actions <= BUDGETS["undo_a_scan"]
    expect(staff.page.locator("#code")).to_be_focused()
    with store(server) as session:
        copy = session.scalars(select(Copy).where(Copy.barcode == served.codes[-1])).one()
        assert copy.state is CopyState.AVAILABLE
        assert session.scalars(select(Loan.void).where(Loan.copy_id == copy.id)).all() == [True]
