"""A file comes in chunk by chunk; every record is reported, and nothing happens twice."""

import gzip
from hashlib import sha256
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import imports
from app.import_jobs import (
    ImportWish,
    discard_file,
    keep_file,
    kept_path,
    plain_name,
    queue_import,
)
from app.imports import ImportOrder, ImportReport, run_import
from app.job_kinds import JOB_KINDS
from app.jobs import run_next_job
from app.sessions import session as current_session
from catalogue.models.import_run import ImportKind, ImportLine, ImportRun
from catalogue.models.title import Title
from database.audit import AuditEntry
from database.job_runs import JobRun, JobState
from database.unit_of_work import unit_of_work
from schools.formats.delimited import FileFault, NotReadableError
from schools.models.institution import Institution
from schools.operations.import_schools import SchoolRefusal
from schools.rules.imports import Outcome
from schools.rules.roles import SYSTEM, Actor, Role
from tests.make import Make

pytestmark = pytest.mark.both_stores

TITLES = """Kennung;Titel;Medienart;Fach
A1;Der Wald;Film (DVD, Blu-ray);Biologie
A2;Das Meer;Film (DVD, Blu-ray);Erdkunde
A3;;Film (DVD, Blu-ray);
A4;Die Uhr;Sonnenuhr;
"""
COPIES = """Kennung;Barcode;Wert
A1;MZ-000001;12,50
A2;;
A9;MZ-000009;
"""
SCHOOL_HEAD = (
    "Schulnummer;Schulform;Schulbezeichnung_1;PLZ;Ort;Gemeindeschluessel;"
    "Schulbetriebsschluessel;Schulbetriebsdatum;\n"
)
SCHOOL = "990001;20;Gymnasium am Fluss;50667;Köln;05315000;1;01.08.1980;\n"
MARCXML = """<?xml version="1.0"?><collection xmlns="http://www.loc.gov/MARC21/slim">
<record><leader>00000cam a2200000 c 4500</leader><controlfield tag="001">77</controlfield>
<controlfield tag="003">DE-605</controlfield>
<datafield tag="245" ind1="0" ind2="0"><subfield code="a">Blätter</subfield></datafield></record>
<record><leader>00000dam a2200000 c 4500</leader><controlfield tag="001">78</controlfield>
<datafield tag="245" ind1="0" ind2="0"><subfield code="a">Fort</subfield></datafield></record>
</collection>"""


@pytest.fixture
def staff(make: Make) -> Actor:
    return make.actor(Role.STAFF)


def write(folder: Path, text: str, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def imported(
    app: Flask, kind: ImportKind, path: Path, by: Actor, *, dry_run: bool = False
) -> ImportReport:
    centre_id = min(by.centre_ids(), default=None)
    with app.app_context():
        order = ImportOrder(kind, path, path.name, centre_id, dry_run)
        return run_import(order, by, lambda done, total: None)


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    assert report.read == report.imported + report.changed + report.same + report.refused
    return report.imported, report.changed, report.same, report.refused


def count(session: Session, kind: type[object]) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(kind)) or 0


def test_each_record_comes_to_one_outcome_and_a_repeat_changes_nothing(
    app: Flask, tmp_path: Path, staff: Actor
) -> None:
    path = write(tmp_path, TITLES)
    first = imported(app, ImportKind.TITLES, path, staff)
    assert counts(first) == (2, 0, 0, 2)
    assert [(number, reason) for number, reason, _ in first.refusals] == [
        (4, "no_name"),
        (5, "unknown_media_type"),
    ]
    assert counts(imported(app, ImportKind.TITLES, path, staff)) == (0, 0, 2, 2)


def test_a_changed_line_is_changed(app: Flask, tmp_path: Path, staff: Actor) -> None:
    imported(app, ImportKind.TITLES, write(tmp_path, TITLES), staff)
    changed = write(tmp_path, TITLES.replace("Das Meer", "Das Mittelmeer"))
    assert counts(imported(app, ImportKind.TITLES, changed, staff)) == (0, 1, 1, 2)


