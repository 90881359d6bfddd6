"""The form that reserves: on the title page, on its own page, and as posted by programs."""

from datetime import timedelta

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import AnyOf, DataRequired, InputRequired, Length, NumberRange, Optional

from app.dates import day
from app.forms import DayField, Form, first_sentence, one_line, several_lines
from app.routing import HIGHEST_KEY
from app.today import today
from loans.models.purpose import OtherReason
from loans.queries.wishes import BookingWish
from loans.queries.wishes import one_line as line_of
from schools.rules.periods import Period

LONGEST_CLASS = 40
LONGEST_REMARK = 500
MOST_PIECES = 999
TOO_LONG = 10
"""Digits: one more than a key has."""

FURTHEST = timedelta(days=5 * 366)
"""No day of a wish lies further off than this, before or after today."""

UNIT = "unit:"
REASON = "reason:"
"""What a choice of purpose begins with; the rest is a unit's id or a reason's code."""


def near_day(_form: Form, field: DayField) -> None:
    """Refuse days that nobody means, as of the year 9999."""
    if field.data is not None and abs(field.data - today()) > FURTHEST:
        raise ValidationError(gettext("Choose a day within the next five years."))


def number_in(text: object) -> int | None:
    """Return the number that a choice names, of at most nine digits; None for none."""
    named = str(text or "")
    return int(named) if named.isascii() and named.isdecimal() and len(named) < TOO_LONG else None


def purpose_in(chosen: str) -> tuple[int | None, OtherReason | None]:
    """Return the unit or the reason that a choice of purpose names; neither for none."""
    unit_id = number_in(chosen.removeprefix(UNIT)) if chosen.startswith(UNIT) else None
    if unit_id is None and chosen.removeprefix(REASON) in set(OtherReason):
        return None, OtherReason(chosen.removeprefix(REASON))
    return unit_id, None


class OccasionFields(Form):
    """What every way to reserve asks: for which class and purpose, to which place, a remark."""

    class_name = StringField(
        _("Class"),
        filters=[one_line],
        validators=[Length(max=LONGEST_CLASS, message=_("This is too long."))],
    )
    purpose = SelectField(_("What is it for?"), choices=[], validate_choice=False)
    place = RadioField(
        _("How does it reach you?"),
        choices=[],
        coerce=int,
        validate_choice=False,
        validators=[Optional()],
    )
    remark = TextAreaField(
        _("Remark"),
        filters=[several_lines],
        validators=[Length(max=LONGEST_REMARK, message=_("This is too long."))],
    )


class OverrulingFields(Form):
    """Why staff go against a rule; `anyway` comes from a button, so no field shows it."""

    overruling = TextAreaField(
        _("Why all the same?"),
        validators=[Length(max=LONGEST_REMARK, message=_("This is too long."))],
    )
    anyway = StringField()

    def validate_overruling(self, field: TextAreaField) -> None:
        """Whoever goes against the rules says why."""
        if self.anyway.data and not (field.data or "").strip():
            raise ValidationError(gettext("Say why; it stands in the log and with the booking."))


class ReserveForm(OccasionFields, OverrulingFields):
    """A wish to reserve. The page chooses `purpose`; programs name `unit` or `reason`.

    Choices are not judged here: what the actor cannot reach is not found by the booking itself.
    `take` comes from a button, so no field shows it: fewer than wanted. `missed` is
    the key of the request that was refused before.
    """

    holding = IntegerField(
        widget=HiddenField.widget, validators=[DataRequired(_("Choose what to reserve."))]
    )
    first = DayField(
        _("From"), name="from", validators=[InputRequired(_("Choose the first day.")), near_day]
    )
    last = DayField(
        _("Until"), name="until", validators=[InputRequired(_("Choose the last day.")), near_day]
    )
    quantity = IntegerField(
        _("Number of pieces"),
        default=1,
        validators=[
            DataRequired(_("Enter how many you need, at least 1.")),
            NumberRange(1, MOST_PIECES, _("Enter how many you need, at least 1.")),
        ],
    )
    unit = IntegerField(widget=HiddenField.widget, validators=[Optional()])
    reason = StringField(
        widget=HiddenField.widget,
        validators=[
            Optional(),
            AnyOf([each.value for each in OtherReason], _("There is no such reason.")),
        ],
    )
    copy = SelectField(_("Which one?"), choices=[], validate_choice=False, validators=[Optional()])
    person = IntegerField(widget=HiddenField.widget, validators=[Optional()])
    institution = SelectField(
        _("For which school?"), choices=[], validate_choice=False, validators=[Optional()]
    )
    take = IntegerField(validators=[Optional(), NumberRange(1)])
    missed = HiddenField(validators=[Length(max=80)])
    back = HiddenField()
    order = IntegerField(
        widget=HiddenField.widget, validators=[Optional(), NumberRange(0, HIGHEST_KEY)]
    )

    def validate_last(self, field: DayField) -> None:
        """Refuse a period that ends before it begins."""
        if self.first.data and field.data and field.data < self.first.data:
            sentence = gettext("Choose an end from %(day)s on.", day=day(self.first.data))
            raise ValidationError(sentence)

    def sentences(self) -> dict[str, str]:
        """Return the first error of each field by the name it was posted with."""
        return {field.name: first_sentence(field.errors) for field in self if field.errors}

    def wish(self, own_person_id: int | None) -> BookingWish:
        """Return what is wanted; for the visitor unless another person is named."""
        unit_id, reason = self._purpose()
        institution_id = number_in(self.institution.data)
        return BookingWish(
            lines=line_of(self.holding.data, self.taken, number_in(self.copy.data)),
            person_id=self.person.data or own_person_id or 0,
            period=Period(self.first.data, self.last.data),
            institution_id=institution_id if unit_id is None else None,
            unit_id=unit_id,
            reason=reason,
            place_id=self.place.data or None,
            class_name=self.class_name.data or "",
            remark=self.remark.data or "",
            overruling=self.overruling.data or "" if self.anyway.data else "",
        )

    @property
    def taken(self) -> int:
        """How many are reserved: as many as wished, or fewer if those were taken."""
        wished: int = self.quantity.data
        return min(wished, self.take.data or wished)

    def _purpose(self) -> tuple[int | None, OtherReason | None]:
        unit_id, reason = purpose_in(self.purpose.data or "")
        if unit_id is not None or reason is not None:
            return unit_id, reason
        reason = OtherReason(self.reason.data) if self.reason.data else None
        return self.unit.data, reason
