"""Baskets: their lines as pages show them, and the bookings they would become."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.interfaces import ORMOption

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from loans.models.basket import BasketLine
from loans.models.purpose import OtherReason
from loans.queries.asking import asked_of
from loans.queries.borrowers import within
from loans.queries.preview import WishAnswer, answers_of
from loans.queries.wishes import Aside, BookingWish, LineWish, Wishes, in_basket_already
from loans.rules.baskets import Occasion, bookings_of
from loans.rules.claims import StockKey
from loans.rules.commitments import of_basket_lines
from schools.models.institution import Institution
from schools.models.media_centre import Branch, PickupPlace
from schools.models.media_concept import TeachingUnit
from schools.models.person import Person
from schools.rules.periods import Period
from schools.rules.roles import Actor, Right, Scope


@dataclass(frozen=True, slots=True)
class BasketItem:
    """A line of a basket.

    Attributes:
        unit: number and name of the teaching unit that is the purpose; empty for another.
        copy_id: the copy that the person chose, where it is booked by number.
        copy: the number of the copy it holds, or held last.
        held_until: until when it holds stock; one that ran out is a wish.
    """

    id: int
    person_id: int
    institution_id: int
    institution: str
    centre_id: int
    place_id: int
    place: str
    holding_id: int
    title_id: int
    title: str
    type_code: str
    copy_id: int | None
    copy: str
    quantity: int
    period: Period
    held_until: datetime
    unit_id: int | None
    unit: str
    reason: OtherReason | None
    class_name: str

    def is_held(self, now: datetime) -> bool:
        """Say whether it still holds stock."""
        return self.held_until > now

    @property
    def stock(self) -> StockKey:
        """What it is taken from."""
        return StockKey(self.holding_id, self.copy_id)

    @property
    def occasion(self) -> Occasion:
        """What makes it one booking with others."""
        purpose = self.unit_id if self.reason is None else self.reason.value
        return Occasion(
            self.centre_id,
            self.institution_id,
            self.place_id,
            self.period,
            purpose,
            self.class_name,
        )


@dataclass(frozen=True, slots=True)
class BasketOwner:
    """Somebody with something in the basket; `lines` of them."""

    person_id: int
    name: str
    lines: int


def basket_of(session: Session, scope: Scope, person_id: int) -> tuple[BasketItem, ...]:
    """Return the lines of a person's basket within the scope as they were put in.

    One statement; empty for a person out of the scope.
    """
    query = lines_of(scope, person_id).options(*_everything())
    return tuple(item_of(row) for row in session.scalars(query))


def lines_of(scope: Scope, person_id: int) -> Select[BasketLine]:
    """Return the query for the rows of a person's basket within the scope, by id."""
    return (
        select(BasketLine)
        .join(Institution, Institution.id == BasketLine.institution_id)
        .where(BasketLine.person_id == person_id, _seen(scope))
        .order_by(BasketLine.id)
    )


def count_basket(session: Session, person_id: int) -> int:
    """Count the lines of one's own basket, for the head of each page."""
    return session.scalar(_count(), {"person_id": person_id}) or 0


def in_basket(session: Session, person_id: int, holding_id: int) -> int:
    """Count how many of a holding a borrower has in the basket, held or not."""
    asked = select(func.sum(BasketLine.quantity)).where(
        BasketLine.person_id == person_id, BasketLine.holding_id == holding_id
    )
    return session.scalar(asked) or 0


@cache
def _count() -> Select[int]:
    """Build the statement once: building it costs more than asking."""
    return select(func.count(BasketLine.id)).where(BasketLine.person_id == bindparam("person_id"))


def baskets_within(session: Session, scope: Scope) -> tuple[BasketOwner, ...]:
    """Return who has something in the basket for an institution within the scope, by name."""
    rows = session.execute(
        select(Person.id, Person.given_name, Person.family_name, func.count(BasketLine.id))
        .join(BasketLine, BasketLine.person_id == Person.id)
        .join(Institution, Institution.id == BasketLine.institution_id)
        .where(_seen(scope))
        .group_by(Person.id, Person.given_name, Person.family_name)
        .order_by(Person.family_name, Person.given_name, Person.id)
    )
    return tuple(
        BasketOwner(key, f"{given} {family}", lines) for key, given, family, lines in rows
    )


