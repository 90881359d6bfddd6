"""Receipts to print: after a customer is finished, and again later."""

import pytest
from flask import Flask

from app.sessions import ENGINE
from loans.queries.receipts import SHOWN_SESSIONS
from schools.rules.roles import Role
from tests.app.conftest import AsRole
from tests.app.desk.scanning import HttpDesk
from tests.make import Make
from tests.statements import counted

pytestmark = pytest.mark.lending("8.7")


def receipt_of(counter: HttpDesk) -> str:
    page = counter.page()
    return page[page.index("/desk/receipts/") :].split('"')[0]


def test_finished_says_where_the_receipt_is(make: Make, counter: HttpDesk) -> None:
    person = make.person(make.school("Grundschule Nord"), family_name="Schmidt")
    loan = make.loan(make.copy(make.holding(make.title("Mikroskop"))), person=person)
    copy = make.copy(make.holding(make.title("Kamera 3")))
    counter.scan(person.card, copy.barcode, "CMD-RUECK", loan.copy.barcode, "CMD-FERTIG")
    page = counter.page(receipt_of(counter))
    words = ("Kamera 3", "Mo, 7.12.", "Mikroskop", "Ada Schmidt", "Grundschule Nord")
    for each in (*words, "1 Medium ausgeliehen", "1 Medium zurückgenommen"):
        assert each in page


def test_without_anything_done_there_is_no_receipt(make: Make, counter: HttpDesk) -> None:
    counter.scan(make.person().card, "CMD-FERTIG")
    assert "/desk/receipts/" not in counter.page()
    counter.scan("CMD-QUITTUNG")
    assert "Es gibt keinen Beleg" in counter.page()


def test_what_may_not_be_copied_says_so(make: Make, counter: HttpDesk) -> None:
    title = make.title("Der Wald")
    make.licence(title, licence_type="single_copy")
    counter.scan(make.person().card, make.copy(make.holding(title)).barcode, "CMD-FERTIG")
    assert "Nicht kopieren" in counter.page(receipt_of(counter))


def test_every_receipt_of_the_centre_is_in_the_list_a_page_at_a_time(
    make: Make, counter: HttpDesk
) -> None:
    assert "Noch keine Belege" in counter.page("/desk/receipts")
    card = make.person().card
    for _ in range(SHOWN_SESSIONS + 1):
        counter.scan(card, make.copy().barcode, "CMD-FERTIG")
    assert counter.page("/desk/receipts").count("/desk/receipts/") == SHOWN_SESSIONS
    assert counter.page("/desk/receipts?page=2").count("/desk/receipts/") == 1
    assert counter.page("/desk/receipts?page=99").count("/desk/receipts/") == 0


def test_a_foreign_receipt_is_not_there(make: Make, counter: HttpDesk, as_role: AsRole) -> None:
    counter.scan(make.person().card, make.copy().barcode, "CMD-FERTIG")
    address = receipt_of(counter)
    foreign = HttpDesk(make, as_role(Role.TEACHER))
    assert foreign.status(address) == 403
    assert counter.status("/desk/receipts/99999999999") == 404
    assert counter.status("/desk/receipts/4711") == 404


def test_the_list_takes_as_many_statements_with_many_as_with_one(
    app: Flask, make: Make, counter: HttpDesk
) -> None:
    counts = []
    for _ in range(2):
        for _ in range(5):
            counter.scan(make.person().card, make.copy().barcode, "CMD-FERTIG")
        with counted(app.extensions[ENGINE]) as statements:
            counter.page("/desk/receipts")
        counts.append(statements.count)
    assert counts[0] == counts[1]
