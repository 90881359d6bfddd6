"""Edit a centre: its address and the texts of its legal pages."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from database.audit import Change, Subject, record
from schools.errors import ChangedMeanwhileError, NotFoundError
from schools.models.media_centre import LegalPage, LegalPageKind, MediaCentre
from schools.rules.roles import Actor, Right


@dataclass(frozen=True, slots=True)
class CentreFacts:
    """What a centre says about itself."""

    name: str
    street: str
    postal_code: str
    city: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class LegalText:
    """A legal page as somebody edited it.

    Attributes:
        centre_id: whose page.
        kind: which page.
        locale: ``de`` or ``en``.
        text: paragraphs parted by blank lines; empty brings back the house's own text.
        version: of the page when it was opened for editing; 0 if there was none.
    """

    centre_id: int
    kind: LegalPageKind
    locale: str
    text: str
    version: int


def edit_centre(
    session: Session, centre_id: int, facts: CentreFacts, by: Actor, now: datetime
) -> None:
    """Take over a centre's name and address.

    Raises:
        NotFoundError: no such centre within the actor's scope.
    """
    centre = _centre(session, centre_id, by)
    changed = {
        name: value for name, value in asdict(facts).items() if getattr(centre, name) != value
    }
    before = {name: getattr(centre, name) for name in changed}
    for name, value in changed.items():
        setattr(centre, name, value)
    if changed:
        change = Change("edit_centre", before, changed)
        record(session, by, Subject("media_centre", centre.id, centre.id), change, now)


def edit_legal_page(session: Session, wish: LegalText, by: Actor, now: datetime) -> LegalPage:
    """Take over the text of a legal page.

    Raises:
        NotFoundError: no such centre within the actor's scope.
        ChangedMeanwhileError: the page is not the one that was opened; carries the stored text.
    """
    centre = _centre(session, wish.centre_id, by)
    page = session.scalar(
        select(LegalPage)
        .where(LegalPage.centre_id == centre.id, LegalPage.kind == wish.kind)
        .where(LegalPage.locale == wish.locale)
        .with_for_update()
    )
    if page is not None and page.version != wish.version:
        raise ChangedMeanwhileError({"text": page.text}, page.changed_at)
    if page is None:
        page = LegalPage(centre_id=centre.id, kind=wish.kind, locale=wish.locale)
        session.add(page)
    change = Change(
        "edit_legal_page",
        {"text": page.text} if page.text else None,
        {"kind": wish.kind.value, "locale": wish.locale, "text": wish.text},
    )
    page.text = wish.text
    page.changed_at = now
    session.flush()
    record(session, by, Subject("legal_page", page.id, centre.id), change, now)
    return page


def _centre(session: Session, centre_id: int, by: Actor) -> MediaCentre:
    """Return the centre, locked, so that two editors come one after the other."""
    query = select(MediaCentre).where(MediaCentre.id == centre_id).with_for_update(key_share=True)
    centre = session.scalar(query)
    if centre is None or not by.scope(Right.MANAGE_CENTRE).covers_centre(centre.id):
        raise NotFoundError("media_centre", centre_id)
    return centre
