"""Brief: somebody was shown how to use what needs a briefing, and may borrow it from now on."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from database.audit import Change, Subject, record
from loans.errors import NotFoundError
from loans.models.briefing import Briefing
from loans.models.desk_session import DeskScan, ScanOutcome
from loans.operations.keep_log import Line, Turn, close_question, note
from loans.operations.serve_copy import lend_here, thing_of
from loans.queries.people import centres_of_person
from loans.rules.codes import Refusal
from loans.rules.desk import DeskAct
from schools.rules.roles import Actor, Right
from schools.vocabularies.media_types import MediaCategory, media_type


@dataclass(frozen=True, slots=True)
class Briefed:
    """Somebody was briefed by a centre for a category of media."""

    person_id: int
    centre_id: int
    category: MediaCategory


def record_briefing(
    session: Session, done: Briefed, by: Actor, today: date, now: datetime
) -> bool:
    """Note that somebody was briefed; it does not run out.

    Returns:
        False if it was noted before.

    Raises:
        loans.errors.NotFoundError: the centre, or the person at it, lies out of reach.

    Source:
        docs/rules.md, Lending 2.1.
    """
    scope = by.scope(Right.LEND)
    if not scope.covers_centre(done.centre_id):
        raise NotFoundError("centre", done.centre_id)
    if done.centre_id not in centres_of_person(session, scope, done.person_id):
        raise NotFoundError("person", done.person_id)
    known = select(Briefing.id).where(
        Briefing.person_id == done.person_id,
        Briefing.centre_id == done.centre_id,
        Briefing.media_category == done.category.value,
    )
    if session.scalar(known) is not None:
        return False
    row = Briefing(
        person_id=done.person_id,
        centre_id=done.centre_id,
        media_category=done.category.value,
        given_on=today,
        given_by=by.account_id,
    )
    session.add(row)
    session.flush()
    _record(session, row, Change("brief", after=_facts(row)), by, now)
    return True


def remove_briefing(session: Session, briefing_id: int, by: Actor, now: datetime) -> int:
    """Take a briefing away, as if it had not been given; returns whose it was.

    Raises:
        loans.errors.NotFoundError: no such briefing within reach.
    """
    row = session.get(Briefing, briefing_id)
    if row is None or not by.scope(Right.LEND).covers_centre(row.centre_id):
        raise NotFoundError("briefing", briefing_id)
    person_id = row.person_id
    _record(session, row, Change("remove_briefing", before=_facts(row)), by, now)
    session.delete(row)
    return person_id


def brief_newest(turn: Turn) -> DeskScan:
    """Brief the person served for the copy refused last for want of it, and lend that."""
    rows = turn.session.scalars(
        select(DeskScan)
        .where(DeskScan.session_id == turn.desk.id, DeskScan.act == DeskAct.LEND.value)
        .where(DeskScan.outcome == ScanOutcome.REFUSED)
        .order_by(DeskScan.id.desc())
    )
    for row in rows:
        if wants_briefing(row):
            return brief_for(turn, row)
    return note(turn, Line(DeskAct.BRIEFED, ScanOutcome.AGAIN))


def brief_for(turn: Turn, row: DeskScan) -> DeskScan:
    """Brief the person served for the copy of a refused line, and lend it."""
    if not wants_briefing(row) or turn.desk.person_id is None or row.copy_id is None:
        return note(turn, Line(DeskAct.BRIEFED, ScanOutcome.AGAIN))
    copy = turn.session.get_one(Copy, row.copy_id)
    category = media_type(copy.holding.title.media_type).category
    done = Briefed(turn.desk.person_id, copy.centre_id, category)
    record_briefing(turn.session, done, turn.by, turn.today, turn.now)
    thing = thing_of(row)
    line = lend_here(turn, replace(thing, facts={**thing.facts, "briefed": True}))
    close_question(row)
    return note(turn, line)


def wants_briefing(row: DeskScan) -> bool:
    """Say whether a line was refused for want of a briefing and nothing was done about it."""
    refused = row.act == DeskAct.LEND and row.outcome is ScanOutcome.REFUSED
    missing = Refusal.BRIEFING_MISSING.value in row.codes
    return refused and missing and not row.facts.get("answered")


def _record(session: Session, row: Briefing, change: Change, by: Actor, now: datetime) -> None:
    record(session, by, Subject("person", row.person_id, centre_id=row.centre_id), change, now)


def _facts(row: Briefing) -> dict[str, str]:
    return {"category": row.media_category, "given_on": row.given_on.isoformat()}
