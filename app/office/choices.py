"""The office's choices: what a centre has chosen about its lending beyond the terms."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.answers import earlier_answer, keep_answer
from app.meanwhile import Meanwhile, meanwhile
from app.office.choices_form import ChoicesForm
from app.office.pages import named_among, office_scope
from app.security import requires
from app.sessions import session
from app.today import now
from app.visitor import actor
from catalogue.errors import ChangedMeanwhileError
from database.unit_of_work import unit_of_work
from loans.operations.edit_choices import (
    ChoicesEdit,
    choices_edition,
    choices_values,
    edit_choices,
)
from loans.queries.choices import choices_of
from loans.rules.choices import CentreChoices
from schools.models.media_centre import MediaCentre
from schools.queries.centres import centres_within
from schools.rules.roles import Right

choices = Blueprint("office_choices", __name__, url_prefix="/office/choices")


@choices.get("")
@requires(Right.MANAGE_CENTRE)
def edit_form() -> ResponseReturnValue:
    """Show the choices of the centre that `?centre=` names, or of the first within reach."""
    centre = named_among(list(centres_within(session(), office_scope())), "centre")
    if centre is None:
        return render_template("office/choices.html", centre=None, offered=(), form=ChoicesForm())
    return _page(centre, _filled(choices_of(session(), centre.id)), 200)


@choices.post("/<int:centre_id>")
@requires(Right.MANAGE_CENTRE)
def save(centre_id: int) -> ResponseReturnValue:
    """Take over a centre's choices, or tell what was saved meanwhile."""
    centre = _centre(centre_id)
    form = ChoicesForm()
    if not form.validate():
        return _page(centre, form, 422)
    edit = ChoicesEdit(centre_id, form.choices(), form.edition.data)
    try:
        with unit_of_work(session()):
            if earlier_answer() is None:
                edit_choices(session(), edit, actor(), now())
                keep_answer({"centre": centre_id})
    except ChangedMeanwhileError as error:
        stored = choices_of(session(), centre_id)
        told = meanwhile(error, form, _data(stored))
        form.edition.data = choices_edition(stored)
        return _page(centre, form, 409, told=told)
    flash(_("Saved. It holds from the next decision on."), "success")
    return redirect(url_for("office_choices.edit_form", centre=centre_id), 303)


def _centre(centre_id: int) -> MediaCentre:
    for each in centres_within(session(), office_scope()):
        if each.id == centre_id:
            return each
    raise NotFound


def _data(stored: CentreChoices) -> dict[str, Any]:
    values = choices_values(stored)
    policy = {"overdue_policy": stored.overdue_policy.value}
    days = {"pickup_in_open_days": "open" if stored.pickup.in_open_days else "calendar"}
    return values | policy | days


def _filled(stored: CentreChoices) -> ChoicesForm:
    data = _data(stored) | {"edition": choices_edition(stored)}
    return ChoicesForm(formdata=None, data=data)


def _page(
    centre: MediaCentre, form: ChoicesForm, status: int, *, told: Meanwhile | None = None
) -> tuple[str, int]:
    page = render_template(
        "office/choices.html",
        centre=centre,
        offered=centres_within(session(), office_scope()),
        form=form,
        told=told,
    )
    return page, status
