"""Renew by itself: in the night before the due day, where a centre chose it."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from loans.models.loan import Loan
from loans.operations.lock import lock
from loans.operations.remind import People
from loans.operations.renew import NewDate, renew_to
from loans.operations.tell_renewal import tell_about_renewals
from loans.queries.due_soon import loans_due, to_renew
from loans.queries.loans import loan_facts
from loans.queries.renewals import (
    Asked,
    blocked_by_staff,
    renewals_of_people,
    viewpoints_by_school,
)
from schools.models.person import Person
from schools.rules.roles import Actor, Right


@dataclass(slots=True)
class RenewedAtNight:
    """What came of it: how many loans were renewed, how many not, and how many letters."""

    renewed: int = 0
    refused: int = 0
    letters: int = 0


def renew_automatically(
    session: Session, people: People, by: Actor, today: date, now: datetime
) -> RenewedAtNight:
    """Renew what some people have to bring back tomorrow or today, where the rules allow it.

    Locks holdings, copies, people and loans. One letter a person says what was renewed; what was
    not is due as before, as the letter before the due date said.

    Source:
        docs/rules.md, Lending 9.2.
    """
    scope = by.scope(Right.MANAGE_CENTRE)
    wish = replace(to_renew(people.centre_id, today), person_ids=people.person_ids)
    found = loans_due(session, scope, wish, today)
    lock(session, Holding, {loan.holding_id for loan in found})
    lock(session, Copy, {loan.copy_id for loan in found})
    lock(session, Person, set(people.person_ids))
    lock(session, Loan, {loan.id for loan in found})
    known = {loan.id for loan in found}
    rows = {row.id: row for row in loans_due(session, scope, wish, today) if row.id in known}
    facts = [loan_facts(row) for row in rows.values()]
    asked = Asked(blocked_by_staff(session, facts), in_turn=True)
    done = RenewedAtNight()
    by_person: dict[int | None, list[Loan]] = defaultdict(list)
    for view, same in viewpoints_by_school(session, people.centre_id, facts, today, now):
        for loan_id, answer in renewals_of_people(session, view, asked, same).items():
            if answer.due_on is None:
                done.refused += 1
            else:
                row = renew_to(session, rows[loan_id], NewDate(answer.due_on), by, now)
                by_person[row.person_id].append(row)
    for renewed in by_person.values():
        done.renewed += len(renewed)
        done.letters += tell_about_renewals(session, renewed, now, automatic=True)
    return done
