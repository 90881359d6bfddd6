"""Tours: which lie ahead, one with its stops, its papers, and sending it off."""

from collections.abc import Callable
from datetime import date, timedelta

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.answers import earlier_answer, keep_answer
from app.courier.answers import kept_from_last_page
from app.courier.forms import HIGHEST_ID, HandOverForm, OpenForm
from app.courier.labels import box_labels
from app.courier.links import driver_address
from app.courier.reach import asked_branches, lending_scope, tour_in_reach
from app.courier.tour_page import TourShown, tour_shown
from app.courier.words import said_of_pack
from app.qr import qr_drawing
from app.refusals import sentences
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from database.unit_of_work import unit_of_work
from loans.errors import RefusedError
from loans.models.tour import Tour
from loans.operations.hand_over import (
    finish_tour,
    hand_over,
    renew_link,
    take_hand_over_back,
)
from loans.operations.open_tour import open_tour
from loans.queries.to_pack import AheadOf, tours_ahead
from loans.queries.tour_heads import heads_within, loaded_in
from schools.rules.periods import ONE_DAY, Period
from schools.rules.roles import Right

tours = Blueprint("tours", __name__, url_prefix="/tours")

AHEAD = timedelta(days=13)
BACK = timedelta(days=14)


@tours.get("")
@requires(Right.LEND)
def table() -> ResponseReturnValue:
    """List the tours of two weeks from today on, and those of the two weeks before."""
    branches = asked_branches()
    scope, days = lending_scope(), Period(today(), today() + AHEAD)
    asked = AheadOf(branches.branch_id, branches.centre_id, days, today())
    over = heads_within(session(), scope, branches.branch_id, (today() - BACK, today() - ONE_DAY))
    return render_template(
        "courier/tours.html",
        branches=branches,
        ahead=tours_ahead(session(), scope, asked),
        over=list(reversed(over)),
        loaded=loaded_in(session(), scope, over),
        edits=actor().may(Right.MANAGE_CENTRE),
    )


@tours.post("")
@requires(Right.LEND)
def open_() -> ResponseReturnValue:
    """Open the tour of a route on a day for packing."""
    form = OpenForm()
    if not form.validate():
        raise NotFound
    try:
        with unit_of_work(session()):
            answer = earlier_answer()
            if answer is None:
                asked = (form.route.data, form.day.data)
                answer = {"tour": open_tour(session(), asked, actor(), today(), now()).id}
                keep_answer(answer)
    except RefusedError as error:
        flash(" ".join(sentences(error.refusals)), "warning")
        return redirect("/tours", 303)
    return redirect(f"/tours/{answer['tour']}", 303)


@tours.get("/<int:tour_id>")
@requires(Right.LEND)
def tour(tour_id: int) -> ResponseReturnValue:
    """Show a tour: what must go to which stop, what is packed, what the driver reported."""
    kept = kept_from_last_page()
    own = kept if kept is not None and kept.get("tour") == tour_id else None
    shown = tour_shown(
        tour_in_reach(tour_id),
        box_id=_open_box(own),
        said=None if own is None else said_of_pack(own),
    )
    return page_of(shown, HandOverForm(formdata=None))


@tours.get("/<int:tour_id>/sheet")
@requires(Right.LEND)
def sheet(tour_id: int) -> ResponseReturnValue:
    """Show a tour as a sheet of paper: stops in order, boxes out and in, signatures."""
    found = tour_in_reach(tour_id)
    address = driver_address(found.head)
    codes = [qr_drawing(f"{address}#stop-{stop.id}") if address else None for stop in found.stops]
    return render_template(
        "courier/sheet.html", tour=found, stops=list(zip(found.stops, codes, strict=True))
    )


@tours.get("/<int:tour_id>/labels")
@requires(Right.LEND)
def labels(tour_id: int) -> ResponseReturnValue:
    """Show a label for each box of a tour."""
    found = tour_in_reach(tour_id)
    return render_template("courier/box_labels.html", tour=found, labels=box_labels(found))


@tours.post("/<int:tour_id>/hand-over")
@requires(Right.LEND)
def send_off(tour_id: int) -> ResponseReturnValue:
    """Hand a tour over to its driver."""
    form = HandOverForm()
    if not form.validate():
        return page_of(tour_shown(tour_in_reach(tour_id)), form, 422)
    _once(tour_id, lambda: hand_over(session(), tour_id, form.driver.data, actor(), now()))
    if tour_in_reach(tour_id).head.day < today():
        flash(_("Handed over. Its day is past, so nobody is told by letter."), "success")
    else:
        flash(_("Handed over. Whoever gets something is told by letter."), "success")
    return redirect(f"/tours/{tour_id}", 303)


@tours.post("/<int:tour_id>/take-back")
@requires(Right.LEND)
def take_back(tour_id: int) -> ResponseReturnValue:
    """Pack on after all."""
    _once(tour_id, lambda: take_hand_over_back(session(), tour_id, actor(), now()))
    flash(_("The tour is open for packing again."), "success")
    return redirect(f"/tours/{tour_id}", 303)


@tours.post("/<int:tour_id>/finish")
@requires(Right.LEND)
def finish(tour_id: int) -> ResponseReturnValue:
    """Note that a tour is over."""
    _once(tour_id, lambda: finish_tour(session(), tour_id, actor(), now()))
    flash(_("The tour is over."), "success")
    return redirect(f"/tours/{tour_id}", 303)


@tours.post("/<int:tour_id>/link")
@requires(Right.LEND)
def link(tour_id: int) -> ResponseReturnValue:
    """Give the driver another link, or none."""
    dead = "end" in request.form
    _once(tour_id, lambda: renew_link(session(), tour_id, actor(), now(), dead=dead))
    if dead:
        flash(_("The driver's link is dead."), "success")
    else:
        flash(_("The driver has a new link; the one before is dead."), "success")
    return redirect(f"/tours/{tour_id}#driver", 303)


def page_of(shown: TourShown, form: HandOverForm, status: int = 200) -> tuple[str, int]:
    """Return the page of a tour."""
    page = render_template(
        "courier/tour.html",
        shown=shown,
        tour=shown.tour,
        form=form,
        is_past=shown.tour.head.day < today(),
        last_day=_last_day(shown.tour.head.day),
    )
    return page, status


def _last_day(day: date) -> date:
    return day + timedelta(days=2)


def _open_box(kept: dict[str, object] | None) -> int | None:
    """Return the box that stands open: the one packed into last, or that the address names."""
    named = request.args.get("box", "")
    if kept is not None:
        named = str(kept.get("box_id") or "")
    fits = named.isascii() and named.isdigit() and len(named) <= len(str(HIGHEST_ID))
    return int(named) if fits else None


def _once(tour_id: int, act: Callable[[], Tour]) -> None:
    """Do it in one unit of work, once for each key."""
    with unit_of_work(session()):
        if earlier_answer() is None:
            act()
            keep_answer({"tour": tour_id})
