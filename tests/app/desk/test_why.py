"""Beside each refusal at the desk stands who may overrule it, and where the terms say so."""

from html import unescape
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.sessions import ENGINE
from loans.models.terms import Terms
from schools.rules.roles import Role
from tests.app.conftest import AsRole
from tests.make import Make
from tests.statements import counted


@pytest.fixture
def staff(make: Make, as_role: AsRole) -> FlaskClient:
    make.centre()
    return as_role(Role.STAFF)


def scan(client: FlaskClient, *codes: str) -> None:
    for code in codes:
        client.post("/desk/scan", data={"code": code, "idem": uuid4().hex})


def page_of(client: FlaskClient) -> str:
    return unescape(client.get("/desk").get_data(as_text=True))


def test_a_limit_leads_to_the_terms_it_comes_from(
    make: Make, staff: FlaskClient, session: Session
) -> None:
    person, copy = make.person(), make.copy()
    asked = f"institution={person.memberships[0].institution_id}&copy={copy.id}"
    codes = (person.card, copy.barcode)
    session.scalars(select(Terms)).one().limit_open_loans = 0
    session.commit()
    scan(staff, *codes)
    page = page_of(staff)
    address = f"/office/terms/explain?{asked}&why=limit_open_loans&why=limit_open_bookings"
    assert f'href="{address}#limit_open_loans"' in page
    assert "Mit Begründung aufheben darf: Leitung des Medienzentrums." in page
    explained = staff.get(address).get_data(as_text=True)
    assert "keine erlaubt" in explained
    assert explained.count("gefragt</span>") == 2


def test_other_refusals_name_who_may_overrule_them_only(make: Make, staff: FlaskClient) -> None:
    person, lent = make.person(blocked=True), make.copy()
    make.loan(lent, person=make.person())
    codes = (person.card, lent.barcode)
    make.session.rollback()
    scan(staff, *codes)
    page = page_of(staff)
    assert "Das darf niemand aufheben." in page
    assert "Mit Begründung aufheben darf: Leitung des Medienzentrums." in page
    assert "/office/terms/explain" not in page


def test_each_reason_is_said_once_in_the_log(make: Make, staff: FlaskClient) -> None:
    person, copy = make.person(blocked=True, block_reason="Anschrift fehlt"), make.copy()
    codes = (person.card, copy.barcode)
    make.session.rollback()
    scan(staff, *codes)
    page = page_of(staff)
    log = page[page.index('id="log"') : page.index('id="side"')]
    assert log.count("Diese Person ist gesperrt: Anschrift fehlt") == 1


def test_reasons_cost_no_statement(app: Flask, make: Make, staff: FlaskClient) -> None:
    person, first, second = make.person(blocked=True), make.copy(), make.copy()
    codes = (person.card, first.barcode, second.barcode)
    make.session.rollback()
    scan(staff, *codes[:2])
    page_of(staff)
    with counted(app.extensions[ENGINE]) as few:
        page_of(staff)
    scan(staff, codes[2])
    with counted(app.extensions[ENGINE]) as more:
        page_of(staff)
    assert more.count == few.count
