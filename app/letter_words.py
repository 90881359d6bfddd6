"""What the templates of letters may call, besides what all templates may."""

from collections.abc import Callable, Mapping
from typing import Any

from app.labels import label
from catalogue.rules.defect_states import DefectState


def state_words(state: str) -> str:
    """Return the words for the state of a defect."""
    return label(DefectState(state))


CALLABLES: Mapping[str, Callable[..., Any]] = {"state_words": state_words}
"""By the name that templates use; one line each."""
