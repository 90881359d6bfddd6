"""Remember planned media that could not be had as planned: they feed the purchase list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from loans.models.refused_wish import RefusedWish
from schools.rules.periods import Period
from schools.rules.school_year import SchoolYear


@dataclass(frozen=True, slots=True)
class MissedLine:
    """So many pieces that a unit planned with and could not have on its days, and why."""

    institution_id: int
    unit_id: int
    holding_id: int
    period: Period
    quantity: int
    codes: tuple[str, ...]


def record_missed(
    session: Session, missed: Iterable[MissedLine], year: SchoolYear, today: date
) -> None:
    """Remember, without the person, what a plan lacked; each unit and medium once a school year.

    Source:
        docs/rules.md, Lending 5.9: refused, reduced or waiting.
    """
    wanted = {f"plan:{year.starts}:{each.unit_id}:{each.holding_id}": each for each in missed}
    known = set(
        session.scalars(select(RefusedWish.occasion).where(RefusedWish.occasion.in_(list(wanted))))
    )
    session.add_all(
        RefusedWish(
            occasion=occasion,
            holding_id=each.holding_id,
            institution_id=each.institution_id,
            unit_id=each.unit_id,
            wished_on=today,
            first=each.period.first,
            last=each.period.last,
            quantity=each.quantity,
            codes=list(each.codes),
        )
        for occasion, each in wanted.items()
        if occasion not in known
    )
