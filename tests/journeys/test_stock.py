"""New stock: a title by hand that is found at once, and a table that is looked at first."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from schools.rules.roles import Role
from tests.journeys.conftest import Visit
from tests.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("journeys")]

FOUND_WITHIN_SECONDS = 5
"""A second is what we aim at; the rest is for a busy machine."""

TABLE = (
    "Mediennummer;Titel;Medienart\n"
    "5500001;Quarzuhren im Bau;Film\n5500002;Pendeluhren;Film\n5500003;;Film\n"
)


def test_a_new_title_with_three_copies_is_found_by_its_words(lived: Server, visit: Visit) -> None:
    staff = visit(lived)
    staff.sign_in(Role.STAFF)
    staff.open("/catalogue/titles/new")
    staff.fill(re.compile("^Titel"), "Brückenbau mit Zahnstochern")
    staff.click("button", "Beschreibung speichern")
    expect(staff.page.locator("h1")).to_contain_text("Brückenbau mit Zahnstochern")
    staff.fill(re.compile("^Wie viele"), "3")
    staff.click("button", "In den Bestand aufnehmen")
    expect(staff.page.locator("tbody tr")).to_have_count(3)

    teacher = visit(lived)
    teacher.sign_in(Role.TEACHER)
    deadline = time.monotonic() + FOUND_WITHIN_SECONDS
    while time.monotonic() < deadline:
        teacher.open("/search?words=Zahnstochern")
        if teacher.page.get_by_test_id("hit").count():
            break
    expect(teacher.page.get_by_test_id("hit")).to_have_count(1)
    expect(teacher.page.get_by_test_id("hit")).to_contain_text("3 von 3")


def test_a_table_is_looked_at_first_and_then_imported(
    lived: Server, visit: Visit, tmp_path: Path
) -> None:
    table = tmp_path / "uhren.csv"
    table.write_text(TABLE)
    staff = visit(lived)
    staff.sign_in(Role.STAFF)
    staff.open("/catalogue/imports")
    staff.page.get_by_label("Was die Datei enthält").select_option("titles")
    staff.page.locator("[type=file]").set_input_files(table)
    staff.click("button", "Datei absenden")
    tiles = staff.page.locator(".tiles")
    expect(tiles).to_contain_text(re.compile(r"gelesen\s*3"), timeout=20_000)
    expect(tiles).to_contain_text(re.compile(r"aufgenommen\s*2"))
    expect(tiles).to_contain_text(re.compile(r"abgewiesen\s*1"))
    expect(staff.page.locator("tbody")).to_contain_text("Der Titel hat keinen Namen.")
    staff.open("/catalogue?words=Pendeluhren")
    expect(staff.page.locator("main")).to_contain_text("Kein Titel passt")

    staff.page.go_back()
    staff.click("button", "Jetzt importieren")
    expect(staff.page.locator(".badge-ok").first).to_be_visible(timeout=20_000)
    staff.open("/catalogue?words=Pendeluhren")
    expect(staff.page.locator("tbody tr")).to_have_count(1)
