"""A store that one test filled is as new for the next."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from database.engine import make_engine
from schools.models.authority import District
from tests.conftest import leave_out
from tests.make import Make
from tests.stores import POSTGRES_URL, Stores

pytestmark = pytest.mark.postgres


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Stores]:
    """Stores of the test's own."""
    if not POSTGRES_URL:
        leave_out("postgres", "MEDIENBRUECKE_TEST_POSTGRES names no server")
    stores = Stores(tmp_path)
    yield stores
    stores.close()


def lived_in(url: str, beside: str = "SELECT 1") -> int:
    """Fill a store and do something besides; returns the key its first copy has."""
    engine = make_engine(url)
    with Session(engine) as session:
        copy_id = Make(session).copy().id
        session.execute(text(beside))
        session.commit()
    engine.dispose()
    return copy_id


def counts(url: str) -> tuple[int, int]:
    engine = make_engine(url)
    with Session(engine) as session:
        copies = session.scalar(select(func.count(Copy.id))) or 0
        districts = session.scalar(select(func.count(District.id))) or 0
    engine.dispose()
    return copies, districts


def test_what_a_test_wrote_is_gone_and_keys_begin_anew(own: Stores, tmp_path: Path) -> None:
    with own.fresh("postgres", tmp_path) as first:
        key, before = lived_in(first), counts(first)
    with own.fresh("postgres", tmp_path) as again:
        assert again == first
        assert counts(again) == (0, before[1])
        assert lived_in(again) == key == 1


@pytest.mark.parametrize(
    "beside",
    [
        pytest.param("DELETE FROM district", id="vocabulary is gone"),
        pytest.param("UPDATE district SET name = 'Anderswo'", id="vocabulary is another"),
        pytest.param("DROP INDEX uq_loan_open_copy", id="a constraint is gone"),
        pytest.param("ALTER TABLE copy ALTER note DROP NOT NULL", id="a column is another"),
    ],
)
def test_a_store_that_is_not_as_it_was_made_is_thrown_away(
    own: Stores, tmp_path: Path, beside: str
) -> None:
    with own.fresh("postgres", tmp_path) as first:
        lived_in(first, beside)
    with own.fresh("postgres", tmp_path) as another:
        assert another != first
        assert counts(another)[1] > 0
