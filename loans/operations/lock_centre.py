"""Lock a media centre, so that one at a time edits what it decides about lending."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from loans.errors import NotFoundError
from schools.models.media_centre import MediaCentre
from schools.rules.roles import Actor, Right


def lock_centre(session: Session, centre_id: int, by: Actor) -> None:
    """Let whoever else edits a centre wait until the unit of work ends.

    Raises:
        NotFoundError: no such centre within the actor's reach.
    """
    if not by.scope(Right.MANAGE_CENTRE).covers_centre(centre_id):
        raise NotFoundError("media_centre", centre_id)
    query = select(MediaCentre.id).where(MediaCentre.id == centre_id)
    if session.scalar(query.with_for_update(key_share=True)) is None:
        raise NotFoundError("media_centre", centre_id)
