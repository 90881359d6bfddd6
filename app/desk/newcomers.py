"""Somebody without a card is taken in at the desk and served at once."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.answers import invalid, wants_json
from app.desk.answering import answered, branch_of, shown
from app.desk.newcomer_form import NewcomerForm
from app.desk.page import desk_page
from app.labels import label
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from loans.models.desk_session import DeskScan
from loans.operations.serve_person import Chosen, choose_person
from loans.queries.borrowers import people_like
from schools.errors import RefusedError
from schools.operations.join_provisionally import Newcomer, join_provisionally
from schools.queries.institutions import InstitutionFacts, institutions_called
from schools.rules.roles import Right

newcomers = Blueprint("newcomers", __name__)

MOST_SCHOOLS = 8


@newcomers.post("/desk/people")
@requires(Right.LEND)
def take_in() -> ResponseReturnValue:
    """Make a person with a membership for four weeks, and serve them."""
    form = NewcomerForm()
    if not form.validate():
        return _asked_again(form, 422)
    school = _school(form)
    if school is None:
        return _asked_again(form, 422)
    try:
        return answered(lambda: _take_in(form, school))
    except RefusedError as error:
        form.form_errors = [label(reason) for reason in error.reasons]
        return _asked_again(form, 409)


def _take_in(form: NewcomerForm, school: InstitutionFacts) -> DeskScan:
    wish = Newcomer(form.person("de"), school.id)
    person = join_provisionally(session(), wish, actor(), today(), now())
    chosen = Chosen(person.id, school.id, branch_of(form.branch.data), form.idem.data or "")
    return choose_person(session(), chosen, actor(), today(), now())


def _school(form: NewcomerForm) -> InstitutionFacts | None:
    """Return the one school that was meant; with none or several the form asks again."""
    scope = actor().scope(Right.LEND)
    found = institutions_called(session(), scope, form.school.data, MOST_SCHOOLS)
    chosen = [each for each in found if each.id == form.institution.data]
    if len(found) == 1 or chosen:
        return (chosen or found)[0]
    if found:
        form.schools = found
        form.school.errors = [_("Several schools are called so. Choose one below.")]
    else:
        form.school.errors = [_("No school here is called so. Check the number or the letters.")]
    return None


def _asked_again(form: NewcomerForm, status: int) -> ResponseReturnValue:
    if wants_json():
        return invalid(form)
    name = form.name.data or ""
    found = people_like(session(), actor().scope(Right.LEND), name, today())
    page = desk_page(branch_of(form.branch.data), found=found, asked=name, newcomer=form)
    return shown(page), status
