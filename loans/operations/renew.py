"""Renew: a loan gets a later due date, unless something stands against it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from database.audit import Change, Subject, record
from loans.errors import NotFoundError, Refused, RefusedError
from loans.models.loan import Loan
from loans.operations.lock import lock
from loans.operations.tell_renewal import tell_about_renewals
from loans.queries.loans import LoanFacts, loans_of_person, open_loan
from loans.queries.renewals import Asked, blocked_by_staff, renewals_of_people
from loans.queries.viewpoint import Viewpoint, Where, viewpoint_of
from loans.rules.calendar import SEARCH_DAYS
from loans.rules.codes import OVERRIDES, DayReason
from loans.rules.renewals import Renewal
from schools.models.person import Person
from schools.rules.roles import Actor, Right


@dataclass(frozen=True, slots=True)
class Renewed:
    """What came of the wish to renew one of several loans: a new due date, or every reason."""

    loan: LoanFacts
    answer: Renewal


@dataclass(frozen=True, slots=True)
class RenewalWish:
    """A member of staff's wish to renew a loan.

    Attributes:
        loan_id: the loan.
        until: the new due date; None for that of the terms.
        reason: why it is renewed against the rules; empty to obey them.
    """

    loan_id: int
    until: date | None = None
    reason: str = ""


def renew(session: Session, loan_id: int, by: Actor, today: date, now: datetime) -> Loan:
    """Renew one loan.

    Locks its holding, copy, person and itself. The borrower is told by one letter.

    Returns:
        The loan with its new due date.

    Raises:
        NotFoundError: no such open loan within the actor's reach.
        RefusedError: every reason; `BOOKED` says in `until` how far it could be renewed.

    Source:
        docs/rules.md, Lending 9.1 and 9.2.
    """
    found = open_loan(session, by.scope(Right.BOOK), loan_id)
    if found is None or found.person_id is None:
        raise NotFoundError("loan", loan_id)
    rows = _locked(session, [found], found.person_id)
    answer = _answer(session, loan_id, found.person_id, (by, today, now))
    if answer.due_on is None:
        raise RefusedError(answer.refused)
    renewed = renew_to(session, rows[loan_id], NewDate(answer.due_on), by, now)
    tell_about_renewals(session, [renewed], by, now)
    return renewed


def renew_for_borrower(
    session: Session, wish: RenewalWish, by: Actor, today: date, now: datetime
) -> Loan:
    """Renew a loan at the desk, to a day that staff chose; or against the rules, with a reason.

    Locks as `renew` does. The day must be open at the loan's branch, unless its terms look at no
    opening days.

    Raises:
        NotFoundError: no such open loan at a centre of the actor.
        RefusedError: every reason; where a reason to overrule is given, those that nobody may
            overrule, or all if the actor may not.

    Source:
        docs/rules.md, Lending 8.3, 9.1 and 9.2.
    """
    found = open_loan(session, by.scope(Right.LEND), wish.loan_id)
    if found is None or found.person_id is None:
        raise NotFoundError("loan", wish.loan_id)
    if not by.scope(Right.LEND).covers_centre(found.centre_id):
        raise NotFoundError("loan", wish.loan_id)
    rows = _locked(session, [found], found.person_id)
    answer = _answer(session, wish.loan_id, found.person_id, (by, today, now), wish.until)
    day = answer.would_be if wish.reason else answer.due_on
    left = _not_overruled(wish, answer, by, found.centre_id)
    if left or day is None or day <= found.due_on:
        raise RefusedError(left or answer.refused)
    renewed = renew_to(session, rows[wish.loan_id], NewDate(day, wish.reason), by, now)
    tell_about_renewals(session, [renewed], by, now)
    return renewed


def renew_all(
    session: Session, person_id: int, by: Actor, today: date, now: datetime
) -> tuple[Renewed, ...]:
    """Renew every open loan of a person that can be renewed, those due first before others.

    Each loan says done, or why not and until when; one that is refused stops no other. Each is
    judged after those before it, for two copies of a holding may not both be kept on.

    Raises:
        NotFoundError: the person's loans lie out of the actor's reach.

    Source:
        docs/rules.md, Lending 9.2.
    """
    scope = by.scope(Right.BOOK)
    loans = [
        each
        for each in loans_of_person(session, person_id)
        if scope.covers_centre(each.centre_id) or scope.person_id == person_id
    ]
    if not loans and scope.person_id != person_id:
        raise NotFoundError("person", person_id)
    rows = _locked(session, loans, person_id)
    loans = [each for each in loans_of_person(session, person_id) if each.id in rows]
    answers: dict[int, Renewal] = {}
    for same in _together(loans):
        answers |= _renew_together(session, same, rows, by, (today, now))
    done = [rows[loan.id] for loan in loans if (got := answers.get(loan.id)) and got.due_on]
    for centre_id in dict.fromkeys(loan.centre_id for loan in done):
        told = [each for each in done if each.centre_id == centre_id]
        tell_about_renewals(session, told, by, now)
    return tuple(Renewed(loan, answers[loan.id]) for loan in loans if loan.id in answers)


def _together(loans: Sequence[LoanFacts]) -> Iterable[list[LoanFacts]]:
    """Return the loans by centre and institution, each as due first."""
    found: dict[tuple[int, int], list[LoanFacts]] = defaultdict(list)
    for loan in loans:
        found[loan.centre_id, loan.institution_id].append(loan)
    return found.values()


def _renew_together(
    session: Session,
    loans: Sequence[LoanFacts],
    rows: Mapping[int, Loan],
    by: Actor,
    at: tuple[date, datetime],
) -> dict[int, Renewal]:
    today, now = at
    where = Where(loans[0].centre_id, institution_id=loans[0].institution_id)
    view = viewpoint_of(session, by.scope(Right.BOOK), where, today, now)
    asked = Asked(blocked_by_staff(session, loans), in_turn=True)
    answers = renewals_of_people(session, view, asked, loans)
    for loan_id, answer in answers.items():
        if answer.due_on is not None:
            renew_to(session, rows[loan_id], NewDate(answer.due_on), by, now)
    return answers


@dataclass(frozen=True, slots=True)
class NewDate:
    """A due date that was decided, and why against the rules; empty for within them."""

    due_on: date
    reason: str = ""


def renew_to(session: Session, loan: Loan, new: NewDate, by: Actor, now: datetime) -> Loan:
    """Give a locked loan its new due date, with audit; whoever decided tells the borrower."""
    change = Change(
        "renew",
        before={"due_on": None if loan.due_on is None else loan.due_on.isoformat()},
        after={"due_on": new.due_on.isoformat()},
        reason=new.reason,
    )
    loan.due_on = new.due_on
    loan.renewals += 1
    subject = Subject("loan", loan.id, loan.centre_id, loan.institution_id)
    record(session, by, subject, change, now)
    return loan


def _locked(session: Session, loans: Sequence[LoanFacts], person_id: int) -> dict[int, Loan]:
    lock(session, Holding, {loan.holding_id for loan in loans})
    lock(session, Copy, {loan.copy_id for loan in loans})
    lock(session, Person, {person_id})
    return {row.id: row for row in lock(session, Loan, {loan.id for loan in loans})}


def _answer(
    session: Session,
    loan_id: int,
    person_id: int,
    asked: tuple[Actor, date, datetime],
    chosen: date | None = None,
) -> Renewal:
    """Decide about one loan among all of the person's, as they are now."""
    by, today, now = asked
    every = loans_of_person(session, person_id)
    loan = next((each for each in every if each.id == loan_id), None)
    if loan is None or loan.received_on is not None:
        raise NotFoundError("loan", loan_id)
    where = Where(loan.centre_id, institution_id=loan.institution_id)
    view = viewpoint_of(session, by.scope(Right.BOOK), where, today, now)
    wrong = () if chosen is None else _wrong_day(view, loan, chosen)
    if wrong:
        return Renewal(None, wrong)
    blocked = {person_id: session.get_one(Person, person_id).blocked}
    return renewals_of_people(session, view, Asked(blocked, chosen=chosen), [loan])[loan_id]


def _wrong_day(view: Viewpoint, loan: LoanFacts, chosen: date) -> tuple[Refused, ...]:
    """Return why a day that staff chose can be no due date, whatever else stands against it."""
    last = view.today + timedelta(days=SEARCH_DAYS)
    if chosen > last:
        return (Refused(DayReason.HORIZON, {"day": chosen, "until": last}),)
    terms = view.effective(loan.type_code).terms
    keeps = terms is not None and terms.period.keeps_closed_days
    if keeps or view.calendars.of(loan.branch_id).is_open(chosen):
        return ()
    return (Refused(DayReason.CLOSED, {"day": chosen}),)


def _not_overruled(
    wish: RenewalWish, answer: Renewal, by: Actor, centre_id: int
) -> tuple[Refused, ...]:
    if not wish.reason or not by.scope(Right.OVERRIDE).covers_centre(centre_id):
        return answer.refused
    kinds = (each for each in answer.refused if isinstance(each.code, DayReason))
    stands = [each for each in answer.refused if OVERRIDES[each.code] is not Right.OVERRIDE]
    return tuple(dict.fromkeys([*kinds, *stands]))
