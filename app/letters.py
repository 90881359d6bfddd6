"""Letters in the reader's language, made from the facts that the store kept.

Facts by kind; days are ISO text, every fact but those marked * may be missing. ``path`` names the
page a letter leads to and overrides the usual one; ``token`` is struck out once a letter is sent.
A letter with ``number``, ``first``, ``last`` and ``sequence`` comes with a calendar file.

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
booking_confirmed       number* first* last* titles (list of texts, as "2 × Der Wald") pieces place
                        school unit class_name sequence (how often changed) reason (words of staff)
                        brought_on fetched_on change_until (the courier's tours, and until when it
                        can be changed)
bookings_confirmed      bookings* (list of facts as of booking_confirmed)
booking_requested       bookings* (list of facts as of booking_confirmed)
booking_changed         as booking_confirmed, and was_first* was_last* was_place requested
                        (it is a request still)
booking_declined        as booking_confirmed, and reason, proposals (list of first and last)
booking_cancelled       as booking_confirmed, and reason, rest (only what was left to collect),
                        due_on (of what is out; then without sequence)
bookings_cancelled      bookings* (list of facts as of booking_cancelled)
booking_ready           number* first* last* titles pieces place open_days (list of day and hours,
                        as "08:00–16:00")
on_its_way              tour_on* titles* (list of texts) boxes (list of numbers) place
booking_lapsed          number* first* last* titles unanswered (it was a request) sequence
loan_receipt            count* due_on (the first day) lent* (list of due_on and things) returned*
                        (list of things) no_copying; a thing has title* number* parts* missing*
                        no_copying*
loan_renewed            titles* due_on* automatic undone lines (list of title, due_on)
dates_moved             moved* (list of title, kind: loan or pickup, before and after: days) why
due_soon                due_on* automatic lines* (list of title, number, due_on, class_name, until
                        or refusals: list of code, facts, days)
overdue                 level* due_on* days* lines* (list of title, number, due_on, class_name,
                        level, wanted_from) back_by value_cents fee_cents copied blocked
overdue_copy            person* days* due_on* lines* (as overdue) school level
recall                  due_on* reason lines* (list of title, number, due_on, before, class_name)
parts_missing           title* parts* (list of texts) number due_on remark
damage_found            title* number kind (a DefectKind) text due_on path
hold_ready              title* hold* place school due_on first last
hold_expired            title* hold* why (an Ending) first last reason
hold_at_desk            title* number origin shelf person school due_on path
correction              of (a LetterKind) first (the day of that letter) title titles
defect_reported         title* number school text path
defect_state            title* state* (a DefectState) number remark path
barrier_reported        text* page email
search_alert            different* (how many titles) searches* (list of name, path, found: how
                        many, and titles: list of name and path)
purchase_answered       what* state* (a PurchaseState) answer title path
digest                  on* items* (list of kind and facts, each a letter of its own)
======================  =========================================================================
"""

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from app.calendar_file import BookingEvent
from app.forms import one_line, several_lines
from app.languages import LOCALES
from app.letter_calendar import Attachment, calendar_with, events_of_letter
from app.letter_facts import fillings, readable
from app.letter_layout import (
    BUTTON,
    HEADING,
    ITEM,
    LEADS_TO,
    PART,
    SIGNATURE,
    Block,
    Signature,
    blocks_of,
    text_of,
)
from app.letter_words import CALLABLES
from schools.models.letter_topics import TOPICS
from schools.models.owed_letter import LetterKind
from schools.operations.send_letters import SECRET, STRUCK, ClaimedLetter
from schools.queries.letter_texts import OwnWords
from schools.rules.letter_placeholders import filled

LONGEST_SUBJECT = 60
LONGEST_LEAD = 60
"""A last sentence with a colon that is no longer becomes the words of the button."""

SENTENCE = re.compile(r"(?<=[.!?]) +")

HIDDEN = "…"
SAMPLE = "sample"
"""The fact of a letter that the office sends to itself."""

CHOICES = "/profile#letters"
"""Where people choose which letters they get."""

MARKS = {
    "heading": HEADING,
    "button": BUTTON,
    "leads_to": LEADS_TO,
    "signature": SIGNATURE,
}

