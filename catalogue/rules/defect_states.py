"""The states of a reported defect, and which follows which, as data."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class DefectState(StrEnum):
    """Where a defect stands; school and centre see the same."""

    REPORTED = "reported"
    IN_WORK = "in_work"
    DONE = "done"
    DECLINED = "declined"


STILL_OPEN = frozenset({DefectState.REPORTED, DefectState.IN_WORK})
"""States in which somebody still has to do something."""

FOLLOWING: Mapping[DefectState, frozenset[DefectState]] = MappingProxyType(
    {
        DefectState.REPORTED: frozenset(
            {DefectState.IN_WORK, DefectState.DONE, DefectState.DECLINED}
        ),
        DefectState.IN_WORK: frozenset({DefectState.DONE, DefectState.DECLINED}),
        DefectState.DONE: frozenset({DefectState.IN_WORK}),
        DefectState.DECLINED: frozenset({DefectState.IN_WORK}),
    }
)
"""What may follow; work on a closed defect can be taken up again."""


def defect_number(defect_id: int) -> str:
    """Return the number people name a defect by, such as ``S-88``."""
    return f"S-{defect_id}"


def next_state(state: DefectState, wanted: DefectState) -> DefectState | None:
    """Return the state after somebody chose one; None if it cannot follow.

    Staying in a state is allowed: the answer to the school may change alone.

    Source:
        docs/rules.md, Schools 1.3.
    """
    return wanted if wanted is state or wanted in FOLLOWING[state] else None


class DefectFault(StrEnum):
    """Why a defect cannot be changed as somebody wants."""

    CANNOT_FOLLOW = "cannot_follow"
