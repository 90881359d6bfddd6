"""Who has it: what a number, a name or a card answers to, from any page."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from app.answers import earlier_answer, keep_answer
from app.desk.forms import CopyForm, printable
from app.desk.recognise import address_of, recognise
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from catalogue.rules.barcodes import LONGEST_SCAN, CodeKind, readings
from database.unit_of_work import unit_of_work
from loans.queries.borrowers import Borrower, people_like
from loans.queries.scanned import ScannedCopy
from loans.queries.who import CopyNow, PastLoan, copies_like, copies_now, history_of_copy
from loans.queries.who_titles import TitleNow, titles_now, titles_numbered
from schools.operations.manage_person import look_at_history
from schools.rules.roles import Right

desk_who = Blueprint("desk_who", __name__)

HISTORY = timedelta(days=90)
"""Older loans have no person any more at a centre that chose nothing else."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a text may stand for, where it is no single thing."""

    copies: tuple[CopyNow, ...] = ()
    people: tuple[Borrower, ...] = ()
    titles: tuple[TitleNow, ...] = ()


@desk_who.get("/who")
@requires(Right.SEE_STOCK)
def who() -> ResponseReturnValue:
    """Show what answers to a code: a copy's card, a person, a booking, or what it may stand for.

    Words that are no code of ours and nobody's name are looked for in the catalogue.
    """
    code = printable(request.args.get("code"))[:LONGEST_SCAN]
    if not code:
        return render_template("desk/who.html", code="", answers=Answers())
    found = recognise(actor().scope(Right.SEE_STOCK), code)
    if isinstance(found, ScannedCopy):
        return _card(found.id, code)
    address = address_of(found)
    if address:
        return redirect(address)
    answers = _answers(code)
    if len(answers.copies) == 1 and answers == Answers(answers.copies):
        return _card(answers.copies[0].copy_id, code)
    nothing = answers == Answers()
    if nothing and readings(code)[0].kind is CodeKind.UNMARKED:
        return redirect(catalogue_address(code))
    page = render_template(
        "desk/who.html",
        code=code,
        answers=answers,
        nothing=nothing,
        catalogue=catalogue_address(code),
    )
    return page, 404 if nothing else 200


@desk_who.post("/who/history")
@requires(Right.LEND)
def history() -> ResponseReturnValue:
    """Show who had a copy in the last months; each look at a person is noted."""
    form = CopyForm()
    if not form.validate():
        raise NotFound
    copy_id = form.copy.data
    scope = actor().scope(Right.LEND)
    since = today() - HISTORY
    with unit_of_work(session()):
        past = history_of_copy(session(), scope, copy_id, since)
        if earlier_answer() is None:
            for person_id in sorted({each.person_id for each in past if each.person_id}):
                look_at_history(session(), person_id, actor(), now())
            keep_answer({})
    return _card(copy_id, "", past)


def catalogue_address(words: str) -> str:
    """Return where words are looked for in the catalogue."""
    return f"/search?{urlencode({'words': words})}"


def _card(
    copy_id: int, code: str, named: tuple[PastLoan, ...] | None = None
) -> ResponseReturnValue:
    scope = actor().scope(Right.SEE_STOCK)
    copies = copies_now(session(), scope, {copy_id}, today())
    if not copies:
        raise NotFound
    past = named
    if past is None:
        past = history_of_copy(session(), scope, copy_id, today() - HISTORY)
    return render_template(
        "desk/card.html",
        code=code or copies[0].barcode,
        copy=copies[0],
        past=past,
        with_names=named is not None,
        may_lend=actor().may(Right.LEND),
        may_edit=actor().may(Right.CATALOGUE),
    )


def _answers(code: str) -> Answers:
    scope = actor().scope(Right.SEE_STOCK)
    copy_ids = copies_like(session(), scope, code)
    title_ids = titles_numbered(session(), scope, code)
    return Answers(
        copies=copies_now(session(), scope, copy_ids, today()) if copy_ids else (),
        people=people_like(session(), actor().scope(Right.LEND), code, today()),
        titles=titles_now(session(), scope, title_ids, today()) if title_ids else (),
    )
