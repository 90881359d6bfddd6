"""Placing a hold: the page with the form, and taking what it posts."""

from collections.abc import Mapping
from enum import StrEnum

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from app.addressed import day_named, number_named
from app.addresses import local_path
from app.answers import accepted, earlier_answer, invalid, keep_answer, wants_json
from app.answers import refused as refused_json
from app.holds.forms import MOST_PIECES, HoldForm
from app.refusals import coded, sentence
from app.reserving import Asked, ReservePanel, reserve_panel
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from database.unit_of_work import unit_of_work
from loans.errors import Refused, RefusedError
from loans.models.hold import Hold
from loans.operations.place_hold import HoldWish, place_hold
from loans.operations.record_refused_wish import record_waiting_wish
from loans.queries.borrowers import FEWEST_LETTERS, Borrower, people_like
from loans.queries.holds import open_holds_of
from loans.queries.wishes import BookingWish, one_line
from loans.rules.codes import DayReason, HoldRefusal
from schools.rules.periods import Period
from schools.rules.roles import Right, Scope

placing = Blueprint("placing", __name__)

FIELDS: Mapping[StrEnum, str] = {HoldRefusal.BEGINS_TODAY: "first"}
"""Which field of the form a refusal is shown at; days go to the first or last day."""


@placing.get("/holds/new")
@requires(Right.BOOK)
def hold_page() -> ResponseReturnValue:
    """Show the form to wait for a title; staff first choose the caller."""
    holding_id = number_named("holding")
    if holding_id is None:
        raise NotFound
    letters = request.args.get("who", "").strip()
    people: tuple[Borrower, ...] = ()
    if letters:
        people = people_like(session(), actor().scope(Right.RESERVE_FOR_OTHERS), letters, today())
    asked = _asked()
    return _page(reserve_panel(holding_id, asked), _fresh(holding_id, asked), people, letters)


@placing.post("/holds")
@requires(Right.BOOK)
def place() -> ResponseReturnValue:
    """Let the visitor, or a caller, wait; say every reason against it at once."""
    form = HoldForm()
    if not form.validate():
        return invalid(form) if wants_json() else _again(form, 422)
    wish = form.wish(actor().person_id)
    try:
        with unit_of_work(session()):
            answer = earlier_answer()
            if answer is None:
                hold = place_hold(session(), wish, actor(), today(), now())
                _remember(wish, hold)
                answer = {"hold": hold.id, "rank": hold.rank, "url": f"/holds/{hold.id}"}
                keep_answer(answer)
    except RefusedError as error:
        if wants_json():
            return refused_json(coded(error.refusals))
        for reason in error.refusals:
            _place_error(form, reason)
        return _again(form, 409)
    if wants_json():
        return accepted(answer, made=True)
    back = local_path(form.back.data, "")
    return redirect(
        url_for("holds.hold_page", hold_id=answer["hold"], made=1, back=back or None), 303
    )


def _remember(wish: HoldWish, hold: Hold) -> None:
    """Feed the purchase list: what is waited for could not be had."""
    period = wish.period or Period(today(), today())
    wanted = BookingWish(
        lines=one_line(wish.holding_id, wish.quantity),
        person_id=wish.person_id,
        period=period,
        institution_id=hold.institution_id,
    )
    record_waiting_wish(session(), wanted, f"hold:{hold.id}", today())


def _asked() -> Asked:
    first, last = day_named("from"), day_named("until")
    return Asked(
        period=Period(first, max(first, last or first)) if first else None,
        quantity=min(MOST_PIECES, max(1, number_named("quantity") or 1)),
        person_id=number_named("person"),
        back=local_path(request.args.get("back"), ""),
        institution_id=number_named("institution"),
    )


def _fresh(holding_id: int, asked: Asked) -> HoldForm:
    period = asked.period
    ahead = period if period is not None and period.first > today() else None
    return HoldForm(
        formdata=None,
        holding=holding_id,
        first=None if ahead is None else ahead.first,
        last=None if ahead is None else ahead.last,
        quantity=asked.quantity,
        person=asked.person_id,
        institution=str(asked.institution_id or ""),
        back=asked.back,
    )


def _again(form: HoldForm, status: int) -> ResponseReturnValue:
    """Show the form as it was posted, with what is wrong."""
    if form.holding.data is None:
        raise NotFound
    asked = Asked(
        quantity=form.quantity.data or 1,
        person_id=form.person.data,
        back=local_path(form.back.data, ""),
    )
    return _page(reserve_panel(form.holding.data, asked), form, (), ""), status


def _page(panel: ReservePanel, form: HoldForm, people: tuple[Borrower, ...], letters: str) -> str:
    form.offer(panel.view, list(panel.form.institution.choices or ()))
    if form.place.data is None and form.place.choices:
        form.place.data = form.place.choices[0].value
    thing = panel.thing
    scope = Scope(centre_ids=frozenset({thing.centre_id}))
    return render_template(
        "holds/new.html",
        panel=panel,
        form=form,
        people=people,
        letters=letters,
        fewest=FEWEST_LETTERS,
        waiting=sum(each.waits for each in open_holds_of(session(), scope, thing.holding_id)),
    )


def _place_error(form: HoldForm, reason: Refused) -> None:
    words = sentence(reason)
    form.is_free = form.is_free or reason.code is HoldRefusal.FREE_NOW
    name = FIELDS.get(reason.code)
    if isinstance(reason.code, DayReason):
        day = reason.facts.get("day")
        name = "not_after" if day is None else "first" if day == form.first.data else "last"
    if name is None:
        form.form_errors.append(words)
    else:
        form[name].errors = [*form[name].errors, words]
