"""One sentence for each refusal, with the days and numbers that stand beside it."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from app.dates import day
from app.labels import label
from app.today import today
from catalogue.rules.copy_states import CopyState
from loans.errors import Fact, Refused
from loans.rules.codes import DayReason, HoldRefusal, LoanRefusal, Refusal, RenewalRefusal

Variants = tuple[tuple[str, LazyString], ...]
"""Sentences, each with the one fact it needs; the first whose fact is there is said."""


def _plain(sentence: LazyString) -> Variants:
    return (("", sentence),)


NO_OPEN_DAY: Variants = (
    (
        "day",
        _(
            "No open day: in the 366 days from %(day)s on this place is never open. "
            "Opening hours and closures must be checked."
        ),
    ),
    ("", _("No open day lies within a year. Opening hours and closures must be checked.")),
)

LENDING: Mapping[StrEnum, Variants] = {
    Refusal.UNKNOWN: _plain(_("This code is not known here.")),
    Refusal.WITHDRAWN: _plain(_("This copy was withdrawn from the stock.")),
    Refusal.LOST: _plain(_("This copy is recorded as lost.")),
    Refusal.MISSING: _plain(_("This copy is recorded as missing.")),
    Refusal.ON_LOAN: _plain(_("This copy is on loan to somebody else.")),
    Refusal.ON_LOAN_SAME_PERSON: _plain(_("This person has borrowed this copy already.")),
    Refusal.SET_ASIDE: _plain(_("This copy is meant for somebody else, who waits for it.")),
    Refusal.NOT_LENDABLE: (
        ("reason", _("This copy is not lent: %(reason)s")),
        ("state", _("This copy is not lent; its state is: %(state)s.")),
        ("", _("This copy is not lent.")),
    ),
    Refusal.INCOMPLETE: _plain(_("A part is missing without which this cannot be used.")),
    Refusal.PARTS_UNCOUNTED: (
        ("count", _("Count the parts first; kinds still to count: %(count)s.")),
        ("", _("Count the parts first.")),
    ),
    Refusal.INSPECTION_OVERDUE: _plain(_("The safety inspection is overdue or was failed.")),
    Refusal.LICENCE_ENDED: (
        ("lend_until", _("The licence ends on %(lend_until)s.")),
        ("until", _("The licence ended on %(until)s.")),
        ("from_day", _("The licence begins on %(from_day)s only.")),
        ("", _("There is no licence that lasts so long.")),
    ),
    Refusal.LICENCE_AREA: _plain(_("The licence does not cover this school.")),
    Refusal.MEMBERSHIP_ENDED: (
        ("lend_until", _("The membership at the school ends on %(lend_until)s.")),
        ("until", _("The membership at the school ended on %(until)s.")),
        ("from_day", _("The membership at the school begins on %(from_day)s only.")),
        ("", _("The membership at the school is not confirmed.")),
    ),
    Refusal.BLOCKED: (
        ("reason", _("This person is blocked: %(reason)s")),
        ("", _("This person is blocked.")),
    ),
    Refusal.OVERDUE_BLOCK: _plain(_("Overdue media must come back first.")),
    Refusal.NO_TERMS: _plain(_("There are no lending terms for this kind of medium.")),
    Refusal.BRIEFING_MISSING: _plain(_("A briefing on this device is needed first.")),
    Refusal.PERSONAL_PICKUP: _plain(_("This is handed out only in person.")),
    Refusal.LIMIT_PERSON: (
        ("limit", _("The limit for this person is reached: %(limit)s.")),
        ("", _("The limit for this person is reached.")),
    ),
    Refusal.LIMIT_CATEGORY: (
        ("limit", _("The limit for this kind of medium is reached: %(limit)s.")),
        ("", _("The limit for this kind of medium is reached.")),
    ),
    Refusal.LIMIT_SCHOOL: (
        ("limit", _("The limit for this school is reached: %(limit)s.")),
        ("", _("The limit for this school is reached.")),
    ),
    Refusal.TOO_EARLY: (
        ("from_day", _("The last day must not lie before %(from_day)s.")),
        ("", _("The last day lies too early.")),
    ),
    Refusal.TOO_LONG: (
        ("until", _("This is too long; allowed is until %(until)s.")),
        ("", _("This is longer than the terms allow.")),
    ),
    Refusal.NO_OPEN_DAY: NO_OPEN_DAY,
    Refusal.RESERVED: (
        ("from_day", _("This is reserved; it goes out from %(from_day)s on.")),
        ("lend_until", _("Others need it then; it can go out until %(lend_until)s.")),
        ("", _("This is reserved for somebody else.")),
    ),
    Refusal.NOT_OFFERED: _plain(_("This is not offered any more; take the line out.")),
    Refusal.PLACE_CLOSED: _plain(_("This pick-up place is closed. Choose another one.")),
    Refusal.PLACE_ELSEWHERE: _plain(
        _("The courier stops there for another of your schools. Choose another place.")
    ),
    Refusal.NOT_FREE: (
        ("free", _("Free in this period: %(free)s. Choose fewer or other days.")),
        ("", _("Not enough copies are free in this period.")),
    ),
    Refusal.NO_PURPOSE: _plain(_("Say what it is for: a unit or another reason.")),
    Refusal.ORDER_CLOSED: _plain(
        _("This collective order is closed. Reserve without it, or ask your school to open it.")
    ),
    Refusal.MORE_NEEDS_APPROVAL: _plain(
        _("Some of it is collected already. Staff have to approve more: reserve that on its own.")
    ),
    Refusal.BASKET_FULL: (
        ("limit", _("The basket is full: %(limit)s lines. Reserve what is in it first.")),
        ("", _("The basket is full. Reserve what is in it first.")),
    ),
}

DAYS: Mapping[StrEnum, Variants] = {
    DayReason.PAST: _plain(_("This day is past.")),
    DayReason.CLOSED: (
        ("day", _("On %(day)s the media centre is closed.")),
        ("", _("The media centre is closed on this day.")),
    ),
    DayReason.HOLIDAY: (
        ("day", _("%(day)s is a public holiday.")),
        ("", _("This day is a public holiday.")),
    ),
    DayReason.LEAD_TIME: (
        ("from_day", _("This is too soon; the earliest day is %(from_day)s.")),
        ("", _("This is too soon; we need more time to prepare it.")),
    ),
    DayReason.HORIZON: (
        ("until", _("This is too far ahead; bookable until %(until)s.")),
        ("", _("This is too far ahead to be booked yet.")),
    ),
    DayReason.VISITS_FULL: _plain(_("The counter is fully booked on this day.")),
    DayReason.COURIER_NOT_RUNNING: (
        ("route", _("The courier does not run on this day.")),
        ("day", _("No tour of the courier fits %(day)s.")),
        ("", _("No tour of the courier fits this day.")),
    ),
    DayReason.LICENCE_ENDED: LENDING[Refusal.LICENCE_ENDED],
    DayReason.TOO_LONG: LENDING[Refusal.TOO_LONG],
}

RENEWALS: Mapping[StrEnum, Variants] = {
    RenewalRefusal.RENEWAL_LIMIT: (
        ("never", _("This kind of medium is not renewed.")),
        ("limit", _("It was renewed as often as allowed: %(limit)s.")),
        ("", _("It was renewed as often as allowed.")),
    ),
    RenewalRefusal.WAITED_FOR: _plain(_("Somebody is waiting for it.")),
    RenewalRefusal.RECALLED: (
        ("until", _("The media centre has called it back; please return it by %(until)s.")),
        ("", _("The media centre has called it back.")),
    ),
    RenewalRefusal.BOOKED: (
        ("until", _("It is booked by somebody else afterwards; nobody needs it until %(until)s.")),
        ("from_day", _("It is booked from %(from_day)s on.")),
        ("", _("It is booked by somebody else afterwards.")),
    ),
    RenewalRefusal.BLOCKED: LENDING[Refusal.BLOCKED],
    RenewalRefusal.OVERDUE: (
        ("since", _("It is overdue; please bring it back.")),
        ("", _("Something else is overdue; that must come back first.")),
    ),
    RenewalRefusal.LICENCE_ENDS: (
        ("until", _("The licence ends on %(until)s.")),
        ("", _("The licence ends before that.")),
    ),
    RenewalRefusal.MEMBERSHIP_ENDS: (
        ("until", _("The membership at the school ends on %(until)s.")),
        ("", _("The membership at the school ends before that.")),
    ),
    RenewalRefusal.TOO_EARLY: (
        ("from_day", _("It can be renewed from %(from_day)s on.")),
        ("", _("It is too early to renew it.")),
    ),
    RenewalRefusal.NOT_LATER: _plain(_("Renewing would not give you a later day.")),
    RenewalRefusal.NO_OPEN_DAY: NO_OPEN_DAY,
}

HOLDS: Mapping[StrEnum, Variants] = {
    HoldRefusal.HAVE_IT: _plain(
        _("You have this title already. Renew the loan instead of waiting for another copy.")
    ),
    HoldRefusal.WAITS_ALREADY: _plain(
        _("There is a hold on this title already; each person has one for a title.")
    ),
    HoldRefusal.FREE_NOW: (
        ("free", _("Nobody needs to wait: %(free)s free. Reserve it, or collect it.")),
        ("", _("Nobody needs to wait: it is free. Reserve it, or collect it.")),
    ),
    HoldRefusal.NOTHING_TO_WAIT_FOR: _plain(
        _("No copy is left that could come back. Tell the media centre what you need.")
    ),
    HoldRefusal.BEGINS_TODAY: _plain(
        _("A hold for certain days ends when they begin. Choose a later first day, or no days.")
    ),
    HoldRefusal.HOLD_OVER: _plain(_("This hold is over. Place a new one if it is still needed.")),
    HoldRefusal.HOLD_SERVED: _plain(
        _("A copy is kept for this hold already. Collect it, or cancel the hold.")
    ),
    HoldRefusal.NO_REASON: _plain(_("Say why it is put back; it stands in the log.")),
    HoldRefusal.NOT_KEPT: _plain(_("No copy is set aside for this hold at the moment.")),
}

LOANS: Mapping[StrEnum, Variants] = {
    LoanRefusal.LOAN_OVER: _plain(_("This loan is over; nothing about it can be changed.")),
    LoanRefusal.BACK: _plain(_("It is back and is being checked.")),
    LoanRefusal.START_IN_FUTURE: (
        ("until", _("The loan has begun already; choose a first day until %(until)s.")),
        ("", _("The loan has begun already; choose today or an earlier day.")),
    ),
    LoanRefusal.END_BEFORE_START: (
        ("from_day", _("Choose a last day from %(from_day)s on.")),
        ("", _("The last day must not lie before the first.")),
    ),
    LoanRefusal.START_BEFORE_LAST_RETURN: (
        (
            "from_day",
            _("Before that the copy was with somebody else; possible from %(from_day)s."),
        ),
        ("", _("Before that the copy was with somebody else.")),
    ),
    LoanRefusal.RETURN_IN_FUTURE: (
        ("until", _("A return cannot lie ahead; choose a day until %(until)s.")),
        ("", _("A return cannot lie ahead.")),
    ),
    LoanRefusal.RETURN_BEFORE_LENDING: (
        ("from_day", _("It was lent on %(from_day)s; it cannot have come back before.")),
        ("", _("It cannot have come back before it was lent.")),
    ),
    LoanRefusal.SAME_COPY: _plain(_("This is the copy the loan names already.")),
    LoanRefusal.OTHER_TITLE: _plain(
        _("This is a copy of another title. Take the loan back and lend it anew.")
    ),
    LoanRefusal.CLAIMED_ALREADY: _plain(_("The same is recorded for this loan already.")),
    LoanRefusal.CLAIM_SETTLED: _plain(_("This was settled already.")),
    LoanRefusal.NOT_PLACED: _plain(_("This is not placed at a school; it has a day to be back.")),
    LoanRefusal.NOT_UNDER_WAY: _plain(
        _("This copy is not on its way any more; see at the desk where it is.")
    ),
    LoanRefusal.REVIEW_IN_PAST: _plain(_("Choose a day of review that lies ahead.")),
}

SENTENCES: Mapping[type[StrEnum], Mapping[StrEnum, Variants]] = {
    Refusal: LENDING,
    DayReason: DAYS,
    RenewalRefusal: RENEWALS,
    HoldRefusal: HOLDS,
    LoanRefusal: LOANS,
}


def sentence(refused: Refused) -> str:
    """Return the reason as one sentence in the reader's language."""
    facts = {name: _said(name, fact) for name, fact in _timely(refused).items()}
    for needed, words in SENTENCES[type(refused.code)][refused.code]:
        if not needed or facts.get(needed):
            return str(words) % facts if needed else str(words)
    return refused.code


def sentences(refusals: Iterable[Refused]) -> list[str]:
    """Return every reason as a sentence, in their order, each once."""
    return list(dict.fromkeys(sentence(refused) for refused in refusals))


def coded(refusals: Iterable[Refused]) -> list[tuple[str, str]]:
    """Return code and sentence of every reason, as `app.answers.refused` takes them."""
    return [(str(refused.code), sentence(refused)) for refused in refusals]


ENDINGS = frozenset({Refusal.LICENCE_ENDED, Refusal.MEMBERSHIP_ENDED, DayReason.LICENCE_ENDED})
"""Reasons that name the end of something, which may lie ahead of a booking to come."""


def _timely(refused: Refused) -> Mapping[str, Fact]:
    """Return the facts of a reason; an end that lies ahead is one until which it can go."""
    until = refused.facts.get("until")
    if refused.code in ENDINGS and isinstance(until, date) and until >= today():
        return {**refused.facts, "lend_until": until}
    return refused.facts


def _said(name: str, fact: Fact) -> str:
    if isinstance(fact, date):
        return day(fact)
    if name == "state" and fact in set(CopyState):
        return label(CopyState(str(fact)))
    return str(fact)
