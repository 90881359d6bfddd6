"""A person as the desk sees them: what they have, may borrow, and were shown how to use."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.answers import earlier_answer, keep_answer, once
from app.codes import bars
from app.desk.people_forms import BlockForm, BriefingForm
from app.desk.who import HISTORY
from app.forms import Form
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from database.unit_of_work import unit_of_work
from loans.operations.brief import Briefed, record_briefing, remove_briefing
from loans.queries.briefings import briefings_of
from loans.queries.people import (
    PastThing,
    PersonFacts,
    count_waiting,
    open_bookings,
    open_things,
    past_things,
    person_within,
)
from loans.queries.receipts import receipts_of
from schools.operations.manage_person import Block, block_person, give_card, look_at_history
from schools.rules.roles import Right
from schools.vocabularies.media_types import MediaCategory

desk_people = Blueprint("desk_people", __name__, url_prefix="/desk/people")


@desk_people.get("/<int:person_id>")
@requires(Right.LEND)
def person(person_id: int) -> ResponseReturnValue:
    """Show a person of the own centre."""
    return _page(_found(person_id))


@desk_people.post("/<int:person_id>/history")
@requires(Right.LEND)
def history(person_id: int) -> ResponseReturnValue:
    """Show what a person borrowed in the last months; that somebody looked is noted."""
    found = _found(person_id)
    once(lambda: look_at_history(session(), person_id, actor(), now()))
    past = past_things(session(), actor().scope(Right.LEND), person_id, today() - HISTORY)
    return _page(found, past=past)


@desk_people.post("/<int:person_id>/block")
@requires(Right.LEND)
def block(person_id: int) -> ResponseReturnValue:
    """Keep a person from borrowing, with a reason."""
    found, form = _found(person_id), BlockForm()
    if not form.validate():
        return _page(found, block=form), 422
    _act_once(Block(person_id, form.reason.data))
    flash(_("Blocked. Lending and booking are refused with this reason."), "success")
    return _back(person_id)


@desk_people.post("/<int:person_id>/unblock")
@requires(Right.LEND)
def unblock(person_id: int) -> ResponseReturnValue:
    """Let a person borrow again."""
    _found(person_id)
    _act_once(Block(person_id, None))
    flash(_("No longer blocked."), "success")
    return _back(person_id)


@desk_people.post("/<int:person_id>/briefings")
@requires(Right.LEND)
def brief(person_id: int) -> ResponseReturnValue:
    """Note that a person was briefed for a category of media."""
    found, form = _found(person_id), BriefingForm()
    if not form.validate():
        return _page(found, briefing=form), 422
    category = MediaCategory(form.category.data)
    with unit_of_work(session()):
        if earlier_answer() is None:
            for centre_id in sorted(found.centre_ids):
                done = Briefed(person_id, centre_id, category)
                record_briefing(session(), done, actor(), today(), now())
            keep_answer({"person": person_id})
    flash(_("The briefing is recorded."), "success")
    return _back(person_id)


@desk_people.post("/briefings/<int:briefing_id>/remove")
@requires(Right.LEND)
def unbrief(briefing_id: int) -> ResponseReturnValue:
    """Take a briefing away that was recorded by mistake."""
    with unit_of_work(session()):
        answer = earlier_answer()
        if answer is None:
            answer = {"person": remove_briefing(session(), briefing_id, actor(), now())}
            keep_answer(answer)
    flash(_("The briefing is removed."), "success")
    return _back(answer["person"])


@desk_people.get("/<int:person_id>/card")
@requires(Right.LEND)
def card(person_id: int) -> ResponseReturnValue:
    """Show the card, to be printed anew."""
    found = _found(person_id)
    return render_template("desk/person_card.html", person=found, bars=bars(found.card))


@desk_people.post("/<int:person_id>/card")
@requires(Right.LEND)
def new_card(person_id: int) -> ResponseReturnValue:
    """Give a person who lost the card another number; the old card opens nothing any more."""
    with unit_of_work(session()):
        if earlier_answer() is None:
            give_card(session(), person_id, actor(), now())
            keep_answer({"person": person_id})
    flash(_("There is a new card. The old one is not known any more."), "success")
    return redirect(url_for("desk_people.card", person_id=person_id), 303)


def _found(person_id: int) -> PersonFacts:
    found = person_within(session(), actor().scope(Right.LEND), person_id)
    if found is None:
        raise NotFound
    return found


def _act_once(wish: Block) -> None:
    once(lambda: block_person(session(), wish, actor(), now()))


def _back(person_id: int) -> ResponseReturnValue:
    return redirect(url_for("desk_people.person", person_id=person_id), 303)


def _page(
    found: PersonFacts,
    *,
    block: Form | None = None,
    briefing: Form | None = None,
    past: tuple[PastThing, ...] | None = None,
) -> str:
    scope = actor().scope(Right.LEND)
    receipts, more = receipts_of(session(), scope, 1, found.id)
    return render_template(
        "desk/person.html",
        person=found,
        acts_now=found.acts_now(today()),
        things=open_things(session(), scope, found.id),
        bookings=open_bookings(session(), scope, found.id),
        waiting=count_waiting(session(), scope, found.id),
        briefings=briefings_of(session(), scope, found.id),
        receipts=receipts,
        more_receipts=more,
        past=past,
        block=block or BlockForm(formdata=None),
        briefing=briefing or BriefingForm(formdata=None),
        form_errors=[*(block.errors if block else ()), *(briefing.errors if briefing else ())],
    )
