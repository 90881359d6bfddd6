"""SQLite's full text search, FTS5, on the terms of our analysis."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from string import Template

from search_index.engine import Document, Facet, Sort
from tests.benchmarks.search_plan import Condition, Plan, name_terms, number_keys, text_terms
from tests.benchmarks.search_questions import COUNTED, facet_values
from tests.benchmarks.search_rivals import BATCH, HITS, NAME_WEIGHT, Found

_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE VIRTUAL TABLE words USING fts5 (
    name, text, content = '', tokenize = "unicode61 remove_diacritics 0"
);
CREATE TABLE title (id INTEGER PRIMARY KEY, added_on INTEGER, sort_name TEXT);
CREATE TABLE number (number TEXT, id INTEGER, PRIMARY KEY (number, id)) WITHOUT ROWID;
CREATE TABLE value (facet TEXT, value TEXT, id INTEGER, PRIMARY KEY (facet, value, id))
    WITHOUT ROWID;
CREATE TEMP TABLE not_free (id INTEGER PRIMARY KEY);
"""
_INDEXES = """
INSERT INTO words (words) VALUES ('optimize');
CREATE INDEX value_id ON value (id, facet, value);
CREATE INDEX title_added ON title (added_on);
CREATE INDEX title_name ON title (sort_name);
ANALYZE;
"""
_MEMORY = "PRAGMA cache_size = -200000; PRAGMA mmap_size = 2000000000;"
_ORDERS = {
    Sort.NEWEST: "(SELECT -added_on FROM title WHERE title.id = hit.id), hit.id DESC",
    Sort.TITLE: "(SELECT sort_name FROM title WHERE title.id = hit.id), hit.id DESC",
}
_MATCHING = Template(
    "SELECT rowid AS id, bm25(words, $name, 1.0) AS rank FROM words WHERE words MATCH ?"
).substitute(name=NAME_WEIGHT)
_TOTAL = Template("SELECT count(*) FROM ($hits)")
_FIRST = Template("SELECT hit.id FROM ($hits) hit ORDER BY $order LIMIT $most")
_COUNTED = Template(
    "SELECT facet, value, count(*) FROM ($hits) hit JOIN value USING (id)"
    " WHERE facet IN ($facets) GROUP BY facet, value"
)
_FILTERED = Template(" AND $key IN (SELECT id FROM value WHERE facet = ? AND value IN ($marks))")
_FREE = Template(" AND $key NOT IN (SELECT id FROM not_free)")


class SqliteIndex:
    """A store with an FTS5 table beside the values of the facets."""

    name = "SQLite FTS5"

    def __init__(self, folder: Path) -> None:
        """Open the store of a folder, made if it is not there."""
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / "fts5.sqlite"
        self._store = sqlite3.connect(self._file, isolation_level=None)
        self._store.executescript(_MEMORY)

    def build(self, documents: Iterable[Document]) -> None:
        """See `Rival.build`."""
        self._store.executescript(_TABLES)
        self._store.execute("BEGIN")
        records = iter(documents)
        while batch := list(islice(records, BATCH)):
            self._write(batch)
        self._store.execute("COMMIT")
        self._store.executescript(_INDEXES)

    def ask(self, plan: Plan) -> Found | None:
        """See `Rival.ask`."""
        if plan.mistyped:
            return None
        self._store.execute("CREATE TEMP TABLE IF NOT EXISTS not_free (id INTEGER PRIMARY KEY)")
        hits, values = _hits(plan)
        self._store.execute("DELETE FROM not_free")
        if plan.question.excluded:
            excluded = [(each,) for each in plan.question.excluded]
            self._store.executemany("INSERT INTO not_free VALUES (?)", excluded)
        order = _ORDERS.get(plan.question.sort, "rank, hit.id DESC")
        (total,) = self._store.execute(_TOTAL.substitute(hits=hits), values).fetchone()
        first = self._store.execute(_FIRST.substitute(hits=hits, order=order, most=HITS), values)
        title_ids = tuple(title_id for (title_id,) in first)
        return Found(title_ids, total, self._counts(plan.counted, hits, values))

    def bytes(self) -> int:
        """See `Rival.bytes`."""
        return self._file.stat().st_size

    def close(self) -> None:
        """See `Rival.close`."""
        self._store.close()

    def _write(self, batch: Sequence[Document]) -> None:
        for statement, rows in (
            ("INSERT INTO words (rowid, name, text) VALUES (?, ?, ?)", map(_words, batch)),
            ("INSERT INTO title VALUES (?, ?, ?)", map(_title, batch)),
            ("INSERT OR IGNORE INTO number VALUES (?, ?)", _numbers(batch)),
            ("INSERT INTO value VALUES (?, ?, ?)", _values(batch)),
        ):
            self._store.executemany(statement, rows)

    def _counts(
        self, facets: Sequence[Facet], hits: str, values: Sequence[str]
    ) -> dict[Facet, dict[str, int]]:
        if not facets:
            return {}
        wanted = ", ".join(f"'{facet}'" for facet in facets)
        rows = self._store.execute(_COUNTED.substitute(hits=hits, facets=wanted), values)
        counts: dict[Facet, dict[str, int]] = {facet: {} for facet in facets}
        for facet, value, number in rows:
            counts[Facet(facet)][value] = number
        return counts


def _hits(plan: Plan) -> tuple[str, list[str]]:
    """Return a statement for the ids and ranks of the hits, with its values."""
    values: list[str] = []
    if plan.number:
        return "SELECT id, 0 AS rank FROM number WHERE number = ?", [plan.number]
    hits, key = "SELECT id, -added_on AS rank FROM title WHERE 1", "id"
    if plan.wanted:
        hits, key = _MATCHING, "rowid"
        values.append(_match(plan))
    for facet, wanted in plan.filters:
        hits += _FILTERED.substitute(key=key, marks=", ".join("?" * len(wanted)))
        values += [facet.value, *wanted]
    if plan.question.excluded:
        hits += _FREE.substitute(key=key)
    return hits, values


def _match(plan: Plan) -> str:
    wanted = (" OR " if plan.loose else " AND ").join(map(_condition, plan.wanted))
    return " NOT ".join((f"({wanted})", *map(_condition, plan.unwanted)))


def _condition(condition: Condition) -> str:
    if condition.phrase:
        return f'"{" ".join(condition.phrase)}"'
    star = " *" if condition.beginning else ""
    terms = " OR ".join(f'"{term}"{star}' for term, _ in condition.terms)
    return f"({terms})"


def _words(document: Document) -> tuple[int, str, str]:
    return document.title_id, " ".join(name_terms(document)), " ".join(text_terms(document))


def _title(document: Document) -> tuple[int, int, str]:
    return document.title_id, document.added_on.toordinal(), document.sort_name


def _numbers(batch: Sequence[Document]) -> Iterator[tuple[str, int]]:
    return ((key, each.title_id) for each in batch for key in number_keys(each))


def _values(batch: Sequence[Document]) -> Iterator[tuple[str, str, int]]:
    for each in batch:
        for facet in COUNTED:
            for value in facet_values(each, facet):
                yield facet.value, value, each.title_id
