"""Without connection: a list kept by hand is looked through first, then entered once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.answers import earlier_answer, keep_answer
from app.desk.answering import branch_of
from app.desk.forms import OfflineForm
from app.desk.offline_file import (
    COLUMNS,
    LARGEST_BYTES,
    BadLine,
    OfflineLine,
    read_offline_list,
)
from app.desk.page import chosen_counter
from app.desk.words import said
from app.exports import csv_answer
from app.file_faults import sentence_of
from app.security import requires
from app.sessions import session
from app.today import HOUSE_TIME, now
from app.visitor import actor
from database.unit_of_work import unit_of_work
from loans.models.desk_session import DeskMode, DeskScan, ScanOutcome
from loans.operations.replay import Counter, Noted, begin_replay, end_replay, replay
from loans.queries.desk import counters, current_desk
from loans.queries.late_scans import Entered, entered_at, late_lines
from loans.rules.late_scans import OLDEST
from schools.formats.delimited import NotReadableError
from schools.rules.roles import Right

desk_offline = Blueprint("desk_offline", __name__, url_prefix="/desk/offline")

TONES = {
    ScanOutcome.DONE: "ok",
    ScanOutcome.AGAIN: "warn",
    ScanOutcome.QUESTION: "warn",
    ScanOutcome.REFUSED: "bad",
}


@dataclass(frozen=True, slots=True)
class Reported:
    """What came of a line, or would come of it."""

    number: int
    code: str
    tone: str
    sentence: str


@desk_offline.get("")
@requires(Right.LEND)
def offline() -> ResponseReturnValue:
    """Say what to do without connection, and what of it is still to be done."""
    return _page()


@desk_offline.get("/list.csv")
@requires(Right.LEND)
def template() -> ResponseReturnValue:
    """Give the empty list."""
    return csv_answer(str(_("Offline list")), [names[0] for names in COLUMNS.values()], [])


@desk_offline.post("/try")
@requires(Right.LEND)
def look_through() -> ResponseReturnValue:
    """Try a list without changing anything, and report line by line."""
    form = OfflineForm()
    sent = request.files.get("list")
    content = b"" if sent is None else sent.stream.read(LARGEST_BYTES + 1)
    read = _read(form, content)
    if read is None:
        return _page(form), 422
    lines, bad = read
    counter = Counter(branch_of(form.branch.data), actor(), now())
    reported = sorted([*_bad(bad), *_tried(lines, counter)], key=lambda each: each.number)
    table = content.decode("utf-8", "replace")
    return _page(form, reported=reported, table=table, branch_id=counter.branch_id)


@desk_offline.post("/enter")
@requires(Right.LEND)
def enter() -> ResponseReturnValue:
    """Enter a list that was looked through, each line once, in the order of its times."""
    form = OfflineForm()
    content = (form.table.data or "").encode()
    read = _read(form, content)
    if read is None:
        return _page(form), 422
    lines, bad = read
    counter = Counter(branch_of(form.branch.data), actor(), now())
    if not _begun(counter):
        flash(_("This list was entered already."), "warning")
        return redirect(url_for("desk_offline.offline"), 303)
    entered = list(_entered(lines, counter))
    reported = sorted([*_bad(bad), *entered], key=lambda each: each.number)
    return _page(reported=reported, done=True)


def _read(
    form: OfflineForm, content: bytes
) -> tuple[Sequence[OfflineLine], Sequence[BadLine]] | None:
    """Return the lines of a list, and those that cannot be read; None with the fault noted."""
    if not form.validate() or len(content) > LARGEST_BYTES:
        form.list.errors = [_("Choose a list of at most 200 kB.")]
        return None
    try:
        return read_offline_list(BytesIO(content), now())
    except NotReadableError as error:
        form.list.errors = [sentence_of(str(error.reason), error.detail)]
        return None


def _begun(counter: Counter) -> bool:
    """Open the list's own session, once for each key."""
    with unit_of_work(session()):
        if earlier_answer() is not None:
            return False
        begin_replay(session(), counter)
        keep_answer({"entered": counter.now.isoformat()})
    return True


def _entered(lines: Sequence[OfflineLine], counter: Counter) -> Iterator[Reported]:
    """Enter each line in a unit of work of its own: a list must not keep other desks waiting."""
    for line, is_new in _told_apart(session(), lines, counter):
        if not is_new:
            yield _again(line)
            continue
        with unit_of_work(session()):
            reported = _report(line, replay(session(), _noted(line), counter))
        yield reported
    with unit_of_work(session()):
        end_replay(session(), counter)


def _tried(lines: Sequence[OfflineLine], counter: Counter) -> list[Reported]:
    """Do the work outside a unit of work, and let it go."""
    opened = session()
    opened.rollback()
    opened.connection(execution_options={"writes": True})
    try:
        begin_replay(opened, counter)
        return [
            _report(line, replay(opened, _noted(line), counter)) if is_new else _again(line)
            for line, is_new in _told_apart(opened, lines, counter)
        ]
    finally:
        opened.rollback()


def _told_apart(
    opened: Session, lines: Sequence[OfflineLine], counter: Counter
) -> list[tuple[OfflineLine, bool]]:
    """Return each line, and whether it is neither in the log already nor twice in the list."""
    since = counter.now - OLDEST - timedelta(days=1)
    known = entered_at(opened, actor().scope(Right.LEND), counter.branch_id, since)
    seen: set[tuple[Entered, DeskMode]] = set()
    told = []
    for line in lines:
        entered = Entered(line.at, line.code)
        told.append((line, entered not in known and (entered, line.mode) not in seen))
        seen.add((entered, line.mode))
    return told


def _noted(line: OfflineLine) -> Noted:
    day = line.at.astimezone(HOUSE_TIME).date()
    return Noted(line.at, day, line.person, line.code, line.mode)


def _report(line: OfflineLine, row: DeskScan) -> Reported:
    return Reported(line.number, line.code, TONES[row.outcome], said(row))


def _again(line: OfflineLine) -> Reported:
    return Reported(line.number, line.code, "warn", str(_("This was entered before.")))


def _bad(lines: Sequence[BadLine]) -> list[Reported]:
    return [Reported(each.number, each.code, "bad", each.sentence) for each in lines]


def _page(
    form: OfflineForm | None = None,
    *,
    reported: Sequence[Reported] = (),
    table: str = "",
    branch_id: int = 0,
    done: bool = False,
) -> str:
    by = actor()
    scope = by.scope(Right.LEND)
    known = counters(session(), scope)
    desk = current_desk(session(), by.account_id, now())
    rows = late_lines(session(), scope, by.account_id, now() - OLDEST)
    return render_template(
        "desk/offline.html",
        form=form or OfflineForm(formdata=None),
        counters=known,
        branch_id=branch_id or chosen_counter(known, None, desk),
        reported=reported,
        table=table,
        done=done,
        columns=[names[0] for names in COLUMNS.values()],
        undone=[(row.scanned_at, row.scanned, said(row)) for row in rows],
    )
