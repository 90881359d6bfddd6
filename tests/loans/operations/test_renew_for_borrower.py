"""Staff renew to a day they choose, or against the rules; and a renewal is taken back."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from loans.errors import ChangedMeanwhileError, NotFoundError, RefusedError
from loans.models.loan import Loan
from loans.models.terms import Terms
from loans.operations.renew import RenewalWish, renew, renew_all, renew_for_borrower
from loans.operations.undo_renewal import undo_renewal
from loans.rules.codes import DayReason, RenewalRefusal
from loans.rules.due_dates import ClosedDayRule
from schools.models.letter_choice import LetterMode, LetterTopic
from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from schools.models.person import Person
from schools.operations.choose_letters import choose_letters
from schools.operations.send_letters import stamp_sent
from schools.rules.periods import Period
from schools.rules.roles import Actor, Role
from tests.make import MONDAY, NOW, Make

pytestmark = [pytest.mark.both_stores, pytest.mark.lending("9.1", "9.2")]

DUE = MONDAY + timedelta(days=14)
MIDNIGHT = NOW.replace(hour=0)


@pytest.fixture
def person(make: Make) -> Person:
    return make.person()


@pytest.fixture
def teacher(make: Make, person: Person) -> Actor:
    return make.actor(Role.TEACHER, person=person)


@pytest.fixture
def staff(make: Make) -> Actor:
    return make.actor(Role.STAFF)


@pytest.fixture
def head(make: Make) -> Actor:
    return make.actor(Role.CENTRE_ADMIN)


def chosen(session: Session, wish: RenewalWish, by: Actor, today: date = MONDAY) -> Loan:
    with unit_of_work(session):
        return renew_for_borrower(session, wish, by, today, NOW)


def reasons(session: Session, wish: RenewalWish, by: Actor) -> set[str]:
    with pytest.raises(RefusedError) as refused:
        chosen(session, wish, by)
    return {str(code) for code in refused.value.codes}


def letters(session: Session) -> list[OwedLetter]:
    session.rollback()
    return list(session.scalars(select(OwedLetter).order_by(OwedLetter.id)))


# A chosen day


def test_staff_choose_until_when_it_would_be_free(
    session: Session, make: Make, person: Person, teacher: Actor, staff: Actor
) -> None:
    loan = make.loan(person=person)
    make.booking(loan.holding, Period(DUE + timedelta(days=5), DUE + timedelta(days=6)))
    with pytest.raises(RefusedError) as refused, unit_of_work(session):
        renew(session, loan.id, teacher, MONDAY, NOW)
    until = refused.value.refusals[0].facts["until"]
    assert until == DUE + timedelta(days=4)
    assert isinstance(until, date)
    assert chosen(session, RenewalWish(loan.id, until), staff).due_on == until


def test_the_day_staff_are_offered_is_open(
    session: Session, make: Make, person: Person, staff: Actor
) -> None:
    loan = make.loan(person=person)
    session.scalars(select(Terms)).one().renewal_period = 14
    make.booking(loan.holding, Period(DUE + timedelta(days=7), DUE + timedelta(days=10)))
    with pytest.raises(RefusedError) as refused:
        chosen(session, RenewalWish(loan.id), staff)
    until = refused.value.refusals[0].facts["until"]
    assert until == DUE + timedelta(days=4)  # the Friday before
    assert isinstance(until, date)
    assert chosen(session, RenewalWish(loan.id, until), staff).due_on == until


@pytest.mark.parametrize(
    ("days", "code"),
    [
        pytest.param(0, RenewalRefusal.NOT_LATER, id="the same day"),
        pytest.param(-7, RenewalRefusal.NOT_LATER, id="an earlier day"),
        pytest.param(5, DayReason.CLOSED, id="a Saturday"),
        pytest.param(15, RenewalRefusal.BOOKED, id="a day that is booked"),
        pytest.param(600, DayReason.HORIZON, id="beyond a year"),
    ],
)
def test_not_every_day_can_be_chosen(
    session: Session, make: Make, person: Person, staff: Actor, *, days: int, code: str
) -> None:
    loan = make.loan(person=person)
    booked = Period(DUE + timedelta(days=10), DUE + timedelta(days=11))
    make.booking(loan.holding, booked)
    assert reasons(session, RenewalWish(loan.id, DUE + timedelta(days=days)), staff) == {code}


def test_where_closed_days_are_kept_any_day_can_be_chosen(
    session: Session, make: Make, person: Person, staff: Actor
) -> None:
    loan = make.loan(person=person)
    session.scalars(select(Terms)).one().closed_day_rule = ClosedDayRule.KEEP
    session.commit()
    saturday = DUE + timedelta(days=5)
    assert chosen(session, RenewalWish(loan.id, saturday), staff).due_on == saturday


@pytest.mark.parametrize("mode", [LetterMode.OFF, LetterMode.DAILY])
def test_what_staff_renew_is_told_at_once_whatever_the_borrower_chose(
    session: Session,
    make: Make,
    person: Person,
    teacher: Actor,
    staff: Actor,
    *,
    mode: LetterMode,
) -> None:
    with unit_of_work(session):
        choose_letters(session, {LetterTopic.LOANS: mode}, teacher, NOW)
    own, for_her = make.loan(person=person), make.loan(person=person)
    with unit_of_work(session):
        renew(session, own.id, teacher, MONDAY, NOW)
    chosen(session, RenewalWish(for_her.id), staff)
    at_once = [each for each in letters(session) if each.state is LetterState.OWED]
    assert [line["loan"] for each in at_once for line in each.facts["lines"]] == [for_her.id]


def test_a_renewal_of_ones_own_is_not_told_after_that_of_staff(
    session: Session, make: Make, person: Person, teacher: Actor, staff: Actor
) -> None:
    with unit_of_work(session):
        choose_letters(session, {LetterTopic.LOANS: LetterMode.DAILY}, teacher, NOW)
    loan = make.loan(person=person)
    with unit_of_work(session):
        renew(session, loan.id, teacher, MONDAY, NOW)
    chosen(session, RenewalWish(loan.id, DUE + timedelta(days=9)), staff)
    told = letters(session)
    assert {each.state for each in told} == {LetterState.OWED}
    days = [each.facts["due_on"] for each in told]
    assert days == sorted(days)


# Against the rules


def test_with_the_right_and_a_reason_a_rule_is_overruled_and_noted(
    session: Session, make: Make, person: Person, staff: Actor, head: Actor
) -> None:
    loan = make.loan(person=person, renewals=2)
    wish = RenewalWish(loan.id, reason="Prüfung verschoben")
    assert reasons(session, RenewalWish(loan.id), head) == {"RENEWAL_LIMIT"}
    assert reasons(session, wish, staff) == {"RENEWAL_LIMIT"}
    assert chosen(session, wish, head).due_on == DUE + timedelta(days=7)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "renew")).one()
    assert entry.reason == "Prüfung verschoben"


@pytest.mark.parametrize("ends", [10, 14], ids=["before the due date", "with it"])
def test_the_end_of_a_membership_can_be_overruled(
    session: Session, make: Make, head: Actor, *, ends: int
) -> None:
    loan = make.loan(person=make.person(until=MONDAY + timedelta(days=ends)))
    assert reasons(session, RenewalWish(loan.id), head) == {"MEMBERSHIP_ENDS"}
    wish = RenewalWish(loan.id, reason="Der Vertrag wird verlängert")
    assert chosen(session, wish, head).due_on == DUE + timedelta(days=7)


@pytest.mark.lending("10.3")
def test_a_recall_can_be_overruled(
    session: Session, make: Make, person: Person, head: Actor
) -> None:
    loan = make.loan(person=person, recalled_on=MONDAY)
    assert reasons(session, RenewalWish(loan.id), head) == {"RECALLED"}
    wish = RenewalWish(loan.id, reason="Wird doch nicht gebraucht")
    assert chosen(session, wish, head).due_on == DUE + timedelta(days=7)


def test_the_end_of_a_licence_is_never_overruled(
    session: Session, make: Make, person: Person, head: Actor
) -> None:
    loan = make.loan(person=person, renewals=2)
    make.licence(loan.holding.title, valid_until=DUE)
    wish = RenewalWish(loan.id, reason="Trotzdem")
    assert reasons(session, wish, head) == {"LICENCE_ENDS"}


def test_foreign_loans_and_those_back_in_the_house_are_not_found(
    session: Session, make: Make, person: Person, staff: Actor, teacher: Actor
) -> None:
    foreign = make.loan(make.copy(make.holding(centre=make.centre())))
    back = make.loan(person=person, received_on=MONDAY)
    own = make.loan(person=person)
    for loan, by in ((foreign, staff), (back, staff), (own, teacher)):
        with pytest.raises(NotFoundError):
            chosen(session, RenewalWish(loan.id), by)


# Together


def test_one_letter_tells_of_all_that_was_renewed_together(
    session: Session, make: Make, person: Person, teacher: Actor
) -> None:
    first, second = make.loan(person=person), make.loan(person=person, days=16)
    make.loan(person=person, renewals=2)
    with unit_of_work(session):
        renew_all(session, person.id, teacher, MONDAY, NOW)
    (letter,) = letters(session)
    assert letter.kind is LetterKind.LOAN_RENEWED
    assert [line["loan"] for line in letter.facts["lines"]] == [first.id, second.id]
    assert letter.facts["due_on"] == (DUE + timedelta(days=7)).isoformat()


# Taking back


def undone(session: Session, loan: Loan, by: Actor, since: datetime = MIDNIGHT) -> Loan:
    with unit_of_work(session):
        return undo_renewal(session, loan.id, by, since, NOW)


def test_a_renewal_is_taken_back_with_its_letter(
    session: Session, make: Make, person: Person, teacher: Actor
) -> None:
    loan = make.loan(person=person)
    with unit_of_work(session):
        renew(session, loan.id, teacher, MONDAY, NOW)
    back = undone(session, loan, teacher)
    assert (back.due_on, back.renewals) == (DUE, 0)
    assert [letter.state for letter in letters(session)] == [LetterState.CANCELLED]
    with pytest.raises(ChangedMeanwhileError):
        undone(session, loan, teacher)


def test_a_letter_that_waits_for_the_daily_one_is_taken_back_too(
    session: Session, make: Make, person: Person, teacher: Actor
) -> None:
    with unit_of_work(session):
        choose_letters(session, {LetterTopic.LOANS: LetterMode.DAILY}, teacher, NOW)
    loan = make.loan(person=person)
    with unit_of_work(session):
        renew(session, loan.id, teacher, MONDAY, NOW)
    assert [letter.state for letter in letters(session)] == [LetterState.DAILY]
    undone(session, loan, teacher)
    assert [letter.state for letter in letters(session)] == [LetterState.CANCELLED]


def test_renewed_again_after_that_it_is_told_again(
    session: Session, make: Make, person: Person, teacher: Actor
) -> None:
    loan = make.loan(person=person)
    later = NOW + timedelta(seconds=5)
    with unit_of_work(session):
        renew(session, loan.id, teacher, MONDAY, NOW)
    undone(session, loan, teacher)
    with unit_of_work(session):
        renew(session, loan.id, teacher, MONDAY, later)
    assert [each.state for each in letters(session)] == [LetterState.CANCELLED, LetterState.OWED]


def test_a_letter_that_is_sent_is_followed_by_a_correction(
    session: Session, make: Make, person: Person, teacher: Actor
) -> None:
    loan = make.loan(person=person)
    with unit_of_work(session):
        renew(session, loan.id, teacher, MONDAY, NOW)
    (sent,) = letters(session)
    with unit_of_work(session):
        stamp_sent(session, sent.id, NOW)
    undone(session, loan, teacher)
    correction = letters(session)[1]
    assert correction.facts["undone"]
    assert correction.facts["due_on"] == DUE.isoformat()


def test_of_several_renewed_together_one_is_taken_back_and_the_letter_tells_the_rest(
    session: Session, make: Make, person: Person, teacher: Actor
) -> None:
    first, second = make.loan(person=person), make.loan(person=person, days=16)
    with unit_of_work(session):
        renew_all(session, person.id, teacher, MONDAY, NOW)
    undone(session, first, teacher)
    (letter,) = letters(session)
    assert letter.state is LetterState.OWED
    assert [line["loan"] for line in letter.facts["lines"]] == [second.id]
    assert letter.facts["due_on"] == (DUE + timedelta(days=9)).isoformat()


def test_only_who_renewed_it_today_takes_it_back(
    session: Session, make: Make, person: Person, teacher: Actor, staff: Actor
) -> None:
    loan = make.loan(person=person)
    with unit_of_work(session):
        renew(session, loan.id, teacher, MONDAY, NOW)
    for by, since in ((staff, MIDNIGHT), (teacher, NOW + timedelta(hours=15))):
        with pytest.raises(ChangedMeanwhileError):
            undone(session, loan, by, since)
    with pytest.raises(NotFoundError):
        undone(session, loan, make.actor(Role.TEACHER))


def test_what_is_back_or_has_another_date_by_now_is_not_taken_back(
    session: Session, make: Make, person: Person, teacher: Actor
) -> None:
    back, moved = make.loan(person=person), make.loan(person=person)
    with unit_of_work(session):
        renew_all(session, person.id, teacher, MONDAY, NOW)
    session.get_one(Loan, back.id).received_on = MONDAY
    session.get_one(Loan, moved.id).due_on = DUE + timedelta(days=1)
    session.commit()
    for loan in (back, moved):
        with pytest.raises(ChangedMeanwhileError):
            undone(session, loan, teacher)
