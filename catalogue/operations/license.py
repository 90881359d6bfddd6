"""License titles: what a centre may do with them, for whom and until when."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.errors import InvalidError, NotFoundError
from catalogue.models.licence import Licence
from catalogue.models.title import Title
from catalogue.operations.editing import in_reach, plain
from catalogue.rules.licences import LicenceScope
from catalogue.rules.stock import StockFault
from database.audit import Change, Subject, record
from schools.rules.roles import Actor, Right


@dataclass(frozen=True, slots=True)
class LicenceFacts:
    """A licence as a centre bought it; see `catalogue.models.licence`.

    Attributes:
        area: whom exactly, according to the scope: districts, school forms or Schulnummern.
    """

    licence_type: str
    scope: LicenceScope
    area: tuple[str, ...]
    online: bool
    lending_allowed: bool
    public_showing_allowed: bool
    valid_from: date
    valid_until: date | None
    note: str = ""


def add_licence(
    session: Session, target: tuple[int, int], facts: LicenceFacts, by: Actor, now: datetime
) -> Licence:
    """Give a title a licence of a centre.

    Args:
        session: inside a unit of work.
        target: the title, and the centre that holds the licence.
        facts: what it allows.
        by: whoever adds it.
        now: the instant.

    Raises:
        NotFoundError: the title or centre is out of the actor's reach.
        InvalidError: it ends before it begins.
    """
    title_id, centre_id = target
    scope = by.scope(Right.CATALOGUE)
    title = session.get(Title, title_id)
    if title is None or not scope.covers_centre(centre_id) or not in_reach(session, title, scope):
        raise NotFoundError("title", title_id)
    if facts.valid_until is not None and facts.valid_until < facts.valid_from:
        raise InvalidError({"valid_until": StockFault.ENDS_BEFORE_IT_BEGINS})
    licence = Licence(
        title_id=title_id, centre_id=centre_id, **(asdict(facts) | {"area": list(facts.area)})
    )
    session.add(licence)
    session.flush()
    after = {name: plain(value) for name, value in asdict(facts).items()}
    change = Change("add_licence", None, after | {"area": list(facts.area)})
    record(session, by, Subject("licence", licence.id, centre_id), change, now)
    return licence


def end_licence(
    session: Session, licence_id: int, last: date, by: Actor, now: datetime
) -> Licence:
    """Let a centre's licence end on a day, which is its last; it stays on record.

    Raises:
        NotFoundError: no such licence of a centre of the actor's.
        InvalidError: the day lies before the first.
    """
    query = select(Licence).where(Licence.id == licence_id).with_for_update(key_share=True)
    licence = session.scalar(query)
    if licence is None or not by.scope(Right.CATALOGUE).covers_centre(licence.centre_id):
        raise NotFoundError("licence", licence_id)
    if last < licence.valid_from:
        raise InvalidError({"valid_until": StockFault.ENDS_BEFORE_IT_BEGINS})
    before = {"valid_until": plain(licence.valid_until)}
    licence.valid_until = last
    change = Change("end_licence", before, {"valid_until": plain(last)})
    record(session, by, Subject("licence", licence.id, licence.centre_id), change, now)
    return licence
