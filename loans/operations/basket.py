"""The basket: put in, change, take out and extend lines that hold stock for a while."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from catalogue.models.holding import Holding
from loans.errors import Refused, RefusedError
from loans.models.basket import BasketLine
from loans.models.purpose import OtherReason
from loans.operations.lock import lock
from loans.queries.asking import AskedWish, asked_of
from loans.queries.basket import aside_for, lines_of
from loans.queries.preview import WishAnswer, answers_of
from loans.queries.wishes import BookingWish, LineWish, Wishes, in_basket_already, one_line
from loans.rules.baskets import MOST_LINES, held_until
from loans.rules.codes import Refusal
from schools.models.person import Person
from schools.rules.periods import Period
from schools.rules.roles import Actor, Right


@dataclass(frozen=True, slots=True)
class Kept:
    """A line of the basket, and what came of holding it."""

    line: BasketLine
    answer: WishAnswer

    @property
    def is_held(self) -> bool:
        """Say whether it holds stock now."""
        return self.answer.granted


@dataclass(frozen=True, slots=True)
class LineChange:
    """What a line shall be; every value is the whole truth, changed or not."""

    quantity: int
    period: Period
    place_id: int
    copy_id: int | None = None
    unit_id: int | None = None
    reason: OtherReason | None = None
    class_name: str = ""


def put_in_basket(
    session: Session, wish: BookingWish, by: Actor, today: date, now: datetime
) -> tuple[Kept, ...]:
    """Put the lines of a wish into a person's basket; each that can be had holds its stock.

    Locks the holdings, then the person. What is there already for the same days and place grows.
    A purpose may be named later; what cannot be had stays in the basket as a wish. Of what is
    booked by number each copy gets a line of its own.

    Raises:
        NotFoundError: no such holding, copy, person, unit or place, or none within reach.
        RefusedError: the person acts for no institution here, or the basket is full.

    Source:
        docs/rules.md, Lending 3.3 and 5.5.
    """
    lock(session, Holding, wish.holding_ids)
    lock(session, Person, {wish.person_id})
    (asked,) = asked_of(session, Wishes(every=(wish,)), by, today, now).wishes
    if asked.view is None:
        raise RefusedError((Refused(asked.without),))
    lines = [_put(session, asked, line, now) for line in asked.lines]
    session.flush()
    kept = _hold(session, lines, by, today, now)
    _check_room(session, wish.person_id)
    return kept


def change_basket(
    session: Session,
    changes: tuple[int, Mapping[int, LineChange]],
    by: Actor,
    today: date,
    now: datetime,
) -> tuple[Kept, ...]:
    """Give lines of a person's basket other values; those that differ are held anew.

    Locks the holdings, then the person. Lines that are gone are passed over.

    Args:
        session: inside a unit of work.
        changes: whose basket, and the new values by the line's id.
        by: whoever asks.
        today: the day.
        now: the instant.

    Raises:
        NotFoundError: a unit, copy or place out of reach.
        RefusedError: the basket is full.

    Source:
        docs/rules.md, Lending 5.5.
    """
    person_id, wished = changes
    lines = locked_lines(session, person_id, by)
    with session.no_autoflush:  # what is wished is looked up before it is written
        changed = [line for line in lines if line.id in wished and _change(line, wished[line.id])]
        kept = _hold(session, changed, by, today, now)
    _check_room(session, person_id)
    return kept


def extend_basket(
    session: Session, person_id: int, by: Actor, today: date, now: datetime
) -> tuple[Kept, ...]:
    """Let every line of a person's basket hold its stock as long as if it were put in now.

    Locks the holdings, then the person. Lines that ran out are held again if they still can be
    had; those that hold come first.

    Source:
        docs/rules.md, Lending 5.5: extendably.
    """
    lines = locked_lines(session, person_id, by)
    return _hold(session, sorted(lines, key=lambda line: line.held_until <= now), by, today, now)


def take_out_of_basket(
    session: Session, person_id: int, line_ids: Collection[int], by: Actor
) -> int:
    """Take lines out of a person's basket; locks their holdings, then the person.

    Returns:
        How many there were.
    """
    gone = [line for line in locked_lines(session, person_id, by) if line.id in line_ids]
    for line in gone:
        session.delete(line)
    session.flush()
    return len(gone)


def locked_lines(session: Session, person_id: int, by: Actor) -> Sequence[BasketLine]:
    """Return the lines of a person's basket within reach, behind the locks they need."""
    query = lines_of(by.scope(Right.BOOK), person_id)
    holding_ids = set(session.scalars(query.with_only_columns(BasketLine.holding_id)))
    lock(session, Holding, holding_ids)
    lock(session, Person, {person_id})
    rows = session.scalars(query.execution_options(populate_existing=True))
    return [line for line in rows if line.holding_id in holding_ids]


