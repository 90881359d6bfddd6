"""Lock a copy behind its holding, and move it on with the holding's capacity kept."""

from functools import cache

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session, joinedload, object_session
from sqlalchemy.orm.attributes import set_committed_value

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from catalogue.rules.copy_states import LENDABLE_STATES, CopyState
from loans.errors import NotFoundError
from loans.operations.drop_pick import drop_pick
from loans.operations.journal import Journal
from loans.operations.lock import lock


def lock_copy(session: Session, copy_id: int) -> Copy:
    """Return the copy, read afresh under its holding's lock and then its own.

    The first two steps of the order of locks: holding, copy, person, booking, loan. The
    holding's title is loaded with it.

    Raises:
        loans.errors.NotFoundError: there is no such copy.
    """
    holding = session.scalar(_holding(), {"copy_id": copy_id})
    for copy in lock(session, Copy, [copy_id]):
        set_committed_value(copy, "holding", holding)
        return copy
    raise NotFoundError("copy", copy_id)


@cache
def _holding() -> Select[Holding]:
    """Build the statement once: building it costs more than asking."""
    of_copy = select(Copy.holding_id).where(Copy.id == bindparam("copy_id")).scalar_subquery()
    return (
        select(Holding)
        .options(joinedload(Holding.title, innerjoin=True))
        .where(Holding.id == of_copy)
        .with_for_update(key_share=True, of=Holding)
        .execution_options(populate_existing=True)
    )


def counts_in_pool(copy: Copy) -> bool:
    """Say whether a copy that is not placed at a school counts in its holding's capacity.

    Source:
        docs/rules.md, Lending 4.2.
    """
    return copy.state in LENDABLE_STATES and copy.lendable and not copy.numbered


def move_copy(
    copy: Copy,
    state: CopyState,
    *,
    was_placed: bool = False,
    is_placed: bool = False,
    journal: Journal | None = None,
) -> None:
    """Give a locked copy another state and keep its holding's number of lendable copies.

    A copy that leaves its shelf is no longer picked for a booking; that booking is locked then.

    Args:
        copy: locked behind its holding.
        state: the new one.
        was_placed: it stood at a school for good and so outside the capacity until now.
        is_placed: it does from now on.
        journal: of an act that can be undone, for the pick.

    Source:
        docs/rules.md, Lending 4.2: a placed copy is outside until it is back.
    """
    counted = counts_in_pool(copy) and not was_placed
    session = object_session(copy)
    if session is not None and copy.state is CopyState.AVAILABLE is not state:
        drop_pick(session, copy.id, journal=journal)
    copy.state = state
    change = int(counts_in_pool(copy) and not is_placed) - int(counted)
    if change:
        copy.holding.lendable += change
