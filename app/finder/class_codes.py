"""Giving a class an online medium or a list: a code, its card, and taking it back."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.answers import accepted, earlier_answer, keep_answer, wants_json
from app.finder.class_links import card_address, entry_address
from app.finder.reading import readers_centres
from app.qr import QUIET_ZONE, qr_drawing
from app.search import reading_scope
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from catalogue.models.class_code import ClassCode
from catalogue.operations.open_to_class import Opened, close_to_class, open_to_class
from catalogue.queries.class_codes import codes_of, living_code
from catalogue.queries.shown_titles import shown_titles
from catalogue.rules.class_codes import in_groups
from database.unit_of_work import unit_of_work
from schools.rules.roles import Right

class_codes = Blueprint("class_codes", __name__)

CARDS_A_SHEET = 8


@class_codes.post("/titles/<int:title_id>/class-code")
@requires(Right.KEEP_LISTS)
def open_title(title_id: int) -> ResponseReturnValue:
    """Give a title a code for a class, and show its card."""
    seen = shown_titles(session(), reading_scope(actor()), readers_centres(None).every, [title_id])
    if title_id not in seen:
        raise NotFound
    return _opened(Opened(title_id=title_id))


@class_codes.post("/lists/<int:list_id>/class-code")
@requires(Right.KEEP_LISTS)
def open_list(list_id: int) -> ResponseReturnValue:
    """Give one's own list a code for a class, and show its card."""
    return _opened(Opened(list_id=list_id))


@class_codes.get("/codes")
@requires(Right.KEEP_LISTS)
def own_codes() -> ResponseReturnValue:
    """List the visitor's living codes with what they open."""
    found = codes_of(session(), actor(), today())
    return render_template("classes/codes.html", codes=[_shown(each) for each in found])


@class_codes.get("/codes/<int:code_id>")
@requires(Right.KEEP_LISTS)
def card(code_id: int) -> ResponseReturnValue:
    """Show a code as a card to print: large for the wall, or eight small ones to cut out."""
    found = living_code(session(), actor(), code_id, today())
    if found is None:
        raise NotFound
    address = card_address(found)
    return render_template(
        "classes/card.html",
        code=_shown(found),
        entry=entry_address().split("://", 1)[-1],
        address=address,
        drawing=qr_drawing(address, border=QUIET_ZONE),
        cards=CARDS_A_SHEET if "small" in request.args else 0,
    )


@class_codes.post("/codes/<int:code_id>/end")
@requires(Right.KEEP_LISTS)
def end(code_id: int) -> ResponseReturnValue:
    """Take a code back: card, link and QR code open nothing any more."""
    answer = _once(lambda: {"id": close_to_class(session(), code_id, actor(), now()).id})
    if wants_json():
        return accepted(answer)
    flash(_("The code is dead. Cards with it open nothing any more."), "success")
    return redirect("/codes", 303)


def _opened(thing: Opened) -> ResponseReturnValue:
    answer = _once(lambda: _answer(open_to_class(session(), thing, actor(), today(), now())))
    if wants_json():
        return accepted(answer, made=True)
    return redirect(f"/codes/{answer['id']}", 303)


def _once(act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    with unit_of_work(session()):
        answer = earlier_answer()
        if answer is None:
            answer = act()
            keep_answer(answer)
    return answer


def _answer(made: ClassCode) -> dict[str, Any]:
    return {
        "id": made.id,
        "code": in_groups(made.code),
        "address": card_address(made),
        "ends_on": made.ends_on.isoformat(),
    }


def _shown(found: ClassCode) -> dict[str, Any]:
    """Return a code as its pages show it: what it opens, and until when."""
    if found.title is not None:
        name, address = found.title.name, f"/titles/{found.title.id}"
    elif found.title_list is not None:
        name, address = found.title_list.name, f"/lists/{found.title_list.id}"
    else:
        abort(404)
    return {
        "id": found.id,
        "code": in_groups(found.code),
        "name": name,
        "address": address,
        "is_list": found.list_id is not None,
        "ends_on": found.ends_on,
    }
