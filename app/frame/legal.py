"""A centre's own texts of the legal pages, and whom to ask."""

from collections.abc import Sequence

from sqlalchemy import select

from app.dates import language
from app.sessions import session
from app.visitor import actor
from schools.models.media_centre import LegalPage, LegalPageKind, MediaCentre


def own_text(kind: LegalPageKind) -> list[str]:
    """Return the paragraphs a centre wrote, in the reader's language or else German.

    The centre is the visitor's own, or the installation's first; empty if it wrote nothing.
    """
    query = (
        select(LegalPage)
        .join(MediaCentre, MediaCentre.id == LegalPage.centre_id)
        .where(LegalPage.kind == kind, LegalPage.locale.in_({language(), "de"}))
        .where(MediaCentre.active)
        .order_by(LegalPage.centre_id)
    )
    pages = list(session().scalars(query))
    ours = actor().centre_ids()
    pages.sort(key=lambda page: (page.centre_id not in ours, page.locale != language()))
    return pages[0].text.split("\n\n") if pages else []


def contacts() -> Sequence[MediaCentre]:
    """Return the visitor's centres, or all active ones, for name and address."""
    query = select(MediaCentre).where(MediaCentre.active).order_by(MediaCentre.id)
    ours = actor().centre_ids()
    if ours:
        query = query.where(MediaCentre.id.in_(ours))
    return session().scalars(query).all()
