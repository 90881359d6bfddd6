"""Writes when the centres are open and by which terms they lend; answers for both."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.demo.content import county as county_entry
from app.demo.county import BranchRow, County
from app.demo.days import DAYS_OF_HISTORY
from app.demo.insertion import insert_rows
from app.demo.opening_days import write_opening_days
from loans.models.closure import Closure, OpeningHours
from loans.models.terms import Terms
from loans.queries.calendars import Calendars, calendars_of
from loans.queries.terms import VISITORS_CLASS, effective_terms, terms_rows
from loans.rules.calendar import SATURDAY, SEARCH_DAYS, OpeningCalendar
from loans.rules.due_dates import Basis, ClosedDayRule, Days
from loans.rules.terms import Terms as EffectiveTerms
from loans.rules.terms import TermsRow
from schools.rules.periods import Period
from schools.vocabularies.media_types import MediaCategory

FIRST_CLOSURE = 2020
EVERYTHING = {
    "basis": Basis.CALENDAR_DAYS,
    "closed_day_rule": ClosedDayRule.NEXT_OPEN_DAY,
    "renewals": 0,
    "limit_open_bookings": 40,
    "booking_horizon": 365,
    "reminder_level_1": 3,
    "reminder_level_2": 10,
    "reminder_level_3": 17,
    "block_level": 3,
}
BY_CATEGORY: Mapping[MediaCategory, Mapping[str, int]] = {
    MediaCategory.MEDIA: {
        "loan_period": 14,
        "renewals": 2,
        "renewal_period": 7,
        "limit_open_loans": 20,
    },
    MediaCategory.EQUIPMENT: {
        "loan_period": 7,
        "renewals": 1,
        "renewal_period": 7,
        "service_days_after": 1,
    },
    MediaCategory.BOX: {"loan_period": 21, "service_days_after": 1},
}


@dataclass(frozen=True, slots=True, eq=False)
class HouseRules:
    """The calendars and terms of all centres, as the store has them."""

    calendars: Calendars
    rows: tuple[TermsRow, ...]

    def calendar(self, branch: BranchRow) -> OpeningCalendar:
        """Return the opening days of a branch."""
        return self.calendars.of(branch.id)

    def days(self, branch: BranchRow) -> Days:
        """Return the days that count at a branch."""
        return self.calendars.days(branch.id)

    def terms(self, centre_id: int, type_code: str) -> EffectiveTerms:
        """Return what holds for a type of media; it must be one that is lent."""
        found = effective_terms(self.rows, centre_id, VISITORS_CLASS, type_code).terms
        if found is None:
            raise LookupError(f"{type_code} is not lent")
        return found


def build_house_rules(session: Session, county: County, today: date) -> HouseRules:
    """Write opening hours, closures and terms, and read them back as decisions see them."""
    _open(session, county)
    _close(session, county)
    write_opening_days(session, county, today)
    _set_terms(session, county)
    span = Period(today - timedelta(days=DAYS_OF_HISTORY), today + timedelta(days=SEARCH_DAYS))
    branch_ids = {branch.id for branch in county.branches.values()}
    centre_ids = {centre.id for centre in county.centres}
    return HouseRules(calendars_of(session, branch_ids, span), terms_rows(session, centre_ids))


def _open(session: Session, county: County) -> None:
    entries = [entry for centre in county_entry().centres for entry in centre.branches]
    insert_rows(
        session,
        OpeningHours,
        [
            {
                "branch_id": county.branches[entry.key].id,
                "weekday": weekday,
                "opens": entry.opens,
                "closes": entry.closes,
            }
            for entry in entries
            for weekday in range(SATURDAY)
        ],
    )


def _close(session: Session, county: County) -> None:
    yearly = (
        ("Zwischen den Jahren", date(FIRST_CLOSURE, 12, 24), date(FIRST_CLOSURE + 1, 1, 1)),
        ("Inventur", date(FIRST_CLOSURE, 7, 1), date(FIRST_CLOSURE, 7, 2)),
    )
    insert_rows(
        session,
        Closure,
        [
            {"centre_id": centre.id, "name": name, "first": first, "last": last, "yearly": True}
            for centre in county.centres
            for name, first, last in yearly
        ],
    )


def _set_terms(session: Session, county: County) -> None:
    for place, centre in enumerate(county.centres):
        by_category = _by_category(briefs=place > 0)
        names = {*EVERYTHING, *(name for values in by_category.values() for name in values)}
        unset = dict.fromkeys(names)
        rows = [EVERYTHING | {"media_category": ""}] + [
            dict(values) | {"media_category": category} for category, values in by_category.items()
        ]
        insert_rows(session, Terms, [unset | {"centre_id": centre.id} | row for row in rows])


def _by_category(*, briefs: bool) -> dict[MediaCategory, Mapping[str, int]]:
    """Return the terms of a centre, which lends equipment to the briefed only or to everybody."""
    equipment = {**BY_CATEGORY[MediaCategory.EQUIPMENT], "needs_briefing": briefs}
    return {**BY_CATEGORY, MediaCategory.EQUIPMENT: equipment}
