"""Writes the people: who they are, where they belong, how they sign in and what they may do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from sqlalchemy.orm import Session

from app.demo.chance import chance
from app.demo.county import County, SchoolRow
from app.demo.days import ONE_DAY, instant
from app.demo.insertion import insert_rows
from app.demo.newcomers import SHOWN, SHOWN_SCHOOL, Newcomer, address_for, host_of, newcomers
from schools.models.account import (
    Account,
    AccountState,
    Grant,
    Registration,
    RegistrationState,
)
from schools.models.person import Membership, MembershipRole, Person
from schools.rules.cards import BITS, card_number
from schools.rules.roles import Role

AT_THE_DESK = frozenset({Role.STAFF, Role.CENTRE_ADMIN})
REGISTRANTS = (
    ("Greta", "Hollmann", RegistrationState.PROVED),
    ("Samir", "Aydin", RegistrationState.PROVED),
    ("Theresa", "Vogt", RegistrationState.REQUESTED),
)
REGISTRANTS_ELSEWHERE = (("Kilian", "Reuter", RegistrationState.PROVED),)
DAYS_TO_PROVE = 7


@dataclass(frozen=True, slots=True)
class Teacher:
    """Someone who borrows for a school."""

    person_id: int
    account_id: int
    name: str
    email: str
    school: SchoolRow
    is_admin: bool
    keeps_history: bool
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class People:
    """All people of the demo.

    Attributes:
        shown: the teacher whose sign-in is printed.
        by_school: teachers by id of their school, those who are shown and the admins first.
        desk: accounts of staff by id of their centre.
    """

    shown: Teacher
    by_school: Mapping[int, tuple[Teacher, ...]]
    desk: Mapping[int, tuple[int, ...]]

    def admin_of(self, school: SchoolRow) -> Teacher:
        """Return a school's first school admin."""
        return next(each for each in self.by_school[school.id] if each.is_admin)


def build_people(session: Session, county: County, password_hash: str, today: date) -> People:
    """Write everyone with membership, account and role, and who asks to become a member."""
    everyone = newcomers(county, today)
    person_ids = insert_rows(session, Person, _persons(everyone))
    account_ids = insert_rows(session, Account, _accounts(everyone, person_ids, password_hash))
    insert_rows(session, Membership, _memberships(everyone, person_ids))
    insert_rows(session, Grant, _grants(everyone, account_ids))
    insert_rows(session, Registration, _registrations(county, password_hash, today))
    return _people(everyone, person_ids, account_ids)


def _persons(everyone: Sequence[Newcomer]) -> list[dict[str, object]]:
    random = chance("cards")
    return [
        {
            "given_name": each.name[0],
            "family_name": each.name[1],
            "email": each.email,
            "card": card_number(random.getrandbits(BITS)),
            "keeps_history": each.keeps_history,
            "created_at": instant(each.since, 9),
        }
        for each in everyone
    ]


def _accounts(
    everyone: Sequence[Newcomer], person_ids: Sequence[int], password_hash: str
) -> list[dict[str, object]]:
    return [
        {
            "person_id": person_id,
            "name": each.sign_in,
            "password_hash": password_hash,
            "state": AccountState.ACTIVE,
            "created_at": instant(each.since, 9),
        }
        for each, person_id in zip(everyone, person_ids, strict=True)
    ]


def _memberships(
    everyone: Sequence[Newcomer], person_ids: Sequence[int]
) -> list[dict[str, object]]:
    officer, teacher = MembershipRole.MEDIA_OFFICER, MembershipRole.TEACHER
    return [
        {
            "person_id": person_id,
            "institution_id": each.school.id,
            "role": officer if each.role is Role.SCHOOL_ADMIN else teacher,
            "first": each.since,
        }
        for each, person_id in zip(everyone, person_ids, strict=True)
        if each.school is not None
    ]


def _grants(everyone: Sequence[Newcomer], account_ids: Sequence[int]) -> list[dict[str, object]]:
    return [
        {"account_id": account_id, "role": each.role, "first": each.since} | _place(each)
        for each, account_id in zip(everyone, account_ids, strict=True)
    ]


def _place(newcomer: Newcomer) -> dict[str, object]:
    centre = None if newcomer.role is Role.SYSTEM_ADMIN else newcomer.centre
    planned = centre if newcomer.role is Role.PLANNER else None
    return {
        "centre_id": centre.id if centre else None,
        "district_id": planned.district_id if planned else None,
        "institution_id": newcomer.school.id if newcomer.school else None,
    }


def _registrations(county: County, password_hash: str, today: date) -> list[dict[str, object]]:
    shown = next(each for each in county.schools if each.entry.number == SHOWN_SCHOOL)
    asking = [
        *((shown, each) for each in REGISTRANTS),
        *((county.schools[0], each) for each in REGISTRANTS_ELSEWHERE),
    ]
    asked_on = today - 2 * ONE_DAY
    return [
        {
            "institution_id": school.id,
            "given_name": given,
            "family_name": family,
            "email": address_for((given, family), host_of(school)),
            "password_hash": password_hash,
            "token_hash": sha256(f"demo {given} {family}".encode()).hexdigest(),
            "state": state,
            "created_at": instant(asked_on, 16, 12),
            "expires_at": instant(asked_on + DAYS_TO_PROVE * ONE_DAY, 16, 12),
            "proved_at": (
                instant(asked_on + ONE_DAY, 7, 45) if state is RegistrationState.PROVED else None
            ),
        }
        for school, (given, family, state) in asking
    ]


def _people(
    everyone: Sequence[Newcomer], person_ids: Sequence[int], account_ids: Sequence[int]
) -> People:
    teachers: dict[int, list[Teacher]] = {}
    desk: dict[int, list[int]] = {}
    for each, person_id, account_id in zip(everyone, person_ids, account_ids, strict=True):
        if each.school is not None:
            teachers.setdefault(each.school.id, []).append(
                Teacher(
                    person_id=person_id,
                    account_id=account_id,
                    name=" ".join(each.name),
                    email=each.email,
                    school=each.school,
                    is_admin=each.role is Role.SCHOOL_ADMIN,
                    keeps_history=each.keeps_history,
                    subjects=each.subjects,
                )
            )
        elif each.centre is not None and each.role in AT_THE_DESK:
            desk.setdefault(each.centre.id, []).append(account_id)
    by_school = {school_id: tuple(each) for school_id, each in teachers.items()}
    found = (each for at_school in by_school.values() for each in at_school)
    shown = next(each for each in found if each.name == " ".join(SHOWN[0].name))
    return People(shown, by_school, {centre: tuple(each) for centre, each in desk.items()})
