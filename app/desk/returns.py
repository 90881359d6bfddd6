"""What else the desk takes: undoing, the return box, damage of what came back."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.desk.answering import answered, branch_of, misread, with_photo
from app.desk.forms import BoxForm, DamageForm, UndoForm
from app.refusals import sentences
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.uploads import discard_image
from app.visitor import actor
from loans.errors import RefusedError
from loans.models.desk_session import DeskScan
from loans.operations.damage_at_desk import DamageWish, note_damage_here
from loans.operations.note_damage import Found
from loans.operations.set_mode import BoxWish, empty_box
from loans.operations.undo import UndoWish, undo
from schools.rules.roles import Right

desk_returns = Blueprint("desk_returns", __name__)


@desk_returns.post("/desk/undo")
@requires(Right.LEND)
def undo_line() -> ResponseReturnValue:
    """Undo a line of the visitor's log; photos that nothing names any more are deleted."""
    form = UndoForm()
    if not form.validate():
        return misread(form)
    wish = UndoWish(form.idem.data or "", branch_of(None), form.line.data)
    dropped: list[str] = []

    def act() -> DeskScan:
        line = undo(session(), wish, actor(), today(), now())
        dropped.extend(line.facts.get("photos", ()))
        return line

    answer = answered(act)
    for name in dropped:
        discard_image(name)
    return answer


@desk_returns.post("/desk/damage")
@requires(Right.LEND)
def damage() -> ResponseReturnValue:
    """Note what is wrong with something that was just taken back."""
    form = DamageForm()
    if not form.validate():
        return misread(form)
    line_id, key, branch_id = form.line.data, form.idem.data or "", branch_of(None)

    def act(found: Found) -> DeskScan:
        wish = DamageWish(line_id, branch_id, key, found)
        return note_damage_here(session(), wish, actor(), today(), now())

    return with_photo(form, act)


@desk_returns.post("/desk/box")
@requires(Right.LEND)
def box() -> ResponseReturnValue:
    """Take in what the return box holds, as back since a day."""
    form = BoxForm()
    if not form.validate():
        return misread(form)
    branch_id = branch_of(form.branch.data)
    wish = BoxWish(branch_id, form.dropped_on.data, form.idem.data or "")
    try:
        return answered(lambda: empty_box(session(), wish, actor(), today(), now()))
    except RefusedError as error:
        form.dropped_on.errors = sentences(error.refusals)
        return misread(form)
