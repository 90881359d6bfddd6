"""The office's letters: what is owed, sent, kept; read, send again, cancel."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.letters import write_letter
from app.office.pages import ROWS, office_scope, pages_of
from app.paging import asked_page
from app.security import requires
from app.sessions import session
from app.settings import current_settings
from app.today import now
from app.visitor import actor
from database.unit_of_work import unit_of_work
from schools.models.owed_letter import LetterState
from schools.operations.send_letters import (
    CANCELLABLE,
    STRUCK,
    cancel_letter,
    claimed,
    send_again,
)
from schools.queries.letters import count_by_state, letter_within, letters_within
from schools.rules.roles import Right

letters = Blueprint("office_letters", __name__, url_prefix="/office/letters")


@letters.get("")
@requires(Right.MANAGE_CENTRE)
def letter_list() -> ResponseReturnValue:
    """List the letters within reach, the latest first."""
    asked = request.args.get("state", "")
    state = LetterState(asked) if asked in set(LetterState) else None
    page = asked_page()
    rows, total = letters_within(session(), office_scope(), state, page, ROWS)
    return render_template(
        "office/letters.html",
        letters=rows,
        state=state,
        counts=count_by_state(session(), office_scope()),
        states=list(LetterState),
        pages=pages_of(page, total),
        has_mail=bool(current_settings().smtp_host),
    )


@letters.get("/<int:letter_id>")
@requires(Right.MANAGE_CENTRE)
def letter(letter_id: int) -> ResponseReturnValue:
    """Show a letter as its reader gets it.

    A link that opens an account is shown only where no mail server can bring it.
    """
    row = letter_within(session(), office_scope(), letter_id)
    if row is None:
        raise NotFound
    hide = row.state is not LetterState.KEPT or bool(current_settings().smtp_host)
    written = write_letter(claimed(session(), row), current_settings().public_url, hide_link=hide)
    return render_template(
        "office/letter.html",
        letter=row,
        written=written,
        can_send=row.state is not LetterState.OWED and not row.facts.get(STRUCK),
        can_cancel=row.state in CANCELLABLE,
    )


@letters.post("/<int:letter_id>/send")
@requires(Right.MANAGE_CENTRE)
def send(letter_id: int) -> ResponseReturnValue:
    """Owe the letter once more."""
    with unit_of_work(session()):
        send_again(session(), letter_id, actor(), now())
    flash(_("The letter is sent again."), "success")
    return redirect(f"/office/letters/{letter_id}", 303)


@letters.post("/<int:letter_id>/cancel")
@requires(Right.MANAGE_CENTRE)
def cancel(letter_id: int) -> ResponseReturnValue:
    """Do not send the letter after all."""
    with unit_of_work(session()):
        cancel_letter(session(), letter_id, actor(), now())
    flash(_("The letter is cancelled."), "success")
    return redirect(f"/office/letters/{letter_id}", 303)
