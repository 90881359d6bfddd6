"""The overdue run: what is late by school, what tonight would send, and sending it now."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.answers import accepted, earlier_answer, keep_answer, wants_json
from app.count_words import counted
from app.exports import Cell, amount, csv_answer
from app.jobs import queue_job
from app.letters import WrittenLetter, write_letter
from app.night_loans import SCHOOL
from app.nightly import coming_night
from app.overdue.centre import Centres, centres, lending_scope, number
from app.overdue.forms import ALL, OverdueFilterForm
from app.overdue.rows import (
    ROWS,
    coming_of,
    level_words,
    narrowed,
    schools_of,
    tonight_of,
)
from app.overdue.runs import Run, run_asked
from app.paging import asked_page
from app.security import requires
from app.sessions import session
from app.settings import current_settings
from app.today import today
from app.visitor import actor
from database.unit_of_work import unit_of_work
from loans.operations.tell_overdue import (
    PRINTED_LEVEL,
    Post,
    Reminding,
    copies_to_school,
    letter_to_borrower,
    remindings,
)
from loans.queries.house import House, house_of
from loans.queries.last_demands import last_demands
from loans.queries.overdue import OverdueLoan, OverdueWish, overdue_loans
from schools.models.media_centre import MediaCentre
from schools.operations.send_letters import ClaimedLetter
from schools.queries.letter_texts import OwnWords, own_words_of
from schools.queries.media_officers import media_officers
from schools.rules.pages import last_page
from schools.rules.roles import Right

overdue = Blueprint("overdue", __name__)

NIGHT = "night_overdue"
LETTERS = 20
"""Letters on a page of the preview."""

OwnTexts = Mapping[tuple[int | None, str], Mapping[str, OwnWords]]
"""A centre's own words by centre and language, then by kind."""


@overdue.get("/overdue")
@requires(Right.LEND)
def overdue_list() -> ResponseReturnValue:
    """List what is overdue by school, with what the night will do about each loan."""
    chosen = centres()
    house = house_of(session(), chosen.chosen.id, today())
    coming = coming_of(_late(chosen, house), coming_night(NIGHT))
    form = _form(coming.loans)
    found = narrowed(coming, form)
    page = asked_page()
    shown = found[(page - 1) * ROWS : page * ROWS]
    run = run_asked(NIGHT, lending_scope())
    return render_template(
        "overdue/list.html",
        centres=chosen,
        form=form,
        schools=list(schools_of(shown, coming)),
        total=len(found),
        every=len(coming.loans),
        tonight=tonight_of(list(remindings(coming.loans, coming.night))),
        to_print=len(last_demands(session(), lending_scope(), house, PRINTED_LEVEL)),
        page=page,
        last=last_page(len(found), ROWS),
        run=run,
        numbers=_numbers(run),
        level_words=level_words,
    )


@overdue.get("/overdue.csv")
@requires(Right.LEND)
def overdue_table() -> Response:
    """Give the list as a table, narrowed as the page was."""
    chosen = centres()
    house = house_of(session(), chosen.chosen.id, today())
    coming = coming_of(_late(chosen, house), coming_night(NIGHT))
    found = narrowed(coming, _form(coming.loans))
    head = [
        _("School"),
        _("Borrower"),
        _("Title"),
        _("Number"),
        _("Class"),
        _("Lent on"),
        _("Due on"),
        _("Days overdue"),
        _("Reminders so far"),
        _("Tonight"),
        _("Paused until"),
        _("Reason"),
        _("Value in euros"),
    ]
    name = f"{_('Overdue')} {chosen.chosen.name} {house.today.isoformat()}"
    return csv_answer(name, head, [_cells(loan) for loan in found])


