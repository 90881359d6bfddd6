"""Sharing a list: switching its link on and off, its code for the beamer, and the public page."""

from flask import Blueprint, flash, make_response, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.answers import accepted, earlier_answer, keep_answer, wants_json
from app.finder.listed import listed
from app.finder.reading import centres_of_maker
from app.finder.shared_links import list_of_token, opens, shared_address
from app.paging import asked_page
from app.qr import QUIET_ZONE, qr_drawing
from app.security import requires
from app.sessions import session
from app.today import now
from app.visitor import actor
from catalogue.models.title_list import TitleList
from catalogue.operations.keep_lists import share_list, unshare_list
from catalogue.queries.title_lists import entries_of, list_within, shared_list
from database.unit_of_work import unit_of_work
from schools.rules.roles import Right

list_sharing = Blueprint("list_sharing", __name__, url_prefix="/lists")


@list_sharing.post("/<int:list_id>/share")
@requires(Right.KEEP_LISTS)
def share(list_id: int) -> ResponseReturnValue:
    """Give the list a new link; the one before it, if there was one, is dead."""
    with unit_of_work(session()):
        answer = earlier_answer()
        if answer is None:
            answer = {"address": shared_address(share_list(session(), list_id, actor(), now()))}
            keep_answer(answer)
    if wants_json():
        return accepted(answer)
    flash(_("Whoever has the link can read this list now."), "success")
    return redirect(f"/lists/{list_id}#share", 303)


@list_sharing.post("/<int:list_id>/unshare")
@requires(Right.KEEP_LISTS)
def unshare(list_id: int) -> ResponseReturnValue:
    """Let nobody else read the list any more."""
    with unit_of_work(session()):
        answer = earlier_answer()
        if answer is None:
            unshare_list(session(), list_id, actor(), now())
            answer = {"address": ""}
            keep_answer(answer)
    if wants_json():
        return accepted(answer)
    flash(_("The link is dead. Nobody else can read this list."), "success")
    return redirect(f"/lists/{list_id}#share", 303)


@list_sharing.get("/<int:list_id>/code")
@requires(Right.KEEP_LISTS)
def code(list_id: int) -> ResponseReturnValue:
    """Show the link as a large code, for the wall or a sheet of paper."""
    found = list_within(session(), actor(), list_id)
    address = "" if found is None else shared_address(found)
    if found is None or not address:
        raise NotFound
    return render_template(
        "lists/code.html",
        list={"id": found.id, "name": found.name},
        address=address,
        drawing=qr_drawing(address, border=QUIET_ZONE),
    )


@list_sharing.get("/shared/<token>")
@requires(Right.VISIT)
def shared(token: str) -> ResponseReturnValue:
    """Show a shared list to whoever has its link; whose it is stays unsaid."""
    found = _shared(token)
    entries = entries_of(session(), found.id)
    page = render_template(
        "lists/shared.html",
        name=found.name,
        remark=found.remark,
        titles=len(entries),
        shown=listed(entries, centres_of_maker(found.account_id), asked_page()),
    )
    answer = make_response(page)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _shared(token: str) -> TitleList:
    named = list_of_token(token)
    if named is None:
        raise NotFound
    list_id, nonce = named
    found = shared_list(session(), list_id)
    if found is None or not opens(found, nonce):
        raise NotFound
    return found
