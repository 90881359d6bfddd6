"""Report a barrier on the pages to the media centre: a letter to it, written with the report."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schools.errors import TooManyAttemptsError
from schools.models.media_centre import MediaCentre
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.operations.owe import Addressee, Letter, owe
from schools.rules.roles import Actor

HOUR = timedelta(hours=1)
LETTERS_AN_HOUR = 20
"""Of the whole installation: the form needs no account, so it must not flood the centre."""


@dataclass(frozen=True, slots=True)
class BarrierReport:
    """What somebody could not use.

    Attributes:
        text: in their words.
        page: where it was; may be empty.
        email: where to answer; may be empty.
        key: makes a repeat of the same form harmless.
    """

    text: str
    page: str
    email: str
    key: str


def report_barrier(session: Session, report: BarrierReport, by: Actor, now: datetime) -> None:
    """Owe every centre concerned a letter: those of the reporter, or else all.

    Raises:
        schools.errors.TooManyAttemptsError: enough came within the hour; nothing was written.
    """
    recent = select(func.count(OwedLetter.id)).where(
        OwedLetter.kind == LetterKind.BARRIER_REPORTED, OwedLetter.created_at > now - HOUR
    )
    if (session.scalar(recent) or 0) >= LETTERS_AN_HOUR:
        raise TooManyAttemptsError(now + HOUR)
    facts = {"text": report.text, "page": report.page, "email": report.email}
    for centre in _centres(session, by):
        occasion = f"barrier:{report.key}:{centre.id}"
        letter = Letter(LetterKind.BARRIER_REPORTED, occasion, facts)
        owe(session, letter, Addressee(centre.email, centre.name, centre_id=centre.id), now)


def _centres(session: Session, by: Actor) -> list[MediaCentre]:
    query = select(MediaCentre).where(MediaCentre.active)
    if by.centre_ids():
        query = query.where(MediaCentre.id.in_(by.centre_ids()))
    return list(session.scalars(query.order_by(MediaCentre.id)))
