"""A school's devices: its three lists, on the page and as a table to take away."""

from collections.abc import Iterator

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.exports import Cell, amount, csv_answer
from app.inventory.forms import DeviceFilterForm
from app.inventory.whose import (
    PAGE_SIZE,
    chooser,
    only_school,
    school_or_404,
    tabs_of,
)
from app.inventory.words import DEFECT_TONES, condition
from app.labels import label
from app.money import euros
from app.paging import asked_page
from app.security import requires
from app.sessions import session
from app.today import today
from app.visitor import actor
from catalogue.queries.defects import DefectFilter, defects_within
from catalogue.rules.defect_states import STILL_OPEN
from loans.queries.school import Device, DeviceFilter, Extract, Standing, devices_of
from schools.queries.institutions import InstitutionFacts, count_members
from schools.rules.pages import last_page
from schools.rules.roles import Right

SHORT_LIST = 5


@requires(Right.SEE_SCHOOL_DEVICES)
def school(institution_id: int | None = None) -> ResponseReturnValue:
    """Show the devices of a school; without a number, one's own, or the choice of one."""
    scope = actor().scope(Right.SEE_SCHOOL_DEVICES)
    institution_id = institution_id or only_school(scope)
    if institution_id is None:
        return chooser(scope, _("Devices at schools"), "inventory.school")
    return _page(school_or_404(scope, institution_id))


@requires(Right.SEE_SCHOOL_DEVICES)
def devices_csv(institution_id: int) -> ResponseReturnValue:
    """Give a school's devices as a table, narrowed as the page was."""
    scope = actor().scope(Right.SEE_SCHOOL_DEVICES)
    found = school_or_404(scope, institution_id)
    wanted = DeviceFilterForm(request.args).wanted()
    devices, _total = devices_of(session(), scope, found.id, wanted)
    return _table(found, devices)


def _page(found: InstitutionFacts) -> str:
    scope = actor().scope(Right.SEE_SCHOOL_DEVICES)
    form, page = DeviceFilterForm(request.args), asked_page()
    part = Extract((page - 1) * PAGE_SIZE, PAGE_SIZE)
    devices, total = devices_of(session(), scope, found.id, form.wanted(), part)
    next_due, _all = devices_of(
        session(), scope, found.id, DeviceFilter(standing=Standing.LENT), Extract(0, SHORT_LIST)
    )
    still_open = DefectFilter(STILL_OPEN, found.id)
    defects, _all = defects_within(session(), scope, still_open, 1, SHORT_LIST)
    return render_template(
        "inventory/school.html",
        **tabs_of(found),
        tab="devices",
        form=form,
        devices=devices,
        total=total,
        first=(page - 1) * PAGE_SIZE + 1,
        page=page,
        last=last_page(total, PAGE_SIZE),
        next_due=next_due,
        defects=defects,
        members=count_members(session(), found.id, today()),
        tones=DEFECT_TONES,
        condition=condition,
        euros=euros,
    )


def _table(found: InstitutionFacts, devices: tuple[Device, ...]) -> Response:
    head = [
        _("Device"),
        _("Number"),
        _("Inventory number"),
        _("Serial number"),
        _("Origin"),
        _("With"),
        _("Class"),
        _("Since"),
        _("Due on"),
        _("Review on"),
        _("State"),
        _("Value in euros"),
    ]
    name = f"{_('Devices')} {found.name} {today().isoformat()}"
    return csv_answer(name, head, _rows(devices))


def _rows(devices: tuple[Device, ...]) -> Iterator[list[Cell]]:
    for each in devices:
        yield [
            each.title,
            each.barcode,
            each.inventory_number,
            each.serial_number,
            label(each.standing),
            each.holder,
            each.class_name,
            each.lent_on,
            each.due_on,
            each.review_on,
            condition(each)[0],
            amount(each.value_cents),
        ]
