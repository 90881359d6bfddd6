"""Letters in the reader's language, made from the facts that the store kept.

Facts by kind; days are ISO text, every fact but those marked * may be missing. ``path`` names the
page a letter leads to and overrides the usual one; ``token`` is struck out once a letter is sent.

======================  =========================================================================
kind                    facts
======================  =========================================================================
invitation              role* place token until
password_reset          token until
registration_proof      person* email* school* token until
registration_received   school*
membership_to_confirm   person* email* school*
membership_confirmed    school*
membership_declined     school*
membership_provisional  person* school* email last
booking_confirmed       number* first* last* titles (list of texts, as "2 × Der Wald") place school
                        unit class_name sequence (how often changed)
booking_cancelled       as booking_confirmed, and reason
loan_receipt            count* due_on (the first day) lent* (list of due_on and things) returned*
                        (list of things) no_copying; a thing has title* number* parts* missing*
                        no_copying*
loan_renewed            titles* due_on*
reminder                titles* due_on* level
parts_missing           title* parts* (list of texts) number due_on
defect_reported         title* number school text path
defect_state            title* state* (a DefectState) number remark path
barrier_reported        text* page email
search_alert            different* (how many titles) searches* (list of name, path, found: how
                        many, and titles: list of name and path)
======================  =========================================================================
"""

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from app.calendar_file import BookingEvent, calendar_file
from app.labels import label
from app.languages import LOCALES
from catalogue.rules.defect_states import DefectState
from schools.models.owed_letter import LetterKind
from schools.operations.send_letters import SECRET, STRUCK, ClaimedLetter

LONGEST_SUBJECT = 60
WIDTH = 72
DAYS = frozenset({"first", "last", "due_on"})
INSTANTS = frozenset({"until"})
HIDDEN = "…"

PATHS: Mapping[str, str] = {
    LetterKind.INVITATION: "/invitation/{token}",
    LetterKind.PASSWORD_RESET: "/reset/{token}",
    LetterKind.REGISTRATION_PROOF: "/register/{token}",
    LetterKind.MEMBERSHIP_TO_CONFIRM: "/school/members",
    LetterKind.MEMBERSHIP_PROVISIONAL: "/school/members",
    LetterKind.MEMBERSHIP_CONFIRMED: "/login",
    LetterKind.BOOKING_CONFIRMED: "/bookings/{number}",
    LetterKind.BOOKING_CANCELLED: "/bookings/{number}",
    LetterKind.LOAN_RECEIPT: "/mine",
    LetterKind.LOAN_RENEWED: "/mine",
    LetterKind.REMINDER: "/mine",
    LetterKind.PARTS_MISSING: "/mine",
    LetterKind.SEARCH_ALERT: "/searches",
}
WITH_CALENDAR = frozenset({LetterKind.BOOKING_CONFIRMED, LetterKind.BOOKING_CANCELLED})


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a letter; `method` is what a calendar is asked to do with it."""

    name: str
    method: str
    content: bytes


@dataclass(frozen=True, slots=True)
class WrittenLetter:
    """A letter as its reader gets it; `subject` has at most 60 characters."""

    subject: str
    text: str
    attachment: Attachment | None = None


def write_letter(
    owed: ClaimedLetter, public_url: str, *, hide_link: bool = False
) -> WrittenLetter:
    """Write a letter; needs an application context, no request.

    Args:
        owed: addressee, kind and facts.
        public_url: what links begin with, whatever host a request named.
        hide_link: leave out what opens an account, for whoever only looks at the letter.
    """
    facts = _readable(owed.facts)
    words = {
        **facts,
        "to_name": owed.to_name,
        "centre": owed.centre,
        "phone": owed.phone,
        "reply_to": owed.reply_to,
        "link": _link(owed, public_url, hide_link=hide_link),
        "public_url": public_url.rstrip("/"),
        "struck": bool(owed.facts.get(STRUCK)),
        "state_words": _state_words,
        "iso_day": date.fromisoformat,
    }
    with force_locale(LOCALES.get(owed.locale, "de")):
        template = current_app.jinja_env.get_template(f"letters/{owed.kind}.txt")
        context = template.new_context(words)
        subject = "".join(template.blocks["subject"](context))
        return WrittenLetter(
            _one_line(subject), _laid_out(template.render(words)), _file(owed, words)
        )


def host_of(public_url: str) -> str:
    """Return the name by which the outside knows this installation."""
    return urlsplit(public_url).hostname or "localhost"


def _link(owed: ClaimedLetter, public_url: str, *, hide_link: bool) -> str:
    path = str(owed.facts.get("path") or PATHS.get(owed.kind, ""))
    if not path or (SECRET in path and owed.facts.get(STRUCK)):
        return ""
    values = {name: str(value) for name, value in owed.facts.items()}
    if hide_link:
        values[SECRET] = HIDDEN
    try:
        return public_url.rstrip("/") + path.format_map(values)
    except (KeyError, IndexError, ValueError):
        return ""


def _readable(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts with their days and instants as such."""
    readable: dict[str, Any] = dict(facts)
    for name in DAYS & facts.keys():
        readable[name] = date.fromisoformat(facts[name]) if facts[name] else None
    for name in INSTANTS & facts.keys():
        readable[name] = datetime.fromisoformat(facts[name]) if facts[name] else None
    return readable


def _one_line(subject: str) -> str:
    line = " ".join(subject.split())
    if len(line) <= LONGEST_SUBJECT:
        return line
    return textwrap.shorten(line, LONGEST_SUBJECT, placeholder=" …") or line[:LONGEST_SUBJECT]


def _laid_out(text: str) -> str:
    """Return the text in lines of at most 72 characters; links stay whole."""
    lines = [_wrapped(line.rstrip()) for line in text.strip().splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


def _wrapped(line: str) -> str:
    indent = "  " if line.startswith("- ") else ""
    return "\n".join(
        textwrap.wrap(
            line,
            WIDTH,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def _file(owed: ClaimedLetter, words: Mapping[str, Any]) -> Attachment | None:
    first, last = words.get("first"), words.get("last")
    if owed.kind not in WITH_CALENDAR or first is None or last is None:
        return None
    link = str(words["link"])
    event = BookingEvent(
        number=str(words["number"]),
        first=first,
        last=last,
        summary=_summary(words),
        place=str(words.get("place") or ""),
        address=link,
        sequence=int(words.get("sequence") or 0) + (owed.kind == LetterKind.BOOKING_CANCELLED),
        cancelled=owed.kind == LetterKind.BOOKING_CANCELLED,
    )
    content = calendar_file(event, host_of(link), datetime.now(UTC))
    return Attachment(f"{event.number}.ics", event.method, content)


def _state_words(state: str) -> str:
    return label(DefectState(state))


def _summary(words: Mapping[str, Any]) -> str:
    titles = words.get("titles") or []
    what = ", ".join(str(title) for title in titles) or str(words["number"])
    return str(_("Media booked: %(what)s", what=what))
