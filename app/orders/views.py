"""Pages of collective orders: which there are, opening one, its lines, its sheet, closing it."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound
from wtforms.fields.choices import SelectChoice

from app.answers import accepted, earlier_answer, invalid, keep_answer, wants_json
from app.answers import refused as refused_json
from app.orders.forms import OrderForm
from app.paging import asked_page
from app.refusals import coded, sentence
from app.reserving_choices import place_words
from app.routing import as_key
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from database.unit_of_work import unit_of_work
from loans.errors import RefusedError
from loans.models.collective_order import CollectiveOrder
from loans.operations.order_together import close_order, open_order, reopen_order
from loans.queries.orders import (
    OrderFacts,
    order_numbered,
    orders_seen_by,
    orders_within,
    sheet_of,
)
from loans.queries.places import places_of
from schools.queries.institutions import (
    InstitutionFacts,
    institution_within,
    institutions_within,
)
from schools.rules.pages import last_page
from schools.rules.roles import Right, Scope

orders = Blueprint("orders", __name__, url_prefix="/orders")

MOST_SCHOOLS = 25


@orders.get("")
@requires(Right.BOOK)
def order_list() -> ResponseReturnValue:
    """List the orders of the visitor's school, or of the schools the centre serves."""
    page = asked_page()
    found = orders_within(session(), orders_seen_by(actor()), page)
    return render_template(
        "orders/orders.html",
        found=found,
        page=page,
        today_=today(),
        organises=actor().may(Right.ORGANISE_SCHOOL),
        reserves=actor().may(Right.RESERVE),
    )


@orders.get("/new")
@requires(Right.ORGANISE_SCHOOL)
def new_order() -> ResponseReturnValue:
    """Show the form of a new order; staff choose the school first."""
    school = _asked_school()
    if school is None:
        return _chooser()
    return _form_page(OrderForm(formdata=None, school=school.id), school)


@orders.post("")
@requires(Right.ORGANISE_SCHOOL)
def make_order() -> ResponseReturnValue:
    """Open an order for a school; say every reason against its days."""
    form = OrderForm()
    if not form.validate():
        if wants_json():
            return invalid(form)
        return _form_page(form, _school(form.school.data or 0)), 422
    try:
        answer = _once(lambda: open_order(session(), form.wish(), actor(), today(), now()))
    except RefusedError as error:
        if wants_json():
            return refused_json(coded(error.refusals))
        for reason in error.refusals:
            field = form.first if reason.facts.get("day") == form.first.data else form.last
            field.errors = [*field.errors, sentence(reason)]
        return _form_page(form, _school(form.school.data)), 409
    if wants_json():
        return accepted(answer, made=True)
    flash(_("%(number)s is open. Teachers can add to it now.", number=answer["number"]), "success")
    return redirect(f"/orders/{answer['number']}", 303)


@orders.get("/<order_number>")
@requires(Right.BOOK)
def order(order_number: str) -> ResponseReturnValue:
    """Show an order: all its lines to whoever organises it, their own to teachers."""
    found = _order(order_number)
    organises = _organises(found)
    lines = sheet_of(
        session(),
        orders_seen_by(actor()),
        found.id,
        None if organises else actor().person_id or 0,
    )
    return render_template(
        "orders/order.html",
        order=found,
        lines=lines,
        organises=organises,
        reserves=actor().may(Right.RESERVE),
        can_add=found.state.value == "open" and found.period.first >= today(),
    )


@orders.get("/<order_number>/sheet")
@requires(Right.ORGANISE_SCHOOL)
def sheet(order_number: str) -> ResponseReturnValue:
    """Show everything of an order on one sheet to print, by teacher, class and unit."""
    found = _order(order_number)
    if not _organises(found):
        raise NotFound
    return render_template(
        "orders/sheet.html",
        order=found,
        lines=sheet_of(session(), orders_seen_by(actor()), found.id),
    )


@orders.post("/<order_number>/close")
@requires(Right.ORGANISE_SCHOOL)
def close(order_number: str) -> ResponseReturnValue:
    """Let nobody add to an order any more."""
    answer = _once(lambda: close_order(session(), order_number, actor(), now()))
    if wants_json():
        return accepted(answer)
    flash(_("%(number)s is closed. The sheet is complete.", number=answer["number"]), "success")
    return redirect(f"/orders/{answer['number']}", 303)


@orders.post("/<order_number>/reopen")
@requires(Right.ORGANISE_SCHOOL)
def reopen(order_number: str) -> ResponseReturnValue:
    """Let teachers add to an order again."""
    answer = _once(lambda: reopen_order(session(), order_number, actor(), now()))
    if wants_json():
        return accepted(answer)
    flash(_("%(number)s is open again.", number=answer["number"]), "success")
    return redirect(f"/orders/{answer['number']}", 303)


def _once(act: Callable[[], CollectiveOrder]) -> dict[str, Any]:
    with unit_of_work(session()):
        answer = earlier_answer()
        if answer is None:
            done = act()
            answer = {"number": done.number, "state": done.state.value}
            keep_answer(answer)
    return answer


def _order(number: str) -> OrderFacts:
    found = order_numbered(session(), orders_seen_by(actor()), number)
    if found is None:
        raise NotFound
    return found


def _scope() -> Scope:
    return actor().scope(Right.ORGANISE_SCHOOL)


def _organises(found: OrderFacts) -> bool:
    return _scope().covers_institution(found.institution_id, found.centre_id)


def _asked_school() -> InstitutionFacts | None:
    """Return the school the address names, or the only one within reach; None to choose one."""
    asked = request.args.get("school", "")
    scope = _scope()
    if not asked and len(scope.institution_ids) == 1 and not scope.centre_ids:
        return _school(next(iter(scope.institution_ids)))
    if not asked:
        return None
    try:
        return _school(as_key(asked))
    except ValueError:
        raise NotFound from None


def _school(institution_id: int) -> InstitutionFacts:
    found = institution_within(session(), _scope(), institution_id)
    if found is None or found.centre_id is None:
        raise NotFound
    return found


def _chooser() -> str:
    words = request.args.get("words", "")[:80]
    page = asked_page()
    schools, total = institutions_within(session(), _scope(), words, page, MOST_SCHOOLS)
    return render_template(
        "orders/schools.html",
        words=words,
        schools=schools,
        page=page,
        last=last_page(total, MOST_SCHOOLS),
    )


def _form_page(form: OrderForm, school: InstitutionFacts) -> str:
    every = places_of(session(), school.centre_id or 0)
    places = [each for each in every if each.institution_id in {None, school.id}]
    form.place.choices = [SelectChoice(each.id, place_words(each)) for each in places]
    if not form.place.data and places:
        delivered = [each for each in places if each.institution_id == school.id]
        form.place.data = (delivered or places)[0].id
    return render_template("orders/new.html", form=form, school=school)
