"""Edit a centre's own words for a kind of letter, or go back to the built-in ones."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from database.audit import Change, Subject, record
from schools.errors import ChangedMeanwhileError, NotFoundError, RefusedError
from schools.models.letter_choice import LetterText
from schools.models.media_centre import MediaCentre
from schools.models.owed_letter import LetterKind
from schools.rules.letter_placeholders import wording_faults
from schools.rules.roles import Actor, Right


@dataclass(frozen=True, slots=True)
class Wording:
    """A centre's own words as somebody edited them.

    Attributes:
        subject: one line; empty keeps the built-in one, as does an empty text.
        text: paragraphs parted by blank lines.
        version: of the words when they were opened for editing; 0 if there were none.
    """

    centre_id: int
    kind: LetterKind
    locale: str
    subject: str
    text: str
    version: int


def edit_letter_text(
    session: Session, wish: Wording, known: Collection[str], by: Actor, now: datetime
) -> LetterText | None:
    """Take over a centre's own words; where they are empty the built-in ones hold.

    Args:
        session: inside a unit of work; the centre is locked, so that editors come one by one.
        wish: what was edited.
        known: the names that may stand in braces.
        by: who edits it.
        now: the instant.

    Raises:
        NotFoundError: no such centre within the actor's scope.
        RefusedError: with the `WordingFault`s; nothing was changed.
        ChangedMeanwhileError: they are not the words that were opened; carries those stored.
    """
    centre = _centre(session, wish.centre_id, by)
    faults = wording_faults(f"{wish.subject}\n{wish.text}", known)
    if faults:
        raise RefusedError(tuple(dict.fromkeys(each.fault for each in faults)))
    row = session.scalar(
        select(LetterText)
        .where(LetterText.centre_id == centre.id, LetterText.kind == wish.kind)
        .where(LetterText.locale == wish.locale)
        .with_for_update()
    )
    stored = {} if row is None else {"subject": row.subject, "text": row.text}
    if (0 if row is None else row.version) != wish.version:
        changed_at = now if row is None else row.changed_at
        raise ChangedMeanwhileError(stored or {"subject": "", "text": ""}, changed_at)
    written = _write(session, row, wish, now)
    _note(session, wish, stored, by, now)
    return written


def _write(
    session: Session, row: LetterText | None, wish: Wording, now: datetime
) -> LetterText | None:
    if row is None and not wish.subject and not wish.text:
        return None
    if row is None:
        row = LetterText(centre_id=wish.centre_id, kind=wish.kind, locale=wish.locale)
        session.add(row)
    row.subject, row.text, row.changed_at = wish.subject, wish.text, now
    session.flush()
    return row


def _note(
    session: Session, wish: Wording, stored: dict[str, str], by: Actor, now: datetime
) -> None:
    named = {"kind": wish.kind.value, "locale": wish.locale}
    change = Change(
        "edit_letter_text", stored, {**named, "subject": wish.subject, "text": wish.text}
    )
    record(session, by, Subject("letter_text", wish.centre_id, wish.centre_id), change, now)


def _centre(session: Session, centre_id: int, by: Actor) -> MediaCentre:
    query = select(MediaCentre).where(MediaCentre.id == centre_id).with_for_update(key_share=True)
    centre = session.scalar(query)
    if centre is None or not by.scope(Right.MANAGE_CENTRE).covers_centre(centre.id):
        raise NotFoundError("media_centre", centre_id)
    return centre
