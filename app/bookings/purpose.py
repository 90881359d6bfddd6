"""What a loan is for, filled in later: by the teacher with one click, or by staff."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.exceptions import NotFound
from wtforms import HiddenField, SelectField
from wtforms.validators import DataRequired

from app.addresses import local_path
from app.answers import accepted, earlier_answer, invalid, keep_answer, wants_json
from app.forms import Form
from app.labels import label
from app.reserving_choices import PurposeGroup, purposes_of
from app.reserving_form import REASON, UNIT, purpose_in
from app.security import requires
from app.sessions import session
from app.today import now
from app.visitor import actor
from database.unit_of_work import unit_of_work
from loans.models.loan import Loan
from loans.operations.name_purpose import NamedPurpose, name_purpose
from loans.queries.borrowers import Borrower
from loans.queries.loans import LoanFacts, open_loan
from loans.queries.units import UnitChoice, units_for, units_for_titles
from schools.rules.roles import Right

purpose = Blueprint("purpose", __name__)


class PurposeForm(Form):
    """One purpose; `back` is where the visitor came from."""

    purpose = SelectField(
        lazy_gettext("What is it for?"),
        choices=[],
        validate_choice=False,
        validators=[DataRequired(lazy_gettext("Say what it is for: a unit or another reason."))],
    )
    back = HiddenField()


@dataclass(frozen=True, slots=True)
class PurposePanel:
    """What the choice of a purpose needs, as the reserve form does."""

    form: PurposeForm
    purposes: tuple[PurposeGroup, ...]
    suggested: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A unit that fits a loan without a purpose; `value` is empty where none fits."""

    loan_id: int
    value: str
    words: str


@purpose.get("/loans/<int:loan_id>/purpose")
@requires(Right.BOOK)
def purpose_page(loan_id: int) -> ResponseReturnValue:
    """Ask what a loan is for, with the unit that fits chosen already."""
    loan = _loan(loan_id)
    form = PurposeForm(formdata=None, back=local_path(request.args.get("back"), ""))
    return _page(loan, form), 200


@purpose.post("/loans/<int:loan_id>/purpose")
@requires(Right.BOOK)
def save_purpose(loan_id: int) -> ResponseReturnValue:
    """Name what a loan is for."""
    form = PurposeForm()
    if not form.validate():
        return invalid(form) if wants_json() else (_page(_loan(loan_id), form), 422)
    unit_id, reason = purpose_in(form.purpose.data or "")
    with unit_of_work(session()):
        answer = earlier_answer()
        if answer is None:
            named = NamedPurpose(loan_id, unit_id, reason)
            answer = _answer(name_purpose(session(), named, actor(), now()))
            keep_answer(answer)
    if wants_json():
        return accepted(answer)
    flash(_("Noted: %(title)s is for %(purpose)s.", **answer["words"]), "success")
    return redirect(local_path(form.back.data, _home()), 303)


def suggestions(loans: Sequence[LoanFacts]) -> dict[int, Suggestion]:
    """Return for each loan without a purpose the unit that fits, in two statements."""
    lacking = [loan for loan in loans if not loan.has_purpose]
    if not lacking:
        return {}
    pairs = {(loan.institution_id, loan.title_id) for loan in lacking}
    units = units_for_titles(session(), actor().scope(Right.SEE_CONCEPTS), pairs)
    return {
        loan.id: _suggestion(loan, units[loan.institution_id, loan.title_id]) for loan in lacking
    }


def _suggestion(loan: LoanFacts, units: Sequence[UnitChoice]) -> Suggestion:
    fitting = next((unit for unit in units if unit.fits), None)
    if fitting is None:
        return Suggestion(loan.id, "", "")
    return Suggestion(loan.id, f"{UNIT}{fitting.id}", fitting.words)


def _loan(loan_id: int) -> LoanFacts:
    found = open_loan(session(), actor().scope(Right.BOOK), loan_id)
    if found is None:
        raise NotFound
    return found


def _page(loan: LoanFacts, form: PurposeForm) -> str:
    scope = actor().scope(Right.SEE_CONCEPTS)
    units = units_for(session(), scope, loan.institution_id, loan.title_id)
    fitting = next((unit for unit in units if unit.fits), None)
    if not form.purpose.data:
        form.purpose.data = _chosen(loan, units, fitting)
    member = Borrower(loan.person_id or 0, "", loan.institution_id, "", loan.centre_id)
    suggested = fitting is not None and form.purpose.data == f"{UNIT}{fitting.id}"
    return render_template(
        "bookings/purpose.html",
        loan=loan,
        panel=PurposePanel(form, purposes_of([member], units), suggested and not loan.has_purpose),
        home=_home(),
    )


def _chosen(loan: LoanFacts, units: Sequence[UnitChoice], fitting: UnitChoice | None) -> str:
    """Return what is chosen at first: what is named, or else the unit that fits."""
    if loan.reason is not None:
        return f"{REASON}{loan.reason.value}"
    named = next((unit for unit in units if loan.unit and unit.words == loan.unit), fitting)
    return "" if named is None else f"{UNIT}{named.id}"


def _answer(loan: Loan) -> dict[str, Any]:
    unit = loan.unit
    words = "" if loan.reason is None else label(loan.reason)
    return {
        "loan": loan.id,
        "unit_id": loan.unit_id,
        "reason": None if loan.reason is None else loan.reason.value,
        "words": {
            "title": loan.holding.title.name,
            "purpose": words if unit is None else f"{unit.number} {unit.name}".strip(),
        },
    }


def _home() -> str:
    return "/mine" if actor().may(Right.RESERVE) else "/desk"
