"""Invents the people: names, addresses, roles and subjects."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from app.demo.chance import chance
from app.demo.content import county as county_entry
from app.demo.content import units_of
from app.demo.county import CentreRow, County, SchoolRow
from schools.rules.roles import Role

SHOWN_SCHOOL = "990137"
"""The school of the teacher and the school admin whose sign-in is printed."""

LARGE_SCHOOL = 15
"""A school with so many people has a second school admin."""

SUBJECTS_OF_A_TEACHER = 2
KEEP_HISTORY_SHARE = 0.15
_PLAIN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ı": "i", "ø": "o"})


@dataclass(frozen=True, slots=True)
class Shown:
    """Somebody whose sign-in is printed."""

    role: Role
    sign_in: str
    name: tuple[str, str]


SHOWN = (
    Shown(Role.TEACHER, "lehrkraft", ("Jana", "Brinkmann")),
    Shown(Role.SCHOOL_ADMIN, "schule", ("Mehmet", "Özdemir")),
    Shown(Role.STAFF, "theke", ("Karin", "Feldmann")),
    Shown(Role.CENTRE_ADMIN, "leitung", ("Stefan", "Lindner")),
    Shown(Role.ADVISER, "beratung", ("Ulrike", "Sommer")),
    Shown(Role.PLANNER, "planung", ("Martin", "Graf")),
    Shown(Role.SYSTEM_ADMIN, "system", ("Nadja", "Kowalski")),
)
SHOWN_SUBJECTS = ("BI",)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody about to be written.

    Attributes:
        role: what they are.
        name: given and family name.
        email: unique.
        sign_in: what they sign in with.
        since: the first day of membership and role.
        keeps_history: has agreed that past loans keep the name.
        school: of people at schools.
        centre: of everybody else.
        subjects: codes of what a teacher teaches.
    """

    role: Role
    name: tuple[str, str]
    email: str
    sign_in: str
    since: date
    keeps_history: bool
    school: SchoolRow | None
    centre: CentreRow | None
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Post:
    role: Role
    school: SchoolRow | None
    centre: CentreRow | None
    shown: Shown | None = None


def newcomers(county: County, today: date) -> list[Newcomer]:
    """Return everybody, those who are shown first; school by school, its admins first."""
    random = chance("people")
    taken = {_local_part(each.name) for each in SHOWN}
    return [_newcomer(post, _name(post, taken, random), random, today) for post in _posts(county)]


def address_for(name: tuple[str, str], host: str) -> str:
    """Return an e-mail address of plain letters."""
    return f"{_local_part(name)}@{host}"


def host_of(school: SchoolRow) -> str:
    """Return where the mailboxes of a school's people are; such a host cannot exist."""
    return f"{_plain(school.entry.short_name)}.example"


def _posts(county: County) -> Iterator[_Post]:
    school = next(each for each in county.schools if each.entry.number == SHOWN_SCHOOL)
    for shown in SHOWN:
        at_school = shown.role in {Role.TEACHER, Role.SCHOOL_ADMIN}
        centre = None if at_school else county.centres[0]
        yield _Post(shown.role, school if at_school else None, centre, shown)
    for each in county.schools:
        yield from _posts_at_school(each)
    for centre in county.centres:
        yield from _posts_at_centre(centre, is_shown=centre is county.centres[0])


def _posts_at_school(school: SchoolRow) -> Iterator[_Post]:
    is_shown = school.entry.number == SHOWN_SCHOOL
    admins = 1 + (school.entry.people >= LARGE_SCHOOL)
    teachers = school.entry.people - admins
    yield from [_Post(Role.SCHOOL_ADMIN, school, None)] * (admins - is_shown)
    yield from [_Post(Role.TEACHER, school, None)] * (teachers - is_shown)


def _posts_at_centre(centre: CentreRow, *, is_shown: bool) -> Iterator[_Post]:
    for staff in county_entry().staff:
        if staff.centre == centre.code:
            yield from [_Post(staff.role, None, centre)] * (staff.count - is_shown)


def _name(post: _Post, taken: set[str], random: Random) -> tuple[str, str]:
    if post.shown is not None:
        return post.shown.name
    entry = county_entry()
    while True:
        name = (random.choice(entry.given_names), random.choice(entry.family_names))
        if _local_part(name) not in taken:
            taken.add(_local_part(name))
            return name


def _newcomer(post: _Post, name: tuple[str, str], random: Random, today: date) -> Newcomer:
    host = host_of(post.school) if post.school else "medienzentrum.example"
    email = address_for(name, host)
    return Newcomer(
        role=post.role,
        name=name,
        email=email,
        sign_in=post.shown.sign_in if post.shown else email,
        since=date(today.year - random.randint(3, 15), 8, 1),
        keeps_history=random.random() < KEEP_HISTORY_SHARE or post.shown is not None,
        school=post.school,
        centre=post.centre,
        subjects=SHOWN_SUBJECTS if post.shown else _subjects(post.school, random),
    )


def _subjects(school: SchoolRow | None, random: Random) -> tuple[str, ...]:
    if school is None:
        return ()
    taught = [unit.subject for unit in units_of(school.entry.form)]
    count = min(SUBJECTS_OF_A_TEACHER, len(set(taught)))
    chosen: dict[str, None] = {}
    while len(chosen) < count:
        chosen[random.choice(taught)] = None
    return tuple(chosen)


def _local_part(name: tuple[str, str]) -> str:
    return ".".join(map(_plain, name))


def _plain(text: str) -> str:
    """Return a text in small plain letters, what parts words turned into hyphens."""
    folded = unicodedata.normalize("NFKD", text.lower().translate(_PLAIN))
    letters = (sign if sign.isalnum() else "-" for sign in folded if sign.isascii())
    return "-".join(filter(None, "".join(letters).split("-")))
