"""A store filled with the demo, once for all tests that only read, or sign in."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.demo.build import fill
from app.demo.logins import LOGINS
from database.engine import make_engine
from database.unit_of_work import unit_of_work
from loans.operations.load_holidays import load_holidays
from tests.make import MONDAY
from tests.stores import Stores


def filled(session: Session, today: date = MONDAY) -> None:
    """Fill an empty store with the demo as of a day."""
    with unit_of_work(session):
        load_holidays(session)
    assert fill(session, today) == LOGINS


@pytest.fixture(scope="session")
def demo_url(stores: Stores, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the store."""
    with stores.fresh("sqlite", tmp_path_factory.mktemp("demo")) as url:
        engine = make_engine(url)
        with Session(engine) as session:
            filled(session)
        engine.dispose()
        yield url


@pytest.fixture
def demo(demo_url: str) -> Iterator[Session]:
    """A session on the store."""
    engine = make_engine(demo_url)
    with Session(engine) as session:
        yield session
    engine.dispose()
