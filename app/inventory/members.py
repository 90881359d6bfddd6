"""Members of a school: who wants to join, who belongs, who is invited."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.answers import earlier_answer, keep_answer
from app.exports import csv_answer
from app.inventory.forms import InviteForm
from app.inventory.leavers import things
from app.inventory.whose import chooser, only_school, school_or_404, tabs_of
from app.labels import label
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from database.unit_of_work import unit_of_work
from loans.operations.end_membership import Leaving, end_membership
from loans.queries.school import out_with
from schools.errors import RefusedError
from schools.operations.enrol import confirm_registration, decline_registration
from schools.operations.invite import invite
from schools.operations.join_provisionally import confirm_membership
from schools.queries.institutions import InstitutionFacts
from schools.queries.members import (
    members_of,
    membership_within,
    registrations_to_decide,
)
from schools.rules.roles import Right, Scope

CONFIRM = "confirm"
DECLINE = "decline"


@requires(Right.MANAGE_MEMBERS)
def members(institution_id: int | None = None) -> ResponseReturnValue:
    """Show who wants to join a school and who belongs to it; without a number, one's own."""
    scope = actor().scope(Right.MANAGE_MEMBERS)
    institution_id = institution_id or only_school(scope)
    if institution_id is None:
        waiting = registrations_to_decide(session(), scope)
        return chooser(scope, _("Members of schools"), "inventory.members", waiting=waiting)
    return _page(school_or_404(scope, institution_id), InviteForm(formdata=None))


@requires(Right.MANAGE_MEMBERS)
def members_csv(institution_id: int) -> ResponseReturnValue:
    """Give the members of a school as a table, with what each of them still has."""
    scope = actor().scope(Right.MANAGE_MEMBERS)
    found = school_or_404(scope, institution_id)
    belonging = members_of(session(), scope, found.id, today())
    ids = [each.person_id for each in belonging]
    having = out_with(session(), scope, found.id, ids)
    head = [
        _("Last name"),
        _("First name"),
        _("E-mail address"),
        _("Role"),
        _("Since"),
        _("Last day"),
        _("Still has"),
    ]
    rows = [
        [
            each.person.family_name,
            each.person.given_name,
            each.person.email,
            label(each.role),
            each.first,
            each.last,
            things(having.get(each.person_id, ())),
        ]
        for each in belonging
    ]
    return csv_answer(f"{_('Members')} {found.name} {today().isoformat()}", head, rows)


@requires(Right.MANAGE_MEMBERS)
def registration_decide(registration_id: int) -> ResponseReturnValue:
    """Confirm or decline a registration; the teacher gets a letter."""
    confirms = request.form.get("decision") == CONFIRM
    act = confirm_registration if confirms else decline_registration
    with unit_of_work(session()):
        if earlier_answer() is None:
            act(session(), registration_id, actor(), now())
            keep_answer({"registration": registration_id})
    if confirms:
        flash(_("The membership is confirmed. The teacher gets a letter."))
    else:
        flash(_("The registration is declined. The teacher gets a letter."))
    return redirect(url_for("inventory.members"), 303)


@requires(Right.MANAGE_MEMBERS)
def membership_decide(membership_id: int) -> ResponseReturnValue:
    """Confirm a membership that the desk opened, or end it today."""
    found = membership_within(session(), actor().scope(Right.MANAGE_MEMBERS), membership_id)
    if found is None:
        raise NotFound
    if request.form.get("decision") == CONFIRM:
        with unit_of_work(session()):
            if earlier_answer() is None:
                confirm_membership(session(), membership_id, actor(), now())
                keep_answer({"membership": membership_id})
        flash(_("The membership is confirmed."), "success")
    else:
        _end(membership_id, found.institution_id)
    address = url_for("inventory.members", institution_id=found.institution_id)
    return redirect(address, 303)


def _end(membership_id: int, institution_id: int) -> None:
    leaving = Leaving(institution_id, frozenset({membership_id}), today())
    with unit_of_work(session()):
        answer = earlier_answer()
        if answer is None:
            left = end_membership(session(), leaving, actor(), now())
            answer = {"kept": len(left.kept)}
            keep_answer(answer)
    if answer["kept"]:
        flash(_("The person still has something and stays until it is back."), "warning")
    else:
        flash(_("The membership ends today."), "success")


@requires(Right.MANAGE_MEMBERS)
def member_invite(institution_id: int) -> ResponseReturnValue:
    """Invite a colleague by letter."""
    found = school_or_404(actor().scope(Right.MANAGE_MEMBERS), institution_id)
    form = InviteForm()
    if not form.validate():
        return _page(found, form), 422
    try:
        with unit_of_work(session()):
            if earlier_answer() is None:
                held = form.held(institution_id)
                invite(session(), form.person(locale="de"), held, actor(), now())
                keep_answer({"invited": form.email.data})
    except RefusedError as error:
        form.form_errors = [label(reason) for reason in error.reasons]
        return _page(found, form), 409
    flash(_("The invitation is on its way to %(address)s.", address=form.email.data))
    return redirect(url_for("inventory.members", institution_id=institution_id), 303)


def _page(found: InstitutionFacts, form: InviteForm) -> str:
    scope = actor().scope(Right.MANAGE_MEMBERS)
    here = Scope(institution_ids=frozenset({found.id}))
    return render_template(
        "inventory/members.html",
        **tabs_of(found),
        tab="members",
        waiting=registrations_to_decide(session(), here),
        members=members_of(session(), scope, found.id, today()),
        form=form,
    )
