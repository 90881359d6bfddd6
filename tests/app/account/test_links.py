"""What mailed links do: a new password, an invitation, the proof of a registration."""

from datetime import timedelta
from statistics import median
from time import process_time
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from database.unit_of_work import unit_of_work
from schools.models.account import Account, AccountToken, Registration, SignInSession
from schools.models.institution import Institution
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.models.person import Person
from schools.operations.enrol import confirm_registration
from schools.operations.invite import invite
from schools.operations.open_account import Held, PersonFacts
from schools.rules.roles import Role
from tests.app.conftest import SignIn
from tests.effort import times
from tests.make import NOW, Make

CHOSEN = "vier-kleine-wolken"
ENOUGH = timedelta(milliseconds=10)


def sign_in_works(app: Flask, name: str, password: str = CHOSEN) -> bool:
    answer = app.test_client().post("/login", data={"name": name, "password": password})
    return answer.status_code == 303


def letters(session: Session, kind: LetterKind) -> list[OwedLetter]:
    session.rollback()
    return list(session.scalars(select(OwedLetter).where(OwedLetter.kind == kind)))


def token(session: Session, kind: LetterKind) -> str:
    return str(letters(session, kind)[-1].facts["token"])


# A new password


@pytest.mark.both_stores
def test_a_forgotten_password_is_replaced_by_a_mailed_link(
    app: Flask, visitor: FlaskClient, make: Make, session: Session, sign_in: SignIn
) -> None:
    account = make.account()
    before, name = sign_in(account), account.name
    assert visitor.post("/reset", data={"name": name}).status_code == 200
    link = f"/reset/{token(session, LetterKind.PASSWORD_RESET)}"
    assert name in visitor.get(link).text
    assert visitor.post(link, data={"password": CHOSEN}).status_code == 303
    assert sign_in_works(app, name)
    assert before.get("/profile").status_code == 302
    assert visitor.get(link).status_code == 404
    assert visitor.post(link, data={"password": "fünf-kleine-wolken"}).status_code == 404


def test_a_link_for_a_new_password_dies_after_an_hour(
    visitor: FlaskClient, make: Make, session: Session
) -> None:
    visitor.post("/reset", data={"name": make.account().name})
    session.rollback()
    row = session.scalars(select(AccountToken)).one()
    assert row.expires_at - row.created_at == timedelta(minutes=60)
    row.expires_at -= timedelta(hours=3)
    session.commit()
    link = f"/reset/{token(session, LetterKind.PASSWORD_RESET)}"
    assert visitor.get(link).status_code == 404


def test_a_second_letter_kills_the_first_link(
    visitor: FlaskClient, make: Make, session: Session
) -> None:
    name = make.account().name
    visitor.post("/reset", data={"name": name})
    first = token(session, LetterKind.PASSWORD_RESET)
    visitor.post("/reset", data={"name": name})
    assert visitor.get(f"/reset/{first}").status_code == 404


def test_nobody_learns_who_has_an_account(app: Flask, make: Make, session: Session) -> None:
    known = make.account().name
    session.rollback()
    pages = [
        app.test_client().post("/reset", data={"name": name}).text.replace(name, "NAME")
        for name in (known, "nobody@example.org")
    ]
    assert _plain(pages[0]) == _plain(pages[1])


def test_the_time_to_answer_tells_nothing_either(app: Flask, make: Make, session: Session) -> None:
    rounds = times(ci=15, soak=200)
    known = [make.account().name for _ in range(rounds)]
    session.rollback()
    unknown = [f"nobody{number}@example.org" for number in range(rounds)]
    spent: dict[str, list[float]] = {"known": [], "unknown": []}
    for pair in zip(known, unknown, strict=True):
        for kind, name in zip(spent, pair, strict=True):
            spent[kind].append(_seconds_for(app.test_client(), name))
    difference = abs(median(spent["known"]) - median(spent["unknown"]))
    assert difference < ENOUGH.total_seconds()


def test_nobodys_mailbox_is_flooded(app: Flask, make: Make, session: Session) -> None:
    name = make.account().name
    answers = [app.test_client().post("/reset", data={"name": name}) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert len(letters(session, LetterKind.PASSWORD_RESET)) == 3


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1:8000@evil.example", "evil.example:80"]
)
def test_a_hostile_host_gets_into_no_letter(
    visitor: FlaskClient, make: Make, session: Session, host: str
) -> None:
    name = make.account().name
    session.rollback()
    visitor.post("/reset", data={"name": name}, headers={"Host": host})
    visitor.post("/reset", data={"name": name}, headers={"X-Forwarded-Host": host})
    assert all(
        "evil" not in str(each.facts) for each in letters(session, LetterKind.PASSWORD_RESET)
    )


def test_tokens_are_kept_as_hashes(visitor: FlaskClient, make: Make, session: Session) -> None:
    visitor.post("/reset", data={"name": make.account().name})
    session.rollback()
    row = session.scalars(select(AccountToken)).one()
    assert row.token_hash != token(session, LetterKind.PASSWORD_RESET)


@pytest.mark.parametrize("address", ["/reset/x", "/invitation/x", "/register/x"])
def test_a_made_up_link_opens_nothing(visitor: FlaskClient, address: str) -> None:
    assert visitor.get(address).status_code == 404
    assert visitor.post(address, data={"password": CHOSEN}).status_code == 404


