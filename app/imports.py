"""Import a file: chunk by chunk, each chunk one unit of work, every record reported.

Commands call `run_import` themselves; pages queue a job, and the worker calls it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.sessions import session
from app.today import now
from catalogue.formats.copy_table import read_copies
from catalogue.formats.group_table import GroupRecord, read_groups
from catalogue.formats.marc import read_marc
from catalogue.formats.records import CopyRecord, RefusedRecord, TitleRecord
from catalogue.formats.title_table import read_titles
from catalogue.formats.unpacked import open_unpacked
from catalogue.models.import_run import ImportKind, ImportLine, ImportRun
from catalogue.operations.import_copies import import_copies
from catalogue.operations.import_groups import import_groups
from catalogue.operations.import_titles import import_titles
from database.audit import Change, Subject, record
from database.unit_of_work import unit_of_work
from schools.formats.delimited import NotReadableError, RefusedRow
from schools.formats.school_file import SchoolRecord, read_schools
from schools.operations.import_schools import import_schools
from schools.rules.imports import Outcome, Taken
from schools.rules.roles import Actor, Right

CHUNK = 200
"""Records a unit of work; small, so that the desk never waits long for the write lock."""

Record = SchoolRecord | TitleRecord | CopyRecord | GroupRecord
Refused = RefusedRow | RefusedRecord
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """What to import.

    Attributes:
        kind: what the file holds.
        path: where it lies.
        file_name: as its sender called it, for the report.
        centre_id: whose titles or copies they are, and who may see the report; None only by
            command: schools, groups, or titles that are to be in nobody's offer.
        dry_run: look at everything, change nothing.
        job_id: the job that does it, if one does.
    """

    kind: ImportKind
    path: Path
    file_name: str
    centre_id: int | None = None
    dry_run: bool = False
    job_id: int | None = None


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came of it; `read` is the sum of the four others.

    Attributes:
        run_id: the row whose page shows every record.
        refusals: number of the record, code of the reason, and detail.
    """

    run_id: int
    read: int
    imported: int
    changed: int
    same: int
    refused: int
    refusals: tuple[tuple[int, str, str], ...]


def run_import(order: ImportOrder, by: Actor, progress: Progress) -> ImportReport:
    """Import a file; a second run changes nothing, and a run that broke off can be repeated.

    Args:
        order: what to import.
        by: who asked; a school that another centre serves is refused to a centre's staff.
        progress: told after each chunk how many records are done.

    Raises:
        NotReadableError: the file, or the rest of it, is not what it claims; what was imported
            before stays, and the report keeps the reason.
    """
    run_id = _begin(order, by)
    try:
        with _records(order) as records:
            for chunk in _chunks(records):
                _import_chunk(order, by, run_id, chunk)
                progress(_done(run_id), None)
    except NotReadableError as error:
        _end(run_id, by, refused_whole=str(error.reason))
        raise
    _end(run_id, by)
    return report_of(run_id)


def report_of(run_id: int) -> ImportReport:
    """Read what came of a run."""
    run = session().get_one(ImportRun, run_id)
    query = (
        select(ImportLine)
        .where(ImportLine.run_id == run_id, ImportLine.outcome == Outcome.REFUSED)
        .order_by(ImportLine.number)
    )
    refusals = tuple((row.number, row.reason, row.detail) for row in session().scalars(query))
    return ImportReport(
        run_id, run.read, run.imported, run.changed, run.same, run.refused, refusals
    )


def _begin(order: ImportOrder, by: Actor) -> int:
    with unit_of_work(session()):
        if order.job_id is not None:  # an earlier try of the same job broke off
            session().execute(delete(ImportRun).where(ImportRun.job_id == order.job_id))
        run = ImportRun(
            kind=order.kind,
            file_name=order.file_name[:300],
            centre_id=order.centre_id,
            account_id=by.account_id,
            job_id=order.job_id,
            dry_run=order.dry_run,
            started_at=now(),
        )
        session().add(run)
        session().flush()
        return run.id


@contextmanager
def _records(order: ImportOrder) -> Iterator[Iterable[Record | Refused]]:
    if order.kind is ImportKind.SCHOOLS:
        with order.path.open("rb") as stream:
            yield read_schools(stream)
    elif order.kind is ImportKind.MARC:
        with open_unpacked(order.path) as stream:
            yield read_marc(stream)
    elif order.kind is ImportKind.TITLES:
        yield read_titles(order.path, f"table-{order.centre_id}")
    elif order.kind is ImportKind.GROUPS:
        yield read_groups(order.path)
    else:
        yield read_copies(order.path)


