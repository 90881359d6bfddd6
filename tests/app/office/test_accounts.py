"""The office's accounts: invited, given roles, disabled; never beyond one's reach."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from schools.models.account import Account, AccountState, Grant
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.rules.roles import Role
from tests.app.conftest import AsRole, SignIn
from tests.make import MONDAY, Make

INVITED = {"given_name": "Grete", "family_name": "Neu", "email": "grete@example.org"}


@pytest.fixture
def office(as_role: AsRole) -> FlaskClient:
    """The browser of a head of the first centre."""
    return as_role(Role.CENTRE_ADMIN)


def account_of(session: Session, name: str) -> Account:
    session.rollback()
    return session.scalars(select(Account).where(Account.name == name)).one()


def roles_of(session: Session, account_id: int) -> list[Role]:
    session.rollback()
    query = select(Grant).where(Grant.account_id == account_id).order_by(Grant.id)
    return [g.role for g in session.scalars(query) if g.last is None or g.last >= MONDAY]


def test_the_list_shows_the_own_centre_only(office: FlaskClient, make: Make) -> None:
    ours = make.account(person=make.person(family_name="Unser"))
    other = make.centre()
    make.account(Role.STAFF, centre=other, person=make.person(family_name="Fremd"))
    make.account(
        school=(school := make.school(centre=other)),
        person=make.person(school, family_name="Auswärts"),
    )
    page = office.get("/office/accounts").text
    assert f"/office/accounts/{ours.id}" in page
    assert "Fremd" not in page
    assert "Auswärts" not in page


def test_words_role_and_state_narrow_the_list(office: FlaskClient, make: Make) -> None:
    make.account(person=make.person(family_name="Apfelbaum"))
    make.account(Role.STAFF, person=make.person(family_name="Birnbaum"))
    assert "Apfelbaum" in office.get("/office/accounts?words=apfel").text
    assert "Birnbaum" not in office.get("/office/accounts?words=apfel").text
    assert "Apfelbaum" not in office.get("/office/accounts?role=staff").text
    assert "Birnbaum" not in office.get("/office/accounts?state=disabled").text
    assert office.get("/office/accounts?words=%25&role=nonsense&page=-1").status_code == 200


def test_an_invitation_makes_an_account_and_a_letter(
    office: FlaskClient, make: Make, session: Session
) -> None:
    form = INVITED | {"role": "staff", "centre": str(make.the_centre().id)}
    assert office.post("/office/accounts/invite", data=form).status_code == 303
    account = account_of(session, "grete@example.org")
    assert account.state is AccountState.INVITED
    assert roles_of(session, account.id) == [Role.STAFF]
    letter = session.scalars(select(OwedLetter)).one()
    assert (letter.kind, letter.centre_id) == (LetterKind.INVITATION, make.the_centre().id)


def test_a_school_admin_is_invited_by_the_schools_number(
    office: FlaskClient, make: Make, session: Session
) -> None:
    number = make.school(number="160465").number
    form = INVITED | {"role": "school_admin", "school_number": f" {number} "}
    assert office.post("/office/accounts/invite", data=form).status_code == 303
    account = account_of(session, "grete@example.org")
    assert [each.institution_id for each in account.person.memberships]


def test_nobody_is_invited_beyond_ones_reach(
    office: FlaskClient, make: Make, session: Session
) -> None:
    other = make.centre()
    foreign = make.school(centre=other, number="160999").number
    wishes = [
        {"role": "staff", "centre": str(other.id)},
        {"role": "system_admin"},
        {"role": "teacher", "school_number": str(foreign)},
        {"role": "teacher", "school_number": "160998"},
        {"role": "staff", "centre": ""},
    ]
    session.rollback()
    answers = [office.post("/office/accounts/invite", data=INVITED | wish) for wish in wishes]
    assert {answer.status_code for answer in answers} == {422}
    assert session.scalar(select(Account.id).where(Account.name == "grete@example.org")) is None


def test_a_role_is_given_and_withdrawn(
    office: FlaskClient, make: Make, session: Session, sign_in: SignIn
) -> None:
    account = make.account()
    theirs, account_id = sign_in(account), account.id
    form = {"role": "adviser", "centre": str(make.the_centre().id)}
    assert office.post(f"/office/accounts/{account_id}/roles", data=form).status_code == 303
    assert roles_of(session, account_id) == [Role.TEACHER, Role.ADVISER]
    assert theirs.get("/profile").status_code == 302
    assert office.post(f"/office/accounts/{account_id}/roles", data=form).status_code == 409
    grant = session.scalars(select(Grant).where(Grant.role == Role.ADVISER)).one()
    address = f"/office/accounts/{account_id}/roles/{grant.id}/withdraw"
    session.rollback()
    assert office.post(address).status_code == 303
    assert roles_of(session, account_id) == [Role.TEACHER]


def test_disabling_shuts_and_enabling_opens(
    office: FlaskClient, make: Make, session: Session, sign_in: SignIn
) -> None:
    account = make.account(password_hash="some")
    theirs, address = sign_in(account), f"/office/accounts/{account.id}"
    session.rollback()
    office.post(f"{address}/disable")
    assert theirs.get("/profile").status_code == 302
    office.post(f"{address}/enable")
    assert theirs.get("/profile").status_code == 302
    session.rollback()
    assert session.get_one(Account, account.id).state is AccountState.ACTIVE


def test_an_office_signs_somebody_out(
    office: FlaskClient, make: Make, session: Session, sign_in: SignIn
) -> None:
    account = make.account()
    theirs, address = sign_in(account), f"/office/accounts/{account.id}"
    session.rollback()
    assert theirs.get("/profile").status_code == 200
    office.post(f"{address}/sign-out")
    assert theirs.get("/profile").status_code == 302


@pytest.mark.parametrize("act", ["disable", "enable", "sign-out", "invite-again"])
def test_who_holds_more_is_not_managed_by_who_holds_less(
    office: FlaskClient, make: Make, session: Session, act: str
) -> None:
    account = make.account(Role.STAFF)
    session.add(Grant(account_id=account.id, role=Role.SYSTEM_ADMIN, first=MONDAY))
    session.commit()
    address = f"/office/accounts/{account.id}"
    session.rollback()
    assert office.get(address).status_code == 200
    assert office.post(f"{address}/{act}").status_code == 409


@pytest.mark.parametrize("act", ["", "disable", "enable", "sign-out", "invite-again", "roles"])
def test_a_foreign_account_is_not_there(office: FlaskClient, make: Make, act: str) -> None:
    foreign = make.account(Role.STAFF, centre=make.centre()).id
    make.session.rollback()
    form = {"role": "staff", "centre": str(make.the_centre().id)}
    make.session.rollback()
    if act:
        answer = office.post(f"/office/accounts/{foreign}/{act}", data=form)
    else:
        answer = office.get(f"/office/accounts/{foreign}")
    assert answer.status_code == 404


def test_a_foreign_role_is_not_withdrawn(
    office: FlaskClient, make: Make, session: Session
) -> None:
    foreign = make.account(Role.STAFF, centre=make.centre())
    grant_id, ours = foreign.grants[0].id, make.account().id
    session.rollback()
    answer = office.post(f"/office/accounts/{ours}/roles/{grant_id}/withdraw")
    assert answer.status_code == 404


def test_nobody_changes_their_own_account(make: Make, session: Session, sign_in: SignIn) -> None:
    own = make.account(Role.CENTRE_ADMIN)
    office, grant_id, address = sign_in(own), own.grants[0].id, f"/office/accounts/{own.id}"
    session.rollback()
    assert office.post(f"{address}/disable").status_code == 409
    assert office.post(f"{address}/roles/{grant_id}/withdraw").status_code == 409
    assert office.get(address).status_code == 200


def test_an_invitation_is_repeated_with_another_link(
    office: FlaskClient, make: Make, session: Session
) -> None:
    form = INVITED | {"role": "staff", "centre": str(make.the_centre().id)}
    office.post("/office/accounts/invite", data=form)
    account_id = account_of(session, "grete@example.org").id
    session.rollback()
    office.post(f"/office/accounts/{account_id}/invite-again")
    session.rollback()
    letters = session.scalars(select(OwedLetter)).all()
    assert len({letter.facts["token"] for letter in letters}) == 2


@pytest.mark.parametrize(
    "role", [Role.TEACHER, Role.SCHOOL_ADMIN, Role.STAFF, Role.ADVISER, Role.PLANNER]
)
def test_others_have_no_office(as_role: AsRole, role: Role) -> None:
    assert as_role(role).get("/office").status_code == 403


def test_the_office_opens(office: FlaskClient, as_role: AsRole) -> None:
    assert office.get("/office").status_code == 200
    assert as_role(Role.SYSTEM_ADMIN).get("/office").status_code == 200