def _put(session: Session, asked: AskedWish, line: LineWish, now: datetime) -> BasketLine:
    """Return the line for a thing: a new one, or the one that is there, grown."""
    wish, place_id = asked.wish, 0 if asked.view is None else asked.view.place.id
    same = session.scalar(
        select(BasketLine)
        .where(
            BasketLine.person_id == wish.person_id,
            BasketLine.institution_id == asked.institution_id,
            BasketLine.place_id == place_id,
            BasketLine.holding_id == line.holding_id,
            or_(BasketLine.copy_id.is_(None), BasketLine.any_copy)
            if line.copy_id is None
            else and_(BasketLine.copy_id == line.copy_id, ~BasketLine.any_copy),
            BasketLine.first == wish.period.first,
            BasketLine.last == wish.period.last,
        )
        .order_by(BasketLine.id)
        .limit(1)
    )
    if same is not None:
        same.quantity += 0 if line.copy_id is not None else line.quantity
        return same
    row = BasketLine(
        person_id=wish.person_id,
        institution_id=asked.institution_id,
        place_id=place_id,
        holding_id=line.holding_id,
        copy_id=line.copy_id,
        quantity=line.quantity,
        first=wish.period.first,
        last=wish.period.last,
        held_until=now,
        unit_id=wish.unit_id,
        reason=wish.reason,
        class_name=wish.class_name.strip(),
    )
    session.add(row)
    return row


def _check_room(session: Session, person_id: int) -> None:
    count = select(func.count(BasketLine.id)).where(BasketLine.person_id == person_id)
    number = session.scalar(count) or 0
    if number > MOST_LINES:
        raise RefusedError((Refused(Refusal.BASKET_FULL, {"limit": MOST_LINES}),))


def _change(line: BasketLine, wished: LineChange) -> bool:
    """Give a line its new values; say whether any differs."""
    before = _wish(line)
    line.quantity, line.place_id = wished.quantity, wished.place_id
    if wished.copy_id != line.chosen_copy_id:
        line.copy_id, line.any_copy = wished.copy_id, False
    line.first, line.last = wished.period.first, wished.period.last
    line.unit_id, line.reason = wished.unit_id, wished.reason
    line.class_name = wished.class_name.strip()
    return before != _wish(line)


def _wish(line: BasketLine) -> BookingWish:
    """Return a line as a booking of its own."""
    return BookingWish(
        lines=one_line(line.holding_id, line.quantity, line.chosen_copy_id),
        person_id=line.person_id,
        period=Period(line.first, line.last),
        institution_id=line.institution_id,
        unit_id=line.unit_id,
        reason=line.reason,
        place_id=line.place_id,
        class_name=line.class_name,
    )


def _hold(
    session: Session, lines: Sequence[BasketLine], by: Actor, today: date, now: datetime
) -> tuple[Kept, ...]:
    """Hold lines anew in their order; what they held before makes way for them."""
    if not lines:
        return ()
    every = tuple(_judged(_wish(line)) for line in lines)
    wishes = Wishes(
        every=every,
        aside=aside_for([line.id for line in lines], is_counted=True),
        stored=in_basket_already(every),
    )
    asked = asked_of(session, wishes, by, today, now)
    answers = answers_of(session, asked, wishes.aside, alternatives=False)
    kept: list[Kept] = []
    for line, answer in zip(lines, answers, strict=True):
        line.held_until = held_until(now) if answer.granted else now
        others = _name_copies(line, answer)
        session.add_all(others)
        kept += [Kept(each, answer) for each in (line, *others)]
    session.flush()
    return tuple(kept)


def _name_copies(line: BasketLine, answer: WishAnswer) -> list[BasketLine]:
    """Let a line hold a copy that was found for it; return lines for any others.

    Source:
        docs/rules.md, Lending 3.3 and 5.5.
    """
    if line.chosen_copy_id is not None:
        return []
    found = [each.copy_id for each in answer.asked.lines if each.copy_id is not None]
    if not answer.granted or not found:
        line.copy_id, line.any_copy = None, False
        return []
    line.copy_id, line.any_copy, line.quantity = found[0], True, 1
    return [_like(line, copy_id) for copy_id in found[1:]]


def _like(line: BasketLine, copy_id: int) -> BasketLine:
    """Return another line that differs in the copy it holds."""
    return BasketLine(
        person_id=line.person_id,
        institution_id=line.institution_id,
        place_id=line.place_id,
        holding_id=line.holding_id,
        copy_id=copy_id,
        any_copy=True,
        quantity=1,
        first=line.first,
        last=line.last,
        held_until=line.held_until,
        unit_id=line.unit_id,
        reason=line.reason,
        class_name=line.class_name,
    )


def _judged(wish: BookingWish) -> BookingWish:
    """Return the wish with some purpose: that may be named later."""
    named = wish.unit_id is not None or wish.reason is not None
    return wish if named else replace(wish, reason=OtherReason.TEST)
