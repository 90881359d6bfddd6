"""How often titles are lent: counted for a year, written and noted only where it changed."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from catalogue.models.change import IndexHost, TitleChange
from catalogue.models.demand import TitleDemand
from catalogue.models.title import Title
from database.unit_of_work import unit_of_work
from loans.operations.count_demand import count_demand
from loans.queries.demand import changed_demand
from tests.make import MONDAY, NOW, Make
from tests.statements import counted

pytestmark = pytest.mark.both_stores

YESTERDAY = MONDAY - timedelta(days=1)


def lent(make: Make, title: Title, *days: date, **facts: object) -> None:
    """One loan a day, each of a copy of its own."""
    for day in days:
        make.loan(make.copy(title.holdings[0]), lent_on=day, **facts)  # type: ignore[arg-type]


def offered(make: Make, name: str) -> Title:
    title = make.title(name)
    make.holding(title)
    return title


def figures(session: Session) -> dict[int, int]:
    session.expire_all()
    return {row.title_id: row.loans for row in session.scalars(select(TitleDemand))}


def count(session: Session, today: date = MONDAY) -> dict[int, int]:
    changed = changed_demand(session, today)
    session.rollback()
    with unit_of_work(session):
        count_demand(session, changed, today)
    return changed


def test_the_loans_of_a_year_are_counted(session: Session, make: Make) -> None:
    title = offered(make, "Vulkane")
    lent(make, title, MONDAY - timedelta(days=366), MONDAY - timedelta(days=365), YESTERDAY)
    lent(make, title, MONDAY)

    assert count(session) == {title.id: 2}
    assert figures(session) == {title.id: 2}


def test_what_is_undone_or_placed_is_no_loan(session: Session, make: Make) -> None:
    title = offered(make, "Tablet")
    lent(make, title, YESTERDAY, void=True)
    lent(make, title, YESTERDAY, placed=True)

    assert count(session) == {}


def test_all_centres_count_together(session: Session, make: Make) -> None:
    title = offered(make, "Vulkane")
    lent(make, title, YESTERDAY)
    make.loan(make.copy(make.holding(title, centre=make.centre())), lent_on=YESTERDAY)

    assert count(session) == {title.id: 2}


def test_only_titles_whose_figure_changed_are_written_and_noted(
    session: Session, make: Make
) -> None:
    kept, grown = offered(make, "Vulkane"), offered(make, "Zellen")
    lent(make, kept, YESTERDAY)
    lent(make, grown, YESTERDAY)
    session.add(IndexHost(name="here", seen_at=NOW))
    session.commit()
    count(session)
    lent(make, grown, YESTERDAY)
    session.execute(delete(TitleChange))
    session.commit()

    assert count(session) == {grown.id: 2}
    assert list(session.scalars(select(TitleChange.title_id))) == [grown.id]
    assert count(session) == {}


def test_what_is_lent_no_more_is_forgotten(session: Session, make: Make) -> None:
    title = offered(make, "Vulkane")
    lent(make, title, YESTERDAY)
    count(session)

    assert count(session, MONDAY + timedelta(days=400)) == {title.id: 0}
    assert figures(session) == {}


def test_counting_is_one_statement(session: Session, make: Make, engine: Engine) -> None:
    for name in ("Vulkane", "Zellen", "Wasser"):
        lent(make, offered(make, name), YESTERDAY)

    with counted(engine) as sent:
        changed_demand(session, MONDAY)

    assert sent.count == 1
