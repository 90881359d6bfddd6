"""Who may do what, and how far it reaches: the one table of role, right and scope.

The application asks it, the tests walk it, `docs/roles.md` is made from it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What an account is to a school, a centre or an authority."""

    TEACHER = "teacher"
    SCHOOL_ADMIN = "school_admin"
    STAFF = "staff"
    CENTRE_ADMIN = "centre_admin"
    ADVISER = "adviser"
    PLANNER = "planner"
    SYSTEM_ADMIN = "system_admin"


class Right(StrEnum):
    """What a visitor must be allowed to do; each view carries exactly one."""

    VISIT = "visit"
    """Public: search, title pages, legal pages, sign-in."""
    OWN_ACCOUNT = "own_account"
    """Profile, password, language, own sessions, signing out."""
    KEEP_LISTS = "keep_lists"
    """One's own lists of titles and saved searches."""
    BOOK = "book"
    """Make, see, renew and cancel bookings and loans: one's own, or those of the centre."""
    RESERVE = "reserve"
    """The pages of one's own bookings and loans."""
    RESERVE_FOR_OTHERS = "reserve_for_others"
    """Book for a caller; the list of every booking of the centre."""
    LEND = "lend"
    """The desk: hand out, take back, count parts."""
    OVERRIDE = "override"
    """Lend or book against a rule, with a reason."""
    SEE_TERMS = "see_terms"
    """Read the terms of lending, and which row each value comes from."""
    SEE_STOCK = "see_stock"
    """Copies, their numbers and who has them."""
    CATALOGUE = "catalogue"
    """Describe titles, add, change and withdraw copies."""
    IMPORT = "import"
    """Import titles, copies and schools from files."""
    SEE_SCHOOL_DEVICES = "see_school_devices"
    """A school's three lists of devices, and its defects."""
    REPORT_DEFECT = "report_defect"
    """Report a defect of a device at one's school."""
    HANDLE_DEFECTS = "handle_defects"
    """Work on reported defects."""
    ORGANISE_SCHOOL = "organise_school"
    """A school's movable holidays, collective orders and the plan of its school year."""
    MANAGE_MEMBERS = "manage_members"
    """Confirm a school's new members, end the membership of leavers."""
    SEE_CONCEPTS = "see_concepts"
    """Read a school's media concept and units."""
    MANAGE_CENTRE = "manage_centre"
    """Accounts, letters, legal pages, terms and jobs of a centre."""
    READ_AUDIT = "read_audit"
    """The log of what was done, by whom and why."""
    MANAGE_SYSTEM = "manage_system"
    """Centres, schools and accounts of the whole installation."""


class Reach(StrEnum):
    """How far a right reaches from the place the role is held at."""

    OWN = "own"
    """What belongs to the person."""
    INSTITUTION = "institution"
    """The school or other institution the grant names."""
    CENTRE = "centre"
    """The centre the grant names, with the institutions it serves."""
    EVERYTHING = "everything"
    """The whole installation."""


EVERYONE = frozenset({Right.VISIT})
"""Rights that need no account."""

_PERSON = {
    Right.VISIT: Reach.EVERYTHING,
    Right.OWN_ACCOUNT: Reach.OWN,
    Right.KEEP_LISTS: Reach.OWN,
}
_TEACHER = {
    **_PERSON,
    Right.BOOK: Reach.OWN,
    Right.RESERVE: Reach.OWN,
    Right.REPORT_DEFECT: Reach.INSTITUTION,
    Right.SEE_CONCEPTS: Reach.INSTITUTION,
}
_STAFF = {
    **_PERSON,
    Right.BOOK: Reach.CENTRE,
    Right.RESERVE_FOR_OTHERS: Reach.CENTRE,
    Right.LEND: Reach.CENTRE,
    Right.SEE_TERMS: Reach.CENTRE,
    Right.SEE_STOCK: Reach.CENTRE,
    Right.CATALOGUE: Reach.CENTRE,
    Right.IMPORT: Reach.CENTRE,
    Right.SEE_SCHOOL_DEVICES: Reach.CENTRE,
    Right.REPORT_DEFECT: Reach.CENTRE,
    Right.HANDLE_DEFECTS: Reach.CENTRE,
    Right.ORGANISE_SCHOOL: Reach.CENTRE,
    Right.SEE_CONCEPTS: Reach.CENTRE,
}

