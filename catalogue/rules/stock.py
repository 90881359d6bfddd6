"""Why copies leave the stock, and what stands against changing it."""

from collections.abc import Iterator
from enum import StrEnum

from catalogue.rules.copy_states import LENDABLE_STATES, CopyState, CopyStep, next_state

MOST_COPIES_AT_ONCE = 200


class WithdrawalReason(StrEnum):
    """Why a copy is withdrawn."""

    WORN = "worn"
    BROKEN = "broken"
    LOST = "lost"
    OUTDATED = "outdated"
    LICENCE_ENDED = "licence_ended"
    OTHER = "other"


class StockRefusal(StrEnum):
    """Why an act of cataloguing is refused; `app.labels` says it in German and English."""

    COPY_ON_LOAN = "copy_on_loan"
    COPY_SET_ASIDE = "copy_set_aside"
    """Somebody waits for exactly this copy."""
    COPY_UNDER_WAY = "copy_under_way"
    """From branch to branch: home, or to somebody who waits there."""
    COPY_WITHDRAWN = "copy_withdrawn"
    COPIES_LEFT = "copies_left"
    """A title with copies, at whichever centre, is not withdrawn."""
    NOT_KEEPER = "not_keeper"
    """Another centre keeps the description."""
    NUMBERS_USED_UP = "numbers_used_up"
    BOOKED_AS_POOL = "booked_as_pool"
    """Open bookings are for any copy; none would be left for them."""


class StockFault(StrEnum):
    """Why a value cannot be stored although it has the right shape."""

    NUMBER_TAKEN = "number_taken"
    NO_SUCH_BRANCH = "no_such_branch_here"
    NOT_A_COPYS_NUMBER = "not_a_copys_number"
    """At the desk it would be taken for a person, a booking or a command."""
    REASON_MISSING = "reason_missing"
    ENDS_BEFORE_IT_BEGINS = "ends_before_it_begins"
    UNKNOWN_CODE = "unknown_code"


def withdrawal_refusals(state: CopyState) -> tuple[StockRefusal, ...]:
    """Return every reason against withdrawing a copy in that state.

    Source:
        docs/rules.md, Lending 3.1.
    """
    return tuple(_withdrawal_refusals(state))


def counts_in_capacity(state: CopyState, *, lendable: bool, numbered: bool) -> bool:
    """Say whether a copy that is not placed at a school counts in its holding's capacity.

    Source:
        docs/rules.md, Lending 4.2.
    """
    return state in LENDABLE_STATES and lendable and not numbered


def _withdrawal_refusals(state: CopyState) -> Iterator[StockRefusal]:
    if state is CopyState.ON_LOAN:
        yield StockRefusal.COPY_ON_LOAN
    elif state is CopyState.SET_ASIDE:
        yield StockRefusal.COPY_SET_ASIDE
    elif state is CopyState.IN_TRANSIT:
        yield StockRefusal.COPY_UNDER_WAY
    elif next_state(state, CopyStep.WITHDRAW) is None:
        yield StockRefusal.COPY_WITHDRAWN
