"""Adding, changing and removing closures; what they move is shown first."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.answers import earlier_answer, keep_answer
from app.meanwhile import Meanwhile, meanwhile
from app.office.calendar_forms import ClosureForm, RemovalForm, closure_data
from app.office.calendar_places import address_of, places_of_centre
from app.office.calendar_steps import Edit, run
from app.office.pages import office_scope
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from catalogue.errors import ChangedMeanwhileError
from database.unit_of_work import unit_of_work
from loans.operations.edit_closures import (
    ClosureEdit,
    ClosureWish,
    add_closure,
    change_closure,
    check_closure,
    closure_edition,
    remove_closure,
)
from loans.operations.settle_calendar import Settled
from loans.queries.centre_calendars import centre_calendar, closure_within
from loans.rules.centre_calendar import NEW, Closing, PlacedClosure
from schools.rules.roles import Right

closures = Blueprint("office_closures", __name__, url_prefix="/office/calendar")


@closures.get("/<int:centre_id>/closures/new")
@requires(Right.MANAGE_CENTRE)
def new_form(centre_id: int) -> ResponseReturnValue:
    """Show an empty closure, for the branch that `?branch=` names or for all."""
    form = ClosureForm(formdata=None, branch=request.args.get("branch", ""))
    form.offer(places_of_centre(centre_id))
    return _page(form, centre_id, 200)


@closures.post("/<int:centre_id>/closures/new")
@requires(Right.MANAGE_CENTRE)
def add(centre_id: int) -> ResponseReturnValue:
    """Show what a closure would move; once confirmed, store it and move that."""
    form = ClosureForm()
    form.offer(places_of_centre(centre_id))

    def act() -> Settled:
        return add_closure(session(), _wish(form, centre_id), actor(), today(), now())

    edit = Edit(
        form=form,
        heading=_("New closure: %(name)s", name=form.name.data),
        closing=lambda: _closing(form, centre_id, NEW),
        act=act,
        page=lambda status, _told: _page(form, centre_id, status),
        stored=lambda: ({}, ""),
        back=lambda: address_of(centre_id, form.branch_id(), form.first.data),
        always=True,
    )
    return run(edit)


@closures.get("/closures/<int:closure_id>")
@requires(Right.MANAGE_CENTRE)
def edit_form(closure_id: int) -> ResponseReturnValue:
    """Show a closure for editing."""
    centre_id, placed = _stored(closure_id)
    return _page(_filled(centre_id, placed), centre_id, 200, placed=placed)


@closures.post("/closures/<int:closure_id>")
@requires(Right.MANAGE_CENTRE)
def save(closure_id: int) -> ResponseReturnValue:
    """Show what the change would move; once confirmed, store it and move that."""
    centre_id, placed = _stored(closure_id)
    form = ClosureForm()
    form.offer(places_of_centre(centre_id))

    def wanted() -> ClosureEdit:
        return ClosureEdit(closure_id, _wish(form, centre_id), form.edition.data)

    edit = Edit(
        form=form,
        heading=_("Change the closure: %(name)s", name=placed.closure.name),
        closing=lambda: _closing(form, centre_id, closure_id),
        act=lambda: change_closure(session(), wanted(), actor(), today(), now()),
        page=lambda status, told: _page(form, centre_id, status, placed=placed, told=told),
        stored=lambda: _now_stored(closure_id),
        back=lambda: address_of(centre_id, form.branch_id(), form.first.data),
        always=True,
        check=lambda: check_closure(session(), wanted(), placed),
    )
    return run(edit)


@closures.post("/closures/<int:closure_id>/remove")
@requires(Right.MANAGE_CENTRE)
def remove(closure_id: int) -> ResponseReturnValue:
    """Remove a closure; what it moved stays where it is."""
    form = RemovalForm()
    form.validate()
    try:
        with unit_of_work(session()):
            answer = earlier_answer()
            if answer is None:  # a repeat finds no closure any more
                centre_id, placed = _stored(closure_id)
                answer = {"back": address_of(centre_id, placed.branch_id, placed.closure.first)}
                remove_closure(session(), closure_id, form.edition.data, actor(), now())
                keep_answer(answer)
    except ChangedMeanwhileError as error:
        centre_id, placed = _stored(closure_id)
        fresh = _filled(centre_id, placed)
        told = meanwhile(error, fresh, closure_data(placed))
        return _page(fresh, centre_id, 409, placed=placed, told=told)
    flash(_("The closure is removed. Dates that it moved stay where they are."), "success")
    return redirect(answer["back"], 303)


def _stored(closure_id: int) -> tuple[int, PlacedClosure]:
    found = closure_within(session(), office_scope(), closure_id)
    if found is None:
        raise NotFound
    return found


def _now_stored(closure_id: int) -> tuple[Mapping[str, Any], str]:
    _centre_id, placed = _stored(closure_id)
    return closure_data(placed), closure_edition(placed)


def _filled(centre_id: int, placed: PlacedClosure) -> ClosureForm:
    data = closure_data(placed) | {"edition": closure_edition(placed)}
    form = ClosureForm(formdata=None, data=data)
    form.offer(places_of_centre(centre_id))
    return form


def _wish(form: ClosureForm, centre_id: int) -> ClosureWish:
    return ClosureWish(centre_id, form.branch_id(), form.closure())


def _closing(form: ClosureForm, centre_id: int, closure_id: int) -> Closing:
    before = centre_calendar(session(), centre_id)
    after = before.with_closure(_wish(form, centre_id).placed(closure_id))
    return Closing(centre_id, before, after)


def _page(
    form: ClosureForm,
    centre_id: int,
    status: int,
    *,
    placed: PlacedClosure | None = None,
    told: Meanwhile | None = None,
) -> tuple[str, int]:
    page = render_template(
        "office/closure.html",
        form=form,
        placed=placed,
        told=told,
        edition="" if placed is None else closure_edition(placed),
        back=address_of(centre_id, None if placed is None else placed.branch_id),
    )
    return page, status
