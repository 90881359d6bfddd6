"""Report a barrier on the pages to the media centre: a letter to it, written with the report."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schools.models.media_centre import MediaCentre
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.rules.roles import Actor

REPORTS_AN_HOUR = 20
"""Of the whole installation: the form needs no account, so it must not become a mail cannon."""


class TooManyReportsError(Exception):
    """So many reports came within the hour that no more are taken now."""


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
        TooManyReportsError: nothing was written.
    """
    recent = select(func.count(OwedLetter.id)).where(
        OwedLetter.kind == LetterKind.BARRIER_REPORTED,
        OwedLetter.created_at > now - timedelta(hours=1),
    )
    if (session.scalar(recent) or 0) >= REPORTS_AN_HOUR:
        raise TooManyReportsError
    for centre in _centres(session, by):
        occasion = f"barrier:{report.key}:{centre.id}"
        if session.scalar(select(OwedLetter.id).where(OwedLetter.occasion == occasion)) is None:
            session.add(_letter(centre, occasion, report, now))


def _centres(session: Session, by: Actor) -> list[MediaCentre]:
    query = select(MediaCentre).where(MediaCentre.active, MediaCentre.email != "")
    if by.centre_ids():
        query = query.where(MediaCentre.id.in_(by.centre_ids()))
    return list(session.scalars(query.order_by(MediaCentre.id)))


def _letter(
    centre: MediaCentre, occasion: str, report: BarrierReport, now: datetime
) -> OwedLetter:
    return OwedLetter(
        kind=LetterKind.BARRIER_REPORTED,
        occasion=occasion,
        to_address=centre.email,
        to_name=centre.name,
        facts={"text": report.text, "page": report.page, "email": report.email},
        centre_id=centre.id,
        created_at=now,
        next_try_at=now,
    )
