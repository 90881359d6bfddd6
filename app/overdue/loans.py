"""One loan for staff: what is to be known of it, renewing it to a day, putting reminders off."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.answers import accepted, earlier_answer, keep_answer, refused, wants_json
from app.dates import day
from app.money import euros
from app.overdue.centre import lending_scope
from app.overdue.forms import ExtendForm, SnoozeForm
from app.overdue.rows import level_words
from app.reasons import About, Reason, reasons
from app.refusals import coded
from app.security import requires
from app.sessions import session
from app.today import midnight, now, today
from app.visitor import actor
from database.unit_of_work import unit_of_work
from loans.errors import Refused, RefusedError
from loans.models.loan import Loan, Reminder
from loans.operations.renew import RenewalWish, renew_for_borrower
from loans.operations.snooze import Snooze, snooze
from loans.operations.undo_renewal import undo_renewal
from loans.queries.fees import fee_of
from loans.queries.loan_page import loan_within, reminders_of
from loans.queries.loans import LoanFacts, loan_facts
from loans.queries.renewal_acts import own_renewals
from loans.queries.renewals import Asked, renewals_of_people
from loans.queries.viewpoint import Viewpoint, Where, viewpoint_of
from loans.rules.codes import may_override
from loans.rules.renewals import Renewal
from schools.rules.roles import Right

loans = Blueprint("overdue_loans", __name__)


@dataclass(frozen=True, slots=True)
class Extending:
    """What is to be said about renewing a loan.

    Attributes:
        until: the new day by the terms; None if something stands against it.
        free_until: the last day on which nobody else needs it; None if that is not what stands
            against it.
        reasons: what stands against it, with who may overrule each.
        may_overrule: the visitor may overrule all of it.
        may_undo: the visitor renewed it today.
    """

    until: date | None
    free_until: date | None
    reasons: tuple[Reason, ...]
    may_overrule: bool
    may_undo: bool


@loans.get("/loans/<int:loan_id>")
@requires(Right.LEND)
def loan_page(loan_id: int) -> ResponseReturnValue:
    """Show a loan with its reminders; an open one can be renewed and put off here."""
    return _page(loan_id)


@loans.post("/loans/<int:loan_id>/extend")
@requires(Right.LEND)
def extend(loan_id: int) -> ResponseReturnValue:
    """Renew a loan by the terms, or to a day that was chosen."""
    form = ExtendForm()
    if not form.validate():
        return _page(loan_id, extending=form), 422
    wish = RenewalWish(loan_id, form.until.data, form.against.data or "")
    try:
        with unit_of_work(session()):
            answer = earlier_answer()
            if answer is None:
                loan = renew_for_borrower(session(), wish, actor(), today(), now())
                answer = {"loan": loan.id, "due_on": str(loan.due_on)}
                keep_answer(answer)
    except RefusedError as error:
        if wants_json():
            return refused(coded(error.refusals))
        return _page(loan_id, extending=form, against=error.refusals), 409
    if wants_json():
        return accepted(answer)
    until = day(date.fromisoformat(answer["due_on"]), "weekday")
    flash(_("Renewed until %(day)s.", day=until), "success")
    return redirect(f"/loans/{loan_id}", 303)


@loans.post("/loans/<int:loan_id>/extend/undo")
@requires(Right.LEND)
def take_back(loan_id: int) -> ResponseReturnValue:
    """Take back one's own renewal of today."""
    with unit_of_work(session()):
        answer = earlier_answer()
        if answer is None:
            since = midnight(today())
            loan = undo_renewal(session(), loan_id, actor(), since, now())
            answer = {"loan": loan.id, "due_on": str(loan.due_on)}
            keep_answer(answer)
    if wants_json():
        return accepted(answer)
    until = day(date.fromisoformat(answer["due_on"]), "weekday")
    flash(_("The renewal is undone; it is due on %(day)s again.", day=until), "success")
    return redirect(f"/loans/{loan_id}", 303)


@loans.post("/loans/<int:loan_id>/snooze")
@requires(Right.LEND)
def pause(loan_id: int) -> ResponseReturnValue:
    """Put the reminders of a loan off until a day, for a reason."""
    form = SnoozeForm()
    if not form.validate():
        return _page(loan_id, pausing=form), 422
    _snooze(Snooze(loan_id, form.until.data, form.reason.data))
    until = day(form.until.data, "weekday")
    flash(_("No reminders of this loan until %(day)s.", day=until), "success")
    return redirect(f"/loans/{loan_id}", 303)


@loans.post("/loans/<int:loan_id>/snooze/end")
@requires(Right.LEND)
def resume(loan_id: int) -> ResponseReturnValue:
    """Let the reminders of a loan come again."""
    _snooze(Snooze(loan_id, None))
    flash(_("Reminders of this loan come again."), "success")
    return redirect(f"/loans/{loan_id}", 303)


def _snooze(wish: Snooze) -> None:
    with unit_of_work(session()):
        if earlier_answer() is None:
            snooze(session(), wish, actor(), today(), now())
            keep_answer({"loan": wish.loan_id})


def _page(
    loan_id: int,
    *,
    extending: ExtendForm | None = None,
    pausing: SnoozeForm | None = None,
    against: tuple[Refused, ...] = (),
) -> str:
    loan = loan_within(session(), lending_scope(), loan_id)
    if loan is None:
        raise NotFound
    is_out = loan.returned_on is None and loan.received_on is None and not loan.placed
    view = _view(loan)
    return render_template(
        "overdue/loan.html",
        loan=loan,
        is_out=is_out,
        days_late=loan_facts(loan).days_late(today()) if loan.returned_on is None else 0,
        fee=fee_of(view, loan_facts(loan), today()) if is_out else 0,
        reminders=list(_told(reminders_of(session(), lending_scope(), loan))),
        extending=_extending(view, loan, against) if is_out and loan.person_id else None,
        extend_form=extending or ExtendForm(formdata=None),
        snooze_form=pausing or SnoozeForm(formdata=None),
        euros=euros,
        is_paused=loan.snoozed_until is not None and loan.snoozed_until >= today(),
    )


def _view(loan: Loan) -> Viewpoint:
    where = Where(loan.centre_id, institution_id=loan.institution_id)
    return viewpoint_of(session(), lending_scope(), where, today(), now())


def _extending(view: Viewpoint, loan: Loan, against: tuple[Refused, ...]) -> Extending:
    facts = loan_facts(loan)
    answer = _answer(view, loan, facts)
    stands = against or answer.refused
    about = About(loan.institution_id, loan.holding_id)
    rights = frozenset(right for right in (Right.OVERRIDE,) if actor().may(right))
    own = own_renewals(session(), actor(), [facts], midnight(today()))
    return Extending(
        until=answer.due_on,
        free_until=_free_until(answer),
        reasons=tuple(reasons(stands, about)),
        may_overrule=bool(stands) and may_override(stands, rights),
        may_undo=loan.id in own,
    )


def _answer(view: Viewpoint, loan: Loan, facts: LoanFacts) -> Renewal:
    blocked = loan.person is not None and loan.person.blocked
    asked = Asked({loan.person_id or 0: blocked})
    return renewals_of_people(session(), view, asked, [facts]).get(loan.id) or Renewal(None)


def _free_until(answer: Renewal) -> date | None:
    for refusal in answer.refused:
        until = refusal.facts.get("until")
        if refusal.code == "BOOKED" and isinstance(until, date):
            return until
    return None


def _told(reminders: Iterable[Reminder]) -> Iterator[tuple[str, date, date, bool]]:
    for each in reminders:
        yield level_words(each.level), each.written_on, each.due_on, each.printed_at is not None
