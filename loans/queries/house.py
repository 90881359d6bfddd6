"""Terms and calendars of one centre, read once for many loans of many schools."""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from loans.queries.calendars import Calendars, calendars_of
from loans.queries.terms import effective_terms, terms_rows
from loans.rules.reminders import Fee, overdue_fee
from loans.rules.terms import Terms, TermsRow
from schools.models.media_centre import Branch
from schools.rules.periods import Period

NOTHING_LENT = Terms(loan_period=0, renewal_period=0)
"""What holds where there are no terms any more."""


@dataclass(frozen=True, slots=True, eq=False)
class House:
    """A centre's terms and the calendars of its branches, as of a day."""

    centre_id: int
    calendars: Calendars
    rows: tuple[TermsRow, ...]
    today: date
    _known: dict[tuple[str, str], Terms] = field(default_factory=dict, init=False)

    @property
    def branches(self) -> tuple[int, ...]:
        """Keys of the centre's branches."""
        return tuple(self.calendars.by_branch)

    def terms(self, customer_class: str, type_code: str) -> Terms:
        """Return what holds for a customer and a type of media; the defaults where none do."""
        key = (customer_class, type_code)
        if key not in self._known:
            found = effective_terms(self.rows, self.centre_id, *key).terms
            self._known[key] = found or NOTHING_LENT
        return self._known[key]

    def fee(self, late: "Late") -> int:
        """Return what a late return costs by the terms, in cents; mostly 0.

        Source:
            docs/rules.md, Lending 10.2.
        """
        cents = self.terms(late.customer_class, late.type_code).fee_cents
        if not cents or late.due_on is None:
            return 0
        fee = Fee(cents, late.value_cents)
        back_on = late.back_on or self.today
        return overdue_fee(late.due_on, back_on, fee, self.calendars.of(late.branch_id))


@dataclass(frozen=True, slots=True)
class Late:
    """What a fee is counted from; `back_on` None stands for today."""

    branch_id: int
    customer_class: str
    type_code: str
    value_cents: int | None
    due_on: date | None
    back_on: date | None = None


def house_of(session: Session, centre_id: int, today: date) -> House:
    """Return a centre's terms and calendars, in three statements; what they say is published."""
    branches = session.scalars(select(Branch.id).where(Branch.centre_id == centre_id)).all()
    calendars = calendars_of(session, branches, Period(today, today))
    return House(centre_id, calendars, terms_rows(session, {centre_id}), today)
