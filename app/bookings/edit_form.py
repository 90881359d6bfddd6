"""The form in which a booking is changed: its days, place, purpose, and how many of each line."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, IntegerField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, NumberRange

from app.bookings.occasion_form import OccasionForm
from app.forms import DayField
from app.reserving_form import (
    MOST_PIECES,
    REASON,
    UNIT,
    OverrulingFields,
    near_day,
    number_in,
)
from loans.models.booking import Booking
from loans.queries.bookings import BookedLine, BookingFacts
from loans.queries.edits import BookingEdit, booking_edition
from loans.queries.wishes import LineWish

QUANTITY, COPY = "quantity_", "copy_"
"""What the names of a line's fields begin with; its id follows."""

CopyChoices = Mapping[int, Sequence[SelectChoice]]
"""By line, the numbered copies it may name."""


class EditForm(OccasionForm, OverrulingFields):
    """What a booking shall be; the fields of its lines are added by `edit_form_of`."""

    edition = HiddenField(validators=[DataRequired()])
    last = DayField(
        _("Until"), name="until", validators=[InputRequired(_("Choose the last day.")), near_day]
    )

    def quantity_of(self, line: BookedLine) -> Any:  # noqa: ANN401  # WTForms has no types
        """Return the field that says how many of a line."""
        return self[f"{QUANTITY}{line.id}"]

    def copy_of(self, line: BookedLine) -> Any:  # noqa: ANN401  # WTForms has no types
        """Return the field that names the copy of a line; None without one."""
        return getattr(self, f"{COPY}{line.id}", None)

    def edit(self, booking: BookingFacts) -> BookingEdit:
        """Return what is wished; lines with none left go."""
        unit_id, reason = self.named()
        lines = {line.id: self._line(line) for line in booking.lines}
        return BookingEdit(
            number=booking.number,
            edition=self.edition.data,
            period=self.period(),
            place_id=self.place.data or booking.place_id,
            lines={key: line for key, line in lines.items() if line.quantity},
            unit_id=unit_id,
            reason=reason,
            class_name=self.class_name.data or "",
            remark=self.remark.data or "",
            overruling=self.overruling.data or "" if self.anyway.data else "",
        )

    def _line(self, line: BookedLine) -> LineWish:
        copy = self.copy_of(line)
        if copy is None:
            return LineWish(line.holding_id, self.quantity_of(line).data, line.copy_id)
        copy_id = number_in(copy.data)
        return LineWish(line.holding_id, 0 if copy_id is None else 1, copy_id)


def edit_form_of(booking: Booking, facts: BookingFacts, copies: CopyChoices) -> EditForm:
    """Return the form of a booking as it stands, or as it was sent.

    Args:
        booking: its row, for what tells it from a changed one.
        facts: the same as a value.
        copies: for lines that name a numbered copy, those they may name.
    """
    fields: dict[str, Any] = {}
    for line in facts.lines:
        fields[f"{QUANTITY}{line.id}"] = _quantity(line, single=len(facts.lines) == 1)
        if line.id in copies:
            fields[f"{COPY}{line.id}"] = _copy(line, copies[line.id])
    form: EditForm = type("EditFormOfLines", (EditForm,), fields)(data=_values(booking, facts))
    return form


def _quantity(line: BookedLine, *, single: bool) -> IntegerField:
    least = max(line.handed_out, 1 if single else 0)
    sentence = _("Enter a number from %(least)s on.", least=least)
    return IntegerField(
        _("Pieces of “%(title)s”", title=line.title),
        validators=[InputRequired(sentence), NumberRange(least, MOST_PIECES, sentence)],
    )


def _copy(line: BookedLine, choices: Sequence[SelectChoice]) -> SelectField:
    label = _("Which one of “%(title)s”", title=line.title)
    return SelectField(label, choices=list(choices), validate_choice=False)


def _values(booking: Booking, facts: BookingFacts) -> dict[str, Any]:
    reason = f"{REASON}{facts.reason.value}" if facts.reason is not None else ""
    values: dict[str, Any] = {
        "edition": booking_edition(booking),
        "first": facts.period.first,
        "last": facts.period.last,
        "was_first": facts.period.first.isoformat(),
        "was_last": facts.period.last.isoformat(),
        "class_name": facts.class_name,
        "purpose": reason or f"{UNIT}{facts.unit_id}",
        "place": facts.place_id,
        "remark": facts.remark,
    }
    for line in facts.lines:
        values[f"{QUANTITY}{line.id}"] = line.quantity
        values[f"{COPY}{line.id}"] = str(line.copy_id or "")
    return values
