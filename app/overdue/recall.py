"""Recall: what is out past a day, shown with its new due dates, then called back."""

from datetime import date, timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.answers import earlier_answer, keep_answer
from app.count_words import counted
from app.jobs import queue_job
from app.night_loans import RECALL, SCHOOL
from app.overdue.centre import Centres, centres, lending_scope, number
from app.overdue.forms import ALL, LENT, RecallFilterForm, RecallForm
from app.overdue.runs import run_asked
from app.paging import asked_page
from app.security import requires
from app.sessions import session
from app.today import today
from app.visitor import actor
from database.unit_of_work import unit_of_work
from loans.errors import NoOpenDayError
from loans.queries.house import House, house_of
from loans.queries.recall import RecallWish, next_summer, to_recall
from schools.rules.pages import last_page
from schools.rules.periods import ONE_DAY
from schools.rules.roles import Right

recall = Blueprint("overdue_recall", __name__)

ROWS = 100
USUAL_DAYS = 14
"""So far ahead is the day where no summer holidays are known."""


@recall.get("/overdue/recall")
@requires(Right.LEND)
def recall_page() -> ResponseReturnValue:
    """Show what a recall would shorten; before the summer holidays unless a day is named."""
    return _page(centres(), RecallForm(formdata=None))


@recall.post("/overdue/recall")
@requires(Right.LEND)
def call_back() -> ResponseReturnValue:
    """Have the due dates shortened and one letter a person owed."""
    chosen, form = centres(), RecallForm()
    if not form.validate():
        return _page(chosen, form), 422
    wish = {
        "day": form.day.data.isoformat(),
        SCHOOL: number(request.form.get("school", "")),
        "category": _category(request.form.get("category", "")),
        "reason": form.reason.data or "",
    }
    with unit_of_work(session()):
        answer = earlier_answer()
        if answer is None:
            answer = {"job": queue_job(RECALL, wish, actor(), chosen.chosen.id)}
            keep_answer(answer)
    address = url_for(
        ".recall_page",
        day=wish["day"],
        school=wish[SCHOOL],
        category=wish["category"],
        run=answer["job"],
        centre=chosen.asked,
    )
    return redirect(address, 303)


def _page(chosen: Centres, form: RecallForm) -> str:
    house = house_of(session(), chosen.chosen.id, today())
    asked = RecallFilterForm(request.values)
    asked.validate()
    wanted = asked.day.data if asked.day.data and not asked.day.errors else _usual_day(house)
    category = _category(asked.category.data or "")
    wish = RecallWish(chosen.chosen.id, wanted, category=category)
    found = to_recall(session(), lending_scope(), wish, house)
    schools = {str(loan.institution_id): loan.institution for loan in found.loans}
    asked.school.choices = [(ALL, _("All schools")), *schools.items()]
    school = asked.school.data or ALL
    loans = [loan for loan in found.loans if school in {ALL, str(loan.institution_id)}]
    page, run = asked_page(), run_asked(RECALL, lending_scope())
    asked.day.data = form.day.data = wanted
    return render_template(
        "overdue/recall.html",
        centres=chosen,
        asked=asked,
        form=form,
        school=school,
        category=category or ALL,
        day_wanted=wanted,
        loans=loans[(page - 1) * ROWS : page * ROWS],
        total=len(loans),
        never_open=sum(school in {ALL, str(key)} for key in found.never_open),
        people=len({loan.person_id for loan in loans}),
        page=page,
        last=last_page(len(loans), ROWS),
        run=run,
        numbers=[] if run is None else list(counted(run.result, lending_scope())),
    )


def _usual_day(house: House) -> date:
    """Return the last open day before the next summer holidays, or a fortnight from now."""
    summer = next_summer(session(), house.today)
    before = house.today + timedelta(days=USUAL_DAYS) if summer is None else summer - ONE_DAY
    try:
        return house.calendars.of(min(house.branches)).previous_open_day(before)
    except (NoOpenDayError, ValueError):
        return before


def _category(text: str) -> str | None:
    return text if text in {each.value for each in LENT} else None
