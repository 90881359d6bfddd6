"""Serve a person from now on: by card, by a booking, or chosen from a list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from loans.errors import NotFoundError
from loans.models.booking import Booking
from loans.models.desk_session import DeskScan, ScanOutcome
from loans.operations.end_desk import for_new_customer, left_open
from loans.operations.keep_log import (
    Facts,
    Line,
    Turn,
    close_question,
    note,
    open_desk,
    open_questions,
    reached_branch,
)
from loans.operations.lock import lock
from loans.operations.park import take_up_for
from loans.operations.serve_copy import lend_here, thing_of
from loans.operations.set_mode import RETURNING
from loans.queries.borrowers import Borrower, memberships_of
from loans.rules.desk import DeskAct
from schools.models.institution import Institution
from schools.models.person import Membership
from schools.rules.roles import Actor, Scope


@dataclass(frozen=True, slots=True)
class Chosen:
    """A person with the institution acted for, as chosen from a list at a counter."""

    person_id: int
    institution_id: int
    branch_id: int
    idem: str


def choose_person(
    session: Session, chosen: Chosen, by: Actor, today: date, now: datetime
) -> DeskScan:
    """Serve a person chosen from a list, as if the card had been scanned.

    Raises:
        loans.errors.NotFoundError: the person does not act for the institution, or it or the
            branch lies out of reach.
    """
    branch = reached_branch(session, by, chosen.branch_id)
    desk = open_desk(session, by, branch, now)
    turn = Turn(session, branch, desk, by, today, now, idem=chosen.idem)
    return serve_for(turn, chosen.person_id, chosen.institution_id)


def serve_person(turn: Turn, person_id: int, booking: Booking | None = None) -> DeskScan:
    """Serve a person; a person of several institutions is asked for which.

    Somebody else's session ends; one in which the person was parked goes on. Copies that wait
    for their person are lent.

    Args:
        turn: the turn.
        person_id: who acts, or acted, for an institution of the centre.
        booking: the booking that was scanned; it says for which institution.
    """
    served = turn.desk.person_id == person_id
    before, turn = turn, _at_their_desk(turn, person_id)
    held = _institutions(turn, person_id)
    known = turn.desk.institution_id if turn.desk.person_id == person_id else None
    again = served and known is not None and booking is None
    turn.desk.person_id = person_id
    if booking is not None:
        turn.desk.booking_id, turn.desk.institution_id = booking.id, booking.institution_id
    elif known is None and len(held) == 1:
        turn.desk.institution_id = held[0].institution_id
    left = _left_behind(before, turn)
    if turn.desk.institution_id is None:
        _drop_choice(turn)
        facts = _choices(held) | ({"left": left} if left else {})
        return note(turn, Line(DeskAct.PERSON, ScanOutcome.QUESTION, facts))
    outcome = ScanOutcome.AGAIN if again else ScanOutcome.DONE
    return _greet(turn, _line(turn, booking, outcome, left))


def serve_for(turn: Turn, person_id: int, institution_id: int) -> DeskScan:
    """Serve a person for a certain institution.

    Raises:
        loans.errors.NotFoundError: the person does not act for it, or it lies out of reach.
    """
    before, turn = turn, _at_their_desk(turn, person_id)
    held = {each.institution_id for each in _institutions(turn, person_id)}
    if institution_id not in held:
        raise NotFoundError("person", person_id)
    if turn.desk.institution_id != institution_id:
        turn.desk.booking_id = None
    turn.desk.person_id, turn.desk.institution_id = person_id, institution_id
    left = _left_behind(before, turn)
    return _greet(turn, _line(turn, None, ScanOutcome.DONE, left))


def _at_their_desk(turn: Turn, person_id: int) -> Turn:
    if turn.desk.person_id == person_id:
        return turn
    taken_up = take_up_for(turn, person_id)
    if taken_up is not None:
        return taken_up
    return turn if turn.desk.person_id is None else for_new_customer(turn)


def _left_behind(before: Turn, turn: Turn) -> list[str]:
    """Return the titles of what was not lent to whoever was served before."""
    return [] if turn.desk is before.desk else left_open(before)


def _institutions(turn: Turn, person_id: int) -> list[Borrower]:
    """Return for whom a person acts; where all memberships are over, the latest of them."""
    branch = turn.branch
    ours = Scope(centre_ids=frozenset({branch.centre_id}))
    held = list(memberships_of(turn.session, ours, person_id, turn.today))
    if held:
        return held
    row = turn.session.execute(
        select(Institution.id, Institution.name)
        .join(Membership, Membership.institution_id == Institution.id)
        .where(Membership.person_id == person_id, Institution.centre_id == branch.centre_id)
        .order_by(Membership.last.desc(), Membership.id.desc())
        .limit(1)
    ).first()
    return [] if row is None else [Borrower(person_id, "", row.id, row.name, branch.centre_id)]


def _choices(held: Iterable[Borrower]) -> Facts:
    return {"choices": [{"id": each.institution_id, "name": each.institution} for each in held]}


def _line(turn: Turn, booking: Booking | None, outcome: ScanOutcome, left: Sequence[str]) -> Line:
    school = turn.session.get_one(Institution, turn.desk.institution_id)
    facts: Facts = {"mode": turn.desk.mode.value, "school": school.short_name or school.name}
    if left:
        facts["left"], outcome = list(left), ScanOutcome.AGAIN
    if booking is None:
        return Line(DeskAct.PERSON, outcome, facts)
    return Line(DeskAct.BOOKING, outcome, {**facts, "booking": booking.number})


def _greet(turn: Turn, line: Line) -> DeskScan:
    """Write the person's line, and lend what waited for them: then that is the main line."""
    _drop_choice(turn)
    waiting = [row for row in open_questions(turn) if row.act == DeskAct.WHOSE]
    if not waiting or turn.desk.mode in RETURNING:
        return note(turn, line)
    row = note(turn, line, main=False)
    _lock_all(turn, [each.copy_id for each in waiting if each.copy_id is not None])
    for place, each in enumerate(waiting, start=1):
        close_question(each)
        row = note(turn, lend_here(turn, thing_of(each)), main=place == len(waiting))
    return row


def _drop_choice(turn: Turn) -> None:
    for row in open_questions(turn):
        if row.act == DeskAct.PERSON:
            close_question(row)


def _lock_all(turn: Turn, copy_ids: list[int]) -> None:
    """Take the locks of several loans in the one order, before the first person's."""
    query = select(Copy.holding_id).where(Copy.id.in_(copy_ids))
    lock(turn.session, Holding, set(turn.session.scalars(query)))
    lock(turn.session, Copy, copy_ids)
