"""Give titles a cover, or take it away."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from catalogue.models.attachment import Attachment
from catalogue.operations.editing import lock_title
from database.audit import Change, Subject, record
from schools.rules.roles import Actor


@dataclass(frozen=True, slots=True)
class CoverFacts:
    """A stored picture; see `catalogue.models.attachment`."""

    stored_name: str
    media_type: str
    width: int
    height: int
    size: int


def set_cover(
    session: Session, title_id: int, cover: CoverFacts | None, by: Actor, now: datetime
) -> str | None:
    """Show this picture with the title, or none.

    Returns:
        The stored name of the picture it had, whose file can go after the commit.

    Raises:
        NotFoundError: no such title within the actor's reach.
        ActRefusedError: another centre keeps it.
    """
    title = lock_title(session, title_id, by)
    old = title.cover
    title.cover = Attachment(created_at=now, **asdict(cover)) if cover else None
    title.changed_at = now
    session.flush()
    if old is not None:
        session.delete(old)
    before = {"cover": old.stored_name if old else None}
    after = {"cover": cover.stored_name if cover else None}
    change = Change("set_cover", before, after)
    record(session, by, Subject("title", title.id, title.keeper_id), change, now)
    return old.stored_name if old else None
