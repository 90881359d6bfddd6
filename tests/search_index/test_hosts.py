"""Each host keeps an index of its own, and misses no change of the one store."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from catalogue.models.change import IndexHost, TitleChange
from catalogue.models.title import Title
from database.unit_of_work import unit_of_work
from search_index.engine import HealthState
from search_index.errors import IndexUnavailableError
from search_index.hosts import (
    ABSENCE,
    drop_absent_hosts,
    enlist,
    tell_fault,
    tell_health,
    tell_rebuilt,
    tell_written,
)
from search_index.rebuild import rebuild, verify
from search_index.synchronise import work_off
from search_index.whoosh_engine import WhooshEngine
from tests.make import NOW, Make
from tests.search_index.library import ask, found

pytestmark = pytest.mark.both_stores

WEEK_LATER = NOW + ABSENCE + timedelta(seconds=1)


@pytest.fixture
def here(tmp_path: Path) -> WhooshEngine:
    return WhooshEngine(tmp_path / "here")


@pytest.fixture
def there(tmp_path: Path) -> WhooshEngine:
    return WhooshEngine(tmp_path / "there")


def joined(session: Session, index: WhooshEngine, name: str) -> int:
    """The id of a host that has just built its index."""
    host_id = enlist(session, index, name, NOW)
    rebuild(session, index)
    return host_id


def notes(session: Session) -> int:
    counted = session.scalar(select(func.count(TitleChange.id))) or 0
    session.rollback()
    return counted


def test_a_change_is_told_to_every_host_and_each_strikes_its_own_note(
    session: Session, make: Make, here: WhooshEngine, there: WhooshEngine
) -> None:
    one, two = joined(session, here, "here"), joined(session, there, "there")

    title = make.title("Vulkane").id
    assert notes(session) == 2
    assert work_off(session, here, one) == 1
    assert notes(session) == 1
    assert (found(here, "Vulkane"), found(there, "Vulkane")) == ([title], [])
    assert work_off(session, there, two) == 1
    assert found(there, "Vulkane") == [title]
    assert notes(session) == 0


def test_a_change_that_is_taken_back_is_told_to_nobody(
    session: Session, here: WhooshEngine
) -> None:
    joined(session, here, "here")

    with pytest.raises(ZeroDivisionError), unit_of_work(session):
        session.add(Title(name="Vulkane", media_type="film", created_at=NOW, changed_at=NOW))
        session.flush()
        raise ZeroDivisionError

    assert notes(session) == 0


def test_a_host_that_comes_every_day_is_registered_once(
    session: Session, here: WhooshEngine
) -> None:
    host_id = joined(session, here, "here")
    later = NOW + timedelta(days=1)

    assert enlist(session, here, "here", later) == host_id
    assert here.health().state is HealthState.READY
    assert session.get_one(IndexHost, host_id).seen_at == later


def test_a_host_absent_for_seven_days_is_dropped_with_its_notes(
    session: Session, make: Make, here: WhooshEngine, there: WhooshEngine
) -> None:
    one, _two = joined(session, here, "here"), joined(session, there, "there")
    make.title("Vulkane")
    enlist(session, here, "here", WEEK_LATER)

    assert drop_absent_hosts(session, NOW + ABSENCE) == 0
    assert drop_absent_hosts(session, WEEK_LATER) == 1

    assert session.scalars(select(IndexHost.id)).all() == [one]
    assert notes(session) == 1


def test_a_host_that_returns_is_rebuilt_before_it_answers(
    session: Session, make: Make, there: WhooshEngine
) -> None:
    joined(session, there, "there")
    drop_absent_hosts(session, WEEK_LATER)
    missed = make.title("Vulkane").id

    host_id = enlist(session, there, "there", WEEK_LATER)
    with pytest.raises(IndexUnavailableError):
        ask(there)
    rebuild(session, there)

    assert found(there, "Vulkane") == [missed]
    later = make.title("Gletscher").id
    work_off(session, there, host_id)
    assert found(there, "Gletscher") == [later]
    assert verify(session, there).count == 0


def test_a_host_that_registers_amid_a_change_misses_nothing(
    session: Session, engine: Engine, make: Make, here: WhooshEngine
) -> None:
    """The change looked for hosts before there was one, and commits after it was registered."""
    title_id = make.title("Vulkane").id
    session.rollback()
    flushed, registering = Event(), Event()

    def change() -> None:
        with Session(engine) as own, unit_of_work(own):
            own.get_one(Title, title_id).name = "Gletscher"
            own.flush()
            flushed.set()
            registering.wait(5)
            registering.clear()
            registering.wait(0.5)

    with ThreadPoolExecutor(1) as thread:
        changing = thread.submit(change)
        assert flushed.wait(5)
        registering.set()
        host_id = joined(session, here, "here")
        changing.result()
    while work_off(session, here, host_id):
        pass

    assert found(here, "Gletscher") == [title_id]
    assert verify(session, here).count == 0


def test_a_change_made_while_a_host_is_dropped_goes_through(
    session: Session, engine: Engine, make: Make, there: WhooshEngine
) -> None:
    """The change saw the host that is gone when it commits."""
    joined(session, there, "there")
    title_id = make.title("Vulkane").id
    session.rollback()
    seen, dropping = Event(), Event()

    def change() -> None:
        with Session(engine) as own, unit_of_work(own):
            own.get_one(Title, title_id).name = "Gletscher"
            own.flush()  # its notes follow with the commit
            seen.set()
            dropping.wait(0.5)

    with ThreadPoolExecutor(1) as thread:
        changing = thread.submit(change)
        assert seen.wait(5)
        drop_absent_hosts(session, WEEK_LATER)
        dropping.set()
        changing.result()

    assert session.get_one(Title, title_id).name == "Gletscher"
    assert notes(session) == 0


def test_a_host_tells_how_its_index_is(session: Session, make: Make, here: WhooshEngine) -> None:
    make.title("Vulkane")
    host_id = joined(session, here, "here")

    def row() -> IndexHost:
        session.rollback()
        return session.get_one(IndexHost, host_id)

    tell_written(session, host_id, 400, NOW)
    assert row().written == 400
    tell_rebuilt(session, host_id, NOW)
    tell_health(session, host_id, here.check(), NOW)
    told = row()
    assert (told.state, told.documents, told.written, told.fault) == ("ready", 1, None, "")
    assert (told.rebuilt_at, told.checked_at) == (NOW, NOW)
    tell_fault(session, host_id, "x" * 1000)
    assert row().fault == "x" * 300
    here.withdraw("It is broken.")
    tell_health(session, host_id, here.check(), NOW)
    assert (row().state, row().fault) == ("broken", "It is broken.")
