"""Notes of changed titles, one for each host that keeps an index."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from database.base import CODE_LENGTH, Base

LONGEST_FAULT = 300


class IndexHost(Base):
    """A host with a search index of its own; one not seen for 7 days is dropped.

    All but the name is what its worker last told of its index, for the office to read.

    Attributes:
        seen_at: when its worker last told of itself.
        state: of the index, `search_index.engine.HealthState`; empty before the first look.
        fault: what is wrong, one sentence for the operator; empty while ready.
        documents: titles that can be found.
        position: id of the last note worked off.
        written: titles that a rebuild under way has written; None while there is none.
        checked_at: when all or a share of its files were last compared with their checksums.
        rebuilt_at: when it was last made anew.
        tidied_on: the last day its nightly tidying was done.
    """

    __tablename__ = "index_host"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    seen_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(CODE_LENGTH), default="")
    fault: Mapped[str] = mapped_column(String(LONGEST_FAULT), default="")
    documents: Mapped[int] = mapped_column(default=0)
    position: Mapped[int] = mapped_column(default=0)
    written: Mapped[int | None]
    checked_at: Mapped[datetime | None]
    rebuilt_at: Mapped[datetime | None]
    tidied_on: Mapped[date | None]


class TitleChange(Base):
    """A note, written with the change itself, that a title must be indexed anew on a host.

    No foreign key to the title: the note of a deleted title outlives it.
    """

    __tablename__ = "title_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    host_id: Mapped[int] = mapped_column(
        ForeignKey("index_host.id", ondelete="CASCADE"), index=True
    )
    title_id: Mapped[int]
    noted_at: Mapped[datetime]