@overdue.get("/overdue/preview")
@requires(Right.LEND)
def preview() -> ResponseReturnValue:
    """Show the letters that the coming night sends; what is due today can be sent now."""
    chosen, school = centres(), number(request.args.get("school", ""))
    house = house_of(session(), chosen.chosen.id, coming_night(NIGHT))
    late = _late(chosen, house)
    planned = _of_school(remindings(late, house.today), school)
    due = _of_school(remindings([loan.on(today()) for loan in late], today()), school)
    page = asked_page()
    shown = planned[(page - 1) * LETTERS : page * LETTERS]
    own = own_words_of(session(), {chosen.chosen.id})
    return render_template(
        "overdue/preview.html",
        centres=chosen,
        school=school,
        school_name=planned[0].loans[0].institution if school and planned else "",
        tonight=tonight_of(planned),
        due=len(due),
        letters=[_shown(each, chosen.chosen, house, own) for each in shown],
        page=page,
        last=last_page(len(planned), LETTERS),
        level_words=level_words,
    )


@overdue.post("/overdue/send")
@requires(Right.LEND)
def send() -> ResponseReturnValue:
    """Have the reminders written and owed now; the night then finds nothing left to do."""
    chosen, school = centres(), number(request.form.get("school", ""))
    with unit_of_work(session()):
        answer = earlier_answer()
        if answer is None:
            wish = {} if school is None else {SCHOOL: school}
            answer = {"job": queue_job(NIGHT, wish, actor(), chosen.chosen.id)}
            keep_answer(answer)
    if wants_json():
        return accepted(answer, made=True)
    address = url_for(".overdue_list", run=answer["job"], centre=chosen.asked)
    return redirect(address, 303)


def _late(chosen: Centres, house: House) -> tuple[OverdueLoan, ...]:
    return overdue_loans(session(), lending_scope(), OverdueWish(chosen.chosen.id), house)


def _of_school(planned: Iterable[Reminding], school: int | None) -> list[Reminding]:
    return [
        each
        for each in planned
        if school is None or any(loan.institution_id == school for loan in each.loans)
    ]


def _form(loans: Sequence[OverdueLoan]) -> OverdueFilterForm:
    form = OverdueFilterForm(request.args)
    schools = {str(loan.institution_id): loan.institution for loan in loans}
    form.school.choices = [(ALL, _("All schools")), *schools.items()]
    form.validate()
    return form


def _numbers(run: Run | None) -> list[tuple[str, int]]:
    return [] if run is None else list(counted(run.result, lending_scope()))


def _cells(loan: OverdueLoan) -> list[Cell]:
    return [
        loan.institution,
        loan.person,
        loan.title,
        loan.barcode,
        loan.class_name,
        loan.lent_on,
        loan.due_on,
        loan.days,
        loan.last_level,
        loan.level,
        loan.case.snoozed_until,
        loan.snooze_reason,
        amount(loan.value_cents),
    ]


def _shown(each: Reminding, centre: MediaCentre, house: House, own: OwnTexts) -> dict[str, Any]:
    """Return one borrower's letter with its copies, as they would be read."""
    schools = {loan.institution_id for loan in each.due}
    officers = media_officers(session(), schools, house.today)
    copies = list(copies_to_school(each, officers, house.today))
    calendars, copied = house.calendars.by_branch, any(to.address for _, to in copies)
    posts = [letter_to_borrower(each, house.today, calendars, copied=copied), *copies]
    first = each.loans[0]
    return {
        "school": first.institution,
        "level": each.level,
        "posts": [(post[1].address, _written(post, centre, own)) for post in posts],
    }


def _written(post: Post, centre: MediaCentre, own: OwnTexts) -> WrittenLetter:
    letter, to = post
    claimed = ClaimedLetter(
        id=0,
        kind=letter.kind.value,
        to_address=to.address or "",
        to_name=to.name,
        locale=to.locale,
        facts=letter.facts,
        centre=centre.name,
        reply_to=centre.email,
        phone=centre.phone,
        own=own.get((centre.id, to.locale), {}),
    )
    return write_letter(claimed, current_settings().public_url)
