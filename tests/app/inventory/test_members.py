"""Who joins a school, who is invited, who leaves."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from schools.models.account import Account, Grant, Registration, RegistrationState
from schools.models.institution import Institution
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.models.person import Membership, Person
from schools.rules.roles import Role
from tests.app.conftest import AsRole, SignIn
from tests.make import MONDAY, NOW, Make

EVIL = "<b onmouseover=alert(1)>"
LAST = MONDAY + timedelta(30)


def registration(make: Make, school: Institution | None = None, **facts: Any) -> Registration:
    values = {"given_name": "Grace", "family_name": "Hopper", "email": "hopper@example.org"}
    row = Registration(
        institution_id=(school or make.the_school()).id,
        password_hash="x",
        token_hash=f"t{make.session.scalar(select(func.count(Registration.id)))}",
        state=RegistrationState.PROVED,
        created_at=NOW,
        expires_at=NOW + timedelta(7),
        proved_at=NOW,
        **values | facts,
    )
    make.session.add(row)
    make.session.commit()
    return row


def letters(make: Make) -> list[OwedLetter]:
    make.session.rollback()
    return list(make.session.scalars(select(OwedLetter).order_by(OwedLetter.id)))


def decide(browser: FlaskClient, row: Registration, decision: str, idem: str) -> TestResponse:
    return browser.post(
        f"/school/registrations/{row.id}", data={"decision": decision, "idem": idem}
    )


def test_a_school_admin_confirms_a_colleague(make: Make, as_role: AsRole) -> None:
    row = registration(make)
    browser = as_role(Role.SCHOOL_ADMIN)
    assert "Grace Hopper" in browser.get("/school/members").text
    for _ in range(2):
        assert decide(browser, row, "confirm", "k1").status_code == 303
    make.session.rollback()
    assert row.state is RegistrationState.CONFIRMED
    person = make.session.scalars(select(Person).where(Person.family_name == "Hopper")).one()
    assert len(person.memberships) == 1
    assert "Hopper, Grace" in browser.get("/school/members").text


def test_a_stranger_is_declined_and_told(make: Make, as_role: AsRole) -> None:
    row = registration(make)
    decide(as_role(Role.SCHOOL_ADMIN), row, "decline", "k1")
    make.session.rollback()
    assert row.state is RegistrationState.DECLINED
    (letter,) = letters(make)
    assert letter.kind is LetterKind.MEMBERSHIP_DECLINED


def test_what_is_decided_is_not_decided_again(make: Make, as_role: AsRole) -> None:
    row = registration(make)
    browser = as_role(Role.SCHOOL_ADMIN)
    decide(browser, row, "decline", "k1")
    assert decide(browser, row, "confirm", "k2").status_code == 409
    make.session.rollback()
    assert row.state is RegistrationState.DECLINED


def test_a_centre_sees_all_that_wait_at_its_schools(make: Make, as_role: AsRole) -> None:
    registration(make)
    registration(make, make.school(centre=make.centre()), family_name="Lovelace")
    text = as_role(Role.CENTRE_ADMIN).get("/school/members").text
    assert "Hopper" in text
    assert "Lovelace" not in text


def test_another_schools_registrations_and_members_are_not_there(
    make: Make, as_role: AsRole
) -> None:
    browser = as_role(Role.SCHOOL_ADMIN)
    foreign = make.school()
    row = registration(make, foreign)
    assert decide(browser, row, "confirm", "k1").status_code == 404
    for path in ("members", "members.csv", "leavers"):
        assert browser.get(f"/school/{foreign.id}/{path}").status_code == 404
    assert browser.post(f"/school/{foreign.id}/members", data={}).status_code == 404
    assert browser.post(f"/school/{foreign.id}/leavers", data={}).status_code == 404
    make.session.rollback()
    assert row.state is RegistrationState.PROVED


@pytest.mark.parametrize("role", [Role.TEACHER, Role.STAFF, Role.ADVISER])
def test_others_manage_no_members(as_role: AsRole, role: Role) -> None:
    assert as_role(role).get("/school/members").status_code == 403
    assert as_role(role).get("/school/leavers").status_code == 403


def invited(browser: FlaskClient, school: Institution, **fields: Any) -> TestResponse:
    values = {
        "given_name": "Emmy",
        "family_name": "Noether",
        "email": "noether@example.org",
        "role": "teacher",
    } | fields
    return browser.post(f"/school/{school.id}/members", data=values)


def test_a_colleague_is_invited_by_letter_once(make: Make, as_role: AsRole) -> None:
    browser, school = as_role(Role.SCHOOL_ADMIN), make.the_school()
    for _ in range(2):
        assert invited(browser, school, idem="k1").status_code == 303
    (letter,) = letters(make)
    assert (letter.kind, letter.to_address) == (LetterKind.INVITATION, "noether@example.org")
    answer = invited(browser, school, idem="k2")
    assert answer.status_code == 409
    assert "hat diese Rolle schon" in answer.text


@pytest.mark.parametrize(
    "fields", [{"email": "nirgends"}, {"family_name": ""}, {"given_name": EVIL}, {"role": "staff"}]
)
def test_a_faulty_invitation_comes_back(
    make: Make, as_role: AsRole, fields: dict[str, str]
) -> None:
    answer = invited(as_role(Role.SCHOOL_ADMIN), make.the_school(), **fields)
    assert answer.status_code == 422
    assert EVIL not in answer.text
    assert letters(make) == []


def end(browser: FlaskClient, school: Institution, ids: list[int], **fields: Any) -> TestResponse:
    values: dict[str, Any] = {"membership": [str(each) for each in ids], "last": LAST.isoformat()}
    return browser.post(f"/school/{school.id}/leavers", data=values | fields)


def membership(person: Person) -> Membership:
    return person.memberships[0]


def test_leavers_end_and_whoever_still_has_something_is_named(make: Make, as_role: AsRole) -> None:
    school = make.the_school()
    free, busy = make.person(family_name="Frei"), make.person(family_name="Noch")
    make.loan(make.copy(make.holding(make.title("Kamera 1")), barcode="MZ-7"), person=busy)
    browser = as_role(Role.SCHOOL_ADMIN)
    assert "Kamera 1" in browser.get("/school/leavers").text
    both = [membership(free).id, membership(busy).id]
    for _ in range(2):
        assert end(browser, school, both, idem="k1").status_code == 303
    make.session.rollback()
    assert (membership(free).last, membership(busy).last) == (LAST, None)
    text = browser.get("/school/leavers").text
    assert "1 Mitgliedschaft endet am 23.12.2026." in text
    assert "1 Person hat noch etwas" in text


@pytest.mark.parametrize(
    "fields",
    [{"last": ""}, {"last": "1999-01-01"}, {"membership": []}, {"membership": ["x"]}],
    ids=["no day", "a slip of the pen", "nobody", "no number"],
)
def test_a_faulty_list_of_leavers_changes_nothing(
    make: Make, as_role: AsRole, fields: dict[str, Any]
) -> None:
    person = make.person()
    browser = as_role(Role.SCHOOL_ADMIN)
    answer = end(browser, make.the_school(), [membership(person).id], **fields)
    assert answer.status_code == 422
    make.session.rollback()
    assert membership(person).last is None


def test_members_of_another_school_do_not_leave(make: Make, as_role: AsRole) -> None:
    browser = as_role(Role.SCHOOL_ADMIN)
    stranger = make.person(make.school())
    answer = end(browser, make.the_school(), [membership(stranger).id])
    assert answer.status_code == 404
    make.session.rollback()
    assert membership(stranger).last is None


def test_who_has_left_is_signed_out_of_the_school(
    make: Make, as_role: AsRole, sign_in: SignIn
) -> None:
    account: Account = make.account(person=make.person())
    theirs = sign_in(account)
    assert theirs.get("/school/defects").status_code == 200
    yesterday = (MONDAY - timedelta(1)).isoformat()
    ids = [membership(account.person).id]
    end(as_role(Role.SCHOOL_ADMIN), make.the_school(), ids, last=yesterday)
    assert theirs.get("/school/defects").status_code in {302, 403}
    make.session.rollback()
    assert make.session.scalars(select(Grant.last).where(Grant.account_id == account.id)).one()


def test_the_table_of_members_says_what_they_still_have(make: Make, as_role: AsRole) -> None:
    busy = make.person(family_name="=Noch")
    make.loan(make.copy(make.holding(make.title("Kamera 1")), barcode="MZ-7"), person=busy)
    text = as_role(Role.SCHOOL_ADMIN).get(f"/school/{make.the_school().id}/members.csv").text
    assert '"Kamera 1 (MZ-7)"' in text
    assert '"\'=Noch"' in text