RIGHTS: Mapping[Role, Mapping[Right, Reach]] = {
    Role.TEACHER: _TEACHER,
    Role.SCHOOL_ADMIN: {
        **_TEACHER,
        Right.SEE_SCHOOL_DEVICES: Reach.INSTITUTION,
        Right.ORGANISE_SCHOOL: Reach.INSTITUTION,
        Right.MANAGE_MEMBERS: Reach.INSTITUTION,
    },
    Role.STAFF: _STAFF,
    Role.CENTRE_ADMIN: {
        **_STAFF,
        Right.OVERRIDE: Reach.CENTRE,
        Right.MANAGE_MEMBERS: Reach.CENTRE,
        Right.MANAGE_CENTRE: Reach.CENTRE,
        Right.READ_AUDIT: Reach.CENTRE,
    },
    Role.ADVISER: {**_PERSON, Right.SEE_CONCEPTS: Reach.CENTRE},
    Role.PLANNER: {**_PERSON, Right.SEE_CONCEPTS: Reach.CENTRE},
    Role.SYSTEM_ADMIN: {
        **_PERSON,
        Right.MANAGE_SYSTEM: Reach.EVERYTHING,
        Right.MANAGE_CENTRE: Reach.EVERYTHING,
        Right.READ_AUDIT: Reach.EVERYTHING,
        Right.SEE_TERMS: Reach.EVERYTHING,
        Right.MANAGE_MEMBERS: Reach.EVERYTHING,
        Right.IMPORT: Reach.EVERYTHING,
    },
}
"""What each role may do, and how far. A right not listed is refused."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held at a place.

    Attributes:
        role: what is held.
        centre_id: the centre; for roles held at a school, the centre that serves it.
        institution_id: the school, for roles held at one.
    """

    role: Role
    centre_id: int | None = None
    institution_id: int | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows a query may look at: those of any named centre, or of any named institution.

    Attributes:
        everything: no limit.
        centre_ids: centres, each with all it serves.
        institution_ids: single institutions.
        person_id: rows of this person, whatever their centre.
    """

    everything: bool = False
    centre_ids: frozenset[int] = frozenset()
    institution_ids: frozenset[int] = frozenset()
    person_id: int | None = None

    def covers_centre(self, centre_id: int | None) -> bool:
        """Say whether all of a centre lies within."""
        return self.everything or centre_id in self.centre_ids

    def covers_institution(self, institution_id: int | None, centre_id: int | None) -> bool:
        """Say whether an institution, served by `centre_id`, lies within."""
        return self.covers_centre(centre_id) or institution_id in self.institution_ids


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts, as operations see them.

    Attributes:
        account_id: None for the system itself (worker, commands).
        person_id: the person behind the account.
        name: for pages and receipts.
        grants: those in force today.
    """

    account_id: int | None
    person_id: int | None
    name: str
    grants: tuple[Grant, ...] = ()

    def may(self, right: Right) -> bool:
        """Say whether the actor holds the right anywhere."""
        return right in EVERYONE or any(right in RIGHTS[grant.role] for grant in self.grants)

    def scope(self, right: Right) -> Scope:
        """Return how far the actor's right reaches; an empty scope where it is not held."""
        reaches = [
            (RIGHTS[grant.role][right], grant)
            for grant in self.grants
            if right in RIGHTS[grant.role]
        ]
        return Scope(
            everything=any(reach is Reach.EVERYTHING for reach, _ in reaches),
            centre_ids=_ids(g.centre_id for reach, g in reaches if reach is Reach.CENTRE),
            institution_ids=_ids(
                g.institution_id for reach, g in reaches if reach is Reach.INSTITUTION
            ),
            person_id=self.person_id if reaches else None,
        )

    def centre_ids(self) -> frozenset[int]:
        """Return the centres whose catalogue the actor works with."""
        return _ids(grant.centre_id for grant in self.grants)

    def institution_ids(self) -> frozenset[int]:
        """Return the institutions the actor belongs to."""
        return _ids(grant.institution_id for grant in self.grants)


NOBODY = Actor(account_id=None, person_id=None, name="")
"""A visitor without an account."""

SYSTEM = Actor(account_id=None, person_id=None, name="system", grants=(Grant(Role.SYSTEM_ADMIN),))
"""The worker and the commands; what they do is recorded without an account."""


def _ids(values: Iterable[int | None]) -> frozenset[int]:
    return frozenset(value for value in values if value is not None)