PATHS: Mapping[str, str] = {
    LetterKind.INVITATION: "/invitation/{token}",
    LetterKind.PASSWORD_RESET: "/reset/{token}",
    LetterKind.REGISTRATION_PROOF: "/register/{token}",
    LetterKind.MEMBERSHIP_TO_CONFIRM: "/school/members",
    LetterKind.MEMBERSHIP_PROVISIONAL: "/school/members",
    LetterKind.MEMBERSHIP_CONFIRMED: "/login",
    LetterKind.BOOKING_CONFIRMED: "/bookings/{number}",
    LetterKind.BOOKINGS_CONFIRMED: "/bookings",
    LetterKind.BOOKING_REQUESTED: "/bookings",
    LetterKind.BOOKING_CHANGED: "/bookings/{number}",
    LetterKind.BOOKING_DECLINED: "/bookings/{number}",
    LetterKind.BOOKING_CANCELLED: "/bookings/{number}",
    LetterKind.BOOKINGS_CANCELLED: "/bookings",
    LetterKind.BOOKING_READY: "/bookings/{number}",
    LetterKind.ON_ITS_WAY: "/mine",
    LetterKind.LOAN_RECEIPT: "/mine",
    LetterKind.LOAN_RENEWED: "/mine",
    LetterKind.BOOKING_LAPSED: "/bookings/{number}",
    LetterKind.DATES_MOVED: "/mine",
    LetterKind.DUE_SOON: "/mine",
    LetterKind.OVERDUE: "/mine",
    LetterKind.RECALL: "/mine",
    LetterKind.PARTS_MISSING: "/mine",
    LetterKind.HOLD_READY: "/holds/{hold}",
    LetterKind.HOLD_EXPIRED: "/holds/{hold}",
    LetterKind.SEARCH_ALERT: "/searches",
}


