"""What the templates of letters may call, besides what all templates may."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from app.labels import label
from catalogue.rules.defect_states import DefectState


def state_words(state: str) -> str:
    """Return the words for the state of a defect."""
    return label(DefectState(state))


def as_day(day: date | str) -> date:
    """Return a day of a fact as such, also where it still is ISO text."""
    return day if isinstance(day, date) else date.fromisoformat(day)


CALLABLES: Mapping[str, Callable[..., Any]] = {
    "as_day": as_day,
    "state_words": state_words,
}
"""By the name that templates use; one line each."""
