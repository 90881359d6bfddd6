"""What is said of a collective order."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import HiddenField, IntegerField, RadioField, StringField
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    ValidationError,
)

from app.dates import day
from app.forms import DayField, Form, one_line
from app.routing import HIGHEST_KEY, as_key
from loans.operations.order_together import OrderWish
from schools.rules.periods import Period

LONGEST_NAME = 120


class OrderForm(Form):
    """Where and when everything comes, and what it is for."""

    school = IntegerField(
        widget=HiddenField.widget,
        validators=[DataRequired(_("Choose the school.")), NumberRange(1, HIGHEST_KEY)],
    )
    name = StringField(
        _("What is it for?"),
        filters=[one_line],
        validators=[Length(max=LONGEST_NAME, message=_("This is too long."))],
    )
    first = DayField(
        _("From"), name="from", validators=[InputRequired(_("Choose the first day."))]
    )
    last = DayField(
        _("Until"), name="until", validators=[InputRequired(_("Choose the last day."))]
    )
    place = RadioField(
        _("How does it reach you?"),
        choices=[],
        coerce=as_key,
        validate_choice=False,
        validators=[Optional()],
    )

    def validate_last(self, field: DayField) -> None:
        """Refuse a period that ends before it begins."""
        if self.first.data and field.data and field.data < self.first.data:
            sentence = gettext("Choose an end from %(day)s on.", day=day(self.first.data))
            raise ValidationError(sentence)

    def wish(self) -> OrderWish:
        """Return what the school orders together."""
        period = Period(self.first.data, self.last.data)
        return OrderWish(self.school.data, period, self.place.data or None, self.name.data or "")
