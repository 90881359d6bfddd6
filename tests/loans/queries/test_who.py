"""Who has a copy, when it is back, and who is next."""

from datetime import timedelta

import pytest

from catalogue.rules.copy_states import CopyState
from loans.models.hold import Hold
from loans.queries.who import CopyNow, copies_like, copies_now, history_of_copy
from loans.queries.who_titles import titles_now, titles_numbered
from loans.rules.booking_states import BookingState
from schools.rules.periods import Period
from schools.rules.roles import Right, Role, Scope
from tests.make import LONG_AGO, MONDAY, NOW, Make
from tests.statements import counted

DAY = timedelta(days=1)

pytestmark = pytest.mark.both_stores


@pytest.fixture
def scope(make: Make) -> Scope:
    make.centre()
    return make.actor(Role.STAFF).scope(Right.SEE_STOCK)


def now(make: Make, scope: Scope, copy_id: int) -> CopyNow:
    (found,) = copies_now(make.session, scope, {copy_id}, MONDAY)
    return found


def week(after: int) -> Period:
    first = MONDAY + after * DAY
    return Period(first, first + 4 * DAY)


def test_a_copy_on_the_shelf_says_where(make: Make, scope: Scope) -> None:
    copy = make.copy(make.holding(make.title("Kamera 3"), shelf_mark="C3"))
    found = now(make, scope, copy.id)
    assert (found.title, found.shelf_mark, found.branch) == ("Kamera 3", "C3", "Hauptstelle")
    assert (found.out, found.reserved, found.waiting) == (None, (), 0)


def test_a_copy_on_loan_says_with_whom_until_when_and_where_to_call(
    make: Make, scope: Scope
) -> None:
    school = make.school(phone="0231 1234")
    person = make.person(school, phone="0170 99")
    loan = make.loan(person=person)
    out = now(make, scope, loan.copy_id).out
    assert out is not None
    assert (out.institution, out.person, out.due_on) == (school.name, person.name, loan.due_on)
    assert (out.phone, out.institution_phone) == ("0170 99", "0231 1234")
    person.phone = ""
    make.session.commit()
    again = now(make, scope, loan.copy_id).out
    assert again is not None
    assert again.phone == "0231 1234"


def test_the_next_three_bookings_of_the_holding_follow_in_their_order(
    make: Make, scope: Scope
) -> None:
    holding = make.holding(copies=2)
    numbers = [make.booking(holding, week(after)).number for after in (28, 7, 21, 14)]
    make.booking(holding, week(1), state=BookingState.CANCELLED)
    make.booking(holding, Period(MONDAY - 9 * DAY, MONDAY - DAY))
    found = now(make, scope, holding.copies[0].id)
    assert [each.number for each in found.reserved] == [numbers[1], numbers[3], numbers[2]]


def test_what_is_handed_out_already_is_not_next(make: Make, scope: Scope) -> None:
    holding = make.holding(copies=1)
    booking = make.booking(holding, week(0), state=BookingState.COLLECTED)
    booking.lines[0].handed_out = 1
    make.session.commit()
    assert now(make, scope, holding.copies[0].id).reserved == ()


def test_a_booking_of_another_numbered_copy_is_not_this_ones(make: Make, scope: Scope) -> None:
    holding = make.holding(copies=2)
    booking = make.booking(holding, week(7))
    booking.lines[0].copy_id = holding.copies[1].id
    make.session.commit()
    assert now(make, scope, holding.copies[0].id).reserved == ()
    assert len(now(make, scope, holding.copies[1].id).reserved) == 1


def test_those_who_wait_are_counted(make: Make, scope: Scope) -> None:
    copy, person = make.copy(), make.person()
    make.session.add(
        Hold(
            holding_id=copy.holding_id,
            person_id=person.id,
            institution_id=person.memberships[0].institution_id,
            place_id=make.place().id,
            rank=1,
            created_at=NOW,
        )
    )
    make.session.commit()
    assert now(make, scope, copy.id).waiting == 1


