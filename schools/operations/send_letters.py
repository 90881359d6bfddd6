"""Send letters: claim the next one, note what became of it. Sending itself holds no lock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from database.audit import Change, Subject, record
from schools.errors import NotFoundError, RefusedError
from schools.models.media_centre import MediaCentre
from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from schools.queries.letter_texts import OwnWords, own_words_of
from schools.queries.letters import letter_within
from schools.rules.letter_retries import next_try
from schools.rules.roles import Actor, Right

CLAIM = timedelta(minutes=5)
"""How long one worker may take over a letter before another may try."""

ERROR_LENGTH = 300
SECRET = "token"  # noqa: S105  # the name of a fact
STRUCK = "struck"
WITH_LINK = frozenset(
    {LetterKind.INVITATION, LetterKind.PASSWORD_RESET, LetterKind.REGISTRATION_PROOF}
)
CANCELLABLE = frozenset(
    {LetterState.OWED, LetterState.DAILY, LetterState.KEPT, LetterState.FAILED}
)


class LetterFault(StrEnum):
    """Why a letter cannot be sent again or cancelled."""

    LINK_GONE = "link_gone"
    """Its link was struck out; only a new invitation or reset makes another."""
    WAITING = "waiting"
    OVER = "over"
    IN_DIGEST = "in_digest"
    """It stands in a daily letter, which can be sent again."""


@dataclass(frozen=True, slots=True)
class ClaimedLetter:
    """All that is needed to write and send a letter, held by no transaction.

    Attributes:
        id: what to stamp afterwards.
        kind: which template.
        to_address: e-mail address.
        to_name: for the salutation; may be empty.
        locale: ``de`` or ``en``.
        facts: what the template names.
        centre: name of the centre it comes from; may be empty.
        reply_to: address of the centre's desk; may be empty.
        phone: of the centre's desk; may be empty.
        person_id: the addressee, if the store knows one; such letters may be unsubscribed.
        own: the centre's own words by kind, in the language of the letter.
    """

    id: int
    kind: str
    to_address: str
    to_name: str
    locale: str
    facts: Mapping[str, Any]
    centre: str
    reply_to: str
    phone: str
    person_id: int | None = None
    own: Mapping[str, OwnWords] = field(default_factory=dict)


def claim_letter(session: Session, now: datetime) -> ClaimedLetter | None:
    """Take the next letter that is due, for `CLAIM`, inside a unit of work.

    A worker that dies leaves a claim that runs out: a letter can be repeated, never lost.
    """
    free = or_(OwedLetter.claimed_until.is_(None), OwedLetter.claimed_until < now)
    query = (
        select(OwedLetter)
        .where(OwedLetter.state == LetterState.OWED, OwedLetter.next_try_at <= now, free)
        .order_by(OwedLetter.next_try_at, OwedLetter.id)
        .limit(1)
    )
    letter = session.scalar(query.with_for_update(skip_locked=True))
    if letter is None:
        return None
    letter.claimed_until = now + CLAIM
    return claimed(session, letter)


def claimed(session: Session, letter: OwedLetter) -> ClaimedLetter:
    """Return a letter as plain values, as it would be sent now."""
    return claimed_together(session, [letter])[0]


def claimed_together(session: Session, letters: Sequence[OwedLetter]) -> list[ClaimedLetter]:
    """Return letters as plain values; two statements, however many there are."""
    ids = {each.centre_id for each in letters if each.centre_id is not None}
    query = select(MediaCentre).where(MediaCentre.id.in_(ids))
    centres = {centre.id: centre for centre in session.scalars(query)} if ids else {}
    own = own_words_of(session, ids) if ids else {}
    return [_plain(each, centres, own.get((each.centre_id, each.locale), {})) for each in letters]


def _plain(
    letter: OwedLetter,
    centres: Mapping[int, MediaCentre],
    own: Mapping[str, OwnWords],
) -> ClaimedLetter:
    centre = None if letter.centre_id is None else centres.get(letter.centre_id)
    return ClaimedLetter(
        id=letter.id,
        kind=letter.kind.value,
        to_address=letter.to_address,
        to_name=letter.to_name,
        locale=letter.locale,
        facts=dict(letter.facts),
        centre="" if centre is None else centre.name,
        reply_to="" if centre is None else centre.email,
        phone="" if centre is None else centre.phone,
        person_id=letter.person_id,
        own=own,
    )


def stamp_sent(session: Session, letter_id: int, now: datetime) -> None:
    """Note that a letter was handed to the mail server; the secret in it is struck out."""
    letter = session.get_one(OwedLetter, letter_id)
    letter.state = LetterState.SENT
    letter.sent_at = now
    letter.tries += 1
    letter.claimed_until = None
    letter.last_error = ""
    strike(letter)


def stamp_failed(
    session: Session, letter_id: int, error: str, now: datetime, *, for_good: bool = False
) -> None:
    """Note that a letter could not be sent, and when it is tried again.

    Args:
        session: inside a unit of work.
        letter_id: which.
        error: what the mail server said.
        now: the instant.
        for_good: the server said that trying again is useless.
    """
    letter = session.get_one(OwedLetter, letter_id)
    letter.tries += 1
    letter.claimed_until = None
    letter.last_error = error[:ERROR_LENGTH]
    again = None if for_good else next_try(letter.tries, now)
    if again is None:
        letter.state = LetterState.FAILED
    else:
        letter.next_try_at = again


def keep_letters(session: Session, now: datetime) -> None:
    """Put every letter that is due aside for the office to show: there is no mail server."""
    due = update(OwedLetter).where(
        OwedLetter.state == LetterState.OWED, OwedLetter.next_try_at <= now
    )
    session.execute(due.values(state=LetterState.KEPT))


def send_again(session: Session, letter_id: int, by: Actor, now: datetime) -> None:
    """Owe a letter once more, from its first try; one that waits for the daily letter goes now.

    Raises:
        NotFoundError: no such letter within the actor's scope.
        RefusedError: with the `LetterFault`.
    """
    letter = _letter(session, letter_id, by)
    if letter.state is LetterState.OWED:
        raise RefusedError((LetterFault.WAITING,))
    if letter.state is LetterState.MERGED:
        raise RefusedError((LetterFault.IN_DIGEST,))
    if letter.facts.get(STRUCK):
        raise RefusedError((LetterFault.LINK_GONE,))
    letter.state = LetterState.OWED
    letter.tries = 0
    letter.next_try_at = now
    letter.claimed_until = None
    _note(session, letter, "send_letter_again", by, now)


def cancel_letter(session: Session, letter_id: int, by: Actor, now: datetime) -> None:
    """Do not send a letter after all; a link in it is struck out.

    Raises:
        NotFoundError: no such letter within the actor's scope.
        RefusedError: sent or cancelled already.
    """
    letter = _letter(session, letter_id, by)
    if letter.state not in CANCELLABLE:
        raise RefusedError((LetterFault.OVER,))
    letter.state = LetterState.CANCELLED
    strike(letter)
    _note(session, letter, "cancel_letter", by, now)


def strike_dead_links(session: Session, now: datetime) -> int:
    """Strike out the links of letters never sent that are too old to open anything."""
    unsent = select(OwedLetter).where(
        OwedLetter.kind.in_(WITH_LINK), OwedLetter.state != LetterState.SENT
    )
    dead = [
        letter
        for letter in session.scalars(unsent)
        if SECRET in letter.facts and datetime.fromisoformat(letter.facts["until"]) < now
    ]
    for letter in dead:
        strike(letter)
    return len(dead)


def strike(letter: OwedLetter) -> None:
    """Strike the secret out of a letter's facts."""
    if SECRET in letter.facts:
        rest = {name: value for name, value in letter.facts.items() if name != SECRET}
        letter.facts = {**rest, STRUCK: True}


def _letter(session: Session, letter_id: int, by: Actor) -> OwedLetter:
    letter = letter_within(session, by.scope(Right.MANAGE_CENTRE), letter_id, locked=True)
    if letter is None:
        raise NotFoundError("letter", letter_id)
    return letter


def _note(session: Session, letter: OwedLetter, act: str, by: Actor, now: datetime) -> None:
    subject = Subject("owed_letter", letter.id, letter.centre_id, letter.institution_id)
    record(session, by, subject, Change(act), now)
