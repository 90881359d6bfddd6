"""A teacher reports a defect from a phone; the centre sees the photo and answers."""

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from schools.rules.roles import Role
from tests.journeys.conftest import Visit, with_and_without_script
from tests.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("journeys")]


@with_and_without_script
def test_a_defect_is_reported_with_a_photo_from_a_phone(
    lived: Server, visit: Visit, tmp_path: Path, *, script: bool
) -> None:
    photo = tmp_path / "kaputt.png"
    Image.new("RGB", (320, 240), "#c02548").save(photo)
    said = f"Ein Bein ist ab{'' if script else ', auch ohne Skript'}."

    teacher = visit(lived, script=script, width=390)
    teacher.sign_in(Role.TEACHER)
    teacher.open("/school/defects/new")
    teacher.page.locator(".plain a").first.click()
    teacher.check("Kaputt")
    teacher.fill(re.compile("^Beschreibung"), said)
    teacher.page.get_by_label(re.compile("^Foto")).set_input_files(photo)
    teacher.click("button", "Meldung senden")
    expect(teacher.page.locator("main img")).to_be_visible()
    number = teacher.page.locator("h1").inner_text().split()[-1]

    staff = visit(lived, script=script)
    staff.sign_in(Role.STAFF)
    staff.open("/school/defects")
    staff.click("link", number)
    expect(staff.page.locator("main")).to_contain_text(said)
    staff.check("In Arbeit")
    staff.fill(re.compile("^Antwort"), "Wir schicken Ersatz.")
    staff.click("button", "Speichern")
    expect(staff.page.locator("main")).to_contain_text("Wir schicken Ersatz.")

    teacher.page.reload()
    expect(teacher.page.locator("main")).to_contain_text("In Arbeit")
    expect(teacher.page.locator("main")).to_contain_text("Wir schicken Ersatz.")
