"""Remind: write tonight's levels of overdue loans, and owe one letter a person."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from loans.models.loan import Loan, Reminder
from loans.operations.lock import lock
from loans.operations.tell_overdue import (
    Reminding,
    copies_to_school,
    letter_to_borrower,
    remindings,
)
from loans.queries.house import House
from loans.queries.overdue import OverdueWish, is_late, overdue_loans
from schools.operations.owe import owe_wanted
from schools.queries.letters import known_occasions
from schools.queries.media_officers import media_officers
from schools.rules.roles import Actor, Right


@dataclass(slots=True)
class Reminded:
    """What came of it: how many loans got each level, and how many letters are owed.

    `silent` counts the people who have no address and whose school has none: somebody calls.
    """

    levels: Counter[int] = field(default_factory=Counter)
    letters: int = 0
    copies: int = 0
    silent: int = 0


@dataclass(frozen=True, slots=True)
class People:
    """Some borrowers of a centre, all of whose loans there are looked at."""

    centre_id: int
    person_ids: Collection[int]


def remind(session: Session, people: People, house: House, by: Actor, now: datetime) -> Reminded:
    """Write the levels that are due tonight for some people, with their letters.

    Locks their overdue loans, so that a night and a member of staff who sends at once never
    write a level twice, and what is taken back meanwhile is not reminded of. Whoever was
    reminded today is left out: the next night takes up what remains.

    Args:
        session: within a unit of work.
        people: whose loans.
        house: terms and calendars of their centre, as of the night's day.
        by: the night, or whoever sends at once.
        now: the instant.

    Source:
        docs/rules.md, Lending 10.1.
    """
    wish = OverdueWish(people.centre_id, person_ids=people.person_ids)
    locked = _locked(session, wish, house.today)
    loans = [
        loan
        for loan in overdue_loans(session, by.scope(Right.MANAGE_CENTRE), wish, house)
        if loan.id in locked
    ]
    planned = [
        (each, letter_to_borrower(each, house.today, house.calendars.by_branch))
        for each in remindings(loans, house.today)
    ]
    schools = {loan.institution_id for each, _ in planned for loan in each.due}
    officers = media_officers(session, schools, house.today)
    known = known_occasions(session, [letter.occasion for _, (letter, _) in planned])
    planned = [(each, post) for each, post in planned if post[0].occasion not in known]
    done = Reminded()
    for each, _ in planned:
        _write(session, each, done, house.today)
    session.flush()
    done.letters = owe_wanted(session, [post for _, post in planned], now)
    done.silent = len(planned) - done.letters
    copies = [
        copied for each, _ in planned for copied in copies_to_school(each, officers, house.today)
    ]
    done.copies = owe_wanted(session, copies, now)
    return done


def _write(session: Session, each: Reminding, done: Reminded, today: date) -> None:
    for loan in each.due:
        level = loan.level or 0
        session.add(Reminder(loan_id=loan.id, level=level, due_on=loan.due_on, written_on=today))
        done.levels[level] += 1


def _locked(session: Session, wish: OverdueWish, today: date) -> frozenset[int]:
    ids = session.scalars(select(Loan.id).where(*is_late(wish)), {"today": today}).all()
    return frozenset(loan.id for loan in lock(session, Loan, ids))
