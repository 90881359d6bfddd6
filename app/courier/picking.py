"""The pick list: what a branch prepares for a day, ticked by scans along the shelves."""

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.answers import earlier_answer, invalid, keep_answer, wants_fragment, wants_json
from app.courier.answers import Said, keep_for_next_page, kept_from_last_page, refused
from app.courier.forms import BackForm, PickForm
from app.courier.labels import labels_of
from app.courier.reach import Branches, Days, asked_branches, asked_days, lending_scope
from app.courier.words import NO_COPY, kept_refusals, said_of_pick
from app.paging import asked_page
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from database.unit_of_work import unit_of_work
from loans.operations.pick_copy import PickWish, pick_copy, unpick
from loans.queries.picking import PickDay, PickList, pick_list_of, to_put_back
from loans.queries.prepared import dispatch_of
from loans.queries.scanned import ScannedCopy, scanned
from loans.queries.to_pack import AheadOf, tours_ahead
from schools.models.institution import Institution
from schools.rules.pages import last_page
from schools.rules.periods import Period
from schools.rules.roles import Right

picking = Blueprint("picking", __name__, url_prefix="/desk/picking")

ROWS = 100
"""Lines of a list a page shows; whoever picks sees the next hundred on the next page."""


@picking.get("")
@requires(Right.LEND)
def page() -> ResponseReturnValue:
    """Show the list of a branch for a day."""
    branches = asked_branches()
    days = asked_days(branches.branch_id)
    kept = kept_from_last_page()
    return _page(branches, days, None if kept is None else said_of_pick(kept))


@picking.post("/scan")
@requires(Right.LEND)
def scan() -> ResponseReturnValue:
    """Pick a scanned copy, or put it back."""
    form = PickForm()
    if not form.validate():
        return _misread(form)
    branches = asked_branches(form.branch.data)
    with unit_of_work(session()):
        answer = earlier_answer()
        if answer is None:
            answer = _pick(form, branches)
            keep_answer(answer)
    return _answered(answer, branches, form)


@picking.post("/<int:pick_id>/back")
@requires(Right.LEND)
def put_back(pick_id: int) -> ResponseReturnValue:
    """Put a picked copy back onto its shelf, as if its label had been scanned."""
    form = BackForm()
    form.validate()
    with unit_of_work(session()):
        answer = earlier_answer()
        if answer is None:
            answer = {"told": unpick(session(), pick_id, actor(), now()).was_told}
            keep_answer(answer)
    if answer["told"]:
        flash(_("Put back. The borrower may have read already that it lies ready."), "warning")
    else:
        flash(_("Put back; it counts as not picked."), "success")
    return redirect(_address(form.branch.data, form.day.data), 303)


@picking.get("/labels")
@requires(Right.LEND)
def labels() -> ResponseReturnValue:
    """Show a label for each booking that lies ready for a day, school by school."""
    branches = asked_branches()
    days = asked_days(branches.branch_id)
    asked = PickDay(branches.branch_id, branches.centre_id, days.chosen, today())
    dispatch = dispatch_of(session(), lending_scope(), branches.centre_id, today())
    listed = pick_list_of(session(), lending_scope(), dispatch, asked)
    return render_template(
        "courier/labels.html", labels=labels_of(listed), day_=days.chosen, branches=branches
    )


def _pick(form: PickForm, branches: Branches) -> dict[str, Any]:
    """Do what a code asks for, and return plain values for its sentence."""
    code = form.code.data
    found = scanned(session(), lending_scope(), branches.centre_id, code)
    if not isinstance(found, ScannedCopy):
        return {"note": NO_COPY if found is not None else "unknown", "code": code}
    wish = PickWish(found.id, branches.branch_id, form.day.data)
    done = pick_copy(session(), wish, actor(), today(), now())
    return {
        "note": done.note.value,
        "code": found.barcode,
        "title": found.title,
        "shelf": found.shelf_mark,
        "number": "" if done.booking is None else done.booking.number,
        "school": "" if done.booking is None else _school(done.booking.institution),
        "is_ready": done.is_ready,
        "refusals": kept_refusals(done.refused),
    }


def _school(institution: Institution) -> str:
    return institution.short_name or institution.name


def _answered(answer: dict[str, Any], branches: Branches, form: PickForm) -> ResponseReturnValue:
    said = said_of_pick(answer)
    if wants_json():
        return jsonify(answer | {"sentence": said.sentence}), said.status
    if wants_fragment():
        return _page(branches, asked_days(branches.branch_id, form.day.data), said, fragment=True)
    keep_for_next_page(answer)
    return redirect(_address(branches.branch_id, form.day.data), 303)


def _misread(form: PickForm) -> ResponseReturnValue:
    if wants_json():
        return invalid(form)
    fault = next(iter(form.sentences().values()))
    branches = asked_branches(form.branch.data if not form.branch.errors else None)
    days = asked_days(branches.branch_id, form.day.data)
    said = refused("", fault, 422)
    return _page(branches, days, said, fragment=bool(wants_fragment())), 422


def _address(branch_id: int | None, day: object) -> str:
    return url_for("picking.page", branch=branch_id, day=day)


def _page(branches: Branches, days: Days, said: Said | None, *, fragment: bool = False) -> str:
    scope = lending_scope()
    asked = PickDay(branches.branch_id, branches.centre_id, days.chosen, today())
    dispatch = dispatch_of(session(), scope, branches.centre_id, today())
    listed = pick_list_of(session(), scope, dispatch, asked)
    ahead = AheadOf(
        branches.branch_id, branches.centre_id, Period(days.chosen, days.chosen), today()
    )
    shown = min(asked_page(), _pages(listed))
    return render_template(
        "courier/picking_part.html" if fragment else "courier/picking.html",
        branches=branches,
        days=days,
        listed=listed,
        lines=listed.lines[ROWS * (shown - 1) : ROWS * shown],
        shown=shown,
        last=_pages(listed),
        tours=tours_ahead(session(), scope, ahead),
        back=to_put_back(session(), scope, branches.branch_id, today()),
        said=said,
    )


def _pages(listed: PickList) -> int:
    return last_page(len(listed.lines), ROWS)
