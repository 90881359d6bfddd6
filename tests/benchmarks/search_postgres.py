"""PostgreSQL's full text search on the terms of our analysis, as its manual shows it."""

from collections.abc import Iterable, Sequence
from string import Template

import psycopg
from sqlalchemy.engine import URL, make_url

from search_index.engine import Document, Facet, Sort
from tests.benchmarks.search_plan import Condition, Plan, name_terms, number_keys, text_terms
from tests.benchmarks.search_questions import COUNTED, facet_values
from tests.benchmarks.search_rivals import HITS, Found, RivalMissingError

DATABASE = "medienbruecke_bench_search"

_COLUMNS = ", ".join(f"{facet.value} text[]" for facet in COUNTED)
_TABLE = f"""
CREATE UNLOGGED TABLE record (
    id integer PRIMARY KEY, added_on integer, sort_name text COLLATE "C", number text[],
    {_COLUMNS}, words tsvector
)
"""
_INSERT = Template(
    "INSERT INTO record VALUES ($marks, "
    "setweight(to_tsvector('simple', %s), 'A') || to_tsvector('simple', %s))"
).substitute(marks=", ".join(["%s"] * (4 + len(COUNTED))))
_INDEXES = (
    "CREATE INDEX ON record USING gin (words) WITH (fastupdate = off)",
    "CREATE INDEX ON record USING gin (number)",
    "CREATE INDEX ON record (added_on)",
    *(f"CREATE INDEX ON record USING gin ({facet.value})" for facet in COUNTED),
    "VACUUM ANALYZE record",
)
_RANK = "ts_rank('{0.5, 0.5, 0.5, 1}', words, %(words)s::tsquery)"
_ORDERS = {
    Sort.RELEVANCE: "rank DESC, id DESC",
    Sort.NEWEST: "added_on DESC, id DESC",
    Sort.TITLE: "sort_name, id DESC",
}
_FIRST = Template(
    "WITH hit AS MATERIALIZED ("
    "SELECT id, added_on, sort_name, $rank AS rank FROM record WHERE $condition) "
    "SELECT id, count(*) OVER () FROM hit ORDER BY $order LIMIT $most"
)
_HITS = Template("WITH hit AS MATERIALIZED (SELECT $facets FROM record WHERE $condition) $counts")
_COUNT = Template(
    "SELECT '$facet', value, count(*) FROM hit, unnest($facet) AS value GROUP BY value"
)


class PostgresIndex:
    """A database of its own on a server, with a GIN index on the words and on each facet."""

    name = "PostgreSQL"

    def __init__(self, url: str) -> None:
        """Open the database, made if it is not there.

        Args:
            url: of a server on which we may create databases, as SQLAlchemy writes it.

        Raises:
            RivalMissingError: no server is named, or it does not answer.
        """
        self._store = psycopg.connect(_address(database_at(url)), autocommit=True)
        self._store.execute("SET work_mem = '256MB'")
        self._store.prepare_threshold = None

    def build(self, documents: Iterable[Document]) -> None:
        """See `Rival.build`."""
        self._store.execute("DROP TABLE IF EXISTS record")
        self._store.execute(_TABLE)
        with self._store.transaction(), self._store.cursor() as cursor:
            cursor.executemany(_INSERT, map(_row, documents))
        for statement in _INDEXES:
            self._store.execute(statement)

    def ask(self, plan: Plan) -> Found | None:
        """See `Rival.ask`."""
        if plan.mistyped:
            return None
        condition, values = _condition(plan)
        first = _FIRST.substitute(
            rank=_RANK if plan.wanted else "added_on",
            condition=condition,
            order=_ORDERS[plan.question.sort],
            most=HITS,
        )
        rows = self._store.execute(first, values).fetchall()
        title_ids = tuple(title_id for title_id, _ in rows)
        total = rows[0][1] if rows else 0
        return Found(title_ids, total, self._counts(plan.counted, condition, values))

    def bytes(self) -> int:
        """See `Rival.bytes`."""
        query = "SELECT pg_total_relation_size('record')"
        row = self._store.execute(query).fetchone()
        return int(row[0]) if row else 0

    def close(self) -> None:
        """See `Rival.close`."""
        self._store.close()

    def _counts(
        self, facets: Sequence[Facet], condition: str, values: dict[str, object]
    ) -> dict[Facet, dict[str, int]]:
        if not facets:
            return {}
        names = [facet.value for facet in facets]
        counts = " UNION ALL ".join(_COUNT.substitute(facet=name) for name in names)
        query = _HITS.substitute(facets=", ".join(names), condition=condition, counts=counts)
        found: dict[Facet, dict[str, int]] = {facet: {} for facet in facets}
        for facet, value, number in self._store.execute(query, values):
            found[Facet(facet)][value] = number
        return found


def database_at(url: str) -> URL:
    """Return the address of the database of these figures, made if it is not there.

    Raises:
        RivalMissingError: no server is named, or it does not answer.
    """
    if not url:
        raise RivalMissingError("the address of a server: MEDIENBRUECKE_TEST_POSTGRES")
    server = make_url(url).set(drivername="postgresql")
    try:
        with psycopg.connect(_address(server), autocommit=True) as connection:
            query = "SELECT 1 FROM pg_database WHERE datname = %s"
            if not connection.execute(query, [DATABASE]).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE}")
    except psycopg.OperationalError as error:
        raise RivalMissingError(f"a server that answers: {error}") from error
    return server.set(database=DATABASE)


def _condition(plan: Plan) -> tuple[str, dict[str, object]]:
    """Return what a record must meet, with the values in it."""
    if plan.number:
        return "number @> ARRAY[%(number)s]", {"number": plan.number}
    conditions = ["true"]
    values: dict[str, object] = {}
    if plan.wanted:
        conditions.append("words @@ %(words)s::tsquery")
        values["words"] = _words(plan)
    for facet, wanted in plan.filters:
        conditions.append(f"{facet.value} && %({facet.value})s")
        values[facet.value] = list(wanted)
    if plan.question.excluded:
        conditions.append("id <> ALL (%(excluded)s)")
        values["excluded"] = sorted(plan.question.excluded)
    return " AND ".join(conditions), values


def _words(plan: Plan) -> str:
    wanted = (" | " if plan.loose else " & ").join(map(_term, plan.wanted))
    return " & ".join((f"({wanted})", *(f"!{_term(each)}" for each in plan.unwanted)))


def _term(condition: Condition) -> str:
    if condition.phrase:
        return f"({' <-> '.join(map(_quoted, condition.phrase))})"
    star = ":*" if condition.beginning else ""
    return f"({' | '.join(_quoted(term) + star for term, _ in condition.terms)})"


def _quoted(term: str) -> str:
    return f"'{term}'"


def _row(document: Document) -> tuple[object, ...]:
    return (
        document.title_id,
        document.added_on.toordinal(),
        document.sort_name,
        number_keys(document),
        *(list(facet_values(document, facet)) for facet in COUNTED),
        " ".join(name_terms(document)),
        " ".join(text_terms(document)),
    )


def _address(url: URL) -> str:
    return url.render_as_string(hide_password=False)
