"""Recall: what is out past a day gets an earlier due date, with one letter a person."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from database.audit import Change, Subject, record
from loans.models.loan import Loan
from loans.operations.lock import lock
from loans.queries.house import House
from loans.queries.recall import RecalledLoan, RecallWish, loans_to_recall
from schools.models.owed_letter import LetterKind
from schools.models.person import Person
from schools.operations.owe import Letter, owe, person_addressed
from schools.rules.roles import Actor, Scope


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a recall.

    Attributes:
        wish: what is called back.
        key: tells its letters from those of another run, however often it is repeated.
        reason: words of staff for the letters; may be empty.
    """

    wish: RecallWish
    key: str
    reason: str = ""


@dataclass(slots=True)
class Recalled:
    """What came of it: due dates shortened, letters owed, and people nobody could write to."""

    loans: int = 0
    letters: int = 0
    silent: int = 0


def recall(
    session: Session,
    run: Run,
    person_ids: Collection[int],
    house: House,
    said: tuple[Actor, datetime],
) -> Recalled:
    """Shorten the due dates of some people's loans, as the run wants it, and tell each person.

    The letter goes to the school's mailbox, where a person has no address.

    Locks holdings, copies and loans, and looks again behind them: what came back meanwhile, or
    is due earlier by now, is left alone. So a run can be repeated.

    Args:
        session: within a unit of work.
        run: what is wanted; whoever queued it was allowed to.
        person_ids: whose loans.
        house: calendars of the centre.
        said: who asked, and the instant.

    Source:
        docs/rules.md, Lending 10.3.
    """
    wish = replace(run.wish, person_ids=person_ids)
    scope = Scope(centre_ids=frozenset({wish.centre_id}))
    found = loans_to_recall(session, scope, wish, house)
    lock(session, Holding, {loan.holding_id for loan in found})
    lock(session, Copy, {loan.copy_id for loan in found})
    rows = {row.id: row for row in lock(session, Loan, {loan.id for loan in found})}
    loans = [loan for loan in loans_to_recall(session, scope, wish, house) if loan.id in rows]
    by_person: dict[int, list[RecalledLoan]] = defaultdict(list)
    for loan in loans:
        _shorten(session, rows[loan.id], loan, house, said)
        by_person[loan.person_id].append(loan)
    session.flush()
    persons = session.scalars(select(Person).where(Person.id.in_(by_person)))
    letters = sum(
        _tell(session, run, person, by_person[person.id], said[1]) for person in persons.all()
    )
    return Recalled(len(loans), letters, len(by_person) - letters)


def _shorten(
    session: Session,
    row: Loan,
    loan: RecalledLoan,
    house: House,
    said: tuple[Actor, datetime],
) -> None:
    by, now = said
    row.due_on, row.recalled_on = loan.new_due_on, house.today
    change = Change(
        "recall",
        before={"due_on": loan.due_on.isoformat()},
        after={"due_on": loan.new_due_on.isoformat()},
    )
    subject = Subject("loan", row.id, row.centre_id, row.institution_id)
    record(session, by, subject, change, now)


def _tell(
    session: Session, run: Run, person: Person, loans: Sequence[RecalledLoan], now: datetime
) -> bool:
    kind = LetterKind.RECALL
    lines: list[dict[str, Any]] = [
        {
            "loan": loan.id,
            "title": loan.title,
            "number": loan.barcode,
            "due_on": loan.new_due_on.isoformat(),
            "before": loan.due_on.isoformat(),
            "class_name": loan.class_name,
        }
        for loan in loans
    ]
    facts = {
        "due_on": min(loan.new_due_on for loan in loans).isoformat(),
        "lines": lines,
        "reason": run.reason,
    }
    schools = {loan.institution_id for loan in loans}
    to = person_addressed(
        person,
        centre_id=run.wish.centre_id,
        institution_id=schools.pop() if len(schools) == 1 else None,
    )
    to = replace(to, address=person.email or loans[0].institution_email)
    return owe(session, Letter(kind, f"{kind.value}:{person.id}:{run.key}", facts), to, now)
