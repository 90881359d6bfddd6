"""The regular week of a branch: its hours, and closed weekdays that are worked on."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.meanwhile import Meanwhile
from app.office.calendar_forms import WEEKDAYS, WeekForm, week_data
from app.office.calendar_places import address_of
from app.office.calendar_steps import Edit, run
from app.office.pages import office_scope
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from loans.operations.edit_week import WeekEdit, change_week, check_week, week_edition
from loans.queries.centre_calendars import centre_calendar
from loans.rules.centre_calendar import Closing, Week
from schools.queries.centres import BranchFacts, branches_within
from schools.rules.roles import Right

week = Blueprint("office_week", __name__, url_prefix="/office/calendar")


@week.get("/weeks/<int:branch_id>")
@requires(Right.MANAGE_CENTRE)
def edit_form(branch_id: int) -> ResponseReturnValue:
    """Show a branch's week for editing."""
    branch = _branch(branch_id)
    stored, edition = _now_stored(branch)
    form = WeekForm(formdata=None, data={**stored, "edition": edition})
    return _page(branch, form, 200)


@week.post("/weeks/<int:branch_id>")
@requires(Right.MANAGE_CENTRE)
def save(branch_id: int) -> ResponseReturnValue:
    """Store other hours; what a weekday that closes moves is shown first."""
    branch, form = _branch(branch_id), WeekForm()

    def closing() -> Closing:
        before = centre_calendar(session(), branch.centre_id)
        return Closing(branch.centre_id, before, before.with_week(branch_id, form.week()))

    def wanted() -> WeekEdit:
        return WeekEdit(branch_id, form.week(), form.edition.data)

    edit = Edit(
        form=form,
        heading=_("New opening hours: %(branch)s", branch=branch.name),
        closing=closing,
        act=lambda: change_week(session(), wanted(), actor(), today(), now()),
        page=lambda status, told: _page(branch, form, status, told=told),
        stored=lambda: _now_stored(branch),
        back=lambda: address_of(branch.centre_id, branch_id),
        check=lambda: check_week(session(), wanted(), _stored_week(branch)),
    )
    return run(edit)


def _branch(branch_id: int) -> BranchFacts:
    for each in branches_within(session(), office_scope()):
        if each.id == branch_id:
            return each
    raise NotFound


def _stored_week(branch: BranchFacts) -> Week:
    return centre_calendar(session(), branch.centre_id).weeks[branch.id]


def _now_stored(branch: BranchFacts) -> tuple[Mapping[str, Any], str]:
    found = _stored_week(branch)
    return week_data(found), week_edition(found)


def _page(
    branch: BranchFacts, form: WeekForm, status: int, *, told: Meanwhile | None = None
) -> tuple[str, int]:
    page = render_template(
        "office/week.html",
        branch=branch,
        form=form,
        weekdays=WEEKDAYS,
        told=told,
        back=address_of(branch.centre_id, branch.id),
    )
    return page, status
