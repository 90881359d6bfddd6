"""The tables of an index in PostgreSQL: a schema of its own, and three tables a generation.

A rebuild fills the tables of a new generation; the one row of `STATE` says which is live. Nothing
here belongs to the store: no mapped class, no migration, no foreign key. Raise `FORMAT` with
every change here, in `postgres_lexemes` or in `german`: an index of another format is rebuilt.
"""

from dataclasses import dataclass
from functools import cache

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR

from search_index.engine import Facet

FORMAT = 1
SCHEMA = "search_index"

STATE = Table(
    "state",
    MetaData(schema=SCHEMA),
    Column("only", Boolean, primary_key=True, server_default=text("true")),
    Column("format", Integer, nullable=False),
    Column("generation", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("documents", Integer, nullable=False),
    Column("fault", Text, nullable=False),
)
"""One row: the live generation, the number of changes to it, the last note worked off, how many
titles can be found, and why it is not to be trusted, if so."""

CENTRES = "centres"
SERIES = "series"
FACTS = (CENTRES, SERIES, *(facet.value for facet in Facet))
"""Columns whose values few distinct ones cover: several are sorted and joined by `SEPARATOR`."""

SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of one generation.

    Attributes:
        document: what filters, counts, sorts and suggestions need of a title; `gone` marks one
            taken out, kept so that processes notice.
        vector: a title's lexemes. Narrow, since PostgreSQL puts the vectors beside the table:
            a common word then costs few pages.
        word: the folded words of all titles, and in how many each was when last counted.
    """

    document: Table
    vector: Table
    word: Table

    def all(self) -> tuple[Table, ...]:
        """Return every one of them."""
        return self.document, self.vector, self.word


@cache
def tables(generation: int) -> Tables:
    """Return the tables of a generation, whether they exist or not."""
    known = MetaData(schema=SCHEMA)
    return Tables(
        document=Table(
            f"document_{generation}",
            known,
            Column("title_id", BigInteger, primary_key=True, autoincrement=False),
            Column("version", BigInteger, nullable=False, index=True),
            Column("gone", Boolean, nullable=False),
            Column("added_on", Integer, nullable=False),
            Column("lent", Integer, nullable=False),
            Column("sort_name", LargeBinary, nullable=False),
            Column("digest", Text, nullable=False),
            Column("name", Text, nullable=False),
            Column("keywords", Text, nullable=False),
            *(Column(name, Text, nullable=False) for name in FACTS),
        ),
        vector=Table(
            f"vector_{generation}",
            known,
            Column("title_id", BigInteger, primary_key=True, autoincrement=False),
            Column("impacts", TSVECTOR, nullable=False),
            Column("names", TSVECTOR, nullable=False),
            Column("words", TSVECTOR, nullable=False),
            postgresql_with={"toast_tuple_target": 128},
        ),
        word=Table(
            f"word_{generation}",
            known,
            Column("word", Text(collation="C"), primary_key=True),
            Column("titles", Integer, nullable=False),
            Column("version", BigInteger, nullable=False, index=True),
        ),
    )
