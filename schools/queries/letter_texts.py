"""What centres have written into their letters."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from schools.models.letter_choice import LetterText
from schools.models.owed_letter import LetterKind
from schools.rules.roles import Scope


@dataclass(frozen=True, slots=True)
class OwnWords:
    """A centre's own subject and text; what is empty is the built-in one."""

    subject: str
    text: str


def letter_texts_of(session: Session, scope: Scope, centre_id: int) -> Sequence[LetterText]:
    """Return a centre's own texts, in one statement; none where the scope ends."""
    query = select(LetterText).where(LetterText.centre_id == centre_id, _within(scope))
    return session.scalars(query).all()


def letter_text_of(
    session: Session, scope: Scope, centre_id: int, kind: LetterKind, locale: str
) -> LetterText | None:
    """Return a centre's own text of a kind of letter in a language; None where the scope ends."""
    return session.scalar(
        select(LetterText).where(
            LetterText.centre_id == centre_id,
            LetterText.kind == kind,
            LetterText.locale == locale,
            _within(scope),
        )
    )


def own_words_of(
    session: Session, centre_ids: Collection[int]
) -> Mapping[tuple[int | None, str], Mapping[str, OwnWords]]:
    """Return what centres have written, by centre and language and then by kind; one statement."""
    found: dict[tuple[int | None, str], dict[str, OwnWords]] = defaultdict(dict)
    for row in session.scalars(select(LetterText).where(LetterText.centre_id.in_(centre_ids))):
        if row.subject or row.text:
            found[row.centre_id, row.locale][row.kind.value] = OwnWords(row.subject, row.text)
    return found


def _within(scope: Scope) -> ColumnElement[bool]:
    return true() if scope.everything else LetterText.centre_id.in_(scope.centre_ids)
