"""The steps from a form of the calendar to its being saved: look first, then confirm."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.answers import UNCOUNTED_FIELDS, earlier_answer, keep_answer
from app.forms import Form
from app.meanwhile import Meanwhile, meanwhile
from app.office.calendar_preview import SHOWN, Preview, preview_of
from app.office.calendar_words import fault_words
from app.sessions import session
from catalogue.errors import ChangedMeanwhileError
from database.unit_of_work import unit_of_work
from loans.errors import CalendarFaultError
from loans.operations.settle_calendar import Settled, refuse_faults
from loans.rules.calendar_faults import CalendarFault, Fault
from loans.rules.centre_calendar import Closing

Page = Callable[[int, Meanwhile | None], tuple[str, int]]


class Step(StrEnum):
    """Which button of a form of the calendar was pressed."""

    LOOK = "look"
    BACK = "back"
    CONFIRM = "confirm"


class LookFirstError(Exception):
    """Something would move that nobody has looked at; nothing was written."""

    def __init__(self, preview: Preview) -> None:
        """Carry what would move."""
        super().__init__("look first")
        self.preview = preview


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit of the calendar as its form was sent.

    Attributes:
        form: as it was sent.
        heading: of the page that shows what it would move.
        closing: gives the calendars before and after; asked once the form is valid.
        act: does it, inside a unit of work.
        page: shows the form again with a status, and what was saved meanwhile.
        stored: gives what the form would show now and its edition, for the second editor.
        back: where it leads once it is done.
        always: what it moves is shown even if that is nothing.
        check: raises `ChangedMeanwhileError` where somebody else saved since it was opened.
    """

    form: Form
    heading: str
    closing: Callable[[], Closing]
    act: Callable[[], Settled]
    page: Page
    stored: Callable[[], tuple[Mapping[str, Any], str]]
    back: Callable[[], str]
    always: bool = False
    check: Callable[[], None] = lambda: None


def run(edit: Edit) -> ResponseReturnValue:
    """Check the form, show what would move, or do it; nothing that was typed is lost.

    Source:
        docs/rules.md, Lending 1.3 and 1.7.
    """
    if not edit.form.validate():
        return edit.page(422, None)
    step = asked_step()
    if step is Step.BACK:
        return edit.page(200, None)
    back = edit.back()
    try:
        preview = None if step is Step.CONFIRM else _looked_at(edit)
        if preview is not None and (edit.always or not preview.is_empty):
            return preview_page(edit.heading, preview, back)
        settled = _acted(edit.act)
    except CalendarFaultError as error:
        _place(edit.form, [each for each in error.faults if isinstance(each, Fault)])
        return edit.page(409, None)
    except ChangedMeanwhileError as error:
        stored, edition = edit.stored()
        told = meanwhile(error, edit.form, stored)
        edit.form["edition"].data = edition
        return edit.page(409, told)
    say(settled)
    return redirect(back, 303)


def asked_step() -> Step:
    """Return which button was pressed; what nobody offers is a look."""
    asked = request.form.get("step", "")
    return Step(asked) if asked in set(Step) else Step.LOOK


def _looked_at(edit: Edit) -> Preview:
    edit.check()
    closing = edit.closing()
    refuse_faults(closing.before, closing.after)
    return preview_of(closing)


def _acted(act: Callable[[], Settled]) -> Settled:
    with unit_of_work(session()):
        answer = earlier_answer()
        if answer is None:
            answer = asdict(act())
            keep_answer(answer)
    return Settled(**answer)


def preview_page(heading: str, preview: Preview, back: str) -> str:
    """Return the page that shows what would move, with what was typed carried on."""
    carried = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in {*UNCOUNTED_FIELDS, "step"}
    ]
    return render_template(
        "office/calendar_preview.html",
        carried=carried,
        preview=preview,
        heading=heading,
        shown=SHOWN,
        action=request.full_path.rstrip("?"),
        back=back,
    )


FIELDS = {
    CalendarFault.CLOSURES_OVERLAP: "first",
    CalendarFault.ENDS_BEFORE_START: "last",
    CalendarFault.YEARLY_TOO_LONG: "last",
    CalendarFault.OPENINGS_OVERLAP: "day",
    CalendarFault.HOURS_REVERSED: "hours",
    CalendarFault.HOURS_OVERLAP: "hours",
}
"""The field of a form at which a fault is told; of a week, that of the weekday."""


def _place(form: Form, faults: list[Fault]) -> None:
    """Tell each fault at its field, or above the form."""
    for fault in faults:
        name = FIELDS.get(fault.kind, "")
        if name not in form and fault.names:
            name = f"{name}_{fault.names[0]}"
        if name in form:
            form[name].errors = [*form[name].errors, fault_words(fault)]
        else:
            form.form_errors.append(fault_words(fault))


def say(settled: Settled) -> None:
    """Say on the next page what came of an edit."""
    said = [_("Saved.")]
    if settled.moved:
        said.append(
            ngettext("%(num)s date was moved.", "%(num)s dates were moved.", settled.moved)
        )
    if settled.told:
        said.append(
            ngettext("%(num)s person gets a letter.", "%(num)s people get a letter.", settled.told)
        )
    if settled.untold:
        said.append(
            ngettext(
                "%(num)s person has no address; please tell them.",
                "%(num)s people have no address; please tell them.",
                settled.untold,
            )
        )
    flash(" ".join(map(str, said)), "success")
