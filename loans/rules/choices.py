"""What a centre may choose about its lending beyond the terms, with the defaults."""

from dataclasses import dataclass, field

from loans.rules.holds import PickupTime
from loans.rules.renewals import OverduePolicy


@dataclass(frozen=True, slots=True)
class CentreChoices:
    """The choices of one centre.

    Attributes:
        pickup: how long a copy is kept for whoever waited for it.
        lapses_uncollected: a booking nobody collected lapses in the night after its last day.
        checks_returns: a return is received first and looked over later.
        overdue_policy: what overdue loans do to renewals.
        renews_automatically: loans that may be renewed are, in the night before they are due.
        mails_receipts: receipts of the desk go by letter to whoever has an address.
        person_days: days after the checked return until the person is cut from a loan.

    Source:
        docs/rules.md, Lending 4.3, 7.2, 8.4, 8.7, 9.1, 9.2 and 12.1.
    """

    pickup: PickupTime = field(default_factory=PickupTime)
    lapses_uncollected: bool = True
    checks_returns: bool = False
    overdue_policy: OverduePolicy = OverduePolicy.ONLY_THAT
    renews_automatically: bool = False
    mails_receipts: bool = True
    person_days: int = 90


DEFAULTS = CentreChoices()
"""What holds at a centre that chose nothing."""
