"""Imports asked for by a page: the file is kept until the worker has done the job."""

import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from app.file_faults import KeptFileFault
from app.imports import ImportOrder, ImportReport, run_import
from app.jobs import Job, JobRefusedError, Progress, queue_job
from app.settings import current_settings
from catalogue.models.import_run import ImportKind
from schools.formats.delimited import NotReadableError
from schools.rules.roles import Actor, Grant, Right, Role

JOB_KIND = "import"
FOLDER = "imports"
PIECE = 1 << 20
OWNER_ONLY_FOLDER = 0o700
OWNER_ONLY_FILE = 0o600
LONGEST_FILE_NAME = 200
KEPT_SECONDS = 7 * 24 * 3600
"""A file that was looked at and never imported is thrown away after a week."""


@dataclass(frozen=True, slots=True)
class ImportWish:
    """What a page asks for.

    Attributes:
        kind: what the file holds.
        stored_name: of the file, as `keep_file` gave it.
        file_name: as its sender called it.
        centre_id: whose import it is, and who may see it.
        dry_run: look at everything, change nothing.
    """

    kind: ImportKind
    stored_name: str
    file_name: str
    centre_id: int
    dry_run: bool


def keep_file(stream: IO[bytes]) -> str:
    """Write an upload to the folder of imports, outside a unit of work; returns its new name."""
    name = secrets.token_hex(16)
    path = kept_path(name)
    path.parent.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
    _discard_old(path.parent)
    path.touch(mode=OWNER_ONLY_FILE, exist_ok=False)
    with path.open("wb") as kept:
        while piece := stream.read(PIECE):
            kept.write(piece)
    return name


def kept_path(stored_name: str) -> Path:
    """Return where a kept file lies; a name never leads out of the folder."""
    return current_settings().uploads_folder / FOLDER / Path(stored_name).name


def discard_file(stored_name: str) -> None:
    """Throw a kept file away, if it is there."""
    kept_path(stored_name).unlink(missing_ok=True)


def plain_name(file_name: str) -> str:
    """Return a file's name without folders and unprintable characters, for the report."""
    last = file_name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(filter(str.isprintable, last))[:LONGEST_FILE_NAME] or "?"


def queue_import(wish: ImportWish, by: Actor) -> int:
    """Ask for an import inside the view's unit of work; returns the job's id.

    How far the right of whoever asks reaches is written down with the wish.
    """
    facts = {
        "kind": wish.kind.value,
        "stored_name": wish.stored_name,
        "file_name": wish.file_name,
        "dry_run": wish.dry_run,
        "everything": by.scope(Right.IMPORT).everything,
    }
    return queue_job(JOB_KIND, facts, by, wish.centre_id)


def run_import_job(job: Job, progress: Progress) -> dict[str, Any]:
    """Import the kept file; after a dry run it stays, so that the import can follow.

    Raises:
        JobRefusedError: the file is not what it claims, or is gone.
    """
    path = kept_path(job.wish["stored_name"])
    order = ImportOrder(
        kind=ImportKind(job.wish["kind"]),
        path=path,
        file_name=job.wish["file_name"],
        centre_id=job.centre_id,
        dry_run=job.wish["dry_run"],
        job_id=job.id,
    )
    if not path.exists():
        raise JobRefusedError({"fault": KeptFileFault.GONE.value})
    try:
        report = run_import(order, _actor(job), progress)
    except NotReadableError as error:
        discard_file(path.name)
        raise JobRefusedError({"fault": str(error.reason), "detail": error.detail}) from error
    if not order.dry_run:
        discard_file(path.name)
    return _counts(report)


def _discard_old(folder: Path) -> None:
    oldest = time.time() - KEPT_SECONDS
    for path in folder.iterdir():
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


def _actor(job: Job) -> Actor:
    """Return whoever asked, with the reach written down then."""
    everything: bool = job.wish["everything"]
    grant = Grant(Role.SYSTEM_ADMIN) if everything else Grant(Role.STAFF, job.centre_id)
    return Actor(job.account_id, None, "", (grant,))


def _counts(report: ImportReport) -> dict[str, Any]:
    return {
        "run_id": report.run_id,
        "read": report.read,
        "imported": report.imported,
        "changed": report.changed,
        "same": report.same,
        "refused": report.refused,
    }
