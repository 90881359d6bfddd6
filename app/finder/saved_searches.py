"""Searches one comes back to: save, rename and delete them, ask for letters on new titles."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound

from app.answers import accepted, earlier_answer, invalid, keep_answer, wants_json
from app.dates import language
from app.facet_words import Wording
from app.finder.addresses import Pairs, pairs_of, search_address
from app.finder.branches import tree_around
from app.finder.forms import SearchForm, search_form
from app.finder.free_words import when_words
from app.finder.list_forms import (
    LONGEST_NAME,
    LONGEST_QUERY,
    NewSearchForm,
    SavedSearchForm,
    refuse,
)
from app.finder.panel import chips
from app.kept_searches import pairs_on, parameters_of
from app.search import Search
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from catalogue.errors import DuplicateError
from catalogue.models.title_list import SavedSearch
from catalogue.operations.save_searches import (
    SearchFacts,
    change_search,
    drop_search,
    save_search,
)
from catalogue.queries.title_lists import search_within, searches_of
from database.unit_of_work import unit_of_work
from schools.models.person import Person
from schools.rules.roles import Right
from search_index.engine import Facet

saved_searches = Blueprint("saved_searches", __name__, url_prefix="/searches")

MOST_FIELDS = 500


@dataclass(frozen=True, slots=True)
class Row:
    """A saved search as its page shows it; `words` say what it looks for."""

    id: int
    name: str
    alert: bool
    address: str
    words: str


@saved_searches.get("")
@requires(Right.KEEP_LISTS)
def own_searches() -> ResponseReturnValue:
    """Show the visitor's saved searches by name."""
    rows = _rows(searches_of(session(), actor()))
    return render_template("lists/searches.html", searches=rows, mail=_mail())


@saved_searches.get("/new")
@requires(Right.KEEP_LISTS)
def new_search() -> ResponseReturnValue:
    """Ask for the name of a search; its address stands behind the question mark."""
    query = request.query_string.decode("utf-8", "replace")[:LONGEST_QUERY]
    asked = _asked(query)
    if asked is None:
        return redirect(search_address([]), 303)
    form = NewSearchForm(
        formdata=None,
        data={"name": _words(asked[0], _wording([asked[0]]))[:LONGEST_NAME], "query": query},
    )
    return _new_page(form)


@saved_searches.post("")
@requires(Right.KEEP_LISTS)
def save() -> ResponseReturnValue:
    """Save a search."""
    form = NewSearchForm()
    asked = _asked(form.query.data or "")
    if not form.validate() or asked is None:
        return invalid(form) if wants_json() else (_new_page(form), 422)
    parameters = parameters_of(asked[1])
    try:
        with unit_of_work(session()):
            answer = earlier_answer()
            if answer is None:
                answer = _said(save_search(session(), _facts(form), parameters, actor(), now()))
                keep_answer(answer)
    except DuplicateError:
        refuse(form.name, _("You have a saved search of this name already."))
        return invalid(form) if wants_json() else (_new_page(form), 422)
    if wants_json():
        return accepted(answer, made=True)
    flash(_("“%(name)s” is saved.", name=answer["name"]), "success")
    return redirect("/searches", 303)


@saved_searches.get("/<int:search_id>")
@requires(Right.KEEP_LISTS)
def one_search(search_id: int) -> ResponseReturnValue:
    """Show a saved search with its name and whether letters are sent."""
    found = _own(search_id)
    form = SavedSearchForm(formdata=None, data={"name": found.name, "alert": found.alert})
    return _page(found, form)


@saved_searches.post("/<int:search_id>")
@requires(Right.KEEP_LISTS)
def change(search_id: int) -> ResponseReturnValue:
    """Rename a saved search, start or end its letters."""
    form = SavedSearchForm()
    if not form.validate():
        return invalid(form) if wants_json() else (_page(_own(search_id), form), 422)
    try:
        with unit_of_work(session()):
            answer = earlier_answer()
            if answer is None:
                answer = _said(change_search(session(), search_id, _facts(form), actor(), now()))
                keep_answer(answer)
    except DuplicateError:
        refuse(form.name, _("You have a saved search of this name already."))
        return invalid(form) if wants_json() else (_page(_own(search_id), form), 422)
    if wants_json():
        return accepted(answer)
    flash(_("Saved."), "success")
    return redirect("/searches", 303)


@saved_searches.post("/<int:search_id>/delete")
@requires(Right.KEEP_LISTS)
def delete(search_id: int) -> ResponseReturnValue:
    """Delete a saved search."""
    with unit_of_work(session()):
        answer = earlier_answer()
        if answer is None:
            answer = {"name": drop_search(session(), search_id, actor())}
            keep_answer(answer)
    if wants_json():
        return accepted(answer)
    flash(_("“%(name)s” is deleted.", name=answer["name"]), "success")
    return redirect("/searches", 303)


def _own(search_id: int) -> SavedSearch:
    found = search_within(session(), actor(), search_id)
    if found is None:
        raise NotFound
    return found


def _asked(query: str) -> tuple[SearchForm, Pairs] | None:
    """Read a search page's query; None if the page itself would refuse it."""
    try:
        fields = parse_qsl(query, max_num_fields=MOST_FIELDS)
    except ValueError:
        return None
    form = search_form(MultiDict(fields))
    if not form.check(today()):
        return None
    return form, pairs_of(form.search(), form.centre.data)


def _rows(every: Sequence[SavedSearch]) -> list[Row]:
    """Say what each search looks for; one statement for all of them names the groups."""
    asked = [pairs_on(kept.parameters, today()) for kept in every]
    forms = [search_form(MultiDict(pairs)) for pairs in asked]
    checked = [form if form.check(today()) else None for form in forms]
    wording = _wording([form for form in checked if form is not None])
    return [
        Row(
            kept.id,
            kept.name,
            kept.alert,
            search_address(pairs),
            "" if form is None else _words(form, wording),
        )
        for kept, pairs, form in zip(every, asked, checked, strict=True)
    ]


def _wording(forms: Iterable[SearchForm]) -> Wording:
    """Return words for what checked searches are narrowed by."""
    chosen = {code for form in forms for code in form.search().filters.get(Facet.GROUP, ())}
    names = tree_around(session(), chosen).names(language()) if chosen else {}
    return Wording(language(), names)


def _words(form: SearchForm, wording: Wording) -> str:
    """Return what a checked search looks for, in a few words."""
    search: Search = form.search()
    parts = [f"„{search.words}“" if language() == "de" else f"“{search.words}”"]
    parts = parts if search.words else []
    parts += [chip.words for chip in chips(search, [], wording)]
    if search.period is not None:
        parts.append(when_words(search.period))
    return ", ".join(parts) or _("The whole catalogue")


def _facts(form: SavedSearchForm) -> SearchFacts:
    return SearchFacts(form.name.data or "", alert=bool(form.alert.data))


def _said(kept: SavedSearch) -> dict[str, Any]:
    return {"search": kept.id, "name": kept.name, "alert": kept.alert}


def _mail() -> str:
    """Return where letters go; empty if the visitor has no address."""
    person = session().get_one(Person, actor().person_id)
    return person.email or ""


def _new_page(form: NewSearchForm) -> str:
    asked = _asked(form.query.data or "")
    words = "" if asked is None else _words(asked[0], _wording([asked[0]]))
    return render_template("lists/new_search.html", form=form, words=words, mail=_mail())


def _page(found: SavedSearch, form: SavedSearchForm) -> str:
    return render_template("lists/search.html", kept=_rows([found])[0], form=form, mail=_mail())
