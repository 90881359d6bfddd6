"""Our own engine in PostgreSQL, beside the same server's full text search used plainly."""

from collections.abc import Iterable

from sqlalchemy import URL, text

from database.engine import make_engine
from search_index.engine import Document
from search_index.postgres_engine import PostgresEngine
from tests.benchmarks.search_plan import Plan
from tests.benchmarks.search_postgres import database_at
from tests.benchmarks.search_rivals import Found


class OursInPostgres:
    """Asked the question itself, as ours is."""

    name = "ours in PostgreSQL"

    def __init__(self, url: str) -> None:
        """Open the database of these figures; see `PostgresIndex`."""
        self._store = make_engine(_address(database_at(url)))
        self._engine = PostgresEngine(self._store)

    def build(self, documents: Iterable[Document]) -> None:
        """See `Rival.build`."""
        self._engine.rebuild(documents, 0)

    def ask(self, plan: Plan) -> Found | None:
        """See `Rival.ask`."""
        answer = self._engine.search(plan.question)
        return Found(answer.title_ids, answer.total)

    def bytes(self) -> int:
        """See `Rival.bytes`."""
        query = """
            SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = 'search_index' AND c.relkind = 'r'
        """
        with self._store.connect() as connection:
            return int(connection.execute(text(query)).scalar_one())

    def close(self) -> None:
        """See `Rival.close`."""
        self._store.dispose()


def _address(url: URL) -> str:
    return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
