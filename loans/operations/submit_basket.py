"""Submit a basket: its lines become bookings, all of them or only what can be had."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from loans.operations.basket import locked_lines
from loans.operations.book import Made, book_many
from loans.queries.asking import asked_of
from loans.queries.basket import BasketItem, aside_for, item_of, wish_of
from loans.queries.preview import WishAnswer, answers_of
from loans.queries.wishes import Wishes, in_basket_already
from loans.rules.baskets import bookings_of, what_is_left
from schools.rules.roles import Actor

Group = tuple[int, ...]
"""The ids of the lines that become one booking."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A basket that is submitted.

    Attributes:
        person_id: whose basket.
        only_free: book what can be had; otherwise all or nothing.
        remark: for staff, on every booking.
    """

    person_id: int
    only_free: bool = False
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Submitted:
    """What came of it.

    Attributes:
        made: the bookings.
        refused: why each line that is left was not booked, by its id.
    """

    made: tuple[Made, ...]
    refused: Mapping[int, WishAnswer]

    @property
    def answers(self) -> tuple[WishAnswer, ...]:
        """The answers to what was refused, each once."""
        return tuple({id(answer): answer for answer in self.refused.values()}.values())


def submit_basket(
    session: Session, wish: Submission, by: Actor, today: date, now: datetime
) -> Submitted:
    """Book a person's basket; lines of the same days, place and purpose become one booking.

    Locks the holdings, then the person. Of a booking that cannot be had as a whole, `only_free`
    books the lines against which nothing stands. Booked lines leave the basket; once something
    was booked, the others hold no stock any more.

    Raises:
        NotFoundError: a line names a unit, copy or place out of reach.

    Source:
        docs/rules.md, Lending 5.5.
    """
    lines = locked_lines(session, wish.person_id, by)
    basket = _Basket(session, wish, {line.id: item_of(line) for line in lines}, by, today, now)
    groups, refused = basket.groups(), dict[int, WishAnswer]()
    if wish.only_free:
        groups, refused = basket.that_can_be_had()
    made = book_many(session, basket.wishes(groups), by, today, now) if groups else ()
    booked: set[int] = set()
    for keys, each in zip(groups, made, strict=True):
        if each.booking is None:
            refused |= dict.fromkeys(keys, each.answer)
        else:
            booked |= set(keys)
    for line in lines:
        if line.id in booked:
            session.delete(line)
        elif booked:
            line.held_until = now
    session.flush()
    return Submitted(tuple(each for each in made if each.booking is not None), refused)


@dataclass(frozen=True, slots=True)
class _Basket:
    session: Session
    wish: Submission
    items: Mapping[int, BasketItem]
    by: Actor
    today: date
    now: datetime

    def groups(self) -> tuple[Group, ...]:
        """Return the lines of each booking they would become."""
        keys = ((item.occasion, item.id) for item in self.items.values())
        return tuple(bookings_of(keys).values())

    def wishes(self, groups: Sequence[Group]) -> Wishes:
        """Return the bookings; what the basket holds makes way for them."""
        found = (wish_of([self.items[key] for key in keys]) for keys in groups)
        every = tuple(replace(each, remark=self.wish.remark) for each in found)
        return Wishes(
            every=every,
            only_free=self.wish.only_free,
            aside=aside_for(self.items),
            stored=in_basket_already(every),
        )

    def that_can_be_had(self) -> tuple[tuple[Group, ...], dict[int, WishAnswer]]:
        """Return the groups without the lines against which something stands, and what does.

        Each round takes lines away, so that others may be granted; it ends when all are.
        """
        groups, refused = self.groups(), dict[int, WishAnswer]()
        while groups:
            answers = self._answers(groups)
            if all(answer.granted for answer in answers):
                break
            left = []
            for keys, answer in zip(groups, answers, strict=True):
                kept = keys if answer.granted else self._without_refused(keys, answer)
                refused |= dict.fromkeys(set(keys) - set(kept), answer)
                left.append(kept)
            groups = tuple(filter(None, left))
        return groups, refused

    def _answers(self, groups: Sequence[Group]) -> tuple[WishAnswer, ...]:
        wishes = self.wishes(groups)
        asked = asked_of(self.session, wishes, self.by, self.today, self.now)
        return answers_of(self.session, asked, wishes.aside, alternatives=True)

    def _without_refused(self, keys: Group, answer: WishAnswer) -> Group:
        """Return the lines of a refused booking that may be tried without the others."""
        return what_is_left({key: self.items[key].stock for key in keys}, answer.refusals)
