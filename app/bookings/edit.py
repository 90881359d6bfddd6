"""Changing a booking, and taking a cancelled one up again."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound
from wtforms.fields.choices import SelectChoice

from app.answers import accepted, earlier_answer, keep_answer, refused, wants_json
from app.bookings.edit_form import CopyChoices, EditForm, edit_form_of
from app.free_days import STRIP_DAYS, Strip, strip
from app.line_refusals import line_reasons
from app.refusals import coded
from app.reserving import days_of
from app.reserving_choices import PurposeGroup, place_words, purposes_of, units_of
from app.reserving_thing import chosen_copy
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from database.unit_of_work import unit_of_work
from loans.errors import ChangedMeanwhileError, RefusedError
from loans.models.booking import Booking
from loans.operations.edit_booking import edit_booking
from loans.operations.revive import revive
from loans.queries.availability import availability, numbered_copies
from loans.queries.bookings import BookingFacts, booking_row, facts_of
from loans.queries.borrowers import Borrower
from loans.queries.edits import booking_edition
from loans.queries.viewpoint import Viewpoint, Where, viewpoint_of
from loans.rules.booking_days import may_overrule
from loans.rules.commitments import of_booking
from schools.rules.periods import Period
from schools.rules.roles import Right

edit = Blueprint("edit", __name__)


@dataclass(frozen=True, slots=True)
class Opened:
    """A booking that is open for editing, with what can be chosen.

    Attributes:
        booking: its row.
        facts: the same as a value.
        purposes: choices of the purpose, in groups.
        view: for its institution, at its place where that still is one.
    """

    booking: Booking
    facts: BookingFacts
    purposes: tuple[PurposeGroup, ...]
    view: Viewpoint


@edit.get("/bookings/<number>/edit")
@requires(Right.BOOK)
def edit_page(number: str) -> ResponseReturnValue:
    """Show the form in which a booking is changed."""
    opened = _opened(number)
    return _page(opened, _form(opened))


@edit.post("/bookings/<number>/edit")
@requires(Right.BOOK)
def save_edit(number: str) -> ResponseReturnValue:
    """Change a booking, or say every reason against it at once."""
    opened = _opened(number)
    form = _form(opened)
    if not form.validate():
        return _page(opened, form, 422)
    wish = form.edit(opened.facts)
    if not wish.lines:
        form.form_errors.append(_("Keep at least one piece, or cancel the booking."))
        return _page(opened, form, 422)
    ordered = opened.booking.order_id is not None
    try:
        with unit_of_work(session()):
            answer = earlier_answer()
            if answer is None:
                edited = edit_booking(session(), wish, actor(), today(), now())
                answer = {"number": edited.number, "state": edited.state.value}
                answer |= {"left_order": True} if ordered and edited.order_id is None else {}
                keep_answer(answer)
    except ChangedMeanwhileError:
        return _changed(number)
    except RefusedError as error:
        return _refused(number, form, error)
    if wants_json():
        return accepted(answer)
    flash(_said_of(answer), "success")
    return redirect(url_for("bookings.booking_page", number=answer["number"]), 303)


def _said_of(answer: dict[str, Any]) -> str:
    """Return what is told of a changed booking."""
    if answer.get("left_order"):
        told = _(
            "%(number)s is changed. It no longer belongs to the collective order.",
            number=answer["number"],
        )
    else:
        told = _("%(number)s is changed.", number=answer["number"])
    return str(told)


@edit.post("/bookings/<number>/revive")
@requires(Right.BOOK)
def revive_booking(number: str) -> ResponseReturnValue:
    """Take a cancelled or lapsed booking up again, if it still can be had."""
    try:
        with unit_of_work(session()):
            answer = earlier_answer()
            if answer is None:
                booking = revive(session(), number, actor(), today(), now())
                answer = {"number": booking.number, "state": booking.state.value}
                keep_answer(answer)
    except RefusedError as error:
        if wants_json():
            return refused(coded(error.refusals))
        sentences = line_reasons(error.refusals, {})
        flash(" ".join([_("It cannot be had any more."), *sentences]), "warning")
        return redirect(url_for("bookings.booking_page", number=number), 303)
    if wants_json():
        return accepted(answer)
    flash(_("%(number)s is reserved again.", number=answer["number"]), "success")
    return redirect(url_for("bookings.booking_page", number=answer["number"]), 303)


def _opened(number: str) -> Opened:
    row = booking_row(session(), actor().scope(Right.BOOK), number)
    if row is None:
        raise NotFound
    facts = facts_of(row)
    member = Borrower(
        facts.person_id or 0,
        facts.person,
        facts.institution_id,
        facts.institution,
        facts.centre_id,
    )
    units = units_of([member], facts.lines[0].title_id)
    purposes = purposes_of([member], units)
    if facts.unit_id is not None and all(unit.id != facts.unit_id for unit in units):
        own = PurposeGroup(_("As before"), ((f"unit:{facts.unit_id}", facts.unit),))
        purposes = (own, *purposes)
    where = Where(facts.centre_id, institution_id=facts.institution_id, editing=facts.id)
    view = viewpoint_of(session(), actor().scope(Right.BOOK), where, today(), now())
    if any(place.id == facts.place_id for place in view.places):
        view = view.at(facts.place_id)
    return Opened(row, facts, purposes, view)


def _form(opened: Opened) -> EditForm:
    form = edit_form_of(opened.booking, opened.facts, _copies(opened.facts))
    places = opened.view.places
    form.place.choices = [SelectChoice(place.id, place_words(place)) for place in places]
    return form


def _strips(opened: Opened) -> list[tuple[str, Strip]]:
    """Return title and four weeks of each line as they are without this booking."""
    facts = opened.facts
    first = max(today(), facts.period.first)
    monday = first - timedelta(days=first.weekday())
    weeks = Period(monday, monday + timedelta(days=STRIP_DAYS - 1))
    found = availability(
        session(),
        opened.view,
        {line.holding_id for line in facts.lines},
        weeks,
        ignoring=of_booking(facts.id),
    )
    return [
        (
            line.title,
            strip(
                days_of(chosen_copy(found[line.holding_id], line.copy_id), weeks),
                facts.period,
                line.quantity,
            ),
        )
        for line in facts.lines
        if line.holding_id in found
    ]


def _copies(facts: BookingFacts) -> CopyChoices:
    """Return the copies that lines which name one may name: theirs, or another instead."""
    named = {line.copy_id: line.holding_id for line in facts.lines if line.copy_id is not None}
    if not named:
        return {}
    copies = numbered_copies(session(), set(named.values()), named.keys())
    none = [SelectChoice("", _("none of them"))] if len(facts.lines) > 1 else []
    return {
        line.id: none
        + [
            SelectChoice(str(copy.id), copy.barcode)
            for copy in copies
            if copy.holding_id == line.holding_id and (copy.is_bookable or copy.id == line.copy_id)
        ]
        for line in facts.lines
        if line.copy_id is not None and not line.handed_out
    }


def _changed(number: str) -> ResponseReturnValue:
    """Show the form as it was sent, over the booking as it is now."""
    opened = _opened(number)
    form = _form(opened)
    form.edition.data = booking_edition(opened.booking)
    told = _("This booking was changed meanwhile. Check your entries and save again.")
    form.form_errors.append(told)
    return _page(opened, form, 409)


def _refused(number: str, form: EditForm, error: RefusedError) -> ResponseReturnValue:
    if wants_json():
        return refused(coded(error.refusals))
    opened = _opened(number)
    titles = {line.holding_id: line.title for line in opened.facts.lines}
    form.form_errors.extend(line_reasons(error.refusals, titles))
    held = actor().scope(Right.OVERRIDE).covers_centre(opened.facts.centre_id)
    rights = frozenset({Right.OVERRIDE}) if held else frozenset[Right]()
    overrules = may_overrule(error.refusals, form.period(), rights)
    return _page(opened, form, 409, overrules=overrules)


def _page(
    opened: Opened, form: EditForm, status: int = 200, *, overrules: bool | None = None
) -> ResponseReturnValue:
    if wants_json() and status != 200:  # noqa: PLR2004  # all is well
        return jsonify(errors=form.sentences()), status
    if not opened.facts.can_be_edited or opened.facts.period.last < today():
        return render_template("bookings/not_editable.html", booking=opened.facts), 409
    shown: dict[str, Any] = {
        "booking": opened.facts,
        "form": form,
        "purposes": opened.purposes,
        "may_overrule": bool(form.anyway.data) if overrules is None else overrules,
        "own": opened.facts.person_id == actor().person_id,
        "strips": _strips(opened),
    }
    return render_template("bookings/edit.html", **shown), status
