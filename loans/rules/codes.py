"""The codes of refusals, and who may overrule each."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from loans.errors import Refused
from schools.rules.roles import Right


class Refusal(StrEnum):
    """Why a wish is refused; `app.labels` says each in German and English.

    The order is the order of display. `NOT_FREE`, `NO_PURPOSE` and `ORDER_CLOSED` refuse bookings,
    `MORE_NEEDS_APPROVAL` more of one that is partly collected, `NOT_OFFERED` and `PLACE_CLOSED`
    what names something that is gone meanwhile, `PLACE_ELSEWHERE` the stop of another school of
    the same person, `BASKET_FULL` one more line of a basket.

    Source:
        docs/rules.md, Lending 8.3.
    """

    UNKNOWN = "UNKNOWN"
    WITHDRAWN = "WITHDRAWN"
    LOST = "LOST"
    MISSING = "MISSING"
    ON_LOAN = "ON_LOAN"
    ON_LOAN_SAME_PERSON = "ON_LOAN_SAME_PERSON"
    SET_ASIDE = "SET_ASIDE"
    NOT_LENDABLE = "NOT_LENDABLE"
    INCOMPLETE = "INCOMPLETE"
    PARTS_UNCOUNTED = "PARTS_UNCOUNTED"
    INSPECTION_OVERDUE = "INSPECTION_OVERDUE"
    LICENCE_ENDED = "LICENCE_ENDED"
    LICENCE_AREA = "LICENCE_AREA"
    MEMBERSHIP_ENDED = "MEMBERSHIP_ENDED"
    BLOCKED = "BLOCKED"
    OVERDUE_BLOCK = "OVERDUE_BLOCK"
    NO_TERMS = "NO_TERMS"
    BRIEFING_MISSING = "BRIEFING_MISSING"
    PERSONAL_PICKUP = "PERSONAL_PICKUP"
    LIMIT_PERSON = "LIMIT_PERSON"
    LIMIT_CATEGORY = "LIMIT_CATEGORY"
    LIMIT_SCHOOL = "LIMIT_SCHOOL"
    TOO_EARLY = "TOO_EARLY"
    TOO_LONG = "TOO_LONG"
    NO_OPEN_DAY = "NO_OPEN_DAY"
    RESERVED = "RESERVED"
    NOT_OFFERED = "NOT_OFFERED"
    PLACE_CLOSED = "PLACE_CLOSED"
    PLACE_ELSEWHERE = "PLACE_ELSEWHERE"
    NOT_FREE = "NOT_FREE"
    NO_PURPOSE = "NO_PURPOSE"
    ORDER_CLOSED = "ORDER_CLOSED"
    MORE_NEEDS_APPROVAL = "MORE_NEEDS_APPROVAL"
    BASKET_FULL = "BASKET_FULL"


class DayReason(StrEnum):
    """Why a day can be neither start nor end of a booking.

    Source:
        docs/rules.md, Lending 4.5 and 8.3.
    """

    PAST = "PAST"
    CLOSED = "CLOSED"
    HOLIDAY = "HOLIDAY"
    LEAD_TIME = "LEAD_TIME"
    HORIZON = "HORIZON"
    VISITS_FULL = "VISITS_FULL"
    COURIER_NOT_RUNNING = "COURIER_NOT_RUNNING"
    LICENCE_ENDED = "LICENCE_ENDED"
    TOO_LONG = "TOO_LONG"


class RenewalRefusal(StrEnum):
    """Why a loan is not renewed.

    Source:
        docs/rules.md, Lending 1.4, 8.3 and 9.1, and docs/decisions/0016-nights.md: `RECALLED`.
    """

    RENEWAL_LIMIT = "RENEWAL_LIMIT"
    WAITED_FOR = "WAITED_FOR"
    RECALLED = "RECALLED"
    BOOKED = "BOOKED"
    BLOCKED = "BLOCKED"
    OVERDUE = "OVERDUE"
    LICENCE_ENDS = "LICENCE_ENDS"
    MEMBERSHIP_ENDS = "MEMBERSHIP_ENDS"
    TOO_EARLY = "TOO_EARLY"
    NOT_LATER = "NOT_LATER"
    NO_OPEN_DAY = "NO_OPEN_DAY"


class HoldRefusal(StrEnum):
    """Why somebody cannot wait for a title, or a hold cannot be changed so.

    Source:
        docs/rules.md, Lending 7.1.
    """

    HAVE_IT = "HAVE_IT"
    WAITS_ALREADY = "WAITS_ALREADY"
    FREE_NOW = "FREE_NOW"
    NOTHING_TO_WAIT_FOR = "NOTHING_TO_WAIT_FOR"
    BEGINS_TODAY = "BEGINS_TODAY"
    HOLD_OVER = "HOLD_OVER"
    HOLD_SERVED = "HOLD_SERVED"
    NOT_KEPT = "NOT_KEPT"
    NO_REASON = "NO_REASON"


class LoanRefusal(StrEnum):
    """Why a loan is not corrected, its copy not exchanged, a claim not taken, a day not noted.

    Source:
        docs/rules.md, Lending 8.4, 8.8 and 10.4.
    """

    LOAN_OVER = "LOAN_OVER"
    BACK = "BACK"
    START_IN_FUTURE = "START_IN_FUTURE"
    END_BEFORE_START = "END_BEFORE_START"
    START_BEFORE_LAST_RETURN = "START_BEFORE_LAST_RETURN"
    RETURN_IN_FUTURE = "RETURN_IN_FUTURE"
    RETURN_BEFORE_LENDING = "RETURN_BEFORE_LENDING"
    SAME_COPY = "SAME_COPY"
    OTHER_TITLE = "OTHER_TITLE"
    CLAIMED_ALREADY = "CLAIMED_ALREADY"
    CLAIM_SETTLED = "CLAIM_SETTLED"
    NOT_PLACED = "NOT_PLACED"
    NOT_UNDER_WAY = "NOT_UNDER_WAY"
    REVIEW_IN_PAST = "REVIEW_IN_PAST"


NEVER_OVERRIDDEN = frozenset[str](
    {
        *HoldRefusal,
        *LoanRefusal,
        Refusal.UNKNOWN,
        Refusal.WITHDRAWN,
        Refusal.ON_LOAN,
        Refusal.ON_LOAN_SAME_PERSON,
        Refusal.PARTS_UNCOUNTED,
        Refusal.INSPECTION_OVERDUE,
        Refusal.LICENCE_ENDED,
        Refusal.LICENCE_AREA,
        Refusal.NO_TERMS,
        Refusal.NOT_OFFERED,
        Refusal.PLACE_CLOSED,
        Refusal.PLACE_ELSEWHERE,
        Refusal.NO_OPEN_DAY,
        Refusal.NO_PURPOSE,
        Refusal.ORDER_CLOSED,
        Refusal.MORE_NEEDS_APPROVAL,
        Refusal.BASKET_FULL,
        DayReason.PAST,
        DayReason.LICENCE_ENDED,
        RenewalRefusal.LICENCE_ENDS,
        RenewalRefusal.NOT_LATER,
        RenewalRefusal.NO_OPEN_DAY,
    }
)
"""Facts, duties and rights of others, which no right of the centre's overrules."""

