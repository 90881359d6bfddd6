"""Registering, deciding, leaving: what the store holds afterwards."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from schools.errors import LinkDeadError, NotFoundError, RefusedError
from schools.models.account import Account, AccountState, Registration, RegistrationState
from schools.models.institution import Institution
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.models.person import Person
from schools.operations.enrol import (
    MOST_UNPROVED,
    PROOF_LIVES_FOR,
    RegistrationWish,
    confirm_registration,
    decline_registration,
    prove,
    register,
)
from schools.operations.leave import end_memberships
from schools.operations.open_account import PersonFacts
from schools.queries.members import members_of, registrations_to_decide
from schools.rules.granting import GrantFault
from schools.rules.roles import Actor, Right, Role
from tests.make import MONDAY, NOW, Make

pytestmark = pytest.mark.both_stores

ILSE = PersonFacts("Ilse", "Kern", "ilse@example.org")


def registered(session: Session, school: Institution, person: PersonFacts = ILSE) -> str:
    """A registration whose letter has gone out; gives the token in it."""
    wish = RegistrationWish(person, school.number or "", "hash")
    with unit_of_work(session):
        register(session, wish, NOW)
    query = select(OwedLetter).where(OwedLetter.kind == LetterKind.REGISTRATION_PROOF)
    return str(session.scalars(query.order_by(OwedLetter.id.desc())).first().facts["token"])  # type: ignore[union-attr]  # just written


def proved(session: Session, school: Institution, person: PersonFacts = ILSE) -> int:
    """A registration that waits for a decision."""
    token = registered(session, school, person)
    with unit_of_work(session):
        return prove(session, token, NOW).id


def confirmed(session: Session, registration_id: int, by: Actor) -> Person:
    with unit_of_work(session):
        return confirm_registration(session, registration_id, by, NOW)


def letters(session: Session, kind: LetterKind) -> list[str]:
    query = select(OwedLetter.to_address).where(OwedLetter.kind == kind)
    return list(session.scalars(query))


def test_nothing_but_the_registration_exists_before_the_decision(
    session: Session, make: Make
) -> None:
    proved(session, make.the_school())
    assert session.scalar(select(Person.id).where(Person.email == ILSE.email)) is None


def test_a_link_not_followed_dies(session: Session, make: Make) -> None:
    token = registered(session, make.the_school())
    with pytest.raises(LinkDeadError), unit_of_work(session):
        prove(session, token, NOW + PROOF_LIVES_FOR + timedelta(seconds=1))


def test_a_schools_mailbox_is_not_flooded(session: Session, make: Make) -> None:
    school = make.the_school()
    for number in range(MOST_UNPROVED + 3):
        registered(session, school, PersonFacts("Ilse", "Kern", f"ilse{number}@example.org"))
    assert len(letters(session, LetterKind.REGISTRATION_PROOF)) == MOST_UNPROVED


def test_the_centre_is_asked_where_a_school_has_no_admin(session: Session, make: Make) -> None:
    proved(session, make.the_school())
    assert letters(session, LetterKind.MEMBERSHIP_TO_CONFIRM) == [make.the_centre().email]


def test_every_admin_of_the_school_is_asked(session: Session, make: Make) -> None:
    school = make.the_school()
    admins = [make.account(Role.SCHOOL_ADMIN).name for _ in range(2)]
    make.account(Role.SCHOOL_ADMIN, school=make.school())
    proved(session, school)
    assert sorted(letters(session, LetterKind.MEMBERSHIP_TO_CONFIRM)) == sorted(admins)


@pytest.mark.parametrize("role", [Role.SCHOOL_ADMIN, Role.CENTRE_ADMIN])
def test_confirming_makes_person_membership_account_and_role(
    session: Session, make: Make, role: Role
) -> None:
    school, by = make.the_school(), make.actor(role)
    person = confirmed(session, proved(session, school), by)
    account = session.scalars(select(Account).where(Account.person_id == person.id)).one()
    assert (account.state, account.name) == (AccountState.ACTIVE, ILSE.email)
    assert [(g.role, g.institution_id, g.first) for g in account.grants] == [
        (Role.TEACHER, school.id, MONDAY)
    ]
    assert [m.institution_id for m in person.memberships] == [school.id]
    assert letters(session, LetterKind.MEMBERSHIP_CONFIRMED) == [ILSE.email]
    assert registrations_to_decide(session, by.scope(Right.MANAGE_MEMBERS)) == []
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.act, entry.account_id) == ("registration_confirmed", by.account_id)


def test_a_known_person_without_a_password_must_prove_the_address(
    session: Session, make: Make
) -> None:
    make.person(email=ILSE.email)
    school = make.school()
    confirmed(session, proved(session, school), make.actor(Role.CENTRE_ADMIN))
    account = session.scalars(select(Account).where(Account.name == ILSE.email)).one()
    assert (account.state, account.password_hash) == (AccountState.INVITED, None)
    assert letters(session, LetterKind.INVITATION) == [ILSE.email]


def test_declining_keeps_nothing_of_the_password(session: Session, make: Make) -> None:
    registration_id, by = proved(session, make.the_school()), make.actor(Role.SCHOOL_ADMIN)
    with unit_of_work(session):
        decline_registration(session, registration_id, by, NOW)
    row = session.get_one(Registration, registration_id)
    assert (row.state, row.password_hash) == (RegistrationState.DECLINED, "")
    assert letters(session, LetterKind.MEMBERSHIP_DECLINED) == [ILSE.email]


def test_a_registration_is_decided_once(session: Session, make: Make) -> None:
    registration_id, by = proved(session, make.the_school()), make.actor(Role.SCHOOL_ADMIN)
    confirmed(session, registration_id, by)
    with pytest.raises(RefusedError):
        confirmed(session, registration_id, by)


def test_an_unproved_registration_is_not_decided(session: Session, make: Make) -> None:
    by = make.actor(Role.SCHOOL_ADMIN)
    registered(session, make.the_school())
    row = session.scalars(select(Registration.id)).one()
    with pytest.raises(RefusedError):
        confirmed(session, row, by)


@pytest.mark.parametrize("role", [Role.SCHOOL_ADMIN, Role.CENTRE_ADMIN])
def test_a_foreign_registration_is_not_there(session: Session, make: Make, role: Role) -> None:
    by = make.actor(role)
    other = make.school(centre=make.centre())
    registration_id = proved(session, other)
    assert registrations_to_decide(session, by.scope(Right.MANAGE_MEMBERS)) == []
    with pytest.raises(NotFoundError):
        confirmed(session, registration_id, by)


def test_a_school_that_closed_meanwhile_gets_no_members(session: Session, make: Make) -> None:
    school, by = make.the_school(), make.actor(Role.CENTRE_ADMIN)
    registration_id = proved(session, school)
    session.get_one(Institution, school.id).operating_status = 3
    session.commit()
    with pytest.raises(RefusedError) as refused:
        confirmed(session, registration_id, by)
    assert refused.value.reasons == (GrantFault.SCHOOL_CLOSED,)


# Leaving


def test_leavers_lose_their_role_at_that_school_only(session: Session, make: Make) -> None:
    here, there = make.the_school(), make.school()
    by = make.actor(Role.SCHOOL_ADMIN, school=here)
    leaver = make.account(school=here)
    confirmed(
        session,
        proved(session, there, PersonFacts("Ada", "Kern", leaver.name)),
        make.actor(Role.CENTRE_ADMIN),
    )
    membership = leaver.person.memberships[0]
    yesterday = MONDAY - timedelta(days=1)
    with unit_of_work(session):
        assert end_memberships(session, [membership.id], yesterday, by, NOW) == 1
    assert [(g.institution_id, g.last) for g in leaver.grants] == [
        (here.id, yesterday),
        (there.id, None),
    ]
    staying = members_of(session, by.scope(Right.MANAGE_MEMBERS), here.id, MONDAY)
    assert leaver.person_id not in {each.person_id for each in staying}


def test_leavers_are_taken_together_or_not_at_all(session: Session, make: Make) -> None:
    by = make.actor(Role.SCHOOL_ADMIN)
    ours = make.person().memberships[0].id
    foreign = make.person(make.school()).memberships[0].id
    with pytest.raises(NotFoundError), unit_of_work(session):
        end_memberships(session, [ours, foreign], MONDAY, by, NOW)
    scope = make.actor(Role.CENTRE_ADMIN).scope(Right.MANAGE_MEMBERS)
    members = members_of(session, scope, make.the_school().id, MONDAY + timedelta(days=1))
    assert ours in {each.id for each in members}


def test_leaving_twice_changes_nothing(session: Session, make: Make) -> None:
    by = make.actor(Role.SCHOOL_ADMIN)
    ours = make.person().memberships[0].id
    for last, ended in ((MONDAY, 1), (MONDAY, 0), (MONDAY + timedelta(days=9), 0)):
        with unit_of_work(session):
            assert end_memberships(session, [ours], last, by, NOW) == ended