def wishes_of(items: Sequence[BasketItem], *, right: Right = Right.BOOK) -> Wishes:
    """Return the bookings that lines would become, in the order they were put in.

    What the lines hold themselves makes way for them; what is gone is a reason against a line.
    """
    known = {item.id: item for item in items}
    grouped = bookings_of((item.occasion, item.id) for item in items)
    every = tuple(wish_of([known[key] for key in keys]) for keys in grouped.values())
    stored = in_basket_already(every)
    return Wishes(every=every, right=right, aside=aside_for(known), stored=stored)


def wish_of(items: Sequence[BasketItem]) -> BookingWish:
    """Return lines of one occasion as one booking."""
    first = items[0]
    return BookingWish(
        lines=tuple(LineWish(item.holding_id, item.quantity, item.copy_id) for item in items),
        person_id=first.person_id,
        period=first.period,
        institution_id=first.institution_id,
        unit_id=first.unit_id,
        reason=first.reason,
        place_id=first.place_id,
        class_name=first.class_name,
    )


def aside_for(line_ids: Collection[int], *, is_counted: bool = False) -> Aside:
    """Return what makes way for lines of a basket: what they hold themselves."""
    return Aside(ignoring=of_basket_lines(frozenset(line_ids)), is_counted=is_counted)


def basket_answers(
    session: Session,
    items: Sequence[BasketItem],
    by: Actor,
    today: date,
    now: datetime,
) -> Mapping[int, WishAnswer]:
    """Say of each line whether its booking can be had, with every reason and alternatives.

    The number of statements does not depend on the number of lines.

    Source:
        docs/rules.md, Lending 5.5: every line says its reason.
    """
    if not items:
        return {}
    wishes = wishes_of(items)
    asked = asked_of(session, wishes, by, today, now)
    answers = answers_of(session, asked, wishes.aside, alternatives=True)
    grouped = bookings_of((item.occasion, item.id) for item in items)
    return {
        key: answer for answer, keys in zip(answers, grouped.values(), strict=True) for key in keys
    }


def item_of(row: BasketLine) -> BasketItem:
    """Return a row with its relations as a plain value."""
    unit, copy = row.unit, row.copy
    return BasketItem(
        id=row.id,
        person_id=row.person_id,
        institution_id=row.institution_id,
        institution=row.institution.short_name or row.institution.name,
        centre_id=row.holding.centre_id,
        place_id=row.place_id,
        place=row.place.name,
        holding_id=row.holding_id,
        title_id=row.holding.title_id,
        title=row.holding.title.name,
        type_code=row.holding.title.media_type,
        copy_id=row.chosen_copy_id,
        copy="" if copy is None else copy.barcode,
        quantity=row.quantity,
        period=Period(row.first, row.last),
        held_until=row.held_until,
        unit_id=row.unit_id,
        unit="" if unit is None else f"{unit.number} {unit.name}".strip(),
        reason=row.reason,
        class_name=row.class_name,
    )


def _seen(scope: Scope) -> ColumnElement[bool]:
    near = within(scope, Institution.centre_id, Institution.id)
    own = [] if scope.person_id is None else [BasketLine.person_id == scope.person_id]
    return or_(near, *own)


@cache
def _everything() -> tuple[ORMOption, ...]:
    # Made on first use: by then every model is imported, and the mappers know each other.
    return (
        joinedload(BasketLine.holding, innerjoin=True)
        .load_only(Holding.title_id, Holding.centre_id)
        .joinedload(Holding.title, innerjoin=True)
        .load_only(Title.name, Title.media_type),
        joinedload(BasketLine.copy).load_only(Copy.barcode),
        joinedload(BasketLine.institution).load_only(Institution.name, Institution.short_name),
        joinedload(BasketLine.place)
        .load_only(PickupPlace.name)
        .joinedload(PickupPlace.branch)
        .load_only(Branch.name),
        joinedload(BasketLine.unit).load_only(TeachingUnit.number, TeachingUnit.name),
    )
