"""One's own lists of titles: see, make, describe and delete them, fill and empty them."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup, escape
from werkzeug.exceptions import NotFound

from app.addresses import local_path
from app.answers import accepted, earlier_answer, invalid, keep_answer, wants_json
from app.finder.list_forms import ListForm, refuse
from app.finder.listed import listed, own_centres, own_list
from app.finder.shared_links import shared_address
from app.paging import asked_page
from app.search import reading_scope
from app.security import requires
from app.sessions import session
from app.today import now
from app.visitor import actor
from catalogue.errors import DuplicateError
from catalogue.models.title_list import TitleList
from catalogue.operations.keep_lists import (
    ListFacts,
    describe_list,
    drop_list,
    make_list,
    put_on_latest_list,
    put_on_list,
    take_off_list,
)
from catalogue.queries.shown_titles import shown_titles
from catalogue.queries.title_lists import entries_of, lists_of
from database.unit_of_work import unit_of_work
from schools.rules.roles import Right

lists = Blueprint("lists", __name__, url_prefix="/lists")

MOST_DIGITS = 9


@lists.get("")
@requires(Right.KEEP_LISTS)
def own_lists() -> ResponseReturnValue:
    """Show the visitor's lists, the one changed last first."""
    return _overview(ListForm())


@lists.post("")
@requires(Right.KEEP_LISTS)
def new_list() -> ResponseReturnValue:
    """Make an empty list."""
    form = ListForm()
    if not form.validate():
        return invalid(form) if wants_json() else (_overview(form), 422)
    facts = ListFacts(form.name.data or "", form.remark.data or "")
    try:
        with unit_of_work(session()):
            answer = earlier_answer()
            if answer is None:
                answer = _said(make_list(session(), facts, actor(), now()))
                keep_answer(answer)
    except DuplicateError:
        refuse(form.name, _("You have a list of this name already."))
        return invalid(form) if wants_json() else (_overview(form), 422)
    if wants_json():
        return accepted(answer, made=True)
    flash(_("“%(name)s” is there. Put titles on it from their pages.", name=answer["name"]))
    return redirect(f"/lists/{answer['list']}", 303)


@lists.get("/<int:list_id>")
@requires(Right.KEEP_LISTS)
def one_list(list_id: int) -> ResponseReturnValue:
    """Show a list of the visitor's with what is free of each title."""
    return _page(own_list(list_id), None)


@lists.post("/<int:list_id>")
@requires(Right.KEEP_LISTS)
def describe(list_id: int) -> ResponseReturnValue:
    """Give a list another name and remark."""
    form = ListForm()
    if not form.validate():
        return invalid(form) if wants_json() else (_page(own_list(list_id), form), 422)
    facts = ListFacts(form.name.data or "", form.remark.data or "")
    try:
        with unit_of_work(session()):
            answer = earlier_answer()
            if answer is None:
                answer = _said(describe_list(session(), list_id, facts, actor(), now()))
                keep_answer(answer)
    except DuplicateError:
        refuse(form.name, _("You have a list of this name already."))
        return invalid(form) if wants_json() else (_page(own_list(list_id), form), 422)
    if wants_json():
        return accepted(answer)
    flash(_("Saved."), "success")
    return redirect(f"/lists/{list_id}", 303)


@lists.post("/<int:list_id>/delete")
@requires(Right.KEEP_LISTS)
def delete(list_id: int) -> ResponseReturnValue:
    """Delete a list; its titles stay in the catalogue."""
    with unit_of_work(session()):
        answer = earlier_answer()
        if answer is None:
            answer = {"name": drop_list(session(), list_id, actor(), now())}
            keep_answer(answer)
    if wants_json():
        return accepted(answer)
    flash(_("“%(name)s” is deleted.", name=answer["name"]), "success")
    return redirect("/lists", 303)


@lists.post("/titles/<int:title_id>")
@requires(Right.KEEP_LISTS)
def put_on(title_id: int) -> ResponseReturnValue:
    """Put a title on the chosen list, or on the one changed last."""
    chosen = _chosen_list()
    with unit_of_work(session()):
        answer = earlier_answer()
        if answer is None:
            _check_shown(title_id)
            if chosen is None:
                first_name = _("My list")
                kept = put_on_latest_list(session(), first_name, title_id, actor(), now())
            else:
                kept = put_on_list(session(), chosen, title_id, actor(), now())
            answer = _said(kept) | {"title": title_id}
            keep_answer(answer)
    if wants_json():
        return accepted(answer)
    flash(_linked(_("Put on “%(name)s”."), answer), "success")
    return redirect(local_path(request.form.get("next"), f"/titles/{title_id}"), 303)


@lists.post("/<int:list_id>/titles/<int:title_id>/remove")
@requires(Right.KEEP_LISTS)
def take_off(list_id: int, title_id: int) -> ResponseReturnValue:
    """Take a title off a list."""
    with unit_of_work(session()):
        answer = earlier_answer()
        if answer is None:
            kept = take_off_list(session(), list_id, title_id, actor(), now())
            answer = _said(kept) | {"title": title_id}
            keep_answer(answer)
    if wants_json():
        return accepted(answer)
    flash(_linked(_("Taken off “%(name)s”."), answer), "success")
    return redirect(local_path(request.form.get("next"), f"/lists/{list_id}"), 303)


def _overview(form: ListForm) -> str:
    return render_template("lists/lists.html", form=form, lists=lists_of(session(), actor()))


def _page(found: TitleList, form: ListForm | None) -> str:
    """Show the list; `form` is what was sent and could not be taken."""
    entries = entries_of(session(), found.id)
    shown = listed(entries, own_centres(), asked_page())
    return render_template(
        "lists/list.html",
        list={"id": found.id, "name": found.name, "remark": found.remark},
        titles=len(entries),
        shown=shown,
        address=shared_address(found),
        form=form or ListForm(formdata=None, data={"name": found.name, "remark": found.remark}),
    )


def _linked(sentence: str, answer: Mapping[str, Any]) -> Markup:
    """Return a sentence about a list with the list's name as a link to it."""
    link = Markup('<a href="/lists/{list}">{name}</a>').format(**answer)
    return escape(sentence) % {"name": link}


def _said(kept: TitleList) -> dict[str, Any]:
    return {"list": kept.id, "name": kept.name}


def _chosen_list() -> int | None:
    """Return the list the form names; None for none.

    Raises:
        HTTPException: 422 for what is no list's number.
    """
    text = request.form.get("list", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        abort(422)
    return int(text)


def _check_shown(title_id: int) -> None:
    """Raise `NotFound` for a title that shows in none of the visitor's catalogues."""
    scope = reading_scope(actor())
    if title_id not in shown_titles(session(), scope, own_centres(), [title_id]):
        raise NotFound
