"""What the demo's tables hold, row by row."""

from dataclasses import dataclass
from datetime import date, time

from schools.rules.roles import Role


@dataclass(frozen=True, slots=True)
class PartEntry:
    """A part of a box or case, counted when it goes out and when it comes back."""

    name: str
    count: int
    critical: bool = False


@dataclass(frozen=True, slots=True)
class LicenceEntry:
    """The licence of an online medium; `until` is its last day, None if it does not end."""

    type: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class TitleEntry:
    """A title of the demo, with what the centres have of it.

    Attributes:
        grades: first and last grade, 1-13, both included.
        copies: how many the centres own together; none of an online medium.
        value_euro: what one copy costs.
        branch: key of the branch where most copies are at home; "" for online media.
    """

    name: str
    subtitle: str
    series: str
    type: str
    year: int
    minutes: int | None
    grades: tuple[int, int]
    subjects: tuple[str, ...]
    fields: tuple[str, ...]
    mkr: tuple[str, ...]
    learn: tuple[str, ...]
    fsk: str | None
    summary: str
    keywords: tuple[str, ...]
    languages: tuple[str, ...]
    parts: tuple[PartEntry, ...]
    copies: int
    value_euro: int
    branch: str
    licence: LicenceEntry | None

    def suits(self, subject: str, grade: int) -> bool:
        """Say whether it is made for that subject and grade."""
        return subject in self.subjects and self.grades[0] <= grade <= self.grades[1]


@dataclass(frozen=True, slots=True)
class UnitEntry:
    """A teaching unit that every school of the named forms plans.

    Attributes:
        first_week: ISO week; `last_week` is included.
        keywords: what its planned media are about.
    """

    forms: tuple[str, ...]
    subject: str
    grade: int
    number: str
    name: str
    first_week: int
    last_week: int
    hours: int
    mkr: tuple[str, ...]
    learn: tuple[str, ...]
    keywords: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DistrictEntry:
    """An invented county or city; `ags` is a key no real one has."""

    name: str
    ags: str
    government: str


@dataclass(frozen=True, slots=True)
class BranchEntry:
    """A branch with its counter; the times hold on each open day."""

    key: str
    name: str
    street: str
    postal_code: str
    city: str
    phone: str
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class CentreEntry:
    """A media centre with its branches, the main one first."""

    code: str
    name: str
    district: str
    street: str
    postal_code: str
    city: str
    phone: str
    email: str
    branches: tuple[BranchEntry, ...]


@dataclass(frozen=True, slots=True)
class AuthorityEntry:
    """A school authority."""

    number: str
    name: str


@dataclass(frozen=True, slots=True)
class SchoolEntry:
    """A school, the centre and branch it borrows from, and how many of its people do."""

    number: str
    form: str
    name: str
    short_name: str
    street: str
    postal_code: str
    city: str
    authority: str
    centre: str
    branch: str
    people: int

    @property
    def email(self) -> str:
        """The school's mailbox, made of its number as in NRW, at a host that cannot exist."""
        return f"{self.number}@schule.example"


@dataclass(frozen=True, slots=True)
class StaffEntry:
    """How many people have a role at a centre."""

    role: Role
    centre: str
    count: int


@dataclass(frozen=True, slots=True)
class CountyEntry:
    """The county, the city beside it, and everybody the demo knows there.

    Attributes:
        districts: the county first, then its neighbour.
        given_names: to be combined with the family names; each list has no name twice.
    """

    districts: tuple[DistrictEntry, ...]
    centres: tuple[CentreEntry, ...]
    authorities: tuple[AuthorityEntry, ...]
    schools: tuple[SchoolEntry, ...]
    staff: tuple[StaffEntry, ...]
    given_names: tuple[str, ...]
    family_names: tuple[str, ...]

    @property
    def people(self) -> int:
        """How many people the demo has, at the schools and at the centres."""
        at_schools = sum(school.people for school in self.schools)
        return at_schools + sum(staff.count for staff in self.staff)
