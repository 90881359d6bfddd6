"""The states of a copy."""

from enum import StrEnum


class CopyState(StrEnum):
    """Where a copy is in its life (Lending 3.1)."""

    AVAILABLE = "available"
    ON_LOAN = "on_loan"
    SET_ASIDE = "set_aside"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    INCOMPLETE = "incomplete"
    IN_REPAIR = "in_repair"
    MISSING = "missing"
    LOST = "lost"
    WITHDRAWN = "withdrawn"
