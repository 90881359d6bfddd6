"""Last reminders on paper: one letter a school, to its head; printed, then marked."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from app.answers import earlier_answer, keep_answer
from app.dates import day
from app.money import euros
from app.overdue.centre import centres, lending_scope, number
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from database.unit_of_work import unit_of_work
from loans.operations.mark_printed import mark_printed
from loans.operations.tell_overdue import PRINTED_LEVEL
from loans.queries.house import House, house_of
from loans.queries.last_demands import LastDemand, last_demands
from loans.rules.reminders import last_demand_until
from schools.models.media_centre import MediaCentre
from schools.rules.roles import Right

paper = Blueprint("overdue_paper", __name__)

LANGUAGE = "de"
"""Schools are written to in German, whatever the language of whoever prints."""


@dataclass(frozen=True, slots=True)
class PaperLetter:
    """One letter with finished words; `rows` are those of its table, as wide as `heads`."""

    sender: tuple[str, ...]
    address: tuple[str, ...]
    place_and_day: str
    subject: str
    paragraphs: tuple[str, ...]
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: str
    closing: tuple[str, ...]
    table_label: str


@paper.get("/overdue/print")
@requires(Right.LEND)
def print_page() -> ResponseReturnValue:
    """Show the letters on paper: those to be printed, or again those that were."""
    chosen, printed = centres(), "printed" in request.args
    house = house_of(session(), chosen.chosen.id, today())
    demands = last_demands(session(), lending_scope(), house, PRINTED_LEVEL, printed=printed)
    with force_locale(LANGUAGE):
        letters = [_letter(each, chosen.chosen, house) for each in demands]
    return render_template(
        "overdue/print.html",
        centres=chosen,
        printed=printed,
        letters=letters,
        loans=[loan.id for each in demands for loan in each.loans],
    )


@paper.post("/overdue/print")
@requires(Right.LEND)
def mark() -> ResponseReturnValue:
    """Note that the letters which were shown are printed."""
    chosen = centres()
    ids = [key for text in request.form.getlist("loan") if (key := number(text)) is not None]
    with unit_of_work(session()):
        answer = earlier_answer()
        if answer is None:
            marked = mark_printed(session(), chosen.chosen.id, ids, actor(), now())
            answer = {"marked": marked}
            keep_answer(answer)
    flash(
        ngettext(
            "%(num)s loan is marked: its letter is printed.",
            "%(num)s loans are marked: their letters are printed.",
            answer["marked"],
        ),
        "success",
    )
    return redirect(url_for("overdue.overdue_list", centre=chosen.asked), 303)


def _letter(demand: LastDemand, centre: MediaCentre, house: House) -> PaperLetter:
    school = demand.school
    return PaperLetter(
        sender=_lines(centre.name, centre.street, f"{centre.postal_code} {centre.city}"),
        address=_lines(
            _("To the head of"), school.name, school.street, f"{school.postal_code} {school.city}"
        ),
        place_and_day=", ".join(_lines(centre.city, day(house.today, "long"))),
        subject=_("Last reminder: overdue media of your school"),
        paragraphs=tuple(_paragraphs(demand, house)),
        heads=(_("Title"), _("Number"), _("Borrower"), _("Class"), _("Due on"), _("Value")),
        rows=tuple(
            (
                loan.title,
                loan.barcode,
                loan.person,
                loan.class_name,
                day(loan.due_on),
                "" if loan.value_cents is None else euros(loan.value_cents),
            )
            for loan in demand.loans
        ),
        total=euros(demand.value_cents) if demand.value_cents else "",
        closing=_lines(_("Kind regards"), centre.name, centre.phone, centre.email),
        table_label=_("Overdue media of %(school)s", school=school.short_name or school.name),
    )


def _paragraphs(demand: LastDemand, house: House) -> list[str]:
    until = day(_back_by(demand, house), "long")
    said = [
        _("Dear head of the school,"),
        _(
            "what is listed below was borrowed from us for your school and is long overdue. We "
            "reminded its borrowers three times, and told your school of it after the second."
        ),
        _("Please see to it that everything is returned by %(day)s.", day=until),
    ]
    if demand.value_cents:
        amount = euros(demand.value_cents)
        said.append(_("If it cannot be found, replacing it would cost %(amount)s.", amount=amount))
    blocked = {loan.person_id for loan in demand.loans if loan.blocking}
    if blocked >= {loan.person_id for loan in demand.loans}:
        said.append(
            _(
                "Until everything is back, the borrowers named can neither borrow nor "
                "reserve media."
            )
        )
    return [str(each) for each in said]


def _back_by(demand: LastDemand, house: House) -> date:
    calendar = house.calendars.of(demand.loans[0].branch_id)
    return last_demand_until(max(demand.written_on, house.today), calendar)


def _lines(*texts: str) -> tuple[str, ...]:
    return tuple(str(text).strip() for text in texts if str(text).strip())
