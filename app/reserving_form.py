"""The form that reserves: on the title page, on its own page, and as posted by programs."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import AnyOf, DataRequired, Length, NumberRange, Optional

from app.dates import day
from app.forms import Form, first_sentence
from app.routing import HIGHEST_KEY
from loans.models.purpose import OtherReason
from loans.queries.wishes import BookingWish, one_line
from schools.rules.periods import Period

LONGEST_CLASS = 40
LONGEST_REMARK = 500
MOST_PIECES = 999
LONGEST_KEY = 10
UNIT = "unit:"
REASON = "reason:"
"""What a choice of purpose begins with; the rest is a unit's id or a reason's code."""


class ReserveForm(Form):
    """A wish to reserve. The page chooses `purpose`; programs name `unit` or `reason`.

    Choices are not judged here: what the actor cannot reach is not found by the booking itself.
    """

    holding = IntegerField(
        widget=HiddenField.widget, validators=[DataRequired(_("Choose what to reserve."))]
    )
    first = DateField(
        _("From"), name="from", validators=[DataRequired(_("Choose the first day."))]
    )
    last = DateField(
        _("Until"), name="until", validators=[DataRequired(_("Choose the last day."))]
    )
    quantity = IntegerField(
        _("Number of pieces"),
        default=1,
        validators=[
            DataRequired(_("Enter how many you need, at least 1.")),
            NumberRange(1, MOST_PIECES, _("Enter how many you need, at least 1.")),
        ],
    )
    class_name = StringField(
        _("Class"), validators=[Length(max=LONGEST_CLASS, message=_("This is too long."))]
    )
    purpose = SelectField(_("What is it for?"), choices=[], validate_choice=False)
    unit = IntegerField(widget=HiddenField.widget, validators=[Optional()])
    reason = StringField(
        widget=HiddenField.widget,
        validators=[
            Optional(),
            AnyOf([each.value for each in OtherReason], _("There is no such reason.")),
        ],
    )
    place = RadioField(
        _("How does it reach you?"),
        choices=[],
        coerce=int,
        validate_choice=False,
        validators=[Optional()],
    )
    person = IntegerField(widget=HiddenField.widget, validators=[Optional()])
    institution = SelectField(
        _("For which school?"), choices=[], validate_choice=False, validators=[Optional()]
    )
    remark = TextAreaField(
        _("Remark"), validators=[Length(max=LONGEST_REMARK, message=_("This is too long."))]
    )
    back = HiddenField()
    order = IntegerField(
        widget=HiddenField.widget, validators=[Optional(), NumberRange(0, HIGHEST_KEY)]
    )

    def validate_last(self, field: DateField) -> None:
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
        named = str(self.institution.data or "")
        institution_id = int(named) if named.isdecimal() else None
        return BookingWish(
            lines=one_line(self.holding.data, self.quantity.data),
            person_id=self.person.data or own_person_id or 0,
            period=Period(self.first.data, self.last.data),
            institution_id=institution_id if unit_id is None else None,
            unit_id=unit_id,
            reason=reason,
            place_id=self.place.data or None,
            class_name=self.class_name.data or "",
            remark=self.remark.data or "",
        )

    def _purpose(self) -> tuple[int | None, OtherReason | None]:
        unit_id, named = purpose_of(self.purpose.data)
        if unit_id is not None or named is not None:
            return unit_id, named
        reason = OtherReason(self.reason.data) if self.reason.data else None
        return self.unit.data, reason


def purpose_of(chosen: str | None) -> tuple[int | None, OtherReason | None]:
    """Return the unit's id or the other reason that a choice of purpose names; both None if none.

    A key the store cannot hold is that of no unit: 0.
    """
    text = chosen or ""
    digits = text.removeprefix(UNIT)
    if text.startswith(UNIT) and digits.isdecimal():
        return (int(digits) if len(digits) < LONGEST_KEY else 0), None
    if text.removeprefix(REASON) in set(OtherReason):
        return None, OtherReason(text.removeprefix(REASON))
    return None, None
