"""The desk's page, and what its forms and scanners send."""

from collections.abc import Callable
from dataclasses import replace

from flask import Blueprint, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app.answers import earlier_answer, invalid, keep_answer, wants_fragment, wants_json
from app.desk.for_programs import as_json
from app.desk.forms import AnswerForm, OverrideForm, PersonForm, ReturnForm, ScanForm
from app.desk.page import DeskPage, chosen_counter, desk_page, faulty
from app.desk.search import is_name
from app.labels import label
from app.photos import kept_only_if_done, stored_photo
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.uploads import ImageRefusedError
from app.visitor import actor
from database.unit_of_work import unit_of_work
from loans.errors import NotFoundError
from loans.models.desk_session import DeskMode, DeskScan, ScanOutcome
from loans.operations.answer import Answer, Reply, reply
from loans.operations.note_damage import Found
from loans.operations.scan import Scan, scan
from loans.operations.serve_person import Chosen, choose_person
from loans.queries.borrowers import people_like
from loans.queries.desk import counters, current_desk, line_of
from loans.queries.desk_tasks import desk_tasks
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
        return misread(form)
    code = form.code.data
    branch_id = served_branch(form.branch.data)
    if not wants_json() and is_name(code, branch_id):
        return _people(code, branch_id)
    mode = DeskMode(form.mode.data) if form.mode.data else None
    wish = Scan(code, form.idem.data or "", branch_id, mode)
    return answered(lambda: scan(session(), wish, actor(), today(), now()))


@desk.post("/desk/parts")
@requires(Right.LEND)
def count() -> ResponseReturnValue:
    """Take the count of a box, and lend it or take it back, with what else is wrong with it."""
    form = ReturnForm()
    if not form.validate():
        return misread(form)
    line_id, key, pieces = form.line.data, form.idem.data or "", _pieces()

    def act(found: Found) -> DeskScan:
        wish = Reply(line_id, key, Answer(Command.YES, line_id, pieces, found))
        return reply(session(), wish, actor(), today(), now())

    return with_photo(form, act)


@desk.post("/desk/answer")
@requires(Right.LEND)
def answer() -> ResponseReturnValue:
    """Take the answer to a question: no, or the number of a choice."""
    form = AnswerForm()
    if not form.validate():
        return misread(form)
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
        return misread(form)
    wish = Reply(form.line.data, form.idem.data or "", reason=form.reason.data)
    return _reply(wish)


@desk.get("/desk/persons")
@requires(Right.LEND)
def persons() -> ResponseReturnValue:
    """Show whose name begins with some letters."""
    return _people(request.args.get("q", ""), served_branch(request.args.get("branch", type=int)))


@desk.post("/desk/persons")
@requires(Right.LEND)
def choose() -> ResponseReturnValue:
    """Serve a person chosen from the list, as if the card had been scanned."""
    form = PersonForm()
    if not form.validate():
        return misread(form)
    wish = Chosen(
        form.person.data,
        form.institution.data,
        served_branch(form.branch.data),
        form.idem.data or "",
    )
    return answered(lambda: choose_person(session(), wish, actor(), today(), now()))


def _reply(wish: Reply) -> ResponseReturnValue:
    return answered(lambda: reply(session(), wish, actor(), today(), now()))


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
    scope = actor().scope(Right.LEND)
    return render_template(
        "desk/desk.html",
        page=shown,
        form=form or ScanForm(formdata=None),
        tasks_waiting=desk_tasks(session(), scope, shown.branch_id, today()),
    )


def misread(form: FlaskForm) -> ResponseReturnValue:
    """Say what is wrong with what was sent."""
    if wants_json():
        return invalid(form)
    if isinstance(form, ScanForm):
        return _page(desk_page(), form), 422
    shown = replace(desk_page(), said=faulty(form))
    if wants_fragment():
        return render_template("desk/fragment.html", page=shown), 422
    return _page(shown), 422


def served_branch(wanted: int | None) -> int:
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