def test_copies_follow_their_titles(app: Flask, tmp_path: Path, staff: Actor) -> None:
    imported(app, ImportKind.TITLES, write(tmp_path, TITLES), staff)
    path = write(tmp_path, COPIES, "copies.csv")
    assert counts(imported(app, ImportKind.COPIES, path, staff)) == (2, 0, 0, 1)
    assert counts(imported(app, ImportKind.COPIES, path, staff)) == (0, 0, 2, 1)


def test_marc_records_come_in_and_deleted_ones_are_refused(
    app: Flask, tmp_path: Path, staff: Actor, session: Session
) -> None:
    path = write(tmp_path, MARCXML, "records.xml")
    assert counts(imported(app, ImportKind.MARC, path, staff)) == (1, 0, 0, 1)
    assert counts(imported(app, ImportKind.MARC, path, staff)) == (0, 0, 1, 1)
    session.rollback()
    assert session.scalars(select(Title.name)).all() == ["Blätter"]


def test_schools_come_in_and_a_school_of_another_centre_is_left_to_it(
    app: Flask, tmp_path: Path, staff: Actor, make: Make, session: Session
) -> None:
    path = write(tmp_path, "sep=;\n" + SCHOOL_HEAD + SCHOOL)
    assert counts(imported(app, ImportKind.SCHOOLS, path, staff)) == (1, 0, 0, 0)
    session.rollback()
    school = session.scalars(select(Institution).where(Institution.number == "990001")).one()
    school.centre_id = make.centre().id
    session.commit()
    renamed = write(tmp_path, SCHOOL_HEAD + SCHOOL.replace("am Fluss", "am See"))
    report = imported(app, ImportKind.SCHOOLS, renamed, staff)
    assert report.refusals == ((2, SchoolRefusal.OTHER_CENTRE.value, ""),)
    assert counts(imported(app, ImportKind.SCHOOLS, renamed, SYSTEM)) == (0, 1, 0, 0)


def test_a_dry_run_reports_the_same_and_changes_nothing(
    app: Flask, tmp_path: Path, staff: Actor, session: Session
) -> None:
    path = write(tmp_path, TITLES)
    tried = imported(app, ImportKind.TITLES, path, staff, dry_run=True)
    assert counts(tried) == (2, 0, 0, 2)
    assert count(session, Title) == 0
    assert counts(imported(app, ImportKind.TITLES, path, staff)) == counts(tried)


def test_every_record_is_in_the_report_and_the_run_in_the_log(
    app: Flask, tmp_path: Path, staff: Actor, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "CHUNK", 1)
    report = imported(app, ImportKind.TITLES, write(tmp_path, TITLES), staff)
    session.rollback()
    lines = session.execute(
        select(ImportLine.number, ImportLine.outcome)
        .where(ImportLine.run_id == report.run_id)
        .order_by(ImportLine.number)
    )
    assert [tuple(line) for line in lines] == [
        (2, Outcome.IMPORTED),
        (3, Outcome.IMPORTED),
        (4, Outcome.REFUSED),
        (5, Outcome.REFUSED),
    ]
    entries = session.scalars(select(AuditEntry).where(AuditEntry.act == "import_titles")).all()
    assert [(entry.account_id, entry.after["imported"]) for entry in entries] == [
        (staff.account_id, 2)
    ]


def test_a_file_that_is_not_what_it_claims_is_refused_whole_with_its_reason(
    app: Flask, tmp_path: Path, staff: Actor, session: Session
) -> None:
    with pytest.raises(NotReadableError) as raised:
        imported(app, ImportKind.TITLES, write(tmp_path, ""), staff)
    assert raised.value.reason is FileFault.EMPTY
    session.rollback()
    run = session.scalars(select(ImportRun)).one()
    assert (run.refused_whole, run.read, run.finished_at is None) == ("empty", 0, False)


