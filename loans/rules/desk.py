"""What is said and done at the desk: commands, acts and when a scan is only a repeat."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

RESCAN = timedelta(seconds=5)
"""A scanner held a moment too long reads the same label again."""

SESSION_LASTS = timedelta(hours=12)
"""A customer somebody forgot to finish yesterday is not served today."""

COMMAND_PREFIX = "CMD-"
MOST_PARKED = 5
"""Customers somebody may keep waiting at one counter."""


class Command(StrEnum):
    """What a card of commands can say."""

    LEND = "lend"
    RETURN = "return"
    DONE = "done"
    YES = "yes"
    NO = "no"
    UNDO = "undo"
    BOX = "box"
    CHECK = "check"
    PARK = "park"
    RECEIPT = "receipt"
    BRIEFED = "briefed"
    SEARCH = "search"


COMMANDS: Mapping[str, Command] = MappingProxyType(
    {
        "AUSLEIHE": Command.LEND,
        "LEND": Command.LEND,
        "RUECK": Command.RETURN,
        "RUECKG": Command.RETURN,
        "RUECKGABE": Command.RETURN,
        "RETURN": Command.RETURN,
        "FERTIG": Command.DONE,
        "DONE": Command.DONE,
        "JA": Command.YES,
        "YES": Command.YES,
        "NEIN": Command.NO,
        "NO": Command.NO,
        "ZURUECK": Command.UNDO,
        "UNDO": Command.UNDO,
        "KASTEN": Command.BOX,
        "BOX": Command.BOX,
        "PRUEFEN": Command.CHECK,
        "CHECK": Command.CHECK,
        "PARKEN": Command.PARK,
        "PARK": Command.PARK,
        "QUITTUNG": Command.RECEIPT,
        "BELEG": Command.RECEIPT,
        "RECEIPT": Command.RECEIPT,
        "SUCHE": Command.SEARCH,
        "SEARCH": Command.SEARCH,
        "EINGEWIESEN": Command.BRIEFED,
        "BRIEFED": Command.BRIEFED,
    }
)
"""The words after ``CMD-``, in German and English."""


class DeskAct(StrEnum):
    """What a line of the desk's log is about; its outcome says how it went."""

    LEND = "lend"
    """A copy to be lent. As a question: count its parts first."""
    RETURN = "return"
    """A copy to be taken back. As a question: count its parts first."""
    WHOSE = "whose"
    """A copy waits for the person who wants it."""
    PERSON = "person"
    """A person is served from now on. As a question: for which institution?"""
    BOOKING = "booking"
    """A booking is handed out from now on."""
    TOUR_BOX = "tour_box"
    """A tour's box: what it is and what lies in it."""
    MODE = "mode"
    """Lending or taking back from now on."""
    DUE = "due"
    """Until when this customer's things are lent from now on."""
    UNDO = "undo"
    """A scan was undone, or could not be."""
    DAMAGE = "damage"
    """A damage was noted of what came back."""
    FINISH = "finish"
    """The customer is served."""
    ANSWER = "answer"
    """A question was dropped, or nothing had been asked."""
    PARK = "park"
    """The customer waits; somebody else is served first."""
    RESUME = "resume"
    """A customer who waited is served again."""
    RECEIPT = "receipt"
    """What was lent and taken back, to print."""
    SEARCH = "search"
    """Something else is looked for; the customer waits."""
    BRIEFED = "briefed"
    """There was nothing the briefing would have allowed."""
    LATE = "late"
    """A scan from a time without connection that can no longer be acted on."""
    UNKNOWN = "unknown"
    """The code answers to nothing here."""


@dataclass(frozen=True, slots=True)
class LastScan:
    """The newest line of the log.

    Attributes:
        act: what it is about.
        copy_id: the copy it is about, if any.
        refused: it changed nothing and may be tried again at once.
        at: when.
    """

    act: str
    copy_id: int | None
    refused: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class ThisScan:
    """A copy under the scanner.

    Attributes:
        copy_id: the copy.
        returns: copies are being taken back.
        served: somebody is being served.
    """

    copy_id: int
    returns: bool
    served: bool

    @property
    def meant(self) -> frozenset[DeskAct]:
        """What such a scan can have been for."""
        if self.returns:
            return frozenset({DeskAct.RETURN})
        lending = frozenset({DeskAct.LEND, DeskAct.WHOSE})
        return lending if self.served else lending | {DeskAct.RETURN}


def command_of(code: str) -> Command | int | None:
    """Return the command, or the number chosen (``CMD-2``), of a command code.

    Whoever types one may write Ü, where the printed ones have UE.

    Returns:
        None for a command we do not know.

    Source:
        docs/rules.md, Lending 8.0 and 8.1.
    """
    word = code.removeprefix(COMMAND_PREFIX)
    if word.isascii() and word.isdigit():
        return int(word)
    return COMMANDS.get(word.replace("Ü", "UE"))


def is_rescan(last: LastScan | None, this: ThisScan, now: datetime) -> bool:
    """Say whether scanning a copy only repeats the scan before it, and so changes nothing.

    Anything scanned in between, a card or a command, makes it a scan of its own; so does a
    switch from lending to taking back.

    Source:
        docs/rules.md, Lending 8.1: the same thing again within 5 seconds.
    """
    if last is None or last.refused or last.copy_id != this.copy_id:
        return False
    return last.act in this.meant and now - last.at <= RESCAN
