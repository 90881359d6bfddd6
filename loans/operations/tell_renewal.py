"""The letters about renewals: one for all loans of a person that were renewed together."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from loans.models.loan import Loan
from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from schools.operations.owe import Addressee, Letter, owe, owe_wanted, person_addressed
from schools.rules.roles import Actor

UNSENT = frozenset({LetterState.OWED, LetterState.DAILY, LetterState.KEPT, LetterState.FAILED})


def tell_about_renewals(session: Session, loans: Sequence[Loan], by: Actor, now: datetime) -> None:
    """Owe the borrower one letter about the new due dates of some of their loans.

    It comes whatever the borrower chose where somebody else renewed them.

    Args:
        session: in the unit of work of the act.
        loans: of one person and centre; nothing is owed without any.
        by: who renewed them.
        now: the instant.
    """
    _tell(session, loans, now, {}, always=_by_another(loans, by))


def tell_of_automatic_renewals(
    session: Session, renewed: Iterable[Sequence[Loan]], now: datetime
) -> int:
    """Owe each borrower one letter about what the night renewed, all in three statements.

    Args:
        session: in the unit of work of the act.
        renewed: loans by borrower, of one centre.
        now: the instant.

    Returns:
        How many letters are owed.
    """
    posts = (_post(loans, now, {"automatic": True}) for loans in renewed)
    return owe_wanted(session, [post for post in posts if post is not None], now)


def tell_about_undoing(
    session: Session, loan: Loan, by: Actor, since: datetime, now: datetime
) -> None:
    """Take back what a letter not yet sent says of a renewal, or owe a correction of a sent one.

    Args:
        session: in the unit of work of the act.
        loan: with its old due date again.
        by: who took the renewal back.
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
            _tell(session, [loan], now, {"undone": True}, always=_by_another([loan], by))
        elif left:
            letter.facts = letter.facts | _facts(left)
        else:
            letter.state = LetterState.CANCELLED


def _by_another(loans: Sequence[Loan], by: Actor) -> bool:
    return any(loan.person_id != by.person_id for loan in loans)


def _tell(
    session: Session,
    loans: Sequence[Loan],
    now: datetime,
    more: dict[str, Any],
    *,
    always: bool,
) -> None:
    post = _post(loans, now, more, always=always)
    if post is not None:
        owe(session, *post, now)


def _post(
    loans: Sequence[Loan], now: datetime, more: dict[str, Any], *, always: bool = False
) -> tuple[Letter, Addressee] | None:
    first = next(iter(loans), None)
    if first is None or first.person is None:
        return None
    kind = LetterKind.LOAN_RENEWED
    key = f"{kind.value}:{first.id}:{first.renewals}:{now.isoformat()}"
    lines = [
        {"loan": loan.id, "title": loan.holding.title.name, "due_on": loan.due_on.isoformat()}
        for loan in loans
        if loan.due_on is not None
    ]
    to = person_addressed(
        first.person, centre_id=first.centre_id, institution_id=first.institution_id
    )
    return Letter(kind, key, _facts(lines) | more, always=always), to


def _facts(lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "titles": [line["title"] for line in lines],
        "due_on": min(line["due_on"] for line in lines),
        "lines": list(lines),
    }
