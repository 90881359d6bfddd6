"""Obey: what a command on the card of commands does."""

from collections.abc import Callable, Mapping
from functools import partial

from loans.models.desk_session import DeskMode, DeskScan, ScanOutcome
from loans.operations.answer import Answer, answer_question
from loans.operations.brief import brief_newest
from loans.operations.end_desk import end_desk, left_open
from loans.operations.keep_log import Line, Turn, done_in, note, open_questions
from loans.operations.park import choose_parked, park
from loans.operations.set_mode import set_mode
from loans.operations.show_receipt import show_receipt
from loans.operations.undo import undo_here
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


def _mode(turn: Turn, mode: DeskMode) -> DeskScan:
    return note(turn, Line(DeskAct.MODE, ScanOutcome.DONE, set_mode(turn, mode)))


def _finish(turn: Turn) -> DeskScan:
    left = left_open(turn)
    outcome = ScanOutcome.AGAIN if left else ScanOutcome.DONE
    row = note(turn, Line(DeskAct.FINISH, outcome, {**done_in(turn), "left": left}))
    end_desk(turn)
    return row


def _search(turn: Turn) -> DeskScan:
    return note(turn, Line(DeskAct.SEARCH, ScanOutcome.DONE))


_ACTS: Mapping[Command, Callable[[Turn], DeskScan]] = {
    Command.LEND: partial(_mode, mode=DeskMode.LEND),
    Command.RETURN: partial(_mode, mode=DeskMode.RETURN),
    Command.BOX: partial(_mode, mode=DeskMode.BOX),
    Command.CHECK: partial(_mode, mode=DeskMode.CHECK),
    Command.UNDO: undo_here,
    Command.DONE: _finish,
    Command.PARK: park,
    Command.RECEIPT: show_receipt,
    Command.BRIEFED: brief_newest,
    Command.SEARCH: _search,
}
"""Those that are not answers to a question."""
