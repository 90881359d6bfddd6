"""Leavers: many memberships end at once; whoever still has something stays."""

from collections.abc import Iterable

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.answers import earlier_answer, keep_answer
from app.dates import day
from app.inventory.forms import LeaversForm
from app.inventory.whose import chooser, only_school, school_or_404, tabs_of
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from database.unit_of_work import unit_of_work
from loans.operations.end_membership import Leaving, end_membership
from loans.queries.school import Device, out_with
from schools.queries.institutions import InstitutionFacts
from schools.queries.members import members_of
from schools.rules.roles import Right


@requires(Right.MANAGE_MEMBERS)
def leavers(institution_id: int | None = None) -> ResponseReturnValue:
    """Show everybody of a school with what they still have, to be ticked off."""
    scope = actor().scope(Right.MANAGE_MEMBERS)
    institution_id = institution_id or only_school(scope)
    if institution_id is None:
        return chooser(scope, _("Leavers"), "inventory.leavers")
    return _page(school_or_404(scope, institution_id), LeaversForm(formdata=None))


@requires(Right.MANAGE_MEMBERS)
def leavers_end(institution_id: int) -> ResponseReturnValue:
    """End the memberships of those ticked who have nothing left, and name the others."""
    found = school_or_404(actor().scope(Right.MANAGE_MEMBERS), institution_id)
    form = LeaversForm()
    if not form.validate():
        return _page(found, form), 422
    leaving = Leaving(institution_id, frozenset(form.chosen()), form.last.data)
    with unit_of_work(session()):
        answer = earlier_answer()
        if answer is None:
            left = end_membership(session(), leaving, actor(), now())
            answer = {"ended": len(left.ended), "kept": len(left.kept)}
            keep_answer(answer)
    _say(answer["ended"], answer["kept"], day(leaving.last))
    return redirect(url_for("inventory.leavers", institution_id=institution_id), 303)


def things(devices: Iterable[Device]) -> str:
    """Return what somebody still has as one text."""
    return ", ".join(f"{each.title} ({each.barcode})" for each in devices)


def _say(ended: int, kept: int, last: str) -> None:
    if ended:
        sentence = ngettext(
            "%(num)s membership ends on %(day)s.",
            "%(num)s memberships end on %(day)s.",
            ended,
            day=last,
        )
        flash(sentence, "success")
    if kept:
        sentence = ngettext(
            "%(num)s person still has something and stays until it is back.",
            "%(num)s people still have something and stay until it is back.",
            kept,
        )
        flash(sentence, "warning")


def _page(found: InstitutionFacts, form: LeaversForm) -> str:
    scope = actor().scope(Right.MANAGE_MEMBERS)
    belonging = members_of(session(), scope, found.id, today())
    ids = [each.person_id for each in belonging]
    return render_template(
        "inventory/leavers.html",
        **tabs_of(found),
        tab="leavers",
        members=belonging,
        having=out_with(session(), scope, found.id, ids),
        chosen=frozenset(form.chosen()),
        form=form,
        own_person=actor().person_id,
    )
