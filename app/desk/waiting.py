"""What waits at a branch: copies set aside, those under way, those to be looked over."""

from math import ceil

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.addressed import number_named
from app.answers import accepted, earlier_answer, keep_answer, refused, wants_json
from app.desk.page import chosen_counter
from app.paging import asked_page
from app.refusals import coded, sentences
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from database.unit_of_work import unit_of_work
from loans.errors import RefusedError
from loans.operations.abort_transit import abort_transit
from loans.queries import holds as hold_pages
from loans.queries import under_way as ways
from loans.queries.desk import Counter, counters, current_desk
from loans.queries.holds import kept_at, queues_within
from loans.queries.under_way import received, under_way
from schools.rules.roles import Right

desk_waiting = Blueprint("desk_waiting", __name__)


@desk_waiting.get("/desk/holds")
@requires(Right.LEND)
def holds() -> ResponseReturnValue:
    """Show what is set aside at a branch or on its way there, and every queue of the centre."""
    known, branch_id = _counters()
    scope, page = actor().scope(Right.LEND), asked_page()
    queues, total = queues_within(session(), scope, page)
    return render_template(
        "desk/holds.html",
        counters=known,
        branch_id=branch_id,
        kept=kept_at(session(), scope, branch_id),
        queues=queues,
        total=total,
        page=page,
        last=_last(total, hold_pages.PAGE),
    )


@desk_waiting.get("/desk/transits")
@requires(Right.LEND)
def transits() -> ResponseReturnValue:
    """Show what is under way to and from a branch."""
    known, branch_id = _counters()
    page = asked_page()
    found, total = under_way(session(), actor().scope(Right.LEND), branch_id, page)
    return render_template(
        "desk/transits.html",
        counters=known,
        branch_id=branch_id,
        transits=found,
        total=total,
        page=page,
        last=_last(total, ways.PAGE),
    )


@desk_waiting.post("/desk/transits/<int:transit_id>/abort")
@requires(Right.LEND)
def abort(transit_id: int) -> ResponseReturnValue:
    """Abort a transit: the copy stands where it was sent from."""
    try:
        with unit_of_work(session()):
            answer = earlier_answer()
            if answer is None:
                copy = abort_transit(session(), transit_id, actor(), today(), now())
                answer = {"copy": copy.id, "barcode": copy.barcode, "state": copy.state.value}
                keep_answer(answer)
    except RefusedError as error:
        if wants_json():
            return refused(coded(error.refusals))
        flash(" ".join(sentences(error.refusals)), "warning")
        return redirect(_back("desk_waiting.transits"), 303)
    if wants_json():
        return accepted(answer)
    flash(
        _("%(code)s stands where it was sent from. A scan sends it again.", code=answer["barcode"])
    )
    return redirect(_back("desk_waiting.transits"), 303)


@desk_waiting.get("/desk/received")
@requires(Right.LEND)
def received_copies() -> ResponseReturnValue:
    """Show what was received at a branch and waits to be looked over."""
    known, branch_id = _counters()
    page = asked_page()
    found, total = received(session(), actor().scope(Right.LEND), branch_id, page)
    return render_template(
        "desk/received.html",
        counters=known,
        branch_id=branch_id,
        copies=found,
        total=total,
        page=page,
        last=_last(total, ways.PAGE),
    )


def _counters() -> tuple[tuple[Counter, ...], int]:
    """Return the visitor's branches, and the one named, served last, or first.

    Raises:
        werkzeug.exceptions.NotFound: the branch named is none of them.
    """
    known = counters(session(), actor().scope(Right.LEND))
    named = number_named("branch")
    if named is not None and named not in {each.branch_id for each in known}:
        raise NotFound
    desk = current_desk(session(), actor().account_id, now())
    return known, chosen_counter(known, named, desk)


def _last(total: int, size: int) -> int:
    return max(1, ceil(total / size))


def _back(endpoint: str) -> str:
    branch = request.form.get("branch", "")
    return url_for(endpoint, branch=branch if branch.isdecimal() else None)
