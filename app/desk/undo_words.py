"""What the desk says when a scan is undone, or cannot be."""

from datetime import datetime

from flask_babel import gettext

from app import dates
from app.act_words import act_words
from loans.models.desk_session import DeskScan, ScanOutcome
from loans.rules.desk import DeskAct


def _(text: str, **values: object) -> str:
    """Return a text in the reader's language; Flask-Babel's own has no type."""
    return str(gettext(text, **values))


def said_of_undo(row: DeskScan) -> str:
    """Return the sentence for an undoing."""
    facts = row.facts
    if row.outcome is ScanOutcome.DONE:
        return _DONE[facts["undone"]](facts["title"]) if facts["undone"] in _DONE else _undone()
    if row.outcome is ScanOutcome.REFUSED:
        return _("%(title)s is not undone: %(why)s", title=facts["title"], why=_why(row))
    if facts["why"] == "void":
        return _("%(title)s is undone already", title=facts["title"])
    return _("There is nothing to undo")


def _undone() -> str:
    return _("Undone")


def _why(row: DeskScan) -> str:
    later = row.facts.get("later") or {}
    if not later.get("at"):
        return _("something else was done with it since. Undo that first.")
    at = dates.instant(datetime.fromisoformat(later["at"]))
    return _(
        "since then, on %(at)s, %(act)s. Undo that first.", at=at, act=act_words(later["act"])
    )


_DONE = {
    DeskAct.LEND: lambda title: _("Undone: %(title)s is not lent", title=title),
    DeskAct.RETURN: lambda title: _("Undone: %(title)s is as it was before", title=title),
    DeskAct.DAMAGE: lambda title: _("Undone: the damage of %(title)s is struck", title=title),
}
