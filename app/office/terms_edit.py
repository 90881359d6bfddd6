"""Adding, changing and removing a row of the terms."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import Forbidden, NotFound

from app.answers import earlier_answer, keep_answer
from app.labels import label
from app.meanwhile import Meanwhile, meanwhile
from app.office.terms import editing_reach, line_of, rows_at
from app.office.terms_form import NewTermsForm, RemoveForm, TermsForm, form_values
from app.office.terms_words import GROUPS, HINTS, row_name, said
from app.security import requires
from app.sessions import session
from app.today import now
from app.visitor import actor
from catalogue.errors import ChangedMeanwhileError, InvalidError
from database.unit_of_work import unit_of_work
from loans.operations.edit_terms import (
    NewTerms,
    TermsEdit,
    add_terms,
    change_terms,
    remove_terms,
    terms_edition,
)
from loans.queries.terms import terms_within
from loans.rules.terms import TermsKey, TermsRow, effective
from schools.queries.centres import centres_within
from schools.rules.roles import Right

terms_edit = Blueprint("office_terms_edit", __name__, url_prefix="/office/terms")

MOST_DIGITS = 6


@terms_edit.get("/new")
@requires(Right.MANAGE_CENTRE)
def new_form() -> ResponseReturnValue:
    """Show an empty row, or a copy of the one that `?like=` names."""
    asked = {
        name: request.args.get(name, "") for name in ("centre", "customer_class", "media_category")
    }
    like = _like()
    values = {} if like is None else form_values(like.values)
    return _new_page(_offered(NewTermsForm(formdata=None, data=asked | values)))


@terms_edit.post("/new")
@requires(Right.MANAGE_CENTRE)
def add() -> ResponseReturnValue:
    """Add a row."""
    form = _offered(NewTermsForm())
    if not form.validate():
        return _new_page(form, 422)
    wish = NewTerms(form.key(), form.values(), form.reason.data)
    try:
        with unit_of_work(session()):
            answer = earlier_answer()
            if answer is None:
                answer = {"terms": add_terms(session(), wish, actor(), now()).id}
                keep_answer(answer)
    except InvalidError as error:
        _place(form, error)
        return _new_page(_offered(form), 409)
    flash(_("The row is added. It holds from the next decision on."), "success")
    return redirect(_back(wish.key), 303)


@terms_edit.get("/<int:terms_id>")
@requires(Right.MANAGE_CENTRE)
def edit_form(terms_id: int) -> ResponseReturnValue:
    """Show a row for editing."""
    row = _editable(terms_id)
    data = form_values(row.values) | {"edition": terms_edition(row.values)}
    return _edit_page(row, TermsForm(data=data))


@terms_edit.post("/<int:terms_id>")
@requires(Right.MANAGE_CENTRE)
def save(terms_id: int) -> ResponseReturnValue:
    """Take over new values, or tell what was saved meanwhile."""
    row, form = _editable(terms_id), TermsForm()
    if not form.validate():
        return _edit_page(row, form, 422)
    edit = TermsEdit(form.values(), form.edition.data, form.reason.data)
    try:
        with unit_of_work(session()):
            if earlier_answer() is None:
                change_terms(session(), terms_id, edit, actor(), now())
                keep_answer({"terms": terms_id})
    except ChangedMeanwhileError as error:
        return _changed(terms_id, form, error)
    except InvalidError as error:
        _place(form, error)
        return _edit_page(row, form, 409)
    flash(_("Saved. It holds from the next decision on."), "success")
    return redirect(_back(row.key), 303)


@terms_edit.post("/<int:terms_id>/remove")
@requires(Right.MANAGE_CENTRE)
def remove(terms_id: int) -> ResponseReturnValue:
    """Remove a row, so that what it said is inherited."""
    form = RemoveForm()
    if not form.validate():
        row = _editable(terms_id)
        return _edit_page(row, _fresh(row), 422, removal=form)
    wished = (form.edition.data, form.why.data)
    try:
        with unit_of_work(session()):
            answer = earlier_answer()
            if answer is None:  # a repeat finds no row any more
                answer = {"back": _back(_editable(terms_id).key)}
                remove_terms(session(), terms_id, wished, actor(), now())
                keep_answer(answer)
    except ChangedMeanwhileError as error:
        return _changed(terms_id, _fresh(_editable(terms_id)), error)
    except InvalidError as error:
        form.form_errors = [label(fault) for fault in error.faults.values()]
        row = _editable(terms_id)
        return _edit_page(row, _fresh(row), 409, removal=form)
    flash(_("The row is removed. What it said is inherited from now on."), "success")
    return redirect(answer["back"], 303)


def _like() -> TermsRow | None:
    text = request.args.get("like", "")
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        return None
    return terms_within(session(), actor().scope(Right.SEE_TERMS), int(text))


def _editable(terms_id: int) -> TermsRow:
    """Return a row that the visitor may change.

    Raises:
        NotFound: it is another centre's, or gone.
        Forbidden: it holds for the whole installation, which is not the visitor's to change.
    """
    row = terms_within(session(), editing_reach(), terms_id)
    if row is None:
        raise NotFound
    if not editing_reach().covers_centre(row.key.centre_id):
        raise Forbidden
    return row


def _offered(form: NewTermsForm) -> NewTermsForm:
    form.offer(centres_within(session(), editing_reach()), everywhere=editing_reach().everything)
    return form


def _fresh(row: TermsRow) -> TermsForm:
    data = form_values(row.values) | {"edition": terms_edition(row.values)}
    return TermsForm(formdata=None, data=data)


def _place(form: TermsForm, error: InvalidError) -> None:
    """Show each fault at its field, those of the whole row above the form."""
    for name, fault in error.faults.items():
        if name in form:
            form[name].errors = [*form[name].errors, label(fault)]
        else:
            form.form_errors.append(label(fault))


def _changed(terms_id: int, form: TermsForm, error: ChangedMeanwhileError) -> ResponseReturnValue:
    """Show both versions; saving again puts the visitor's own over the stored one."""
    row = _editable(terms_id)
    told = meanwhile(error, form, form_values(row.values))
    form.edition.data = terms_edition(row.values)
    return _edit_page(row, form, 409, told=told)


