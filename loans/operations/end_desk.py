"""End the desk's session with a customer: what is left open, the receipt, the next one."""

from collections.abc import Collection
from dataclasses import replace

from loans.models.desk_session import DeskSession
from loans.operations.keep_log import Turn, new_desk, open_questions
from loans.operations.tell_receipt import tell_receipt
from loans.rules.desk import DeskAct


def end_desk(turn: Turn) -> None:
    """End the turn's session and owe its receipt.

    Source:
        docs/rules.md, Lending 8.7.
    """
    turn.desk.ended_at = turn.came_at
    tell_receipt(turn.session, turn.desk, turn.came_at)


def for_new_customer(turn: Turn) -> Turn:
    """End the desk's session and return the turn at a fresh one, in the same mode.

    Boxes that are still to be counted on their way back go along: a return needs no person,
    so whose card came in between loses nothing.
    """
    old = turn.desk
    fresh = new_desk(turn.session, turn.by, old.branch_id, turn.came_at, old.mode)
    fresh.dropped_on = old.dropped_on
    return go_on_at(turn, fresh, {DeskAct.RETURN})


def go_on_at(turn: Turn, desk: DeskSession, taken_along: Collection[DeskAct]) -> Turn:
    """End the desk's session and return the turn at another one of the same account.

    Args:
        turn: at the session that ends.
        desk: where it goes on.
        taken_along: open questions about these acts go along.
    """
    for row in open_questions(turn):
        if row.act in taken_along:
            row.session_id = desk.id
    end_desk(turn)
    return replace(turn, desk=desk)


def left_open(turn: Turn) -> list[str]:
    """Return the titles of what still waits for an answer."""
    return [row.facts["title"] for row in open_questions(turn) if row.facts.get("title")]
