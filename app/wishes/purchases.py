"""Staff see what the centre is short of, and answer wishes for purchase."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.answers import accepted, earlier_answer, invalid, keep_answer, wants_json
from app.dates import language
from app.exports import csv_answer
from app.paging import asked_page
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from app.wishes.forms import AnswerForm
from app.wishes.words import TONES
from catalogue.queries.stock_lists import ListedTitle, TitleFilter, titles_within
from database.unit_of_work import unit_of_work
from loans.errors import ChangedMeanwhileError
from loans.operations.answer_wish import answer_wish
from loans.queries.purchases import WishFacts, wish_within, wishes_of_centre
from loans.queries.shortage import Origin, origins, shortages
from loans.rules.purchases import PurchaseState
from schools.rules.grades import grade_label
from schools.rules.pages import last_page
from schools.rules.roles import Right, Scope
from schools.rules.small_counts import FEWEST_SHOWN, is_too_small
from schools.vocabularies.media_types import media_type
from schools.vocabularies.subjects import subject

purchases = Blueprint("purchases", __name__, url_prefix="/purchases")

ROWS = 25
MOST_TITLES = 6
LONGEST_WORDS = 80


@dataclass(frozen=True, slots=True)
class From:
    """Where refusals came from, as outsiders may see it: a small number is not told."""

    words: str
    number: str


@purchases.get("")
@requires(Right.CATALOGUE)
def shortage_list() -> ResponseReturnValue:
    """Rank the titles the centre was short of in the last year, with wishes for more of them."""
    found = shortages(session(), _scope(), today())
    last = last_page(len(found), ROWS)
    page = min(asked_page(), last)
    return render_template(
        "wishes/shortages.html",
        rows=found[(page - 1) * ROWS : page * ROWS],
        total=len(found),
        types={each.type_code: media_type(each.type_code).name(language()) for each in found},
        page=page,
        last=last,
        **_tabs(),
    )


@purchases.get("/shortages.csv")
@requires(Right.CATALOGUE)
def shortage_csv() -> ResponseReturnValue:
    """Give the whole list as a table."""
    head = (
        _("Title"),
        _("Kind of medium"),
        _("Copies to lend"),
        _("Refused"),
        _("Pieces short at once"),
        _("Schools"),
        _("Teaching units"),
        _("Wishes"),
        _("Last refused on"),
    )
    rows = (
        (
            each.title,
            media_type(each.type_code).name(language()),
            each.copies,
            each.refused,
            each.short,
            each.schools,
            each.units,
            each.wishes,
            each.last,
        )
        for each in shortages(session(), _scope(), today())
    )
    return csv_answer(_("Purchase list"), head, rows)


@purchases.get("/titles/<int:title_id>")
@requires(Right.CATALOGUE)
def shortage(title_id: int) -> ResponseReturnValue:
    """Show from which schools and for which subjects a title was missed; no persons."""
    found = {each.title_id: each for each in shortages(session(), _scope(), today())}
    if title_id not in found:
        raise NotFound
    schools, units = origins(session(), _scope(), title_id, today())
    return render_template(
        "wishes/shortage.html",
        row=found[title_id],
        schools=[From(each.words, _number(each)) for each in schools],
        units=[From(_unit_words(each), _number(each)) for each in units],
        fewest=FEWEST_SHOWN,
    )


@purchases.get("/wishes")
@requires(Right.CATALOGUE)
def wish_list() -> ResponseReturnValue:
    """List the wishes of schools, those to answer first."""
    asked = request.args.get("state", "")
    state = PurchaseState(asked) if asked in set(PurchaseState) else None
    page = asked_page()
    found = wishes_of_centre(session(), _scope(), state, page)
    return render_template(
        "wishes/wishes.html",
        found=found,
        state=state,
        states=list(PurchaseState),
        tones=TONES,
        page=page,
        **_tabs(found.counts.get(PurchaseState.OPEN, 0)),
    )


@purchases.get("/wishes/<int:wish_id>")
@requires(Right.CATALOGUE)
def wish(wish_id: int) -> ResponseReturnValue:
    """Show a wish, and the form to answer it."""
    found = _wish(wish_id)
    form = AnswerForm(
        formdata=None,
        state=PurchaseState.ORDERED.value
        if found.state is PurchaseState.OPEN
        else found.state.value,
        sentence=found.answer,
        title=found.title_id or 0,
        version=found.version,
    )
    return _wish_page(found, form), 200


@purchases.post("/wishes/<int:wish_id>")
@requires(Right.CATALOGUE)
def answer(wish_id: int) -> ResponseReturnValue:
    """Answer a wish; whoever wished gets a letter."""
    found = _wish(wish_id)
    form = AnswerForm()
    form.offer(found, ())
    if not form.validate():
        return invalid(form) if wants_json() else (_wish_page(found, form), 422)
    try:
        with unit_of_work(session()):
            said = earlier_answer()
            if said is None:
                done = answer_wish(session(), form.answer(wish_id), actor(), now())
                said = {"id": done.id, "state": done.state.value}
                keep_answer(said)
    except ChangedMeanwhileError:
        session().expire_all()
        current = _wish(wish_id)
        form.version.data, form.version.raw_data = current.version, None
        return _wish_page(current, form, changed=True), 409
    if wants_json():
        return accepted(said)
    flash(_("Saved. Whoever wished gets a letter."), "success")
    return redirect(f"/purchases/wishes/{wish_id}", 303)


def _scope() -> Scope:
    return actor().scope(Right.CATALOGUE)


def _tabs(open_wishes: int | None = None) -> dict[str, object]:
    if open_wishes is None:
        counts = wishes_of_centre(session(), _scope(), PurchaseState.OPEN, 1).counts
        open_wishes = counts.get(PurchaseState.OPEN, 0)
    return {"open_wishes": open_wishes}


def _wish(wish_id: int) -> WishFacts:
    found = wish_within(session(), _scope(), wish_id)
    if found is None:
        raise NotFound
    return found


def _wish_page(found: WishFacts, form: AnswerForm, *, changed: bool = False) -> str:
    asked = request.args.get("find")
    words = (found.what if asked is None else asked)[:LONGEST_WORDS]
    form.offer(found, _titles(words))
    return render_template(
        "wishes/wish.html", wish=found, form=form, words=words, changed=changed, tones=TONES
    )


def _titles(words: str) -> Sequence[ListedTitle]:
    """Return titles of the own catalogue that may have come of a wish."""
    wanted = words.strip()
    if not wanted:
        return ()
    return titles_within(session(), _scope(), TitleFilter(words=wanted), 1, MOST_TITLES)[0]


def _number(origin: Origin) -> str:
    if is_too_small(origin.refused):
        return str(_("under %(number)s", number=FEWEST_SHOWN))
    return str(origin.refused)


def _unit_words(origin: Origin) -> str:
    name = subject(origin.subject).name(language())
    return name if origin.grade is None else f"{name} {grade_label(origin.grade)}"
