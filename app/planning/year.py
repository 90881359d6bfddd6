"""The plan of a school year: all units with media by week, reserved in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from app.answers import accepted, wants_json
from app.dates import language
from app.planning.asked import Asked, asked
from app.planning.months import months
from app.planning.plan import book_chosen, read_plan
from app.planning.rows import refusals_of, totals, unit_rows
from app.planning.told import SHOWN_FIRST, Outcome, common, outcome_json, outcome_of, tell
from app.security import requires
from app.sessions import session
from app.today import today
from app.visitor import actor
from loans.queries.borrowers import Borrower, memberships_of
from loans.queries.planned_media import PlannedUnit, planned_units, subjects_taught
from schools.queries.members import members_of
from schools.rules.roles import Right
from schools.vocabularies.subjects import subject

year_plans = Blueprint("year_plans", __name__, url_prefix="/plan")


@dataclass(frozen=True, slots=True)
class School:
    """The school whose plan is shown.

    Attributes:
        member: who plans, for which school.
        units: all of it with media.
        subjects: of these units.
        shown: the subjects looked at.
        whole: the visitor organises the school, and may plan all of it at once, in the name of
            any teacher.
        people: these teachers, as key and name; empty for others.
    """

    member: Borrower
    units: tuple[PlannedUnit, ...]
    subjects: tuple[str, ...]
    shown: frozenset[str]
    whole: bool
    people: tuple[tuple[int, str], ...] = ()

    @property
    def looked_at(self) -> tuple[PlannedUnit, ...]:
        """The units of the subjects looked at."""
        return tuple(unit for unit in self.units if unit.subject in self.shown)


@year_plans.get("")
@requires(Right.RESERVE)
def plan() -> ResponseReturnValue:
    """Show a school year's units with their media, by week; what is free chosen already."""
    wanted = asked()
    school = _school(wanted)
    if school is None:
        return render_template("planning/no_school.html")
    return _page(school, _in_whose_name(wanted, school), SHOWN_FIRST)


@year_plans.post("/bookings")
@requires(Right.RESERVE)
def book_year() -> ResponseReturnValue:
    """Reserve what was chosen of the plan."""
    wanted = asked()
    school = _school(wanted)
    if school is None:
        raise NotFound
    wanted = _in_whose_name(wanted, school)
    reading = read_plan(school.looked_at, school.member.centre_id or 0, wanted)
    booked = book_chosen(reading.plan, wanted)
    outcome = outcome_of(booked)
    if outcome is not None or booked is None:
        shown = outcome or SHOWN_FIRST
        return (
            outcome_json(shown) if wants_json() else (_page(school, wanted, shown), shown.status)
        )
    if wants_json():
        return accepted({"numbers": list(booked.numbers)}, made=bool(booked.numbers))
    tell(booked, reading)
    return redirect(_address(wanted), 303)


def _school(wanted: Asked) -> School | None:
    """Return the school to plan for: the one named, or the first that is acted for.

    Raises:
        NotFound: the visitor does not act for the school named.
    """
    scope, person_id = actor().scope(Right.RESERVE), actor().person_id or 0
    members = [
        each
        for each in memberships_of(session(), scope, person_id, today())
        if each.centre_id is not None and wanted.institution_id in {None, each.institution_id}
    ]
    if not members:
        if wanted.institution_id is not None:
            raise NotFound
        return None
    member = members[0]
    concepts = actor().scope(Right.SEE_CONCEPTS)
    units = planned_units(session(), concepts, member.institution_id)
    whole = member.institution_id in actor().scope(Right.ORGANISE_SCHOOL).institution_ids
    subjects = tuple(dict.fromkeys(each.subject for each in units))
    shown = _shown(wanted, subjects, whole=whole)
    people = _people(member.institution_id) if whole else ()
    return School(member, units, subjects, shown, whole, people)


def _in_whose_name(wanted: Asked, school: School) -> Asked:
    """Return what is asked, in the visitor's own name unless another teacher may be chosen.

    Raises:
        NotFound: the person named is no teacher the visitor may plan for.
    """
    if wanted.person_id in {None, actor().person_id}:
        return replace(wanted, person_id=None)
    if wanted.person_id not in {key for key, _name in school.people}:
        raise NotFound
    return wanted


def _people(institution_id: int) -> tuple[tuple[int, str], ...]:
    scope = actor().scope(Right.MANAGE_MEMBERS)
    found = members_of(session(), scope, institution_id, today())
    return tuple((each.person_id, each.person.name) for each in found)


def _shown(wanted: Asked, subjects: Sequence[str], *, whole: bool) -> frozenset[str]:
    """Return the subjects looked at: those chosen, or the whole school's, or one's own."""
    chosen = wanted.subjects & set(subjects)
    if chosen or whole:
        return chosen or frozenset(subjects)
    return subjects_taught(session(), actor().person_id or 0) & set(subjects)


def _page(school: School, wanted: Asked, outcome: Outcome) -> str:
    at_school = replace(wanted, institution_id=school.member.institution_id)
    reading = read_plan(school.looked_at, school.member.centre_id or 0, at_school)
    units = unit_rows(reading.plan, refusals_of(reading.answers), outcome.posted())
    shown = [each for each in units if each.is_open or wanted.every]
    return render_template(
        "planning/plan.html",
        units=shown,
        months=months(shown, today()),
        left_out=sum(not each.is_open for each in units),
        every=wanted.every,
        person_id=wanted.person_id or actor().person_id,
        totals=totals(units),
        school=school,
        subjects=[
            (code, subject(code).name(language()), code in school.shown)
            for code in school.subjects
        ],
        **common(reading, wanted, outcome),
    )


def _address(wanted: Asked) -> str:
    return url_for(
        "year_plans.plan",
        year=wanted.year.starts,
        subject=sorted(wanted.subjects) or None,
        place=wanted.place_id,
        school=wanted.institution_id,
        person=wanted.person_id,
    )
