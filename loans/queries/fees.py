"""What a late return costs, where the terms set a fee."""

from datetime import date

from loans.queries.loans import LoanFacts
from loans.queries.viewpoint import Viewpoint
from loans.rules.reminders import Fee, overdue_fee


def fee_of(view: Viewpoint, loan: LoanFacts, today: date) -> int:
    """Return what a loan costs by today, in cents; mostly 0.

    Args:
        view: of the loan's centre and institution.
        loan: open.
        today: the day; what is back in the house costs no more from then on.

    Source:
        docs/rules.md, Lending 10.2.
    """
    terms = view.effective(loan.type_code).terms
    if terms is None or not terms.fee_cents:
        return 0
    back_on = loan.received_on or today
    fee = Fee(terms.fee_cents, loan.value_cents)
    return overdue_fee(loan.due_on, back_on, fee, view.calendars.of(loan.branch_id))
