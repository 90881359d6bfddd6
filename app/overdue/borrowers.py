"""A borrower for staff: what is out now; and, written down, what was."""

from datetime import date

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from app.answers import earlier_answer, keep_answer
from app.overdue.centre import lending_scope
from app.overdue.forms import LookForm
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from database.unit_of_work import unit_of_work
from loans.operations.look_at_history import look_at_history
from loans.queries.choices import choices_of_centres
from loans.queries.loan_page import PastLoan, borrower_within, open_loans_at, past_loans
from schools.rules.roles import Right
from schools.vocabularies.media_types import media_type

borrowers = Blueprint("overdue_borrowers", __name__)

MOST_PAST = 100
"""So many past loans are shown at once; older ones are cut from their borrower anyhow."""


@borrowers.get("/loans/of/<int:person_id>")
@requires(Right.LEND)
def borrower_page(person_id: int) -> ResponseReturnValue:
    """Show what somebody has now."""
    return _page(person_id, LookForm(formdata=None))


@borrowers.post("/loans/of/<int:person_id>")
@requires(Right.LEND)
def history(person_id: int) -> ResponseReturnValue:
    """Show what somebody borrowed in the past, after writing down who looks, and why."""
    form = LookForm()
    if not form.validate():
        return _page(person_id, form), 422
    with unit_of_work(session()):
        if earlier_answer() is None:
            look_at_history(session(), person_id, form.reason.data, actor(), now())
            keep_answer({"person": person_id})
    found, total = past_loans(session(), lending_scope(), person_id, 1, MOST_PAST)
    return _page(person_id, form, found, total)


def _page(
    person_id: int,
    form: LookForm,
    past: tuple[PastLoan, ...] | None = None,
    total: int = 0,
) -> str:
    scope = lending_scope()
    person = borrower_within(session(), scope, person_id)
    if person is None:
        raise NotFound
    chosen = choices_of_centres(session(), scope.centre_ids).values()
    return render_template(
        "overdue/borrower.html",
        person=person,
        memberships=[
            each
            for each in person.memberships
            if _is_current(each.last) and scope.covers_centre(each.institution.centre_id)
        ],
        loans=open_loans_at(session(), scope, person_id),
        kind_of=_kind_of,
        form=form,
        past=past,
        total=total,
        days=max((each.person_days for each in chosen), default=0),
    )


def _is_current(last: date | None) -> bool:
    return last is None or last >= today()


def _kind_of(type_code: str) -> str:
    return media_type(type_code).kind.value
