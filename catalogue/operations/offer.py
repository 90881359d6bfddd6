"""Offer titles: how one centre shelves and shows what it has of a title."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from catalogue.models.holding import Holding
from catalogue.operations.editing import check_edition, lock_holding, take_over
from database.audit import Change, Subject, record
from schools.rules.roles import Actor


@dataclass(frozen=True, slots=True)
class Offering:
    """What a centre says about its own offer of a title."""

    shelf_mark: str
    local_note: str
    visible: bool


def offering_of(holding: Holding) -> Offering:
    """Return a holding's own values as they stand."""
    return Offering(holding.shelf_mark, holding.local_note, holding.visible)


def change_offer(
    session: Session, holding_id: int, wished: tuple[Offering, str], by: Actor, now: datetime
) -> Holding:
    """Take over what somebody edited of a holding; locks it.

    Args:
        session: inside a unit of work.
        holding_id: which holding.
        wished: the new values, and the edition of those that were opened.
        by: whoever edits.
        now: the instant.

    Raises:
        NotFoundError: no such holding at a centre of the actor's.
        ChangedMeanwhileError: it is not the one that was opened any more.
    """
    offering, edition = wished
    holding = lock_holding(session, holding_id, by)
    subject = Subject("holding", holding.id, holding.centre_id)
    check_edition(session, subject, edition, asdict(offering_of(holding)), asdict(offering))
    before, after = take_over(holding, asdict(offering))
    if after:
        holding.version += 1
        record(session, by, subject, Change("change_offer", before, after), now)
    return holding