# An invitation


@pytest.mark.both_stores
def test_an_invitation_opens_an_account(
    app: Flask, visitor: FlaskClient, make: Make, session: Session
) -> None:
    by, centre = make.actor(Role.CENTRE_ADMIN), make.the_centre()
    held = Held(Role.STAFF, centre_id=centre.id)
    with unit_of_work(session):
        invite(session, PersonFacts("Grete", "Neu", "grete@example.org"), held, by, NOW)
    link = f"/invitation/{token(session, LetterKind.INVITATION)}"
    assert not sign_in_works(app, "grete@example.org")
    assert visitor.get(link).headers["Cache-Control"] == "no-store"
    assert visitor.post(link, data={"password": "neu-grete-neu"}).status_code == 422
    assert visitor.post(link, data={"password": CHOSEN}).status_code == 303
    assert sign_in_works(app, "grete@example.org")
    assert visitor.post(link, data={"password": CHOSEN}).status_code == 404


# A registration


def wish(school: Institution | None = None, **other: str) -> dict[str, Any]:
    return {
        "given_name": "Ilse",
        "family_name": "Kern",
        "email": "Ilse.Kern@example.org",
        "school_number": school.number if school else "999999",
        "password": CHOSEN,
    } | other


@pytest.mark.both_stores
def test_a_teacher_registers_and_comes_in(
    app: Flask, visitor: FlaskClient, make: Make, session: Session
) -> None:
    school = make.school(number="160465")
    admin = make.actor(Role.SCHOOL_ADMIN, school=school)
    assert visitor.post("/register", data=wish(school)).status_code == 200

    proof = letters(session, LetterKind.REGISTRATION_PROOF)[0]
    assert proof.to_address == "160465@schule.nrw.de"
    link = f"/register/{proof.facts['token']}"
    assert "Ilse" in visitor.get(link).text
    assert not letters(session, LetterKind.MEMBERSHIP_TO_CONFIRM)
    assert visitor.post(link).status_code == 200
    assert visitor.post(link).status_code == 404
    asked = letters(session, LetterKind.MEMBERSHIP_TO_CONFIRM)
    assert [each.person_id for each in asked] == [admin.person_id]
    assert not sign_in_works(app, "ilse.kern@example.org")

    registration = session.scalars(select(Registration)).one()
    with unit_of_work(session):
        confirm_registration(session, registration.id, admin, NOW)
    assert sign_in_works(app, "ilse.kern@example.org")
    told = letters(session, LetterKind.MEMBERSHIP_CONFIRMED)
    assert [each.to_address for each in told] == ["ilse.kern@example.org"]
    person = session.scalars(select(Person).where(Person.email == "ilse.kern@example.org")).one()
    assert [each.institution_id for each in person.memberships] == [school.id]


@pytest.mark.parametrize(
    "facts",
    [{"operating_status": 3}, {"centre_id": None}, {"number": "170000"}],
    ids=["closed", "served by no centre", "another number"],
)
def test_every_school_gets_the_same_answer(
    app: Flask, make: Make, session: Session, facts: dict[str, Any]
) -> None:
    served = wish(make.school(number="160465"))
    make.school(number="160466")
    session.execute(update(Institution).where(Institution.number == "160466").values(**facts))
    session.commit()
    expected = app.test_client().post("/register", data=served).text
    other = wish(school_number="160466", email="other@example.org")
    answer = app.test_client().post("/register", data=other)
    assert _plain(answer.text) == _plain(expected)
    assert len(letters(session, LetterKind.REGISTRATION_PROOF)) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "kein-at"),
        ("email", "zwei@at@example.org"),
        ("school_number", "12345"),
        ("given_name", ""),
        ("family_name", "Kern\r\nBcc: x@example.org"),
        ("password", "ilse.kern"),
        ("password", "kernkernkern"),
    ],
)
def test_a_registration_must_have_the_right_shape(
    visitor: FlaskClient, make: Make, field: str, value: str
) -> None:
    answer = visitor.post("/register", data=wish(make.the_school(), **{field: value}))
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


def test_registering_with_anothers_address_takes_nothing_away(
    app: Flask, visitor: FlaskClient, make: Make, session: Session, password_hash: str
) -> None:
    owner = make.account(password_hash=password_hash)
    name, school = owner.name, make.school(number="160465")
    admin = make.actor(Role.SCHOOL_ADMIN, school=school)
    visitor.post("/register", data=wish(school, email=name))
    visitor.post(f"/register/{token(session, LetterKind.REGISTRATION_PROOF)}")
    registration = session.scalars(select(Registration)).one()
    with unit_of_work(session):
        confirm_registration(session, registration.id, admin, NOW)
    assert not sign_in_works(app, name)
    assert sign_in_works(app, name, "drei-kleine-wolken")
    assert len(session.scalars(select(Account).where(Account.name == name)).all()) == 1
    assert session.scalars(select(SignInSession)).first() is not None


def _plain(page: str) -> list[str]:
    return [line for line in page.splitlines() if "csrf_token" not in line]


def _seconds_for(browser: FlaskClient, name: str) -> float:
    start = process_time()
    browser.post("/reset", data={"name": name})
    return process_time() - start
