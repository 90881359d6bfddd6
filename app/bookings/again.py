"""Repeating: an old booking becomes a new one, with new days and what is free of each line.

Source:
    docs/rules.md, Lending 5.7.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from app.answers import accepted, earlier_answer, keep_answer, refused, wants_json
from app.bookings.occasion_form import OccasionForm
from app.line_refusals import line_reasons
from app.refusals import coded
from app.reserving import members_at
from app.reserving_choices import PurposeGroup, default_purpose, purposes_of, units_of
from app.reserving_form import REASON, UNIT
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from database.unit_of_work import unit_of_work
from loans.errors import NotFoundError, RefusedError
from loans.models.purpose import OtherReason
from loans.operations.book import Made, book_many
from loans.operations.record_refused_wish import record_refused_answers
from loans.queries.availability import HoldingFacts, facts_of_holdings
from loans.queries.bookings import BookedLine, BookingFacts, booking_numbered
from loans.queries.borrowers import Borrower
from loans.queries.preview import WishAnswer, preview
from loans.queries.viewpoint import Viewpoint, Where, viewpoint_of
from loans.queries.wishes import BookingWish, LineWish, Wishes
from loans.rules.codes import Refusal
from schools.rules.periods import ONE_DAY, Period
from schools.rules.roles import Right
from schools.vocabularies.media_types import media_type

again = Blueprint("again", __name__)

A_YEAR = timedelta(weeks=52)
"""Keeps the weekday."""

RECENT = timedelta(weeks=40)
"""What lies no longer back is repeated soon, not a year after."""


@dataclass(frozen=True, slots=True)
class Old:
    """A booking that is to be repeated.

    Attributes:
        booking: as it was.
        borrower: for whom the new one is.
        lines: those that are still offered.
        gone: titles that are not any more.
        view: for the borrower's institution.
        purposes: choices of the purpose, in groups.
        purpose: the one to begin with.
    """

    booking: BookingFacts
    borrower: Borrower
    lines: tuple[BookedLine, ...]
    gone: tuple[str, ...]
    view: Viewpoint
    purposes: tuple[PurposeGroup, ...]
    purpose: str


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line with what is free of it on the days shown."""

    title: str
    address: str
    kind: str
    quantity: int
    free: int
    reasons: tuple[str, ...]
    is_free: bool
    enough: bool


@again.get("/bookings/<number>/again")
@requires(Right.BOOK)
def again_page(number: str) -> ResponseReturnValue:
    """Show an old booking with new days, and what is free of each line."""
    old = _old(number)
    form = OccasionForm(
        formdata=None,
        class_name=old.booking.class_name,
        purpose=old.purpose,
        place=old.booking.place_id if _has_place(old) else None,
    )
    form.offer(old.view)
    form.show(_proposed(old))
    return _page(old, form, _answer(old, form))


@again.post("/bookings/<number>/again")
@requires(Right.BOOK)
def book_again(number: str) -> ResponseReturnValue:
    """Book it anew, whole or only what is free of it; or show what is free on other days."""
    old = _old(number)
    form = OccasionForm()
    form.offer(old.view)
    if not form.validate():
        return _page(old, form, None, 422)
    form.show(form.period())
    answer = _answer(old, form)
    if form.act.data == "show" or answer is None:
        return _page(old, form, answer)
    wish = _wish(old, form)
    if form.act.data == "free":
        return _booked(old, form, _that_is_free(wish, answer), (answer,))
    return _booked(old, form, wish)


def _booked(
    old: Old, form: OccasionForm, wish: BookingWish, missed: tuple[WishAnswer, ...] = ()
) -> ResponseReturnValue:
    """Book the wish; what it leaves out of `missed` feeds the purchase list."""
    answers: list[WishAnswer] = []
    try:
        with unit_of_work(session()):
            kept = earlier_answer()
            if kept is None:
                (made,) = book_many(session(), Wishes(every=(wish,)), actor(), today(), now())
                answers.append(made.answer)
                kept = _kept(made)
                record_refused_answers(session(), missed, _occasion(form), today())
                keep_answer(kept)
    except RefusedError:
        return _refused(old, form, answers[0])
    if wants_json():
        return accepted(kept, made=True)
    return redirect(url_for("bookings.booking_page", number=kept["number"], made=1), 303)


def _kept(made: Made) -> dict[str, str]:
    """Return what is kept of a booking.

    Raises:
        RefusedError: there is none; the unit of work writes nothing then.
    """
    if made.booking is None:
        raise RefusedError(made.refusals)
    return {"number": made.booking.number, "state": made.booking.state.value}


def _refused(old: Old, form: OccasionForm, answer: WishAnswer) -> ResponseReturnValue:
    with unit_of_work(session()):
        record_refused_answers(session(), [answer], _occasion(form), today())
    if wants_json():
        return refused(coded(answer.refusals))
    titles = {line.holding_id: line.title for line in old.lines}
    form.form_errors.extend(line_reasons(answer.refusals, titles))
    return _page(old, form, answer, 409)


def _occasion(form: OccasionForm) -> str:
    return f"again:{actor().account_id}:{form.idem.data}"[:90]


