"""The card of commands: every word the desk understands, as bars to be scanned."""

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import LazyString, force_locale
from flask_babel import lazy_gettext as _
from markupsafe import Markup

from app.codes import bars
from app.security import requires
from loans.rules.desk import COMMAND_PREFIX, MOST_PARKED, Command
from schools.rules.roles import Right

desk_commands = Blueprint("desk_commands", __name__)

SHOWN: tuple[tuple[str, Command, LazyString], ...] = (
    ("AUSLEIHE", Command.LEND, _("Lend from now on")),
    ("RUECKGABE", Command.RETURN, _("Take back from now on")),
    ("KASTEN", Command.BOX, _("Empty the return box from now on")),
    ("PRUEFEN", Command.CHECK, _("Check what was received from now on")),
    ("FERTIG", Command.DONE, _("Finish with this customer")),
    ("PARKEN", Command.PARK, _("Park this customer")),
    ("JA", Command.YES, _("Yes, all parts are there")),
    ("NEIN", Command.NO, _("No, leave it")),
    ("EINGEWIESEN", Command.BRIEFED, _("Briefed now, lend it")),
    ("QUITTUNG", Command.RECEIPT, _("Print the receipt")),
    ("ZURUECK", Command.UNDO, _("Undo the last scan")),
    ("SUCHE", Command.SEARCH, _("Look something up")),
)
"""The German word of each command, what it stands for, and what it does."""


@dataclass(frozen=True, slots=True)
class CommandCard:
    """One command as it is printed: in both languages, since the card lies there for everybody."""

    code: str
    drawing: Markup
    german: str
    english: str


@desk_commands.get("/desk/commands")
@requires(Right.LEND)
def commands() -> ResponseReturnValue:
    """Show the card of commands, for printing."""
    return render_template("desk/commands.html", cards=command_cards())


def command_cards() -> list[CommandCard]:
    """Return every command, then the numbers that answer questions and take up who is parked."""
    named = [_card(f"{COMMAND_PREFIX}{word}", does) for word, _command, does in SHOWN]
    numbers = [
        _card(f"{COMMAND_PREFIX}{number}", _("Number %(number)s", number=number))
        for number in range(1, MOST_PARKED + 1)
    ]
    return [*named, *numbers]


def _card(code: str, does: LazyString) -> CommandCard:
    return CommandCard(code, bars(code), _in("de", does), _in("en", does))


def _in(locale: str, text: LazyString) -> str:
    with force_locale(locale):
        return str(text)
