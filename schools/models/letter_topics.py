"""Which letters people choose about, by topic, and which come whatever they chose."""

from collections.abc import Mapping

from schools.models.letter_choice import LetterTopic
from schools.models.owed_letter import LetterKind

TOPICS: Mapping[LetterKind, LetterTopic] = {
    LetterKind.BOOKING_CONFIRMED: LetterTopic.BOOKINGS,
    LetterKind.BOOKINGS_CONFIRMED: LetterTopic.BOOKINGS,
    LetterKind.BOOKING_REQUESTED: LetterTopic.BOOKINGS,
    LetterKind.BOOKING_CHANGED: LetterTopic.BOOKINGS,
    LetterKind.BOOKING_DECLINED: LetterTopic.BOOKINGS,
    LetterKind.BOOKING_CANCELLED: LetterTopic.BOOKINGS,
    LetterKind.BOOKINGS_CANCELLED: LetterTopic.BOOKINGS,
    LetterKind.BOOKING_LAPSED: LetterTopic.BOOKINGS,
    LetterKind.BOOKING_READY: LetterTopic.BOOKINGS,
    LetterKind.ON_ITS_WAY: LetterTopic.BOOKINGS,
    LetterKind.LOAN_RECEIPT: LetterTopic.LOANS,
    LetterKind.LOAN_RENEWED: LetterTopic.LOANS,
    LetterKind.DUE_SOON: LetterTopic.REMINDERS,
    LetterKind.DEFECT_STATE: LetterTopic.LOANS,
    LetterKind.PURCHASE_ANSWERED: LetterTopic.LOANS,
    LetterKind.HOLD_READY: LetterTopic.HOLDS,
    LetterKind.HOLD_EXPIRED: LetterTopic.HOLDS,
    LetterKind.SEARCH_ALERT: LetterTopic.SEARCHES,
}
"""One line for each kind that its addressee may have daily or not at all.

Where one letter of such a kind must come all the same, as with what staff cancelled, the `Letter`
says so.
"""

ALWAYS: frozenset[LetterKind] = frozenset(
    {
        LetterKind.INVITATION,
        LetterKind.PASSWORD_RESET,
        LetterKind.REGISTRATION_PROOF,
        LetterKind.REGISTRATION_RECEIVED,
        LetterKind.MEMBERSHIP_TO_CONFIRM,
        LetterKind.MEMBERSHIP_CONFIRMED,
        LetterKind.MEMBERSHIP_DECLINED,
        LetterKind.OVERDUE,
        LetterKind.OVERDUE_COPY,
        LetterKind.RECALL,
        LetterKind.MEMBERSHIP_PROVISIONAL,
        LetterKind.PARTS_MISSING,
        LetterKind.DEFECT_REPORTED,
        LetterKind.BARRIER_REPORTED,
        LetterKind.DIGEST,
        LetterKind.DATES_MOVED,
        LetterKind.DAMAGE_FOUND,
        LetterKind.HOLD_AT_DESK,
        LetterKind.CORRECTION,
    }
)
"""Kinds that come at once to everybody: about accounts, what is overdue, and to the office.

Every kind stands here or in `TOPICS`, as a test sees to; one that stands nowhere comes at once.
"""

INTERNAL: frozenset[LetterKind] = frozenset(
    {
        LetterKind.DEFECT_REPORTED,
        LetterKind.BARRIER_REPORTED,
        LetterKind.DIGEST,
        LetterKind.HOLD_AT_DESK,
    }
)
"""Kinds that no centre words anew: those to its own office, and the frame of the daily letter."""
