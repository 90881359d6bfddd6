"""The letters about what is overdue: one a person, centre and day, and copies to schools."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from loans.queries.overdue import OverdueLoan
from loans.rules.calendar import OpeningCalendar
from loans.rules.reminders import last_demand_until
from schools.models.owed_letter import LetterKind
from schools.models.person import Person
from schools.operations.owe import Addressee, Letter, person_addressed

COPIED_LEVEL = 2
"""From which level a school is told. Source: docs/rules.md, Lending 10.1."""

PRINTED_LEVEL = 3
"""The level that is also a letter on paper. Source: docs/rules.md, Lending 10.1."""

Post = tuple[Letter, Addressee]


@dataclass(frozen=True, slots=True)
class Reminding:
    """What one person is reminded of tonight: every overdue loan of theirs at one centre.

    At least one of the loans has a `level` to be written.
    """

    loans: tuple[OverdueLoan, ...]

    @property
    def person_id(self) -> int:
        """Who is reminded."""
        return self.loans[0].person_id

    @property
    def level(self) -> int:
        """The highest level written tonight."""
        return max(loan.level or 0 for loan in self.loans)

    @property
    def due(self) -> tuple[OverdueLoan, ...]:
        """The loans that a level is written for."""
        return tuple(loan for loan in self.loans if loan.level)


def remindings(loans: Iterable[OverdueLoan], today: date) -> Iterator[Reminding]:
    """Yield what each person is reminded of; nobody is reminded twice on a day.

    Whoever had a letter today waits until tomorrow with all of it, so that one letter lists all.

    Args:
        loans: every overdue loan of the people concerned, at one centre.
        today: the day.

    Source:
        docs/rules.md, Lending 10.1.
    """
    by_person: dict[int, list[OverdueLoan]] = defaultdict(list)
    for loan in loans:
        by_person[loan.person_id].append(loan)
    for same in by_person.values():
        told = any(each.written_on == today for loan in same for each in loan.case.written)
        if not told and any(loan.level for loan in same):
            yield Reminding(tuple(sorted(same, key=lambda loan: (loan.due_on, loan.id))))


def letter_to_borrower(
    reminding: Reminding,
    today: date,
    calendars: Mapping[int, OpeningCalendar],
    *,
    copied: bool,
) -> Post:
    """Return the letter to the borrower; to the school's mailbox, where there is no address.

    Args:
        reminding: the borrower's loans.
        today: the night's day.
        calendars: by branch.
        copied: somebody at a school gets a copy, as `copies_to_school` says.
    """
    first = reminding.loans[0]
    kind = LetterKind.OVERDUE
    occasion = letter_occasion(first.person_id, first.centre_id, today)
    last_level = reminding.level >= PRINTED_LEVEL
    facts = _facts(reminding.loans, reminding.level) | {
        "blocked": any(_blocks(loan) for loan in reminding.loans),
        "copied": copied,
        "fee_cents": sum(loan.fee_cents for loan in reminding.loans),
    }
    if last_level:
        facts["back_by"] = last_demand_until(today, calendars[first.branch_id]).isoformat()
        facts["value_cents"] = sum(loan.value_cents or 0 for loan in reminding.loans)
    return Letter(kind, occasion, facts), _to_borrower(reminding)


def copies_to_school(
    reminding: Reminding, officers: Mapping[int, Sequence[Person]], today: date
) -> Iterator[Post]:
    """Yield the copies that a second reminder gives rise to, each with one school's loans only.

    To its media officers but for the borrower, or else to the school's mailbox.

    Source:
        docs/rules.md, Lending 10.1.
    """
    by_school: dict[int, list[OverdueLoan]] = defaultdict(list)
    for loan in reminding.due:
        if loan.level == COPIED_LEVEL:
            by_school[loan.institution_id].append(loan)
    for institution_id, loans in by_school.items():
        first = loans[0]
        facts = copy_facts(loans)
        about = copy_occasion(first.person_id, institution_id, first.centre_id, today)
        for to in _told(first, officers.get(institution_id, ())):
            occasion = f"{about}{to.person_id or 0}"
            yield Letter(LetterKind.OVERDUE_COPY, occasion, facts), to


def letter_occasion(person_id: int, centre_id: int, night: date) -> str:
    """Return the occasion of a night's letter to a borrower."""
    return f"{LetterKind.OVERDUE.value}:{person_id}:{centre_id}:{night.isoformat()}"


def copy_occasion(person_id: int, institution_id: int, centre_id: int, night: date) -> str:
    """Return how the occasions begin of what a night tells a school about a borrower."""
    key = f"{person_id}:{institution_id}:{centre_id}:{night.isoformat()}"
    return f"{LetterKind.OVERDUE_COPY.value}:{key}:"


def copy_facts(loans: Sequence[OverdueLoan]) -> dict[str, Any]:
    """Return what a copy to the school says of a borrower's loans for it, at least one."""
    first = loans[0]
    told = {"person": first.person, "school": first.institution}
    return _facts(loans, COPIED_LEVEL) | told


def _facts(loans: Sequence[OverdueLoan], level: int) -> dict[str, Any]:
    return {
        "level": level,
        "due_on": min(loan.due_on for loan in loans).isoformat(),
        "days": max(loan.days for loan in loans),
        "lines": [_line(loan) for loan in loans],
    }


def _line(loan: OverdueLoan) -> dict[str, Any]:
    return {
        "title": loan.title,
        "number": loan.barcode,
        "due_on": loan.due_on.isoformat(),
        "class_name": loan.class_name,
        "level": loan.level or loan.last_level,
        "wanted_from": loan.wanted_from.isoformat() if loan.wanted_from else "",
    }


def _blocks(loan: OverdueLoan) -> bool:
    return loan.blocking or (loan.level or 0) >= loan.block_level


def _to_borrower(reminding: Reminding) -> Addressee:
    loan = reminding.loans[0]
    schools = {each.institution_id for each in reminding.loans}
    return Addressee(
        address=loan.email or loan.institution_email,
        name=loan.person,
        locale=loan.locale,
        person_id=loan.person_id,
        institution_id=loan.institution_id if len(schools) == 1 else None,
        centre_id=loan.centre_id,
    )


def _told(loan: OverdueLoan, officers: Sequence[Person]) -> Iterator[Addressee]:
    others = [person for person in officers if person.id != loan.person_id]
    for person in others:
        yield person_addressed(
            person, centre_id=loan.centre_id, institution_id=loan.institution_id
        )
    if not others:
        yield Addressee(
            loan.institution_email,
            loan.institution,
            institution_id=loan.institution_id,
            centre_id=loan.centre_id,
        )
