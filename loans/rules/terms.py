"""Who may have what, for how long: one table, each value inherited by itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType

from loans.rules.due_dates import Basis, ClosedDayRule, LoanPeriod

UNLIMITED = 999_999
"""«Unlimited» as a limit or number of days: no count reaches it, and a day so much later still
is a date. Stored as it is; pages show the word."""

Value = int | Basis | ClosedDayRule | None
"""One value of the table; yes and no are integers to Python as well."""


@dataclass(frozen=True, slots=True)
class TermsKey:
    """What the terms depend on; None in a row means «any».

    Attributes:
        centre_id: the centre that lends.
        customer_class: of the institution, as `school` or `kindergarten`.
        media_category: of the title's media type.
    """

    centre_id: int | None = None
    customer_class: str | None = None
    media_category: str | None = None

    def covers(self, key: "TermsKey") -> bool:
        """Say whether a row with this key applies to `key`."""
        return (
            self.centre_id in {None, key.centre_id}
            and self.customer_class in {None, key.customer_class}
            and self.media_category in {None, key.media_category}
        )

    @property
    def rank(self) -> tuple[bool, bool, bool]:
        """How specific: compared key by key, centre before class before category."""
        return (
            self.centre_id is not None,
            self.customer_class is not None,
            self.media_category is not None,
        )


@dataclass(frozen=True, slots=True)
class TermsValues:
    """The values of one row; None is «not set», `UNLIMITED` and 0 are values (0: none allowed).

    Attributes:
        loan_period: days of the loan's basis.
        basis: which days are counted.
        closed_day_rule: where a period ends on a closed day.
        renewals: how often a loan may be renewed.
        renewal_period: days, same basis; unset, as long as the loan period.
        renewal_window: days before the due date from which a loan may be renewed.
        limit_open_loans: open loans of one person.
        limit_open_bookings: open bookings of one person.
        limit_school_loans: open loans of one institution.
        limit_school_bookings: open bookings of one institution.
        booking_horizon: calendar days from today within which a booking must lie.
        lead_time: processed days before the first possible pick-up.
        service_days_before: open days a copy is prepared before it goes out.
        service_days_after: open days a copy is looked over after it came back.
        needs_approval: staff confirm each booking.
        needs_briefing: only people who were shown how.
        personal_pickup: only handed to the borrower.
        reminder_level_1: days overdue at which the first reminder is due.
        reminder_level_2: the second; later than the first.
        reminder_level_3: the third; later than the second.
        block_level: the level that blocks, counted from 1.
        fee_cents: for each open day overdue.
    """

    loan_period: int | None = None
    basis: Basis | None = None
    closed_day_rule: ClosedDayRule | None = None
    renewals: int | None = None
    renewal_period: int | None = None
    renewal_window: int | None = None
    limit_open_loans: int | None = None
    limit_open_bookings: int | None = None
    limit_school_loans: int | None = None
    limit_school_bookings: int | None = None
    booking_horizon: int | None = None
    lead_time: int | None = None
    service_days_before: int | None = None
    service_days_after: int | None = None
    needs_approval: bool | None = None
    needs_briefing: bool | None = None
    personal_pickup: bool | None = None
    reminder_level_1: int | None = None
    reminder_level_2: int | None = None
    reminder_level_3: int | None = None
    block_level: int | None = None
    fee_cents: int | None = None


@dataclass(frozen=True, slots=True)
class TermsRow:
    """A row of the table, as read from the store."""

    id: int
    key: TermsKey
    values: TermsValues


@dataclass(frozen=True, slots=True)
class Terms:
    """The effective values; see `TermsValues` for their meaning. The defaults are built in.

    Source:
        docs/rules.md, Lending 2.2.
    """

    loan_period: int
    basis: Basis = Basis.CALENDAR_DAYS
    closed_day_rule: ClosedDayRule = ClosedDayRule.NEXT_OPEN_DAY
    renewals: int = 0
    renewal_period: int | None = None
    renewal_window: int = UNLIMITED
    limit_open_loans: int = UNLIMITED
    limit_open_bookings: int = UNLIMITED
    limit_school_loans: int = UNLIMITED
    limit_school_bookings: int = UNLIMITED
    booking_horizon: int = UNLIMITED
    lead_time: int = 0
    service_days_before: int = 0
    service_days_after: int = 0
    needs_approval: bool = False
    needs_briefing: bool = False
    personal_pickup: bool = False
    reminder_level_1: int = 3
    reminder_level_2: int = 10
    reminder_level_3: int = 17
    block_level: int = 3
    fee_cents: int = 0

    @property
    def period(self) -> LoanPeriod:
        """The loan period with its basis and closed-day rule."""
        return LoanPeriod(self.loan_period, self.basis, self.closed_day_rule)

    @property
    def renewed_period(self) -> LoanPeriod:
        """The renewal period; the loan period where none is set.

        Source:
            docs/rules.md, Lending 9.2.
        """
        days = self.loan_period if self.renewal_period is None else self.renewal_period
        return LoanPeriod(days, self.basis, self.closed_day_rule)

    @property
    def reminder_levels(self) -> tuple[int, int, int]:
        """Days overdue at which each level is due."""
        return (self.reminder_level_1, self.reminder_level_2, self.reminder_level_3)


@dataclass(frozen=True, slots=True)
class LimitScope:
    """Which of a person's or school's open loans or bookings count against a limit.

    Attributes:
        centre_id: only this centre's, where the row names one.
        media_category: only this category, where the row names one.
    """

    centre_id: int | None = None
    media_category: str | None = None


@dataclass(frozen=True, slots=True)
class Effective:
    """What holds for one key, each value with the row it came from.

    Attributes:
        key: what was asked for.
        terms: None means NO_TERMS: no row, no loan period, or a loan period of 0.
        origins: the row behind each value by name; values not in it are built in.
    """

    key: TermsKey
    terms: Terms | None
    origins: Mapping[str, TermsRow]

    def explain(self) -> tuple[tuple[str, Value, int | None], ...]:
        """Return name, value and id of the row (None: built in) of every value, in table order.

        Source:
            docs/rules.md, Lending 2.3.
        """
        return tuple((name, self._value(name), self.row_id(name)) for name in VALUE_NAMES)

    def row_id(self, name: str) -> int | None:
        """Return the id of the row that gave the value; None if it is built in."""
        row = self.origins.get(name)
        return None if row is None else row.id

    def limit_scope(self, name: str) -> LimitScope:
        """Return what counts against the limit of that name, as `limit_open_loans`.

        Source:
            docs/rules.md, Lending 2.4: a limit counts under the keys of the row it comes from.
        """
        row = self.origins.get(name)
        if row is None:
            return LimitScope()
        return LimitScope(row.key.centre_id, row.key.media_category)

    def _value(self, name: str) -> Value:
        row = self.origins.get(name)
        value: Value = getattr(_BUILT_IN if row is None else row.values, name)
        return value


VALUE_NAMES = tuple(field.name for field in fields(TermsValues))
"""Names of all values, in the order pages show them."""

_BUILT_IN = Terms(loan_period=0)
"""What holds where no row says otherwise: nothing is lent, and for the rest the defaults."""


def effective(rows: Iterable[TermsRow], key: TermsKey) -> Effective:
    """Return the value that wins for each name: that of the most specific row which sets it.

    Args:
        rows: any rows; those that do not apply are left out here. Keys are unique.
        key: all three parts set; a part that is None is matched by «any» only.

    Source:
        docs/rules.md, Lending 2.1 and 2.2.
    """
    applying = sorted(
        (row for row in rows if row.key.covers(key)), key=lambda row: row.key.rank, reverse=True
    )
    origins: dict[str, TermsRow] = {}
    for row in applying:
        for name in VALUE_NAMES:
            if name not in origins and getattr(row.values, name) is not None:
                origins[name] = row
    return Effective(key, _terms(origins), MappingProxyType(origins))


def _terms(origins: Mapping[str, TermsRow]) -> Terms | None:
    values = {name: getattr(row.values, name) for name, row in origins.items()}
    return Terms(**values) if values.get("loan_period") else None
