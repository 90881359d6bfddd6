"""Parked customers on the desk's page: tabs to go on with, or to finish."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.sessions import ENGINE
from loans.models.desk_session import DeskScan
from schools.rules.roles import Role
from tests.app.conftest import AsRole
from tests.app.desk.scanning import JSON, OURS, HttpDesk, text_of
from tests.make import Make
from tests.statements import counted

pytestmark = pytest.mark.lending("8.7")


@pytest.fixture
def staff(make: Make, as_role: AsRole) -> HttpDesk:
    make.centre()
    return HttpDesk(make, as_role(Role.STAFF))


def park(make: Make, staff: HttpDesk, family_name: str, copies: int = 1) -> None:
    staff.scan(make.person(family_name=family_name).card)
    staff.scan(*(copy.barcode for copy in make.holding(copies=copies).copies))
    staff.scan("CMD-PARKEN")


def session_of(staff: HttpDesk, name: str) -> str:
    found = re.search(rf'name="session" value="(\d+)">.*?{name}', staff.page())
    assert found is not None
    return found[1]


def test_a_parked_customer_is_a_tab_with_name_and_count(make: Make, staff: HttpDesk) -> None:
    park(make, staff, "Schmidt", copies=3)
    shown = staff.page()
    assert "ist geparkt" in shown
    tab = shown[shown.index('id="parked"') : shown.index('id="log"')]
    assert re.search(r"Ada Schmidt.*>3<", tab)
    assert "Ada Schmidt" not in shown[shown.index('id="side"') :]


def test_the_word_about_a_parked_customer_stays_ten_minutes(
    make: Make, staff: HttpDesk, session: Session
) -> None:
    park(make, staff, "Schmidt")
    for line in session.scalars(select(DeskScan)):
        line.at -= timedelta(minutes=11)
    session.commit()
    shown = staff.page()
    assert "ist geparkt" not in shown
    assert "Ada Schmidt" in shown


def test_a_click_on_the_tab_goes_on_after_a_reload(make: Make, staff: HttpDesk) -> None:
    park(make, staff, "Schmidt")
    answer = staff.send("/desk/parked", session=session_of(staff, "Schmidt"))
    assert (answer.status_code, answer.location) == (303, "/desk")
    shown = staff.page()
    assert "geht weiter" in shown
    assert "Ada Schmidt" in shown[shown.index('id="side"') :]
    assert "CMD-1" not in shown


def test_a_tab_can_be_finished_without_opening_it(make: Make, staff: HttpDesk) -> None:
    park(make, staff, "Schmidt")
    staff.send("/desk/parked/end", session=session_of(staff, "Schmidt"))
    shown = staff.page()
    assert "Fertig. Ausgeliehen: 1" in shown
    assert "Ada Schmidt" not in shown


def test_a_program_sees_who_waits(make: Make, staff: HttpDesk) -> None:
    park(make, staff, "Schmidt", copies=2)
    answer = staff.asked(make.person().card)
    (waiting,) = answer["parked"]
    assert (waiting["name"], waiting["copies"]) == ("Ada Schmidt", 2)


@pytest.mark.parametrize("value", ["", "0", "x", "999999999999"])
def test_a_session_that_is_none_is_422(staff: HttpDesk, value: str) -> None:
    assert staff.send("/desk/parked", session=value).status_code == 422


def test_a_session_that_is_not_there_is_404(staff: HttpDesk) -> None:
    assert staff.send("/desk/parked", session="4711").status_code == 404


def test_a_colleague_sees_and_takes_up_nobody_elses(
    make: Make, staff: HttpDesk, as_role: AsRole
) -> None:
    park(make, staff, "Schmidt")
    colleague = HttpDesk(make, as_role(Role.STAFF))
    assert "Schmidt" not in colleague.page()
    key = session_of(staff, "Schmidt")
    assert colleague.send("/desk/parked", session=key).status_code == 404


def test_our_script_gets_the_tabs_when_they_changed(make: Make, staff: HttpDesk) -> None:
    staff.scan(make.person().card)
    for code, changed in ((make.copy().barcode, False), ("CMD-PARKEN", True)):
        newest = re.findall(r'data-session="(\d+)"|data-line="(\d+)"', staff.page())
        shown = f"{newest[0][0]}:{newest[1][1]}" if len(newest) > 1 else "0:0"
        answer = staff.send("/desk/scan", OURS | {"X-Shown": shown}, code=code)
        assert ('id="parked"' in text_of(answer)) is (changed or shown == "0:0")


def test_the_page_takes_as_many_statements_with_five_parked_as_with_one(
    app: Flask, make: Make, staff: HttpDesk
) -> None:
    counts = []
    for number in range(1, 6):
        park(make, staff, f"Schmidt{number}", copies=number)
        with counted(app.extensions[ENGINE]) as statements:
            staff.page()
        counts.append(statements.count)
    assert len(set(counts)) == 1


def test_a_command_leads_on_without_script(make: Make, staff: HttpDesk) -> None:
    assert staff.send("/desk/scan", code="CMD-SUCHE").location == "/who"
    staff.scan(make.person().card, make.copy().barcode)
    assert (staff.send("/desk/scan", code="CMD-QUITTUNG").location or "").startswith(
        "/desk/receipts/"
    )
    answer = staff.send("/desk/scan", JSON, code="CMD-SUCHE")
    assert answer.get_json()["outcome"] == "done"
    answer = staff.send("/desk/scan", OURS, code="CMD-SUCHE")
    assert 'data-go="search"' in text_of(answer)
