"""The demo is whole, the same everywhere, and breaks no rule of the house."""

import hashlib
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, Select, func, or_, select, text
from sqlalchemy.orm import Session

from app.demo.logins import LOGINS, has_demo
from app.demo.newcomers import SHOWN, SHOWN_SCHOOL
from app.factory import create_app
from app.sessions import ENGINE
from app.settings import read_settings
from catalogue.models.class_code import ClassCode
from catalogue.models.copy import Copy
from catalogue.models.defect import Defect
from catalogue.models.holding import BookedBy, Holding
from catalogue.models.title import Title
from catalogue.rules.defect_states import DefectState
from catalogue.rules.stock import counts_in_capacity
from database.base import Base
from database.engine import make_engine
from loans.models.basket import BasketLine
from loans.models.booking import Booking, BookingLine, BookingPick
from loans.models.briefing import Briefing
from loans.models.claim import ClaimKind, LoanClaim
from loans.models.collective_order import CollectiveOrder, OrderState
from loans.models.desk_session import DeskSession
from loans.models.hold import Hold, HoldState
from loans.models.loan import Loan, Reminder
from loans.models.purchase_wish import PurchaseWish
from loans.models.refused_wish import RefusedWish
from loans.models.tour import Tour, TourLoad, TourState
from loans.queries.availability import availability
from loans.queries.borrowers import is_overdue_blocked
from loans.queries.invariants import breaches
from loans.queries.planned_media import planned_units
from loans.queries.receipts import receipt_of
from loans.queries.viewpoint import Viewpoint, Where, viewpoint_of
from loans.queries.year_plan import year_plan
from loans.rules.booking_states import COMMITTING, BookingState
from loans.rules.plans import LineState, OfferKind
from loans.rules.purchases import PurchaseState
from schools.models.account import Account, Registration
from schools.models.institution import CustomerClass, Institution
from schools.models.media_centre import MediaCentre, PickupPlace
from schools.models.media_concept import TeachingUnit
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.models.person import Membership, Person
from schools.rules.periods import Period
from schools.rules.roles import Role, Scope
from schools.rules.school_year import school_year_of
from tests.app.demo.conftest import filled
from tests.make import MONDAY, NOW

SUNDAY_OF_A_CLOSURE = date(2026, 12, 27)
DURING_THE_SUMMER_HOLIDAYS = date(2026, 8, 10)
FILM = "Warum sind Blätter grün?"

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]


