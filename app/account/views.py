"""Signing in and out, and the profile."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.account.demo_cards import demo_cards
from app.account.entrance import enter, enter_as, prove_password
from app.account.forms import ChangePasswordForm, ProfileForm, SignInForm
from app.account.profile_page import render_profile
from app.addresses import local_path
from app.languages import LANGUAGE, THEME
from app.navigation import home
from app.passwords import hash_password
from app.security import requires
from app.sessions import session
from app.today import now
from app.visitor import Visitor, actor, visitor
from database.unit_of_work import unit_of_work
from schools.models.account import Account
from schools.operations.edit_profile import edit_profile
from schools.operations.reset import change_password
from schools.operations.sign_in import end_session, end_sessions
from schools.rules.roles import Right

account = Blueprint("account", __name__)

CLEAR = '"cache", "cookies", "storage"'


@account.get("/login")
@requires(Right.VISIT)
def sign_in_page() -> ResponseReturnValue:
    """Show the form, or lead on who is signed in already."""
    if visitor() is not None:
        return redirect(local_path(request.args.get("next"), home(actor())))
    return _sign_in_page(SignInForm(next=local_path(request.args.get("next"), "")))


@account.post("/login")
@requires(Right.VISIT)
def sign_in() -> ResponseReturnValue:
    """Sign in; a wrong name and a wrong password are answered alike."""
    form = SignInForm()
    if not form.validate():
        return _sign_in_page(form), 422
    if not enter(form.name.data, form.password.data):
        form.form_errors = [_("Name and password do not match. Check both and try again.")]
        return _sign_in_page(form), 422
    wanted = form.next.data or request.args.get("next")
    return redirect(local_path(wanted, home(actor())), 303)


@account.post("/login/demo")
@requires(Right.VISIT)
def sign_in_for_demonstration() -> ResponseReturnValue:
    """Sign in as a made-up person of a role; only a demonstration has this page."""
    cards = {card.role.value: card for card in demo_cards()}
    card = cards.get(request.form.get("role", ""))
    if card is None:
        raise NotFound
    enter_as(card.account_id)
    return redirect(home(actor()), 303)


@account.post("/logout")
@requires(Right.VISIT)
def sign_out() -> ResponseReturnValue:
    """End this sign-in on the server; the browser forgets all it knows of us."""
    found = visitor()
    if found is not None:
        with unit_of_work(session()):
            end_session(session(), found.session_id, now())
    cookie.clear()
    answer = redirect("/login?left=1", 303)
    answer.headers["Clear-Site-Data"] = CLEAR
    return answer


@account.get("/profile")
@requires(Right.OWN_ACCOUNT)
def profile_page() -> ResponseReturnValue:
    """Show what we know of the visitor, and what they decide about themselves."""
    return render_profile()


@account.post("/profile")
@requires(Right.OWN_ACCOUNT)
def save_profile() -> ResponseReturnValue:
    """Take over language, look, telephone."""
    form = ProfileForm()
    if not form.validate():
        return render_profile(form=form), 422
    with unit_of_work(session()):
        edit_profile(session(), form.profile(), actor())
    cookie.pop(LANGUAGE, None)
    cookie.pop(THEME, None)
    flash(_("Saved."), "success")
    return redirect("/profile", 303)


@account.get("/profile/password")
@requires(Right.OWN_ACCOUNT)
def password_page() -> ResponseReturnValue:
    """Show the form for another password."""
    return _change_page(ChangePasswordForm())


@account.post("/profile/password")
@requires(Right.OWN_ACCOUNT)
def save_password() -> ResponseReturnValue:
    """Change the password; every other browser is signed out."""
    form = ChangePasswordForm()
    row = session().get_one(Account, actor().account_id)
    name, about = row.name, (row.name, row.person.name)
    if not form.accept(about):
        return _change_page(form), 422
    if prove_password(name, form.present.data) is None:
        form.present.errors = [_("This is not your present password.")]
        return _change_page(form), 422
    password_hash = hash_password(form.password.data)
    with unit_of_work(session()):
        change_password(session(), password_hash, actor(), _here().session_id, now())
    flash(_("Your password is changed. Other browsers are signed out."), "success")
    return redirect("/profile", 303)


@account.post("/profile/sessions/end")
@requires(Right.OWN_ACCOUNT)
def end_other_sessions() -> ResponseReturnValue:
    """Sign out every browser but this one."""
    here = _here()
    with unit_of_work(session()):
        end_sessions(session(), here.actor.account_id or 0, now(), but=here.session_id)
    flash(_("All other browsers are signed out."), "success")
    return redirect("/profile", 303)


def _here() -> Visitor:
    found = visitor()
    if found is None:
        raise NotFound
    return found


def _sign_in_page(form: SignInForm) -> Response:
    answer = make_response(
        render_template(
            "account/login.html",
            form=form,
            cards=demo_cards(),
            left="left" in request.args,
        )
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _change_page(form: ChangePasswordForm) -> str:
    name = session().get_one(Account, actor().account_id).name
    return render_template("account/password.html", form=form, name=name)
