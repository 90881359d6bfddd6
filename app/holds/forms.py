"""What people type about holds."""

from datetime import date

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from app.dates import day
from app.forms import DayField, Form, one_line
from app.lending_words import MOVES
from app.reserving_choices import PurposeGroup, place_words
from app.reserving_form import LONGEST_CLASS, REASON, UNIT
from loans.models.purpose import OtherReason
from loans.operations.place_hold import HoldWish
from loans.operations.take_days import DaysWish
from loans.queries.viewpoint import Viewpoint
from loans.rules.holds import Move
from schools.models.media_centre import PlaceKind
from schools.rules.periods import Period

MOST_PIECES = 999
LONGEST_REASON = 300
HIGHEST_ID = 2**31 - 1


class HoldForm(Form):
    """A wish to wait; choices are judged by the operation.

    Attributes:
        is_free: it was refused because nobody needs to wait for it.
    """

    is_free = False
    holding = IntegerField(
        widget=HiddenField.widget,
        validators=[DataRequired(_("Choose what to wait for.")), NumberRange(1, HIGHEST_ID)],
    )
    first = DayField(_("From"), name="from", validators=[Optional()])
    last = DayField(_("Until"), name="until", validators=[Optional()])
    quantity = IntegerField(
        widget=HiddenField.widget,
        default=1,
        validators=[Optional(), NumberRange(1, MOST_PIECES)],
    )
    not_after = DayField(_("Not needed after"), validators=[Optional()])
    place = RadioField(
        _("Where do you fetch it?"),
        choices=[],
        coerce=int,
        validate_choice=False,
        validators=[Optional(), NumberRange(1, HIGHEST_ID)],
    )
    person = IntegerField(
        widget=HiddenField.widget, validators=[Optional(), NumberRange(1, HIGHEST_ID)]
    )
    institution = SelectField(
        _("For which school?"), choices=[], validate_choice=False, validators=[Optional()]
    )
    back = HiddenField()

    def offer(self, view: Viewpoint, schools: list[SelectChoice]) -> None:
        """Let the counters and schools be chosen."""
        self.place.choices = [
            SelectChoice(place.id, place_words(place))
            for place in view.places
            if place.kind is PlaceKind.COUNTER
        ]
        self.institution.choices = schools

    def validate_first(self, field: DayField) -> None:
        """Ask for the last day as well; an empty field is never asked itself."""
        if field.data and self.last.data is None:
            raise ValidationError(gettext("Choose both days, or none."))

    def validate_last(self, field: DayField) -> None:
        """Ask for the first day as well, and for days in order."""
        first: date | None = self.first.data
        if field.data and first is None:
            raise ValidationError(gettext("Choose both days, or none."))
        if field.data and first and field.data < first:
            raise ValidationError(gettext("Choose an end from %(day)s on.", day=day(first)))

    def wish(self, own_person_id: int | None) -> HoldWish:
        """Return what is wanted; for the visitor unless another person is named."""
        school = str(self.institution.data or "")
        known = school.isdecimal() and int(school) <= HIGHEST_ID
        first, last = self.first.data, self.last.data
        return HoldWish(
            holding_id=self.holding.data,
            person_id=self.person.data or own_person_id or 0,
            institution_id=int(school) if known else None,
            period=Period(first, last) if first and last else None,
            quantity=self.quantity.data or 1,
            not_after=self.not_after.data,
            place_id=self.place.data or None,
        )


class PauseForm(Form):
    """Until when a hold is passed over."""

    until = DayField(
        _("Pause until (included)"),
        validators=[InputRequired(_("Choose the last day of the pause."))],
    )


class LimitForm(Form):
    """After which day a hold is not needed; empty for without end."""

    not_after = DayField(_("Not needed after"), validators=[Optional()])


class MoveForm(Form):
    """Where a hold goes in its queue."""

    move = SelectField(
        _("Move"),
        choices=[SelectChoice(key.value, words) for key, words in MOVES.items()],
        validators=[InputRequired(_("Choose where it goes."))],
    )

    def chosen(self) -> Move:
        """Return where to."""
        return Move(self.move.data)


class ReasonForm(Form):
    """Why staff change somebody's hold; whoever waits may read it."""

    reason = StringField(
        _("Reason"),
        validators=[Length(max=LONGEST_REASON, message=_("At most 300 characters."))],
        filters=[one_line],
    )


class PutBackForm(Form):
    """Why staff put a hold back in line for which a copy was kept."""

    reason = StringField(
        _("Why it is put back in line"),
        id="put-back-reason",
        validators=[
            DataRequired(_("Say why it is put back; it stands in the log.")),
            Length(max=LONGEST_REASON, message=_("At most 300 characters.")),
        ],
        filters=[one_line],
    )


class DaysForm(Form):
    """What the days of a hold are booked for."""

    purpose = SelectField(
        _("What is it for?"),
        choices=[],
        validate_choice=False,
        validators=[InputRequired(_("Say what it is for: a unit or another reason."))],
    )
    class_name = StringField(
        _("Class"), validators=[Length(max=LONGEST_CLASS, message=_("This is too long."))]
    )

    def offer(self, groups: tuple[PurposeGroup, ...]) -> None:
        """Let the purposes be chosen, in groups."""
        self.purpose.choices = [
            SelectChoice(value, words, optgroup=group.heading)
            for group in groups
            for value, words in group.choices
        ]

    def wish(self, hold_id: int) -> DaysWish:
        """Return what is wanted."""
        chosen = self.purpose.data or ""
        unit = chosen.removeprefix(UNIT)
        reason = chosen.removeprefix(REASON)
        return DaysWish(
            hold_id,
            unit_id=int(unit) if unit.isdecimal() and int(unit) <= HIGHEST_ID else None,
            reason=OtherReason(reason) if reason in set(OtherReason) else None,
            class_name=(self.class_name.data or "").strip(),
        )
