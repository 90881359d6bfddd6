"""What a series of bookings asks: the first days, how it goes on, what for."""

import re
from datetime import date, timedelta

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    SelectField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from app.bookings.occasion_form import OccasionForm
from app.forms import several_lines
from app.lending_words import RHYTHMS
from app.reserving_form import MOST_PIECES
from app.today import today
from loans.rules.series import LONGEST_STEP, MOST_DATES, Rhythm, Series

SERIES_ENDS_WITHIN = timedelta(days=400)
"""As far ahead as closures and holidays are looked up."""

BETWEEN_DATES = re.compile(r"[\s,;]+")
GERMAN_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


class SeriesForm(OccasionForm):
    """A series of bookings of one thing."""

    holding = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    person = IntegerField(widget=HiddenInput(), validators=[Optional()])
    quantity = IntegerField(
        _("Number of pieces"),
        default=1,
        validators=[
            InputRequired(_("Enter how many you need, at least 1.")),
            NumberRange(1, MOST_PIECES, _("Enter how many you need, at least 1.")),
        ],
    )
    institution = SelectField(
        _("For which school?"), choices=[], validate_choice=False, validators=[Optional()]
    )
    rhythm = RadioField(
        _("How does it go on?"),
        choices=[SelectChoice(key.value, words) for key, words in RHYTHMS.items()],
        default=Rhythm.WEEKLY.value,
    )
    step = IntegerField(
        _("Every how many weeks"),
        default=1,
        validators=[
            Optional(),
            NumberRange(1, LONGEST_STEP, _("Enter a number of weeks from 1 to 12.")),
        ],
    )
    count = IntegerField(
        _("How often"),
        default=6,
        validators=[Optional(), NumberRange(1, MOST_DATES, _("Enter a number from 1 to 60."))],
    )
    dates = TextAreaField(
        _("Further first days"),
        filters=[several_lines],
        validators=[Length(max=2000, message=_("This is too long."))],
    )
    skips = BooleanField(_("Leave out school holidays and days off of the school"), default=True)

    def validate_dates(self, field: TextAreaField) -> None:
        """Say which date cannot be read, or that they are too many."""
        words = _words(field.data)
        if self.rhythm.data == Rhythm.DATES and not words:
            raise ValidationError(gettext("Write at least one further day."))
        if len(words) >= MOST_DATES:
            raise ValidationError(gettext("A series has at most 60 dates."))
        for word in words:
            if _date_in(word) is None:
                sentence = gettext("Write “%(word)s” as a date like 3.12.2026.", word=word[:20])
                raise ValidationError(sentence)

    def validate_count(self, _field: IntegerField) -> None:
        """Refuse what lies further ahead than holidays are known."""
        if self.first.data is None or self.first.errors:
            return
        step = timedelta(weeks=_within(self.step.data, LONGEST_STEP))
        if self.rhythm.data == Rhythm.MONTHLY:
            step = timedelta(days=28)
        ends = self.first.data + step * (_within(self.count.data, MOST_DATES) - 1)
        given = [day for word in _words(self.dates.data) if (day := _date_in(word))]
        if self.rhythm.data == Rhythm.DATES:
            ends = max([self.first.data, *given])
        if ends > today() + SERIES_ENDS_WITHIN:
            raise ValidationError(gettext("A series ends within 13 months. Choose fewer dates."))

    def series(self) -> Series:
        """Return what is wished, once it is valid."""
        days = [day for word in _words(self.dates.data) if (day := _date_in(word))]
        return Series(
            first=self.period(),
            rhythm=Rhythm(self.rhythm.data),
            count=self.count.data or 1,
            step=self.step.data or 1,
            dates=tuple(days[: MOST_DATES - 1]),
            skips_school_holidays=bool(self.skips.data),
        )


def _within(number: int | None, most: int) -> int:
    """Return a number as far as it may be one; what is wrong with it is told by its field."""
    return max(1, min(number or 1, most))


def _words(text: str | None) -> list[str]:
    return [word for word in BETWEEN_DATES.split(text or "") if word]


def _date_in(word: str) -> date | None:
    """Return the day that a word names, as 3.12.2026 or 2026-12-03."""
    german = GERMAN_DATE.fullmatch(word)
    try:
        if german is not None:
            number, month, year = map(int, german.groups())
            return date(year, month, number)
        return date.fromisoformat(word)
    except ValueError:
        return None
