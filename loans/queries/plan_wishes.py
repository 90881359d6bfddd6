"""What somebody chose of a plan, as wishes to book: one for each unit and its days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from loans.queries.asking import asked_of
from loans.queries.preview import WishAnswer, answers_of
from loans.queries.wishes import BookingWish, LineWish, Wishes
from schools.rules.periods import Period
from schools.rules.roles import Actor, Right
from schools.rules.school_year import SchoolYear


@dataclass(frozen=True, slots=True)
class ChosenLine:
    """What somebody chose for a planned medium.

    Attributes:
        unit_id: the teaching unit.
        title_id: the title planned for it.
        holding_id: what is booked: an offer of that title, or of one that stands in for it.
        period: the days.
        quantity: pieces.
    """

    unit_id: int
    title_id: int
    holding_id: int
    period: Period
    quantity: int


@dataclass(frozen=True, slots=True)
class PlanChoice:
    """Everything chosen, and how it is booked.

    Attributes:
        lines: in the order in which they are served.
        year: the school year that is planned.
        place_id: a pick-up place of the centre; None for its first counter.
        class_name: free text without names of pupils.
        only_free: book what can be had, if not all can.
        person_id: who borrows, where somebody organises a school for its teachers; None for
            the actor.
    """

    lines: tuple[ChosenLine, ...]
    year: SchoolYear
    place_id: int | None = None
    class_name: str = ""
    only_free: bool = False
    person_id: int | None = None


def wishes_of(choice: PlanChoice, lines: Sequence[ChosenLine], by: Actor) -> Wishes:
    """Return lines as wishes: what one unit has on the same days is one booking.

    Source:
        docs/rules.md, Lending 6.2.
    """
    together: dict[tuple[int, Period], list[LineWish]] = {}
    for line in lines:
        key = (line.unit_id, line.period)
        together.setdefault(key, []).append(LineWish(line.holding_id, line.quantity))
    every = tuple(
        BookingWish(
            lines=tuple(each),
            person_id=choice.person_id or by.person_id or 0,
            period=period,
            unit_id=unit_id,
            place_id=choice.place_id,
            class_name=choice.class_name,
        )
        for (unit_id, period), each in together.items()
    )
    others = choice.person_id not in {None, by.person_id}
    right = Right.ORGANISE_SCHOOL if others else Right.BOOK
    return Wishes(every=every, right=right, only_free=choice.only_free)


def plan_answers(
    session: Session, choice: PlanChoice, by: Actor, today: date, now: datetime
) -> tuple[WishAnswer, ...]:
    """Say of each booking that would be made whether it can be, as booking decides it.

    Raises:
        loans.errors.NotFoundError: see `asking.asked_of`.

    Source:
        docs/rules.md, Lending 5.2 and 6.2.
    """
    if not choice.lines:
        return ()
    wishes = wishes_of(choice, choice.lines, by)
    asked = asked_of(session, wishes, by, today, now)
    return answers_of(session, asked, wishes.aside, alternatives=False)
