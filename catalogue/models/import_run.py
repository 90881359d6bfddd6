"""Imports: what came in, what changed, what was refused and why, record by record."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from database.base import CODE_LENGTH, Base
from schools.rules.imports import Outcome


class ImportKind(StrEnum):
    """What a file holds."""

    SCHOOLS = "schools"
    MARC = "marc"
    TITLES = "titles"
    COPIES = "copies"
    GROUPS = "groups"


class ImportRun(Base):
    """One import of one file, by page or command; `job_id` names its job if it had one.

    `refused_whole` is the reason code of a file that could not be read at all.
    """

    __tablename__ = "import_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ImportKind]
    file_name: Mapped[str] = mapped_column(String(300))
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("media_centre.id"), index=True)
    account_id: Mapped[int | None]
    job_id: Mapped[int | None] = mapped_column(index=True)
    dry_run: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    read: Mapped[int] = mapped_column(default=0)
    imported: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    same: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    refused_whole: Mapped[str | None] = mapped_column(String(CODE_LENGTH))


class ImportLine(Base):
    """What became of one record; `number` counts records or lines of the file from 1."""

    __tablename__ = "import_line"

    run_id: Mapped[int] = mapped_column(
        ForeignKey("import_run.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    outcome: Mapped[Outcome]
    key: Mapped[str] = mapped_column(String(120), default="")
    reason: Mapped[str] = mapped_column(String(CODE_LENGTH), default="")
    detail: Mapped[str] = mapped_column(String(300), default="")
