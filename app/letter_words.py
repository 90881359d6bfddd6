"""What the templates of letters may call, besides what all templates may."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from app.labels import label
from app.money import euros
from app.refusals import sentences
from catalogue.models.defect import DefectKind
from catalogue.rules.defect_states import DefectState
from loans.operations.tell_due_soon import renewal_refused
from schools.models.owed_letter import LetterKind


def state_words(state: str) -> str:
    """Return the words for the state of a defect."""
    return label(DefectState(state))


def kind_words(kind: str) -> str:
    """Return the words for a kind of defect."""
    return label(DefectKind(kind))


def letter_words(kind: str) -> str:
    """Return the words for a kind of letter."""
    return label(LetterKind(kind))


def as_day(day: date | str) -> date:
    """Return a day of a fact as such, also where it still is ISO text."""
    return day if isinstance(day, date) else date.fromisoformat(day)


def refusal_words(refusals: Iterable[Mapping[str, Any]]) -> str:
    """Return kept reasons against a renewal as sentences."""
    return " ".join(sentences(renewal_refused(kept) for kept in refusals))


CALLABLES: Mapping[str, Callable[..., Any]] = {
    "as_day": as_day,
    "day_of": as_day,
    "euros": euros,
    "refusal_words": refusal_words,
    "kind_words": kind_words,
    "letter_words": letter_words,
    "state_words": state_words,
}
"""By the name that templates use; one line each."""
