"""Send copies from branch to branch: one open transit for each copy that is under way."""

from functools import cache

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from loans.models.transit import Transit
from loans.operations.journal import Act


def route(act: Act, copy: Copy, here: int, goal: int | None) -> None:
    """Note that a locked copy is under way from here to a goal, or under way no more.

    A transit from here to there that is open already goes on; any other one ends, arrived if
    this was where it led.

    Args:
        act: the act.
        copy: locked.
        here: the branch it was seen at.
        goal: where it goes; None if it stays.

    Source:
        docs/rules.md, Lending 8.5.
    """
    found = open_transit(act.session, copy.id)
    if found is not None and goal is not None and is_same(found, here, goal):
        return
    if found is not None:
        end_transit(act, found, arrived=found.to_branch_id == here)
    if goal is not None:
        sent = Transit(
            copy_id=copy.id,
            from_branch_id=here,
            to_branch_id=goal,
            sent_at=act.now,
            sent_by=act.by.account_id,
        )
        act.session.add(sent)
        act.session.flush()
        act.journal.made(sent)


def is_same(transit: Transit, here: int, goal: int) -> bool:
    """Say whether a transit leads from here to a goal."""
    return (transit.from_branch_id, transit.to_branch_id) == (here, goal)


def end_transit(act: Act, transit: Transit, *, arrived: bool) -> None:
    """Close a transit: the copy arrived, was lent on its way, or goes elsewhere."""
    act.journal.watch(transit)
    transit.ended_at, transit.arrived = act.now, arrived
    act.session.flush()


def leave_the_road(act: Act, copy: Copy, here: int) -> None:
    """Note that a locked copy is not under way any more, if it was; seen here."""
    route(act, copy, here, None)


def open_transit(session: Session, copy_id: int) -> Transit | None:
    """Return the open transit of a locked copy."""
    return session.scalar(_open(), {"copy_id": copy_id})


@cache
def _open() -> Select[Transit]:
    """Build the statement once: building it costs more than asking."""
    return select(Transit).where(
        Transit.copy_id == bindparam("copy_id"), Transit.ended_at.is_(None)
    )
