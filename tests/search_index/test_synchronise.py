"""The index follows the store by notes."""

from pathlib import Path

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from catalogue.models.change import TitleChange
from catalogue.models.title import Title
from database.unit_of_work import unit_of_work
from search_index.engine import SearchEngine
from search_index.errors import IndexUnavailableError
from search_index.hosts import register_host
from search_index.rebuild import Differences, rebuild, repair, verify
from search_index.synchronise import read_changes, strike, work_off
from search_index.whoosh_engine import WhooshEngine
from tests.make import NOW, Make
from tests.search_index.library import ask, found


@pytest.fixture
def host(session: Session) -> int:
    return register_host(session, "here", NOW)


def notes(session: Session) -> int:
    return session.scalar(select(func.count(TitleChange.id))) or 0


def test_a_new_title_is_found_after_its_notes_were_worked_off(
    session: Session, make: Make, index: SearchEngine, host: int
) -> None:
    title = make.title("Vulkane")

    assert work_off(session, index, host) == 1
    assert found(index, "Vulkane") == [title.id]
    assert notes(session) == 0
    assert work_off(session, index, host) == 0


def test_a_changed_title_is_found_by_its_new_name_only(
    session: Session, make: Make, index: SearchEngine, host: int
) -> None:
    title = make.title("Vulkane")
    work_off(session, index, host)

    title.name = "Gletscher"
    session.commit()
    work_off(session, index, host)

    assert found(index, "Gletscher") == [title.id]
    assert not found(index, "Vulkane")


def test_withdrawn_and_deleted_titles_vanish(
    session: Session, make: Make, index: SearchEngine, host: int
) -> None:
    withdrawn, deleted = make.title("Vulkane"), make.title("Vulkane")
    work_off(session, index, host)

    withdrawn.withdrawn_at = NOW
    session.delete(deleted)
    session.commit()
    work_off(session, index, host)

    assert ask(index).total == 0


def test_a_new_holding_and_its_copies_change_the_document(
    session: Session, make: Make, index: SearchEngine, host: int
) -> None:
    title = make.title("Vulkane")
    work_off(session, index, host)
    assert not found(index, centre_ids=frozenset({make.the_centre().id}))

    make.copy(make.holding(title), barcode="MZ-777777")
    while work_off(session, index, host):
        pass

    assert found(index, centre_ids=frozenset({make.the_centre().id})) == [title.id]
    assert found(index, "MZ-777777") == [title.id]


def test_a_change_made_while_the_index_is_written_has_a_note_of_its_own(
    session: Session, make: Make, index: SearchEngine, host: int
) -> None:
    title = make.title("Vulkane")
    owed = read_changes(session, host)
    title.name = "Gletscher"
    session.commit()

    index.apply(owed.changes, owed.position)
    with unit_of_work(session):
        strike(session, owed)

    assert notes(session) == 1
    assert found(index, "Vulkane") == [title.id]
    work_off(session, index, host)
    assert found(index, "Gletscher") == [title.id]


def test_notes_stay_when_the_index_cannot_be_written(
    session: Session, make: Make, index_folder: Path, host: int
) -> None:
    make.title("Vulkane")

    with pytest.raises(IndexUnavailableError):
        work_off(session, WhooshEngine(index_folder), host)

    assert notes(session) == 1


def test_nothing_holds_the_store_while_the_index_is_written(
    session: Session, make: Make, host: int
) -> None:
    make.title("Vulkane")

    read_changes(session, host)

    assert not session.in_transaction()


def test_a_rebuilt_index_has_every_title_and_leaves_the_notes(
    session: Session, make: Make, index: SearchEngine, host: int
) -> None:
    titles = {make.title(f"Vulkane {number}").id for number in range(5)}
    make.title("Weg", withdrawn_at=NOW)
    owed = read_changes(session, host)

    rebuild(session, index)

    assert set(found(index)) == titles
    assert index.position() == owed.position
    assert not session.in_transaction()
    assert notes(session) == 6


def test_an_index_in_step_shows_no_differences(
    session: Session, make: Make, index: SearchEngine
) -> None:
    make.holding(make.title("Vulkane"), copies=2)
    rebuild(session, index)

    assert verify(session, index) == Differences()


def test_differences_are_found_and_mended_by_notes(
    session: Session, make: Make, index: SearchEngine, host: int
) -> None:
    surplus, stale = make.title("A").id, make.title("B").id
    make.title("C")
    rebuild(session, index)
    session.get_one(Title, stale).name = "Bb"
    session.delete(session.get_one(Title, surplus))
    session.commit()
    missing = make.title("D").id
    lose_notes(session)

    first = verify(session, index)
    assert first == Differences(missing=(missing,), stale=(stale,), surplus=(surplus,))
    assert first.count == 3
    assert verify(session, index) == first

    repair(session, host, first, NOW)
    assert work_off(session, index, host) == 3
    assert verify(session, index) == Differences()


def test_a_repair_never_writes_what_was_read_before_a_later_change(
    session: Session, make: Make, index: SearchEngine, host: int
) -> None:
    title = make.title("Vulkane")
    rebuild(session, index)
    title.name = "Gletscher"
    session.commit()
    lose_notes(session)
    differences = verify(session, index)

    session.get_one(Title, title.id).name = "Berge"
    session.commit()
    work_off(session, index, host)
    repair(session, host, differences, NOW)
    work_off(session, index, host)

    assert found(index, "Berge") == [title.id]
    assert verify(session, index) == Differences()


def lose_notes(session: Session) -> None:
    """As if they had been struck for an index that then was lost."""
    with unit_of_work(session):
        session.execute(delete(TitleChange))


@pytest.mark.both_stores
def test_the_chain_holds_on_both_stores(
    session: Session, make: Make, index: SearchEngine, host: int
) -> None:
    title = make.title("Vulkane")
    make.holding(title, copies=2)

    while work_off(session, index, host):
        pass

    assert found(index, "Vulkane", centre_ids=frozenset({make.the_centre().id})) == [title.id]
    assert verify(session, index).count == 0
