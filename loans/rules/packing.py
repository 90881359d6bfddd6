"""What a packing scan can come to, and what a driver reports."""

from enum import StrEnum


class PackNote(StrEnum):
    """What came of scanning something at a tour.

    Source:
        docs/rules.md, Lending 11.2.
    """

    LOADED = "loaded"
    AGAIN = "again"
    """It lies in a box of this tour already."""
    BOX = "box"
    """A box of this tour, packed into from now on."""
    PARTS = "parts"
    """Its parts are to be counted first."""
    OTHER_TOUR = "other_tour"
    """Its booking, or the box, goes with another tour."""
    COUNTER = "counter"
    """Its booking is collected at a counter."""
    NOT_BOOKED = "not_booked"
    """No booking that the courier brings asks for it."""
    UNDER_WAY = "under_way"
    """The tour was handed over already."""
    REFUSED = "refused"
    """The rules of lending forbid it."""
    UNKNOWN = "unknown"
    """The code answers to no copy and no box here."""


class Tap(StrEnum):
    """What a driver reports at a stop; the last two take a slip of the thumb back.

    Source:
        docs/rules.md, Lending 11.2: delivered and collected in two taps.
    """

    DELIVERED = "delivered"
    COLLECTED = "collected"
    NOT_DELIVERED = "not_delivered"
    NOT_COLLECTED = "not_collected"


class PackStep(StrEnum):
    """What can be asked of a tour; not all of it in every state."""

    UNPACK = "unpack"
    TAKE_BACK = "take_back"
    FINISH = "finish"
