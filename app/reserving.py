"""What the reserve form shows: who, when, how many, what for, where; shared by the areas."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from app import free_days
from app.age_notes import too_young
from app.reserving_choices import (
    Purpose,
    PurposeGroup,
    Suggested,
    default_purpose,
    fill_choices,
    own_first,
    place_words,
    places_for,
    purposes_of,
    school_named,
    units_of,
)
from app.reserving_form import UNIT, ReserveForm, number_in
from app.reserving_orders import joined, orders_for
from app.reserving_thing import CopyChoice, Thing, chosen_copy, copy_choices, thing_of
from app.sessions import session
from app.today import now, today
from app.visitor import actor, signed_in
from loans.errors import NotFoundError
from loans.queries.availability import around, availability
from loans.queries.basket import in_basket
from loans.queries.bookings import class_names_of
from loans.queries.borrowers import Borrower, acting, memberships_of
from loans.queries.deliveries import Brought, delivery_to
from loans.queries.orders import OrderFacts
from loans.queries.places import PlaceFacts
from loans.queries.units import UnitChoice
from loans.queries.viewpoint import Viewpoint, Where, viewpoint_of
from loans.rules.availability import Availability, Wish, check_wish
from loans.rules.free_periods import next_free
from schools.rules.periods import Period
from schools.rules.roles import Right


class Stage(StrEnum):
    """How far a visitor is from reserving."""

    READY = "ready"
    SIGN_IN = "sign_in"
    CHOOSE_PERSON = "choose_person"
    NOT_HERE = "not_here"
    """The account may not reserve, or another centre serves it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address says so far.

    Attributes:
        period: the days chosen; None proposes the next free day.
        quantity: at least 1.
        person_id: for whom staff book.
        place_id: a pick-up place.
        copy_id: a copy that is booked by number.
        back: a path on this site that leads back to the hits.
        order_id: a collective order to join; None joins one of exactly these days.
        institution_id: the school acted for, of several; None for the first.
    """

    period: Period | None = None
    quantity: int = 1
    person_id: int | None = None
    place_id: int | None = None
    copy_id: int | None = None
    back: str = ""
    order_id: int | None = None
    institution_id: int | None = None


@dataclass(frozen=True, slots=True)
class ReservePanel:
    """The reserve form and what stands beside it, ready for templates.

    Attributes:
        thing: what is reserved.
        stage: whether the form can be shown yet.
        form: filled with what was asked for, or as it was posted.
        borrower: for whom; None while that is open.
        purposes: choices of the form's purpose, in groups.
        for_caller: staff book for somebody else.
        suggested: why the purpose was chosen: it fits, as last time, or it was not.
        age_note: the classes of units that may be too young for it; empty without any.
        age_warns: the chosen unit's class is one of them.
        classes: the borrower's earlier classes.
        period: the days in the form.
        alternative: the next free days where those in the form are not free, or None.
        strip: the picture of four weeks.
        free: of the first day in the form.
        view: for whom, where and when; None where the visitor cannot reserve here.
        found: what is free from today on for more than a year.
        copies: those that can be chosen by number.
        in_basket: how many of it the borrower has in the basket.
        back: a path on this site, or empty.
        orders: collective orders that could be joined.
        order: the one that is: it says days and place.
        deliveries: of the places a route serves, what its tours would do for these days.
        asked: the days were asked for, not proposed.
    """

    thing: Thing
    stage: Stage
    form: ReserveForm
    borrower: Borrower | None
    purposes: tuple[PurposeGroup, ...]
    for_caller: bool
    suggested: Suggested
    age_note: str
    age_warns: bool
    classes: tuple[str, ...]
    period: Period
    alternative: Period | None
    strip: free_days.Strip
    free: free_days.FreeDay
    view: Viewpoint
    found: Availability
    copies: tuple[CopyChoice, ...]
    in_basket: int
    back: str
    orders: tuple[OrderFacts, ...] = ()
    order: OrderFacts | None = None
    deliveries: tuple[tuple[str, Brought], ...] = ()
    asked: bool = False

    @property
    def is_short(self) -> bool:
        """Say whether fewer are free than wanted: in the days asked for, else today."""
        free = self.found.free_for(self.period) if self.asked else self.found.free_on(today())
        return free < (self.form.quantity.data or 1)


def reserve_panel(holding_id: int, asked: Asked, form: ReserveForm | None = None) -> ReservePanel:
    """Return the reserve form of a holding for this request's visitor.

    The number of statements does not depend on what the store holds.

    Args:
        holding_id: of one of the visitor's own centres, or of any for visitors without one;
            hidden ones are shown to the centre's staff only.
        asked: what the address says so far.
        form: a form that was posted and is shown again.

    Raises:
        loans.errors.NotFoundError: no such holding, person or place for this visitor.
    """
    thing = thing_of(holding_id)
    members = members_at(thing.centre_id, asked.person_id)
    units = units_of(members, thing.title_id)
    asked = _as_posted(asked, form, units)
    orders = orders_for(members, thing.centre_id)
    order = _joined(thing, members, asked, orders)
    asked = _as_ordered(asked, order)
    borrower = _borrower(members, order, asked)
    if order is not None and borrower is not None:
        members = (borrower,)
        units = [unit for unit in units if unit.institution_id == borrower.institution_id]
    view = _view(thing, asked, borrower)
    if form is not None and view.has_place(form.place.data or 0):
        view = view.at(form.place.data)
    every = _found(view, thing, asked)
    found = chosen_copy(every, asked.copy_id)
    period = asked.period or _proposed(found, asked)
    purpose = default_purpose(borrower, own_first(units, borrower))
    form = form or _fresh_form(thing, asked, period, purpose, view)
    places = places_for(view, members)
    fill_choices(form, places, members)
    chosen = [unit for unit in units if form.purpose.data == f"{UNIT}{unit.id}"]
    warning = too_young(thing.age_rating, {unit.grade for unit in chosen})
    return ReservePanel(
        thing=thing,
        stage=_stage(thing, borrower, asked),
        form=form,
        borrower=borrower,
        purposes=purposes_of(members, units),
        for_caller=borrower is not None and borrower.person_id != actor().person_id,
        suggested=purpose.why if form.purpose.data == purpose.value else Suggested.NOT,
        age_note=warning or too_young(thing.age_rating, {unit.grade for unit in units}),
        age_warns=bool(warning),
        classes=class_names_of(session(), borrower.person_id) if borrower else (),
        period=period,
        alternative=_alternative(found, period, asked.quantity),
        strip=free_days.strip(
            days_of(found, _strip_days(period)), asked.period, wanted=asked.quantity
        ),
        free=day_of(found, period.first),
        view=view,
        found=found,
        copies=copy_choices(thing, every, period),
        in_basket=in_basket(session(), borrower.person_id, holding_id) if borrower else 0,
        back=asked.back,
        orders=orders,
        order=order,
        deliveries=_deliveries(view, places, period),
        asked=asked.period is not None,
    )


def members_at(centre_id: int, caller_id: int | None) -> tuple[Borrower, ...]:
    """Return for whom can be booked at a centre: the visitor, or a caller of staff.

    Raises:
        loans.errors.NotFoundError: the caller is out of the actor's reach.
    """
    person_id = caller_id or (actor().person_id if actor().may(Right.RESERVE) else None)
    if person_id is None or centre_id not in actor().centre_ids():
        return ()
    scope = actor().scope(Right.BOOK)
    found = memberships_of(session(), scope, person_id, today())
    if caller_id and not found:
        raise NotFoundError("person", caller_id)
    return tuple(each for each in found if each.centre_id == centre_id)


def days_of(found: Availability, period: Period) -> list[free_days.FreeDay]:
    """Return the days of a period as strips and months draw them; it must have been looked at."""
    return [day_of(found, day) for day in period]


def day_of(found: Availability, day: date) -> free_days.FreeDay:
    """Return what is free on one day that was looked at."""
    can_start = not found.days.start_reasons(day)
    can_end = not found.days.end_reasons(day)
    free = max(0, found.free_on(day))
    return free_days.FreeDay(day, free, found.capacity, open=can_start or can_end)


def _view(thing: Thing, asked: Asked, borrower: Borrower | None) -> Viewpoint:
    institution_id = None if borrower is None else borrower.institution_id
    where = Where(thing.centre_id, asked.place_id, institution_id)
    return viewpoint_of(session(), actor().scope(Right.BOOK), where, today(), now())


def _joined(
    thing: Thing, members: Sequence[Borrower], asked: Asked, orders: Sequence[OrderFacts]
) -> OrderFacts | None:
    """Return the order to join; one met only by its days must not cost what could be had.

    Its courier takes days of its own: what is free at the counter may not be free with it.
    """
    order = joined(orders, asked.order_id, asked.period)
    if order is None or asked.order_id is not None:
        return order
    with_it = _as_ordered(asked, order)
    view = _view(thing, with_it, _borrower(members, order, asked))
    found = chosen_copy(_found(view, thing, with_it), asked.copy_id)
    wish = Wish(period=order.period, quantity=asked.quantity)
    return None if check_wish(found, wish) else order


def _as_posted(asked: Asked, form: ReserveForm | None, units: Sequence[UnitChoice]) -> Asked:
    """Return what is asked with the school that a form names, by its unit or by itself."""
    if form is None:
        return asked
    school = school_named(form.purpose.data, number_in(form.institution.data), units)
    return replace(asked, institution_id=school)


def _as_ordered(asked: Asked, order: OrderFacts | None) -> Asked:
    """Return what is asked with the days and the place of an order that is joined."""
    if order is None:
        return asked
    return replace(asked, period=order.period, place_id=order.place_id, order_id=order.id)


def _borrower(
    members: Sequence[Borrower], order: OrderFacts | None, asked: Asked
) -> Borrower | None:
    """Return who borrows for which school: that of the order, as asked, or on those days."""
    wanted = asked.institution_id if order is None else order.institution_id
    if not members or (order is not None and all(m.institution_id != wanted for m in members)):
        return None
    return acting(members, wanted, asked.period or Period(today(), today()))


def _found(view: Viewpoint, thing: Thing, asked: Asked) -> Availability:
    period = around(asked.period or Period(today(), today()), today())
    monday = _strip_days(period).first
    wide = Period(min(period.first, monday), period.last)
    for found in availability(session(), view, {thing.holding_id}, wide).values():
        return found
    raise NotFoundError("holding", thing.holding_id)


def _proposed(found: Availability, asked: Asked) -> Period:
    one_day = Wish(period=Period(today(), today()), quantity=asked.quantity)
    return next_free(found, one_day) or one_day.period


def _deliveries(
    view: Viewpoint, places: Sequence[PlaceFacts], period: Period
) -> tuple[tuple[str, Brought], ...]:
    """Return by place's words which tours would bring and fetch it."""
    found = ((place, delivery_to(view, place, period)) for place in places)
    return tuple((place_words(place), brought) for place, brought in found if brought)


