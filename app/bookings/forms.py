"""What people type about bookings besides the reserve form."""

from datetime import date

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    IntegerField,
    SearchField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional
from wtforms.widgets import HiddenInput

from app.addresses import local_path
from app.forms import DayField, Form, QueryForm
from app.lending_words import BOOKING_STATES
from app.reserving import Asked
from app.reserving_form import FURTHEST, number_in
from app.today import today
from loans.queries.bookings import BookingFilter
from loans.rules.booking_states import BookingState
from schools.rules.periods import Period

ALL_OPEN = ""
OVERBOOKED = "overbooked"
LONGEST_WORDS = 80
MOST_PIECES = 999


class DecisionForm(Form):
    """A request is decided; `sequence` tells which state of it staff were shown."""

    sequence = IntegerField(widget=HiddenInput(), validators=[Optional()])

    def show(self, sequence: int) -> None:
        """Let the form say which state is shown, whatever it was sent with."""
        self.sequence.data, self.sequence.raw_data = sequence, None


class DeclineForm(DecisionForm):
    """Why a request is declined; the borrower reads it."""

    reason = StringField(
        _("Reason"),
        validators=[
            DataRequired(_("Say why, in one sentence for the borrower.")),
            Length(max=300, message=_("This is too long.")),
        ],
    )


class ConfirmForm(DecisionForm):
    """A request is confirmed; the borrower reads the comment."""

    comment = TextAreaField(
        _("Words for the borrower"),
        validators=[Length(max=500, message=_("This is too long."))],
    )
    anyway = StringField()
    """The button that confirms against the rule; no field shows it."""

    def validate_comment(self, field: TextAreaField) -> None:
        """Whoever goes against the rules says why."""
        if self.anyway.data and not (field.data or "").strip():
            raise ValidationError(gettext("Say why; the borrower reads it, and the log keeps it."))


class BookingFilterForm(QueryForm):
    """What the centre's list of bookings is narrowed to; faults narrow nothing."""

    day = DayField(_("Day"), validators=[Optional()])
    state = SelectField(
        _("State"),
        choices=[
            SelectChoice(ALL_OPEN, _("All open")),
            SelectChoice(OVERBOOKED, _("Overbooked by staff")),
            *(SelectChoice(key.value, words) for key, words in BOOKING_STATES.items()),
        ],
        default=ALL_OPEN,
        validate_choice=False,
    )
    words = SearchField(_("Name or number"), validators=[Length(max=LONGEST_WORDS)])

    def narrowed(self) -> BookingFilter:
        """Return the filter, with the page that the address names."""
        chosen = self.state.data or ALL_OPEN
        return BookingFilter(
            day=self.day.data,
            state=BookingState(chosen) if chosen in set(BookingState) else None,
            overbooked=chosen == OVERBOOKED,
            words=(self.words.data or "")[:LONGEST_WORDS],
            page=max(1, number_in_address("page") or 1),
        )


def asked_in_address() -> Asked:
    """Return what an address says about a reservation; what is no day or number is let go."""
    return Asked(
        period=period_in_address(),
        quantity=min(MOST_PIECES, max(1, number_in_address("quantity") or 1)),
        person_id=number_in_address("person"),
        place_id=number_in_address("place"),
        copy_id=number_in_address("copy"),
        back=local_path(request.args.get("back"), ""),
        order_id=number_in_address("order"),
        institution_id=number_in_address("institution"),
    )


def period_in_address() -> Period | None:
    """Return the days that an address names; None without a first day."""
    first, last = _day_in_address("from"), _day_in_address("until")
    return Period(first, max(first, last or first)) if first else None


def number_in_address(name: str) -> int | None:
    """Return a number of at most nine digits from the address, or None."""
    return number_in(request.args.get(name))


def _day_in_address(name: str) -> date | None:
    try:
        named = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return named if abs(named - today()) <= FURTHEST else None
