"""What a centre was short of: by title, school and subject, never by person."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from loans.models.purchase_wish import PurchaseWish
from loans.queries.shortage import origins, shortages
from loans.rules.codes import DayReason, Refusal
from schools.rules.periods import Period
from schools.rules.roles import Actor, Right, Role, Scope
from tests.make import MONDAY, NOW, Make
from tests.statements import counted

pytestmark = [pytest.mark.both_stores, pytest.mark.lending("5.9")]

WEEK = Period(MONDAY + timedelta(days=7), MONDAY + timedelta(days=11))


@pytest.fixture
def scope(make: Make) -> Scope:
    staff: Actor = make.actor(Role.STAFF)
    return staff.scope(Right.CATALOGUE)


def test_titles_are_ranked_by_how_often_they_were_refused(
    session: Session, make: Make, scope: Scope
) -> None:
    often, once = make.holding(make.title("Oft"), copies=2), make.holding(make.title("Einmal"))
    school, unit = make.the_school(), make.unit()
    for number in range(3):
        make.refused(often, WEEK, 2, school=school, unit=unit, day=MONDAY - timedelta(number))
    make.refused(once, WEEK, 1, school=school)
    found = shortages(session, scope, MONDAY)
    assert [each.title for each in found] == ["Oft", "Einmal"]
    first = found[0]
    assert (first.refused, first.copies, first.schools, first.units) == (3, 2, 1, 1)
    assert (first.short, first.last) == (6, MONDAY)


def test_wishes_for_more_copies_stand_beside_refusals(
    session: Session, make: Make, scope: Scope
) -> None:
    title = make.title("Gewünscht")
    make.holding(title, copies=1)
    session.add(
        PurchaseWish(
            centre_id=make.the_centre().id,
            title_id=title.id,
            what="mehr",
            made_at=NOW,
            changed_at=NOW,
        )
    )
    session.commit()
    (found,) = shortages(session, scope, MONDAY)
    assert (found.title, found.refused, found.wishes, found.last) == ("Gewünscht", 0, 1, None)


def test_only_what_more_copies_would_have_helped_against_counts(
    session: Session, make: Make, scope: Scope
) -> None:
    holding = make.holding(copies=1)
    make.refused(holding, WEEK, 1, codes=[DayReason.CLOSED, Refusal.LIMIT_PERSON])
    make.refused(holding, WEEK, 1, day=MONDAY - timedelta(days=365))
    assert shortages(session, scope, MONDAY) == ()
    make.refused(holding, WEEK, 1, codes=[DayReason.CLOSED, Refusal.NOT_FREE])
    assert len(shortages(session, scope, MONDAY)) == 1


@pytest.mark.parametrize("code", ["REDUCED", "WAITING"])
def test_who_took_fewer_or_waits_counts_like_who_was_refused(
    session: Session, make: Make, scope: Scope, code: str
) -> None:
    make.refused(make.holding(copies=1), WEEK, 2, codes=[code])
    (found,) = shortages(session, scope, MONDAY)
    assert (found.refused, found.short) == (1, 2)


def test_origins_name_schools_and_subjects_and_no_person(
    session: Session, make: Make, scope: Scope
) -> None:
    holding = make.holding()
    near, far = make.school("Nah"), make.school("Fern")
    unit = make.unit(near)
    for day in range(3):
        make.refused(holding, WEEK, 1, school=near, unit=unit, day=MONDAY - timedelta(day))
    make.refused(holding, WEEK, 1, school=far)
    schools, units = origins(session, scope, holding.title_id, MONDAY)
    assert [(each.words, each.refused) for each in schools] == [("Nah", 3), ("Fern", 1)]
    assert [(each.subject, each.grade, each.refused) for each in units] == [("BI", 7, 3)]


def test_another_centre_sees_nothing_of_it(session: Session, make: Make) -> None:
    holding = make.holding()
    make.refused(holding, WEEK, 1)
    stranger = make.actor(Role.STAFF, centre=make.centre()).scope(Right.CATALOGUE)
    assert shortages(session, stranger, MONDAY) == ()
    assert origins(session, stranger, holding.title_id, MONDAY) == ((), ())


def test_four_statements_whatever_there_is(
    session: Session, make: Make, scope: Scope, engine: Engine
) -> None:
    for number in range(1, 13):
        holding = make.holding(make.title(f"Titel {number}"))
        for day in range(number):
            make.refused(holding, WEEK, 1, day=date(2026, 11, 1) + timedelta(day))
    with counted(engine) as statements:
        assert len(shortages(session, scope, MONDAY)) == 12
    assert statements.count <= 4
