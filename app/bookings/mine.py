"""My page: what is late, today, this week and later; and renewing."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.answers import accepted, earlier_answer, keep_answer, refused, wants_json
from app.bookings.purpose import suggestions
from app.bookings.rows import About, Row, booking_rows, loan_row
from app.dates import day, language
from app.hold_rows import hold_rows
from app.refusals import coded, sentences
from app.search import shown_to
from app.security import requires
from app.sessions import session
from app.today import hour_of_day, midnight, now, today
from app.visitor import actor
from database.unit_of_work import unit_of_work
from loans.errors import RefusedError
from loans.operations.renew import Renewed, renew, renew_all
from loans.operations.undo_renewal import undo_renewal
from loans.queries.bookings import bookings_of_person
from loans.queries.fees import fee_of
from loans.queries.holds import holds_of_person
from loans.queries.loan_pages import claims_on
from loans.queries.loans import LoanFacts, loans_of_person
from loans.queries.plans import next_plan
from loans.queries.renewal_acts import own_renewals
from loans.queries.renewals import renewals
from loans.queries.viewpoint import Where, viewpoint_of
from loans.rules.booking_states import COMMITTING
from schools.models.person import Person
from schools.rules.grades import grade_label
from schools.rules.roles import Right
from schools.vocabularies.subjects import subject

mine = Blueprint("mine", __name__)

NOON = 12
EVENING = 18


@dataclass(frozen=True, slots=True)
class Agenda:
    """What concerns the visitor, by when; each row stands in one list only."""

    late: tuple[Row, ...]
    today: tuple[Row, ...]
    week: tuple[Row, ...]
    later: tuple[Row, ...]

    @property
    def is_empty(self) -> bool:
        """Say whether nothing is booked or borrowed."""
        return not (self.late or self.today or self.week or self.later)

    @property
    def renewable(self) -> int:
        """How many loans could be renewed now."""
        every = (*self.late, *self.today, *self.week, *self.later)
        return sum(row.loan_id is not None for row in every)


@mine.get("/mine")
@requires(Right.RESERVE)
def my_page() -> ResponseReturnValue:
    """Show what is late, today, this week and later, with renewing or the reason against it."""
    person = session().get_one(Person, actor().person_id)
    loans = loans_of_person(session(), person.id)
    about = _about(person, loans)
    rows = [loan_row(loan, about[loan.id]) for loan in loans]
    waiting = [each for each in holds_of_person(session(), person.id, now()) if each.is_open]
    open_bookings = [
        each for each in bookings_of_person(session(), person.id) if each.state in COMMITTING
    ]
    agenda = _agenda([*rows, *booking_rows(open_bookings)])
    return render_template(
        "bookings/mine.html",
        agenda=agenda,
        greeting=_greeting(),
        holds=hold_rows(waiting),
        plan=_plan(person.id),
    )


@mine.post("/loans/<int:loan_id>/renew")
@requires(Right.BOOK)
def renew_one(loan_id: int) -> ResponseReturnValue:
    """Renew one loan, or say every reason against it."""
    try:
        with unit_of_work(session()):
            answer = earlier_answer()
            if answer is None:
                loan = renew(session(), loan_id, actor(), today(), now())
                answer = {"loan": loan.id, "due_on": str(loan.due_on)}
                keep_answer(answer)
    except RefusedError as error:
        if wants_json():
            return refused(coded(error.refusals))
        flash(" ".join([_("Not renewed."), *sentences(error.refusals)]), "warning")
        return redirect("/mine", 303)
    if wants_json():
        return accepted(answer)
    due_on = date.fromisoformat(answer["due_on"])
    flash(_("Renewed until %(day)s.", day=day(due_on, "weekday")), "success")
    return redirect("/mine", 303)


@mine.post("/loans/<int:loan_id>/renew/undo")
@requires(Right.BOOK)
def undo_one(loan_id: int) -> ResponseReturnValue:
    """Take back one's own renewal of today."""
    with unit_of_work(session()):
        answer = earlier_answer()
        if answer is None:
            loan = undo_renewal(session(), loan_id, actor(), midnight(today()), now())
            answer = {"loan": loan.id, "due_on": str(loan.due_on)}
            keep_answer(answer)
    if wants_json():
        return accepted(answer)
    due_on = day(date.fromisoformat(answer["due_on"]), "weekday")
    flash(_("The renewal is undone; it is due on %(day)s again.", day=due_on), "success")
    return redirect("/mine", 303)


