"""Take letters back whose reason fell away: unsent ones vanish, sent ones are corrected."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from loans.operations.journal import Act, Journal
from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from schools.operations.owe import Addressee, Letter, owe

LONGEST_OCCASION = 120
WAITING = (LetterState.OWED, LetterState.DAILY)


def drop_unsent(
    session: Session, occasions: Collection[str], journal: Journal | None = None
) -> None:
    """Let letters go unsent that nobody has sent, or begun to send, yet; no other follows.

    Args:
        session: inside a unit of work.
        occasions: of letters that may have been owed.
        journal: of an act that can be undone: they are owed again then.

    Source:
        docs/rules.md, Lending 8.6.
    """
    asked = select(OwedLetter).where(
        OwedLetter.occasion.in_(occasions),
        OwedLetter.state.in_(WAITING),
        OwedLetter.claimed_until.is_(None),
    )
    for letter in session.scalars(asked.order_by(OwedLetter.id).with_for_update()):
        if journal is not None:
            journal.dropped(letter)
        session.delete(letter)
    session.flush()


def withdraw_letters(
    act: Act, occasions: Collection[str], *, with_correction: bool = True
) -> None:
    """Take the letters of some occasions back, under their locks.

    What was not sent is deleted. What was sent, or is being sent this moment, is followed by one
    letter that it no longer holds. The occasions are free again afterwards.

    Args:
        act: the act that makes them wrong.
        occasions: of letters that may have been owed.
        with_correction: False where the reader knows, having caused it.

    Source:
        docs/rules.md, Lending 8.6.
    """
    if not occasions:
        return
    asked = select(OwedLetter).where(OwedLetter.occasion.in_(occasions))
    letters = act.session.scalars(asked.order_by(OwedLetter.id).with_for_update()).all()
    for letter in letters:
        if not is_out(letter, act):
            act.session.delete(letter)
            continue
        letter.occasion = f"{letter.occasion}:{letter.id}"[-LONGEST_OCCASION:]
        if with_correction:
            _correct(act, letter)
    act.session.flush()


def is_out(letter: OwedLetter, act: Act) -> bool:
    """Say whether a letter was sent, also within a daily one, or a worker has it in hand."""
    if letter.state in (LetterState.SENT, LetterState.MERGED):
        return True
    return letter.claimed_until is not None and letter.claimed_until >= act.now


def _correct(act: Act, letter: OwedLetter) -> None:
    facts = {
        "of": letter.kind.value,
        "title": letter.facts.get("title") or "",
        "titles": letter.facts.get("titles") or [],
        "first": letter.created_at.date().isoformat(),
    }
    to = Addressee(
        letter.to_address,
        letter.to_name,
        letter.locale,
        letter.person_id,
        letter.institution_id,
        letter.centre_id,
    )
    owe(act.session, Letter(LetterKind.CORRECTION, f"correction:{letter.id}", facts), to, act.now)
