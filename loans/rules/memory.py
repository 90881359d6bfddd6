"""How long we remember who had what."""

from datetime import date, timedelta

BOOKING_DAYS = 30
"""Days after its end until the person is cut from a booking, a hold or a wish to buy.

Source: docs/rules.md, Lending 12.1.
"""

DESK_DAYS = 30
"""Days that the desk's own log is kept. Source: docs/decisions/0016-nights.md."""

AUDIT_DAYS = 365
"""Days that the audit log is kept. Source: docs/rules.md, Lending 12.1."""


def forgotten_before(today: date, days: int) -> date:
    """Return the day before which things are old enough to be forgotten.

    What ended on a day is kept `days` more days; with 0 it goes in the next night.

    Source:
        docs/rules.md, Lending 12.1.
    """
    return today - timedelta(days=days)


def desk_days(person_days: int) -> int:
    """Return how long the desk's log is kept, which names borrowers beside their loans.

    Never longer than the borrowers stay on their loans.

    Source:
        docs/rules.md, Lending 12.1.
    """
    return min(DESK_DAYS, person_days)
