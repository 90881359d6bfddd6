"""Remind before the due date: one letter a person and night, once for each due date."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from loans.models.loan import Loan
from loans.operations.lock import lock
from loans.operations.remind import People
from loans.operations.tell_due_soon import Occasion, letter_before_due
from loans.queries.choices import choices_of
from loans.queries.due_soon import loans_due, to_remind
from loans.queries.house import House, house_of
from loans.queries.loans import LoanFacts, loan_facts
from loans.queries.renewals import (
    Asked,
    blocked_by_staff,
    renewals_of_people,
    viewpoints_by_school,
)
from loans.rules.reminders import reminds_tonight
from loans.rules.renewals import Renewal
from schools.models.person import Person
from schools.operations.owe import owe
from schools.queries.letters import known_occasions
from schools.rules.roles import Actor, Right


@dataclass(slots=True)
class Told:
    """What came of it: how many loans were told of, in how many letters."""

    loans: int = 0
    letters: int = 0


def remind_before_due(
    session: Session, people: People, by: Actor, today: date, now: datetime
) -> Told:
    """Owe some people the letter before the due date, and note for which date each loan had it.

    Locks the loans. From the third open day before the due date until that date, also after
    missed nights; whoever had such a letter today is left to the next night.

    Source:
        docs/rules.md, Lending 10.2.
    """
    house = house_of(session, people.centre_id, today)
    rows = _locked(session, people, house, by)
    facts = [loan_facts(row) for row in rows if _reminds(house, row)]
    answers = _answers(session, people.centre_id, facts, today, now)
    persons = _persons(session, facts)
    renewing = choices_of(session, people.centre_id).renews_automatically
    occasion = Occasion(people.centre_id, today, renewing)
    posts = {
        person_id: letter_before_due(
            persons[person_id], [(loan, answers.get(loan.id)) for loan in loans], occasion
        )
        for person_id, loans in _by_person(facts).items()
    }
    known = known_occasions(session, [letter.occasion for letter, _ in posts.values()])
    done = Told()
    for row in rows:
        post = posts.get(row.person_id or 0)
        if post is not None and post[0].occasion not in known and _reminds(house, row):
            row.reminded_for = row.due_on
            done.loans += 1
    for letter, to in posts.values():
        if letter.occasion not in known:
            done.letters += owe(session, letter, to, now)
    session.flush()
    return done


def _locked(session: Session, people: People, house: House, by: Actor) -> Sequence[Loan]:
    scope = by.scope(Right.MANAGE_CENTRE)
    wish = replace(to_remind(house), person_ids=people.person_ids)
    found = loans_due(session, scope, wish, house.today)
    lock(session, Loan, [loan.id for loan in found])
    return loans_due(session, scope, wish, house.today)


def _answers(
    session: Session, centre_id: int, loans: Sequence[LoanFacts], today: date, now: datetime
) -> dict[int, Renewal]:
    """Return of each loan whether it could be renewed today, and until when or why not."""
    asked = Asked(blocked_by_staff(session, loans))
    found: dict[int, Renewal] = {}
    for view, same in viewpoints_by_school(session, centre_id, loans, today, now):
        found |= renewals_of_people(session, view, asked, same)
    return found


def _reminds(house: House, loan: Loan) -> bool:
    calendar = house.calendars.of(loan.branch_id)
    return loan.due_on is not None and reminds_tonight(
        loan.lent_on, loan.due_on, house.today, calendar
    )


def _by_person(loans: Sequence[LoanFacts]) -> Mapping[int, list[LoanFacts]]:
    found: dict[int, list[LoanFacts]] = defaultdict(list)
    for loan in loans:
        found[loan.person_id or 0].append(loan)
    return found


def _persons(session: Session, loans: Sequence[LoanFacts]) -> dict[int, Person]:
    ids = {loan.person_id for loan in loans}
    return {each.id: each for each in session.scalars(select(Person).where(Person.id.in_(ids)))}