OVERRIDES: Mapping[str, Right | None] = MappingProxyType(
    {
        code: None if code in NEVER_OVERRIDDEN else Right.OVERRIDE
        for codes in (Refusal, DayReason, RenewalRefusal, HoldRefusal, LoanRefusal)
        for code in codes
    }
)
"""The right that overrules each code, always with a reason; None: nobody may.

A code of one word in two of the sets means the same in both.

Source: docs/rules.md, Lending 8.3.
"""


def may_override(refusals: Iterable[Refused], rights: frozenset[Right]) -> bool:
    """Say whether somebody with these rights may go ahead against every one of the refusals.

    Source:
        docs/rules.md, Lending 8.3.
    """
    return all(OVERRIDES[reason.code] in rights for reason in refusals)


def values_behind(code: StrEnum) -> tuple[str, ...]:
    """Return the names of the terms' values a refusal comes from; none for any other refusal.

    Limits are set in two values each, one of loans and one of bookings.

    Source:
        docs/rules.md, Lending 2.3.
    """
    return _VALUES_BEHIND.get((type(code), str(code)), ())


_VALUES_BEHIND: Mapping[tuple[type[StrEnum], str], tuple[str, ...]] = MappingProxyType(
    {
        (type(code), str(code)): names
        for code, names in (
            (Refusal.NO_TERMS, ("loan_period",)),
            (Refusal.OVERDUE_BLOCK, ("block_level",)),
            (Refusal.BRIEFING_MISSING, ("needs_briefing",)),
            (Refusal.PERSONAL_PICKUP, ("personal_pickup",)),
            (Refusal.LIMIT_PERSON, ("limit_open_loans", "limit_open_bookings")),
            (Refusal.LIMIT_CATEGORY, ("limit_open_loans", "limit_open_bookings")),
            (Refusal.LIMIT_SCHOOL, ("limit_school_loans", "limit_school_bookings")),
            (Refusal.TOO_LONG, ("loan_period",)),
            (DayReason.TOO_LONG, ("loan_period",)),
            (DayReason.LEAD_TIME, ("lead_time",)),
            (DayReason.HORIZON, ("booking_horizon",)),
            (RenewalRefusal.RENEWAL_LIMIT, ("renewals", "renewal_period")),
            (RenewalRefusal.TOO_EARLY, ("renewal_window",)),
            (RenewalRefusal.NOT_LATER, ("renewal_period",)),
        )
    }
)
"""By set and code, since `TOO_EARLY` of a loan and of a renewal are not the same."""
