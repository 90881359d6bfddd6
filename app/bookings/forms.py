"""What people type about bookings besides the reserve form."""

from datetime import date
from typing import TypeVar

from flask import request
from flask_babel import lazy_gettext as _
from wtforms import DateField, SearchField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from app.addresses import local_path
from app.forms import Form, QueryForm
from app.lending_words import BOOKING_STATES
from app.reserving import Asked
from loans.queries.bookings import BookingFilter
from loans.rules.booking_states import BookingState
from schools.rules.periods import Period

ALL_OPEN = ""
LONGEST_WORDS = 80
MOST_PIECES = 999
Number = TypeVar("Number", int, date)


class DeclineForm(Form):
    """Why a request is declined; the borrower reads it."""

    reason = StringField(
        _("Reason"),
        validators=[
            DataRequired(_("Say why, in one sentence for the borrower.")),
            Length(max=300, message=_("This is too long.")),
        ],
    )


class BookingFilterForm(QueryForm):
    """What the centre's list of bookings is narrowed to; faults narrow nothing."""

    day = DateField(_("Day"), validators=[Optional()])
    state = SelectField(
        _("State"),
        choices=[
            SelectChoice(ALL_OPEN, _("All open")),
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
            words=(self.words.data or "")[:LONGEST_WORDS],
            page=max(1, number_in_address("page") or 1),
        )


def asked_in_address() -> Asked:
    """Return what an address says about a reservation; what is no day or number is let go."""
    first, last = _day_in_address("from"), _day_in_address("until")
    period = Period(first, max(first, last or first)) if first else None
    return Asked(
        period=period,
        quantity=min(MOST_PIECES, max(1, number_in_address("quantity") or 1)),
        person_id=number_in_address("person"),
        place_id=number_in_address("place"),
        back=local_path(request.args.get("back"), ""),
        order_id=number_in_address("order"),
    )


def number_in_address(name: str) -> int | None:
    """Return a number of at most nine digits from the address, or None."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004  # said above


def _day_in_address(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
