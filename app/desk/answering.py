"""How the desk answers: one line of its log, as a page, a fragment for our script, or JSON."""

from collections.abc import Callable
from dataclasses import replace

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app.answers import earlier_answer, invalid, keep_answer, wants_fragment, wants_json
from app.desk.for_programs import as_json
from app.desk.forms import ReturnForm, ScanForm
from app.desk.page import (
    DeskPage,
    Shown,
    chosen_counter,
    desk_fragment,
    desk_page,
    faulty,
)
from app.labels import label
from app.photos import kept_only_if_done, stored_photo
from app.sessions import session
from app.today import now, today
from app.uploads import ImageRefusedError
from app.visitor import actor
from database.unit_of_work import unit_of_work
from loans.errors import NotFoundError
from loans.models.desk_session import DeskScan, ScanOutcome
from loans.operations.note_damage import Found
from loans.queries.desk import counters, current_desk, line_of
from loans.queries.desk_tasks import desk_tasks
from loans.rules.desk import DeskAct
from schools.rules.roles import Right

Act = Callable[[], DeskScan]

SHOWN = "X-Shown"
"""Names the session and the newest line that our script's page shows, as ``12:345``."""

MOST_DIGITS = 9


def answered(act: Act) -> ResponseReturnValue:
    """Do it in one unit of work, once for each key, and answer from its line of the log."""
    line = None
    with unit_of_work(session()):
        kept = earlier_answer()
        if kept is None:
            line = act()
            keep_answer({"line": line.id})
            session().flush()
            session().expunge(line)  # as written; nothing changes it before it is shown
    if line is None:
        line = _line(int((kept or {})["line"]))
    return _show(line)


def with_photo(form: ReturnForm, act: Callable[[Found], DeskScan]) -> ResponseReturnValue:
    """Do something with what was found, its photo drawn anew before the unit of work."""
    try:
        photo = stored_photo(form.photo.data)
    except ImageRefusedError as error:
        form.photo.errors = [label(error.fault)]
        return misread(form)
    done: list[DeskScan] = []

    def acting() -> DeskScan:
        done.append(act(form.found(photo)))
        return done[0]

    with kept_only_if_done(photo) as kept:
        answer = answered(acting)
        if done and done[0].outcome is ScanOutcome.DONE:
            kept.append(True)
        return answer


def shown(page: DeskPage, form: ScanForm | None = None) -> str:
    """Return the whole page of the desk."""
    scope = actor().scope(Right.LEND)
    return render_template(
        "desk/desk.html",
        page=page,
        form=form or ScanForm(formdata=None),
        tasks_waiting=desk_tasks(session(), scope, page.branch_id, today()),
    )


def misread(form: FlaskForm) -> ResponseReturnValue:
    """Answer 422: what was sent does not have the right shape."""
    if wants_json():
        return invalid(form)
    if isinstance(form, ScanForm):
        return shown(desk_page(), form), 422
    page = replace(desk_page(), said=faulty(form))
    if wants_fragment():
        return render_template("desk/fragment.html", page=page), 422
    return shown(page), 422


def branch_of(wanted: int | None) -> int:
    """Return the counter that is served: the one named, the last one, or the first."""
    if wanted:
        return wanted
    by = actor()
    served = current_desk(session(), by.account_id, now())
    if served is not None:
        return served.branch_id
    return chosen_counter(counters(session(), by.scope(Right.LEND)), None, None)


def _line(line_id: int) -> DeskScan:
    line = line_of(session(), actor().account_id, line_id)
    if line is None:
        raise NotFoundError("line", line_id)
    return line


def _show(line: DeskScan) -> ResponseReturnValue:
    if wants_json():
        return jsonify(as_json(line)), _status(line)
    if wants_fragment():
        return render_template("desk/fragment.html", page=desk_fragment(line, _shown()))
    return redirect(_next(line), 303)


def _shown() -> Shown | None:
    """Return what our script says that its page shows."""
    session_id, _colon, newest = request.headers.get(SHOWN, "").partition(":")
    fits = all(_is_key(each) for each in (session_id, newest))
    return Shown(int(session_id), int(newest)) if fits else None


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS


def _next(line: DeskScan) -> str:
    """Return the page that follows without our script: some commands lead away from the desk."""
    if line.act == DeskAct.SEARCH:
        return url_for("desk_who.who")
    if line.act == DeskAct.RECEIPT and line.facts["receipt"]:
        return url_for("desk_receipts.receipt", session_id=line.facts["receipt"])
    return url_for("desk.page")


def _status(line: DeskScan) -> int:
    if line.act == DeskAct.UNKNOWN:
        return 422
    return 409 if line.codes or line.outcome is ScanOutcome.REFUSED else 200
