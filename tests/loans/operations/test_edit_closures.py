"""A closure is stored together with everything it moves, or not at all."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from catalogue.errors import ChangedMeanwhileError
from catalogue.rules.copy_states import CopyState
from catalogue.rules.licences import LicenceScope
from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from loans.errors import CalendarFaultError, NotFoundError
from loans.models.closure import Closure
from loans.models.hold import Hold, HoldState
from loans.models.loan import Loan
from loans.models.terms import Terms
from loans.operations.edit_closures import (
    ClosureEdit,
    ClosureWish,
    add_closure,
    change_closure,
    closure_edition,
    remove_closure,
)
from loans.operations.journal import Act
from loans.operations.renew import renew
from loans.operations.settle_calendar import Settled
from loans.operations.tell_holds import tell_ready
from loans.queries.centre_calendars import centre_calendar, placed_closure
from loans.queries.moved_dates import affected_by
from loans.queries.overbooked import overbooked
from loans.queries.viewpoint import Where, viewpoint_of
from loans.rules import calendar as rules
from loans.rules.booking_states import BookingState
from loans.rules.calendar_faults import CalendarFault
from loans.rules.centre_calendar import Closing
from loans.rules.due_dates import ClosedDayRule
from loans.rules.moved_dates import Stays
from schools.models.letter_choice import LetterChoice, LetterMode, LetterTopic
from schools.models.media_centre import Branch
from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from schools.rules.periods import Period
from schools.rules.roles import Actor, Right, Role
from tests.make import MONDAY, NOW, Make
from tests.statements import counted

pytestmark = pytest.mark.both_stores

THURSDAY, FRIDAY = date(2026, 12, 3), date(2026, 12, 4)
AFTER = date(2026, 12, 7)
"""The Monday after both days of the closure."""

MOVE = rules.Closure("Umzug", THURSDAY, FRIDAY)


@dataclass
class Office:
    """The head of the first centre, who edits its calendar."""

    session: Session
    make: Make
    by: Actor

    def wish(self, closure: rules.Closure = MOVE, branch: Branch | None = None) -> ClosureWish:
        branch_id = None if branch is None else branch.id
        return ClosureWish(self.make.the_centre().id, branch_id, closure)

    def add(
        self,
        closure: rules.Closure = MOVE,
        *,
        branch: Branch | None = None,
        today: date = MONDAY,
    ) -> Settled:
        wish = self.wish(closure, branch)
        with unit_of_work(self.session):
            return add_closure(self.session, wish, self.by, today, NOW)

    def change(self, closure_id: int, closure: rules.Closure, edition: str = "") -> Settled:
        opened = edition or self.edition(closure_id)
        edit = ClosureEdit(closure_id, self.wish(closure), opened)
        with unit_of_work(self.session):
            return change_closure(self.session, edit, self.by, MONDAY, NOW)

    def remove(self, closure_id: int) -> Settled:
        edition = self.edition(closure_id)
        with unit_of_work(self.session):
            return remove_closure(self.session, closure_id, edition, self.by, NOW)

    def edition(self, closure_id: int) -> str:
        return closure_edition(placed_closure(self.session.get_one(Closure, closure_id)))


@pytest.fixture
def office(session: Session, make: Make) -> Office:
    return Office(session, make, make.actor(Role.CENTRE_ADMIN))


def due(session: Session, loan: Loan) -> date | None:
    session.rollback()
    session.refresh(loan)
    return loan.due_on


def hold(make: Make, deadline: date, **facts: Any) -> Hold:
    """A copy set aside at the first counter until a day."""
    copy = make.copy(state=CopyState.SET_ASIDE)
    person = make.person()
    values = {
        "place_id": make.place().id,
        "state": HoldState.SET_ASIDE,
        "ready_on": MONDAY,
        "pickup_deadline": deadline,
    } | facts
    row = Hold(
        holding_id=copy.holding_id,
        person_id=person.id,
        institution_id=person.memberships[0].institution_id,
        copy_id=copy.id,
        rank=1,
        created_at=NOW,
        **values,
    )
    make.session.add(row)
    make.session.commit()
    return row


@pytest.mark.lending("1.7")
def test_dates_on_the_days_of_a_new_closure_move_forward_to_an_open_day(
    office: Office, session: Session, make: Make
) -> None:
    before, on, last, after = (
        make.loan(due_on=day) for day in (date(2026, 12, 2), THURSDAY, FRIDAY, AFTER)
    )
    waiting = hold(make, THURSDAY)
    settled = office.add()
    assert settled.moved == 3
    assert [due(session, loan) for loan in (before, on, last, after)] == [
        date(2026, 12, 2),
        AFTER,
        AFTER,
        AFTER,
    ]
    session.refresh(waiting)
    assert waiting.pickup_deadline == AFTER
    assert session.get_one(Closure, settled.id).name == "Umzug"


@pytest.mark.lending("1.7")
@pytest.mark.parametrize(
    "left_alone",
    [
        pytest.param({"due_on": date(2026, 11, 20)}, id="an overdue one"),
        pytest.param({"due_on": THURSDAY, "received_on": MONDAY}, id="what is back already"),
        pytest.param(
            {"due_on": THURSDAY, "returned_on": MONDAY, "state": CopyState.AVAILABLE},
            id="what was returned",
        ),
        pytest.param(
            {"due_on": THURSDAY, "placed": True, "review_on": THURSDAY}, id="a placement"
        ),
    ],
)
def test_other_loans_stay(
    office: Office, session: Session, make: Make, left_alone: dict[str, Any]
) -> None:
    loan = make.loan(lent_on=date(2026, 11, 2), **left_alone)
    closed = rules.Closure("Alles zu", date(2026, 11, 16), FRIDAY)
    assert office.add(closed).moved == 0
    assert due(session, loan) == left_alone["due_on"]


@pytest.mark.lending("1.7")
def test_what_is_due_on_the_very_day_of_a_sudden_closure_moves(
    office: Office, session: Session, make: Make
) -> None:
    loan = make.loan(lent_on=MONDAY - timedelta(days=14), due_on=MONDAY)
    office.add(rules.Closure("Wasserschaden", MONDAY, MONDAY))
    assert due(session, loan) == MONDAY + timedelta(days=1)


@pytest.mark.lending("1.7")
def test_dates_under_the_rule_keep_are_not_moved(
    office: Office, session: Session, make: Make
) -> None:
    boxes = Terms(
        centre_id=make.the_centre().id,
        media_category="box",
        loan_period=14,
        closed_day_rule=ClosedDayRule.KEEP,
    )
    session.add(boxes)
    session.commit()
    box = make.loan(
        make.copy(make.holding(make.title("Koffer", media_type="media_box"))), due_on=FRIDAY
    )
    film = make.loan(due_on=FRIDAY)
    assert office.add().moved == 1
    assert (due(session, box), due(session, film)) == (FRIDAY, AFTER)


@pytest.mark.lending("1.7", "2.5")
def test_no_loan_is_moved_past_the_end_of_its_licence(
    office: Office, session: Session, make: Make
) -> None:
    ends, lasts = make.title("Endet"), make.title("Bleibt")
    make.licence(ends, valid_until=FRIDAY)
    make.licence(lasts, valid_until=FRIDAY)
    make.licence(lasts, valid_from=FRIDAY + timedelta(days=1))
    loans = [make.loan(make.copy(make.holding(title)), due_on=FRIDAY) for title in (ends, lasts)]
    assert office.add().moved == 1
    assert [due(session, loan) for loan in loans] == [FRIDAY, AFTER]


@pytest.mark.lending("1.7", "2.5")
def test_a_licence_of_another_area_does_not_carry_a_loan_on(
    office: Office, session: Session, make: Make
) -> None:
    title = make.title("Endet hier")
    make.licence(title, valid_until=FRIDAY)
    make.licence(title, scope=LicenceScope.SCHOOL, area=["1"], valid_from=FRIDAY)
    loan = make.loan(make.copy(make.holding(title)), due_on=FRIDAY)
    assert office.add().moved == 0
    assert due(session, loan) == FRIDAY


@pytest.mark.lending("1.7", "7.1")
def test_a_deadline_never_passes_the_day_after_which_it_is_not_needed(
    office: Office, session: Session, make: Make
) -> None:
    waiting = hold(make, FRIDAY, not_after=FRIDAY)
    assert office.add().moved == 0
    session.refresh(waiting)
    assert waiting.pickup_deadline == FRIDAY


@pytest.mark.lending("1.7", "1.2")
def test_a_closure_of_one_branch_moves_only_what_is_due_there(
    office: Office, session: Session, make: Make
) -> None:
    centre = make.the_centre()
    south = Branch(centre_id=centre.id, name="Süd")
    session.add(south)
    session.commit()
    at_main = make.loan(due_on=THURSDAY)
    at_south = make.loan(due_on=THURSDAY)
    at_south.branch_id = south.id
    session.commit()
    assert office.add(branch=make.branch()).moved == 1
    assert (due(session, at_main), due(session, at_south)) == (AFTER, THURSDAY)


@pytest.mark.lending("1.7")
def test_each_person_is_owed_one_letter_with_old_and_new_days(
    office: Office, session: Session, make: Make
) -> None:
    busy, other = make.person(), make.person()
    for person, name in ((busy, "Eis"), (busy, "Feuer"), (other, "Wind")):
        make.loan(make.copy(make.holding(make.title(name))), person=person, due_on=THURSDAY)
    silent = make.person()
    silent.email = None
    session.commit()
    make.loan(person=silent, due_on=FRIDAY)
    settled = office.add()
    assert (settled.moved, settled.told, settled.untold) == (4, 2, 1)
    letters = session.scalars(select(OwedLetter).order_by(OwedLetter.person_id)).all()
    assert {each.kind for each in letters} == {LetterKind.DATES_MOVED}
    assert [each.person_id for each in letters] == [busy.id, other.id]
    assert letters[0].facts["why"] == "Umzug"
    assert [
        (each["title"], each["before"], each["after"]) for each in letters[0].facts["moved"]
    ] == [
        ("Eis", "2026-12-03", "2026-12-07"),
        ("Feuer", "2026-12-03", "2026-12-07"),
    ]


@pytest.mark.lending("1.7")
def test_what_waits_for_the_daily_letter_about_a_moved_date_goes_before_the_letter_about_it(
    office: Office, session: Session, make: Make
) -> None:
    loan, kept = make.loan(days=4), hold(make, FRIDAY)
    assert loan.person is not None
    for person in (loan.person, kept.person):
        for topic in (LetterTopic.LOANS, LetterTopic.HOLDS):
            session.add(LetterChoice(person_id=person.id, topic=topic, mode=LetterMode.DAILY))
    session.commit()
    teacher = make.actor(person=loan.person)
    with unit_of_work(session):
        renew(session, loan.id, teacher, MONDAY, NOW)
        tell_ready(Act(session, office.by, MONDAY, NOW), kept)
    assert office.add().told == 2
    query = select(OwedLetter).order_by(OwedLetter.next_try_at, OwedLetter.id)
    assert [(letter.kind, letter.state) for letter in session.scalars(query)] == [
        (LetterKind.LOAN_RENEWED, LetterState.OWED),
        (LetterKind.HOLD_READY, LetterState.OWED),
        (LetterKind.DATES_MOVED, LetterState.OWED),
        (LetterKind.DATES_MOVED, LetterState.OWED),
    ]


@pytest.mark.lending("1.7", "12.2")
def test_closure_and_moved_dates_stand_in_the_log(
    office: Office, session: Session, make: Make
) -> None:
    loan = make.loan(due_on=THURSDAY)
    closure_id = office.add().id
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    said = [(each.act, each.subject_kind, each.subject_id, each.account_id) for each in entries]
    assert said == [
        ("add_closure", "closure", closure_id, office.by.account_id),
        ("move_date", "loan", loan.id, office.by.account_id),
    ]
    assert entries[1].before == {"due_on": "2026-12-03"}
    assert entries[1].after == {"due_on": "2026-12-07"}
    assert entries[1].reason == "Umzug"


@pytest.mark.lending("1.7")
def test_case_20_removing_a_closure_does_not_shorten_what_it_moved(
    office: Office, session: Session, make: Make
) -> None:
    loan = make.loan(due_on=THURSDAY)
    closure_id = office.add().id
    office.remove(closure_id)
    assert due(session, loan) == AFTER
    assert session.get(Closure, closure_id) is None


@pytest.mark.lending("1.7")
def test_a_longer_closure_moves_what_it_newly_meets_and_a_shorter_one_nothing(
    office: Office, session: Session, make: Make
) -> None:
    loan = make.loan(due_on=THURSDAY)
    closure_id = office.add().id
    longer = replace(MOVE, last=AFTER)
    assert office.change(closure_id, longer).moved == 1
    assert due(session, loan) == date(2026, 12, 8)
    assert office.change(closure_id, replace(MOVE, last=THURSDAY)).moved == 0
    assert due(session, loan) == date(2026, 12, 8)


def test_a_refused_closure_moves_nothing(office: Office, session: Session, make: Make) -> None:
    office.add()
    loan = make.loan(due_on=AFTER)
    overlapping = rules.Closure("Inventur", FRIDAY, AFTER)
    with pytest.raises(CalendarFaultError) as refused:
        office.add(overlapping)
    (fault,) = refused.value.faults
    assert getattr(fault, "kind", None) is CalendarFault.CLOSURES_OVERLAP
    assert due(session, loan) == AFTER
    assert len(session.scalars(select(Closure)).all()) == 1


@pytest.mark.lending("1.3")
def test_a_yearly_closure_may_overlap_a_single_one(office: Office) -> None:
    office.add()
    assert office.add(rules.Closure("Jedes Jahr", THURSDAY, FRIDAY, yearly=True)).id


def test_the_second_editor_is_told(office: Office, session: Session) -> None:
    closure_id = office.add().id
    opened = office.edition(closure_id)
    office.change(closure_id, replace(MOVE, name="Großer Umzug"))
    with pytest.raises(ChangedMeanwhileError) as told:
        office.change(closure_id, replace(MOVE, processed=True), opened)
    assert told.value.current["name"] == "Großer Umzug"
    session.rollback()


@pytest.mark.parametrize(
    "role", [Role.STAFF, Role.TEACHER, Role.SCHOOL_ADMIN, Role.ADVISER, Role.PLANNER]
)
def test_only_the_head_closes_the_centre(office: Office, make: Make, role: Role) -> None:
    office.by = make.actor(role)
    with pytest.raises(NotFoundError):
        office.add()


def test_a_head_closes_no_foreign_centre_or_branch(
    office: Office, session: Session, make: Make
) -> None:
    foreign = make.centre()
    with pytest.raises(NotFoundError):
        office.add(branch=make.branch(foreign))
    wish = ClosureWish(foreign.id, None, MOVE)
    with pytest.raises(NotFoundError), unit_of_work(session):
        add_closure(session, wish, office.by, MONDAY, NOW)
    row = Closure(centre_id=foreign.id, name="Fremd", first=THURSDAY, last=THURSDAY)
    session.add(row)
    session.commit()
    with pytest.raises(NotFoundError):
        office.remove(row.id)
    with pytest.raises(NotFoundError):
        office.change(row.id, MOVE)


@pytest.mark.lending("1.7")
def test_bookings_keep_their_days_and_are_named(
    office: Office, session: Session, make: Make
) -> None:
    holding = make.holding(copies=3)
    first = make.booking(holding, Period(THURSDAY, date(2026, 12, 9)))
    last = make.booking(holding, Period(date(2026, 12, 1), FRIDAY))
    make.booking(holding, Period(date(2026, 12, 1), date(2026, 12, 9)))
    make.booking(holding, Period(THURSDAY, FRIDAY), state=BookingState.CANCELLED)
    calendar = centre_calendar(session, make.the_centre().id)
    closing = Closing(
        make.the_centre().id, calendar, calendar.with_closure(office.wish().placed())
    )
    scope = office.by.scope(Right.MANAGE_CENTRE)
    found = affected_by(session, scope, closing, MONDAY).bookings
    assert {(each.number, each.first_closes, each.last_closes) for each in found} == {
        (first.number, True, False),
        (last.number, False, True),
    }
    office.add()
    session.refresh(first)
    assert first.first == THURSDAY


def test_what_stays_says_why(office: Office, session: Session, make: Make) -> None:
    title = make.title()
    make.licence(title, valid_until=FRIDAY)
    make.loan(make.copy(make.holding(title)), due_on=FRIDAY)
    calendar = centre_calendar(session, make.the_centre().id)
    after = calendar.with_closure(office.wish().placed())
    closing = Closing(make.the_centre().id, calendar, after)
    (each,) = affected_by(session, office.by.scope(Right.MANAGE_CENTRE), closing, MONDAY).staying
    assert each.move.stays is Stays.LICENCE


def test_nothing_is_told_of_a_foreign_centre(office: Office, session: Session, make: Make) -> None:
    make.loan(due_on=THURSDAY)
    calendar = centre_calendar(session, make.the_centre().id)
    after = calendar.with_closure(office.wish().placed())
    closing = Closing(make.the_centre().id, calendar, after)
    stranger = make.actor(Role.CENTRE_ADMIN, centre=make.centre())
    assert affected_by(session, stranger.scope(Right.MANAGE_CENTRE), closing, MONDAY).dates == ()


@pytest.mark.lending("1.7")
def test_a_moved_date_that_meets_the_next_booking_is_listed_as_overbooked(
    office: Office, session: Session, make: Make
) -> None:
    holding = make.holding()
    make.loan(make.copy(holding), due_on=FRIDAY)
    make.booking(holding, Period(AFTER, AFTER + timedelta(days=2)))
    where = Where(make.the_centre().id)
    staff = make.actor(Role.STAFF).scope(Right.RESERVE_FOR_OTHERS)
    assert overbooked(session, viewpoint_of(session, staff, where, MONDAY, NOW)) == ()
    office.add()
    (found,) = overbooked(session, viewpoint_of(session, staff, where, MONDAY, NOW))
    assert (found.holding_id, found.free, found.days) == (holding.id, -1, (Period(AFTER, AFTER),))


def test_a_closure_is_stored_in_the_same_statements_however_much_it_moves(
    engine: Engine, office: Office, session: Session, make: Make
) -> None:
    def statements(day: date, number: int) -> int:
        for _ in range(number):
            make.loan(due_on=day)
            hold(make, day)
        session.rollback()
        with counted(engine) as sent:
            assert office.add(rules.Closure(f"Zu am {day}", day, day)).moved == 2 * number
        return sent.count

    assert statements(THURSDAY, 1) == statements(AFTER, 9)


def test_what_a_closure_meets_is_read_in_the_same_statements_however_much_it_is(
    engine: Engine, office: Office, session: Session, make: Make
) -> None:
    def statements() -> int:
        centre_id = make.the_centre().id
        calendar = centre_calendar(session, centre_id)
        closing = Closing(centre_id, calendar, calendar.with_closure(office.wish().placed()))
        with counted(engine) as sent:
            affected_by(session, office.by.scope(Right.MANAGE_CENTRE), closing, MONDAY)
        session.rollback()
        return sent.count

    def fill(number: int) -> None:
        for _ in range(number):
            make.loan(due_on=THURSDAY)
            hold(make, FRIDAY)
            make.booking(make.holding(copies=1), Period(THURSDAY, AFTER))

    fill(1)
    few = statements()
    fill(6)
    assert statements() == few <= 6
