"""What a booking of several things asks once: days, purpose, class, place, remark."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import HiddenField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from app.dates import day
from app.forms import DayField
from app.reserving_choices import place_words
from app.reserving_form import OccasionFields, near_day, purpose_in
from loans.models.purpose import OtherReason
from loans.queries.viewpoint import Viewpoint
from loans.queries.wishes import BookingWish, LineWish
from schools.rules.periods import Period


class OccasionForm(OccasionFields):
    """Days, purpose, class, place and remark for several things at once.

    `was_first` and `was_last` are the days that were shown: where only the first day was moved,
    the period keeps its length.
    """

    first = DayField(
        _("From"), name="from", validators=[InputRequired(_("Choose the first day.")), near_day]
    )
    last = DayField(_("Until"), name="until", validators=[Optional(), near_day])
    was_first = HiddenField()
    was_last = HiddenField()
    act = StringField()
    """Which button sent it; no field shows it."""

    def validate_last(self, field: DayField) -> None:
        """Refuse a period that ends before it begins, unless only its start was moved."""
        first = self.first.data
        if first and field.data and not moved_only(first, field.data, self.was_last.data):
            sentence = gettext("Choose an end from %(day)s on.", day=day(self.first.data))
            raise ValidationError(sentence)

    def period(self) -> Period:
        """Return the days; as long as those shown where only the first was moved."""
        return moved(self.first.data, self.last.data, (self.was_first.data, self.was_last.data))

    def show(self, period: Period) -> None:
        """Let the fields show a period, and remember that they did."""
        self.first.data, self.last.data = period.first, period.last
        self.was_first.data, self.was_last.data = (
            period.first.isoformat(),
            period.last.isoformat(),
        )

    def offer(self, view: Viewpoint) -> None:
        """Give the form the places that can be chosen, the first one chosen."""
        self.place.choices = [SelectChoice(place.id, place_words(place)) for place in view.places]
        if self.place.data is None:
            self.place.data = view.place.id

    def named(self) -> tuple[int | None, OtherReason | None]:
        """Return the unit or the other reason that is chosen."""
        return purpose_in(self.purpose.data or "")

    def wish(self, lines: Sequence[LineWish], person_id: int, institution_id: int) -> BookingWish:
        """Return what is wanted of some things."""
        unit_id, reason = self.named()
        return BookingWish(
            lines=tuple(lines),
            person_id=person_id,
            period=self.period(),
            institution_id=institution_id,
            unit_id=unit_id,
            reason=reason,
            place_id=self.place.data or None,
            class_name=self.class_name.data or "",
            remark=self.remark.data or "",
        )


def moved(first: date, last: date | None, was: tuple[str | None, str | None]) -> Period:
    """Return the days that were typed; as long as those shown where only the first was moved."""
    shown = _shown(*was)
    if shown is not None and first != shown.first and last in {None, shown.last}:
        return Period(first, first + timedelta(days=shown.days - 1))
    return Period(first, max(first, last or first))


def moved_only(first: date, last: date, was_last: str | None) -> bool:
    """Say whether days are in order, or only look otherwise since their start was moved."""
    return first <= last or last.isoformat() == was_last


def _shown(first: str | None, last: str | None) -> Period | None:
    try:
        return Period(date.fromisoformat(first or ""), date.fromisoformat(last or ""))
    except ValueError:
        return None