def _count(session: Session, model: type[Base]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def _digests(engine: Engine) -> dict[str, str]:
    """A digest of all rows of each table."""
    digests = {}
    with engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            query = select(table).order_by(*table.primary_key.columns)
            rows = repr([tuple(row) for row in connection.execute(query)])
            digests[table.name] = hashlib.sha256(rows.encode()).hexdigest()
    return digests


def _view(session: Session, centre: MediaCentre) -> Viewpoint:
    return viewpoint_of(session, Scope(everything=True), Where(centre.id), MONDAY, NOW)


def _shown(session: Session) -> Person:
    query = select(Person).join(Account, Account.person_id == Person.id)
    return session.scalars(query.where(Account.name == SHOWN[0].sign_in)).one()


def _provisional(session: Session) -> list[Membership]:
    return list(session.scalars(select(Membership).where(Membership.provisional)))


def test_the_county_has_24_schools_300_people_500_titles_and_4000_copies(demo: Session) -> None:
    ours = select(func.count(Copy.id)).where(Copy.owner_id.is_(None))
    assert _count(demo, MediaCentre) == 2
    assert _count(demo, Institution) == 24
    assert _count(demo, Person) - len(_provisional(demo)) == _count(demo, Account) == 300
    assert _count(demo, Membership) - len(_provisional(demo)) == 288
    assert _count(demo, Title) == 500
    assert demo.scalar(ours) == 4000
    assert _count(demo, TeachingUnit) > 1000
    assert _count(demo, Registration) == 4
    assert has_demo(demo)


def test_two_years_lie_behind_the_desk_and_ten_weeks_before_it(demo: Session) -> None:
    over = select(func.count(Loan.id)).where(Loan.returned_on.is_not(None))
    out = select(func.count(Loan.id)).where(Loan.returned_on.is_(None), ~Loan.placed)
    coming = select(Booking).where(Booking.state.in_(COMMITTING))
    states = Counter(booking.state for booking in demo.scalars(coming))
    levels = Counter(demo.scalars(select(Reminder.level)))
    came_back_for_who_waits = 3
    assert demo.scalar(over) == 9000 + came_back_for_who_waits
    assert 235 <= (demo.scalar(out) or 0) <= 260
    arranged = 8
    tours = 14
    assert 120 <= sum(states.values()) - arranged <= 120 + tours
    assert states[BookingState.READY] >= 8
    assert levels[1] > levels[2] > levels[3] > 0
    assert {defect.state for defect in demo.scalars(select(Defect))} == set(DefectState)


def test_the_desk_gave_receipts_briefed_and_took_somebody_in(demo: Session) -> None:
    within = Scope(centre_ids=frozenset(demo.scalars(select(MediaCentre.id))))
    sessions = demo.scalars(select(DeskSession).where(DeskSession.ended_at.is_not(None))).all()
    told = set(demo.scalars(_letters(LetterKind.LOAN_RECEIPT)))
    receipts = [receipt_of(demo, within, each.id) for each in sessions]
    assert len(receipts) > 5
    assert all(receipt is not None and receipt.lent for receipt in receipts)
    assert told == {f"loan_receipt:{each.id}" for each in sessions}
    assert _count(demo, Briefing) > 10
    (newcomer,) = _provisional(demo)
    assert newcomer.institution.number == SHOWN_SCHOOL
    assert demo.scalars(_letters(LetterKind.MEMBERSHIP_PROVISIONAL)).all()


def _letters(kind: LetterKind) -> Select[str]:
    return select(OwedLetter.occasion).where(OwedLetter.kind == kind)


def test_every_school_has_placed_and_own_devices(demo: Session) -> None:
    schools = set(demo.scalars(select(Institution.id)))
    assert set(demo.scalars(select(Loan.institution_id).where(Loan.placed))) == schools
    assert set(demo.scalars(select(Copy.owner_id).where(Copy.owner_id.is_not(None)))) == schools


def test_no_two_titles_have_the_same_name(demo: Session) -> None:
    names = [name.casefold() for name in demo.scalars(select(Title.name))]
    assert len(set(names)) == len(names)


def test_copies_are_numbered_from_one_without_a_gap(demo: Session) -> None:
    barcodes = sorted(demo.scalars(select(Copy.barcode).where(Copy.centre_id == 1)))
    ours = [barcode for barcode in barcodes if barcode.startswith("MZ-")]
    assert ours == [f"MZ-{number:06}" for number in range(1, len(ours) + 1)]


def test_nothing_that_must_hold_is_broken(demo: Session) -> None:
    assert breaches(demo) == []
    assert demo.execute(text("PRAGMA foreign_key_check")).all() == []


def test_every_holding_counts_what_can_be_lent(demo: Session) -> None:
    placed = set(demo.scalars(select(Loan.copy_id).where(Loan.placed)))
    counted = Counter(
        copy.holding_id
        for copy in demo.scalars(select(Copy))
        if counts_in_capacity(copy.state, lendable=copy.lendable, numbered=copy.numbered)
        and copy.id not in placed
    )
    stored = {holding.id: holding.lendable for holding in demo.scalars(select(Holding))}
    assert stored == {holding_id: counted[holding_id] for holding_id in stored}


def test_no_copy_is_ever_with_two_people(demo: Session) -> None:
    query = select(Loan.copy_id, Loan.lent_on, Loan.returned_on)
    before: dict[int, date] = {}
    for copy_id, lent_on, returned_on in demo.execute(query.order_by(Loan.copy_id, Loan.lent_on)):
        assert before.get(copy_id, date.min) < lent_on
        before[copy_id] = returned_on or date.max


def test_todays_tour_is_on_the_road_and_tomorrows_is_half_packed(demo: Session) -> None:
    today, tomorrow = demo.scalars(select(Tour).order_by(Tour.day)).all()
    assert (today.state, tomorrow.state) == (TourState.UNDER_WAY, TourState.PLANNED)
    for tour in (today, tomorrow):
        assert sum(len(box.loads) for stop in tour.stops for box in stop.boxes) >= 2
        assert len(tour.stops) >= 5
    assert len(demo.scalars(select(BookingPick)).all()) >= 10


def test_nothing_happened_today_or_later_but_what_is_booked(demo: Session) -> None:
    packed = select(TourLoad.loan_id)  # for the tours of today and tomorrow
    lent = demo.scalars(select(Loan.lent_on).where(Loan.id.not_in(packed)))
    returned = demo.scalars(select(Loan.returned_on).where(Loan.returned_on.is_not(None)))
    assert max(lent) < MONDAY
    assert all(day is not None and day < MONDAY for day in returned)
    assert max(demo.scalars(select(Booking.created_at))) < NOW


def test_nothing_is_booked_twice_on_any_coming_day_but_what_the_head_overbooked(
    demo: Session,
) -> None:
    overbooked = demo.scalars(select(Booking).where(Booking.overbooked_reason != "")).one()
    period = Period(MONDAY, MONDAY + timedelta(weeks=14))
    for centre in demo.scalars(select(MediaCentre)).all():
        ids = demo.scalars(select(Holding.id).where(Holding.centre_id == centre.id)).all()
        found = availability(demo, _view(demo, centre), ids, period)
        assert len(found) == len(ids)
        lacking = {key: each.free_in(period) for key, each in found.items()}
        below = {key: free for key, free in lacking.items() if free < 0}
        ours = centre.id == overbooked.centre_id
        assert below == ({overbooked.lines[0].holding_id: -1} if ours else {})


def test_every_booking_begins_and_ends_on_an_open_day_of_its_branch(demo: Session) -> None:
    views = {centre.id: _view(demo, centre) for centre in demo.scalars(select(MediaCentre))}
    for booking in demo.scalars(select(Booking).where(Booking.state.in_(COMMITTING))):
        place = demo.get_one(PickupPlace, booking.place_id)
        calendar = views[booking.centre_id].calendars.of(place.branch_id)
        assert calendar.is_open(booking.first)
        assert calendar.is_open(booking.last)


def test_the_shown_teacher_has_two_bookings_a_series_and_three_loans_one_of_them_late(
    demo: Session,
) -> None:
    teacher = _shown(demo)
    loans = demo.scalars(
        select(Loan).where(Loan.person_id == teacher.id, Loan.returned_on.is_(None))
    ).all()
    coming = select(Booking).where(Booking.person_id == teacher.id)
    bookings = demo.scalars(coming.where(Booking.state.in_(COMMITTING))).all()
    late = [loan.due_on is not None and loan.due_on < MONDAY for loan in loans]
    view = _view(demo, demo.get_one(MediaCentre, loans[0].centre_id))
    assert sorted(late) == [False, False, True]
    assert sorted(Counter(each.group_key for each in bookings).values()) == [2, 4]
    assert not is_overdue_blocked(demo, view, teacher.id)


def test_staff_decide_about_what_a_private_school_asked_for(demo: Session) -> None:
    asked = demo.scalars(select(Booking).where(Booking.state == BookingState.REQUESTED)).all()
    assert len(asked) == 2
    assert {each.institution.customer_class for each in asked} == {CustomerClass.PRIVATE_SCHOOL}
    letters = select(OwedLetter).where(OwedLetter.kind == LetterKind.BOOKING_REQUESTED)
    assert len(demo.scalars(letters).all()) == 2


def test_a_title_is_booked_by_number_and_one_of_its_copies_is_promised(demo: Session) -> None:
    holding = demo.scalars(select(Holding).where(Holding.booked_by == BookedBy.NUMBER)).one()
    copies = demo.scalars(select(Copy).where(Copy.holding_id == holding.id)).all()
    assert all(copy.numbered for copy in copies)
    line = demo.scalars(select(BookingLine).where(BookingLine.copy_id.is_not(None))).one()
    assert line.copy_id in {copy.id for copy in copies}


def test_the_basket_of_the_shown_teacher_holds_wishes_that_ran_out(demo: Session) -> None:
    lines = demo.scalars(select(BasketLine)).all()
    assert {line.person_id for line in lines} == {_shown(demo).id}
    assert len(lines) == 2
    assert all(line.held_until < NOW for line in lines)


def test_a_biology_film_for_grade_7_is_free_on_the_coming_days(demo: Session) -> None:
    query = select(Holding).join(Title).where(Title.name == FILM, Holding.centre_id == 1)
    holding = demo.scalars(query).one()
    period = Period(MONDAY, MONDAY + timedelta(weeks=4))
    view = _view(demo, demo.get_one(MediaCentre, holding.centre_id))
    found = availability(demo, view, {holding.id}, period)[holding.id]
    assert found.free_in(period) == holding.lendable >= 2


def test_a_unit_of_the_shown_teacher_has_one_medium_taken_and_others_free(demo: Session) -> None:
    view = viewpoint_of(demo, Scope(everything=True), Where(1, None, _school(demo)), MONDAY, NOW)
    units = planned_units(demo, Scope(everything=True), _school(demo))
    plan = year_plan(demo, view, units, school_year_of(MONDAY))
    (unit,) = [each for each in plan.units if each.unit.words == "UV 7.2 Energie des Lebens"]
    states = Counter(line.verdict.state for line in unit.lines)
    assert states[LineState.CONFLICT] == states[LineState.BOOKED] == 1
    assert states[LineState.FREE] >= 2
    (taken,) = [each for each in unit.lines if each.verdict.state is LineState.CONFLICT]
    assert OfferKind.OTHER_WEEK in {offer.kind for offer in taken.verdict.offers}


def test_the_shown_school_has_an_open_order_that_three_of_its_teachers_joined(
    demo: Session,
) -> None:
    order = demo.scalars(select(CollectiveOrder)).one()
    joined = demo.scalars(select(Booking).where(Booking.order_id == order.id)).all()
    assert (order.institution_id, order.state) == (_school(demo), OrderState.OPEN)
    assert len({booking.person_id for booking in joined}) == 3
    assert {(each.first, each.last, each.place_id) for each in joined} == {
        (order.first, order.last, order.place_id)
    }


def test_wishes_refused_ones_and_a_class_code_are_there_to_look_at(demo: Session) -> None:
    states = Counter(demo.scalars(select(PurchaseWish.state)))
    assert set(states) == set(PurchaseState)
    assert _count(demo, RefusedWish) >= 40
    assert demo.scalars(select(ClassCode)).one().ends_on > MONDAY
    letters = select(OwedLetter).where(OwedLetter.kind == LetterKind.PURCHASE_ANSWERED)
    assert len(demo.scalars(letters).all()) == 3
    named = or_(Loan.unit_id.is_not(None), Loan.reason.is_not(None))
    lacking = select(Loan).where(Loan.person_id == _shown(demo).id, ~named)
    assert len(demo.scalars(lacking).all()) == 1


def _school(session: Session) -> int:
    query = select(Membership.institution_id).where(Membership.person_id == _shown(session).id)
    return session.scalars(query).one()


@pytest.mark.parametrize("role", list(Role))
def test_every_printed_sign_in_works(demo_url: str, tmp_path: Path, role: Role) -> None:
    variables = {
        "MEDIENBRUECKE_DATA": str(tmp_path),
        "MEDIENBRUECKE_DATABASE_URL": demo_url,
        "MEDIENBRUECKE_TODAY": MONDAY.isoformat(),
    }
    app = create_app(read_settings(variables), testing=True)
    fields = {"name": LOGINS.of(role).name, "password": LOGINS.password}
    browser = app.test_client()
    assert browser.post("/login", data=fields).status_code == 303
    assert LOGINS.of(role).person in browser.get("/profile").text
    app.extensions[ENGINE].dispose()


def test_a_second_fill_gives_the_same_rows(session: Session, demo_url: str) -> None:
    filled(session)
    engine = make_engine(demo_url)
    first, second = _digests(engine), _digests(session.get_bind())  # type: ignore[arg-type]  # an engine here
    engine.dispose()
    signed_in = {"sign_in_session", "sign_in_attempt", "account", "audit_entry"}
    different = {name for name in first if first[name] != second[name]}
    assert different <= signed_in


@pytest.mark.both_stores
def test_it_stands_on_a_sunday_between_the_years_on_either_store(session: Session) -> None:
    filled(session, SUNDAY_OF_A_CLOSURE)
    assert breaches(session) == []


def test_it_stands_in_the_summer_holidays(session: Session) -> None:
    filled(session, DURING_THE_SUMMER_HOLIDAYS)
    assert breaches(session) == []


def test_people_wait_and_some_are_served(demo: Session) -> None:
    states = Counter(demo.scalars(select(Hold.state)))
    assert states[HoldState.SET_ASIDE] == 2
    assert states[HoldState.IN_TRANSIT] == 1
    assert states[HoldState.WAITING] >= 5
    shown = demo.scalars(select(Account).where(Account.name == LOGINS.of(Role.TEACHER).name)).one()
    own = demo.scalars(select(Hold.state).where(Hold.person_id == shown.person_id))
    assert set(own) == {HoldState.SET_ASIDE, HoldState.WAITING}


def test_something_is_received_something_is_said_to_be_lost(demo: Session) -> None:
    received = select(func.count(Loan.id)).where(
        Loan.received_on.is_not(None), Loan.returned_on.is_(None)
    )
    assert demo.scalar(received) == 2
    assert set(demo.scalars(select(LoanClaim.kind))) == {ClaimKind.RETURNED, ClaimKind.LOST}
