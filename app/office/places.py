"""Pick-up places: counters of branches, and the courier's stops at schools."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.answers import earlier_answer, keep_answer
from app.labels import label
from app.meanwhile import Meanwhile, meanwhile
from app.office.pages import ROWS, office_scope, pages_of
from app.office.routes_form import NewPlaceForm, PlaceForm
from app.paging import asked_page
from app.security import requires
from app.sessions import session
from app.today import now
from app.visitor import actor
from catalogue.errors import ChangedMeanwhileError, InvalidError
from database.unit_of_work import unit_of_work
from loans.operations.edit_places import (
    NewPlace,
    add_place,
    change_place,
    place_edition,
    place_values,
)
from loans.queries.routes import branches_within, place_within, places_within, schools_of
from schools.models.media_centre import Branch, MediaCentre, PickupPlace, PlaceKind
from schools.queries.centres import centres_within
from schools.rules.roles import Right

places = Blueprint("office_places", __name__, url_prefix="/office/places")


@places.get("")
@requires(Right.MANAGE_CENTRE)
def table() -> ResponseReturnValue:
    """List the places of a centre."""
    centres = centres_within(session(), office_scope())
    centre = _centre(centres, request.args.get("centre", ""))
    page = asked_page()
    rows, total = places_within(session(), office_scope(), centre.id, page, ROWS)
    return render_template(
        "office/places.html",
        centres=centres,
        centre=centre,
        places=rows,
        pages=pages_of(page, total),
    )


@places.get("/new")
@requires(Right.MANAGE_CENTRE)
def new_form() -> ResponseReturnValue:
    """Show an empty place."""
    centre = _asked_centre()
    return _new_page(centre, NewPlaceForm(formdata=None))


@places.post("/new")
@requires(Right.MANAGE_CENTRE)
def add() -> ResponseReturnValue:
    """Add a place."""
    centre, form = _asked_centre(), NewPlaceForm()
    _offer(form, centre.id)
    if not form.validate():
        return _new_page(centre, form, 422)
    wish = NewPlace(centre.id, form.place_kind(), form.institution_id.data, form.values())
    try:
        with unit_of_work(session()):
            answer = earlier_answer()
            if answer is None:
                answer = {"place": add_place(session(), wish, actor(), now()).id}
                keep_answer(answer)
    except InvalidError as error:
        _place_errors(form, error)
        return _new_page(centre, form, 409)
    flash(_("The place is added. Bookings can choose it at once."), "success")
    return redirect(url_for("office_places.table", centre=centre.id), 303)


@places.get("/<int:place_id>")
@requires(Right.MANAGE_CENTRE)
def edit_form(place_id: int) -> ResponseReturnValue:
    """Show a place."""
    place = _place(place_id)
    data = _data(place) | {"edition": place_edition(place_values(place))}
    return _edit_page(place, PlaceForm(formdata=None, data=data))


@places.post("/<int:place_id>")
@requires(Right.MANAGE_CENTRE)
def save(place_id: int) -> ResponseReturnValue:
    """Take over what is said of a place, or tell what was saved meanwhile."""
    place, form = _place(place_id), PlaceForm()
    form.offer([each for each in _branches() if each.centre_id == place.centre_id])
    if place.kind is PlaceKind.COUNTER:  # nothing drives to a counter, and the form does not ask
        form.courier_days_before.raw_data = form.courier_days_after.raw_data = ["0"]
        form.courier_days_before.data = form.courier_days_after.data = 0
    if not form.validate():
        return _edit_page(place, form, 422)
    edit = (form.values(), form.edition.data or "")
    try:
        with unit_of_work(session()):
            if earlier_answer() is None:
                change_place(session(), place_id, edit, actor(), now())
                keep_answer({"place": place_id})
    except ChangedMeanwhileError as error:
        place = _place(place_id)
        told = meanwhile(error, form, _data(place))
        form.edition.data = place_edition(place_values(place))
        return _edit_page(place, form, 409, told=told)
    except InvalidError as error:
        _place_errors(form, error)
        return _edit_page(_place(place_id), form, 409)
    flash(_("Saved. It holds from the next booking on."), "success")
    return redirect(url_for("office_places.table", centre=place.centre_id), 303)


def _branches() -> Sequence[Branch]:
    return branches_within(session(), office_scope())


def _asked_centre() -> MediaCentre:
    return _centre(centres_within(session(), office_scope()), request.args.get("centre", ""))


def _centre(centres: Iterable[MediaCentre], asked: str) -> MediaCentre:
    """Return the centre an address names, or the first.

    Raises:
        NotFound: none is in reach, or not the one named.
    """
    for centre in centres:
        if asked in {"", str(centre.id)}:
            return centre
    raise NotFound


def _place(place_id: int) -> PickupPlace:
    place = place_within(session(), office_scope(), place_id)
    if place is None:
        raise NotFound
    return place


def _data(place: PickupPlace) -> dict[str, Any]:
    return asdict(place_values(place))


def _offer(form: NewPlaceForm, centre_id: int) -> None:
    form.offer([each for each in _branches() if each.centre_id == centre_id])
    form.offer_schools(schools_of(session(), office_scope(), centre_id))


def _place_errors(form: PlaceForm, error: InvalidError) -> None:
    for name, fault in error.faults.items():
        form[name].errors = [*form[name].errors, label(fault)]


def _new_page(centre: MediaCentre, form: NewPlaceForm, status: int = 200) -> tuple[str, int]:
    _offer(form, centre.id)
    return render_template("office/place.html", form=form, centre=centre, place=None), status


def _edit_page(
    place: PickupPlace, form: PlaceForm, status: int = 200, *, told: Meanwhile | None = None
) -> tuple[str, int]:
    form.offer([each for each in _branches() if each.centre_id == place.centre_id])
    page = render_template(
        "office/place.html", form=form, centre=place.branch.centre, place=place, told=told
    )
    return page, status
