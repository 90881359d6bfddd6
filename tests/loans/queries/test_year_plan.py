"""A school year's plan against what is free."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from catalogue.models.curriculum_link import CurriculumLink
from catalogue.models.holding import BookedBy
from catalogue.models.title import Title
from loans.models.closure import MovableHoliday
from loans.models.terms import Terms
from loans.queries.planned_media import (
    PlannedUnit,
    planned_units,
    subjects_taught,
    unit_within,
)
from loans.queries.viewpoint import Where, viewpoint_of
from loans.queries.year_plan import PlanLine, YearPlan, year_plan
from loans.rules.booking_states import BookingState
from loans.rules.plans import LineState, OfferKind
from schools.models.curriculum import Scheme
from schools.rules.periods import Period
from schools.rules.roles import Scope
from schools.rules.school_year import SchoolYear
from tests.make import MONDAY, NOW, Make
from tests.statements import counted

pytestmark = [pytest.mark.both_stores, pytest.mark.lending("6.2")]

YEAR = SchoolYear(2026)
UNIT_DAYS = Period(date(2026, 11, 30), date(2026, 12, 18))
"""Weeks 49 to 51, Monday to Friday."""

FOURTEEN = Period(date(2026, 11, 30), date(2026, 12, 14))
"""As much of them as the terms allow."""

MOST_STATEMENTS = 16

Plans = Callable[..., YearPlan]


@pytest.fixture
def scope(make: Make) -> Scope:
    return Scope(institution_ids=frozenset({make.the_school().id}))


@pytest.fixture
def plans(session: Session, make: Make, scope: Scope) -> Plans:
    def plans(year: SchoolYear = YEAR, units: tuple[PlannedUnit, ...] | None = None) -> YearPlan:
        where = Where(make.the_centre().id, institution_id=make.the_school().id)
        view = viewpoint_of(session, Scope(), where, MONDAY, NOW)
        if units is None:
            units = planned_units(session, scope, make.the_school().id)
        return year_plan(session, view, units, year)

    return plans


def only_line(plan: YearPlan) -> PlanLine:
    ((_, line),) = plan.lines
    return line


def linked(session: Session, title: Title, *codes: str) -> Title:
    session.add_all(
        CurriculumLink(title_id=title.id, scheme=Scheme.SUBJECT, code=code) for code in codes
    )
    session.commit()
    return title


def test_a_free_medium_is_offered_for_as_long_as_the_terms_allow(make: Make, plans: Plans) -> None:
    title = make.holding(copies=2).title
    make.planned(make.unit(), title, 2)
    line = only_line(plans())
    assert line.verdict.state is LineState.SHORTER
    assert line.verdict.period == UNIT_DAYS
    assert line.verdict.chosen is not None
    assert (line.verdict.chosen.period, line.verdict.chosen.quantity) == (FOURTEEN, 2)


def test_what_the_terms_allow_whole_is_offered_whole(
    session: Session, make: Make, plans: Plans
) -> None:
    session.query(Terms).one().loan_period = 28
    make.planned(make.unit(), make.holding(copies=1).title)
    line = only_line(plans())
    assert line.verdict.state is LineState.FREE
    assert line.verdict.chosen is not None
    assert line.verdict.chosen.period == UNIT_DAYS


def test_movable_days_of_the_school_are_no_school_days(
    session: Session, make: Make, plans: Plans
) -> None:
    school = make.the_school()
    session.add(MovableHoliday(institution_id=school.id, day=UNIT_DAYS.first))
    session.commit()
    make.planned(make.unit(), make.holding(copies=1).title)
    period = only_line(plans()).verdict.period
    assert period is not None
    assert period.first == UNIT_DAYS.first + timedelta(days=1)


def test_a_conflict_names_another_week_a_similar_title_and_a_part(
    session: Session, make: Make, plans: Plans
) -> None:
    wanted = linked(session, make.title("Wald", grade_from=5, grade_to=8), "BI")
    holding = make.holding(wanted, copies=2)
    make.booking(holding, UNIT_DAYS)
    similar = make.holding(
        linked(session, make.title("Wiese", grade_from=7, grade_to=9), "BI"), copies=3
    )
    other_subject = linked(session, make.title("Bach", grade_from=7, grade_to=9), "MU")
    make.holding(other_subject, copies=3)
    make.holding(linked(session, make.title("Kita", grade_from=1, grade_to=2), "BI"), copies=3)
    make.planned(make.unit(), wanted, 2)
    plan = plans()
    line = only_line(plan)
    assert line.verdict.state is LineState.CONFLICT
    kinds = [(offer.kind, offer.holding_id, offer.quantity) for offer in line.verdict.offers]
    assert kinds == [
        (OfferKind.OTHER_WEEK, holding.id, 2),
        (OfferKind.SIMILAR, similar.id, 2),
        (OfferKind.FEWER, holding.id, 1),
    ]
    assert plan.titles[similar.id] == "Wiese"
    other = line.verdict.offers[0].period
    assert not other.overlaps(UNIT_DAYS)


def test_what_is_booked_for_the_unit_this_school_year_is_not_missing(
    make: Make, plans: Plans
) -> None:
    unit, holding = make.unit(), make.holding(copies=6)
    make.planned(unit, holding.title, 6)
    booked: dict[str, Any] = {"unit_id": unit.id, "reason": None}
    make.booking(holding, FOURTEEN, 4, **booked)
    make.booking(holding, FOURTEEN, 1, **booked, state=BookingState.CANCELLED)
    last_year = Period(date(2026, 6, 1), date(2026, 6, 5))
    make.booking(holding, last_year, 1, **booked, state=BookingState.CLOSED)
    line = only_line(plans())
    assert (line.booked, line.missing) == (4, 2)
    make.booking(holding, FOURTEEN, 2, **booked)
    assert only_line(plans()).verdict.state is LineState.BOOKED


def test_a_title_booked_instead_is_named_and_nothing_more_is_chosen(
    make: Make, plans: Plans
) -> None:
    unit = make.unit()
    make.planned(unit, make.holding(make.title("Wald"), copies=1).title)
    other = make.holding(make.title("Wiese"), copies=1)
    make.booking(other, FOURTEEN, unit_id=unit.id, reason=None)
    line = only_line(plans())
    assert line.stand_in == "Wiese"
    assert line.verdict.offers
    assert line.verdict.chosen is None


def test_online_media_and_what_the_centre_does_not_offer_say_so(make: Make, plans: Plans) -> None:
    unit = make.unit()
    online = make.title("Online", media_type="online_video", online_url="https://example.org/f")
    make.licence(online, online=True)
    make.planned(unit, online)
    make.planned(unit, make.title("Nirgends"))
    make.planned(unit, make.holding(make.title("Versteckt"), copies=1, visible=False).title)
    states = {line.title.name: line for _, line in plans().lines}
    assert states["Online"].verdict.state is LineState.ONLINE
    assert states["Online"].online_url == "https://example.org/f"
    assert states["Nirgends"].verdict.state is LineState.NOT_OFFERED
    assert states["Versteckt"].verdict.state is LineState.NOT_OFFERED


def test_beyond_the_horizon_the_plan_says_from_when(
    session: Session, make: Make, plans: Plans
) -> None:
    session.query(Terms).one().booking_horizon = 20
    session.commit()
    make.planned(make.unit(), make.holding(copies=1).title)
    verdict = only_line(plans()).verdict
    assert verdict.state is LineState.BEYOND_HORIZON
    assert verdict.from_day == UNIT_DAYS.last - timedelta(days=20)


def test_next_school_year_has_its_own_days_and_bookings(make: Make, plans: Plans) -> None:
    unit, holding = make.unit(), make.holding(copies=1)
    make.planned(unit, holding.title)
    make.booking(holding, FOURTEEN, unit_id=unit.id, reason=None)
    verdict = only_line(plans(YEAR.next)).verdict
    assert verdict.state is LineState.BEYOND_HORIZON
    assert verdict.period is not None
    assert verdict.period.first.year == 2027


def test_units_stand_in_the_order_of_the_school_year(make: Make, plans: Plans) -> None:
    title = make.holding(copies=9).title
    for number, first_week, last_week in (("C", 5, 6), ("A", 35, 36), ("B", 50, 3)):
        unit = make.unit(number=number, first_week=first_week, last_week=last_week)
        make.planned(unit, title)
    assert [each.unit.number for each in plans().units] == ["A", "B", "C"]


@pytest.mark.lending("3.3", "4.1")
def test_the_numbered_copy_that_one_unit_needs_is_not_offered_to_the_next(
    make: Make, plans: Plans
) -> None:
    holding = make.holding(booked_by=BookedBy.NUMBER)
    for _ in range(3):
        make.copy(holding, numbered=True)
    for number in ("1", "2"):
        make.planned(make.unit(number=number), holding.title, 2)
    first, second = (line.verdict for _, line in plans().lines)
    assert (first.state, second.state) == (LineState.SHORTER, LineState.CONFLICT)
    fewer = next(each for each in second.offers if each.kind is OfferKind.FEWER)
    assert fewer.quantity == 1


def test_what_one_unit_needs_is_not_offered_to_the_next(make: Make, plans: Plans) -> None:
    title = make.holding(copies=1).title
    for number in ("1", "2"):
        make.planned(make.unit(number=number), title)
    states = [line.verdict.state for _, line in plans().lines]
    assert states == [LineState.SHORTER, LineState.CONFLICT]


def test_units_of_other_schools_and_retired_ones_are_not_found(
    session: Session, make: Make, scope: Scope
) -> None:
    foreign = make.unit(make.school())
    retired = make.unit(retired_on=MONDAY)
    bare = make.unit(number="ohne")
    assert unit_within(session, scope, foreign.id) is None
    assert unit_within(session, scope, retired.id) is None
    found = unit_within(session, scope, bare.id)
    assert found is not None
    assert found.media == ()
    assert planned_units(session, scope, make.the_school().id) == ()


def test_subjects_taught_are_those_booked_for(session: Session, make: Make) -> None:
    person = make.person()
    make.booking(
        make.holding(copies=1), FOURTEEN, person=person, unit_id=make.unit().id, reason=None
    )
    make.unit(subject="MU")
    assert subjects_taught(session, person.id) == {"BI"}


def test_the_number_of_statements_does_not_depend_on_the_plan(
    session: Session, make: Make, plans: Plans, scope: Scope, engine: Engine
) -> None:
    def more(units: int) -> None:
        for number in range(units):
            unit = make.unit(number=f"{units}.{number}", first_week=37 + number % 40 % 14)
            for _ in range(3):
                title = linked(session, make.title(), "BI")
                make.booking(make.holding(title, copies=1), UNIT_DAYS)
                make.planned(unit, title)

    sent = []
    for units in (2, 20):
        more(units)
        found = planned_units(session, scope, make.the_school().id)
        with counted(engine) as statements:
            plan = plans(YEAR, found)
        sent.append(statements.count)
        assert any(line.verdict.state is LineState.CONFLICT for _, line in plan.lines)
    viewpoint = 5
    assert sent[0] == sent[1] <= MOST_STATEMENTS + viewpoint


@pytest.mark.lending("11.1")
@pytest.mark.parametrize("week", [48, 49], ids=["begun already", "begins before the next tour"])
def test_a_delivered_unit_is_had_from_the_next_tour_on(
    session: Session, make: Make, scope: Scope, week: int
) -> None:
    stop = make.courier_stop()
    make.route(stop, weekdays=(1,))
    make.planned(make.unit(first_week=week, last_week=50), make.holding(copies=1).title)
    friday = timedelta(days=4)
    where = Where(make.the_centre().id, stop.id, make.the_school().id)
    view = viewpoint_of(session, Scope(), where, MONDAY + friday, NOW + friday)
    units = planned_units(session, scope, make.the_school().id)
    verdict = only_line(year_plan(session, view, units, YEAR)).verdict
    assert verdict.state in {LineState.FREE, LineState.SHORTER}
    assert verdict.offers[0].period.first == MONDAY + timedelta(days=8)
