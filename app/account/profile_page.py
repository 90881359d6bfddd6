"""The profile, with whichever of its forms has faults."""

from flask import render_template

from app.account.browsers import browser_words
from app.account.forms import LetterChoicesForm, ProfileForm
from app.account.memory import kept_days
from app.sessions import session
from app.today import now, today
from app.visitor import visitor
from schools.models.account import Account
from schools.operations.edit_profile import profile_of
from schools.queries.accounts import held_roles
from schools.queries.letter_choices import modes_of
from schools.queries.signed_in import sessions_of


def render_profile(
    form: ProfileForm | None = None, choices: LetterChoicesForm | None = None
) -> str:
    """Return the page of whoever is signed in.

    Args:
        form: the wishes as they were sent, if they have faults.
        choices: the choice of letters as it was sent, if it has faults.
    """
    here = visitor()
    if here is None:
        raise LookupError("nobody is signed in")
    account_id, person_id = here.actor.account_id or 0, here.actor.person_id or 0
    return render_template(
        "account/profile.html",
        account=session().get_one(Account, account_id),
        roles=held_roles(session(), [account_id], today())[account_id],
        form=form or ProfileForm(formdata=None, obj=profile_of(session(), here.actor)),
        choices=choices or LetterChoicesForm.showing(modes_of(session(), person_id)),
        days=kept_days(),
        browsers=[
            (row.created_at, browser_words(row.user_agent), row.id == here.session_id)
            for row in sessions_of(session(), account_id, now())
        ],
    )
