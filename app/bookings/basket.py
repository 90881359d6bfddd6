"""The basket: what somebody is about to reserve, held for a quarter of an hour."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.exceptions import NotFound

from app.answers import accepted, earlier_answer, invalid, keep_answer, refused, wants_json
from app.bookings.basket_form import BasketForm
from app.bookings.basket_page import Basket, basket_page_of, form_of, read_basket
from app.bookings.forms import number_in_address
from app.bookings.reserve import choose_anew, reserve_again
from app.refusals import coded
from app.reserving import members_at
from app.reserving_choices import default_purpose, units_of
from app.reserving_form import ReserveForm, number_in, purpose_in
from app.reserving_thing import thing_of
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from database.unit_of_work import unit_of_work
from loans.errors import NotFoundError
from loans.operations.basket import (
    change_basket,
    extend_basket,
    put_in_basket,
    take_out_of_basket,
)
from loans.operations.record_refused_wish import record_refused_answers
from loans.operations.submit_basket import Submission, Submitted, submit_basket
from loans.queries.basket import baskets_within
from loans.queries.borrowers import FEWEST_LETTERS, Borrower, people_like
from loans.queries.wishes import BookingWish
from schools.rules.roles import Right

basket = Blueprint("basket", __name__)

SUBMITTING = {"all": False, "free": True}
"""Buttons that reserve, and whether they reserve only what is free."""


@basket.get("/basket")
@requires(Right.BOOK)
def basket_page() -> ResponseReturnValue:
    """Show one's own basket; staff choose a caller first."""
    person_id = number_in_address("person") or _own()
    if person_id is None:
        return _callers()
    found = _basket(person_id)
    return basket_page_of(found, form_of(found))


@basket.post("/basket/lines")
@requires(Right.BOOK)
def put_in() -> ResponseReturnValue:
    """Put something into the basket; it holds its stock if it can be had."""
    form = ReserveForm()
    if not form.validate():
        return _not_put(form)
    wish = _with_purpose(form.wish(actor().person_id), form)
    try:
        with unit_of_work(session()):
            answer = earlier_answer()
            if answer is None:
                kept = put_in_basket(session(), wish, actor(), today(), now())
                answer = {
                    "lines": [each.line.id for each in kept],
                    "held": all(each.is_held for each in kept),
                    "held_until": min(each.line.held_until for each in kept).isoformat(),
                }
                keep_answer(answer)
    except NotFoundError as gone:
        return choose_anew(form, gone)
    if wants_json():
        return accepted(answer, made=True)
    if answer["held"]:
        flash(_("It is in the basket and held for you for 15 minutes."), "success")
    else:
        flash(_("It is in the basket as a wish; it cannot be had like this. See why."), "warning")
    return _to_basket(form.person.data)


@basket.post("/basket")
@requires(Right.BOOK)
def use_basket() -> ResponseReturnValue:
    """Change the basket, hold it longer, take something out, or reserve what is in it."""
    person_id = number_in(request.form.get("person")) or _own()
    if person_id is None:
        raise NotFound
    found = _basket(person_id)
    form = form_of(found)
    if not form.validate() or not form.check_lines(found.items):
        return invalid(form) if wants_json() else basket_page_of(found, form, 422)
    if form.act.data in SUBMITTING:
        return _submit(found, form)
    with unit_of_work(session()):
        if earlier_answer() is None:
            _change(found, form)
            keep_answer({"person": person_id})
    return _to_basket(form.person.data)


def _change(found: Basket, form: BasketForm) -> None:
    """Do what the button says, with what was typed beside it."""
    act = form.act.data or ""
    if act.startswith("remove:"):
        gone = {number_in(act.removeprefix("remove:")) or 0}
        take_out_of_basket(session(), found.person_id, gone, actor())
    changes = (found.person_id, form.changes(found.items))
    change_basket(session(), changes, actor(), today(), now())
    if act == "extend":
        extend_basket(session(), found.person_id, actor(), today(), now())


