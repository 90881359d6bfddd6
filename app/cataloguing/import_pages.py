"""Imports asked for by a page: the list, sending a file, a job and its report."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.exceptions import NotFound
from wtforms import BooleanField, FileField, SelectField

from app.answers import earlier_answer, keep_answer
from app.cataloguing.reach import asked_page
from app.exports import csv_answer
from app.file_faults import sentence_of
from app.forms import Form
from app.import_jobs import (
    JOB_KIND,
    ImportWish,
    discard_file,
    keep_file,
    kept_path,
    plain_name,
    queue_import,
)
from app.labels import label
from app.security import requires
from app.sessions import session
from app.stock_words import IMPORT_KINDS
from app.visitor import actor
from catalogue.models.import_run import ImportKind, ImportRun
from catalogue.queries.import_reports import (
    all_lines,
    import_job,
    import_jobs,
    refused_lines,
    run_of,
)
from database.job_runs import JobRun, JobState
from database.unit_of_work import unit_of_work
from schools.models.media_centre import MediaCentre
from schools.queries.centres import centres_within
from schools.rules.imports import Outcome
from schools.rules.pages import last_page
from schools.rules.roles import Right, Scope

imports = Blueprint("imports", __name__, url_prefix="/catalogue/imports")

ROWS = 50
TONES = {
    JobState.DONE: "ok",
    JobState.REFUSED: "bad",
    JobState.FAILED: "bad",
    JobState.RUNNING: "info",
}
UNDER_WAY = frozenset({JobState.QUEUED, JobState.RUNNING})


@dataclass(frozen=True, slots=True)
class Shown:
    """An import as lists and its page show it.

    Attributes:
        counts: read and each outcome; None before it began.
        reason: why the whole file was refused; empty unless it was.
    """

    id: int
    kind: ImportKind
    file_name: str
    dry_run: bool
    state: JobState
    tone: str
    queued_at: datetime
    counts: dict[str, int] | None
    reason: str


class ImportForm(Form):
    """Which file, what it holds, and for whom."""

    kind = SelectField(lazy_gettext("What the file holds"))
    centre = SelectField(lazy_gettext("For which media centre"), coerce=int)
    file = FileField(lazy_gettext("File"))
    dry_run = BooleanField(lazy_gettext("only look first, change nothing"))

    def __init__(self, centres: Sequence[MediaCentre], **kwargs: Any) -> None:  # noqa: ANN401  # WTForms' own
        """Offer the kinds, and these centres."""
        super().__init__(**kwargs)
        self.kind.choices = [(kind.value, label(kind)) for kind in IMPORT_KINDS]
        self.centre.choices = [(centre.id, centre.name) for centre in centres]


@imports.get("")
@requires(Right.IMPORT)
def import_list() -> ResponseReturnValue:
    """List the imports within reach, with the form for another."""
    return _list_page(ImportForm(_centres(), formdata=None, dry_run=True))


@imports.post("")
@requires(Right.IMPORT)
def send_file() -> ResponseReturnValue:
    """Keep the file and queue its import."""
    form, sent = ImportForm(_centres()), request.files.get("file")
    valid = form.validate()
    if sent is None or not sent.filename:
        form.file.errors = [_("Choose a file first.")]
        valid = False
    if not valid or sent is None:
        return _list_page(form, 422)
    wish = ImportWish(
        kind=ImportKind(form.kind.data),
        stored_name=keep_file(sent.stream),
        file_name=plain_name(sent.filename or ""),
        centre_id=form.centre.data,
        dry_run=form.dry_run.data,
    )
    return _queue(wish)


@imports.get("/<int:job_id>")
@requires(Right.IMPORT)
def import_page(job_id: int) -> ResponseReturnValue:
    """Show how far an import is and what came of it; reloads itself until it is over."""
    job = _job(job_id)
    run, page = run_of(session(), _scope(), job_id), asked_page()
    lines, total = refused_lines(session(), _scope(), run, page, ROWS) if run else ((), 0)
    return render_template(
        "cataloguing/import.html",
        shown=_shown(job, run),
        done=job.done,
        running=JobState(job.state) in UNDER_WAY,
        refusals=[
            (each.number, each.key, sentence_of(each.reason, each.detail)) for each in lines
        ],
        total=total,
        page=page,
        last=last_page(total, ROWS),
        has_report=run is not None,
        can_apply=_can_apply(job),
    )


@imports.get("/<int:job_id>/report.csv")
@requires(Right.IMPORT)
def report(job_id: int) -> ResponseReturnValue:
    """Give the report of every record as a table."""
    job = _job(job_id)
    run = run_of(session(), _scope(), job_id)
    if run is None:
        raise NotFound
    rows = (
        (
            line.number,
            label(Outcome(line.outcome)),
            line.key,
            sentence_of(line.reason, line.detail) if line.reason else "",
        )
        for line in all_lines(session(), _scope(), run)
    )
    head = (_("Number"), _("Outcome"), _("Key"), _("Reason"))
    return csv_answer(f"import-{job.id}", head, rows)


@imports.post("/<int:job_id>/apply")
@requires(Right.IMPORT)
def apply(job_id: int) -> ResponseReturnValue:
    """Import for good what was only looked at."""
    job = _job(job_id)
    if not _can_apply(job) or job.centre_id is None:
        flash(_("The file is no longer kept. Send it once more."), "warning")
        return redirect(url_for("imports.import_page", job_id=job_id), 303)
    wish = ImportWish(
        kind=ImportKind(job.wish["kind"]),
        stored_name=job.wish["stored_name"],
        file_name=job.wish["file_name"],
        centre_id=job.centre_id,
        dry_run=False,
    )
    return _queue(wish)


def _queue(wish: ImportWish) -> ResponseReturnValue:
    with unit_of_work(session()):
        answer = earlier_answer()
        repeated = answer is not None
        if answer is None:
            answer = {"job": queue_import(wish, actor()), "stored": wish.stored_name}
            keep_answer(answer)
    if repeated and answer["stored"] != wish.stored_name:
        discard_file(wish.stored_name)
    return redirect(url_for("imports.import_page", job_id=answer["job"]), 303)


def _scope() -> Scope:
    return actor().scope(Right.IMPORT)


def _centres() -> Sequence[MediaCentre]:
    return centres_within(session(), _scope())


def _job(job_id: int) -> JobRun:
    job = import_job(session(), _scope(), JOB_KIND, job_id)
    if job is None:
        raise NotFound
    return job


def _can_apply(job: JobRun) -> bool:
    looked_at = JobState(job.state) is JobState.DONE and job.wish["dry_run"]
    return bool(looked_at) and kept_path(job.wish["stored_name"]).exists()


def _list_page(form: ImportForm, status: int = 200) -> tuple[str, int]:
    page = asked_page()
    jobs, total = import_jobs(session(), _scope(), JOB_KIND, page, ROWS)
    shown = render_template(
        "cataloguing/imports.html",
        form=form,
        jobs=[_shown(job) for job in jobs],
        page=page,
        last=last_page(total, ROWS),
    )
    return shown, status


def _shown(job: JobRun, run: ImportRun | None = None) -> Shown:
    state, result = JobState(job.state), job.result
    source: dict[str, Any] = result
    if run is not None:
        source = {name: getattr(run, name) for name in ("read", *Outcome)}
    fault = str(result.get("fault", ""))
    return Shown(
        id=job.id,
        kind=ImportKind(job.wish["kind"]),
        file_name=job.wish["file_name"],
        dry_run=job.wish["dry_run"],
        state=state,
        tone=TONES.get(state, ""),
        queued_at=job.queued_at,
        counts={name: source[name] for name in ("read", *Outcome)} if "read" in source else None,
        reason=sentence_of(fault, str(result.get("detail", ""))) if fault else "",
    )
