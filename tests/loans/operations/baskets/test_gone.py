"""What is gone meanwhile is said in its own line of the basket, and stops no other."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.holding import BookedBy, Holding
from database.unit_of_work import unit_of_work
from loans.models.basket import BasketLine
from loans.operations.basket import (
    extend_basket,
    take_out_of_basket,
)
from loans.queries.basket import basket_answers, basket_of
from loans.queries.preview import WishAnswer
from loans.queries.wishes import LineWish
from loans.rules.codes import Refusal
from schools.models.person import Membership
from schools.rules.roles import Actor, Right
from tests.loans.operations.baskets.basketing import (
    DAYS,
    LATER,
    Puts,
    Shown,
    Submits,
    lines_of,
    purposed,
)
from tests.make import LONG_AGO, MONDAY, NOW, Make

pytestmark = pytest.mark.both_stores


def hidden(make: Make, line: BasketLine) -> Refusal:
    make.session.get_one(Holding, line.holding_id).visible = False
    return Refusal.NOT_OFFERED


def closed(make: Make, line: BasketLine) -> Refusal:
    place = make.place_at(make.other_branch())
    line.place_id, place.active = place.id, False
    return Refusal.PLACE_CLOSED


def withdrawn(make: Make, line: BasketLine) -> Refusal:
    holding = make.session.get_one(Holding, line.holding_id)
    holding.booked_by = BookedBy.NUMBER
    line.copy_id = make.copy(holding, state="withdrawn").id
    return Refusal.NOT_OFFERED


def pooled(make: Make, line: BasketLine) -> Refusal:
    line.copy_id = make.copy(make.session.get_one(Holding, line.holding_id)).id
    return Refusal.NOT_OFFERED


def left(make: Make, line: BasketLine) -> Refusal:
    school = make.school()
    member = Membership(
        person_id=line.person_id,
        institution_id=school.id,
        first=LONG_AGO,
        last=MONDAY - timedelta(days=1),
    )
    make.session.add(member)
    line.institution_id = school.id
    return Refusal.MEMBERSHIP_ENDED


def retired(make: Make, line: BasketLine) -> Refusal:
    line.reason, line.unit_id = None, make.unit(retired_on=MONDAY).id
    return Refusal.NO_PURPOSE


Going = Callable[[Make, BasketLine], Refusal]


@pytest.mark.lending("5.5")
@pytest.mark.parametrize(
    "goes",
    [
        pytest.param(hidden, id="its title is hidden"),
        pytest.param(closed, id="its place is closed"),
        pytest.param(withdrawn, id="its copy is withdrawn"),
        pytest.param(pooled, id="its copy belongs to a pool"),
        pytest.param(left, id="its school was left"),
        pytest.param(retired, id="its unit is retired"),
    ],
)
def test_a_line_whose_thing_is_gone_says_so_and_the_others_are_reserved(
    make: Make, puts: Puts, submits: Submits, teacher: Actor, goes: Going
) -> None:
    session, by = make.session, teacher
    film, box = make.holding(copies=1), make.holding(copies=1)
    kept, gone = (each.line for each in puts(LineWish(film.id), LineWish(box.id)))
    purposed(session)
    code = goes(make, gone)
    session.commit()
    items = basket_of(session, by.scope(Right.BOOK), gone.person_id)
    answers = basket_answers(session, items, by, MONDAY, NOW)
    assert [str(each) for each in about(answers[gone.id], gone)] == [code]
    assert about(answers[kept.id], kept) == []
    session.rollback()
    with unit_of_work(session):
        held = extend_basket(session, gone.person_id, by, MONDAY, NOW)
    assert {each.line.id for each in held if each.is_held} == {kept.id}
    assert submits().made == ()
    done = submits(only_free=True)
    assert [line.holding_id for line in lines_of(done)] == [film.id]
    assert [each.id for each in session.scalars(select(BasketLine))] == [gone.id]
    session.rollback()
    with unit_of_work(session):
        assert take_out_of_basket(session, gone.person_id, [gone.id], by) == 1


def about(answer: WishAnswer, line: BasketLine) -> list[Any]:
    """Return the codes that stand against a line."""
    return [
        each.code
        for each in answer.refusals
        if each.facts.get("holding_id", line.holding_id) == line.holding_id
    ]


def test_the_statements_do_not_grow_with_what_is_gone(
    session: Session, make: Make, puts: Puts, shown: Shown
) -> None:
    def gone(number: int) -> None:
        for period in (DAYS, LATER):
            for kept in puts(
                *(LineWish(make.holding(copies=1).id) for _ in range(number)), period=period
            ):
                for goes in (pooled, hidden, closed):
                    goes(make, kept.line)
                session.commit()

    gone(1)
    few = shown()
    gone(3)
    assert shown() == few
