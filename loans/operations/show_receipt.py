"""Show the receipt: which session at this desk it is."""

from sqlalchemy import select

from loans.models.desk_session import DeskScan, DeskSession, ScanOutcome
from loans.operations.keep_log import Line, Turn, note
from loans.queries.receipts import with_lines
from loans.rules.desk import SESSION_LASTS, DeskAct


def show_receipt(turn: Turn) -> DeskScan:
    """Note which receipt is wanted: of this session, else of the last one at this desk.

    Source:
        docs/rules.md, Lending 8.7.
    """
    desk = turn.desk
    session_id = turn.session.scalar(
        select(DeskSession.id)
        .where(DeskSession.account_id == desk.account_id)
        .where(DeskSession.branch_id == desk.branch_id, ~DeskSession.parked)
        .where(DeskSession.started_at > turn.came_at - SESSION_LASTS)
        .where(DeskSession.id.in_(with_lines()))
        .order_by((DeskSession.id == desk.id).desc(), DeskSession.id.desc())
        .limit(1)
    )
    outcome = ScanOutcome.AGAIN if session_id is None else ScanOutcome.DONE
    return note(turn, Line(DeskAct.RECEIPT, outcome, {"receipt": session_id}))
