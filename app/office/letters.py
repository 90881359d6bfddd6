"""The office's letters: what is owed, sent, kept; read, send again, cancel."""

from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.answers import once
from app.letter_preview import framed, letter_alone
from app.letters import WrittenLetter, write_letter
from app.office.forms import LetterSearchForm
from app.office.pages import ROWS, office_scope, pages_of
from app.paging import asked_page
from app.security import requires
from app.sessions import session
from app.settings import current_settings
from app.today import now
from app.visitor import actor
from schools.models.owed_letter import LetterState, OwedLetter
from schools.operations.send_letters import (
    CANCELLABLE,
    STRUCK,
    cancel_letter,
    claimed,
    send_again,
)
from schools.queries.centres import centres_within
from schools.queries.letters import count_by_state, letter_within, letters_within
from schools.rules.roles import Right

letters = Blueprint("office_letters", __name__, url_prefix="/office/letters")

UNSENDABLE = frozenset({LetterState.OWED, LetterState.MERGED})


@letters.get("")
@requires(Right.MANAGE_CENTRE)
def letter_list() -> ResponseReturnValue:
    """List the letters within reach, the latest first, narrowed by kind, person and day."""
    form = LetterSearchForm(request.args)
    form.validate()
    wanted = form.wanted(request.args.get("state", ""))
    page = asked_page()
    rows, total = letters_within(session(), office_scope(), wanted, page, ROWS)
    return render_template(
        "office/letters.html",
        form=form,
        letters=rows,
        total=total,
        state=wanted.state,
        state_address=_state_address,
        counts=count_by_state(session(), office_scope()),
        states=list(LetterState),
        centres=centres_within(session(), office_scope()),
        pages=pages_of(page, total),
        has_mail=bool(current_settings().smtp_host),
    )


@letters.get("/<int:letter_id>")
@requires(Right.MANAGE_CENTRE)
def letter(letter_id: int) -> ResponseReturnValue:
    """Show a letter as its reader gets it.

    A link that opens an account is shown only where no mail server can bring it.
    """
    row = _letter(letter_id)
    page = render_template(
        "office/letter.html",
        letter=row,
        written=_written(row),
        can_send=row.state not in UNSENDABLE and not row.facts.get(STRUCK),
        can_cancel=row.state in CANCELLABLE,
    )
    return framed(page)


@letters.get("/<int:letter_id>/html")
@requires(Right.MANAGE_CENTRE)
def letter_html(letter_id: int) -> ResponseReturnValue:
    """Give a letter's HTML alone, for the frame on its page."""
    return letter_alone(_written(_letter(letter_id)).html)


@letters.post("/<int:letter_id>/send")
@requires(Right.MANAGE_CENTRE)
def send(letter_id: int) -> ResponseReturnValue:
    """Owe the letter once more."""
    once(lambda: send_again(session(), letter_id, actor(), now()))
    flash(_("The letter is sent again."), "success")
    return redirect(f"/office/letters/{letter_id}", 303)


@letters.post("/<int:letter_id>/cancel")
@requires(Right.MANAGE_CENTRE)
def cancel(letter_id: int) -> ResponseReturnValue:
    """Do not send the letter after all."""
    once(lambda: cancel_letter(session(), letter_id, actor(), now()))
    flash(_("The letter is cancelled."), "success")
    return redirect(f"/office/letters/{letter_id}", 303)


def _letter(letter_id: int) -> OwedLetter:
    row = letter_within(session(), office_scope(), letter_id)
    if row is None:
        raise NotFound
    return row


def _written(row: OwedLetter) -> WrittenLetter:
    hide = row.state is not LetterState.KEPT or bool(current_settings().smtp_host)
    return write_letter(claimed(session(), row), current_settings().public_url, hide_link=hide)


def _state_address(state: str) -> str:
    """Return the address of the list in another state; what else narrows it stays."""
    kept = [pair for pair in request.args.items(multi=True) if pair[0] not in {"state", "page"}]
    pairs = [*kept, ("state", state)] if state else kept
    return f"/office/letters?{urlencode(pairs)}" if pairs else "/office/letters"
