"""The life of a booking, as data."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class BookingState(StrEnum):
    """Where a booking is.

    Source:
        docs/rules.md, Lending 5.1.
    """

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    READY = "ready"
    PARTLY_COLLECTED = "partly_collected"
    COLLECTED = "collected"
    CLOSED = "closed"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


class BookingStep(StrEnum):
    """What can happen to a booking.

    `UNDO_READY`: a copy that was picked for it is needed elsewhere or lies on its shelf again.
    `COLLECT_PART` and `COLLECT_ALL` are told apart by what is left to collect after a hand-over,
    `GIVE_BACK_PART` and `GIVE_BACK_ALL` (an undone hand-over) by what is still out.
    """

    CONFIRM = "confirm"
    DECLINE = "decline"
    MAKE_READY = "make_ready"
    UNDO_READY = "undo_ready"
    COLLECT_PART = "collect_part"
    COLLECT_ALL = "collect_all"
    GIVE_BACK_PART = "give_back_part"
    GIVE_BACK_ALL = "give_back_all"
    CANCEL = "cancel"
    EDIT = "edit"
    REVIVE = "revive"
    LAPSE = "lapse"
    CLOSE = "close"
    REOPEN = "reopen"


COMMITTING = frozenset(
    {
        BookingState.REQUESTED,
        BookingState.CONFIRMED,
        BookingState.READY,
        BookingState.PARTLY_COLLECTED,
    }
)
"""States in which what is not handed out yet is kept for the borrower.

Source: docs/rules.md, Lending 4.3.
"""

COLLECTABLE = COMMITTING - {BookingState.REQUESTED}
"""States in which a scan at the desk serves the booking."""

_UNCOLLECTED: Mapping[BookingStep, BookingState] = {
    BookingStep.COLLECT_PART: BookingState.PARTLY_COLLECTED,
    BookingStep.COLLECT_ALL: BookingState.COLLECTED,
    BookingStep.CANCEL: BookingState.CANCELLED,
    BookingStep.LAPSE: BookingState.LAPSED,
}

STEPS: Mapping[BookingState, Mapping[BookingStep, BookingState]] = MappingProxyType(
    {
        BookingState.REQUESTED: {
            BookingStep.EDIT: BookingState.REQUESTED,
            BookingStep.CONFIRM: BookingState.CONFIRMED,
            BookingStep.DECLINE: BookingState.DECLINED,
            BookingStep.CANCEL: BookingState.CANCELLED,
            BookingStep.LAPSE: BookingState.LAPSED,
        },
        BookingState.CONFIRMED: {
            BookingStep.EDIT: BookingState.CONFIRMED,
            BookingStep.MAKE_READY: BookingState.READY,
            **_UNCOLLECTED,
        },
        BookingState.READY: {
            BookingStep.EDIT: BookingState.READY,
            BookingStep.UNDO_READY: BookingState.CONFIRMED,
            **_UNCOLLECTED,
        },
        BookingState.PARTLY_COLLECTED: {
            BookingStep.EDIT: BookingState.PARTLY_COLLECTED,
            BookingStep.COLLECT_PART: BookingState.PARTLY_COLLECTED,
            BookingStep.COLLECT_ALL: BookingState.COLLECTED,
            BookingStep.GIVE_BACK_PART: BookingState.PARTLY_COLLECTED,
            BookingStep.GIVE_BACK_ALL: BookingState.CONFIRMED,
            # What is out stays out; only the rest lapses or is cancelled.
            BookingStep.CANCEL: BookingState.COLLECTED,
            BookingStep.LAPSE: BookingState.COLLECTED,
        },
        BookingState.COLLECTED: {
            BookingStep.GIVE_BACK_PART: BookingState.PARTLY_COLLECTED,
            BookingStep.GIVE_BACK_ALL: BookingState.CONFIRMED,
            BookingStep.CLOSE: BookingState.CLOSED,
        },
        BookingState.CLOSED: {BookingStep.REOPEN: BookingState.COLLECTED},
        BookingState.DECLINED: {},
        BookingState.CANCELLED: {BookingStep.REVIVE: BookingState.CONFIRMED},
        BookingState.LAPSED: {BookingStep.REVIVE: BookingState.CONFIRMED},
    }
)
"""What each step leads to; a step not listed is impossible.

A partly collected booking is not closed before its rest is collected, cancelled or lapsed.
"""


def first_state(*, needs_approval: bool) -> BookingState:
    """Return the state a new booking begins in.

    Source:
        docs/rules.md, Lending 5.1: where terms need no approval, requested is skipped.
    """
    return BookingState.REQUESTED if needs_approval else BookingState.CONFIRMED


def next_state(state: BookingState, step: BookingStep) -> BookingState | None:
    """Return the state after a step; None if a booking in `state` cannot take it.

    Source:
        docs/rules.md, Lending 5.1.
    """
    return STEPS[state].get(step)
