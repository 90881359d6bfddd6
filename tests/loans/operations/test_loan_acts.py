"""Acts of staff on running loans: other days, another copy, a place at a school for good."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.rules.copy_states import CopyState
from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from loans.errors import NotFoundError, RefusedError
from loans.models.claim import ClaimKind
from loans.models.hold import HoldState
from loans.models.loan import Loan
from loans.models.terms import Terms
from loans.operations.claim import Claim, claim
from loans.operations.correct_dates import Correction, correct_dates
from loans.operations.exchange_copy import Exchange, exchange_copy
from loans.operations.place_copy import Placement, Review, place_copy, review_placement
from loans.queries.invariants import breaches
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.loans.operations.desks import Counter, counter
from tests.make import MONDAY, NOW, Make

pytestmark = pytest.mark.both_stores

DAY = timedelta(days=1)


@pytest.fixture
def desk(make: Make) -> Counter:
    make.centre()
    return counter(make)


@pytest.fixture
def head(make: Make, desk: Counter) -> Counter:
    return counter(make, Role.CENTRE_ADMIN)


def correct(desk: Counter, loan: Loan, lent_on: date, due_on: date | None) -> list[str]:
    """Correct the days; returns the numbers of bookings that are short now."""
    wish = Correction(loan.id, lent_on, due_on, "vertippt")
    with unit_of_work(desk.session):
        _, short = correct_dates(desk.session, wish, desk.by, MONDAY, NOW)
    return [each.number for each in short]


def exchange(desk: Counter, loan: Loan, barcode: str) -> None:
    with unit_of_work(desk.session):
        wish = Exchange(loan.id, barcode, "Etiketten vertauscht")
        exchange_copy(desk.session, wish, desk.by, MONDAY, NOW)


def place(desk: Counter, copy: Copy, **facts: Any) -> Loan:
    values: dict[str, Any] = {
        "institution_id": desk.make.the_school().id,
        "review_on": MONDAY + 365 * DAY,
    } | facts
    with unit_of_work(desk.session):
        loan, _ = place_copy(desk.session, Placement(copy.barcode, **values), desk.by, MONDAY, NOW)
    return loan


@pytest.mark.lending("8.8", "12.2")
def test_a_start_moves_into_the_past_and_the_log_says_why(make: Make, desk: Counter) -> None:
    loan = make.loan()
    correct(desk, loan, MONDAY - 3 * DAY, loan.due_on)
    assert loan.lent_on == MONDAY - 3 * DAY
    entry = desk.session.scalars(select(AuditEntry)).one()
    assert (entry.act, entry.reason) == ("correct_dates", "vertippt")


@pytest.mark.lending("8.8")
@pytest.mark.parametrize(
    ("lent_on", "due_on", "code"),
    [
        (MONDAY + DAY, MONDAY + 14 * DAY, "START_IN_FUTURE"),
        (MONDAY, MONDAY - DAY, "END_BEFORE_START"),
        (MONDAY - 10 * DAY, MONDAY + 14 * DAY, "START_BEFORE_LAST_RETURN"),
    ],
)
def test_days_that_cannot_be_are_refused(
    make: Make, desk: Counter, lent_on: date, due_on: date, code: str
) -> None:
    copy = make.copy()
    make.loan(copy, lent_on=MONDAY - 20 * DAY, returned_on=MONDAY - 5 * DAY)
    loan = make.loan(copy)
    with pytest.raises(RefusedError) as refused:
        correct(desk, loan, lent_on, due_on)
    assert refused.value.codes == (code,)


@pytest.mark.lending("4.3", "8.8")
def test_a_due_date_by_hand_counts_at_once_and_names_whom_it_leaves_short(
    make: Make, desk: Counter
) -> None:
    loan = make.loan(make.copy(make.holding()))
    assert loan.due_on is not None
    booking = make.booking(loan.holding, Period(loan.due_on + DAY, loan.due_on + 2 * DAY))
    assert correct(desk, loan, loan.lent_on, loan.due_on) == []
    assert correct(desk, loan, loan.lent_on, loan.due_on + DAY) == [booking.number]
    assert loan.due_on == MONDAY + 15 * DAY


def test_loans_that_are_over_or_foreign_are_not_corrected(make: Make, desk: Counter) -> None:
    loan = make.loan()
    desk.take_back(loan.copy)
    with pytest.raises(RefusedError) as refused:
        correct(desk, loan, MONDAY, MONDAY)
    assert refused.value.codes == ("LOAN_OVER",)
    foreign = make.loan(make.copy(make.holding(centre=make.centre())))
    with pytest.raises(NotFoundError):
        correct(desk, foreign, MONDAY, MONDAY)


def test_teachers_correct_nothing(make: Make, desk: Counter) -> None:
    loan = make.loan()
    desk.by = make.actor(person=loan.person)
    with pytest.raises(NotFoundError):
        correct(desk, loan, MONDAY, MONDAY)


@pytest.mark.lending("8.8", "8.4")
def test_a_loan_began_no_later_than_it_was_received(make: Make, desk: Counter) -> None:
    make.choices(checks_returns=True)
    loan = make.loan(lent_on=MONDAY - 10 * DAY)
    desk.take_back(loan.copy, dropped_on=MONDAY - 3 * DAY)
    with pytest.raises(RefusedError) as error:
        correct(desk, loan, MONDAY - 2 * DAY, loan.due_on)
    assert [each.facts["until"] for each in error.value.refusals] == [MONDAY - 3 * DAY]
    correct(desk, loan, MONDAY - 3 * DAY, loan.due_on)
    assert loan.lent_on == MONDAY - 3 * DAY


@pytest.mark.lending("8.8", "12.2")
def test_a_wrong_copy_is_exchanged_for_the_one_that_is_out(
    make: Make, head: Counter, session: Session
) -> None:
    holding = make.holding(copies=2)
    wrong, right = holding.copies
    loan = make.loan(wrong)
    before = (loan.person_id, loan.holding_id, loan.due_on)
    exchange(head, loan, right.barcode)
    assert (loan.copy_id, (loan.person_id, loan.holding_id, loan.due_on)) == (right.id, before)
    assert (wrong.state, right.state) == (CopyState.AVAILABLE, CopyState.ON_LOAN)
    assert holding.lendable == 2
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "exchange_copy")).one()
    assert (entry.before, entry.reason) == ({"copy": wrong.barcode}, "Etiketten vertauscht")
    assert breaches(session) == []


@pytest.mark.lending("8.8", "7.2")
def test_the_wrong_copy_serves_who_waits_and_the_right_one_is_kept_for_nobody_any_more(
    make: Make, head: Counter, session: Session
) -> None:
    holding = make.holding(copies=2)
    wrong, right = holding.copies
    first = make.loan(right)
    hold = make.hold(holding)
    head.take_back(first.copy)
    assert hold.copy_id == right.id
    loan = make.loan(wrong)
    exchange(head, loan, right.barcode)
    assert (hold.state, hold.copy_id) == (HoldState.SET_ASIDE, wrong.id)
    assert breaches(session) == []


@pytest.mark.lending("8.8", "3.2")
def test_a_wrong_copy_that_lacks_a_part_it_needs_is_not_free(
    make: Make, head: Counter, session: Session
) -> None:
    wrong = make.part(critical=True, missing=1).copy
    right = make.copy(wrong.holding)
    hold, loan = make.hold(wrong.holding), make.loan(wrong)
    exchange(head, loan, right.barcode)
    assert (wrong.state, wrong.branch_id) == (CopyState.INCOMPLETE, loan.branch_id)
    assert (hold.state, wrong.holding.lendable) == (HoldState.WAITING, 1)
    assert breaches(session) == []


@pytest.mark.lending("8.8")
def test_a_missing_copy_is_found_by_an_exchange(make: Make, head: Counter) -> None:
    holding = make.holding(copies=2)
    wrong, right = holding.copies
    loan = make.loan(wrong)
    right.state, holding.lendable = CopyState.MISSING, 1
    make.session.commit()
    exchange(head, loan, right.barcode.lower())
    assert (right.state, holding.lendable) == (CopyState.ON_LOAN, 2)


@pytest.mark.lending("8.8", "10.4")
def test_a_wrong_copy_that_was_claimed_lost_takes_the_claim_with_it(
    make: Make, head: Counter, session: Session
) -> None:
    holding = make.holding(copies=2)
    wrong, right = holding.copies
    loan = make.loan(wrong)
    with unit_of_work(session):
        lost = claim(session, Claim(loan.id, ClaimKind.LOST), head.by, MONDAY, NOW)
        hurt = claim(session, Claim(loan.id, ClaimKind.DAMAGED), head.by, MONDAY, NOW)
    exchange(head, loan, right.barcode)
    assert (wrong.state, right.state) == (CopyState.AVAILABLE, CopyState.ON_LOAN)
    assert (lost.settled_at, lost.billed_cents, hurt.settled_at) == (NOW, None, None)
    with unit_of_work(session):
        claim(session, Claim(loan.id, ClaimKind.LOST), head.by, MONDAY, NOW)
    assert (wrong.state, right.state) == (CopyState.AVAILABLE, CopyState.LOST)
    assert breaches(session) == []


@pytest.mark.lending("8.0", "8.8", "3.5")
@pytest.mark.parametrize(
    "scan", ["KREIS-77A", "Kreisß77a", "https://medien.example.org/x/Kreis-77a", "MZ/004711"]
)
def test_what_is_exchanged_or_placed_is_named_as_at_the_desk(
    make: Make, head: Counter, scan: str
) -> None:
    holding = make.holding(copies=1)
    right = make.copy(holding, barcode="MZ-004711", inventory_number="Kreis-77a")
    loan = make.loan(holding.copies[0])
    exchange(head, loan, scan)
    assert loan.copy_id == right.id
    head.take_back(right)
    with unit_of_work(head.session):
        wish = Placement(scan, loan.institution_id, MONDAY + DAY)
        placed, _ = place_copy(head.session, wish, head.by, MONDAY, NOW)
    assert placed.copy_id == right.id


@pytest.mark.lending("8.8")
def test_what_cannot_be_exchanged(make: Make, head: Counter) -> None:
    holding = make.holding(copies=3)
    loan, other = make.loan(holding.copies[0]), make.loan(holding.copies[1])
    stranger = make.copy(make.holding(make.title("Vulkane")))
    withdrawn = make.copy(holding, state=CopyState.WITHDRAWN)
    for barcode, code in (
        (loan.copy.barcode, "SAME_COPY"),
        (stranger.barcode, "OTHER_TITLE"),
        (other.copy.barcode, "ON_LOAN"),
        (withdrawn.barcode, "WITHDRAWN"),
    ):
        with pytest.raises(RefusedError) as refused:
            exchange(head, loan, barcode)
        assert refused.value.codes == (code,)
    with pytest.raises(NotFoundError):
        exchange(head, loan, "MZ-999999")


def test_an_exchange_needs_the_right_to_overrule(make: Make, desk: Counter) -> None:
    holding = make.holding(copies=2)
    with pytest.raises(NotFoundError):
        exchange(desk, make.loan(holding.copies[0]), holding.copies[1].barcode)


@pytest.mark.lending("3.5", "4.2")
def test_a_placed_copy_has_a_review_and_is_outside_the_capacity_until_it_is_back(
    make: Make, desk: Counter, session: Session
) -> None:
    holding = make.holding(copies=2)
    loan = place(desk, holding.copies[0])
    assert (loan.placed, loan.due_on, loan.review_on) == (True, None, MONDAY + 365 * DAY)
    assert (loan.copy.state, holding.lendable) == (CopyState.ON_LOAN, 1)
    assert breaches(session) == []
    desk.take_back(loan.copy)
    assert (loan.copy.state, holding.lendable) == (CopyState.AVAILABLE, 2)


@pytest.mark.lending("2.4", "3.5")
def test_placements_count_in_no_limit(make: Make, desk: Counter) -> None:
    person, holding = make.person(), make.holding(copies=2)
    terms = make.session.scalars(select(Terms)).one()
    terms.limit_open_loans = terms.limit_school_loans = 1
    make.session.commit()
    place(desk, holding.copies[0], person_id=person.id)
    assert desk.refused(holding.copies[1], person) == []


@pytest.mark.lending("4.4")
def test_bookings_that_a_placement_leaves_short_are_named(make: Make, desk: Counter) -> None:
    holding = make.holding(copies=1)
    booking = make.booking(holding, Period(MONDAY + DAY, MONDAY + DAY))
    wish = Placement(holding.copies[0].barcode, make.the_school().id, MONDAY + 365 * DAY)
    with unit_of_work(desk.session):
        _, short = place_copy(desk.session, wish, desk.by, MONDAY, NOW)
    assert [each.number for each in short] == [booking.number]


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (CopyState.ON_LOAN, "ON_LOAN"),
        (CopyState.IN_REPAIR, "NOT_LENDABLE"),
        (CopyState.INCOMPLETE, "INCOMPLETE"),
        (CopyState.LOST, "LOST"),
        (CopyState.WITHDRAWN, "WITHDRAWN"),
    ],
)
def test_only_what_is_in_the_house_is_placed(
    make: Make, desk: Counter, state: CopyState, code: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        place(desk, make.copy(state=state))
    assert refused.value.codes == (code,)


def test_schools_and_people_elsewhere_get_nothing_placed(make: Make, desk: Counter) -> None:
    copy = make.copy()
    foreign = make.school(centre=make.centre())
    with pytest.raises(NotFoundError):
        place(desk, copy, institution_id=foreign.id)
    with pytest.raises(NotFoundError):
        place(desk, copy, person_id=make.person(foreign).id)
    with pytest.raises(RefusedError) as refused:
        place(desk, copy, review_on=MONDAY)
    assert refused.value.codes == ("REVIEW_IN_PAST",)


@pytest.mark.lending("3.5")
def test_a_review_names_the_next(make: Make, desk: Counter, session: Session) -> None:
    loan = place(desk, make.copy(make.holding()))
    with unit_of_work(session):
        wish = Review(loan.id, MONDAY + 730 * DAY)
        review_placement(session, wish, desk.by, MONDAY, NOW)
    assert loan.review_on == MONDAY + 730 * DAY
    lent = make.loan()
    with pytest.raises(RefusedError) as refused, unit_of_work(session):
        wish = Review(lent.id, MONDAY + DAY)
        review_placement(session, wish, desk.by, MONDAY, NOW)
    assert refused.value.codes == ("NOT_PLACED",)
