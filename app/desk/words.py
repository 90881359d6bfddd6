"""What the desk says of each line of its log."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from flask_babel import gettext
from flask_babel import ngettext as plural

from app import dates
from app.age_notes import too_young
from app.desk import session_words
from app.desk.return_words import (
    details_of_damage,
    details_of_return,
    said_of_damage,
    said_of_return,
)
from app.desk.undo_words import said_of_undo
from app.labels import label
from app.refusals import sentence, sentences
from catalogue.rules.copy_states import CopyState
from loans.errors import Fact, Refused
from loans.models.desk_session import DeskMode, DeskScan, ScanOutcome
from loans.rules.booking_states import BookingState
from loans.rules.codes import LoanRefusal, Refusal
from loans.rules.desk import DeskAct


def _(text: str, **values: object) -> str:
    """Return a text in the reader's language; Flask-Babel's own has no type."""
    return str(gettext(text, **values))


def ngettext(one: str, many: str, number: int) -> str:
    """Return a text that goes with a number."""
    return str(plural(one, many, number))


def said(row: DeskScan) -> str:
    """Return the one sentence for the status line, without the code of the copy."""
    return _SAID[DeskAct(row.act)](row)


def details(row: DeskScan) -> list[str]:
    """Return what stands below the title in the log, in pieces."""
    return list(_DETAILS.get(DeskAct(row.act), _no_details)(row))


def extra(row: DeskScan) -> str:
    """Return what follows the sentence: how many were lent by now, or what is missing."""
    if row.outcome is not ScanOutcome.DONE:
        return ""
    if row.facts.get("missing"):
        return _("missing: %(parts)s", parts=", ".join(row.facts["missing"]))
    if "taken_from" in row.facts:
        number = row.facts["taken_from"]["number"]
        return _("was picked for %(number)s", number=number)
    return _("item %(number)s", number=row.facts["nth"]) if row.act == DeskAct.LEND else ""


def refusals_of(row: DeskScan) -> list[Refused]:
    """Return the reasons of a line with their facts."""
    return [_refused(kept) for kept in row.facts.get("refusals", ())]


def parts_in_words(parts: list[dict[str, Any]]) -> str:
    """Return the parts that should be found in a box, as one list."""
    return ", ".join(
        f"{part['there']} × {part['name']}" if part["count"] > 1 else part["name"]
        for part in parts
        if part["there"]
    )


def _refused(kept: Mapping[str, Any]) -> Refused:
    days = {name: date.fromisoformat(value) for name, value in kept["days"].items()}
    facts: dict[str, Fact] = {**kept["facts"], **days}
    code = kept["code"]
    return Refused(Refusal(code) if code in set(Refusal) else LoanRefusal(code), facts)


def _lend(row: DeskScan) -> str:
    title = row.facts["title"]
    match row.outcome:
        case ScanOutcome.DONE:
            return _lent(row)
        case ScanOutcome.QUESTION:
            return _("%(title)s: count the parts, then it is lent", title=title)
        case ScanOutcome.AGAIN if "seconds" in row.facts:
            return _rescanned(row)
    reasons = " ".join(sentences(refusals_of(row)))
    return _("%(title)s is not lent. %(reasons)s", title=title, reasons=reasons)


def _lent(row: DeskScan) -> str:
    facts = row.facts
    words = {"title": facts["title"], "day": _weekday(facts["due_on"])}
    if facts.get("promised_from"):
        since = _weekday(facts["promised_from"])
        return _(
            "%(title)s lent until %(day)s only: promised from %(since)s", **words, since=since
        )
    return _("%(title)s lent until %(day)s", **words)


def _weekday(day: str) -> str:
    return dates.day(date.fromisoformat(day), "weekday")


def _lend_details(row: DeskScan) -> Iterator[str]:
    facts = row.facts
    if row.outcome is ScanOutcome.QUESTION:
        yield _("All there? %(parts)s", parts=parts_in_words(facts["parts"]))
    elif "seconds" in facts:
        yield _seconds(row)
    elif row.outcome is ScanOutcome.DONE:
        yield from _lent_details(facts)
    else:
        yield from sentences(refusals_of(row))
        if facts.get("holder"):
            yield _holder(facts)


def _lent_details(facts: Mapping[str, Any]) -> Iterator[str]:
    yield _("until %(day)s", day=dates.day(date.fromisoformat(facts["due_on"]), "weekday"))
    if facts.get("promised_from"):
        since = _weekday(facts["promised_from"])
        yield _("this very copy is promised to somebody else from %(day)s", day=since)
    yield _purpose(facts)
    if "too_young" in facts:
        young = facts["too_young"]
        yield too_young(young["rating"], [young["grade"]])
    yield from _counted(facts)
    yield from _taken_from(facts)
    if facts.get("briefed"):
        yield _("briefing recorded")
    if facts["overruled"]:
        reasons = [Refused(Refusal(code)) for code in facts["overruled"]]
        yield _("against the rule: %(rules)s", rules=" ".join(sentences(reasons)))
    if facts.get("put_back"):
        yield _("%(person)s is first in line again", person=facts["put_back"])


def _taken_from(facts: Mapping[str, Any]) -> Iterator[str]:
    if "taken_from" in facts:
        booking = facts["taken_from"]
        yield _(
            "was picked for %(number)s, %(school)s, from %(day)s: pick another copy",
            number=booking["number"],
            school=booking["school"],
            day=dates.day(date.fromisoformat(booking["first"]), "weekday"),
        )


def _purpose(facts: Mapping[str, Any]) -> str:
    if facts["booking"]:
        return _("from booking %(number)s", number=facts["booking"])
    if facts["purpose"]:
        return _("without a booking")
    return _("without a booking · the purpose will be asked for")


def _counted(facts: Mapping[str, Any]) -> Iterator[str]:
    if "counted" in facts:
        numbers = {"there": facts["counted"], "all": facts["expected"]}
        yield _("%(there)s of %(all)s parts counted", **numbers)
    if facts.get("missing"):
        yield _("missing: %(parts)s", parts=", ".join(facts["missing"]))


def _holder(facts: Mapping[str, Any]) -> str:
    if not facts["back_on"]:
        return _("it is placed at %(school)s", school=facts["holder"])
    back = dates.day(date.fromisoformat(facts["back_on"]), "weekday")
    return _("it is with %(school)s until %(day)s", school=facts["holder"], day=back)


def _return(row: DeskScan) -> str:
    if row.outcome is ScanOutcome.QUESTION:
        return _("%(title)s: count the parts, then it is taken back", title=row.facts["title"])
    if "seconds" in row.facts:
        return _rescanned(row)
    return said_of_return(row, refusals_of(row))


def _return_details(row: DeskScan) -> Iterator[str]:
    if row.outcome is ScanOutcome.QUESTION:
        yield _("All there? %(parts)s", parts=parts_in_words(row.facts["parts"]))
    elif "seconds" in row.facts:
        yield _seconds(row)
    else:
        yield from details_of_return(row, refusals_of(row))


def _whose(row: DeskScan) -> str:
    return _("%(title)s: who takes it? Scan a card", title=row.facts["title"])


def _whose_details(row: DeskScan) -> Iterator[str]:
    yield label(CopyState(row.facts["state"]))
    if row.facts["shelf"]:
        yield _("shelf %(shelf)s", shelf=row.facts["shelf"])
    yield _("waits for a card")


def _person(row: DeskScan) -> str:
    return _but_left_behind(row, _served(row))


def _but_left_behind(row: DeskScan, served: str) -> str:
    """Say what whoever was served before did not get, if anything."""
    left = row.facts.get("left")
    if not left:
        return served
    titles = ", ".join(left)
    return _("%(served)s. Not lent to who was served before: %(left)s", served=served, left=titles)


def _served(row: DeskScan) -> str:
    if row.outcome is ScanOutcome.QUESTION:
        return _("For which school? Choose, or scan CMD-1, CMD-2 …")
    school = row.facts["school"]
    if row.facts["mode"] != DeskMode.LEND:
        return _("%(school)s: taking back goes on, F2 or CMD-AUSLEIHE lends", school=school)
    if row.outcome is ScanOutcome.AGAIN and not row.facts.get("left"):
        return _("%(school)s is being served already", school=school)
    return _("%(school)s: scan what goes out", school=school)


def _booking(row: DeskScan) -> str:
    number = row.facts["booking"]
    if row.outcome is ScanOutcome.REFUSED:
        state = label(BookingState(row.facts["state"]))
        return _(
            "Booking %(number)s is %(state)s: nothing to hand out", number=number, state=state
        )
    if row.facts["mode"] != DeskMode.LEND:
        return _but_left_behind(row, _served(row))
    return _but_left_behind(row, _("Booking %(number)s: scan what goes out", number=number))


def _booking_details(row: DeskScan) -> Iterator[str]:
    if row.outcome is ScanOutcome.REFUSED:
        yield label(BookingState(row.facts["state"]))


def _box(row: DeskScan) -> str:
    facts = row.facts
    return _(
        "Box %(number)s for %(place)s, with “%(route)s” on %(day)s",
        number=facts["box"],
        route=facts["route"],
        day=dates.day(date.fromisoformat(facts["day"]), "weekday"),
        place=facts["place"],
    )


def _box_details(row: DeskScan) -> Iterator[str]:
    contents = row.facts["contents"]
    if not contents:
        yield _("empty")
    for title, barcode, is_back in contents:
        if is_back:
            yield _("%(title)s (%(code)s), back already", title=title, code=barcode)
        else:
            yield _("%(title)s (%(code)s)", title=title, code=barcode)


def _mode(row: DeskScan) -> str:
    mode = row.facts["mode"]
    if mode == DeskMode.BOX:
        day = dates.day(date.fromisoformat(row.facts["dropped_on"]), "weekday")
        return _("Return box: what is scanned now is back since %(day)s", day=day)
    if mode == DeskMode.CHECK:
        return _("What is scanned now is checked and taken back")
    if mode == DeskMode.RETURN:
        return _("What is scanned now is taken back")
    return _("What is scanned now is lent")


def _due(row: DeskScan) -> str:
    day = row.facts["due_on"]
    if not day:
        return _("What is scanned now is lent as the terms say")
    return _("What is scanned now is lent until %(day)s", day=_weekday(day))


def _answer(row: DeskScan) -> str:
    if row.facts.get("dropped"):
        if row.facts["title"]:
            return _("%(title)s: nothing was done", title=row.facts["title"])
        return _("Nobody is served")
    if row.facts["open"]:
        return _("This does not answer the open question")
    return _("There is no open question")


def _answer_details(row: DeskScan) -> Iterator[str]:
    if row.facts.get("dropped"):
        yield _("left as it was")


def _late_details(row: DeskScan) -> Iterator[str]:
    yield session_words.late(row)


def _unknown(row: DeskScan) -> str:
    del row
    return _("%(reason)s Check the label, or search by name.", reason=_unknown_reason())


def _unknown_details(row: DeskScan) -> Iterator[str]:
    del row
    yield _unknown_reason()


def _unknown_reason() -> str:
    return sentence(Refused(Refusal.UNKNOWN))


def _rescanned(row: DeskScan) -> str:
    return _("%(title)s was scanned already, nothing changed", title=row.facts["title"])


def _seconds(row: DeskScan) -> str:
    seconds = max(1, row.facts["seconds"])
    return ngettext(
        "scanned %(num)s second ago, nothing changed",
        "scanned %(num)s seconds ago, nothing changed",
        seconds,
    )


def _no_details(row: DeskScan) -> Iterator[str]:
    del row
    yield from ()


_SAID: Mapping[StrEnum, Callable[[DeskScan], str]] = {
    DeskAct.LEND: _lend,
    DeskAct.RETURN: _return,
    DeskAct.WHOSE: _whose,
    DeskAct.PERSON: _person,
    DeskAct.BOOKING: _booking,
    DeskAct.TOUR_BOX: _box,
    DeskAct.MODE: _mode,
    DeskAct.DUE: _due,
    DeskAct.UNDO: said_of_undo,
    DeskAct.DAMAGE: said_of_damage,
    DeskAct.FINISH: session_words.finished,
    DeskAct.PARK: session_words.parked,
    DeskAct.RESUME: session_words.resumed,
    DeskAct.RECEIPT: session_words.receipt,
    DeskAct.SEARCH: session_words.searched,
    DeskAct.BRIEFED: session_words.briefed,
    DeskAct.LATE: session_words.late,
    DeskAct.ANSWER: _answer,
    DeskAct.UNKNOWN: _unknown,
}
_DETAILS: Mapping[StrEnum, Callable[[DeskScan], Iterator[str]]] = {
    DeskAct.LEND: _lend_details,
    DeskAct.RETURN: _return_details,
    DeskAct.WHOSE: _whose_details,
    DeskAct.BOOKING: _booking_details,
    DeskAct.TOUR_BOX: _box_details,
    DeskAct.DAMAGE: details_of_damage,
    DeskAct.ANSWER: _answer_details,
    DeskAct.LATE: _late_details,
    DeskAct.UNKNOWN: _unknown_details,
}
