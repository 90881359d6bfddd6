"""Remind: write tonight's levels of overdue loans, and owe one letter a person."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from loans.models.loan import Loan, Reminder
from loans.operations.lock import lock
from loans.operations.tell_overdue import (
    Post,
    Reminding,
    copies_to_school,
    letter_to_borrower,
    remindings,
)
from loans.queries.house import House
from loans.queries.overdue import OverdueWish, is_late, overdue_loans
from schools.models.person import Person
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
    reminded = list(remindings(loans, house.today))
    schools = {loan.institution_id for each in reminded for loan in each.due}
    officers = media_officers(session, schools, house.today)
    planned = [_planned(each, officers, house) for each in reminded]
    known = known_occasions(session, [each.letter[0].occasion for each in planned])
    planned = [each for each in planned if each.letter[0].occasion not in known]
    done = Reminded()
    for each in planned:
        _write(session, each.reminding, done, house.today)
    session.flush()
    done.letters = owe_wanted(session, [each.letter for each in planned], now)
    done.silent = len(planned) - done.letters
    copies = [copied for each in planned for copied in each.copies]
    done.copies = owe_wanted(session, copies, now)
    return done


@dataclass(frozen=True, slots=True)
class _Planned:
    """What a borrower is reminded of, with the letters that say so."""

    reminding: Reminding
    letter: Post
    copies: Sequence[Post]


def _planned(each: Reminding, officers: Mapping[int, Sequence[Person]], house: House) -> _Planned:
    copies = list(copies_to_school(each, officers, house.today))
    calendars, copied = house.calendars.by_branch, any(to.address for _, to in copies)
    letter = letter_to_borrower(each, house.today, calendars, copied=copied)
    return _Planned(each, letter, copies)


def _write(session: Session, each: Reminding, done: Reminded, today: date) -> None:
    for loan in each.due:
        level = loan.level or 0
        session.add(Reminder(loan_id=loan.id, level=level, due_on=loan.due_on, written_on=today))
        done.levels[level] += 1


def _locked(session: Session, wish: OverdueWish, today: date) -> frozenset[int]:
    ids = session.scalars(select(Loan.id).where(*is_late(wish)), {"today": today}).all()
    return frozenset(loan.id for loan in lock(session, Loan, ids))
