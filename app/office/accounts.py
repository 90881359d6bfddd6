"""The office's accounts: find, invite, give and withdraw roles, disable."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from app.answers import earlier_answer, keep_answer, once
from app.labels import label
from app.office.forms import AccountSearchForm, InviteForm, RoleForm
from app.office.pages import ROWS, office_scope, pages_of
from app.paging import asked_page
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from database.unit_of_work import unit_of_work
from schools.errors import RefusedError
from schools.operations.invite import invite
from schools.operations.manage_account import (
    add_role,
    disable_account,
    enable_account,
    invite_again,
    sign_out_everywhere,
    withdraw_role,
)
from schools.operations.open_account import Held
from schools.queries.accounts import AccountFilter, account_within, accounts_within, held_roles
from schools.queries.centres import centres_within, school_within
from schools.queries.signed_in import sessions_of
from schools.rules.granting import may_manage
from schools.rules.roles import Actor, Right, Role

accounts = Blueprint("office_accounts", __name__, url_prefix="/office/accounts")

Chosen = TypeVar("Chosen", bound=RoleForm)
Act = Callable[[Session, int, Actor, datetime], None]


@accounts.get("")
@requires(Right.MANAGE_CENTRE)
def account_list() -> ResponseReturnValue:
    """List the accounts with a role within reach."""
    form = AccountSearchForm(request.args)
    page = asked_page()
    wanted = form.wanted(AccountFilter(today()))
    rows, total = accounts_within(session(), office_scope(), wanted, page, ROWS)
    return render_template(
        "office/accounts.html",
        form=form,
        accounts=rows,
        roles=held_roles(session(), [row.id for row in rows], today()),
        total=total,
        pages=pages_of(page, total),
    )


@accounts.get("/invite")
@requires(Right.MANAGE_CENTRE)
def invite_page() -> ResponseReturnValue:
    """Ask who is invited to what."""
    return render_template("office/invite.html", form=_offered(InviteForm()))


@accounts.post("/invite")
@requires(Right.MANAGE_CENTRE)
def invite_person() -> ResponseReturnValue:
    """Open an account; a letter with a link goes out unless there is a password already."""
    form = _offered(InviteForm())
    held = _held(form) if form.validate() else None
    if held is None:
        return render_template("office/invite.html", form=form), 422
    try:
        with unit_of_work(session()):
            answer = earlier_answer()
            if answer is None:
                answer = {"account": invite(session(), form.person(), held, actor(), now()).id}
                keep_answer(answer)
    except RefusedError as refused:
        form.form_errors = [label(reason) for reason in refused.reasons]
        return render_template("office/invite.html", form=_offered(form)), 409
    flash(_("The invitation is on its way."), "success")
    return redirect(f"/office/accounts/{answer['account']}", 303)


@accounts.get("/<int:account_id>")
@requires(Right.MANAGE_CENTRE)
def account(account_id: int) -> ResponseReturnValue:
    """Show one account with its roles."""
    return _account_page(account_id, _offered(RoleForm()))


@accounts.post("/<int:account_id>/roles")
@requires(Right.MANAGE_CENTRE)
def give(account_id: int) -> ResponseReturnValue:
    """Give one more role."""
    form = _offered(RoleForm())
    held = _held(form) if form.validate() else None
    if held is None:
        return _account_page(account_id, form), 422
    try:
        once(lambda: add_role(session(), account_id, held, actor(), now()))
    except RefusedError as refused:
        form.form_errors = [label(reason) for reason in refused.reasons]
        return _account_page(account_id, _offered(form)), 409
    flash(_("The role is given; the person has to sign in again."), "success")
    return redirect(f"/office/accounts/{account_id}", 303)


@accounts.post("/<int:account_id>/roles/<int:grant_id>/withdraw")
@requires(Right.MANAGE_CENTRE)
def withdraw(account_id: int, grant_id: int) -> ResponseReturnValue:
    """Take a role away."""
    once(lambda: withdraw_role(session(), grant_id, actor(), now()))
    flash(_("The role is withdrawn."), "success")
    return redirect(f"/office/accounts/{account_id}", 303)


@accounts.post("/<int:account_id>/disable")
@requires(Right.MANAGE_CENTRE)
def disable(account_id: int) -> ResponseReturnValue:
    """Shut an account."""
    return _done(account_id, disable_account, _("The account is disabled."))


@accounts.post("/<int:account_id>/enable")
@requires(Right.MANAGE_CENTRE)
def enable(account_id: int) -> ResponseReturnValue:
    """Open an account again."""
    return _done(account_id, enable_account, _("The account is open again."))


@accounts.post("/<int:account_id>/sign-out")
@requires(Right.MANAGE_CENTRE)
def sign_out(account_id: int) -> ResponseReturnValue:
    """Sign a person out everywhere."""
    return _done(account_id, sign_out_everywhere, _("The person is signed out everywhere."))


@accounts.post("/<int:account_id>/invite-again")
@requires(Right.MANAGE_CENTRE)
def repeat_invitation(account_id: int) -> ResponseReturnValue:
    """Mail a fresh link; the old one dies."""
    return _done(account_id, invite_again, _("A new invitation is on its way."))


def _done(account_id: int, act: Act, sentence: str) -> ResponseReturnValue:
    once(lambda: act(session(), account_id, actor(), now()))
    flash(sentence, "success")
    return redirect(f"/office/accounts/{account_id}", 303)


def _account_page(account_id: int, form: RoleForm) -> str:
    row = account_within(session(), office_scope(), account_id)
    if row is None:
        raise NotFound
    held = held_roles(session(), [row.id], today())[row.id]
    others = row.id != actor().account_id
    return render_template(
        "office/account.html",
        account=row,
        roles=held,
        form=form,
        others=others,
        manages=others and may_manage(actor(), (each.grant for each in held)),
        sign_ins=len(sessions_of(session(), row.id, now())),
    )


def _offered(form: Chosen) -> Chosen:
    form.offer(actor(), centres_within(session(), office_scope()))
    return form


def _held(form: RoleForm) -> Held | None:
    """Return role and place as chosen; None, with a sentence at the field, if there is none."""
    role = Role(form.role.data)
    if role is Role.SYSTEM_ADMIN:
        return Held(role)
    if not form.at_school():
        return _held_at_centre(form, role)
    school = school_within(session(), office_scope(), form.school_number.data)
    if school is None:
        form.school_number.errors = [_("Your media centre serves no school with this number.")]
        return None
    return Held(role, institution_id=school.id)


def _held_at_centre(form: RoleForm, role: Role) -> Held | None:
    centre_id = form.centre_id()
    if centre_id is None:
        form.centre.errors = [_("Choose a media centre.")]
        return None
    return Held(role, centre_id=centre_id)
