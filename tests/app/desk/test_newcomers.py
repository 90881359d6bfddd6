"""Somebody without a card: three letters and a pick, or a name and a school."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from schools.models.account import Account
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.models.person import Membership, Person
from schools.rules.roles import Role
from tests.app.desk.scanning import JSON, HttpDesk, text_of
from tests.make import MONDAY, Make

SignIn = Callable[[Account], FlaskClient]


def newcomers(make: Make) -> list[Membership]:
    make.session.rollback()
    return list(make.session.scalars(select(Membership).where(Membership.provisional)))


def test_letters_that_find_nobody_offer_to_take_somebody_in(make: Make, counter: HttpDesk) -> None:
    page = text_of(counter.send("/desk/scan", code="Grace Hopper"))
    assert "So heißt hier niemand" in page
    assert 'value="Grace Hopper"' in page
    assert 'action="/desk/people"' in page


def test_a_newcomer_is_served_at_once(make: Make, counter: HttpDesk) -> None:
    make.school("Gymnasium Nord", number="160465")
    answer = counter.send(
        "/desk/people", name="Grace Hopper", school="160465", email="grace@example.org"
    )
    assert (answer.status_code, answer.location) == (303, "/desk")
    page = counter.page()
    assert "Grace Hopper" in page
    assert "nicht bestätigt, bis 21.12." in page
    counter.scan(make.copy().barcode)
    assert "ausgeliehen bis" in counter.page()
    (membership,) = newcomers(make)
    assert membership.person.email == "grace@example.org"


@pytest.mark.parametrize("typed", ["nord", "gymnasium nord", " 160465 "])
def test_letters_of_a_school_do_when_they_fit_one(
    make: Make, counter: HttpDesk, typed: str
) -> None:
    make.school("Gymnasium Nord", number="160465")
    make.school("Gymnasium Süd")
    counter.send("/desk/people", name="Grace Hopper", school=typed)
    assert [each.institution.name for each in newcomers(make)] == ["Gymnasium Nord"]


def test_letters_of_several_schools_ask_for_which(make: Make, counter: HttpDesk) -> None:
    north, south = make.school("Gymnasium Nord"), make.school("Gymnasium Süd")
    answer = counter.send("/desk/people", name="Grace Hopper", school="gymn")
    assert answer.status_code == 422
    page = text_of(answer)
    assert "Mehrere Schulen heißen so" in page
    assert page.count('name="institution" value="') >= 2
    counter.send("/desk/people", name="Grace Hopper", school="gymn", institution=south.id)
    assert [each.institution_id for each in newcomers(make)] == [south.id]
    assert north.id != south.id


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": "Hopper"}, "Geben Sie Vor- und Nachnamen ein."),
        ({"name": ""}, "Geben Sie Vor- und Nachnamen ein."),
        ({"name": "<b>Grace</b> Hopper"}, "nur Buchstaben"),
        ({"name": "G " + "x" * 130}, "zu lang"),
        ({"school": ""}, "Geben Sie die Schulnummer"),
        ({"school": "Nirgends"}, "Keine Schule hier heißt so"),
        ({"email": "grace"}, "Adresse"),
    ],
)
def test_what_is_missing_is_asked_for_and_nothing_typed_is_lost(
    make: Make, counter: HttpDesk, fields: dict[str, str], sentence: str
) -> None:
    values = {"name": "Grace Hopper", "school": make.the_school().name, "email": ""} | fields
    answer = counter.send("/desk/people", **values)
    assert answer.status_code == 422
    page = text_of(answer)
    assert sentence in page
    assert "Fehler:" in page
    assert newcomers(make) == []


def test_a_known_address_is_refused_with_what_to_do(make: Make, counter: HttpDesk) -> None:
    make.person(email="grace@example.org")
    answer = counter.send(
        "/desk/people",
        name="Grace Hopper",
        school=make.the_school().name,
        email="grace@example.org",
    )
    assert answer.status_code == 409
    assert "Suchen Sie die Person über den Namen" in text_of(answer)
    assert newcomers(make) == []


def test_a_foreign_centres_school_is_not_found(make: Make, counter: HttpDesk) -> None:
    foreign = make.school("Fremdes Gymnasium", make.centre(), number="160465")
    for school in ("160465", "fremdes"):
        answer = counter.send(
            "/desk/people", name="Grace Hopper", school=school, institution=foreign.id
        )
        assert answer.status_code == 422
    assert newcomers(make) == []


def test_the_same_newcomer_sent_twice_is_one_person(make: Make, counter: HttpDesk) -> None:
    school = make.the_school().name
    for _ in range(2):
        answer = counter.send("/desk/people", name="Grace Hopper", school=school, idem="same")
        assert answer.status_code == 303
    assert len(newcomers(make)) == 1


def test_a_program_is_answered_with_the_person(make: Make, counter: HttpDesk) -> None:
    school = make.the_school().name
    answer = counter.send("/desk/people", JSON, name="Grace Hopper", school=school)
    assert answer.get_json()["person"]["name"] == "Grace Hopper"
    answer = counter.send("/desk/people", JSON, name="Grace", school=school)
    assert (answer.status_code, set(answer.get_json()["errors"])) == (422, {"name"})


def test_the_school_sees_and_confirms_the_newcomer(
    make: Make, counter: HttpDesk, sign_in: SignIn
) -> None:
    school = make.the_school()
    admin = HttpDesk(make, sign_in(make.account(Role.SCHOOL_ADMIN)))
    counter.send("/desk/people", name="Grace Hopper", school=school.name)
    letter = select(OwedLetter).where(OwedLetter.kind == LetterKind.MEMBERSHIP_PROVISIONAL)
    assert make.session.scalars(letter).one().facts["person"] == "Grace Hopper"
    page = admin.page("/school/members")
    assert "An der Theke des Medienzentrums aufgenommen" in page
    (membership,) = newcomers(make)
    admin.send(f"/school/memberships/{membership.id}", decision="confirm")
    assert newcomers(make) == []
    assert "An der Theke" not in admin.page("/school/members")


def test_the_school_ends_what_does_not_belong_to_it(
    make: Make, counter: HttpDesk, sign_in: SignIn
) -> None:
    school = make.the_school()
    admin = HttpDesk(make, sign_in(make.account(Role.SCHOOL_ADMIN)))
    counter.send("/desk/people", name="Grace Hopper", school=school.name)
    (membership,) = newcomers(make)
    admin.send(f"/school/memberships/{membership.id}", decision="end")
    (ended,) = newcomers(make)
    assert ended.last == MONDAY


def test_whoever_still_has_something_stays_until_it_is_back(
    make: Make, counter: HttpDesk, sign_in: SignIn
) -> None:
    school = make.the_school()
    admin = HttpDesk(make, sign_in(make.account(Role.SCHOOL_ADMIN)))
    counter.send("/desk/people", name="Grace Hopper", school=school.name)
    counter.scan(make.copy().barcode)
    (membership,) = newcomers(make)
    admin.send(f"/school/memberships/{membership.id}", decision="end")
    (kept,) = newcomers(make)
    assert kept.last != MONDAY
    assert "bleibt, bis es zurück ist" in admin.page("/school/members")


def test_another_schools_admin_decides_nothing(
    make: Make, counter: HttpDesk, sign_in: SignIn
) -> None:
    other = make.account(Role.SCHOOL_ADMIN, school=make.school())
    admin = HttpDesk(make, sign_in(other))
    counter.send("/desk/people", name="Grace Hopper", school=make.the_school().name)
    (membership,) = newcomers(make)
    for decision in ("confirm", "end"):
        answer = admin.send(f"/school/memberships/{membership.id}", decision=decision)
        assert answer.status_code == 404
    assert newcomers(make)[0].last != MONDAY


def test_a_newcomer_has_no_account_to_sign_in_with(make: Make, counter: HttpDesk) -> None:
    counter.send("/desk/people", name="Grace Hopper", school=make.the_school().name)
    person = make.session.scalars(select(Person).where(Person.given_name == "Grace")).one()
    accounts = select(Account).where(Account.person_id == person.id)
    assert make.session.scalars(accounts).all() == []
