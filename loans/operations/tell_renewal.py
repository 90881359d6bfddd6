"""The letters about renewals: one for all loans of a person that were renewed together."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from loans.models.loan import Loan
from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from schools.operations.owe import Letter, owe, person_addressed

UNSENT = frozenset({LetterState.OWED, LetterState.KEPT, LetterState.FAILED})


def tell_about_renewals(
    session: Session, loans: Sequence[Loan], now: datetime, *, automatic: bool = False
) -> bool:
    """Owe the borrower one letter about the new due dates of some of their loans.

    Args:
        session: in the unit of work of the act.
        loans: of one person and centre; nothing is owed without any.
        now: the instant.
        automatic: the night renewed them, nobody asked.

    Returns:
        Whether a letter is owed.
    """
    facts = {"automatic": True} if automatic else {}
    return _tell(session, loans, now, facts)


def tell_about_undoing(session: Session, loan: Loan, since: datetime, now: datetime) -> None:
    """Take back what a letter not yet sent says of a renewal, or owe a correction of a sent one.

    Args:
        session: in the unit of work of the act.
        loan: with its old due date again.
        since: when it was renewed.
        now: the instant.

    Source:
        docs/rules.md, Lending 8.6.
    """
    letters = session.scalars(
        select(OwedLetter)
        .where(OwedLetter.kind == LetterKind.LOAN_RENEWED, OwedLetter.created_at >= since)
        .where(OwedLetter.person_id == loan.person_id)
        .order_by(OwedLetter.id)
        .with_for_update(key_share=True)
    )
    for letter in letters:
        left = [line for line in letter.facts.get("lines", ()) if line["loan"] != loan.id]
        if len(left) == len(letter.facts.get("lines", ())):
            continue
        if letter.state not in UNSENT or letter.claimed_until is not None:
            _tell(session, [loan], now, {"undone": True})
        elif left:
            letter.facts = letter.facts | _facts(left)
        else:
            letter.state = LetterState.CANCELLED


def _tell(session: Session, loans: Sequence[Loan], now: datetime, more: dict[str, Any]) -> bool:
    first = next(iter(loans), None)
    if first is None or first.person is None:
        return False
    kind = LetterKind.LOAN_RENEWED
    key = f"{kind.value}:{first.id}:{first.renewals}:{now.timestamp():.0f}"
    lines = [
        {"loan": loan.id, "title": loan.holding.title.name, "due_on": loan.due_on.isoformat()}
        for loan in loans
        if loan.due_on is not None
    ]
    to = person_addressed(
        first.person, centre_id=first.centre_id, institution_id=first.institution_id
    )
    return owe(session, Letter(kind, key, _facts(lines) | more), to, now)


def _facts(lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "titles": [line["title"] for line in lines],
        "due_on": min(line["due_on"] for line in lines),
        "lines": list(lines),
    }
