"""The catalogue's mask says what the plain sweep of every holding says."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from catalogue.models.holding import BookedBy, Holding
from catalogue.models.title import Title
from loans.models.terms import Terms
from loans.queries.availability import availability
from loans.queries.unavailable import unavailable_titles
from loans.rules.availability import Wish
from schools.rules.periods import Period
from tests.loans.queries.conftest import See
from tests.make import MONDAY, Make
from tests.statements import counted

pytestmark = [pytest.mark.lending("4.6"), pytest.mark.both_stores]


def number(holding: Holding) -> None:
    """Let the copies of a holding be booked by their number."""
    holding.booked_by, holding.lendable = BookedBy.NUMBER, 0
    for copy in holding.copies:
        copy.numbered = True


def filled(session: Session, make: Make, seed: int) -> list[Holding]:
    """Twenty holdings with random bookings and loans; each fourth is booked by number."""
    chance = random.Random(seed)  # no secret
    terms = session.scalars(select(Terms)).first()
    if terms is not None:
        terms.service_days_before, terms.service_days_after = 1, 2
    person = make.person()
    holdings = []
    for place in range(20):
        holding = make.holding(copies=chance.randrange(4))
        by_number = place % 4 == 0
        if by_number:
            number(holding)
        for _ in range(chance.randrange(5)):
            first = MONDAY + timedelta(days=chance.randrange(-5, 40))
            days = Period(first, first + timedelta(days=chance.randrange(9)))
            if not by_number:
                make.booking(holding, days, chance.randrange(1, 3), person=person)
            elif holding.copies:
                line = make.booking(holding, days, person=person).lines[0]
                line.copy_id = chance.choice(holding.copies).id
        for copy in holding.copies[: chance.randrange(3)]:
            lent_on = MONDAY - timedelta(days=chance.randrange(20))
            make.loan(copy, person=person, lent_on=lent_on, days=chance.randrange(25))
        holdings.append(holding)
    session.commit()
    return holdings


@pytest.mark.parametrize("seed", range(3))
def test_the_mask_is_the_sweep_of_every_holding(
    session: Session, make: Make, see: See, seed: int
) -> None:
    make.the_centre()
    holdings = filled(session, make, seed)
    view = see()
    for start in (0, 3, 14, 30):
        first = MONDAY + timedelta(days=start)
        for quantity in (1, 2):
            wish = Wish(period=Period(first, first + timedelta(days=4)), quantity=quantity)
            swept = availability(session, view, [each.id for each in holdings], wish.period)
            expected = {
                each.title_id
                for each in holdings
                if swept[each.id].free_for(wish.period) < quantity
            }
            assert unavailable_titles(session, [view], wish) == expected


def test_a_title_free_at_one_of_two_centres_is_free(
    session: Session, make: Make, see: See
) -> None:
    here, there = make.centre(), make.centre()
    title = make.title()
    make.holding(title, centre=here, copies=0)
    free = make.holding(title, centre=there, copies=1)
    wish = Wish(period=Period(MONDAY, MONDAY))
    both = [see(centre_id=here.id), see(centre_id=there.id)]
    assert unavailable_titles(session, both, wish) == frozenset()
    make.booking(free, wish.period)
    assert unavailable_titles(session, both, wish) == {title.id}


def test_an_online_title_without_copies_is_never_masked(
    session: Session, make: Make, see: See
) -> None:
    online: Title = make.title(media_type="online_video")
    masked = unavailable_titles(session, [see()], Wish(period=Period(MONDAY, MONDAY)))
    assert online.id not in masked


def test_the_mask_takes_as_many_statements_for_twenty_titles_as_for_one(
    engine: Engine, session: Session, make: Make, see: See
) -> None:
    wish = Wish(period=Period(MONDAY, MONDAY + timedelta(days=2)))
    in_doubt = make.holding(copies=2)
    for day in (wish.period.first, wish.period.last):
        make.booking(in_doubt, Period(day, day))
    number(make.holding(copies=1))
    session.commit()
    view = see()
    sent = []
    for _ in range(2):
        with counted(engine) as statements:
            unavailable_titles(session, [view], wish)
        sent.append(statements.count)
        filled(session, make, 1)
    assert sent[0] == sent[1]


def test_what_is_surely_away_is_told_by_one_statement(
    engine: Engine, session: Session, make: Make, see: See
) -> None:
    wish = Wish(period=Period(MONDAY, MONDAY + timedelta(days=2)))
    on_the_second_day = Period(MONDAY + timedelta(days=1), MONDAY + timedelta(days=1))
    taken = make.holding(copies=1)
    make.booking(taken, on_the_second_day)
    view, title_id = see(), taken.title_id
    with counted(engine) as statements:
        assert unavailable_titles(session, [view], wish) == {title_id}
    assert statements.count == 1