def _alternative(found: Availability, period: Period, quantity: int) -> Period | None:
    wish = Wish(period=period, quantity=quantity)
    other = next_free(found, wish)
    return None if other == period else other


def _strip_days(period: Period) -> Period:
    first = max(today(), period.first)
    monday = first - timedelta(days=first.weekday())
    return Period(monday, monday + timedelta(days=free_days.STRIP_DAYS - 1))


def _stage(thing: Thing, borrower: Borrower | None, asked: Asked) -> Stage:
    if not signed_in():
        return Stage.SIGN_IN
    if not actor().may(Right.BOOK) or thing.centre_id not in actor().centre_ids():
        return Stage.NOT_HERE
    if borrower is not None:
        return Stage.READY
    staff = actor().may(Right.RESERVE_FOR_OTHERS) and asked.person_id is None
    return Stage.CHOOSE_PERSON if staff else Stage.NOT_HERE


def _fresh_form(
    thing: Thing, asked: Asked, period: Period, purpose: Purpose, view: Viewpoint
) -> ReserveForm:
    return ReserveForm(
        formdata=None,
        holding=thing.holding_id,
        first=period.first,
        last=period.last,
        quantity=asked.quantity,
        purpose=purpose.value,
        place=view.place.id,
        person=asked.person_id,
        copy=str(asked.copy_id or ""),
        institution=str(view.customer.id if view.customer else ""),
        back=asked.back,
        order=asked.order_id,
    )
