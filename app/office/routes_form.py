"""Forms of the courier's routes and of pick-up places."""

from collections.abc import Sequence
from datetime import time
from typing import Any

from babel.dates import get_day_names
from flask_babel import get_locale
from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from app.forms import Form
from app.lending_words import PLACE_KINDS
from app.office.forms import line
from loans.rules.route_faults import MOST_COURIER_DAYS, PlaceValues, RouteValues
from loans.rules.tours import weekdays_of
from schools.models.institution import Institution
from schools.models.media_centre import Branch, PickupPlace, PlaceKind

LONGEST_NAME = 120
NOON = time(12)
WEEKDAYS = range(7)


class RouteForm(Form):
    """A route; `edition` tells which values were opened."""

    name = line(_("Name"), LONGEST_NAME, _("Give the route a name."))
    branch_id = SelectField(_("Starts from"), coerce=int)
    weekdays = SelectMultipleField(
        _("Weekdays"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    cut_off = TimeField(
        _("Cut-off"), [DataRequired(_("Enter a time of day, such as 12:00."))], default=NOON
    )
    active = BooleanField(_("The route is driven"), default=True)
    edition = HiddenField(default="")

    def offer(self, branches: Sequence[Branch]) -> None:
        """Offer the branches it can start from, and the days of the week by their names."""
        self.branch_id.choices = [SelectChoice(each.id, branch_words(each)) for each in branches]
        names = get_day_names("wide", locale=get_locale())
        self.weekdays.choices = [SelectChoice(day, names[day]) for day in WEEKDAYS]

    def values(self) -> RouteValues:
        """Return the route as it was typed."""
        return RouteValues(
            name=self.name.data,
            branch_id=self.branch_id.data,
            weekdays=tuple(weekdays_of(set(self.weekdays.data or ()))),
            cut_off=self.cut_off.data,
            active=self.active.data,
        )


class StopForm(Form):
    """A place for a route to stop at."""

    place = SelectField(_("Place"), coerce=int)

    def offer(self, places: Sequence[PickupPlace]) -> None:
        """Offer the places no route stops at."""
        self.place.choices = [SelectChoice(each.id, place_words(each)) for each in places]


class PlaceForm(Form):
    """A pick-up place; `edition` tells which values were opened."""

    name = line(_("Name"), LONGEST_NAME, _("Give the place a name."))
    branch_id = SelectField(_("Branch whose calendar holds"), coerce=int)
    courier_days_before = IntegerField(
        _("Courier days before"),
        [
            InputRequired(_("Enter a whole number from 0 to 10.")),
            NumberRange(0, MOST_COURIER_DAYS, _("Enter a whole number from 0 to 10.")),
        ],
        default=1,
    )
    courier_days_after = IntegerField(
        _("Courier days after"),
        [
            InputRequired(_("Enter a whole number from 0 to 10.")),
            NumberRange(0, MOST_COURIER_DAYS, _("Enter a whole number from 0 to 10.")),
        ],
        default=1,
    )
    active = BooleanField(_("Can be chosen"), default=True)
    edition = HiddenField(default="")

    def offer(self, branches: Sequence[Branch]) -> None:
        """Offer the branches of the centre."""
        self.branch_id.choices = [SelectChoice(each.id, branch_words(each)) for each in branches]

    def values(self) -> PlaceValues:
        """Return the place as it was typed."""
        return PlaceValues(
            name=self.name.data,
            branch_id=self.branch_id.data,
            courier_days_before=self.courier_days_before.data,
            courier_days_after=self.courier_days_after.data,
            active=self.active.data,
        )


class NewPlaceForm(PlaceForm):
    """A place to be added: whose it is never changes afterwards."""

    kind = SelectField(
        _("Kind"),
        choices=[SelectChoice(kind.value, words) for kind, words in PLACE_KINDS.items()],
        default=PlaceKind.COURIER.value,
    )
    institution_id = SelectField(_("School"), coerce=int)

    def offer_schools(self, schools: Sequence[Institution]) -> None:
        """Offer the schools the centre serves."""
        none = SelectChoice(0, _("none, it is a counter"))
        self.institution_id.choices = [
            none,
            *(SelectChoice(each.id, each.name) for each in schools),
        ]

    def place_kind(self) -> PlaceKind:
        """Return what kind of place it is."""
        return PlaceKind(self.kind.data)


def branch_words(branch: Branch) -> str:
    """Return a branch as a choice says it."""
    return f"{branch.name}, {branch.centre.name}"


def place_words(place: PickupPlace) -> str:
    """Return a place as a choice says it."""
    if place.kind is PlaceKind.COURIER:
        return place.name
    return f"{place.name}, {place.branch.name}"


def route_data(values: RouteValues) -> dict[str, Any]:
    """Return a route as the form shows it."""
    return {
        "name": values.name,
        "branch_id": values.branch_id,
        "weekdays": list(values.weekdays),
        "cut_off": values.cut_off,
        "active": values.active,
    }
