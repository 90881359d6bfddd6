"""Undoing is refused, naming the later act, while one stands in the way."""

from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.defect import Defect
from catalogue.models.holding import BookedBy
from catalogue.operations.edit_copy import edit_copy, facts_of
from catalogue.operations.handle_defect import DefectDecision, handle_defect
from catalogue.rules.copy_states import CopyState
from catalogue.rules.defect_states import DefectState
from catalogue.rules.editions import edition_of
from database.unit_of_work import unit_of_work
from loans.errors import NotFoundError
from loans.models.claim import ClaimKind
from loans.models.hold import HoldState
from loans.operations.book_by import book_by
from loans.operations.cancel import cancel
from loans.operations.claim import Claim, claim
from loans.operations.pick_copy import PickWish, pick_copy
from loans.operations.place_copy import Placement, place_copy
from loans.operations.place_hold import HoldWish, place_hold
from loans.operations.renew import renew
from loans.queries.invariants import breaches
from loans.rules.booking_states import BookingState
from loans.rules.packing import PackNote
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.loans.operations.courier import Table
from tests.loans.operations.undoing.desk import DAY, WEEK, Desk
from tests.make import MONDAY, Make

pytestmark = pytest.mark.both_stores


@pytest.mark.lending("8.6")
def test_while_the_copy_is_back_its_loan_is_not_undone(make: Make, desk: Desk) -> None:
    copy, person = make.copy(), make.person()
    lent = desk.lend(copy, person)
    back = desk.take_back(copy)
    refused = desk.undo(lent)
    assert (refused.outcome.value, refused.facts["why"]) == ("refused", "later")
    assert refused.facts["later"]["act"] == "return"
    assert not lent.void
    desk.undo(back)
    assert desk.undo(lent).outcome.value == "done"


@pytest.mark.lending("8.6")
def test_while_somebody_else_had_it_meanwhile_a_return_is_not_undone(
    make: Make, desk: Desk, session: Session
) -> None:
    copy = make.copy(make.holding())
    make.loan(copy)
    back = desk.take_back(copy)
    other = Desk(session, make, make.actor(Role.STAFF), desk.branch, desk.now)
    other.lend(copy, make.person())
    other.take_back(copy)
    refused = desk.undo(back)
    assert (refused.outcome.value, refused.facts["later"]["act"]) == ("refused", "return")
    assert breaches(session) == []


@pytest.mark.lending("8.6")
def test_a_renewal_in_between_is_named(make: Make, desk: Desk, session: Session) -> None:
    person = make.person()
    lent, by = desk.lend(make.copy(make.holding()), person), make.actor(person=person)
    loan_id = lent.loan_id or 0
    with unit_of_work(session):
        renew(session, loan_id, by, MONDAY, desk.now + DAY)
    refused = desk.undo(lent)
    assert (refused.outcome.value, refused.facts["later"]["act"]) == ("refused", "renew")


@pytest.mark.lending("8.6", "10.4")
def test_a_claim_in_between_is_named(make: Make, desk: Desk, session: Session) -> None:
    lent = desk.lend(make.copy(make.holding()), make.person())
    with unit_of_work(session):
        wish = Claim(lent.loan_id or 0, ClaimKind.RETURNED)
        claim(session, wish, desk.by, MONDAY, desk.now + timedelta(minutes=1))
    refused = desk.undo(lent)
    assert (refused.outcome.value, refused.facts["later"]["act"]) == ("refused", "claim")


@pytest.mark.lending("8.6")
def test_a_pick_in_between_is_named(make: Make, desk: Desk, session: Session) -> None:
    loan = make.loan(make.copy(make.holding()))
    back = desk.take_back(loan.copy)
    make.booking(loan.holding, WEEK)
    desk.now += timedelta(minutes=1)
    with unit_of_work(session):
        wish = PickWish(loan.copy_id, desk.branch.id, MONDAY)
        pick_copy(session, wish, desk.by, MONDAY, desk.now)
    refused = desk.undo(back)
    assert (refused.outcome.value, refused.facts["later"]["act"]) == ("refused", "pick")
    assert loan.copy.state is CopyState.AVAILABLE


