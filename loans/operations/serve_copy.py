"""Serve a copy that lies on the desk: lend it, take it back, or ask for its parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from catalogue.amounts import counted
from catalogue.models.copy import Part
from catalogue.models.holding import Holding
from catalogue.rules.age_ratings import is_above_typical_age
from catalogue.rules.completeness import Verdict
from loans.errors import Refused, RefusedError
from loans.models.booking import Booking
from loans.models.desk_session import DeskScan, ScanOutcome
from loans.models.loan import Loan
from loans.operations.check_in import BroughtBack, TakenBack, check_in
from loans.operations.check_out import HandOut, check_out
from loans.operations.count_parts import Pieces
from loans.operations.keep_log import Facts, Line, Turn, count_done, was_seen
from loans.operations.note_damage import NOTHING, Found
from loans.operations.tell_return import AT_THE_DESK, HowReturned, facts_of_return, how_returned
from loans.queries.hand_out import open_loan_of, parts_of
from loans.queries.house import Late, house_of
from loans.rules.codes import Refusal
from loans.rules.desk import DeskAct
from loans.rules.returns import ReturnNote
from schools.models.media_concept import TeachingUnit
from schools.vocabularies.age_ratings import age_rating


@dataclass(frozen=True, slots=True)
class OnTheDesk:
    """A copy as it lies on the desk.

    Attributes:
        copy_id: the copy.
        facts: `title`, `barcode` and `shelf`, as on its label.
        reason: why it goes out against the rules, if it does.
        returned: how it comes back, if it does.
    """

    copy_id: int
    facts: Mapping[str, Any]
    reason: str = ""
    returned: HowReturned = AT_THE_DESK


def thing_of(row: DeskScan, reason: str = "") -> OnTheDesk:
    """Return the copy of a line as it lies on the desk."""
    facts = {name: row.facts.get(name, "") for name in ("title", "barcode", "shelf")}
    why = reason or row.facts.get("reason", "")
    return OnTheDesk(row.copy_id or 0, facts, why, how_returned(row))


def lend_here(turn: Turn, thing: OnTheDesk, pieces: Pieces | None = None) -> Line:
    """Lend a copy to the desk's person; ask for a count first where it has parts.

    Args:
        turn: with person and institution known.
        thing: the copy.
        pieces: what was counted; None if nobody counted yet.
    """
    desk = turn.desk
    wish = HandOut(
        copy_id=thing.copy_id,
        person_id=desk.person_id or 0,
        institution_id=desk.institution_id or 0,
        branch_id=desk.branch_id,
        booking_id=desk.booking_id,
        counted=pieces is not None,
        reason=thing.reason,
        in_person=desk.booking_id is None or was_seen(turn),
        due_on=desk.due_on,
    )
    try:
        done = check_out(turn.session, wish, turn.by, turn.today, turn.now)
    except RefusedError as error:
        return _not_lent(turn, thing, error.refusals)
    facts = {
        **thing.facts,
        "due_on": None if done.loan.due_on is None else done.loan.due_on.isoformat(),
        "booking": "" if done.booking is None else done.booking.number,
        "purpose": done.loan.unit_id is not None or done.loan.reason is not None,
        "overruled": [str(reason.code) for reason in done.overruled],
        "promised_from": "" if done.promised_from is None else done.promised_from.isoformat(),
        "put_back": "" if done.put_back is None else done.put_back.person.name,
        "nth": 1 + count_done(turn, DeskAct.LEND),
        **_taken_from(done.taken_from),
        **_too_young(turn, done.loan),
        **_counted(turn, thing, pieces),
    }
    return Line(
        DeskAct.LEND,
        ScanOutcome.DONE,
        facts,
        copy_id=thing.copy_id,
        loan_id=done.loan.id,
        effects=done.effects,
    )


def _taken_from(booking: Booking | None) -> Facts:
    """Return whose picked copy it was, for a calm warning: a pool has others."""
    if booking is None:
        return {}
    school = booking.institution.short_name or booking.institution.name
    first = booking.first.isoformat()
    return {"taken_from": {"number": booking.number, "school": school, "first": first}}


def _too_young(turn: Turn, loan: Loan) -> Facts:
    """Return rating and grade where the unit's class is younger than the rating; it only warns.

    Source:
        docs/rules.md, Lending 2.5.
    """
    holding = turn.session.get_one(Holding, loan.holding_id)
    code = holding.title.age_rating
    if not code or loan.unit_id is None:
        return {}
    grade = turn.session.get_one(TeachingUnit, loan.unit_id).grade
    if not is_above_typical_age(age_rating(code).youngest, grade):
        return {}
    return {"too_young": {"rating": code, "grade": grade}}


def take_back_here(
    turn: Turn, thing: OnTheDesk, pieces: Pieces | None = None, found: Found = NOTHING
) -> Line:
    """Take a copy back; ask for a count first where it was lent with parts.

    Args:
        turn: the turn.
        thing: the copy.
        pieces: what was counted; None if nobody counted yet.
        found: what else is wrong with it.
    """
    how = thing.returned
    branch_id = turn.desk.branch_id
    wish = BroughtBack(
        thing.copy_id,
        branch_id,
        pieces,
        how.dropped_on,
        how.check,
        found,
        comes_late=turn.late_at is not None,
    )
    try:
        done = check_in(turn.session, wish, turn.by, turn.today, turn.now)
    except RefusedError as error:
        return _not_taken_back(turn, thing, error.refusals)
    facts = {
        **thing.facts,
        **facts_of_return(turn, wish, done),
        **_fee(turn, done.loan),
        **_missing(done.verdict),
    }
    nothing = done.loan is None and done.note in _NOTHING_CHANGED and not _has_moved(done)
    return Line(
        DeskAct.RETURN,
        ScanOutcome.AGAIN if nothing else ScanOutcome.DONE,
        facts,
        copy_id=thing.copy_id,
        loan_id=None if done.loan is None else done.loan.id,
        effects=done.effects,
    )


def _has_moved(done: TakenBack) -> bool:
    """Say whether the copy is in another state than before."""
    return any(
        each["kind"] == "copy" and each["before"]["state"] != each["after"]["state"]
        for each in done.effects.get("changed", ())
    )


def _not_taken_back(turn: Turn, thing: OnTheDesk, refused: Sequence[Refused]) -> Line:
    if any(reason.code is Refusal.PARTS_UNCOUNTED for reason in refused):
        return _question_of_parts(turn, DeskAct.RETURN, thing, refused)
    return Line(DeskAct.RETURN, ScanOutcome.REFUSED, thing.facts, refused, thing.copy_id)


def _not_lent(turn: Turn, thing: OnTheDesk, refused: Sequence[Refused]) -> Line:
    codes = {reason.code for reason in refused}
    if codes == {Refusal.PARTS_UNCOUNTED}:
        return _question_of_parts(turn, DeskAct.LEND, thing, refused)
    again = Refusal.ON_LOAN_SAME_PERSON in codes
    outcome = ScanOutcome.AGAIN if again else ScanOutcome.REFUSED
    facts = {**thing.facts, **(_holder(turn, thing) if Refusal.ON_LOAN in codes else {})}
    return Line(DeskAct.LEND, outcome, facts, refused, copy_id=thing.copy_id)


def _holder(turn: Turn, thing: OnTheDesk) -> Facts:
    """Return who has a copy, as the institution, and until when."""
    loan = open_loan_of(turn.session, thing.copy_id)
    if loan is None:
        return {}
    due_on = "" if loan.due_on is None else loan.due_on.isoformat()
    return {"holder": loan.institution.short_name or loan.institution.name, "back_on": due_on}


def _question_of_parts(
    turn: Turn, act: DeskAct, thing: OnTheDesk, refused: Sequence[Refused]
) -> Line:
    """Return the question to count a box, with its parts as they should be found."""
    parts = [_part(part) for part in parts_of(turn.session, thing.copy_id)]
    facts = {**thing.facts, "parts": parts, "reason": thing.reason, **thing.returned.facts()}
    return Line(act, ScanOutcome.QUESTION, facts, refused, copy_id=thing.copy_id)


def _part(part: Part) -> Facts:
    return {
        "id": part.id,
        "name": part.name,
        "count": part.count,
        "there": _there(part),
        "critical": part.critical,
    }


def _counted(turn: Turn, thing: OnTheDesk, pieces: Pieces | None) -> Facts:
    if pieces is None:
        return {}
    parts = parts_of(turn.session, thing.copy_id)
    missing = [counted(part.name, part.missing) for part in parts if part.missing]
    there = sum(_there(part) for part in parts)
    return {
        "counted": there,
        "expected": sum(part.count for part in parts),
        "missing": missing,
        "contents": [counted(part.name, _there(part)) for part in parts if _there(part)],
    }


def _there(part: Part) -> int:
    return part.count - part.missing


def _missing(verdict: Verdict | None) -> Facts:
    if verdict is None:
        return {}
    return {
        "completeness": verdict.completeness.value,
        "missing": [counted(part.name, part.missing) for part in verdict.missing],
    }


def _days_late(turn: Turn, due_on: date | None) -> int:
    return 0 if due_on is None else max(0, (turn.today - due_on).days)


def _fee(turn: Turn, loan: Loan | None) -> Facts:
    """Return what a late return costs, where the terms set a fee.

    Source:
        docs/rules.md, Lending 10.2.
    """
    if loan is None or loan.placed or not _days_late(turn, loan.due_on):
        return {}
    copy = loan.copy
    house = house_of(turn.session, loan.centre_id, turn.today)
    cents = house.fee(
        Late(
            loan.branch_id,
            loan.institution.customer_class,
            copy.holding.title.media_type,
            copy.value_cents,
            loan.due_on,
            loan.received_on or loan.returned_on,
        )
    )
    return {"fee_cents": cents} if cents else {}


_NOTHING_CHANGED = frozenset(
    {
        ReturnNote.NOT_ON_LOAN,
        ReturnNote.STILL_SET_ASIDE,
        ReturnNote.STILL_ON_ITS_WAY,
        ReturnNote.NOT_LENDABLE,
    }
)
