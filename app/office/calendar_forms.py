"""Forms of a centre's calendar: a closure, an exceptional opening, a branch's week."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from app.forms import DayField, Form
from app.office.fields import HoursField, WholeNumber
from app.office.forms import line
from loans.rules.calendar import Closure, ExceptionalOpening
from loans.rules.calendar_faults import LONGEST_YEARLY_DAYS
from loans.rules.centre_calendar import PlacedClosure, PlacedOpening, Week

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)
LONGEST_NAME = 120
MOST_VISITS = 999
WEEKDAYS = range(7)
WHOLE_CENTRE = ""


class PlacedForm(Form):
    """Something of the whole centre or of one branch; `edition` tells which was opened."""

    branch = SelectField(_("Holds for"))
    edition = HiddenField(default="")

    def offer(self, branches: Mapping[int, str]) -> None:
        """Offer the whole centre and each of its branches."""
        self.branch.choices = [
            SelectChoice(WHOLE_CENTRE, _("the whole media centre")),
            *(SelectChoice(str(key), name) for key, name in branches.items()),
        ]

    def branch_id(self) -> int | None:
        """Return the chosen branch; None for the whole centre."""
        return int(self.branch.data) if self.branch.data else None


def sensible_day(_form: Form, field: DayField) -> None:
    """Refuse a day of another century, which is a slip of the keyboard."""
    if field.data is not None and not EARLIEST <= field.data <= LATEST:
        raise ValidationError(gettext("Enter a day between 2000 and 2100."))


class ClosureForm(PlacedForm):
    """A closure; without a last day it is a single day."""

    name = line(_("Name"), LONGEST_NAME, _("Enter a name that visitors understand."))
    first = DayField(
        _("Closed from"),
        validators=[InputRequired(_("Choose the first closed day.")), sensible_day],
    )
    last = DayField(_("Closed until"), validators=[Optional(), sensible_day])
    yearly = BooleanField(_("Every year from then on"))
    processed = BooleanField(_("Closed to visitors, but orders are processed"))

    def validate_last(self, field: DayField) -> None:
        """Refuse an end before the start, and a yearly closure that never ends."""
        first, last = self.first.data, field.data
        if first is None or last is None:
            return
        if last < first:
            raise ValidationError(gettext("The last day must not lie before the first one."))
        if self.yearly.data and (last - first).days >= LONGEST_YEARLY_DAYS:
            raise ValidationError(gettext("A yearly closure must be shorter than a year."))

    def closure(self) -> Closure:
        """Return what was typed, once it is valid."""
        return Closure(
            name=self.name.data,
            first=self.first.data,
            last=self.last.data or self.first.data,
            yearly=self.yearly.data,
            processed=self.processed.data,
        )


class OpeningForm(PlacedForm):
    """A day on which the centre opens all the same."""

    day = DayField(_("Day"), validators=[InputRequired(_("Choose the day.")), sensible_day])
    hours = HoursField(_("Opening hours on this day"))
    name = line(_("Occasion"), LONGEST_NAME)

    def validate_hours(self, field: HoursField) -> None:
        """Refuse an opening without hours."""
        if not field.data and not field.errors:
            raise ValidationError(gettext("Enter hours such as 8:00–12:00, 14:00–17:00."))

    def opening(self) -> ExceptionalOpening:
        """Return what was typed, once it is valid."""
        return ExceptionalOpening(self.day.data, self.hours.data, self.name.data)


class WeekForm(Form):
    """The hours of each weekday, which closed ones are worked on, and how many may come."""

    hours_0 = HoursField(_("Monday"))
    hours_1 = HoursField(_("Tuesday"))
    hours_2 = HoursField(_("Wednesday"))
    hours_3 = HoursField(_("Thursday"))
    hours_4 = HoursField(_("Friday"))
    hours_5 = HoursField(_("Saturday"))
    hours_6 = HoursField(_("Sunday"))
    processed_0 = BooleanField(_("Orders are processed on Monday"))
    processed_1 = BooleanField(_("Orders are processed on Tuesday"))
    processed_2 = BooleanField(_("Orders are processed on Wednesday"))
    processed_3 = BooleanField(_("Orders are processed on Thursday"))
    processed_4 = BooleanField(_("Orders are processed on Friday"))
    processed_5 = BooleanField(_("Orders are processed on Saturday"))
    processed_6 = BooleanField(_("Orders are processed on Sunday"))
    visits_a_day = WholeNumber(
        _("Visits of bookings a day"),
        (1, MOST_VISITS),
        _("Enter a whole number from 1 to 999, or nothing."),
        needed=False,
    )
    edition = HiddenField(default="")

    def week(self) -> Week:
        """Return what was typed, once it is valid; open days are worked on anyway."""
        hours = tuple(
            (weekday, stretch)
            for weekday in WEEKDAYS
            for stretch in sorted(self[f"hours_{weekday}"].data, key=lambda each: each.opens)
        )
        open_days = {weekday for weekday, _stretch in hours}
        worked = (day for day in WEEKDAYS if self[f"processed_{day}"].data)
        return Week(hours, frozenset(worked) - open_days, self.visits_a_day.data)


class RemovalForm(Form):
    """Removing something of the calendar; `edition` tells which was looked at."""

    edition = HiddenField(default="")


def closure_data(placed: PlacedClosure) -> dict[str, Any]:
    """Return a closure as its form's fields take it."""
    closure = placed.closure
    return {
        "branch": WHOLE_CENTRE if placed.branch_id is None else str(placed.branch_id),
        "name": closure.name,
        "first": closure.first,
        "last": closure.last,
        "yearly": closure.yearly,
        "processed": closure.processed,
    }


def opening_data(placed: PlacedOpening) -> dict[str, Any]:
    """Return an exceptional opening as its form's fields take it."""
    return {
        "branch": WHOLE_CENTRE if placed.branch_id is None else str(placed.branch_id),
        "day": placed.opening.day,
        "hours": placed.opening.hours,
        "name": placed.opening.name,
    }


def week_data(week: Week) -> dict[str, Any]:
    """Return a week as the form's fields take it."""
    hours: dict[str, Any] = {
        f"hours_{weekday}": tuple(stretch for of, stretch in week.hours if of == weekday)
        for weekday in WEEKDAYS
    }
    processed = {f"processed_{day}": day in week.processed for day in WEEKDAYS}
    return hours | processed | {"visits_a_day": week.visits_a_day}
