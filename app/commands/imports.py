"""`medienbruecke import`: schools, MARC records, tables of titles, copies and subject groups."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click
from flask_babel import force_locale
from sqlalchemy import select

from app.commands.running import application, refuse
from app.file_faults import sentence_of
from app.imports import ImportOrder, ImportReport, run_import
from app.sessions import session
from app.store import prepare_store
from catalogue.models.import_run import ImportKind
from schools.formats.delimited import NotReadableError
from schools.models.media_centre import MediaCentre
from schools.rules.roles import SYSTEM

SHOWN_REFUSALS = 20


@click.command("import")
@click.argument("kind", type=click.Choice([kind.value for kind in ImportKind]))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Look at every record, change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--centre", default="", help="Code of the centre; the oldest if left out.")
def import_file(*, kind: str, file: Path, dry_run: bool, as_json: bool, centre: str) -> None:
    """Import FILE; a second run changes nothing."""
    if not file.is_file():
        raise refuse(f"There is no file {file}.")
    with application(), force_locale("en"):
        prepare_store()
        wanted = ImportKind(kind)
        order = ImportOrder(wanted, file, file.name, _centre_id(wanted, centre), dry_run)
        try:
            report = run_import(order, SYSTEM, _show_progress)
        except NotReadableError as error:
            raise refuse(f"{file.name}: {sentence_of(error.reason, error.detail)}") from error
        click.echo(_as_json(report) if as_json else _as_text(report, dry_run=dry_run))


def _centre_id(kind: ImportKind, code: str) -> int | None:
    """Return the centre whose matter it is; None for what is everybody's, or without a centre."""
    if kind in {ImportKind.SCHOOLS, ImportKind.GROUPS}:
        return None
    query = select(MediaCentre.id).order_by(MediaCentre.id).limit(1)
    found = session().scalar(query.where(MediaCentre.code == code) if code else query)
    session().rollback()
    if found is None and code:
        raise refuse(f"There is no centre with the code {code}.")
    if found is None and kind is ImportKind.COPIES:
        raise refuse("There is no centre yet; copies belong to one.")
    return found


def _show_progress(done: int, _total: int | None) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{done} …", nl=False, err=True)


def _as_json(report: ImportReport) -> str:
    values = asdict(report) | {
        "refusals": [
            {"number": number, "reason": reason, "sentence": sentence_of(reason, detail)}
            for number, reason, detail in report.refusals
        ]
    }
    return json.dumps(values, ensure_ascii=False, indent=2)


def _as_text(report: ImportReport, *, dry_run: bool) -> str:
    counts = ("imported", "changed", "same", "refused")
    lines = [f"read {report.read}: " + ", ".join(f"{n} {getattr(report, n)}" for n in counts)]
    if dry_run:
        lines.append("dry run: nothing was changed")
    lines += [
        f"  {number}: {sentence_of(reason, detail)}"
        for number, reason, detail in report.refusals[:SHOWN_REFUSALS]
    ]
    if len(report.refusals) > SHOWN_REFUSALS:
        lines.append(f"  … and {len(report.refusals) - SHOWN_REFUSALS} more; --json lists all")
    return "\n".join(lines)
