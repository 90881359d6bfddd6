"""The desk's page, and what its forms and scanners send."""

from collections.abc import Callable

from flask import Blueprint, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app.answers import earlier_answer, invalid, keep_answer, wants_fragment, wants_json
from app.desk.for_programs import as_json
from app.desk.forms import AnswerForm, LineForm, OverrideForm, PersonForm, ScanForm
from app.desk.page import DeskPage, chosen_counter, desk_page
from app.desk.search import is_name
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from database.unit_of_work import unit_of_work
from loans.errors import NotFoundError
from loans.models.desk_session import DeskMode, DeskScan, ScanOutcome
from loans.operations.answer import Answer, Reply, reply
from loans.operations.scan import Scan, scan
from loans.operations.serve_person import Chosen, choose_person
from loans.queries.borrowers import people_like
from loans.queries.desk import counters, current_desk, line_of
from loans.rules.desk import Command, DeskAct
from schools.rules.roles import Right

desk = Blueprint("desk", __name__)

PART = "part-"
MOST_DIGITS = 6
Act = Callable[[], DeskScan]


@desk.get("/desk")
@requires(Right.LEND)
def page() -> ResponseReturnValue:
    """Show the desk as the last scan left it."""
    return _page(desk_page(request.args.get("branch", type=int)))


@desk.post("/desk/scan")
@requires(Right.LEND)
def scan_code() -> ResponseReturnValue:
    """Act on a scanned code; letters that are no code search for people."""
    form = ScanForm()
    if not form.validate():
        return _misread(form)
    code = form.code.data
    branch_id = _branch(form.branch.data)
    if not wants_json() and is_name(code, branch_id):
        return _people(code, branch_id)
    mode = DeskMode(form.mode.data) if form.mode.data else None
    wish = Scan(code, form.idem.data or "", branch_id, mode)
    return _answered(lambda: scan(session(), wish, actor(), today(), now()))


@desk.post("/desk/parts")
@requires(Right.LEND)
def count() -> ResponseReturnValue:
    """Take the count of a box, and lend it or take it back."""
    form = LineForm()
    if not form.validate():
        return _misread(form)
    answer = Answer(Command.YES, form.line.data, _pieces())
    return _reply(Reply(form.line.data, form.idem.data or "", answer))


@desk.post("/desk/answer")
@requires(Right.LEND)
def answer() -> ResponseReturnValue:
    """Take the answer to a question: no, or the number of a choice."""
    form = AnswerForm()
    if not form.validate():
        return _misread(form)
    number = form.answer.data
    word = int(number) if number.isdigit() else Command.NO
    wish = Reply(form.line.data, form.idem.data or "", Answer(word, form.line.data))
    return _reply(wish)


@desk.post("/desk/override")
@requires(Right.OVERRIDE)
def override() -> ResponseReturnValue:
    """Lend a refused copy against the rules, with a reason."""
    form = OverrideForm()
    if not form.validate():
        return _misread(form)
    wish = Reply(form.line.data, form.idem.data or "", reason=form.reason.data)
    return _reply(wish)


@desk.get("/desk/persons")
@requires(Right.LEND)
def persons() -> ResponseReturnValue:
    """Show whose name begins with some letters."""
    return _people(request.args.get("q", ""), _branch(request.args.get("branch", type=int)))


@desk.post("/desk/persons")
@requires(Right.LEND)
def choose() -> ResponseReturnValue:
    """Serve a person chosen from the list, as if the card had been scanned."""
    form = PersonForm()
    if not form.validate():
        return _misread(form)
    wish = Chosen(
        form.person.data,
        form.institution.data,
        _branch(form.branch.data),
        form.idem.data or "",
    )
    return _answered(lambda: choose_person(session(), wish, actor(), today(), now()))


def _reply(wish: Reply) -> ResponseReturnValue:
    return _answered(lambda: reply(session(), wish, actor(), today(), now()))


def _answered(act: Act) -> ResponseReturnValue:
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


def _line(line_id: int) -> DeskScan:
    line = line_of(session(), actor().account_id, line_id)
    if line is None:
        raise NotFoundError("line", line_id)
    return line


def _show(line: DeskScan) -> ResponseReturnValue:
    if wants_json():
        return jsonify(as_json(line)), _status(line)
    if wants_fragment():
        return render_template("desk/fragment.html", page=desk_page(line=line))
    return redirect("/desk", 303)


def _status(line: DeskScan) -> int:
    if line.act == DeskAct.UNKNOWN:
        return 422
    return 409 if line.codes or line.outcome is ScanOutcome.REFUSED else 200


def _people(letters: str, branch_id: int) -> ResponseReturnValue:
    found = people_like(session(), actor().scope(Right.LEND), letters, today())
    if wants_json():
        return jsonify(
            persons=[
                {
                    "person": each.person_id,
                    "name": each.name,
                    "institution": each.institution_id,
                    "institution_name": each.institution,
                }
                for each in found
            ]
        )
    shown = desk_page(branch_id, found=found, asked=letters)
    if wants_fragment():
        return render_template("desk/fragment.html", page=shown)
    return _page(shown)


def _page(shown: DeskPage, form: ScanForm | None = None) -> str:
    return render_template("desk/desk.html", page=shown, form=form or ScanForm(formdata=None))


def _misread(form: FlaskForm) -> ResponseReturnValue:
    if wants_json():
        return invalid(form)
    return _page(desk_page(), form if isinstance(form, ScanForm) else None), 422


def _branch(wanted: int | None) -> int:
    """Return the counter that is served: the one named, the last one, or the first."""
    if wanted is not None:
        return wanted
    by = actor()
    served = current_desk(session(), by.account_id, now())
    if served is not None:
        return served.branch_id
    return chosen_counter(counters(session(), by.scope(Right.LEND)), None, None)


def _pieces() -> dict[int, int]:
    """Return the counted pieces by part; a box left unticked is not sent and counts as 0."""
    listed = [name for name in request.form.getlist("listed") if name.isdigit()]
    return {int(name): _number(request.form.get(f"{PART}{name}", "0")) for name in listed}


def _number(text: str) -> int:
    return int(text) if text.isdigit() and len(text) <= MOST_DIGITS else 0
