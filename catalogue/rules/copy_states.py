"""The states of a copy, and what leads from one to another, as data."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class CopyState(StrEnum):
    """Where a copy is in its life.

    Source:
        docs/rules.md, Lending 3.1.
    """

    AVAILABLE = "available"
    ON_LOAN = "on_loan"
    SET_ASIDE = "set_aside"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    INCOMPLETE = "incomplete"
    IN_REPAIR = "in_repair"
    MISSING = "missing"
    LOST = "lost"
    WITHDRAWN = "withdrawn"


class CopyStep(StrEnum):
    """What can happen to a copy."""

    LEND = "lend"
    PUT_BACK = "put_back"
    """On its shelf again: returned, repaired, complete, found."""
    RECEIVE = "receive"
    """Back in the house, not looked over yet."""
    SET_ASIDE = "set_aside"
    SEND = "send"
    """To another branch: home, or to whoever waits there."""
    FIND_INCOMPLETE = "find_incomplete"
    SEND_TO_REPAIR = "send_to_repair"
    REPORT_MISSING = "report_missing"
    REPORT_LOST = "report_lost"
    WITHDRAW = "withdraw"


LENDABLE_STATES = frozenset(
    {
        CopyState.AVAILABLE,
        CopyState.ON_LOAN,
        CopyState.SET_ASIDE,
        CopyState.IN_TRANSIT,
        CopyState.RECEIVED,
    }
)
"""States in which a copy counts in the capacity of its holding.

Source: docs/rules.md, Lending 4.2.
"""

_EVERY_STATE = frozenset(CopyState)
_IN_THE_HOUSE = _EVERY_STATE - {CopyState.ON_LOAN, CopyState.WITHDRAWN}
_AT_HAND = LENDABLE_STATES | {CopyState.MISSING, CopyState.LOST}

STEPS: Mapping[CopyStep, tuple[frozenset[CopyState], CopyState]] = MappingProxyType(
    {
        CopyStep.LEND: (_IN_THE_HOUSE, CopyState.ON_LOAN),
        CopyStep.PUT_BACK: (_EVERY_STATE - {CopyState.WITHDRAWN}, CopyState.AVAILABLE),
        CopyStep.RECEIVE: (frozenset({CopyState.ON_LOAN}), CopyState.RECEIVED),
        CopyStep.SET_ASIDE: (_AT_HAND, CopyState.SET_ASIDE),
        CopyStep.SEND: (_AT_HAND, CopyState.IN_TRANSIT),
        CopyStep.FIND_INCOMPLETE: (_AT_HAND | {CopyState.IN_REPAIR}, CopyState.INCOMPLETE),
        CopyStep.SEND_TO_REPAIR: (_IN_THE_HOUSE, CopyState.IN_REPAIR),
        CopyStep.REPORT_MISSING: (_IN_THE_HOUSE, CopyState.MISSING),
        CopyStep.REPORT_LOST: (_EVERY_STATE - {CopyState.WITHDRAWN}, CopyState.LOST),
        CopyStep.WITHDRAW: (_IN_THE_HOUSE, CopyState.WITHDRAWN),
    }
)
"""From which states each step can be taken, and where it leads.

A copy on loan is neither withdrawn nor repaired before it is back or lost. What stands against
lending a copy in another state is a matter of `loans.rules.policy`, where it can be overruled.
"""


def next_state(state: CopyState, step: CopyStep) -> CopyState | None:
    """Return the state after a step; None if a copy in `state` cannot take it.

    Source:
        docs/rules.md, Lending 3.1.
    """
    from_states, to_state = STEPS[step]
    return to_state if state in from_states else None