@mine.post("/loans/renew")
@requires(Right.RESERVE)
def renew_every() -> ResponseReturnValue:
    """Renew all that can be renewed of the visitor's loans; each line says its outcome."""
    with unit_of_work(session()):
        answer = earlier_answer()
        if answer is None:
            done = renew_all(session(), actor().person_id or 0, actor(), today(), now())
            answer = {"loans": [_outcome(each) for each in done]}
            keep_answer(answer)
    if wants_json():
        return accepted(answer)
    number = sum(each["due_on"] is not None for each in answer["loans"])
    flash(
        ngettext("%(num)s loan renewed.", "%(num)s loans renewed.", number),
        "success" if number else "warning",
    )
    return redirect("/mine", 303)


def _outcome(each: Renewed) -> dict[str, object]:
    due_on = each.answer.due_on
    return {
        "loan": each.loan.id,
        "title": each.loan.title,
        "due_on": None if due_on is None else due_on.isoformat(),
        "refusals": [
            {"code": code, "sentence": words} for code, words in coded(each.answer.refused)
        ],
    }


def _about(person: Person, loans: Sequence[LoanFacts]) -> dict[int, About]:
    """Look at every loan, once for each centre and institution."""
    together: dict[tuple[int, int], list[LoanFacts]] = defaultdict(list)
    for loan in loans:
        together[loan.centre_id, loan.institution_id].append(loan)
    lacking = suggestions(loans)
    claims = claims_on(session(), actor().scope(Right.RESERVE), person.id)
    own = own_renewals(session(), actor(), loans, midnight(today()))
    about: dict[int, About] = {}
    for (centre_id, institution_id), some in together.items():
        where = Where(centre_id, institution_id=institution_id)
        scope = actor().scope(Right.BOOK)
        view = viewpoint_of(session(), scope, where, today(), now())
        answers = renewals(session(), view, person, some)
        for loan in some:
            about[loan.id] = About(
                answers.get(loan.id),
                fee_of(view, loan, today()),
                loan.id in own,
                lacking.get(loan.id),
                claims.get(loan.id, ()),
            )
    return about


def _agenda(rows: Iterable[Row]) -> Agenda:
    ordered = sorted(rows, key=lambda row: row.on)
    sunday = today() + timedelta(days=6 - today().weekday())
    return Agenda(
        late=tuple(row for row in ordered if row.on < today() and row.is_loan),
        today=tuple(row for row in ordered if _is_today(row)),
        week=tuple(row for row in ordered if today() < row.on <= sunday),
        later=tuple(row for row in ordered if row.on > sunday),
    )


def _is_today(row: Row) -> bool:
    """Say whether it is for today: a booking that has begun waits to be collected."""
    return row.on == today() or (row.on < today() and not row.is_loan)


def _plan(person_id: int) -> dict[str, object] | None:
    """Return the next unit of the visitor's concept with the words its template needs."""
    plan = next_plan(session(), actor().scope(Right.SEE_CONCEPTS), person_id, today())
    if plan is None:
        return None
    here = [title.title_id for title in plan.titles]
    return {
        "unit": plan,
        "words": f"{subject(plan.subject).name(language())} {grade_label(plan.grade)}",
        "runs": plan.period.first <= today(),
        "since": max(plan.period.first, today()),
        "shown": shown_to(session(), actor(), here),
    }


def _greeting() -> str:
    hour = hour_of_day()
    if hour < NOON:
        return str(_("Good morning"))
    return str(_("Good afternoon") if hour < EVENING else _("Good evening"))
