"""Void reminders of a thing that was back before them, and what unsent letters say of them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import or_, select

from loans.models.loan import Loan, Reminder
from loans.operations.journal import Act
from loans.operations.tell_overdue import (
    COPIED_LEVEL,
    Reminding,
    copy_facts,
    copy_occasion,
    letter_occasion,
    letter_to_borrower,
)
from loans.operations.withdraw_letters import is_out
from loans.queries.house import House, house_of
from loans.queries.overdue import OverdueLoan, OverdueWish, overdue_loans
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.rules.roles import Scope


def void_reminders(act: Act, loan: Loan, back_on: date) -> None:
    """Strike the reminders that were written after a loan was back, and what letters say of them.

    A letter not yet sent goes on to tell of the borrower's other loans alone; where it would tell
    of none it is deleted. What was sent stays. Should the return be undone, a reminder that
    nobody had read is not there again: the next night writes it, with a letter.

    Args:
        act: the act.
        loan: locked, with the day of its return.
        back_on: that day, not after today.

    Source:
        docs/rules.md, Lending 8.4, and docs/decisions/0016-nights.md.
    """
    if back_on >= act.today and not act.comes_late:
        return
    query = select(Reminder).where(Reminder.loan_id == loan.id, Reminder.written_on > back_on)
    reminders = act.session.scalars(query).all()
    letters = _letters(act, loan, {reminder.written_on for reminder in reminders})
    unread = {night for night, letter in letters if letter.kind is LetterKind.OVERDUE}
    for reminder in reminders:
        if reminder.written_on not in unread:
            act.journal.dropped(reminder)
        act.session.delete(reminder)
    act.session.flush()
    if letters and loan.person_id is not None:
        _rewrite(act, loan, loan.person_id, letters)


_Letters = Sequence[tuple[date, OwedLetter]]
"""Letters, each with its night."""


def _rewrite(act: Act, loan: Loan, person_id: int, letters: _Letters) -> None:
    latest = max(act.today, *(night for night, _ in letters))
    house = house_of(act.session, loan.centre_id, latest)
    scope = Scope(centre_ids=frozenset({loan.centre_id}))
    wish = OverdueWish(loan.centre_id, person_ids={person_id})
    late = overdue_loans(act.session, scope, wish, house)
    for night, letter in letters:
        facts = _facts(letter, _of_night(late, night), night, house)
        if facts is None:
            act.session.delete(letter)
        else:
            letter.facts = facts
    act.session.flush()


def _letters(act: Act, loan: Loan, nights: Collection[date]) -> _Letters:
    """Return the letters of some nights about a borrower that nobody has read, locked."""
    person_id = loan.person_id
    if person_id is None or not nights:
        return ()
    own = [letter_occasion(person_id, loan.centre_id, night) for night in nights]
    copies = [
        OwedLetter.occasion.startswith(
            copy_occasion(person_id, loan.institution_id, loan.centre_id, night), autoescape=True
        )
        for night in nights
    ]
    query = (
        select(OwedLetter)
        .where(or_(OwedLetter.occasion.in_(own), *copies))
        .order_by(OwedLetter.id)
        .with_for_update()
    )
    return [
        (night, letter)
        for letter in act.session.scalars(query)
        if not is_out(letter, act)
        for night in nights
        if night.isoformat() in letter.occasion
    ]


def _of_night(late: Iterable[OverdueLoan], night: date) -> tuple[OverdueLoan, ...]:
    """Return the loans with the level that was written for each in a night, by due date."""
    found = []
    for loan in late:
        levels = (each.level for each in loan.case.written if each.written_on == night)
        found.append(replace(loan, level=max(levels, default=None)))
    return tuple(sorted(found, key=lambda loan: (loan.due_on, loan.id)))


def _facts(
    letter: OwedLetter, late: tuple[OverdueLoan, ...], night: date, house: House
) -> dict[str, object] | None:
    """Return what is left to tell; None if nothing is."""
    if letter.kind is LetterKind.OVERDUE:
        if not any(loan.level for loan in late):
            return None
        copied = bool(letter.facts.get("copied")) and any(
            loan.level == COPIED_LEVEL for loan in late
        )
        calendars = house.calendars.by_branch
        again, _to = letter_to_borrower(Reminding(late), night, calendars, copied=copied)
        return dict(again.facts)
    school = letter.facts["school"]
    left = [loan for loan in late if loan.level == COPIED_LEVEL and loan.institution == school]
    return copy_facts(left) if left else None
