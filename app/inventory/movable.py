"""A school's movable holidays: days off it chooses itself, on which no school day is counted."""

from collections.abc import Sequence
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.answers import earlier_answer, keep_answer
from app.dates import day as day_words
from app.dates import language
from app.inventory.forms import MovableForm
from app.inventory.whose import chooser, only_school, school_or_404, tabs_of
from app.labels import label
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from catalogue.errors import InvalidError
from database.unit_of_work import unit_of_work
from loans.operations.edit_movable_holidays import (
    MovableWish,
    add_movable_holidays,
    remove_movable_holiday,
)
from loans.queries.movable_holidays import MovableDay, movable_days_of, state_holidays
from loans.rules.movable_days import USUAL_FEWEST, USUAL_MOST, UsualDay, usual_days
from schools.queries.institutions import InstitutionFacts
from schools.rules.roles import Right
from schools.rules.school_year import SchoolYear, parse_school_year, school_year_of
from schools.vocabularies.holidays import public_holidays

CARNIVAL_MONDAY = "Rosenmontag"
FIRST_YEAR, LAST_YEAR = 2000, 2100


@requires(Right.ORGANISE_SCHOOL)
def movable(institution_id: int | None = None) -> ResponseReturnValue:
    """Show a school's movable holidays in a school year; without a number, one's own school's."""
    scope = actor().scope(Right.ORGANISE_SCHOOL)
    institution_id = institution_id or only_school(scope)
    if institution_id is None:
        return chooser(scope, _("Movable holidays"), "inventory.movable")
    found, year = school_or_404(scope, institution_id), _asked_year()
    entered = _entered(found, year)
    return _page(found, year, _offered(MovableForm(formdata=None), year, entered), entered)


@requires(Right.ORGANISE_SCHOOL)
def movable_add(institution_id: int) -> ResponseReturnValue:
    """Enter the days that were ticked, and the one that was typed."""
    found = school_or_404(actor().scope(Right.ORGANISE_SCHOOL), institution_id)
    year = _asked_year()
    entered = _entered(found, year)
    form = _offered(MovableForm(), year, entered)
    if not form.validate():
        return _page(found, year, form, entered), 422
    wish = MovableWish(institution_id, year, tuple(form.days()))
    try:
        with unit_of_work(session()):
            answer = earlier_answer()
            if answer is None:
                number = add_movable_holidays(session(), wish, actor(), now())
                answer = {"number": number}
                keep_answer(answer)
    except InvalidError as error:
        for text, fault in error.faults.items():
            words = f"{day_words(date.fromisoformat(text), 'weekday')}: {label(fault)}"
            form.day.errors = [*form.day.errors, words]
        return _page(found, year, form, entered), 409
    said = ngettext("%(num)s day is entered.", "%(num)s days are entered.", answer["number"])
    flash(said, "success")
    return redirect(_address(institution_id, year), 303)


@requires(Right.ORGANISE_SCHOOL)
def movable_remove(institution_id: int, holiday_id: int) -> ResponseReturnValue:
    """Remove a day."""
    school_or_404(actor().scope(Right.ORGANISE_SCHOOL), institution_id)
    with unit_of_work(session()):
        if earlier_answer() is None:
            remove_movable_holiday(session(), holiday_id, actor(), now())
            keep_answer({"holiday": holiday_id})
    flash(_("The day is removed."), "success")
    return redirect(_address(institution_id, _asked_year()), 303)


def _asked_year() -> SchoolYear:
    """Return the school year that the address names; the present one without."""
    present = school_year_of(today())
    asked = parse_school_year(request.args.get("year", ""))
    fits = asked is not None and FIRST_YEAR <= asked.starts <= LAST_YEAR
    return asked if asked is not None and fits else present


def _address(institution_id: int, year: SchoolYear) -> str:
    return url_for("inventory.movable", institution_id=institution_id, year=year.label)


def _entered(found: InstitutionFacts, year: SchoolYear) -> tuple[MovableDay, ...]:
    scope = actor().scope(Right.ORGANISE_SCHOOL)
    return movable_days_of(session(), scope, found.id, year.period)


def _offered(form: MovableForm, year: SchoolYear, entered: Sequence[MovableDay]) -> MovableForm:
    """Give the form the usual days that are not entered yet."""
    known = {each.day for each in entered}
    usual = usual_days(year, state_holidays(session()))
    form.offer([_suggestion(each) for each in usual if each.day not in known])
    return form


def _page(
    found: InstitutionFacts, year: SchoolYear, form: MovableForm, entered: Sequence[MovableDay]
) -> str:
    return render_template(
        "inventory/movable.html",
        **tabs_of(found),
        tab="movable",
        form=form,
        year=year,
        years=_years(),
        entered=entered,
        fewest=USUAL_FEWEST,
        most=USUAL_MOST,
    )


def _years() -> list[SchoolYear]:
    present = school_year_of(today())
    return [SchoolYear(present.starts + step) for step in (-1, 0, 1, 2)]


def _suggestion(usual: UsualDay) -> tuple[date, str, str]:
    """Return a day that schools usually choose, its German name, and words for its box."""
    name = f"Brückentag {_holiday(usual.bridges, 'de')}" if usual.bridges else CARNIVAL_MONDAY
    why = CARNIVAL_MONDAY
    if usual.bridges:
        why = _("beside %(holiday)s", holiday=_holiday(usual.bridges, language()))
    return usual.day, name, f"{day_words(usual.day, 'long')} ({why})"


def _holiday(day: date, locale: str) -> str:
    names = {each.period.first: each.name(locale) for each in public_holidays()}
    return names.get(day, "")
