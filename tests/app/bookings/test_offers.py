"""What is offered instead of a wish that was refused (T2), and going against the rule."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.search_engine import search_engine
from catalogue.models.curriculum_link import CurriculumLink
from catalogue.models.holding import Holding
from database.audit import AuditEntry
from loans.models.booking import Booking
from loans.models.refused_wish import RefusedWish
from loans.models.terms import Terms
from schools.models.curriculum import Scheme
from schools.models.person import Person
from schools.operations.load_vocabulary import load_vocabulary
from schools.rules.roles import Role
from search_index.rebuild import rebuild
from tests.app.bookings.conftest import DAYS, JSON, Stored, fields
from tests.app.conftest import SignIn
from tests.make import Make
from tests.statements import counted


class Wish:
    """Six of a holding of which four are free on the days."""

    def __init__(self, browser: FlaskClient, make: Make, stored: Stored) -> None:
        self.browser = browser
        self.stored = stored
        self.holding = make.holding(copies=6)
        self.title_id = self.holding.title_id
        self.taken = make.booking(self.holding, DAYS, 2).id
        self.fields = fields(self.holding, quantity=6, purpose="reason:test")
        stored.forget()

    def post(self, browser: FlaskClient | None = None, /, **more: Any) -> TestResponse:
        headers = more.pop("headers", None)
        page = browser or self.browser
        return page.post("/bookings", data=self.fields | more, headers=headers)

    def text(self, browser: FlaskClient | None = None, /, **more: Any) -> str:
        answer = self.post(browser, **more)
        assert answer.status_code == 409
        return answer.get_data(as_text=True)

    def made(self) -> list[Booking]:
        """Return what was booked besides what was taken before."""
        return [each for each in self.stored(Booking) if each.id != self.taken]


@pytest.fixture
def wish(teacher: FlaskClient, make: Make, stored: Stored) -> Wish:
    return Wish(teacher, make, stored)


@pytest.mark.lending("5.2", "5.5")
def test_fewer_and_other_days_are_offered_with_one_click_each(wish: Wish) -> None:
    page = wish.text()
    assert "Was Sie stattdessen haben können" in page
    assert "4 sind an diesen Tagen frei" in page
    assert 'name="take" value="4"' in page
    assert "from=2026-12-07&amp;until=2026-12-09&amp;quantity=6" in page
    assert "Diese Tage nehmen" in page


@pytest.mark.lending("5.2", "5.9")
def test_taking_fewer_books_those_and_remembers_what_was_missing(wish: Wish) -> None:
    refused = wish.text(idem="first")
    assert 'name="missed" type="hidden" value="first"' in refused
    answer = wish.post(take=4, missed="first", idem="second")
    assert answer.status_code == 303
    (booking,) = wish.made()
    assert answer.headers["Location"].startswith(f"/bookings/{booking.number}?made=1&missing=2")
    assert booking.lines[0].quantity == 4
    missed = {(each.quantity, *each.codes) for each in wish.stored(RefusedWish)}
    assert missed == {(2, "NOT_FREE", "REDUCED")}


@pytest.mark.lending("5.2")
def test_the_waiting_list_is_offered_only_where_there_is_one(
    wish: Wish, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("app.offers.has_page", lambda _address: False)
        assert "2 weitere vormerken" not in wish.text()
    wish.stored.forget()
    page = wish.text()
    asked = f"holding={wish.fields['holding']}&amp;from={DAYS.first}&amp;until={DAYS.last}"
    assert f"/holds/new?{asked}&amp;quantity=2" in page
    wish.stored.forget()
    made = wish.post(take=4, follow_redirects=False)
    page = wish.browser.get(made.headers["Location"]).get_data(as_text=True)
    assert f"/holds/new?{asked}&amp;quantity=2" in page


@pytest.mark.lending("5.2")
def test_similar_titles_that_are_free_are_offered(
    wish: Wish, make: Make, session: Session, app: Flask
) -> None:
    load_vocabulary(session)
    free = make.holding(make.title("Der Wald im Sommer"), copies=6)
    taken = make.holding(make.title("Der Wald im Herbst"), copies=6)
    make.booking(taken, DAYS)
    for title_id in (wish.title_id, free.title_id, taken.title_id):
        session.add(CurriculumLink(title_id=title_id, scheme=Scheme.SUBJECT, code="BI"))
    session.commit()
    with app.app_context():
        rebuild(session, search_engine())
    free_id = free.id
    wish.stored.forget()
    page = wish.text()
    assert f"/bookings/new?holding={free_id}&amp;" in page
    assert "Der Wald im Sommer" in page
    assert "Der Wald im Herbst" not in page


def test_the_statements_of_a_refusal_do_not_grow(
    wish: Wish, make: Make, engine: Engine, session: Session
) -> None:
    def refused() -> int:
        with counted(engine) as sent:
            wish.text()
        return sent.count

    few = refused()
    for _ in range(4):
        make.booking(session.get_one(Holding, wish.fields["holding"]), DAYS)
    wish.stored.forget()
    assert refused() == few


@pytest.mark.lending("4.4")
def test_the_head_books_against_the_rule_with_a_reason(
    wish: Wish, make: Make, sign_in: SignIn, person: Person
) -> None:
    head, person_id = sign_in(make.account(Role.CENTRE_ADMIN)), person.id
    wish.stored.forget()
    assert "Trotzdem reservieren" in wish.text(head, person=person_id)
    assert wish.post(head, person=person_id, anyway="1").status_code == 422
    said = {"anyway": "1", "overruling": "Die Prüfung geht vor."}
    answer = wish.post(head, person=person_id, **said)
    assert answer.status_code == 303
    (booking,) = wish.made()
    assert (booking.lines[0].quantity, booking.overbooked_reason) == (6, "Die Prüfung geht vor.")
    entries = [each for each in wish.stored(AuditEntry) if each.act == "book"]
    assert [(each.reason, each.after["overruled"]) for each in entries] == [
        ("Die Prüfung geht vor.", ["NOT_FREE"])
    ]


@pytest.mark.lending("4.4")
def test_without_the_right_nothing_goes_against_the_rule(
    wish: Wish, staff: FlaskClient, person: Person
) -> None:
    person_id = person.id
    wish.stored.forget()
    said = {"anyway": "1", "overruling": "Bitte"}
    assert "Trotzdem reservieren" not in wish.text()
    assert "Trotzdem reservieren" not in wish.text(staff, person=person_id)
    assert wish.post(**said).status_code == 409
    assert wish.post(staff, person=person_id, **said).status_code == 409
    assert wish.made() == []


@pytest.mark.lending("4.4", "4.6")
@pytest.mark.parametrize(("days", "goes"), [(92, True), (93, False)])
def test_no_right_makes_a_booking_longer_than_any_may_be(
    wish: Wish, make: Make, sign_in: SignIn, person: Person, days: int, *, goes: bool
) -> None:
    """What the mask of the whole catalogue relies on; no button promises otherwise."""
    head = sign_in(make.account(Role.CENTRE_ADMIN))
    asked = {"person": person.id, "until": (DAYS.first + timedelta(days=days - 1)).isoformat()}
    wish.stored.forget()
    assert ("Trotzdem reservieren" in wish.text(head, **asked)) is goes
    answer = wish.post(head, **asked, anyway="1", overruling="Die Prüfung geht vor.")
    assert answer.status_code == (303 if goes else 409)
    assert "Trotzdem reservieren" not in answer.get_data(as_text=True)
    assert len(wish.made()) == goes


@pytest.mark.lending("4.4")
def test_what_cannot_be_overruled_offers_nothing_of_the_kind(
    wish: Wish, make: Make, sign_in: SignIn, person: Person, session: Session
) -> None:
    """Without terms nothing is lent at all, whoever asks."""
    head, person_id = sign_in(make.account(Role.CENTRE_ADMIN)), person.id
    for terms in session.scalars(select(Terms)):
        session.delete(terms)
    session.commit()
    said = {"anyway": "1", "overruling": "Bitte"}
    page = wish.text(head, person=person_id, **said)
    assert "Trotzdem reservieren" not in page
    answer = wish.post(head, person=person_id, headers=JSON, **said)
    assert answer.status_code == 409
