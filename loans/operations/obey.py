"""Obey: what a command on the card of commands does."""

from collections.abc import Callable, Mapping

from loans.models.desk_session import DeskMode, DeskScan, ScanOutcome
from loans.operations.answer import Answer, answer_question
from loans.operations.brief import brief_newest
from loans.operations.end_desk import end_desk, left_open
from loans.operations.keep_log import Line, Turn, done_in, note, open_questions
from loans.operations.park import choose_parked, park
from loans.operations.show_receipt import show_receipt
from loans.rules.desk import Command, DeskAct


def obey(turn: Turn, word: Command | int) -> DeskScan:
    """Do what a command says; a number answers a question, else takes up who is parked under it.

    Source:
        docs/rules.md, Lending 8.1 and 8.7.
    """
    if not isinstance(word, Command):
        asked = any(row.act == DeskAct.PERSON for row in open_questions(turn))
        parked = None if asked else choose_parked(turn, word)
        return parked or answer_question(turn, Answer(word))
    act = _ACTS.get(word)
    return answer_question(turn, Answer(word)) if act is None else act(turn)


def _lend(turn: Turn) -> DeskScan:
    return _mode(turn, DeskMode.LEND)


def _take_back(turn: Turn) -> DeskScan:
    return _mode(turn, DeskMode.RETURN)


def _mode(turn: Turn, mode: DeskMode) -> DeskScan:
    turn.desk.mode = mode
    return note(turn, Line(DeskAct.MODE, ScanOutcome.DONE, {"mode": mode.value}))


def _finish(turn: Turn) -> DeskScan:
    left = left_open(turn)
    outcome = ScanOutcome.AGAIN if left else ScanOutcome.DONE
    row = note(turn, Line(DeskAct.FINISH, outcome, {**done_in(turn), "left": left}))
    end_desk(turn)
    return row


def _search(turn: Turn) -> DeskScan:
    return note(turn, Line(DeskAct.SEARCH, ScanOutcome.DONE))


_ACTS: Mapping[Command, Callable[[Turn], DeskScan]] = {
    Command.LEND: _lend,
    Command.RETURN: _take_back,
    Command.DONE: _finish,
    Command.PARK: park,
    Command.RECEIPT: show_receipt,
    Command.BRIEFED: brief_newest,
    Command.SEARCH: _search,
}
"""Those that are not answers to a question."""
