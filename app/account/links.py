"""Pages reached by a mailed link, and those that ask for one."""

from datetime import timedelta

from flask import Blueprint, Response, flash, make_response, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.account.entrance import SIGN_IN
from app.account.forms import AskForLinkForm, NewPasswordForm, RegisterForm
from app.attempts import attempt_of
from app.dates import language
from app.passwords import hash_password
from app.security import requires
from app.sessions import session
from app.today import now
from database.unit_of_work import unit_of_work
from schools.errors import LinkDeadError
from schools.models.account import Account, TokenKind
from schools.operations.enrol import RegistrationWish, prove, register
from schools.operations.invite import accept_invitation
from schools.operations.reset import ask_for_new_password, set_password_by_link
from schools.operations.sign_in import begin_attempt, forget_attempts
from schools.queries.accounts import account_of_link
from schools.queries.members import registration_to_prove
from schools.rules.roles import Right
from schools.rules.sign_in_delays import Patience

links = Blueprint("links", __name__)

WITH_A_MAILBOX = Patience(3, timedelta(minutes=5), timedelta(minutes=15))
"""Letters that anybody may cause; nobody's mailbox is flooded by them."""


@links.get("/reset")
@requires(Right.VISIT)
def ask_page() -> ResponseReturnValue:
    """Ask whose password was forgotten."""
    return render_template("account/ask_for_link.html", form=AskForLinkForm())


@links.post("/reset")
@requires(Right.VISIT)
def ask() -> ResponseReturnValue:
    """Mail a link; the answer is the same whether the name is known or not."""
    form = AskForLinkForm()
    if not form.validate():
        return render_template("account/ask_for_link.html", form=form), 422
    name = form.name.data.strip().lower()
    with unit_of_work(session()):
        begin_attempt(session(), attempt_of("reset", name, WITH_A_MAILBOX), now())
        ask_for_new_password(session(), name, now())
    return render_template("account/link_is_on_its_way.html")


@links.get("/reset/<token>")
@requires(Right.VISIT)
def reset_page(token: str) -> ResponseReturnValue:
    """Show the form behind a link for a new password."""
    account = _account(token, TokenKind.RESET)
    return _password_page(NewPasswordForm(), account, invited=False)


@links.post("/reset/<token>")
@requires(Right.VISIT)
def reset(token: str) -> ResponseReturnValue:
    """Set the new password; every browser has to sign in again."""
    account = _account(token, TokenKind.RESET)
    form = NewPasswordForm()
    if not form.accept(_about(account)):
        return _password_page(form, account, invited=False), 422
    password_hash = hash_password(form.password.data)
    with unit_of_work(session()):
        changed = set_password_by_link(session(), token, password_hash, now())
        forget_attempts(session(), attempt_of(SIGN_IN, changed.name).name_hash)
    flash(_("Your new password is set. Please sign in with it."), "success")
    return redirect("/login", 303)


@links.get("/invitation/<token>")
@requires(Right.VISIT)
def invitation_page(token: str) -> ResponseReturnValue:
    """Show the form behind an invitation."""
    account = _account(token, TokenKind.INVITATION)
    return _password_page(NewPasswordForm(), account, invited=True)


@links.post("/invitation/<token>")
@requires(Right.VISIT)
def accept(token: str) -> ResponseReturnValue:
    """Set the first password."""
    account = _account(token, TokenKind.INVITATION)
    form = NewPasswordForm()
    if not form.accept(_about(account)):
        return _password_page(form, account, invited=True), 422
    password_hash = hash_password(form.password.data)
    with unit_of_work(session()):
        accept_invitation(session(), token, password_hash, now())
    flash(_("Your account is open. Please sign in."), "success")
    return redirect("/login", 303)


@links.get("/register")
@requires(Right.VISIT)
def register_page() -> ResponseReturnValue:
    """Ask who wants to borrow for which school."""
    return render_template("account/register.html", form=RegisterForm())


@links.post("/register")
@requires(Right.VISIT)
def register_teacher() -> ResponseReturnValue:
    """Mail a link to the school; the answer is the same for every school and address."""
    form = RegisterForm()
    if not form.accept():
        return render_template("account/register.html", form=form), 422
    wish = RegistrationWish(
        form.person(language()), form.school_number.data.strip(), hash_password(form.password.data)
    )
    attempt = attempt_of("register", wish.person.email.lower(), WITH_A_MAILBOX)
    with unit_of_work(session()):
        begin_attempt(session(), attempt, now())
        register(session(), wish, now())
    return render_template("account/registered.html")


@links.get("/register/<token>")
@requires(Right.VISIT)
def proof_page(token: str) -> ResponseReturnValue:
    """Show who registered; opening the page proves nothing, so that mail scanners do no harm."""
    registration = registration_to_prove(session(), token, now())
    if registration is None:
        raise LinkDeadError
    return _private(render_template("account/prove.html", registration=registration))


@links.post("/register/<token>")
@requires(Right.VISIT)
def prove_registration(token: str) -> ResponseReturnValue:
    """Note that the school's mailbox was reached."""
    with unit_of_work(session()):
        prove(session(), token, now())
    return _private(render_template("account/proved.html"))


def _account(token: str, kind: TokenKind) -> Account:
    account = account_of_link(session(), token, kind, now())
    if account is None:
        raise LinkDeadError
    return account


def _about(account: Account) -> tuple[str, ...]:
    return account.name, account.person.name


def _password_page(form: NewPasswordForm, account: Account, *, invited: bool) -> Response:
    page = render_template(
        "account/new_password.html", form=form, account=account, invited=invited
    )
    return _private(page)


def _private(page: str) -> Response:
    answer = make_response(page)
    answer.headers["Cache-Control"] = "no-store"
    return answer
