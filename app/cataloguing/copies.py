"""One copy: its facts, its parts, and its end."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.exceptions import NotFound

from app.answers import earlier_answer, keep_answer
from app.cataloguing.overview import TONES
from app.cataloguing.parts_form import PartsForm
from app.cataloguing.reach import working_scope
from app.cataloguing.stock_forms import CopyForm, ShelfForm, WithdrawCopyForm
from app.labels import label
from app.meanwhile import Meanwhile, meanwhile
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from catalogue.errors import ActRefusedError, ChangedMeanwhileError, InvalidError
from catalogue.models.copy import Copy
from catalogue.operations.edit_copy import facts_of
from catalogue.operations.list_parts import parts_of
from catalogue.operations.withdraw import Withdrawal
from catalogue.queries.stock_lists import branches_of, copy_within
from catalogue.rules.copy_states import CopyState
from catalogue.rules.editions import edition_of
from catalogue.rules.stock import WithdrawalReason
from database.unit_of_work import unit_of_work
from loans.operations.edit_copy import CopyEdit, edit_copy_in_stock
from loans.operations.list_parts import PartsEdit, list_parts_of_box, spread_parts_of_box
from loans.operations.take_off_shelf import ShelfStep, ShelfWish, steps_from, take_off_shelf
from loans.operations.withdraw import withdraw_from_stock
from loans.queries.hand_out import open_loan_of
from schools.rules.roles import Right

copies = Blueprint("copies", __name__, url_prefix="/catalogue/copies")


@copies.get("/<int:copy_id>")
@requires(Right.CATALOGUE)
def copy_page(copy_id: int) -> ResponseReturnValue:
    """Show a copy for editing."""
    return _page(_own_copy(copy_id))


@copies.post("/<int:copy_id>")
@requires(Right.CATALOGUE)
def save_copy(copy_id: int) -> ResponseReturnValue:
    """Take over what is said of a copy."""
    copy = _own_copy(copy_id)
    form = CopyForm(branches_of(session(), working_scope(), copy.centre_id))
    if not form.validate():
        return _page(copy, form, status=422)
    wish = CopyEdit(copy_id, form.facts(), form.edition.data)
    try:
        with unit_of_work(session()):
            if earlier_answer() is None:
                edit_copy_in_stock(session(), wish, actor(), today(), now())
                keep_answer({"copy": copy_id})
    except ChangedMeanwhileError as error:
        return _changed(error, form, copy_id)
    except InvalidError as error:
        for name, fault in error.faults.items():
            field = form.home_branch_id if name == "branch" else form[name]
            field.errors = [label(fault)]
        return _page(_own_copy(copy_id), form, status=422)
    except ActRefusedError as error:
        form.form_errors = [label(reason) for reason in error.reasons]
        return _page(_own_copy(copy_id), form, status=409)
    flash(_("The copy is saved."), "success")
    return redirect(url_for("copies.copy_page", copy_id=copy_id), 303)


@copies.post("/<int:copy_id>/withdraw")
@requires(Right.CATALOGUE)
def withdraw(copy_id: int) -> ResponseReturnValue:
    """Take a copy out of the stock."""
    copy, form = _own_copy(copy_id), WithdrawCopyForm()
    title_id = copy.holding.title_id
    if not form.validate():
        return _page(copy, beside=form, status=422)
    wish = Withdrawal(copy_id, WithdrawalReason(form.reason.data), form.note.data)
    try:
        with unit_of_work(session()):
            if earlier_answer() is None:
                withdraw_from_stock(session(), wish, actor(), today(), now())
                keep_answer({"copy": copy_id})
    except ActRefusedError as error:
        form.form_errors = [label(reason) for reason in error.reasons]
        return _page(_own_copy(copy_id), beside=form, status=409)
    flash(_("The copy is withdrawn."), "success")
    return redirect(url_for("catalogue.title", title_id=title_id), 303)


@copies.post("/<int:copy_id>/shelf")
@requires(Right.HANDLE_DEFECTS)
def move(copy_id: int) -> ResponseReturnValue:
    """Send a copy to repair, note that nobody finds it, or put it back on its shelf."""
    copy, form = _own_copy(copy_id), ShelfForm()
    form.offer(_steps(copy))
    if not form.validate():
        return _page(copy, beside=form, status=422)
    wish = ShelfWish(copy_id, ShelfStep(form.step.data), form.reason.data)
    with unit_of_work(session()):
        if earlier_answer() is None:
            take_off_shelf(session(), wish, actor(), now())
            keep_answer({"copy": copy_id})
    flash(_("Saved."), "success")
    return redirect(url_for("copies.copy_page", copy_id=copy_id), 303)


@copies.get("/<int:copy_id>/parts")
@requires(Right.CATALOGUE)
def parts_form(copy_id: int) -> ResponseReturnValue:
    """Show the parts of a box, with rows for more."""
    copy = _own_copy(copy_id)
    form = PartsForm.of(parts_of(copy), edition_of({"parts": parts_of(copy)}))
    return _parts_page(copy, form)


@copies.post("/<int:copy_id>/parts")
@requires(Right.CATALOGUE)
def save_parts(copy_id: int) -> ResponseReturnValue:
    """Take over the parts of a box; a row without a name is let go."""
    copy, form = _own_copy(copy_id), PartsForm.sent(request.form)
    if not form.validate({part.id for part in copy.parts}):
        return _parts_page(copy, form, 422)
    if "more" in request.form:
        return _parts_page(copy, form.with_more_rows())
    try:
        with unit_of_work(session()):
            if earlier_answer() is None:
                edited = PartsEdit(copy_id, form.parts(), form.edition)
                list_parts_of_box(session(), edited, actor(), today(), now())
                keep_answer({"copy": copy_id})
    except ChangedMeanwhileError:
        stored = parts_of(_own_copy(copy_id))
        form.edition = edition_of({"parts": stored})
        return _parts_page(_own_copy(copy_id), form, 409, stored=stored)
    flash(_("The parts are saved."), "success")
    return redirect(url_for("copies.copy_page", copy_id=copy_id), 303)


@copies.post("/<int:copy_id>/parts/spread")
@requires(Right.CATALOGUE)
def spread(copy_id: int) -> ResponseReturnValue:
    """Give all other copies of the title the parts of this one."""
    with unit_of_work(session()):
        answer = earlier_answer()
        if answer is None:
            count = spread_parts_of_box(session(), copy_id, actor(), today(), now())
            answer = {"count": count}
            keep_answer(answer)
    said = ngettext(
        "%(num)s other copy has the same parts now.",
        "%(num)s other copies have the same parts now.",
        answer["count"],
    )
    flash(said, "success")
    return redirect(url_for("copies.copy_page", copy_id=copy_id), 303)


def _own_copy(copy_id: int) -> Copy:
    found = copy_within(session(), working_scope(), copy_id)
    if found is None:
        raise NotFound
    return found


def _changed(error: ChangedMeanwhileError, form: CopyForm, copy_id: int) -> ResponseReturnValue:
    copy = _own_copy(copy_id)
    stored = asdict(facts_of(copy))
    told = meanwhile(error, form, stored)
    form.edition.data = edition_of(stored)
    return _page(copy, form, status=409, told=told)


def _page(
    copy: Copy,
    form: CopyForm | None = None,
    *,
    beside: WithdrawCopyForm | ShelfForm | None = None,
    status: int = 200,
    told: Meanwhile | None = None,
) -> tuple[str, int]:
    stored = asdict(facts_of(copy))
    branches = branches_of(session(), working_scope(), copy.centre_id)
    leaving = beside if isinstance(beside, WithdrawCopyForm) else None
    data = stored | {"edition": edition_of(stored)}
    page = render_template(
        "cataloguing/copy.html",
        form=form or CopyForm(branches, formdata=None, data=data),
        withdrawal=leaving or WithdrawCopyForm(formdata=None),
        shelf=beside if isinstance(beside, ShelfForm) else _shelf_form(copy),
        copy=_shown(copy),
        told=told,
    )
    return page, status


def _shelf_form(copy: Copy) -> ShelfForm | None:
    """Return what can be done with a copy in the house; None if nothing can, or not by them."""
    steps = _steps(copy)
    if not steps or not actor().scope(Right.HANDLE_DEFECTS).covers_centre(copy.centre_id):
        return None
    form = ShelfForm(formdata=None)
    form.offer(steps)
    return form


def _steps(copy: Copy) -> tuple[ShelfStep, ...]:
    if open_loan_of(session(), copy.id) is not None:
        return ()
    lacks = any(part.critical and part.missing for part in copy.parts)
    return steps_from(CopyState(copy.state), lacks=lacks)


def _shown(copy: Copy) -> dict[str, Any]:
    """Return what the page says around the form."""
    state = CopyState(copy.state)
    return {
        "id": copy.id,
        "barcode": copy.barcode,
        "state": state,
        "tone": TONES.get(state, ""),
        "withdrawn_on": copy.withdrawn_on,
        "withdrawn_reason": copy.withdrawn_reason,
        "title_id": copy.holding.title_id,
        "title": copy.holding.title.name,
        "parts": [(part.name, part.count, part.critical, part.missing) for part in copy.parts],
    }


def _parts_page(
    copy: Copy, form: PartsForm, status: int = 200, stored: tuple[Any, ...] | None = None
) -> tuple[str, int]:
    page = render_template("cataloguing/parts.html", form=form, copy=_shown(copy), stored=stored)
    return page, status
