"""A person's page for staff: what they have, blocks, briefings, cards, looks that are noted."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.sessions import ENGINE
from catalogue.rules.copy_states import CopyState
from database.audit import AuditEntry
from loans.models.briefing import Briefing
from loans.models.terms import Terms
from schools.models.person import Person
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.app.conftest import AsRole
from tests.app.desk.scanning import HttpDesk, text_of
from tests.make import MONDAY, Make
from tests.statements import counted

DAY = timedelta(days=1)
WEEK = Period(MONDAY + DAY, MONDAY + 5 * DAY)


def reload(make: Make, person_id: int) -> Person:
    make.session.expire_all()
    return make.session.get_one(Person, person_id)


def test_the_page_shows_what_a_person_has_and_reserved(make: Make, counter: HttpDesk) -> None:
    person = make.person(family_name="Schmidt", phone="0170 99")
    late = make.loan(person=person, lent_on=MONDAY - 20 * DAY).copy.barcode
    number = make.booking(make.holding(copies=1), WEEK, person=person).number
    page = counter.page(f"/desk/people/{person.id}")
    for words in ("Ada Schmidt", late, "6 Tage überfällig", number, person.card, "tel:017099"):
        assert words in page


def test_a_foreign_centres_person_is_not_there(make: Make, counter: HttpDesk) -> None:
    person = make.person(make.school(centre=make.centre()))
    assert counter.status(f"/desk/people/{person.id}") == 404
    for act in ("block", "unblock", "briefings", "history", "card"):
        answer = counter.send(
            f"/desk/people/{person.id}/{act}", reason="Grund", category="equipment"
        )
        assert answer.status_code == 404
    assert not reload(make, person.id).blocked


def test_a_block_needs_a_reason_is_seen_at_the_desk_and_lifted(
    make: Make, counter: HttpDesk
) -> None:
    person = make.person()
    answer = counter.send(f"/desk/people/{person.id}/block", reason=" ")
    assert answer.status_code == 422
    assert "Nennen Sie den Grund der Sperre." in text_of(answer)
    counter.send(f"/desk/people/{person.id}/block", reason="Anschrift\r\nfehlt")
    assert reload(make, person.id).block_reason == "Anschrift fehlt"
    counter.scan(person.card, make.copy().barcode)
    assert "Anschrift fehlt" in counter.page()
    counter.send(f"/desk/people/{person.id}/unblock")
    assert not reload(make, person.id).blocked
    acts = make.session.scalars(select(AuditEntry.act).where(AuditEntry.subject_kind == "person"))
    assert list(acts) == ["block_person", "unblock_person"]


def test_briefings_are_recorded_listed_and_removed(make: Make, counter: HttpDesk) -> None:
    person = make.person()
    address = f"/desk/people/{person.id}"
    assert counter.send(f"{address}/briefings", category="nothing").status_code == 422
    counter.send(f"{address}/briefings", category="equipment")
    briefing = make.session.scalars(select(Briefing)).one()
    assert f"/desk/people/briefings/{briefing.id}/remove" in counter.page(address)
    counter.send(f"/desk/people/briefings/{briefing.id}/remove")
    assert "/remove" not in counter.page(address)


def test_past_loans_are_shown_only_to_whoever_is_noted(make: Make, counter: HttpDesk) -> None:
    person = make.person()
    make.loan(
        make.copy(make.holding(make.title("Kamera 3"))),
        person=person,
        lent_on=MONDAY - 9 * DAY,
        returned_on=MONDAY - 2 * DAY,
        state=CopyState.AVAILABLE,
    )
    address = f"/desk/people/{person.id}"
    assert "Kamera 3" not in counter.page(address)
    assert "Kamera 3" in text_of(counter.send(f"{address}/history"))
    looked = select(AuditEntry).where(AuditEntry.act == "look_at_history")
    assert make.session.scalars(looked).one().subject_id == person.id


def test_a_lost_card_is_replaced_and_the_new_one_printed(make: Make, counter: HttpDesk) -> None:
    person = make.person()
    old, person_id = person.card, person.id
    answer = counter.send(f"/desk/people/{person_id}/card")
    assert answer.location == f"/desk/people/{person_id}/card"
    new = reload(make, person_id).card
    assert new != old
    page = counter.page(f"/desk/people/{person_id}/card")
    assert new in page
    assert 'class="bars"' in page
    assert counter.asked(old)["outcome"] == "refused"
    assert counter.asked(new)["outcome"] == "done"


def test_the_same_wish_twice_has_one_effect(make: Make, counter: HttpDesk) -> None:
    person_id = make.person().id
    for _ in range(2):
        counter.send(f"/desk/people/{person_id}/card", idem="same")
    query = select(AuditEntry).where(AuditEntry.act == "card")
    assert len(make.session.scalars(query).all()) == 1


def test_the_receipts_of_a_person_can_be_printed_again(make: Make, counter: HttpDesk) -> None:
    person = make.person()
    address = f"/desk/people/{person.id}"
    counter.scan(person.card, make.copy(make.holding(make.title("Kamera 3"))).barcode)
    counter.scan("CMD-FERTIG")
    page = counter.page(address)
    link = page[page.index("/desk/receipts/") :].split('"')[0]
    assert "Kamera 3" in counter.page(link)


def test_teachers_see_no_such_page(make: Make, as_role: AsRole) -> None:
    person_id = make.person().id
    assert as_role(Role.TEACHER).get(f"/desk/people/{person_id}").status_code == 403


def test_the_page_takes_as_many_statements_with_thirty_loans_as_with_one(
    app: Flask, make: Make, counter: HttpDesk
) -> None:
    counts = []
    for number in (1, 30):
        person = make.person()
        for copy in make.holding(copies=number).copies:
            make.loan(copy, person=person)
            make.booking(copy.holding, WEEK, person=person)
        person_id = person.id
        with counted(app.extensions[ENGINE]) as statements:
            counter.page(f"/desk/people/{person_id}")
        counts.append(statements.count)
    assert counts[0] == counts[1] <= 8


@pytest.mark.lending("2.1")
def test_briefed_now_at_the_desk_lends_and_is_on_the_persons_page(
    make: Make, counter: HttpDesk
) -> None:
    make.session.scalars(select(Terms)).one().needs_briefing = True
    make.session.commit()
    person, copy = make.person(), make.copy()
    counter.scan(person.card, copy.barcode)
    page = counter.page()
    assert "/desk/brief" in page
    line = page[page.index("/desk/brief") :].split('name="line" value="')[1].split('"')[0]
    counter.send("/desk/brief", line=line)
    shown = counter.page()
    assert "ausgeliehen bis" in shown
    assert "Einweisung vermerkt" in shown
    assert "/desk/brief" not in shown
    assert "Medien" in counter.page(f"/desk/people/{person.id}")
