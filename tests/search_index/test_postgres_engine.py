"""What only the engine in PostgreSQL must prove: one index for many processes, in the store."""

import threading
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import (
    Engine,
    Executable,
    create_engine,
    delete,
    event,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.schema import DropSchema

from database.base import Base
from database.engine import make_engine
from search_index.engine import Changes, Document, Facet, HealthState, SearchEngine, Sort
from search_index.errors import IndexBusyError, IndexUnavailableError, IndexWriteError
from search_index.postgres_engine import PostgresEngine
from search_index.postgres_schema import SCHEMA, STATE, Tables, tables
from search_index.postgres_state import following
from tests.conventions.test_migrations import load_every_model
from tests.search_index.library import a_document, ask, counts, fill, found

pytestmark = pytest.mark.postgres

LARGEST_ID = 2**63 - 1


@pytest.fixture
def database(index_database_url: str) -> Iterator[Engine]:
    engine = make_engine(index_database_url)
    do(engine, DropSchema(SCHEMA, cascade=True, if_exists=True))
    yield engine
    engine.dispose()


@pytest.fixture
def ours(database: Engine) -> PostgresEngine:
    """The index as this process has it."""
    index = PostgresEngine(database, lock_wait=0.2)
    index.rebuild([], 0)
    return index


@pytest.fixture
def theirs(database: Engine) -> PostgresEngine:
    """The same index as another process has it."""
    return PostgresEngine(database, lock_wait=0.2)


def told_by(database: Engine, statement: str) -> object:
    with database.connect() as connection:
        return connection.scalar(text(statement))


def live_tables(database: Engine) -> Tables:
    with database.connect() as connection:
        return tables(connection.execute(select(STATE.c.generation)).scalar_one())


def do(database: Engine, statement: Executable) -> None:
    with database.begin() as connection:
        connection.execute(statement)


def test_what_one_process_writes_the_next_search_of_another_finds(
    ours: PostgresEngine, theirs: PostgresEngine
) -> None:
    fill(ours, a_document(1, "Vulkane"), a_document(2, "Zellen", subjects=frozenset({"PH"})))
    assert found(theirs) == [2, 1]

    ours.apply(Changes((a_document(1, "Atome"), a_document(3, "Äpfel"))), 2)
    ours.apply(Changes(gone=frozenset({2})), 3)

    assert found(theirs, sort=Sort.TITLE) == [3, 1]
    assert not found(theirs, "Vulkane")
    assert counts(ask(theirs), Facet.SUBJECT) == {"BI": 2}
    assert theirs.position() == 3


def test_a_title_that_comes_back_is_found_again(
    ours: PostgresEngine, theirs: PostgresEngine
) -> None:
    for name in ("Vulkane", "Gletscher"):
        fill(ours, a_document(1, name))
        assert found(theirs, name) == [1]
        ours.apply(Changes(gone=frozenset({1})), 2)
        assert not found(theirs)
    assert ours.check().documents == 0


def test_titles_read_by_and_by_are_the_same_as_read_at_once(
    ours: PostgresEngine, theirs: PostgresEngine, database: Engine
) -> None:
    for number in range(1, 30):
        facts = {"lent": number % 4, "added_on": date(2026, 1, 1 + number % 7)}
        fill(ours, a_document(number * 7 % 31, f"Band {number % 5}", year=number, **facts))
        ours.apply(Changes(gone=frozenset({number * 3 % 31})), number)
        ask(theirs)

    for sort in Sort:
        at_once = ask(PostgresEngine(database), "Band", sort=sort, per_page=50)
        assert ask(theirs, "Band", sort=sort, per_page=50) == at_once
        assert at_once.total > 10


def test_a_rebuild_is_seen_whole_or_not_at_all(
    ours: PostgresEngine, theirs: PostgresEngine
) -> None:
    fill(ours, a_document(1, "Vulkane"))

    def documents() -> Iterator[Document]:
        for number in range(10, 500):
            if number % 100 == 0:
                assert found(theirs) == [1]
            yield a_document(number, "Gletscher")

    ours.rebuild(documents(), 2)

    assert ask(theirs).total == 490
    assert not found(theirs, "Vulkane")


def test_nothing_is_held_open_while_documents_are_awaited(
    ours: PostgresEngine, database: Engine
) -> None:
    waiting: list[object] = []

    def documents() -> Iterator[Document]:
        for number in range(1, 403):
            if number % 201 == 0:
                waiting.append(
                    told_by(
                        database,
                        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                        " AND state LIKE 'idle in transaction%'",
                    )
                )
            yield a_document(number, "Vulkane")

    ours.rebuild(documents(), 1)

    assert waiting == [0, 0]


def test_a_second_writer_is_told_that_another_one_writes(
    ours: PostgresEngine, theirs: PostgresEngine
) -> None:
    refused: list[str] = []

    def documents() -> Iterator[Document]:
        with pytest.raises(IndexBusyError):
            fill(theirs, a_document(2, "Zellen"))
        with pytest.raises(IndexBusyError):
            theirs.rebuild([], 1)
        refused.append("both")
        yield a_document(1, "Vulkane")

    ours.rebuild(documents(), 1)

    assert refused == ["both"]
    fill(theirs, a_document(2, "Zellen"))
    assert set(found(ours)) == {1, 2}


def test_one_host_at_a_time_works_off_notes(database: Engine) -> None:
    with following(database, 0.1), pytest.raises(IndexBusyError), following(database, 0.1):
        pass
    with following(database, 0.1):
        pass


def test_who_waits_for_the_notes_gets_its_turn(database: Engine) -> None:
    turns: list[str] = []
    holding = threading.Event()

    def first() -> None:
        with following(database, 1.0):
            holding.set()
            turns.append("first")

    thread = threading.Thread(target=first)
    thread.start()
    holding.wait()
    with following(database, 10.0):
        turns.append("second")
    thread.join()

    assert turns == ["first", "second"]


def test_a_rebuild_broken_off_leaves_the_index_and_the_next_one_sweeps_up(
    ours: PostgresEngine, database: Engine
) -> None:
    fill(ours, a_document(1, "Vulkane"))

    def documents() -> Iterator[Document]:
        yield from (a_document(number, "Zellen") for number in range(2, 300))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ours.rebuild(documents(), 9)
    assert found(ours) == [1]
    assert ours.position() == 1

    ours.rebuild([a_document(3, "Atome")], 10)
    ours.merge()

    assert len(inspect(database).get_table_names(SCHEMA)) == 4
    assert found(ours) == [3]


def test_changes_are_written_all_or_none(ours: PostgresEngine) -> None:
    fill(ours, a_document(1, "Vulkane"))

    with pytest.raises(IndexWriteError):
        ours.apply(Changes((a_document(2, "Zellen"), a_document(LARGEST_ID + 1, "Atome"))), 2)

    assert found(ours) == [1]
    assert ours.position() == 1


def test_words_no_title_has_any_more_are_forgotten_at_night(ours: PostgresEngine) -> None:
    fill(ours, a_document(1, "Vulkanausbruch"), a_document(2, "Gletscher"))
    assert ask(ours, "Vulkanausbrch").correction == "Vulkanausbruch"

    ours.apply(Changes(gone=frozenset({1})), 2)
    ours.merge()

    assert not ask(ours, "Vulkanausbrch").correction
    assert ask(ours, "Gletschr").correction == "Gletscher"


def test_a_new_word_mends_typos_at_once(ours: PostgresEngine, theirs: PostgresEngine) -> None:
    fill(ours, a_document(1, "Gletscher"))
    assert not ask(theirs, "Vulkanausbrch").correction
    fill(ours, a_document(2, "Vulkanausbruch"))

    answer = ask(theirs, "Vulkanausbrch")

    assert answer.corrected
    assert answer.title_ids == (2,)


def drop(database: Engine) -> None:
    do(database, DropSchema(SCHEMA, cascade=True))


def drop_words(database: Engine) -> None:
    live_tables(database).vector.drop(database)


def lose_rows(database: Engine) -> None:
    vector = live_tables(database).vector
    do(database, delete(vector).where(vector.c.title_id == 1))


def empty_state(database: Engine) -> None:
    do(database, delete(STATE))


def age(database: Engine) -> None:
    do(database, update(STATE).values(format=STATE.c.format - 1))


@pytest.mark.parametrize(
    ("damage", "state"),
    [
        (drop, HealthState.MISSING),
        (empty_state, HealthState.BROKEN),
        (age, HealthState.BROKEN),
        (drop_words, HealthState.BROKEN),
        (lose_rows, HealthState.BROKEN),
    ],
)
def test_damage_is_found_by_a_check_and_healed_by_a_rebuild(
    ours: PostgresEngine,
    database: Engine,
    damage: Callable[[Engine], None],
    state: HealthState,
) -> None:
    documents = (a_document(1, "Vulkane"), a_document(2, "Zellen"))
    fill(ours, *documents)
    found(ours)
    assert ours.check().state is HealthState.READY

    damage(database)

    health = ours.check()
    assert health.state is state
    assert health.fault
    ours.rebuild(documents, 7)
    assert ours.check().state is HealthState.READY
    assert found(ours, "Vulkane") == [1]
    assert set(found(ours)) == {1, 2}


@pytest.mark.parametrize("damage", [drop, drop_words, empty_state, age])
def test_an_index_not_to_be_trusted_is_unavailable_to_readers_and_writers(
    ours: PostgresEngine, database: Engine, damage: Callable[[Engine], None]
) -> None:
    fill(ours, a_document(1, "Vulkane"))
    damage(database)

    with pytest.raises(IndexUnavailableError):
        ask(ours, "Vulkane")
    with pytest.raises(IndexUnavailableError):
        fill(ours, a_document(2, "Zellen"))


def test_a_withdrawn_index_is_trusted_by_no_process_until_it_is_rebuilt(
    ours: PostgresEngine, theirs: PostgresEngine
) -> None:
    fill(ours, a_document(1, "Vulkane"))

    ours.withdraw("It has missed changes.")

    assert theirs.health().fault == "It has missed changes."
    with pytest.raises(IndexUnavailableError):
        ask(theirs)
    ours.rebuild([a_document(1, "Vulkane")], 2)
    assert found(theirs) == [1]


def test_withdrawing_what_is_not_there_does_nothing(theirs: PostgresEngine) -> None:
    theirs.withdraw("It is not there.")

    assert theirs.health().state is HealthState.MISSING


def test_a_database_out_of_reach_is_an_index_out_of_reach() -> None:
    nowhere = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    index: SearchEngine = PostgresEngine(nowhere)

    assert index.health().state is HealthState.BROKEN
    index.withdraw("It is broken.")
    with pytest.raises(IndexUnavailableError):
        ask(index)
    with pytest.raises(IndexWriteError):
        fill(index, a_document(1, "Vulkane"))
    with pytest.raises(IndexWriteError), following(nowhere, 0.1):
        pass


def test_the_index_is_none_of_the_stores_tables(ours: PostgresEngine, database: Engine) -> None:
    fill(ours, a_document(1, "Vulkane"))
    load_every_model()

    with database.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_number_of_statements_does_not_grow_with_the_titles(
    ours: PostgresEngine, database: Engine
) -> None:
    statements: list[str] = []
    event.listen(
        database,
        "before_cursor_execute",
        lambda _c, _cursor, statement, *_rest: statements.append(statement),
    )

    def asked() -> int:
        found(ours, "Vulkane Island")
        statements.clear()
        found(ours, "Vulkane Island")
        return len(statements)

    fill(ours, *(a_document(number, "Vulkane auf Island") for number in range(1, 4)))
    few = asked()
    fill(ours, *(a_document(number, "Vulkane auf Island") for number in range(1, 400)))

    assert asked() == few
    assert few < 10
