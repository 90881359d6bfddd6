"""One's own letters: which one wants and when, and those of the last thirty days to read again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.account.forms import LetterChoicesForm
from app.account.profile_page import render_profile
from app.answers import earlier_answer, keep_answer
from app.letters import write_letter
from app.paging import asked_page
from app.security import requires
from app.sessions import session
from app.settings import current_settings
from app.today import now
from app.visitor import actor
from database.unit_of_work import unit_of_work
from schools.models.owed_letter import LetterKind, LetterState
from schools.operations.choose_letters import choose_letters
from schools.operations.send_letters import ClaimedLetter, claimed, claimed_together
from schools.queries.letters import letter_of_person, letters_of_person
from schools.rules.pages import last_page
from schools.rules.roles import Right

own_letters = Blueprint("own_letters", __name__)

SHOWN_FOR = timedelta(days=30)
ROWS = 25


@dataclass(frozen=True, slots=True)
class ShownLetter:
    """A line of the list."""

    id: int
    subject: str
    kind: LetterKind
    state: LetterState
    locale: str
    written_at: datetime


@own_letters.post("/profile/letters")
@requires(Right.OWN_ACCOUNT)
def save_choices() -> ResponseReturnValue:
    """Take over which letters are wanted, and when."""
    form = LetterChoicesForm()
    if not form.validate():
        return render_profile(choices=form), 422
    with unit_of_work(session()):
        if earlier_answer() is None:
            choose_letters(session(), form.wanted(), actor(), now())
            keep_answer({})
    flash(_("Saved. It holds from the next letter on."), "success")
    return redirect("/profile#letters", 303)


@own_letters.get("/letters")
@requires(Right.OWN_ACCOUNT)
def letter_list() -> ResponseReturnValue:
    """List one's own letters of the last thirty days, the latest first."""
    page = asked_page()
    since = now() - SHOWN_FOR
    rows, total = letters_of_person(session(), actor().person_id or 0, since, page, ROWS)
    letters = [
        ShownLetter(row.id, _subject(owed), row.kind, row.state, row.locale, row.created_at)
        for row, owed in zip(rows, claimed_together(session(), rows), strict=True)
    ]
    return render_template(
        "account/letters.html", letters=letters, page=page, last=last_page(total, ROWS)
    )


@own_letters.get("/letters/<int:letter_id>")
@requires(Right.OWN_ACCOUNT)
def letter(letter_id: int) -> ResponseReturnValue:
    """Show the text of one's own letter; a link that opens an account stays with the mail."""
    row = letter_of_person(session(), actor().person_id or 0, letter_id)
    if row is None:
        raise NotFound
    written = write_letter(claimed(session(), row), current_settings().public_url, hide_link=True)
    return render_template("account/letter.html", letter=row, written=written)


def _subject(owed: ClaimedLetter) -> str:
    return write_letter(owed, current_settings().public_url, hide_link=True).subject
