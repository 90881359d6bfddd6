"""Who has it, from any page: the card of a copy, and what is answered while one types."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.sessions import ENGINE
from catalogue.rules.copy_states import CopyState
from database.audit import AuditEntry
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.app.conftest import AsRole
from tests.app.desk.scanning import HttpDesk, text_of
from tests.make import MONDAY, Make
from tests.statements import counted

DAY = timedelta(days=1)


def suggested(counter: HttpDesk, words: str) -> list[dict[str, Any]]:
    counter.make.session.rollback()
    answer = counter.client.get("/who/suggest", query_string={"words": words})
    found: list[dict[str, Any]] = answer.get_json()["suggestions"]
    return found


def test_a_barcode_opens_a_card_with_holder_telephone_due_day_and_what_is_next(
    make: Make, counter: HttpDesk
) -> None:
    school = make.school("Grundschule Nord", phone="0231 1234")
    person = make.person(school, phone="0170 99", family_name="Schmidt")
    copy = make.copy(make.holding(make.title("Kamera 3")), inventory_number="A-12/7")
    make.loan(copy, person=person)
    number = make.booking(copy.holding, Period(MONDAY + 20 * DAY, MONDAY + 24 * DAY)).number
    for code in (
        copy.barcode,
        copy.barcode.lower(),
        "A-12/7",
        f"https://x.example/x/{copy.barcode}",
    ):
        page = counter.page(f"/who?code={code}")
        for words in ("Kamera 3", "Grundschule Nord", "Ada Schmidt", "7. Dezember 2026", number):
            assert words in page
        assert 'href="tel:0231' in page
        assert 'href="tel:017099"' in page
        assert f'href="/desk/people/{person.id}"' in page


def test_a_card_and_a_booking_lead_to_their_own_pages(make: Make, counter: HttpDesk) -> None:
    person = make.person()
    booking = make.booking(make.holding(copies=1), Period(MONDAY, MONDAY + DAY))
    for code, address in (
        (person.card, f"/desk/people/{person.id}"),
        (booking.number.lower(), f"/bookings/{booking.number}"),
    ):
        make.session.rollback()
        answer = counter.client.get(f"/who?code={code}")
        assert (answer.status_code, answer.location) == (302, address)


def test_a_name_lists_people_and_leads_on_to_the_catalogue(make: Make, counter: HttpDesk) -> None:
    person = make.person(family_name="Waldmann")
    page = counter.page("/who?code=wald")
    assert f'href="/desk/people/{person.id}"' in page
    assert 'href="/search?words=wald"' in page


def test_the_beginning_of_a_number_lists_the_copies(make: Make, counter: HttpDesk) -> None:
    make.copy(barcode="MZ-004711")
    make.copy(barcode="MZ-004712")
    page = counter.page("/who?code=MZ-0047")
    assert "MZ-004711" in page
    assert "MZ-004712" in page


def test_a_media_number_lists_the_title(make: Make, counter: HttpDesk) -> None:
    holding = make.holding(make.title("Der Wald", media_number="4602345"), copies=2)
    make.loan(holding.copies[0])
    page = counter.page("/who?code=4602345")
    assert "Der Wald" in page
    assert "1 von 2 im Haus" in page


def test_other_words_are_looked_for_in_the_catalogue(counter: HttpDesk) -> None:
    answer = counter.client.get("/who", query_string={"code": "Vulkane & Lava"})
    assert (answer.status_code, answer.location) == (302, "/search?words=Vulkane+%26+Lava")


def test_a_number_of_ours_that_nothing_has_says_so(counter: HttpDesk) -> None:
    answer = counter.client.get("/who?code=MZ-999999")
    assert answer.status_code == 404
    assert "Nichts hier hat die Nummer MZ-999999" in text_of(answer)


@pytest.mark.parametrize(
    "code", ["", "%00", "%0D%0A", "x" * 10_000, "%F0%9F%92%A9", "R-", "CMD-JA"]
)
def test_whatever_is_asked_is_answered(counter: HttpDesk, code: str) -> None:
    assert counter.status(f"/who?code={code}") in {200, 302, 404}
    assert counter.status(f"/who/suggest?words={code}") == 200


def test_nothing_of_a_foreign_centre_is_told(make: Make, counter: HttpDesk) -> None:
    foreign = make.centre()
    person = make.person(make.school(centre=foreign), family_name="Fremdling")
    copy = make.copy(make.holding(make.title("Fremdes", media_number="999"), centre=foreign))
    make.loan(copy, person=person)
    for code in (copy.barcode, person.card, "999", "fremd"):
        assert counter.status(f"/who?code={code}") in {302, 404}
        kinds = {each["kind"] for each in suggested(counter, code)}
        assert kinds <= {"catalogue"}
    assert counter.send("/who/history", copy=copy.id).status_code == 404


def test_past_loans_show_schools_and_names_only_to_whoever_is_noted(
    make: Make, counter: HttpDesk
) -> None:
    copy, person = make.copy(), make.person(family_name="Schmidt")
    make.loan(
        copy,
        person=person,
        lent_on=MONDAY - 9 * DAY,
        returned_on=MONDAY - 2 * DAY,
        state=CopyState.AVAILABLE,
    )
    page = counter.page(f"/who?code={copy.barcode}")
    assert make.the_school().name in page
    assert "Schmidt" not in page
    looked = select(AuditEntry).where(AuditEntry.act == "look_at_history")
    assert make.session.scalars(looked).all() == []
    assert "Ada Schmidt" in text_of(counter.send("/who/history", copy=copy.id))
    (entry,) = make.session.scalars(looked).all()
    assert (entry.subject_kind, entry.subject_id) == ("person", person.id)


def test_who_has_it_is_staff_s_own_question(as_role: AsRole, counter: HttpDesk) -> None:
    teacher = as_role(Role.TEACHER)
    assert teacher.get("/who?code=MZ-1").status_code == 403
    assert teacher.get("/who/suggest?words=MZ-1").status_code == 403
    assert 'action="/who"' not in text_of(teacher.get("/search"))
    assert 'action="/who"' in counter.page("/search")


@pytest.mark.lending("8.0")
def test_a_typed_number_is_answered_with_status_holder_telephone_and_due_day(
    make: Make, counter: HttpDesk
) -> None:
    person = make.person(make.school("Grundschule Nord"), phone="0170 99", family_name="Schmidt")
    copy = make.copy(make.holding(make.title("VR-Set 2")), barcode="MZ-004711")
    make.loan(copy, person=person)
    number = make.booking(copy.holding, Period(MONDAY + 20 * DAY, MONDAY + 24 * DAY)).number
    told, call = suggested(counter, "MZ-004711")
    assert (told["kind"], told["text"]) == ("copy", "MZ-004711 VR-Set 2")
    for words in ("Ausgeliehen", "Grundschule Nord, Ada Schmidt", "Mo, 7.12.", number):
        assert words in told["detail"]
    assert (call["kind"], call["address"]) == ("call", "tel:017099")


def test_where_a_copy_is_that_is_not_out_is_told_in_words(make: Make, counter: HttpDesk) -> None:
    shelf = make.copy(make.holding(shelf_mark="C3"))
    kept = make.copy(lendable=False, not_lendable_reason="nur im Lesesaal")
    lost = make.copy(state=CopyState.LOST)
    late = make.loan(lent_on=MONDAY - 30 * DAY, days=14).copy
    placed = make.loan(placed=True, due_on=None).copy
    said = [
        suggested(counter, barcode)[0]["detail"]
        for barcode in [each.barcode for each in (shelf, kept, lost, late, placed)]
    ]
    for words, detail in zip(
        ("Regal C3", "nur im Lesesaal", "Verloren", "16 Tage überfällig", "Dauerleihgabe"),
        said,
        strict=True,
    ):
        assert words in detail


def test_a_typed_name_offers_people_and_the_catalogue(make: Make, counter: HttpDesk) -> None:
    person = make.person(family_name="Schmidt")
    found = suggested(counter, "schm")
    assert [each["kind"] for each in found] == ["person", "catalogue"]
    assert found[0]["address"] == f"/desk/people/{person.id}"


def test_answers_take_as_many_statements_with_thirty_copies_as_with_one(
    app: Flask, make: Make, counter: HttpDesk
) -> None:
    counts = []
    for copies in (1, 30):
        holding = make.holding(copies=copies)
        for copy in holding.copies:
            make.loan(copy)
            make.booking(holding, Period(MONDAY + 20 * DAY, MONDAY + 24 * DAY))
        barcode = holding.copies[0].barcode
        with counted(app.extensions[ENGINE]) as statements:
            counter.page(f"/who?code={barcode}")
            suggested(counter, barcode)
            suggested(counter, "MZ-0")
        counts.append(statements.count)
    assert counts[0] == counts[1]
