"""The desk's page, and what its forms and scanners send."""

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from app.answers import wants_fragment, wants_json
from app.desk.answering import answered, branch_of, misread, shown, with_photo
from app.desk.forms import (
    HIGHEST_ID,
    AnswerForm,
    DueForm,
    LineForm,
    OverrideForm,
    ParkedForm,
    PersonForm,
    ReturnForm,
    ScanForm,
    printable,
)
from app.desk.late import scanned_when
from app.desk.newcomer_form import newcomer_form
from app.desk.page import desk_page
from app.desk.search import is_name
from app.pieces import counted_pieces
from app.refusals import sentences
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from loans.errors import RefusedError
from loans.models.desk_session import DeskMode, DeskScan
from loans.operations.answer import Answer, Reply, reply
from loans.operations.choose_due import DueWish, choose_due
from loans.operations.note_damage import Found
from loans.operations.park import ParkedWish, handle_parked
from loans.operations.scan import Scan, scan
from loans.operations.serve_person import Chosen, choose_person
from loans.queries.borrowers import people_like
from loans.rules.desk import Command
from schools.rules.roles import Right

desk = Blueprint("desk", __name__)


@desk.get("/desk")
@requires(Right.LEND)
def page() -> ResponseReturnValue:
    """Show the desk as the last scan left it."""
    return shown(desk_page(_asked_branch()))


@desk.post("/desk/scan")
@requires(Right.LEND)
def scan_code() -> ResponseReturnValue:
    """Act on a scanned code; letters that are no code search for people."""
    form = ScanForm()
    if not form.validate():
        return misread(form)
    code = form.code.data
    branch_id = branch_of(form.branch.data)
    if not wants_json() and is_name(code, branch_id):
        return _people(code, branch_id)
    mode = DeskMode(form.mode.data) if form.mode.data else None
    when = scanned_when(form.at.data)
    wish = Scan(code, form.idem.data or "", branch_id, mode, when.late_at)
    return answered(lambda: scan(session(), wish, actor(), when.day, when.instant))


@desk.post("/desk/parts")
@requires(Right.LEND)
def count() -> ResponseReturnValue:
    """Take the count of a box, and lend it or take it back, with what else is wrong with it."""
    form = ReturnForm()
    if not form.validate():
        return misread(form)
    line_id, key, pieces = form.line.data, form.idem.data or "", counted_pieces()

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
    word = int(number) if number.isascii() and number.isdigit() else Command.NO
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


@desk.post("/desk/due")
@requires(Right.LEND)
def due() -> ResponseReturnValue:
    """Take until when this customer's things are lent."""
    form = DueForm()
    if not form.validate():
        return misread(form)
    wish = DueWish(branch_of(form.branch.data), form.due_on.data, form.idem.data or "")
    try:
        return answered(lambda: choose_due(session(), wish, actor(), today(), now()))
    except RefusedError as error:
        form.due_on.errors = sentences(error.refusals)
        return misread(form)


@desk.post("/desk/parked")
@requires(Right.LEND)
def take_up() -> ResponseReturnValue:
    """Go on with a customer who waits."""
    return _parked(ends=False)


@desk.post("/desk/parked/end")
@requires(Right.LEND)
def end_parked() -> ResponseReturnValue:
    """Finish with a customer who waits, without taking them up."""
    return _parked(ends=True)


@desk.post("/desk/brief")
@requires(Right.LEND)
def brief() -> ResponseReturnValue:
    """Note that the person was briefed now, and lend what was refused for want of it."""
    form = LineForm()
    if not form.validate():
        return misread(form)
    return _reply(Reply(form.line.data, form.idem.data or "", briefs=True))


@desk.get("/desk/persons")
@requires(Right.LEND)
def persons() -> ResponseReturnValue:
    """Show whose name begins with some letters."""
    return _people(printable(request.args.get("q")), branch_of(_asked_branch()))


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
        branch_of(form.branch.data),
        form.idem.data or "",
    )
    return answered(lambda: choose_person(session(), wish, actor(), today(), now()))


def _asked_branch() -> int | None:
    wanted = request.args.get("branch", 0, type=int)
    return wanted if 0 < wanted <= HIGHEST_ID else None


def _parked(*, ends: bool) -> ResponseReturnValue:
    form = ParkedForm()
    if not form.validate():
        return misread(form)
    wish = ParkedWish(form.session.data, form.idem.data or "", ends)
    return answered(lambda: handle_parked(session(), wish, actor(), today(), now()))


def _reply(wish: Reply) -> ResponseReturnValue:
    return answered(lambda: reply(session(), wish, actor(), today(), now()))


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
    page = desk_page(branch_id, found=found, asked=letters, newcomer=newcomer_form(letters))
    if wants_fragment():
        return render_template("desk/fragment.html", page=page)
    return shown(page)
