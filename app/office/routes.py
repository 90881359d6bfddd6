"""The courier's routes: when they are driven, and their stops in order."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.answers import earlier_answer, keep_answer
from app.forms import Form
from app.labels import label
from app.meanwhile import Meanwhile, meanwhile
from app.office.pages import office_scope
from app.office.routes_form import RouteForm, StopForm, route_data
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from catalogue.errors import ChangedMeanwhileError, InvalidError
from database.unit_of_work import unit_of_work
from loans.models.tour import CourierRoute
from loans.operations.edit_routes import (
    Move,
    add_route,
    add_stop,
    change_route,
    move_stop,
    remove_stop,
    route_edition,
    route_values,
)
from loans.queries.routes import branches_within, places_to_stop_at, route_within, routes_within
from schools.models.media_centre import Branch
from schools.queries.centres import centres_within
from schools.rules.roles import Right

routes = Blueprint("office_routes", __name__, url_prefix="/office/routes")


@routes.get("")
@requires(Right.MANAGE_CENTRE)
def table() -> ResponseReturnValue:
    """Show the routes of every centre in reach."""
    scope = office_scope()
    centres = centres_within(session(), scope)
    groups = [(centre, routes_within(session(), scope, centre.id)) for centre in centres]
    return render_template("office/routes.html", groups=groups)


@routes.get("/new")
@requires(Right.MANAGE_CENTRE)
def new_form() -> ResponseReturnValue:
    """Show an empty route."""
    return _new_page(RouteForm(formdata=None))


@routes.post("/new")
@requires(Right.MANAGE_CENTRE)
def add() -> ResponseReturnValue:
    """Add a route."""
    form = RouteForm()
    branches = _offered(form)
    if not form.validate():
        return _new_page(form, 422)
    centre_id = next(each.centre_id for each in branches if each.id == form.branch_id.data)
    try:
        with unit_of_work(session()):
            answer = earlier_answer()
            if answer is None:
                made = add_route(session(), centre_id, form.values(), actor(), now())
                answer = {"route": made.id}
                keep_answer(answer)
    except InvalidError as error:
        _place(form, error)
        return _new_page(form, 409)
    flash(_("The route is added. Give it its stops now."), "success")
    return redirect(f"/office/routes/{answer['route']}", 303)


@routes.get("/<int:route_id>")
@requires(Right.MANAGE_CENTRE)
def edit_form(route_id: int) -> ResponseReturnValue:
    """Show a route with its stops."""
    route = _route(route_id)
    return _edit_page(route, _fresh(route))


@routes.post("/<int:route_id>")
@requires(Right.MANAGE_CENTRE)
def save(route_id: int) -> ResponseReturnValue:
    """Take over when a route is driven, or tell what was saved meanwhile."""
    route, form = _route(route_id), RouteForm()
    _offered(form, route.centre_id)
    if not form.validate():
        return _edit_page(route, form, 422)
    edit = (form.values(), form.edition.data or "")
    try:
        with unit_of_work(session()):
            if earlier_answer() is None:
                change_route(session(), route_id, edit, actor(), now())
                keep_answer({"route": route_id})
    except ChangedMeanwhileError as error:
        route = _route(route_id)
        told = meanwhile(error, form, route_data(route_values(route)))
        form.edition.data = route_edition(route_values(route))
        return _edit_page(route, form, 409, told=told)
    except InvalidError as error:
        _place(form, error)
        return _edit_page(_route(route_id), form, 409)
    flash(_("Saved. Bookings go with the tours that now fit."), "success")
    return redirect(f"/office/routes/{route_id}", 303)


@routes.post("/<int:route_id>/stops")
@requires(Right.MANAGE_CENTRE)
def stop_there(route_id: int) -> ResponseReturnValue:
    """Let the route stop at a place."""
    route, form = _route(route_id), StopForm()
    form.offer(places_to_stop_at(session(), office_scope(), route))
    if not form.validate():
        return _edit_page(route, _fresh(route), 422, stop_form=form)
    asked = (route_id, form.place.data)
    return _change_stops(
        route_id, form, lambda: add_stop(session(), asked, actor(), today(), now())
    )


@routes.post("/<int:route_id>/stops/<int:route_stop_id>/move")
@requires(Right.MANAGE_CENTRE)
def move(route_id: int, route_stop_id: int) -> ResponseReturnValue:
    """Let a stop change places with its neighbour."""
    wish = Move(route_id, route_stop_id, up="up" in request.form)
    return _change_stops(
        route_id,
        StopForm(),
        lambda: move_stop(session(), wish, actor(), today(), now()),
    )


@routes.post("/<int:route_id>/stops/<int:route_stop_id>/remove")
@requires(Right.MANAGE_CENTRE)
def leave_out(route_id: int, route_stop_id: int) -> ResponseReturnValue:
    """Let the route no longer stop there."""
    asked = (route_id, route_stop_id)
    return _change_stops(
        route_id,
        StopForm(),
        lambda: remove_stop(session(), asked, actor(), today(), now()),
    )


def _change_stops(route_id: int, form: StopForm, act: Callable[[], object]) -> ResponseReturnValue:
    """Change the stops once for each key, and show them; every stop keeps its own address."""
    try:
        with unit_of_work(session()):
            if earlier_answer() is None:
                act()
                keep_answer({"route": route_id})
    except InvalidError as error:
        _place(form, error)
        route = _route(route_id)
        return _edit_page(route, _fresh(route), 409, stop_form=form)
    return redirect(f"/office/routes/{route_id}#stops", 303)


def _route(route_id: int) -> CourierRoute:
    """Return a route.

    Raises:
        NotFound: it is another centre's, or gone.
    """
    route = route_within(session(), office_scope(), route_id)
    if route is None:
        raise NotFound
    return route


def _offered(form: RouteForm, centre_id: int | None = None) -> list[Branch]:
    branches = [
        each
        for each in branches_within(session(), office_scope())
        if centre_id in {None, each.centre_id}
    ]
    form.offer(branches)
    return branches


def _fresh(route: CourierRoute) -> RouteForm:
    values = route_values(route)
    return RouteForm(formdata=None, data=route_data(values) | {"edition": route_edition(values)})


def _place(form: Form, error: InvalidError) -> None:
    """Show each fault at its field, or above the form."""
    for name, fault in error.faults.items():
        if name in form:
            form[name].errors = [*form[name].errors, label(fault)]
        else:
            form.form_errors.append(label(fault))


def _new_page(form: RouteForm, status: int = 200) -> tuple[str, int]:
    _offered(form)
    return render_template("office/route_new.html", form=form), status


def _edit_page(
    route: CourierRoute,
    form: RouteForm,
    status: int = 200,
    *,
    stop_form: StopForm | None = None,
    told: Meanwhile | None = None,
) -> tuple[str, int]:
    _offered(form, route.centre_id)
    stop_form = stop_form or StopForm(formdata=None)
    stop_form.offer(places_to_stop_at(session(), office_scope(), route))
    page = render_template(
        "office/route.html",
        route=route,
        form=form,
        stop_form=stop_form,
        told=told,
        stops=[(stop.id, stop.place) for stop in route.stops],
    )
    return page, status