def test_past_loans_are_those_since_a_day_without_undone_ones(make: Make, scope: Scope) -> None:
    copy = make.copy()
    for days, void in ((10, False), (20, True), (200, False)):
        make.loan(
            copy,
            lent_on=MONDAY - (days + 5) * DAY,
            days=3,
            returned_on=MONDAY - days * DAY,
            void=void,
            state=CopyState.AVAILABLE,
        )
    (past,) = history_of_copy(make.session, scope, copy.id, MONDAY - 90 * DAY)
    assert (past.returned_on, past.days_late) == (MONDAY - 10 * DAY, 2)


def test_a_past_loan_names_who_took_it_back(make: Make, scope: Scope) -> None:
    copy, taker = make.copy(), make.actor(Role.STAFF)
    make.loan(
        copy,
        lent_on=MONDAY - 15 * DAY,
        returned_on=MONDAY - 10 * DAY,
        returned_by=taker.account_id,
        state=CopyState.AVAILABLE,
    )
    (past,) = history_of_copy(make.session, scope, copy.id, MONDAY - 90 * DAY)
    assert past.returned_by == taker.name


def test_a_number_is_found_by_how_it_begins(make: Make, scope: Scope) -> None:
    copy = make.copy(barcode="MZ-004711", inventory_number="A-12/7", serial_number="SN-99-X")
    make.copy(barcode="MZ-005000")
    for typed in ("MZ-0047", "mz-0047", "A-12", "SN-99"):
        assert copies_like(make.session, scope, typed) == (copy.id,)
    for typed in ("MZ", "", "\x00\x00\x00", "Z-0047", "%%%"):
        assert copies_like(make.session, scope, typed) == ()


def test_a_media_number_finds_its_title(make: Make, scope: Scope) -> None:
    title = make.title(media_number="4602345")
    make.holding(title, copies=1)
    assert titles_numbered(make.session, scope, "4602345") == (title.id,)
    assert titles_numbered(make.session, scope, "460") == ()


def test_a_title_says_how_many_are_there_and_when_the_first_is_back(
    make: Make, scope: Scope
) -> None:
    holding = make.holding(copies=3)
    make.loan(holding.copies[0], days=9)
    first = make.loan(holding.copies[1], days=4)
    number = make.booking(holding, week(7)).number
    (found,) = titles_now(make.session, scope, [holding.title_id], MONDAY)
    assert (found.copies, found.there) == (3, 1)
    assert found.out is not None
    assert found.out.due_on == first.due_on
    assert found.reserved is not None
    assert found.reserved.number == number


def test_nothing_of_a_foreign_centre_is_told(make: Make, scope: Scope) -> None:
    foreign = make.centre()
    title = make.title(media_number="4602345")
    holding = make.holding(title, centre=foreign)
    copy = make.copy(holding, barcode="MZ-004711")
    make.loan(copy, person=make.person(make.school(centre=foreign)))
    session = make.session
    assert copies_now(session, scope, {copy.id}, MONDAY) == ()
    assert copies_like(session, scope, "MZ-0047") == ()
    assert history_of_copy(session, scope, copy.id, LONG_AGO) == ()
    assert titles_numbered(session, scope, "4602345") == ()
    assert titles_now(session, scope, [title.id], MONDAY) == ()


def test_the_questions_take_as_many_statements_with_thirty_copies_as_with_one(
    make: Make, scope: Scope
) -> None:
    counts = []
    for copies in (1, 30):
        holding = make.holding(copies=copies)
        for copy in holding.copies:
            make.loan(copy)
            make.booking(holding, week(7))
        ids, title_ids = {copy.id for copy in holding.copies}, [holding.title_id]
        engine = make.session.get_bind()
        with counted(engine) as statements:  # type: ignore[arg-type]  # an engine
            copies_now(make.session, scope, ids, MONDAY)
            titles_now(make.session, scope, title_ids, MONDAY)
        counts.append(statements.count)
    assert counts == [7, 7]


@pytest.mark.lending("8.4")
def test_what_only_waits_to_be_looked_over_is_not_said_to_come_back(
    make: Make, scope: Scope
) -> None:
    holding = make.holding()
    received, out = make.copy(holding), make.copy(holding)
    make.loan(received, days=1, received_on=MONDAY, state=CopyState.RECEIVED)
    loan = make.loan(out, days=9)
    there = now(make, scope, received.id).out
    assert there is not None
    assert there.received_on == MONDAY
    (title,) = titles_now(make.session, scope, [holding.title_id], MONDAY)
    assert title.out is not None
    assert title.out.loan_id == loan.id
