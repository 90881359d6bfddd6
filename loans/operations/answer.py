"""Answer a question of the desk: count parts, name an institution, drop it, or overrule."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.rules.completeness import Completeness
from catalogue.rules.copy_states import CopyState
from loans.errors import NotFoundError
from loans.models.desk_session import DeskScan, DeskSession, ScanOutcome
from loans.operations.brief import brief_for
from loans.operations.count_parts import Count, Pieces, as_known, count_parts
from loans.operations.journal import Act, Effects, Journal, merged
from loans.operations.keep_log import (
    Line,
    Turn,
    close_question,
    note,
    open_questions,
    reached_branch,
)
from loans.operations.lock_copy import lock_copy, move_copy
from loans.operations.note_damage import NOTHING, Found
from loans.operations.pass_on import release
from loans.operations.serve_copy import lend_here, take_back_here, thing_of
from loans.operations.serve_person import serve_for
from loans.queries.hand_out import lacks_critical, parts_of
from loans.queries.late_scans import moved_since
from loans.rules.desk import Command, DeskAct
from schools.queries.signed_in import day_of
from schools.rules.roles import Actor


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered.

    Attributes:
        word: yes, no, or the number of a choice from 1.
        line_id: the question's line; None for the newest that is open.
        pieces: what was counted, by the part's id; with yes.
        found: what else is wrong with what came back; with yes.
    """

    word: Command | int
    line_id: int | None = None
    pieces: Mapping[int, int] | None = None
    found: Found = NOTHING


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer given on the page, or a reason why a refused copy goes out all the same.

    Attributes:
        line_id: the line it belongs to; it says at which desk.
        idem: the request's key.
        answer: to a question; None to overrule.
        reason: why a refused copy goes out, in words; not empty where it overrules.
        briefs: the person was briefed now, and the refused copy goes out.
    """

    line_id: int
    idem: str
    answer: Answer | None = None
    reason: str = ""
    briefs: bool = False


def reply(session: Session, wish: Reply, by: Actor, today: date, now: datetime) -> DeskScan:
    """Answer a question of one's own desk, brief, or lend a refused copy against the rules.

    Returns:
        The new main line; where the question is no longer open, it says so.

    Raises:
        loans.errors.NotFoundError: no such line at a desk of this account that is still open.

    Source:
        docs/rules.md, Lending 8.1 and 8.3.
    """
    desk = _desk_of(session, by, wish.line_id)
    branch = reached_branch(session, by, desk.branch_id)
    turn = Turn(session, branch, desk, by, today, now, idem=wish.idem)
    if wish.answer is not None:
        return answer_question(turn, wish.answer)
    if wish.briefs:
        return brief_for(turn, session.get_one(DeskScan, wish.line_id))
    return _overrule(turn, session.get_one(DeskScan, wish.line_id), wish.reason)


def answer_question(turn: Turn, answer: Answer) -> DeskScan:
    """Answer the question of a line, or the newest open one that the word can answer."""
    asked = [row for row in open_questions(turn) if answer.line_id in {None, row.id}]
    fitting = [row for row in asked if _fits(row, answer.word)]
    if not fitting:
        facts = {"open": bool(asked), "asked": asked[-1].act if asked else ""}
        return note(turn, Line(DeskAct.ANSWER, ScanOutcome.AGAIN, facts))
    row = fitting[-1]
    if answer.word is Command.NO:
        return _drop(turn, row)
    if isinstance(answer.word, int):
        choice = row.facts["choices"][answer.word - 1]
        return serve_for(turn, turn.desk.person_id or 0, choice["id"])
    return _counted(turn, row, answer)


def _fits(row: DeskScan, word: Command | int) -> bool:
    if isinstance(word, int):
        return row.act == DeskAct.PERSON and 0 < word <= len(row.facts["choices"])
    return word is Command.NO or row.act in {DeskAct.LEND, DeskAct.RETURN}


def _desk_of(session: Session, by: Actor, line_id: int) -> DeskSession:
    desk = session.scalar(
        select(DeskSession)
        .join(DeskScan, DeskScan.session_id == DeskSession.id)
        .where(DeskScan.id == line_id, DeskSession.account_id == by.account_id)
        .where(DeskSession.ended_at.is_(None))
        .with_for_update(key_share=True, of=DeskSession)
    )
    if desk is None:
        raise NotFoundError("line", line_id)
    return desk


def _drop(turn: Turn, row: DeskScan) -> DeskScan:
    close_question(row)
    if row.act == DeskAct.PERSON:
        turn.desk.person_id = None
    facts = {"open": False, "dropped": True, **thing_of(row).facts}
    return note(turn, Line(DeskAct.ANSWER, ScanOutcome.DONE, facts))


def _counted(turn: Turn, row: DeskScan, answer: Answer) -> DeskScan:
    thing, pieces = thing_of(row), answer.pieces
    close_question(row)
    if pieces is None:
        pieces = as_known(parts_of(turn.session, thing.copy_id))
    if row.act == DeskAct.RETURN and moved_since(turn.session, thing.copy_id, row.at):
        return note(turn, Line(DeskAct.ANSWER, ScanOutcome.AGAIN, {"open": False}))
    if row.act == DeskAct.RETURN:
        return note(turn, take_back_here(turn, thing, pieces, answer.found))
    was_unknown, effects = _count_to_lend(turn, thing.copy_id, pieces)
    if was_unknown:
        thing = replace(thing, reason="")
    line = lend_here(_as_scanned(turn, row), thing, pieces)
    return note(turn, replace(line, effects=merged(effects, dict(line.effects))))


def _as_scanned(turn: Turn, row: DeskScan) -> Turn:
    """Return the turn as of a scan that came late: what was lent then counts from then.

    Source:
        docs/rules.md, Lending 8.7.
    """
    at = row.scanned_at
    if at is None or moved_since(turn.session, row.copy_id or 0, at):
        return turn
    return replace(turn, today=day_of(at), now=at, late_at=turn.came_at)


def _count_to_lend(turn: Turn, copy_id: int, pieces: Pieces) -> tuple[bool, Effects]:
    """Record the count of a box about to go out; one without a critical part is incomplete.

    Returns:
        Whether that was unknown until now, so that no reason given before was about it, and what
        undoing the count needs.
    """
    copy = lock_copy(turn.session, copy_id)
    lacked = lacks_critical(turn.session, copy_id)
    journal = Journal()
    journal.watch(copy)
    count = Count(copy, pieces, turn.today, journal=journal)
    found = count_parts(turn.session, count, turn.by, turn.now)
    lacks = found is not None and found.completeness is Completeness.INCOMPLETE
    if lacks and copy.state is not CopyState.ON_LOAN:
        release(Act(turn.session, turn.by, turn.today, turn.now, journal=journal), copy)
        move_copy(copy, CopyState.INCOMPLETE, journal=journal)
    turn.session.flush()
    return lacks and not lacked, journal.effects()


def _overrule(turn: Turn, row: DeskScan, reason: str) -> DeskScan:
    refused = row.act == DeskAct.LEND and row.outcome is ScanOutcome.REFUSED
    if not refused or row.facts.get("answered") or not reason:
        return note(turn, Line(DeskAct.ANSWER, ScanOutcome.AGAIN, {"open": False}))
    line = lend_here(turn, thing_of(row, reason))
    if line.outcome is not ScanOutcome.REFUSED:
        close_question(row)
    return note(turn, line)