@pytest.mark.lending("8.6")
def test_an_edit_in_between_that_takes_the_copy_out_of_lending_is_named(
    make: Make, desk: Desk, session: Session
) -> None:
    loan = make.loan(make.copy(make.holding()))
    back = desk.take_back(loan.copy)
    facts = facts_of(loan.copy)
    wished = replace(facts, lendable=False, not_lendable_reason="Hülle fehlt")
    with unit_of_work(session):
        edition = edition_of(asdict(facts))
        later = desk.now + timedelta(minutes=1)
        edit_copy(session, loan.copy_id, (wished, edition), desk.by, later)
    refused = desk.undo(back)
    assert (refused.outcome.value, refused.facts["later"]["act"]) == ("refused", "edit_copy")
    assert breaches(session) == []


@pytest.mark.lending("3.3", "8.6")
def test_a_loan_is_not_undone_once_its_booking_would_name_no_copy(
    make: Make, desk: Desk, session: Session
) -> None:
    """Booked by number meanwhile, the copy would be free beside a booking for any."""
    holding, person = make.holding(copies=1), make.person()
    booking = make.booking(holding, Period(MONDAY, MONDAY + DAY), person=person)
    lent = desk.lend(holding.copies[0], person)
    with unit_of_work(session):
        later = desk.now + timedelta(minutes=1)
        book_by(session, holding.id, BookedBy.NUMBER, desk.by, later)
    refused = desk.undo(lent)
    assert (refused.outcome.value, refused.facts["later"]["act"]) == ("refused", "book_by")
    session.refresh(booking)
    assert booking.state is BookingState.COLLECTED


@pytest.mark.lending("8.6")
def test_a_line_written_before_it_remembered_whether_a_copy_is_lent_is_undone_all_the_same(
    make: Make, desk: Desk, session: Session
) -> None:
    loan = make.loan(make.copy(make.holding()))
    back = desk.take_back(loan.copy)
    changed = [
        {**each, "after": {k: v for k, v in each["after"].items() if k != "lendable"}}
        for each in back.effects["changed"]
    ]
    back.effects = {**back.effects, "changed": changed}
    session.commit()
    assert desk.undo(back).outcome.value == "done"
    assert loan.copy.state is CopyState.ON_LOAN


@pytest.mark.lending("8.6", "7.1")
def test_whoever_waits_anew_is_in_the_way_of_waiting_again(
    make: Make, desk: Desk, session: Session
) -> None:
    loan = make.loan(make.copy(make.holding()))
    late, _next = make.hold(loan.holding), make.hold(loan.holding)
    desk.take_back(loan.copy)
    late.pickup_deadline = MONDAY - DAY
    session.commit()
    line = desk.take_back(loan.copy)
    assert late.state is HoldState.EXPIRED
    desk.now += timedelta(minutes=1)
    with unit_of_work(session):
        anew = HoldWish(holding_id=loan.holding_id, person_id=late.person_id)
        place_hold(session, anew, desk.by, MONDAY, desk.now)
    refused = desk.undo(line)
    assert (refused.outcome.value, refused.facts["later"]["act"]) == ("refused", "place_hold")
    assert breaches(session) == []


@pytest.mark.lending("8.6")
def test_of_a_booking_the_newest_hand_over_is_undone_first(
    make: Make, desk: Desk, session: Session
) -> None:
    holding, person = make.holding(copies=3), make.person()
    booking = make.booking(holding, WEEK, 3, person=person)
    lines = [desk.lend(copy, person) for copy in holding.copies[:2]]
    refused = desk.undo(lines[0])
    assert (refused.outcome.value, refused.facts["later"]["act"]) == ("refused", "lend")
    for line in reversed(lines):
        assert desk.undo(line).outcome.value == "done"
    assert (booking.state, booking.lines[0].handed_out) == (BookingState.CONFIRMED, 0)


@pytest.mark.lending("3.5", "8.6")
def test_a_placement_in_between_is_named(make: Make, desk: Desk, session: Session) -> None:
    loan = make.loan(make.copy(make.holding()))
    back = desk.take_back(loan.copy)
    with unit_of_work(session):
        wish = Placement(loan.copy.barcode, loan.institution_id, MONDAY + 300 * DAY)
        place_copy(session, wish, desk.by, MONDAY, desk.now + timedelta(minutes=1))
    refused = desk.undo(back)
    assert (refused.outcome.value, refused.facts["later"].get("act")) == ("refused", "place_copy")


