"""All or nothing, on fresh rows, and never one inside another."""

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from catalogue.models.title import Title
from database.unit_of_work import NestedUnitError, unit_of_work
from tests.make import Make

pytestmark = pytest.mark.both_stores


def test_what_fails_half_way_leaves_nothing(session: Session, make: Make) -> None:
    title = make.title("Vulkane")
    with pytest.raises(ZeroDivisionError), unit_of_work(session):
        title.name = "Maare"
        session.flush()
        _ = 1 // 0
    assert session.scalar(select(Title.name)) == "Vulkane"


def test_a_unit_decides_on_fresh_rows(session: Session, make: Make, engine: Engine) -> None:
    title = make.title("Vulkane")
    assert title.name == "Vulkane"
    session.rollback()
    with Session(engine) as other, unit_of_work(other):
        other.get_one(Title, title.id).name = "Maare"
    with unit_of_work(session):
        assert title.name == "Maare"


def test_units_do_not_nest(session: Session) -> None:
    with unit_of_work(session), pytest.raises(NestedUnitError), unit_of_work(session):
        pass


def test_after_a_failure_the_session_serves_again(session: Session, make: Make) -> None:
    with pytest.raises(ZeroDivisionError), unit_of_work(session):
        _ = 1 // 0
    with unit_of_work(session):
        pass
    assert make.title("Vulkane").id
