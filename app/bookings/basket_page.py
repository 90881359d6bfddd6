"""What the page of a basket shows: lines that hold stock or not, and what would go instead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from app.bookings.basket_form import BasketForm, LineFields, Places, basket_form_of
from app.dates import clock
from app.line_refusals import line_reasons
from app.offers import Offers, Wanted, offers_for
from app.reserving_choices import PurposeGroup, place_words, purposes_of, units_of
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from loans.queries.basket import BasketItem, basket_answers, basket_of
from loans.queries.borrowers import Borrower, memberships_of
from loans.queries.places import places_of
from loans.queries.preview import LineAnswer, WishAnswer
from loans.rules.booking_policy import lies_in
from loans.rules.codes import Refusal
from schools.rules.roles import Right
from schools.vocabularies.media_types import media_type


@dataclass(frozen=True, slots=True)
class Basket:
    """A basket as it stands.

    Attributes:
        person_id: whose.
        name: of a caller, for staff; empty for one's own.
        items: its lines.
        members: the institutions acted for.
    """

    person_id: int
    name: str
    items: tuple[BasketItem, ...]
    members: tuple[Borrower, ...]


@dataclass(frozen=True, slots=True)
class ShownItem:
    """A line as the page shows it.

    Attributes:
        held: until when it holds stock, as a time; empty if it does not.
        seconds: how long that is from now.
        reasons: why it cannot be had.
        offers: what could be had instead, where too little is free.
        fields: of the form.
        differs: it has a purpose, class or place of its own, or needs another place.
        place_closed: its place is no choice any more.
    """

    item: BasketItem
    kind: str
    held: str
    seconds: int
    reasons: tuple[str, ...]
    offers: Offers | None
    fields: LineFields
    differs: bool
    place_closed: bool


def read_basket(person_id: int) -> Basket:
    """Return somebody's basket within the visitor's reach."""
    scope = actor().scope(Right.BOOK)
    members = memberships_of(session(), scope, person_id, today())
    own = person_id == actor().person_id
    return Basket(
        person_id=person_id,
        name="" if own or not members else members[0].name,
        items=basket_of(session(), scope, person_id),
        members=members,
    )


def form_of(basket: Basket) -> BasketForm:
    """Return the form of a basket, as it stands or as it was sent."""
    person_id = basket.person_id if basket.name else None
    return basket_form_of(basket.items, person_id, _places(basket.items))


def basket_page_of(
    basket: Basket,
    form: BasketForm,
    status: int = 200,
    answers: Mapping[int, WishAnswer] | None = None,
) -> ResponseReturnValue:
    """Return the page of a basket.

    Args:
        basket: as it stands.
        form: its form.
        status: of the answer.
        answers: what came of submitting it; otherwise what would come of it now.
    """
    if answers is None:
        answers = basket_answers(session(), basket.items, actor(), today(), now())
    purposes = _purposes(basket)
    _ask_for_purposes(form, basket, purposes)
    place = str(basket.items[0].place_id) if basket.items else ""
    shown = [_shown(item, form, answers.get(item.id), place) for item in basket.items]
    page = render_template(
        "bookings/basket.html",
        basket=basket,
        form=form,
        lines=shown,
        purposes=purposes,
        held=sum(bool(line.held) for line in shown),
        free=sum(not line.reasons for line in shown),
    )
    return page, status


def _purposes(basket: Basket) -> tuple[PurposeGroup, ...]:
    if not basket.items:
        return ()
    units = units_of(basket.members, basket.items[0].title_id)
    return purposes_of(basket.members, units)


def _ask_for_purposes(form: BasketForm, basket: Basket, purposes: Sequence[PurposeGroup]) -> None:
    """Let purposes be chosen anew that are no choice any more, as units that were retired."""
    known = {value for group in purposes for value, _words in group.choices}
    for field in (form.purpose, *(form.of(item).purpose for item in basket.items)):
        if field.data not in known:
            field.data = ""


def _places(items: Sequence[BasketItem]) -> Places:
    """Return the pick-up places each line may name."""
    by_centre = {
        centre_id: tuple(places_of(session(), centre_id))
        for centre_id in {item.centre_id for item in items}
    }
    return {
        item.id: [
            SelectChoice(str(place.id), place_words(place))
            for place in by_centre[item.centre_id]
            if place.institution_id in {None, item.institution_id}
        ]
        for item in items
    }


def _shown(item: BasketItem, form: BasketForm, answer: WishAnswer | None, place: str) -> ShownItem:
    line = None if answer is None else _line_of(item, answer)
    fields = form.of(item)
    place_closed = fields.place.data not in {choice.value for choice in fields.place.choices}
    return ShownItem(
        item=item,
        kind=media_type(item.type_code).kind.value,
        held=clock(item.held_until) if item.is_held(now()) else "",
        seconds=max(0, int((item.held_until - now()).total_seconds())),
        reasons=() if answer is None else tuple(_reasons(item, answer)),
        offers=_offers(item, answer, line),
        fields=fields,
        differs=place_closed
        or bool(fields.purpose.data or fields.class_name.data or fields.place.data != place),
        place_closed=place_closed,
    )


def _reasons(item: BasketItem, answer: WishAnswer) -> list[str]:
    """Return what stands against a line; a purpose is asked for below, once for all.

    One that the line names, but that does not fit any more, is told.
    """
    has_purpose = item.unit_id is not None or item.reason is not None
    refusals = [
        each
        for each in answer.refusals
        if ("holding_id" not in each.facts or lies_in(each, item.stock))
        and (has_purpose or each.code is not Refusal.NO_PURPOSE)
    ]
    return line_reasons(refusals, {})


def _line_of(item: BasketItem, answer: WishAnswer) -> LineAnswer | None:
    """Return what came of a line, and of any other line that is for the same thing."""
    return next((each for each in answer.lines if each.line.stock == item.stock), None)


def _offers(item: BasketItem, answer: WishAnswer | None, line: LineAnswer | None) -> Offers | None:
    """Return what could be had instead where too little is free."""
    if answer is None or line is None:
        return None
    if all(each.code is not Refusal.NOT_FREE for each in line.refusals):
        return None
    caller_id = None if item.person_id == actor().person_id else item.person_id
    quantity = line.line.quantity
    wanted = Wanted(item.holding_id, item.title_id, quantity, item.period, caller_id)
    return offers_for(line, wanted)
