"""Receipts: what a session at the desk lent and took back, to print now or later."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from app.paging import asked_page
from app.security import requires
from app.sessions import session
from app.visitor import actor
from loans.queries.receipts import receipt_of, receipts_of
from schools.rules.roles import Right

desk_receipts = Blueprint("desk_receipts", __name__, url_prefix="/desk/receipts")


@desk_receipts.get("")
@requires(Right.LEND)
def receipts() -> ResponseReturnValue:
    """Show the finished sessions of the centre's desks, the latest first."""
    page = asked_page()
    found, more = receipts_of(session(), actor().scope(Right.LEND), page)
    return render_template("desk/receipts.html", receipts=found, page=page, more=more)


@desk_receipts.get("/<int:session_id>")
@requires(Right.LEND)
def receipt(session_id: int) -> ResponseReturnValue:
    """Show the receipt of a session, for printing."""
    found = receipt_of(session(), actor().scope(Right.LEND), session_id)
    if found is None:
        raise NotFound
    return render_template("desk/receipt.html", receipt=found)
