"""The overdue run: seen before it goes out, sent with one click, printed where paper is due."""

import re
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from schools.models.owed_letter import LetterKind, OwedLetter
from schools.rules.roles import Role
from tests.journeys.conftest import Visit, with_and_without_script
from tests.journeys.installation import store
from tests.make import MONDAY, Make
from tests.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("journeys")]

LONG_DUE = MONDAY - timedelta(days=20)
BUDGETS = tomllib.loads(Path(__file__).with_name("budgets.toml").read_text())


def reminders(server: Server) -> int:
    with store(server) as session:
        query = select(func.count(OwedLetter.id)).where(OwedLetter.kind == LetterKind.OVERDUE)
        return session.scalars(query).one()


@pytest.mark.lending("10.1", "10.2")
@with_and_without_script
def test_reminders_are_looked_through_and_sent(
    server: Server, visit: Visit, *, script: bool
) -> None:
    with store(server) as session:
        make = Make(session)
        copy = make.copy(make.holding(make.title("Stativ 12")), barcode="MZ-877779")
        late = make.loan(copy, lent_on=LONG_DUE - timedelta(days=14), due_on=LONG_DUE)
        school = late.institution.short_name
    staff = visit(server, script=script)
    staff.sign_in(Role.STAFF)
    staff.open("/overdue")
    before = reminders(server)
    staff.click("link", "Briefe für heute Nacht ansehen")
    shown = staff.page.locator("pre.letter")
    expect(shown.filter(has_text="Stativ 12").first).to_be_visible()
    expect(staff.page.locator("main")).to_contain_text(school)
    staff.click("button", re.compile("^Jetzt senden"))
    assert staff.actions <= BUDGETS["overdue_run"]
    expect(staff.page.locator("main")).to_contain_text("Erste Mahnungen: 1 · Briefe: 1")
    assert reminders(server) > before
