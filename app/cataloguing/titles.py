"""The list of titles, and describing one."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import Forbidden

from app.answers import earlier_answer, keep_answer
from app.cataloguing.overview import Forms, overview_page, own_title
from app.cataloguing.reach import asked_page, working_centre, working_scope
from app.cataloguing.stock_forms import TitleListForm, WithdrawTitleForm
from app.cataloguing.title_form import SCHEMES, TitleForm, form_values
from app.dates import language
from app.labels import label
from app.meanwhile import Meanwhile, meanwhile
from app.security import requires
from app.sessions import session
from app.today import now
from app.visitor import actor
from catalogue.errors import ActRefusedError, ChangedMeanwhileError, InvalidError
from catalogue.models.title import Title
from catalogue.operations.describe import (
    describe_title,
    description_of,
    redescribe_title,
)
from catalogue.operations.editing import may_describe
from catalogue.operations.withdraw import withdraw_title
from catalogue.queries.groups import has_groups
from catalogue.queries.stock_lists import titles_within
from catalogue.rules.editions import edition_of
from database.unit_of_work import unit_of_work
from schools.queries.centres import centres_within
from schools.rules.pages import last_page
from schools.rules.roles import Right
from schools.vocabularies.media_types import media_types

own_titles = Blueprint("catalogue", __name__, url_prefix="/catalogue")

ROWS = 50


@own_titles.get("")
@requires(Right.CATALOGUE)
def title_list() -> ResponseReturnValue:
    """List the titles in the centre's offer."""
    form = TitleListForm(request.args)
    wanted, page = form.narrowed(), asked_page()
    found, total = titles_within(session(), working_scope(), wanted, page, ROWS)
    ours = actor().scope(Right.CATALOGUE)
    return render_template(
        "cataloguing/titles.html",
        form=form,
        found=found,
        total=total,
        page=page,
        last=last_page(total, ROWS),
        types={each.code: (each.kind.value, each.name(language())) for each in media_types()},
        centres=centres_within(session(), ours) if len(ours.centre_ids) > 1 else (),
        centre_id=working_centre(),
        narrowed=bool(wanted.words or wanted.media_type or wanted.without_copies),
    )


@own_titles.get("/titles/new")
@requires(Right.CATALOGUE)
def new_title_form() -> ResponseReturnValue:
    """Show an empty description."""
    return _form_page(TitleForm())


@own_titles.post("/titles/new")
@requires(Right.CATALOGUE)
def new_title() -> ResponseReturnValue:
    """Add a title to the catalogue."""
    form = TitleForm()
    if not form.validate():
        return _form_page(form, 422)
    centre_id = working_centre()
    with unit_of_work(session()):
        answer = earlier_answer()
        if answer is None:
            title = describe_title(session(), form.description(), centre_id, actor(), now())
            answer = {"title": title.id}
            keep_answer(answer)
    flash(_("The title is described. Now enter its copies or its licence."), "success")
    return redirect(url_for("catalogue.title", title_id=answer["title"]), 303)


@own_titles.get("/titles/<int:title_id>")
@requires(Right.CATALOGUE)
def title(title_id: int) -> ResponseReturnValue:
    """Show a title with its offer, copies and licences."""
    return overview_page(title_id, Forms())


@own_titles.get("/titles/<int:title_id>/description")
@requires(Right.CATALOGUE)
def description_form(title_id: int) -> ResponseReturnValue:
    """Show a description for editing."""
    found = _describable(title_id)
    description = description_of(found)
    data = form_values(description) | {"edition": edition_of(description.values())}
    return _form_page(TitleForm(data=data), title=found)


@own_titles.post("/titles/<int:title_id>/description")
@requires(Right.CATALOGUE)
def save_description(title_id: int) -> ResponseReturnValue:
    """Take over a description, or tell what was saved meanwhile."""
    found, form = _describable(title_id), TitleForm()
    if not form.validate():
        return _form_page(form, 422, title=found)
    wished = (form.description(), form.edition.data)
    try:
        with unit_of_work(session()):
            if earlier_answer() is None:
                redescribe_title(session(), title_id, wished, actor(), now())
                keep_answer({"title": title_id})
    except ChangedMeanwhileError as error:
        return _changed(error, form, title_id)
    except InvalidError:
        form.form_errors = [_("Choose only what the lists offer.")]
        return _form_page(form, 422, title=_describable(title_id))
    flash(_("The description is saved."), "success")
    return redirect(url_for("catalogue.title", title_id=title_id), 303)


@own_titles.post("/titles/<int:title_id>/withdraw")
@requires(Right.CATALOGUE)
def withdraw(title_id: int) -> ResponseReturnValue:
    """Take a title out of the catalogue once nothing is left of it."""
    own_title(title_id)
    form = WithdrawTitleForm()
    if not form.validate():
        return overview_page(title_id, Forms(withdraw=form), 422)
    try:
        with unit_of_work(session()):
            if earlier_answer() is None:
                withdraw_title(session(), title_id, form.reason.data, actor(), now())
                keep_answer({"title": title_id})
    except ActRefusedError as error:
        form.form_errors = [label(reason) for reason in error.reasons]
        return overview_page(title_id, Forms(withdraw=form), 409)
    flash(_("The title is withdrawn from the catalogue."), "success")
    return redirect(url_for("catalogue.title_list"), 303)


def _describable(title_id: int) -> Title:
    found = own_title(title_id)
    if not may_describe(found, working_scope()):
        raise Forbidden
    return found


def _changed(error: ChangedMeanwhileError, form: TitleForm, title_id: int) -> ResponseReturnValue:
    """Show both versions; saving again puts the visitor's own over the stored one."""
    found = own_title(title_id)
    description = description_of(found)
    told = meanwhile(error, form, form_values(description))
    return _form_page(form, 409, title=found, told=told, edition=edition_of(description.values()))


def _form_page(
    form: TitleForm,
    status: int = 200,
    *,
    title: Title | None = None,
    told: Meanwhile | None = None,
    edition: str = "",
) -> tuple[str, int]:
    form.edition.data = edition or form.edition.data
    page = render_template(
        "cataloguing/description.html",
        form=form,
        has_groups=has_groups(session()),
        links=[(form[name], len(form[name].data or ())) for name in SCHEMES],
        title=None if title is None else {"id": title.id, "name": title.name},
        told=told,
    )
    return page, status
