"""What the desk says of customers who wait, of receipts, and of scans from another time."""

from datetime import datetime
from typing import Any

from flask_babel import gettext

from app import dates
from app.today import HOUSE_TIME
from loans.models.desk_session import DeskMode, DeskScan, ScanOutcome


def _(text: str, **values: Any) -> str:  # noqa: ANN401  # whatever stands in the text
    """Return a text in the reader's language; Flask-Babel's own has no type."""
    return str(gettext(text, **values))


def finished(row: DeskScan) -> str:
    """Say what a session did, and what of it was left undone."""
    numbers = {"lent": row.facts["lent"], "returned": row.facts["returned"]}
    done = _("Finished. Lent: %(lent)s, taken back: %(returned)s", **numbers)
    left = row.facts.get("left")
    if not left:
        return done
    return _("%(done)s. Not done, scan again: %(left)s", done=done, left=", ".join(left))


def parked(row: DeskScan) -> str:
    """Say that a customer waits, or why not."""
    if row.outcome is ScanOutcome.REFUSED:
        most = row.facts["most"]
        return _("%(most)s are parked already: take one up or finish one first", most=most)
    if row.outcome is ScanOutcome.AGAIN:
        return _("Nobody is served: there is nothing to park")
    if row.facts["school"]:
        return _("%(school)s is parked: scan the next card", school=row.facts["school"])
    return _("What was taken back is parked: scan the next card")


def resumed(row: DeskScan) -> str:
    """Say who is served again."""
    school = row.facts["school"]
    if not school:
        return _("Taking back goes on")
    if row.facts["mode"] != DeskMode.LEND:
        return _("%(school)s again: what is scanned now is taken back", school=school)
    return _("%(school)s again: scan what goes out", school=school)


def receipt(row: DeskScan) -> str:
    """Say that there is a receipt, or none."""
    if row.facts["receipt"] is None:
        return _("Nothing was lent or taken back yet: there is no receipt")
    return _("The receipt is ready to print")


def searched(row: DeskScan) -> str:
    """Say that something else is looked for."""
    del row
    return _("Type or scan what you look for, above; Escape leads back here")


def briefed(row: DeskScan) -> str:
    """Say that no briefing was missing."""
    del row
    return _("Nothing here waits for a briefing")


def late(row: DeskScan) -> str:
    """Say why a scan from another time was not acted on."""
    facts = row.facts
    when = dates.instant(datetime.fromisoformat(facts["scanned_at"]).astimezone(HOUSE_TIME))
    if "days" in facts:
        return _(
            "%(code)s was scanned on %(when)s, more than %(days)s days ago. Nothing was done: "
            "scan it again.",
            code=row.scanned,
            when=when,
            days=facts["days"],
        )
    return _(
        "%(title)s was scanned on %(when)s without connection, but lent or taken back since. "
        "Nothing was done: look where it is.",
        title=facts["title"],
        when=when,
    )
