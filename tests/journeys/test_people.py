"""Newcomers and leavers: from a registration to the first sign-in, and off the list again."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from schools.models.owed_letter import LetterKind, OwedLetter
from schools.rules.roles import Role
from tests.journeys.conftest import Visit
from tests.journeys.installation import store
from tests.journeys.visitor import Visitor
from tests.make import MONDAY
from tests.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("journeys")]

SCHOOL_NUMBER = "990137"
EMAIL = "ronja.neumann@gym-lindenberg.example"
PASSWORD = "vier Katzen im Koffer"


def proof_link(server: Server) -> str:
    """Read the link from the letter that nobody could send."""
    with store(server) as session:
        letters = session.scalars(
            select(OwedLetter).where(OwedLetter.kind == LetterKind.REGISTRATION_PROOF)
        ).all()
        written = next(each for each in letters if each.facts["email"] == EMAIL)
        assert written.to_address == f"{SCHOOL_NUMBER}@schule.nrw.de"
        return f"/register/{written.facts['token']}"


def register(teacher: Visitor) -> None:
    """Fill in the form that anybody reaches from the sign-in page."""
    teacher.open("/login")
    teacher.click("link", "Konto beantragen")
    teacher.fill("Vorname", "Ronja")
    teacher.fill("Nachname", "Neumann")
    teacher.fill("E-Mail-Adresse", EMAIL)
    teacher.fill("Schulnummer", SCHOOL_NUMBER)
    teacher.fill("Neues Passwort", PASSWORD)
    teacher.click("button", "Konto beantragen")
    expect(teacher.page.locator("h1")).not_to_have_text("Konto beantragen")


def test_a_teacher_registers_is_proved_and_confirmed_and_signs_in(
    lived: Server, visit: Visit
) -> None:
    teacher = visit(lived)
    register(teacher)

    head = visit(lived)
    head.sign_in(Role.CENTRE_ADMIN)
    head.open("/office/letters")
    expect(head.page.locator("main")).to_contain_text(f"{SCHOOL_NUMBER}@schule.nrw.de")

    secretary = visit(lived)
    secretary.open(proof_link(lived))
    expect(secretary.page.locator("main")).to_contain_text("Ronja Neumann")
    secretary.click("button", "Ja, der Brief ist angekommen")
    expect(secretary.page.locator("form[method=post] .btn-primary")).to_have_count(0)

    admin = visit(lived)
    admin.sign_in(Role.SCHOOL_ADMIN)
    admin.open("/school/members")
    admin.click("button", re.compile("^Bestätigen.*Ronja Neumann"))
    expect(admin.page.locator("table")).to_contain_text("Neumann, Ronja")

    teacher.sign_in_as(EMAIL, PASSWORD)
    expect(teacher.page.locator("summary").first).to_contain_text("Ronja Neumann")


def test_a_leaver_with_an_open_loan_stays_on_the_list_until_it_is_back(
    lived: Server, visit: Visit
) -> None:
    admin = visit(lived)
    admin.sign_in(Role.SCHOOL_ADMIN)
    admin.open("/school/leavers")
    rows = admin.page.locator("tbody tr")
    leaver = rows.filter(has_text="MZ-").filter(has=admin.page.locator("[type=checkbox]")).first
    free = rows.filter(has_text="nichts").filter(has=admin.page.locator("[type=checkbox]")).first
    names = [each.locator("th").inner_text() for each in (leaver, free)]
    for each in (leaver, free):
        each.locator("[type=checkbox]").check()
    admin.fill("Letzter Tag", (MONDAY - timedelta(days=1)).isoformat())
    admin.click("button", "Mitgliedschaften beenden")
    expect(admin.page.locator("main")).to_contain_text("1 Mitgliedschaft endet")
    expect(admin.page.locator(".alert-warning")).to_contain_text("hat noch etwas")
    admin.open("/school/leavers")
    expect(admin.page.locator("tbody")).to_contain_text(names[0])
    expect(admin.page.locator("tbody")).not_to_contain_text(names[1])
