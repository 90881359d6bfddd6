"""What a booking or loan is for, when it is not a teaching unit (Lending 6.1)."""

from enum import StrEnum


class OtherReason(StrEnum):
    """A purpose outside the media concept's units."""

    PREVIEW = "preview"
    TRAINING = "training"
    SCHOOL_EVENT = "school_event"
    PROJECT = "project"
    TEST = "test"