def _submit(found: Basket, form: BasketForm) -> ResponseReturnValue:
    done: Submitted | None = None
    with unit_of_work(session()):
        answer = earlier_answer()
        if answer is None:
            changes = (found.person_id, form.changes(found.items))
            change_basket(session(), changes, actor(), today(), now())
            only_free = SUBMITTING[form.act.data]
            wish = Submission(found.person_id, only_free=only_free, remark=form.remark.data or "")
            done = submit_basket(session(), wish, actor(), today(), now())
            occasion = f"basket:{actor().account_id}:{form.idem.data}"[:90]
            record_refused_answers(session(), done.answers, occasion, today())
            answer = _answer(done)
            keep_answer(answer)
    if not answer["numbers"]:
        return _nothing_reserved(found.person_id, done)
    if wants_json():
        return accepted(answer, made=True)
    return _reserved(answer, found)


def _answer(done: Submitted) -> dict[str, Any]:
    bookings = [each.booking for each in done.made if each.booking is not None]
    return {
        "numbers": [booking.number for booking in bookings],
        "group": bookings[0].group_key if bookings else None,
        "left": len(done.refused),
    }


def _reserved(answer: dict[str, Any], found: Basket) -> ResponseReturnValue:
    """Lead on to what was reserved, and say what is left."""
    if answer["left"]:
        words = ngettext(
            "%(num)s line is not free; it is still in the basket, which says why.",
            "%(num)s lines are not free; they are still in the basket, which says why.",
            answer["left"],
        )
        flash(words, "warning")
    if len(answer["numbers"]) == 1:
        number = answer["numbers"][0]
        return redirect(url_for("bookings.booking_page", number=number, made=1), 303)
    number = len(answer["numbers"])
    flash(ngettext("%(num)s booking is made.", "%(num)s bookings are made.", number), "success")
    if answer["group"]:
        return redirect(url_for("together.together_page", group_key=answer["group"]), 303)
    return _to_basket(found.person_id if found.name else None)


def _nothing_reserved(person_id: int, done: Submitted | None) -> ResponseReturnValue:
    """Show the basket with the reasons of each line."""
    if wants_json():
        every = () if done is None else done.answers
        return refused(coded(reason for answer in every for reason in answer.refusals))
    found = _basket(person_id)
    with_new_key = form_of(found)
    with_new_key.renew_key()
    with_new_key.form_errors.append(
        _("Nothing is reserved yet. Each line says why, and what you can have instead.")
    )
    return basket_page_of(found, with_new_key, 409, None if done is None else done.refused)


def _callers() -> ResponseReturnValue:
    """Show whose basket staff can take up, and who is called so."""
    letters = request.args.get("who", "").strip()
    scope = actor().scope(Right.RESERVE_FOR_OTHERS)
    people: tuple[Borrower, ...] = ()
    if letters:
        people = people_like(session(), scope, letters, today())
    return render_template(
        "bookings/callers.html",
        owners=baskets_within(session(), scope),
        letters=letters,
        people=people,
        fewest=FEWEST_LETTERS,
    )


def _own() -> int | None:
    return actor().person_id if actor().may(Right.RESERVE) else None


def _basket(person_id: int) -> Basket:
    found = read_basket(person_id)
    if not found.members and person_id != actor().person_id:
        raise NotFound
    return found


def _with_purpose(wish: BookingWish, form: ReserveForm) -> BookingWish:
    """Return the wish with the purpose that would be proposed, if none was chosen."""
    if wish.unit_id is not None or wish.reason is not None:
        return wish
    thing = thing_of(form.holding.data)
    members = members_at(thing.centre_id, form.person.data)
    units = [
        unit
        for unit in units_of(members, thing.title_id)
        if wish.institution_id in {None, unit.institution_id}
    ]
    purpose = default_purpose(members[0] if members else None, units)
    unit_id, reason = purpose_in(purpose.value)
    return replace(wish, unit_id=unit_id, reason=reason)


def _not_put(form: ReserveForm) -> ResponseReturnValue:
    if wants_json():
        return invalid(form)
    if form.holding.data is None:
        raise NotFound
    return reserve_again(form, 422)


def _to_basket(person_id: int | None) -> ResponseReturnValue:
    return redirect(url_for("basket.basket_page", person=person_id), 303)