def test_what_came_before_the_damage_stays(
    app: Flask, tmp_path: Path, staff: Actor, session: Session
) -> None:
    head, record = MARCXML.split("<record>")[:2]
    records = [
        record.replace(">77<", f">{number}<").replace(
            "Blätter", sha256(b"%d" % number).hexdigest()
        )
        for number in range(900)
    ]
    packed = gzip.compress("<record>".join([head, *records, "</collection>"]).encode())
    path = tmp_path / "cut.xml.gz"
    path.write_bytes(packed[: len(packed) * 9 // 10])
    with pytest.raises(NotReadableError):
        imported(app, ImportKind.MARC, path, staff)
    kept = count(session, Title)
    assert 500 < kept < 900
    run = session.scalars(select(ImportRun)).one()
    assert (run.imported, run.refused_whole) == (kept, "broken_archive")


def test_a_job_does_the_import_and_throws_the_file_away(
    app: Flask, tmp_path: Path, staff: Actor, session: Session
) -> None:
    job_id, stored = queued(app, session, tmp_path, staff, dry_run=False)
    with app.app_context():
        assert run_next_job(JOB_KINDS)
        assert not kept_path(stored).exists()
    job = session.get_one(JobRun, job_id)
    assert (job.state, job.result["imported"], job.result["refused"]) == (JobState.DONE, 2, 2)


def test_the_file_of_a_dry_run_is_kept_for_the_import(
    app: Flask, tmp_path: Path, staff: Actor, session: Session
) -> None:
    _, stored = queued(app, session, tmp_path, staff, dry_run=True)
    with app.app_context():
        run_next_job(JOB_KINDS)
        assert kept_path(stored).exists()
        discard_file(stored)
    assert count(session, Title) == 0


def test_a_job_taken_up_after_a_crash_starts_its_report_anew(
    app: Flask,
    tmp_path: Path,
    staff: Actor,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(imports, "CHUNK", 1)
    job_id, _ = queued(app, session, tmp_path, staff, dry_run=False)
    broken = ImportRun(
        kind=ImportKind.TITLES,
        file_name="x",
        centre_id=min(staff.centre_ids()),
        job_id=job_id,
        started_at=session.get_one(JobRun, job_id).queued_at,
        read=1,
        imported=1,
    )
    session.add(broken)
    session.flush()
    session.add(ImportLine(run_id=broken.id, number=2, outcome=Outcome.IMPORTED))
    session.commit()
    with app.app_context():
        run_next_job(JOB_KINDS)
    session.rollback()
    run = session.scalars(select(ImportRun).where(ImportRun.job_id == job_id)).one()
    assert (run.read, run.imported + run.same, run.refused) == (4, 2, 2)
    assert count(session, ImportLine) == 4


def test_a_job_whose_file_is_gone_says_so(
    app: Flask, tmp_path: Path, staff: Actor, session: Session
) -> None:
    job_id, stored = queued(app, session, tmp_path, staff, dry_run=False)
    with app.app_context():
        discard_file(stored)
        run_next_job(JOB_KINDS)
    job = session.get_one(JobRun, job_id)
    assert (job.state, job.result) == (JobState.REFUSED, {"fault": "file_gone"})


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("C:\\fakepath\\titel.csv", "titel.csv"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nb\x1b[31m.csv", "ab[31m.csv"),
        ("", "?"),
    ],
)
def test_a_files_name_is_only_a_name(sent: str, kept: str) -> None:
    assert plain_name(sent) == kept


def queued(
    app: Flask, session: Session, folder: Path, by: Actor, *, dry_run: bool
) -> tuple[int, str]:
    session.rollback()
    with app.app_context():
        with write(folder, TITLES).open("rb") as stream:
            stored = keep_file(stream)
        wish = ImportWish(
            ImportKind.TITLES, stored, "titel.csv", min(by.centre_ids()), dry_run=dry_run
        )
        with unit_of_work(current_session()):
            return queue_import(wish, by), stored
