"""Notes of changed titles, one for each host that keeps an index."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base


class IndexHost(Base):
    """A host with a search index of its own; one not seen for 7 days is dropped."""

    __tablename__ = "index_host"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    seen_at: Mapped[datetime]


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
