"""Holds: one's own, one with what can be done about it, and the queue of a holding for staff."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.addresses import local_path
from app.answers import accepted, earlier_answer, invalid, keep_answer, refused, wants_json
from app.forms import Form
from app.hold_rows import TONES, hold_rows, mark, ready_words
from app.holds.forms import DaysForm, LimitForm, MoveForm, PauseForm, PutBackForm, ReasonForm
from app.refusals import coded, sentences
from app.reserving_choices import purposes_of, units_of
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from database.unit_of_work import unit_of_work
from loans.errors import RefusedError
from loans.operations.change_hold import HoldChange, HoldStep, change_hold
from loans.operations.take_days import take_days
from loans.queries.borrowers import memberships_of
from loans.queries.holds import HoldFacts, hold_within, holds_of_person
from schools.rules.roles import Right
from schools.vocabularies.media_types import media_type

holds = Blueprint("holds", __name__)

SAID = {
    HoldStep.SUSPEND: lambda: _("Paused. Nobody loses their place by that."),
    HoldStep.RESUME: lambda: _("You wait again, at your old place."),
    HoldStep.LIMIT: lambda: _("Saved."),
    HoldStep.CANCEL: lambda: _("The hold is cancelled."),
    HoldStep.MOVE: lambda: _("Moved."),
    HoldStep.PUT_BACK: lambda: _("The hold waits again at its old place; the copy is free."),
}


@holds.get("/holds")
@requires(Right.RESERVE)
def own_holds() -> ResponseReturnValue:
    """List what the visitor waits for, what is ready on top, and what is over."""
    found = holds_of_person(session(), actor().person_id or 0, now())
    coming = [each for each in found if each.is_open]
    over = [each for each in found if not each.is_open]
    return render_template("holds/own.html", coming=hold_rows(coming), over=hold_rows(over))


@holds.get("/holds/<int:hold_id>")
@requires(Right.BOOK)
def hold_page(hold_id: int) -> ResponseReturnValue:
    """Show a hold: where it stands, what happens next, and what can be done about it."""
    return _page(_hold(hold_id), {}), 200


@holds.post("/holds/<int:hold_id>/pause")
@requires(Right.BOOK)
def pause(hold_id: int) -> ResponseReturnValue:
    """Pass a hold over until a day; it keeps its place."""
    form = PauseForm()
    if not form.validate():
        return _page(_hold(hold_id), {"pause": form}), 422
    change = HoldChange(hold_id, HoldStep.SUSPEND, day=form.until.data)
    return _change(change, {"pause": form}, form.until)


@holds.post("/holds/<int:hold_id>/resume")
@requires(Right.BOOK)
def resume(hold_id: int) -> ResponseReturnValue:
    """Let a paused hold be served again."""
    return _change(HoldChange(hold_id, HoldStep.RESUME), {})


@holds.post("/holds/<int:hold_id>/limit")
@requires(Right.BOOK)
def limit(hold_id: int) -> ResponseReturnValue:
    """Say after which day a hold is not needed any more."""
    form = LimitForm()
    if not form.validate():
        return _page(_hold(hold_id), {"limit": form}), 422
    change = HoldChange(hold_id, HoldStep.LIMIT, day=form.not_after.data)
    return _change(change, {"limit": form}, form.not_after)


@holds.post("/holds/<int:hold_id>/cancel")
@requires(Right.BOOK)
def cancel(hold_id: int) -> ResponseReturnValue:
    """Cancel a hold; what was kept for it serves the next."""
    form = ReasonForm()
    if not form.validate():
        return _page(_hold(hold_id), {"reason": form}), 422
    change = HoldChange(hold_id, HoldStep.CANCEL, reason=form.reason.data or "")
    return _change(change, {})


@holds.post("/holds/<int:hold_id>/days")
@requires(Right.BOOK)
def days(hold_id: int) -> ResponseReturnValue:
    """Book the days a hold is for, now that they are free."""
    found, form = _hold(hold_id), DaysForm()
    _offer(form, found)
    if not form.validate():
        return _page(found, {"days": form}), 422
    try:
        with unit_of_work(session()):
            answer = earlier_answer()
            if answer is None:
                booking = take_days(session(), form.wish(hold_id), actor(), today(), now())
                answer = {"number": booking.number}
                keep_answer(answer)
    except RefusedError as error:
        if wants_json():
            return refused(coded(error.refusals))
        form.form_errors = sentences(error.refusals)
        return _page(_hold(hold_id), {"days": form}), 409
    if wants_json():
        return accepted(answer, made=True)
    return redirect(f"/bookings/{answer['number']}?made=1", 303)


@holds.post("/holds/<int:hold_id>/move")
@requires(Right.RESERVE_FOR_OTHERS)
def move(hold_id: int) -> ResponseReturnValue:
    """Give a hold another place in its queue."""
    form, found = MoveForm(), _hold(hold_id)
    if not form.validate():
        flash(_("Choose where it goes."), "warning")
        return redirect(_queue(found), 303)
    change = HoldChange(hold_id, HoldStep.MOVE, move=form.chosen())
    return _change(change, {}, back=_queue(found))


@holds.post("/holds/<int:hold_id>/put-back")
@requires(Right.RESERVE_FOR_OTHERS)
def put_back(hold_id: int) -> ResponseReturnValue:
    """Let a hold wait again for which a copy was kept, with a reason; the copy is free."""
    form, found = PutBackForm(), _hold(hold_id)
    if not form.validate():
        return invalid(form) if wants_json() else (_page(found, {"put_back": form}), 422)
    change = HoldChange(hold_id, HoldStep.PUT_BACK, reason=form.reason.data)
    return _change(change, {}, back=_queue(found))


def _change(
    change: HoldChange,
    forms: dict[str, Form],
    field: Any = None,  # noqa: ANN401  # WTForms has no types
    back: str = "",
) -> ResponseReturnValue:
    """Change a hold, once for each key; say it, or every reason against it."""
    try:
        with unit_of_work(session()):
            answer = earlier_answer()
            if answer is None:
                hold = change_hold(session(), change, actor(), today(), now())
                answer = {"hold": hold.id, "state": hold.state.value, "rank": hold.rank}
                keep_answer(answer)
    except RefusedError as error:
        return _not_changed(change, forms, field, error)
    if wants_json():
        return accepted(answer)
    flash(SAID[change.step](), "success")
    return redirect(back or url_for("holds.hold_page", hold_id=change.hold_id), 303)


def _not_changed(
    change: HoldChange,
    forms: dict[str, Form],
    field: Any,  # noqa: ANN401  # WTForms has no types
    error: RefusedError,
) -> ResponseReturnValue:
    if wants_json():
        return refused(coded(error.refusals))
    found = _hold(change.hold_id)
    if field is None:
        return _page(found, forms, faults=sentences(error.refusals)), 409
    field.errors = sentences(error.refusals)
    return _page(found, forms), 409


def _hold(hold_id: int) -> HoldFacts:
    found = hold_within(session(), actor().scope(Right.BOOK), hold_id)
    if found is None:
        raise NotFound
    return found


def _queue(found: HoldFacts) -> str:
    return url_for("hold_queues.queue", holding_id=found.holding_id)


def _page(found: HoldFacts, forms: dict[str, Form], faults: list[str] | None = None) -> str:
    days_form = forms.get("days") or DaysForm(formdata=None)
    if isinstance(days_form, DaysForm):
        _offer(days_form, found)
    staff = actor().scope(Right.RESERVE_FOR_OTHERS).covers_centre(found.centre_id)
    own = found.person_id == actor().person_id
    return render_template(
        "holds/hold.html",
        hold=found,
        kind=media_type(found.type_code).kind.value,
        standing=mark(found),
        tone=TONES[found.state],
        ready=ready_words(found),
        own=own,
        staff=staff,
        made="made" in request.args and found.is_open,
        back=local_path(request.args.get("back"), ""),
        faults=faults or [],
        pause_form=forms.get("pause") or PauseForm(formdata=None, until=found.suspended_until),
        limit_form=forms.get("limit") or LimitForm(formdata=None, not_after=found.not_after),
        put_back_form=forms.get("put_back") or PutBackForm(formdata=None),
        reason_form=forms.get("reason") or ReasonForm(formdata=None),
        days_form=days_form,
    )


def _offer(form: DaysForm, found: HoldFacts) -> None:
    """Let the units of the school be chosen that the person may book for."""
    if found.period is None or not found.is_open:
        return
    scope = actor().scope(Right.BOOK)
    members = [
        each
        for each in memberships_of(session(), scope, found.person_id, today())
        if each.institution_id == found.institution_id
    ]
    form.offer(purposes_of(members, units_of(members, found.title_id)))
