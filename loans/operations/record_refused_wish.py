"""Remember what could not be had: it feeds the purchase list."""

from collections.abc import Iterable, Sequence
from datetime import date
from hashlib import sha256

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from catalogue.models.holding import Holding
from loans.models.refused_wish import RefusedWish
from loans.queries.preview import LineAnswer, WishAnswer
from loans.queries.wishes import BookingWish, LineWish
from loans.rules.purchases import REDUCED, WAITING
from schools.models.institution import Institution
from schools.models.media_concept import TeachingUnit
from schools.models.person import Membership


def record_refused_wish(
    session: Session, wish: BookingWish, occasion: str, codes: Sequence[str], today: date
) -> None:
    """Remember, without the person, what could not be had; a repeat is counted once.

    Args:
        session: the session, in a unit of work of its own: that of the refusal wrote nothing.
        wish: what was refused, line by line.
        occasion: unique text of the request; only its digest is kept, for it names an account.
        codes: every reason.
        today: the day of the wish.

    Source:
        docs/rules.md, Lending 5.9.
    """
    for line in wish.lines:
        if session.get(Holding, line.holding_id) is not None:
            _remember(session, (wish, line), _occasion(occasion, line), codes, today)


def record_waiting_wish(session: Session, wish: BookingWish, occasion: str, today: date) -> None:
    """Remember that somebody waits; what was refused before for the same days is the same wish.

    Args:
        session: the session, in the unit of work that places the hold.
        wish: what is waited for, of one line.
        occasion: unique text of the hold.
        today: the day of the wish.

    Source:
        docs/rules.md, Lending 5.9.
    """
    (line,) = wish.lines
    refused = session.scalars(
        select(RefusedWish)
        .where(RefusedWish.holding_id == line.holding_id, RefusedWish.wished_on == today)
        .where(RefusedWish.institution_id == wish.institution_id)
        .where(RefusedWish.first == wish.period.first, RefusedWish.last == wish.period.last)
        .order_by(RefusedWish.id)
    )
    known = next((each for each in refused if WAITING not in each.codes), None)
    if known is None:
        record_refused_wish(session, wish, occasion, [WAITING], today)
    else:
        known.codes = [*known.codes, WAITING]


def record_refused_answers(
    session: Session, answers: Iterable[WishAnswer], occasion: str, today: date
) -> None:
    """Remember every thing that stood against its wish, of wishes asked in one go.

    A line that could have been had by itself is not missed, whatever became of the others.

    Source:
        docs/rules.md, Lending 5.9.
    """
    for place, answer in enumerate(answers):
        if not answer.granted:
            for holding_id, lines in _lacking(answer).items():
                line = LineWish(holding_id, sum(each.line.quantity for each in lines))
                codes = [str(refused.code) for each in lines for refused in each.refusals]
                own = _occasion(f"{occasion}:{place}", line)
                _remember(session, (answer.wish, line), own, [*_common(answer), *codes], today)


def record_reduced_wish(
    session: Session, wish: BookingWish, missing: int, occasion: str, today: date
) -> None:
    """Remember that somebody took fewer than were wanted: what is still lacking counts.

    Args:
        session: the session, in the unit of work that books the rest.
        wish: what was booked, of one line.
        missing: how many more were wanted.
        occasion: that of the refusal before, whose wish is then counted by what is lacking.
        today: the day of the wish.

    Source:
        docs/rules.md, Lending 5.9.
    """
    (line,) = wish.lines
    own = _occasion(occasion, line)
    known = session.scalar(select(RefusedWish).where(RefusedWish.occasion == own))
    if known is None:
        short = LineWish(line.holding_id, missing)
        _remember(session, (wish, short), own, [REDUCED], today)
    else:
        known.quantity = missing
        known.codes = list(dict.fromkeys([*known.codes, REDUCED]))


def _common(answer: WishAnswer) -> list[str]:
    return [str(each.code) for each in answer.refusals if "holding_id" not in each.facts]


def _lacking(answer: WishAnswer) -> dict[int, list[LineAnswer]]:
    """Return by holding what stood against the wish; copies named by number are added up."""
    found: dict[int, list[LineAnswer]] = {}
    for each in answer.lines:
        if each.refusals or _common(answer):
            found.setdefault(each.line.holding_id, []).append(each)
    return found


def _occasion(occasion: str, line: LineWish) -> str:
    return sha256(f"{occasion}:{line.holding_id}".encode()).hexdigest()


def _remember(
    session: Session,
    missed: tuple[BookingWish, LineWish],
    occasion: str,
    codes: Sequence[str],
    today: date,
) -> None:
    known = select(RefusedWish.id).where(RefusedWish.occasion == occasion)
    if session.scalar(known) is not None:
        return
    wish, line = missed
    session.add(
        RefusedWish(
            occasion=occasion,
            holding_id=line.holding_id,
            institution_id=_school_of(session, wish, line, today),
            unit_id=wish.unit_id,
            wished_on=today,
            first=wish.period.first,
            last=wish.period.last,
            quantity=line.quantity,
            codes=list(dict.fromkeys(codes)),
        )
    )


def _school_of(session: Session, wish: BookingWish, line: LineWish, today: date) -> int | None:
    """Return for whom it was: as named, that of the unit, or the oldest membership there."""
    if wish.institution_id is not None:
        return wish.institution_id
    if wish.unit_id is not None:
        of_unit = select(TeachingUnit.institution_id).where(TeachingUnit.id == wish.unit_id)
        return session.scalar(of_unit)
    return session.scalar(
        select(Membership.institution_id)
        .join(Institution, Institution.id == Membership.institution_id)
        .join(Holding, Holding.centre_id == Institution.centre_id)
        .where(Holding.id == line.holding_id, Membership.person_id == wish.person_id)
        .where(or_(Membership.last.is_(None), Membership.last >= today))
        .order_by(Membership.id)
        .limit(1)
    )
