"""What stands at schools for good: the list by day of review, and placing something there."""

from datetime import timedelta
from math import ceil

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from app.answers import accepted, earlier_answer, invalid, keep_answer, refused, wants_json
from app.dates import span
from app.desk.loan_forms import PlaceForm, PlacementFilterForm
from app.paging import asked_page
from app.refusals import coded, sentences
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from database.unit_of_work import unit_of_work
from loans.errors import NotFoundError, RefusedError
from loans.operations.place_copy import Placement, place_copy
from loans.queries.loan_pages import PAGE, placements
from schools.queries.institutions import institutions_within
from schools.rules.roles import Right

desk_placements = Blueprint("desk_placements", __name__)

MOST_SCHOOLS = 500
A_YEAR = timedelta(days=365)


@desk_placements.get("/desk/placements")
@requires(Right.LEND)
def placement_list() -> ResponseReturnValue:
    """List what stands at schools for good, the next review on top."""
    form, page = PlacementFilterForm(request.args), asked_page()
    form.validate()
    words = (form.words.data or "")[:100]
    found, total = placements(session(), actor().scope(Right.LEND), words, page)
    return render_template(
        "desk/placements.html",
        form=form,
        placements=found,
        total=total,
        page=page,
        last=max(1, ceil(total / PAGE)),
    )


@desk_placements.get("/desk/placements/new")
@requires(Right.LEND)
def place_form() -> ResponseReturnValue:
    """Show the form that places a copy at a school."""
    code = request.args.get("copy", "")[:60]
    return _page(PlaceForm(formdata=None, barcode=code, review_on=today() + A_YEAR)), 200


@desk_placements.post("/desk/placements")
@requires(Right.LEND)
def place() -> ResponseReturnValue:
    """Place a copy at a school; it leaves the capacity until it is back."""
    form = PlaceForm()
    if not form.validate():
        return invalid(form) if wants_json() else (_page(form), 422)
    try:
        with unit_of_work(session()):
            answer = earlier_answer()
            if answer is None:
                answer = _placed(form)
                keep_answer(answer)
    except NotFoundError as error:
        return _not_found(form, error)
    except RefusedError as error:
        if wants_json():
            return refused(coded(error.refusals))
        form.form_errors = sentences(error.refusals)
        return _page(form), 409
    if wants_json():
        return accepted({"loan": answer["loan"]}, made=True)
    flash(str(answer["said"]), "success")
    return redirect(url_for("desk_loans.loan_page", loan_id=answer["loan"]), 303)


def _placed(form: PlaceForm) -> dict[str, object]:
    wish = Placement(
        barcode=form.barcode.data,
        institution_id=form.school_id(),
        review_on=form.review_on.data,
        class_name=form.room.data or "",
    )
    loan, short = place_copy(session(), wish, actor(), today(), now())
    said = [_("It stands at the school now; it is not lent until it is back.")]
    said += [
        _(
            "Booking %(number)s, %(period)s, lacks a copy now.",
            number=each.number,
            period=span(each.first, each.last),
        )
        for each in short
    ]
    return {"loan": loan.id, "said": " ".join(said)}


def _not_found(form: PlaceForm, error: NotFoundError) -> ResponseReturnValue:
    """Say at its field what was not found."""
    field = form.institution if error.what == "institution" else form.barcode
    field.errors = [
        _("Choose a school that this centre serves.")
        if error.what == "institution"
        else _("No copy of this centre has that number.")
    ]
    return invalid(form) if wants_json() else (_page(form), 422)


def _page(form: PlaceForm) -> str:
    scope = actor().scope(Right.LEND)
    schools, _total = institutions_within(session(), scope, "", 1, MOST_SCHOOLS)
    form.institution.choices = [
        SelectChoice("", _("Please choose")),
        *(SelectChoice(str(each.id), each.name) for each in schools),
    ]
    return render_template("desk/place.html", form=form)