@pytest.mark.lending("8.6", "11.2")
def test_what_was_packed_for_the_courier_in_between_is_named(
    make: Make, desk: Desk, session: Session
) -> None:
    loan, stop = make.loan(make.copy(make.holding())), make.courier_stop()
    back = desk.take_back(loan.copy)
    staff = Table(session, make, desk.by, now=desk.now + timedelta(minutes=1))
    staff.delivered(loan.holding, stop)
    assert staff.pack(staff.tour(make.route(stop).id), loan.copy).note is PackNote.LOADED
    desk.now += timedelta(minutes=1)
    refused = desk.undo(back)
    assert (refused.outcome.value, refused.facts["later"].get("act")) == ("refused", "check_out")


@pytest.mark.lending("3.2", "8.6")
def test_a_decision_about_the_defect_in_between_is_named(
    make: Make, desk: Desk, session: Session
) -> None:
    part = make.part(make.copy(), critical=False)
    make.loan(part.copy)
    line = desk.count(desk.take_back(part.copy), {part.id: 0})
    assert line.outcome.value == "done"
    with unit_of_work(session):
        defect = session.scalars(select(Defect)).one()
        done = DefectDecision(defect.id, defect.version, DefectState.IN_WORK, "Wird bestellt")
        handle_defect(session, done, desk.by, desk.now + timedelta(minutes=1))
    refused = desk.undo(line)
    assert (refused.outcome.value, refused.facts["later"].get("act")) == (
        "refused",
        "handle_defect",
    )


@pytest.mark.lending("8.6")
def test_a_later_hand_over_at_another_branch_is_named(
    make: Make, desk: Desk, session: Session
) -> None:
    holding, person = make.holding(copies=2), make.person()
    make.booking(holding, WEEK, 2, person=person)
    line = desk.lend(holding.copies[0], person)
    other = Desk(session, make, make.actor(Role.STAFF), make.other_branch(), desk.now)
    assert other.lend(holding.copies[1], person).outcome.value == "done"
    refused = desk.undo(line)
    assert (refused.outcome.value, refused.facts["later"].get("act")) == ("refused", "lend")


@pytest.mark.lending("5.1", "8.6")
def test_a_return_undone_after_the_rest_was_given_up_opens_the_booking_again(
    make: Make, desk: Desk, session: Session
) -> None:
    holding, person = make.holding(copies=2), make.person()
    booking = make.booking(holding, WEEK, 2, person=person)
    desk.lend(holding.copies[0], person)
    line = desk.take_back(holding.copies[0])
    with unit_of_work(session):
        cancel(session, booking.number, desk.by, desk.now)
    states = [booking.state]
    assert desk.undo(line).outcome.value == "done"
    states.append(booking.state)
    desk.take_back(holding.copies[0])
    assert [*states, booking.state] == [
        BookingState.CLOSED,
        BookingState.COLLECTED,
        BookingState.CLOSED,
    ]


@pytest.mark.lending("8.6")
def test_what_is_undone_is_not_undone_again(make: Make, desk: Desk) -> None:
    line = desk.lend(make.copy(), make.person())
    desk.undo(line)
    again = desk.undo(line)
    assert (again.outcome.value, again.facts["why"]) == ("again", "void")


def test_what_changed_nothing_has_nothing_to_undo(make: Make, desk: Desk) -> None:
    line = desk.scan("MZ-999999")
    again = desk.undo(line)
    assert (again.outcome.value, again.facts["why"]) == ("again", "nothing")


def test_lines_of_others_are_out_of_reach(make: Make, desk: Desk, session: Session) -> None:
    line = desk.lend(make.copy(), make.person())
    other = Desk(session, make, make.actor(Role.STAFF), desk.branch, desk.now)
    with pytest.raises(NotFoundError):
        other.undo(line)


@pytest.mark.lending("8.6")
def test_the_line_before_the_customer_was_finished_can_still_be_undone(
    make: Make, desk: Desk
) -> None:
    line = desk.lend(make.copy(), make.person())
    desk.scan("CMD-FERTIG")
    assert desk.scan("CMD-UNDO").facts["barcode"] == line.facts["barcode"]