def _chunks(records: Iterable[Record | Refused]) -> Iterator[Sequence[Record | Refused]]:
    """Yield the records a chunk at a time; those before damage come before its error."""
    chunk: list[Record | Refused] = []
    try:
        for entry in records:
            chunk.append(entry)
            if len(chunk) == CHUNK:
                yield chunk
                chunk = []
    except NotReadableError:
        if chunk:
            yield chunk
        raise
    if chunk:
        yield chunk


def _import_chunk(
    order: ImportOrder, by: Actor, run_id: int, chunk: Sequence[Record | Refused]
) -> None:
    if order.dry_run:
        taken = _tried(order, by, chunk)
        with unit_of_work(session()):
            _report(run_id, taken)
        return
    with unit_of_work(session()):
        _report(run_id, _taken(session(), order, by, chunk))


def _tried(order: ImportOrder, by: Actor, chunk: Sequence[Record | Refused]) -> list[Taken]:
    """Do the work outside a unit of work, and let it go."""
    session().rollback()
    session().connection(execution_options={"writes": True})
    try:
        return _taken(session(), order, by, chunk)
    finally:
        session().rollback()


def _taken(
    opened: Session, order: ImportOrder, by: Actor, chunk: Sequence[Record | Refused]
) -> list[Taken]:
    good = [entry for entry in chunk if not isinstance(entry, RefusedRow | RefusedRecord)]
    taken = _IMPORTERS[order.kind](opened, order, by, good)
    opened.flush()
    bad = [
        Taken(
            entry.number,
            getattr(entry, "key", ""),
            Outcome.REFUSED,
            str(entry.reason),
            entry.detail[:300],
        )
        for entry in chunk
        if isinstance(entry, RefusedRow | RefusedRecord)
    ]
    return sorted([*taken, *bad], key=lambda entry: entry.number)


def _schools(
    opened: Session, _order: ImportOrder, by: Actor, records: Sequence[Any]
) -> list[Taken]:
    return import_schools(opened, records, by.scope(Right.IMPORT))


def _titles(
    opened: Session, order: ImportOrder, _by: Actor, records: Sequence[Any]
) -> list[Taken]:
    return import_titles(opened, records, order.centre_id, now())


def _copies(
    opened: Session, order: ImportOrder, _by: Actor, records: Sequence[Any]
) -> list[Taken]:
    if order.centre_id is None:
        raise ValueError("copies are imported for a centre")
    return import_copies(opened, records, order.centre_id, now())


def _groups(
    opened: Session, _order: ImportOrder, _by: Actor, records: Sequence[Any]
) -> list[Taken]:
    return import_groups(opened, records)


_IMPORTERS: Mapping[ImportKind, Callable[[Session, ImportOrder, Actor, Any], list[Taken]]] = {
    ImportKind.SCHOOLS: _schools,
    ImportKind.MARC: _titles,
    ImportKind.TITLES: _titles,
    ImportKind.COPIES: _copies,
    ImportKind.GROUPS: _groups,
}


def _report(run_id: int, taken: Sequence[Taken]) -> None:
    run = session().get_one(ImportRun, run_id)
    run.read += len(taken)
    for entry in taken:
        setattr(run, entry.outcome.value, getattr(run, entry.outcome.value) + 1)
    session().add_all(
        ImportLine(
            run_id=run_id,
            number=entry.number,
            outcome=entry.outcome,
            key=entry.key[:120],
            reason=entry.reason,
            detail=entry.detail,
        )
        for entry in taken
    )


def _done(run_id: int) -> int:
    done = session().scalar(select(ImportRun.read).where(ImportRun.id == run_id)) or 0
    session().rollback()
    return done


def _end(run_id: int, by: Actor, refused_whole: str | None = None) -> None:
    with unit_of_work(session()):
        run = session().get_one(ImportRun, run_id)
        run.finished_at = now()
        run.refused_whole = refused_whole
        counts = {name.value: getattr(run, name.value) for name in Outcome}
        subject = Subject("import_run", run.id, centre_id=run.centre_id)
        change = Change(f"import_{run.kind}", after=counts | {"dry_run": run.dry_run})
        record(session(), by, subject, change, now())
