"""What the reserve form shows: who, when, how many, what for, where; shared by the areas."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, or_, select, true

from app import free_days
from app.age_notes import too_young
from app.dates import language
from app.reserving_choices import PurposeGroup, fill_choices, purposes_of, units_of
from app.reserving_form import UNIT, ReserveForm
from app.sessions import session
from app.today import now, today
from app.visitor import actor, signed_in
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from loans.errors import NotFoundError
from loans.queries.availability import around, availability
from loans.queries.bookings import class_names_of
from loans.queries.borrowers import Borrower, memberships_of
from loans.queries.units import UnitChoice
from loans.queries.viewpoint import Viewpoint, Where, viewpoint_of
from loans.rules.availability import Availability, Wish, next_free
from schools.rules.periods import Period
from schools.rules.roles import Right
from schools.vocabularies.media_types import media_type


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
        back: a path on this site that leads back to the hits.
    """

    period: Period | None = None
    quantity: int = 1
    person_id: int | None = None
    place_id: int | None = None
    back: str = ""


@dataclass(frozen=True, slots=True)
class Thing:
    """The holding as the form's page names it."""

    holding_id: int
    title_id: int
    centre_id: int
    title: str
    type_code: str
    capacity: int
    age_rating: str | None

    @property
    def kind(self) -> str:
        """The kind of its tile."""
        return media_type(self.type_code).kind.value

    @property
    def type_name(self) -> str:
        """Its media type in the reader's language."""
        return media_type(self.type_code).name(language())


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
        suggested: the purpose was chosen because subject and grade fit.
        age_note: the classes of units that may be too young for it; empty without any.
        age_warns: the chosen unit's class is one of them.
        classes: the borrower's earlier classes.
        period: the days in the form.
        alternative: the next free days where those in the form are not free, or None.
        strip: the picture of four weeks.
        free: of the first day in the form.
        view: for whom, where and when; None where the visitor cannot reserve here.
        found: what is free from today on for more than a year.
        back: a path on this site, or empty.
        asked: the days were asked for, not proposed.
    """

    thing: Thing
    stage: Stage
    form: ReserveForm
    borrower: Borrower | None
    purposes: tuple[PurposeGroup, ...]
    for_caller: bool
    suggested: bool
    age_note: str
    age_warns: bool
    classes: tuple[str, ...]
    period: Period
    alternative: Period | None
    strip: free_days.Strip
    free: free_days.FreeDay
    view: Viewpoint
    found: Availability
    back: str
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
    thing = _thing(holding_id)
    members = _members(thing, asked)
    borrower = members[0] if members else None
    where = Where(
        thing.centre_id, asked.place_id, None if borrower is None else borrower.institution_id
    )
    view = viewpoint_of(session(), actor().scope(Right.BOOK), where, today(), now())
    found = _found(view, thing, asked)
    period = asked.period or _proposed(found, asked)
    units = units_of(members, thing.title_id)
    form = form or _fresh_form(thing, asked, period, units, view)
    fill_choices(form, view, members)
    chosen = [unit for unit in units if form.purpose.data == f"{UNIT}{unit.id}"]
    warning = too_young(thing.age_rating, {unit.grade for unit in chosen})
    return ReservePanel(
        thing=thing,
        stage=_stage(thing, borrower, asked),
        form=form,
        borrower=borrower,
        purposes=purposes_of(members, units),
        for_caller=borrower is not None and borrower.person_id != actor().person_id,
        suggested=any(unit.fits for unit in chosen),
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
        back=asked.back,
        asked=asked.period is not None,
    )


def days_of(found: Availability, period: Period) -> list[free_days.FreeDay]:
    """Return the days of a period as strips and months draw them; it must have been looked at."""
    return [day_of(found, day) for day in period]


def day_of(found: Availability, day: date) -> free_days.FreeDay:
    """Return what is free on one day that was looked at."""
    can_start = not found.days.start_reasons(day)
    can_end = not found.days.end_reasons(day)
    free = max(0, found.free_on(day))
    return free_days.FreeDay(day, free, found.capacity, open=can_start or can_end)


def _thing(holding_id: int) -> Thing:
    row = (
        session()
        .execute(
            select(
                Holding.id,
                Holding.title_id,
                Holding.centre_id,
                Title.name,
                Title.media_type,
                Holding.lendable,
                Title.age_rating,
            )
            .join(Title, Title.id == Holding.title_id)
            .where(Holding.id == holding_id, _shown())
        )
        .one_or_none()
    )
    if row is None:
        raise NotFoundError("holding", holding_id)
    return Thing(*row)


def _shown() -> ColumnElement[bool]:
    """Whoever has a centre sees its offer only, and what is hidden there only as its staff."""
    centres = actor().centre_ids()
    staffed = actor().scope(Right.SEE_STOCK).centre_ids
    own = Holding.centre_id.in_(centres) if centres else true()
    return and_(own, or_(Holding.visible, Holding.centre_id.in_(staffed)))


def _members(thing: Thing, asked: Asked) -> tuple[Borrower, ...]:
    """Return for whom can be booked at the holding's centre.

    Raises:
        NotFoundError: the caller is out of the actor's reach.
    """
    person_id = asked.person_id or (actor().person_id if actor().may(Right.RESERVE) else None)
    if person_id is None or thing.centre_id not in actor().centre_ids():
        return ()
    scope = actor().scope(Right.BOOK)
    found = memberships_of(session(), scope, person_id, today())
    if asked.person_id and not found:
        raise NotFoundError("person", asked.person_id)
    return tuple(each for each in found if each.centre_id == thing.centre_id)


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
    thing: Thing, asked: Asked, period: Period, units: Sequence[UnitChoice], view: Viewpoint
) -> ReserveForm:
    fitting = next((unit for unit in units if unit.fits), None)
    return ReserveForm(
        formdata=None,
        holding=thing.holding_id,
        first=period.first,
        last=period.last,
        quantity=asked.quantity,
        purpose=f"{UNIT}{fitting.id}" if fitting else "",
        place=view.place.id,
        person=asked.person_id,
        back=asked.back,
    )
