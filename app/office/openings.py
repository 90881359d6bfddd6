"""Adding, changing and removing the days on which a centre opens all the same."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.answers import earlier_answer, keep_answer
from app.meanwhile import Meanwhile, meanwhile
from app.office.calendar_forms import OpeningForm, RemovalForm, opening_data
from app.office.calendar_places import address_of, places_of_centre
from app.office.calendar_preview import preview_of
from app.office.calendar_steps import (
    Edit,
    LookFirstError,
    Step,
    asked_step,
    preview_page,
    run,
    say,
)
from app.office.pages import office_scope
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from catalogue.errors import ChangedMeanwhileError
from database.unit_of_work import unit_of_work
from loans.operations.edit_openings import (
    OpeningEdit,
    OpeningWish,
    add_opening,
    change_opening,
    check_opening,
    opening_edition,
    remove_opening,
)
from loans.operations.settle_calendar import Settled
from loans.queries.centre_calendars import centre_calendar, opening_within
from loans.rules.centre_calendar import NEW, Closing, PlacedOpening
from schools.rules.roles import Right

openings = Blueprint("office_openings", __name__, url_prefix="/office/calendar")


@openings.get("/<int:centre_id>/openings/new")
@requires(Right.MANAGE_CENTRE)
def new_form(centre_id: int) -> ResponseReturnValue:
    """Show an empty opening, for the branch that `?branch=` names or for all."""
    form = OpeningForm(formdata=None, branch=request.args.get("branch", ""))
    form.offer(places_of_centre(centre_id))
    return _page(form, centre_id, 200)


@openings.post("/<int:centre_id>/openings/new")
@requires(Right.MANAGE_CENTRE)
def add(centre_id: int) -> ResponseReturnValue:
    """Store an opening."""
    form = OpeningForm()
    form.offer(places_of_centre(centre_id))
    edit = Edit(
        form=form,
        heading=_("New opening day"),
        closing=lambda: _closing(form, centre_id, NEW),
        act=lambda: add_opening(session(), _wish(form, centre_id), actor(), now()),
        page=lambda status, _told: _page(form, centre_id, status),
        stored=lambda: ({}, ""),
        back=lambda: address_of(centre_id, form.branch_id(), form.day.data),
    )
    return run(edit)


@openings.get("/openings/<int:opening_id>")
@requires(Right.MANAGE_CENTRE)
def edit_form(opening_id: int) -> ResponseReturnValue:
    """Show an opening for editing."""
    centre_id, placed = _stored(opening_id)
    return _page(_filled(centre_id, placed), centre_id, 200, placed=placed)


@openings.post("/openings/<int:opening_id>")
@requires(Right.MANAGE_CENTRE)
def save(opening_id: int) -> ResponseReturnValue:
    """Store another day or other hours; what a day that closes again moves is shown first."""
    centre_id, placed = _stored(opening_id)
    form = OpeningForm()
    form.offer(places_of_centre(centre_id))

    def wanted() -> OpeningEdit:
        return OpeningEdit(opening_id, _wish(form, centre_id), form.edition.data)

    edit = Edit(
        form=form,
        heading=_("Change the opening day"),
        closing=lambda: _closing(form, centre_id, opening_id),
        act=lambda: change_opening(session(), wanted(), actor(), today(), now()),
        page=lambda status, told: _page(form, centre_id, status, placed=placed, told=told),
        stored=lambda: _now_stored(opening_id),
        back=lambda: address_of(centre_id, form.branch_id(), form.day.data),
        check=lambda: check_opening(session(), wanted(), placed),
    )
    return run(edit)


@openings.post("/openings/<int:opening_id>/remove")
@requires(Right.MANAGE_CENTRE)
def remove(opening_id: int) -> ResponseReturnValue:
    """Remove an opening; what its day moves, if it closes again, is shown first."""
    form = RemovalForm()
    form.validate()
    try:
        with unit_of_work(session()):
            answer = earlier_answer()
            if answer is None:  # a repeat finds no opening any more
                answer = _removed(opening_id, form)
                keep_answer(answer)
    except LookFirstError as look:
        centre_id, placed = _stored(opening_id)
        back = address_of(centre_id, placed.branch_id, placed.opening.day)
        return preview_page(_("Remove the opening day"), look.preview, back)
    except ChangedMeanwhileError as error:
        centre_id, placed = _stored(opening_id)
        fresh = _filled(centre_id, placed)
        told = meanwhile(error, fresh, opening_data(placed))
        return _page(fresh, centre_id, 409, placed=placed, told=told)
    back = answer.pop("back")
    say(Settled(**answer))
    return redirect(back, 303)


def _removed(opening_id: int, form: RemovalForm) -> dict[str, Any]:
    """Remove an opening inside the unit of work, unless what it moves must be shown first.

    Raises:
        LookFirstError: something moves that nobody has looked at.
    """
    centre_id, placed = _stored(opening_id)
    if asked_step() is not Step.CONFIRM:
        before = centre_calendar(session(), centre_id)
        preview = preview_of(Closing(centre_id, before, before.without_opening(opening_id)))
        if not preview.is_empty:
            raise LookFirstError(preview)
    wished = (opening_id, form.edition.data)
    settled = remove_opening(session(), wished, actor(), today(), now())
    return asdict(settled) | {"back": address_of(centre_id, placed.branch_id, placed.opening.day)}


def _stored(opening_id: int) -> tuple[int, PlacedOpening]:
    found = opening_within(session(), office_scope(), opening_id)
    if found is None:
        raise NotFound
    return found


def _now_stored(opening_id: int) -> tuple[Mapping[str, Any], str]:
    _centre_id, placed = _stored(opening_id)
    return opening_data(placed), opening_edition(placed)


def _filled(centre_id: int, placed: PlacedOpening) -> OpeningForm:
    data = opening_data(placed) | {"edition": opening_edition(placed)}
    form = OpeningForm(formdata=None, data=data)
    form.offer(places_of_centre(centre_id))
    return form


def _wish(form: OpeningForm, centre_id: int) -> OpeningWish:
    return OpeningWish(centre_id, form.branch_id(), form.opening())


def _closing(form: OpeningForm, centre_id: int, opening_id: int) -> Closing:
    before = centre_calendar(session(), centre_id)
    after = before.with_opening(_wish(form, centre_id).placed(opening_id))
    return Closing(centre_id, before, after)


def _page(
    form: OpeningForm,
    centre_id: int,
    status: int,
    *,
    placed: PlacedOpening | None = None,
    told: Meanwhile | None = None,
) -> tuple[str, int]:
    page = render_template(
        "office/opening.html",
        form=form,
        placed=placed,
        told=told,
        edition="" if placed is None else opening_edition(placed),
        back=address_of(centre_id, None if placed is None else placed.branch_id),
    )
    return page, status