def _old(number: str) -> Old:
    booking = booking_numbered(session(), actor().scope(Right.BOOK), number)
    if booking is None or booking.person_id is None:
        raise NotFound
    members = _members(booking, booking.person_id)
    same = [each for each in members if each.institution_id == booking.institution_id]
    borrower = (same or list(members))[0]
    offered = _offered(booking)
    lines = tuple(line for line in booking.lines if line.holding_id in offered)
    units = units_of([borrower], booking.lines[0].title_id)
    where = Where(booking.centre_id, institution_id=borrower.institution_id)
    purpose = f"{REASON}{booking.reason.value}" if booking.reason else f"{UNIT}{booking.unit_id}"
    purposes = purposes_of([borrower], units)
    known = {value for group in purposes for value, _words in group.choices}
    return Old(
        booking=booking,
        borrower=borrower,
        lines=lines,
        gone=tuple(line.title for line in booking.lines if line not in lines),
        view=viewpoint_of(session(), actor().scope(Right.BOOK), where, today(), now()),
        purposes=purposes,
        purpose=purpose if purpose in known else default_purpose(borrower, units).value,
    )


def _members(booking: BookingFacts, person_id: int) -> tuple[Borrower, ...]:
    """Return for whom it can be repeated; whoever has left is told so with every day's reasons."""
    found: tuple[Borrower, ...] = ()
    with suppress(NotFoundError):
        found = members_at(
            booking.centre_id, None if person_id == actor().person_id else person_id
        )
    left = Borrower(
        person_id,
        booking.person,
        booking.institution_id,
        booking.institution,
        booking.centre_id,
    )
    return found or (left,)


def _offered(booking: BookingFacts) -> dict[int, HoldingFacts]:
    asked = {line.holding_id for line in booking.lines}
    found = facts_of_holdings(session(), actor().scope(Right.BOOK), asked)
    return {each.id: each for each in found}


def _has_place(old: Old) -> bool:
    return any(place.id == old.booking.place_id for place in old.view.places)


def _proposed(old: Old) -> Period:
    """Return the same days a year later for what is from last year, else the next free ones."""
    was = old.booking.period
    first = was.first
    while first < today() and first + A_YEAR < today() + RECENT:
        first += A_YEAR
    days = timedelta(days=was.days - 1)
    if first > today() and first != was.first:
        return Period(first, first + days)
    first = max(today(), was.last + ONE_DAY)
    return _next_free(old, Period(first, first + days))


def _next_free(old: Old, period: Period) -> Period:
    """Return the next days as long in which all of it could be had; the same if none are."""
    if not old.lines:
        return period
    lines = tuple(LineWish(line.holding_id, line.quantity) for line in old.lines)
    wish = BookingWish(
        lines=lines,
        person_id=old.borrower.person_id,
        period=period,
        institution_id=old.borrower.institution_id,
        reason=OtherReason.TEST,
    )
    (answer,) = preview(session(), Wishes(every=(wish,)), actor(), today(), now())
    return answer.next_free or period


def _wish(old: Old, form: OccasionForm) -> BookingWish:
    lines = [LineWish(line.holding_id, line.quantity) for line in old.lines]
    return form.wish(lines, old.borrower.person_id, old.borrower.institution_id)


def _answer(old: Old, form: OccasionForm) -> WishAnswer | None:
    if not old.lines:
        return None
    wishes = Wishes(every=(_wish(old, form),))
    (answer,) = preview(session(), wishes, actor(), today(), now())
    return answer


def _that_is_free(wish: BookingWish, answer: WishAnswer) -> BookingWish:
    """Return the wish without the lines against which something stands, if any is left."""
    refused_ids = {line.line.holding_id for line in answer.lines if line.refusals}
    lines = tuple(line for line in wish.lines if line.holding_id not in refused_ids)
    return replace(wish, lines=lines) if lines else wish


def _page(
    old: Old, form: OccasionForm, answer: WishAnswer | None, status: int = 200
) -> ResponseReturnValue:
    free = [line for line in _shown(old, answer) if line.is_free]
    page = render_template(
        "bookings/again.html",
        old=old,
        form=form,
        lines=_shown(old, answer),
        refusals=[] if answer is None else _common(answer),
        some_free=bool(free) and len(free) < len(old.lines),
        later=None if answer is None else answer.next_free,
        own=old.booking.person_id == actor().person_id,
    )
    return page, status


def _shown(old: Old, answer: WishAnswer | None) -> list[ShownLine]:
    """Return each line with what is free of it; copies booked by number count together."""
    return [_shown_line(line, answer) for line in old.lines]


def _shown_line(line: BookedLine, answer: WishAnswer | None) -> ShownLine:
    parts = (
        []
        if answer is None
        else [each for each in answer.lines if each.line.holding_id == line.holding_id]
    )
    refusals = tuple(refused for each in parts for refused in each.refusals)
    return ShownLine(
        title=line.title,
        address=f"/titles/{line.title_id}",
        kind=media_type(line.type_code).kind.value,
        quantity=line.quantity,
        free=sum(each.free for each in parts),
        reasons=tuple(line_reasons(refusals, {})),
        is_free=bool(parts) and not refusals,
        enough=sum(each.free for each in parts) >= line.quantity,
    )


def _common(answer: WishAnswer) -> list[str]:
    """Return what stands against the whole booking, but for a purpose that may still be named."""
    refusals = [each for each in answer.refusals if "holding_id" not in each.facts]
    return line_reasons([each for each in refusals if each.code is not Refusal.NO_PURPOSE], {})