@dataclass(frozen=True, slots=True)
class WrittenLetter:
    """A letter as its reader gets it; `subject` has at most 60 characters.

    Attributes:
        text: plain, in lines of 72 characters.
        html: the same as a whole page.
        attachments: calendar files, each name once.
        choices: address at which such letters can be switched off; empty if they cannot.
    """

    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()
    choices: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A letter without its frame, or a part of a daily letter.

    Attributes:
        subject: of any length, on one line.
        body: what it says.
        words: of the button; empty for the usual ones.
        link: where it leads, if anywhere.
        after: what stands below the button.
        struck: the link was taken out.
        heading: above it, in a daily letter.
    """

    subject: str
    body: str
    words: str
    link: str
    after: str
    struck: bool
    events: tuple[BookingEvent, ...]
    heading: str = ""


def write_letter(
    owed: ClaimedLetter, public_url: str, *, hide_link: bool = False
) -> WrittenLetter:
    """Write a letter; needs an application context, no request.

    Args:
        owed: addressee, kind and facts.
        public_url: what links begin with, whatever host a request named.
        hide_link: leave out what opens an account, for whoever only looks at the letter.
    """
    with force_locale(LOCALES.get(owed.locale, "de")):
        parts = _parts(owed, public_url, hide_link=hide_link)
        subject = _short(parts[0].subject)
        choices = _choices(owed, public_url)
        frame = current_app.jinja_env.get_template("letters/frame.txt")
        around = _around(owed) | {"choices": choices, "marks": MARKS, "parts": parts}
        blocks = blocks_of(frame.render(around), public_url)
        return WrittenLetter(
            subject,
            text_of(blocks),
            _html(owed, subject, blocks),
            _attachments(parts, public_url),
            choices,
        )


def host_of(public_url: str) -> str:
    """Return the name by which the outside knows this installation."""
    return urlsplit(public_url).hostname or "localhost"


def _parts(owed: ClaimedLetter, public_url: str, *, hide_link: bool) -> Sequence[Part]:
    """Return the letter, and behind it the letters that a daily one holds."""
    first = _part(owed, public_url, hide_link=hide_link)
    inner = (
        _part(replace(owed, kind=item["kind"], facts=item["facts"]), public_url, hide_link=True)
        for item in owed.facts.get("items") or ()
        if owed.kind == LetterKind.DIGEST
    )
    return [first, *(_as_section(part) for part in inner)]


def _as_section(part: Part) -> Part:
    """Return a letter as a part of another: below a heading it begins with a capital."""
    body = part.body[:1].upper() + part.body[1:]
    return replace(part, heading=part.subject, body=body)


def _part(owed: ClaimedLetter, public_url: str, *, hide_link: bool) -> Part:
    facts = readable(owed.facts)
    link = _link(owed, public_url, hide_link=hide_link)
    words = {
        **CALLABLES,
        **facts,
        **_around(owed),
        "link": link,
        "public_url": public_url.rstrip("/"),
        "struck": bool(owed.facts.get(STRUCK)),
        "part": PART,
    }
    template = current_app.jinja_env.get_template(f"letters/{owed.kind}.txt")
    subject, body, after = (each.strip() for each in template.render(words).split(PART))
    subject, body = _with_own_words(owed.own.get(owed.kind), owed, facts, (subject, body))
    if owed.facts.get(SAMPLE):
        subject = _("Sample: %(subject)s", subject=subject)
    lead, body = _lead(body) if link else ("", body)
    return Part(
        subject=one_line(subject),
        body=body,
        words=lead,
        link=link,
        after=after,
        struck=words["struck"],
        events=events_of_letter(owed.kind, facts, public_url),
    )


def _around(owed: ClaimedLetter) -> dict[str, Any]:
    """Return what the frame says; a name is one line, whatever it holds."""
    return {
        "to_name": one_line(owed.to_name),
        "centre": one_line(owed.centre),
        "phone": one_line(owed.phone),
        "reply_to": one_line(owed.reply_to),
    }


def _with_own_words(
    own: OwnWords | None,
    owed: ClaimedLetter,
    facts: Mapping[str, Any],
    built_in: tuple[str, str],
) -> tuple[str, str]:
    """Return subject and body, each the centre's own where it has written one.

    What takes a letter back is no letter of its kind, and says so in the built-in words.
    """
    if own is None or facts.get("undone"):
        return built_in
    around = _around(owed)
    known = {**facts, **around, "name": around["to_name"]}
    subject = filled(own.subject, fillings(known, "weekday")) or built_in[0]
    body = filled(several_lines(own.text), fillings(known, "long")) or built_in[1]
    return subject, body


def _lead(body: str) -> tuple[str, str]:
    """Part a last sentence such as "See it here:" from the body, without its colon."""
    *before, line = body.splitlines() or [""]
    *sentences, last = SENTENCE.split(line)
    if not last.endswith(":") or len(last) > LONGEST_LEAD or last.startswith(ITEM):
        return "", body
    rest = "\n".join([*before, " ".join(sentences)])
    return last.removesuffix(":"), rest.rstrip()


def _html(owed: ClaimedLetter, subject: str, blocks: Sequence[Block]) -> str:
    ends = next(place for place, each in enumerate(blocks) if isinstance(each, Signature))
    return current_app.jinja_env.get_template("letters/frame.html").render(
        lang=owed.locale if owed.locale in LOCALES else "de",
        subject=subject,
        centre=one_line(owed.centre),
        blocks=blocks[:ends],
        small_print=blocks[ends + 1 :],
    )


def _attachments(parts: Sequence[Part], public_url: str) -> tuple[Attachment, ...]:
    """Return the calendar files; an event stands in the last of its letters alone, the latest."""
    latest = {event.number: part for part in parts for event in part.events}
    files = (
        calendar_with([each for each in part.events if latest[each.number] is part], public_url)
        for part in parts
    )
    return tuple(each for each in files if each)


def _choices(owed: ClaimedLetter, public_url: str) -> str:
    chosen = owed.kind in TOPICS or owed.kind == LetterKind.DIGEST
    return public_url.rstrip("/") + CHOICES if chosen and owed.person_id is not None else ""


def _link(owed: ClaimedLetter, public_url: str, *, hide_link: bool) -> str:
    path = str(owed.facts.get("path") or PATHS.get(owed.kind, ""))
    if not path or (SECRET in path and owed.facts.get(STRUCK)):
        return ""
    values = {name: str(value) for name, value in owed.facts.items()}
    if hide_link:
        values[SECRET] = HIDDEN
    try:
        return one_line(public_url.rstrip("/") + path.format_map(values))
    except (KeyError, IndexError, ValueError):
        return ""


def _short(subject: str) -> str:
    line = one_line(subject)
    if len(line) <= LONGEST_SUBJECT:
        return line
    return textwrap.shorten(line, LONGEST_SUBJECT, placeholder=" …") or line[:LONGEST_SUBJECT]
