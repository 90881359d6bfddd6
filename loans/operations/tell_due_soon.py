"""The letter before the due date: what is due, and of each loan until when it can be kept on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from loans.errors import Fact, Refused
from loans.queries.loans import LoanFacts
from loans.rules.codes import RenewalRefusal
from loans.rules.renewals import Renewal
from schools.models.owed_letter import LetterKind
from schools.models.person import Person
from schools.operations.owe import Addressee, Letter, person_addressed

DueSoon = Sequence[tuple[LoanFacts, Renewal | None]]
"""Loans with what became of the wish to renew each today."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """For which centre and night the letter is, and whether that centre renews by itself."""

    centre_id: int
    night: date
    renews_automatically: bool


def letter_before_due(
    person: Person, loans: DueSoon, occasion: Occasion
) -> tuple[Letter, Addressee]:
    """Return the one letter of a night to a person, with their loans by due date.

    Source:
        docs/rules.md, Lending 10.2.
    """
    kind = LetterKind.DUE_SOON
    key = f"{kind.value}:{person.id}:{occasion.centre_id}:{occasion.night.isoformat()}"
    ordered = sorted(loans, key=lambda each: (each[0].due_on, each[0].id))
    lines = [_line(loan, renewal) for loan, renewal in ordered]
    facts = {
        "due_on": ordered[0][0].due_on.isoformat(),
        "lines": lines,
        "automatic": occasion.renews_automatically and any("until" in line for line in lines),
    }
    schools = {loan.institution_id for loan, _ in loans}
    to = person_addressed(
        person,
        centre_id=occasion.centre_id,
        institution_id=schools.pop() if len(schools) == 1 else None,
    )
    return Letter(kind, key, facts), to


def renewal_refused(kept: Mapping[str, Any]) -> Refused:
    """Return a reason against a renewal from what a letter's facts keep of it.

    Args:
        kept: `code`, `facts`, and `days`, as ISO text or as days already.
    """
    days = {name: _day(value) for name, value in kept["days"].items()}
    facts: dict[str, Fact] = {**kept["facts"], **days}
    return Refused(RenewalRefusal(kept["code"]), facts)


def _day(kept: date | str) -> date:
    return kept if isinstance(kept, date) else date.fromisoformat(kept)


def _line(loan: LoanFacts, renewal: Renewal | None) -> dict[str, Any]:
    line: dict[str, Any] = {
        "loan": loan.id,
        "title": loan.title,
        "number": loan.barcode,
        "due_on": loan.due_on.isoformat(),
        "class_name": loan.class_name,
    }
    if renewal is not None and renewal.due_on is not None:
        line["until"] = renewal.due_on.isoformat()
    elif renewal is not None:
        line["refusals"] = [_kept(refused) for refused in renewal.refused]
    return line


def _kept(refused: Refused) -> dict[str, Any]:
    facts = refused.facts.items()
    return {
        "code": str(refused.code),
        "facts": {name: fact for name, fact in facts if not isinstance(fact, date)},
        "days": {name: fact.isoformat() for name, fact in facts if isinstance(fact, date)},
    }
