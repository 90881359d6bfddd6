"""Pictures of titles, for everybody."""

from flask import Blueprint, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from app.headers import FOREVER
from app.security import requires
from app.sessions import session
from app.uploads import MEDIA_TYPE, image_path
from catalogue.models.attachment import Attachment
from schools.rules.roles import Right

covers = Blueprint("covers", __name__)


@covers.get("/covers/<stored_name>")
@requires(Right.VISIT)
def cover(stored_name: str) -> ResponseReturnValue:
    """Send a picture that belongs to no school or centre; its type is always the same."""
    query = select(Attachment.stored_name).where(
        Attachment.stored_name == stored_name,
        Attachment.centre_id.is_(None),
        Attachment.institution_id.is_(None),
    )
    stored = session().scalar(query)
    if stored is None or not image_path(stored).is_file():
        raise NotFound
    answer = send_file(image_path(stored), mimetype=MEDIA_TYPE, conditional=True)
    answer.headers["Cache-Control"] = FOREVER
    return answer