def _new_page(form: NewTermsForm, status: int = 200) -> tuple[str, int]:
    page = render_template(
        "office/terms_form.html",
        form=form,
        groups=GROUPS,
        hints=HINTS,
        inherited={},
        row=None,
        removal=None,
        told=None,
        back=url_for("office_terms.table"),
    )
    return page, status


def _edit_page(
    row: TermsRow,
    form: TermsForm,
    status: int = 200,
    *,
    removal: RemoveForm | None = None,
    told: Meanwhile | None = None,
) -> tuple[str, int]:
    removal = removal or RemoveForm(formdata=None)
    removal.edition.data = terms_edition(row.values)
    names = {each.id: each.name for each in centres_within(session(), editing_reach())}
    page = render_template(
        "office/terms_form.html",
        form=form,
        groups=GROUPS,
        hints=HINTS,
        inherited=_inherited(row, names),
        row=line_of(row, names),
        removal=removal,
        told=told,
        back=_back(row.key),
    )
    return page, status


def _inherited(row: TermsRow, centres: Mapping[int, str]) -> dict[str, str]:
    """Say of each value what would hold if this row did not set it."""
    others = [each for each in rows_at(row.key.centre_id) if each.id != row.id]
    found = effective(others, row.key)
    return {
        name: _from(said(name, value), found.origins.get(name), centres)
        for name, value, _row_id in found.explain()
    }


def _from(words: str, origin: TermsRow | None, centres: Mapping[int, str]) -> str:
    if origin is None:
        return str(_("Empty: %(value)s (built in).", value=words))
    name = row_name(origin.key, centres)
    return str(_("Empty: %(value)s (from “%(row)s”).", value=words, row=name))


def _back(key: TermsKey) -> str:
    """Return the address of the table that shows a row."""
    return url_for("office_terms.table", centre=key.centre_id)
