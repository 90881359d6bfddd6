"""Teachers wish for what is missing, and see what became of it."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound
from wtforms.fields.choices import SelectChoice

from app.answers import accepted, earlier_answer, invalid, keep_answer, wants_json
from app.forms import one_line
from app.reserving_choices import units_of
from app.routing import HIGHEST_KEY
from app.search import shown_to
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from app.wishes.forms import LONGEST_WISH, WishForm
from app.wishes.words import TONES
from catalogue.models.title import Title
from database.unit_of_work import unit_of_work
from loans.operations.wish_for_purchase import take_back_wish, wish_for_purchase
from loans.queries.borrowers import Borrower, memberships_of
from loans.queries.purchases import wishes_of
from schools.rules.roles import Right

own_wishes = Blueprint("wishes", __name__, url_prefix="/wishes")


@own_wishes.get("")
@requires(Right.RESERVE)
def list_page() -> ResponseReturnValue:
    """List the visitor's wishes with their answers."""
    found = wishes_of(session(), actor())
    return render_template("wishes/own.html", wishes=found, tones=TONES)


@own_wishes.get("/new")
@requires(Right.RESERVE)
def new_page() -> ResponseReturnValue:
    """Show the form: for more copies of a title, or for something with other words."""
    form = WishForm(formdata=None)
    title = _asked_title()
    if title is not None:
        form.title.data, form.what.data = title.id, title.name[:LONGEST_WISH]
    else:
        form.what.data = one_line(request.args.get("words"))[:LONGEST_WISH]
    return _form_page(form, title), 200


@own_wishes.post("")
@requires(Right.RESERVE)
def make() -> ResponseReturnValue:
    """Note the wish for the centre."""
    form = WishForm()
    title = None if form.title.data is None else _title(form.title.data)
    if not form.validate():
        return invalid(form) if wants_json() else (_form_page(form, title), 422)
    with unit_of_work(session()):
        answer = earlier_answer()
        if answer is None:
            wish = wish_for_purchase(session(), form.asked(), actor(), today(), now())
            answer = {"id": wish.id, "what": wish.what}
            keep_answer(answer)
    if wants_json():
        return accepted(answer, made=True)
    flash(_("Thank you. The media centre answers you by letter, and here."), "success")
    return redirect("/wishes", 303)


@own_wishes.post("/<int:wish_id>/end")
@requires(Right.RESERVE)
def take_back(wish_id: int) -> ResponseReturnValue:
    """Take back a wish nobody has answered yet."""
    with unit_of_work(session()):
        if earlier_answer() is None:
            take_back_wish(session(), wish_id, actor(), now())
            keep_answer({"id": wish_id})
    if wants_json():
        return accepted({"id": wish_id})
    flash(_("The wish is taken back."), "success")
    return redirect("/wishes", 303)


def _form_page(form: WishForm, title: Title | None) -> str:
    members = _members()
    title_id = 0 if title is None else title.id
    form.unit.choices = [
        SelectChoice(0, _("none")),
        *(SelectChoice(unit.id, unit.words) for unit in units_of(members, title_id)),
    ]
    form.institution.choices = [
        SelectChoice(each.institution_id, each.institution) for each in members
    ]
    return render_template("wishes/new.html", form=form, title=title, members=members)


def _members() -> Sequence[Borrower]:
    person_id = actor().person_id or 0
    found = memberships_of(session(), actor().scope(Right.RESERVE), person_id, today())
    return [each for each in found if each.centre_id is not None]


def _asked_title() -> Title | None:
    text = request.args.get("title", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or int(text[:11]) > HIGHEST_KEY:
        raise NotFound
    return _title(int(text))


def _title(title_id: int) -> Title:
    """Return a title that shows in the visitor's catalogues."""
    if not 0 < title_id <= HIGHEST_KEY or not shown_to(session(), actor(), [title_id]):
        raise NotFound
    return session().get_one(Title, title_id)
