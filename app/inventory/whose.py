"""Which school a page is about: the only one within reach, or the one its address names."""

from flask import render_template, request
from werkzeug.exceptions import NotFound

from app.inventory.forms import SchoolFilterForm
from app.paging import asked_page
from app.sessions import session
from app.today import today
from app.visitor import actor
from catalogue.queries.defects import DefectFilter, count_defects
from catalogue.rules.defect_states import STILL_OPEN
from loans.queries.school import totals_of
from schools.queries.institutions import (
    InstitutionFacts,
    institution_within,
    institutions_within,
)
from schools.rules.pages import last_page
from schools.rules.roles import Right, Scope

PAGE_SIZE = 25


def only_school(scope: Scope) -> int | None:
    """Return the one institution within a scope; None where there are several or a centre."""
    if scope.everything or scope.centre_ids or len(scope.institution_ids) != 1:
        return None
    return next(iter(scope.institution_ids))


def school_or_404(scope: Scope, institution_id: int) -> InstitutionFacts:
    """Return an institution; raises `NotFound` where the scope ends."""
    found = institution_within(session(), scope, institution_id)
    if found is None:
        raise NotFound
    return found


def chooser(scope: Scope, heading: str, endpoint: str, **further: object) -> str:
    """Return the page that asks for a school, with what else the caller shows on it."""
    form = SchoolFilterForm(request.args)
    page = asked_page()
    schools, total = institutions_within(session(), scope, form.words.data or "", page, PAGE_SIZE)
    return render_template(
        "inventory/schools.html",
        heading=heading,
        endpoint=endpoint,
        form=form,
        schools=schools,
        total=total,
        page=page,
        last=last_page(total, PAGE_SIZE),
        **further,
    )


def tabs_of(school: InstitutionFacts) -> dict[str, object]:
    """Return what the head of a school's pages shows: the school, and its tabs with numbers."""
    who = actor()
    devices = who.scope(Right.SEE_SCHOOL_DEVICES)
    members = who.scope(Right.MANAGE_MEMBERS)
    organising = who.scope(Right.ORGANISE_SCHOOL)
    seen = devices.covers_institution(school.id, school.centre_id)
    totals = totals_of(session(), devices, school.id, today()) if seen else {}
    wanted = DefectFilter(STILL_OPEN, school.id)
    return {
        "school": school,
        "totals": totals,
        "device_count": sum(total.number for total in totals.values()),
        "defect_count": count_defects(session(), devices, wanted) if seen else 0,
        "sees_devices": seen,
        "manages": members.covers_institution(school.id, school.centre_id),
        "organises": organising.covers_institution(school.id, school.centre_id),
    }
