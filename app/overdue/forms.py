"""What staff type about overdue loans, recalls and renewals."""

from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import SearchField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional, StopValidation

from app.forms import DayField, Form, QueryForm, one_line, several_lines
from app.stock_words import MEDIA_CATEGORIES
from app.today import today
from loans.rules.calendar import SEARCH_DAYS
from schools.vocabularies.media_types import MediaCategory

LONGEST_WORDS = 80
LONGEST_REASON = 300
ALL = ""
TONIGHT, PAUSED = "tonight", "paused"
LEVELS = ("1", "2", "3")
LENT = tuple(each for each in MediaCategory if each is not MediaCategory.ONLINE)


class OverdueFilterForm(QueryForm):
    """What the list is narrowed to; faults narrow nothing."""

    school = SelectField(_("School"), validate_choice=False)
    level = SelectField(
        _("Tonight"),
        choices=[
            SelectChoice(ALL, _("All that is overdue")),
            SelectChoice(TONIGHT, _("What is reminded of tonight")),
            SelectChoice("1", _("First reminder")),
            SelectChoice("2", _("Second reminder")),
            SelectChoice("3", _("Last reminder")),
            SelectChoice(PAUSED, _("Paused")),
        ],
        validate_choice=False,
    )
    words = SearchField(_("Title, borrower or number"), validators=[Length(max=LONGEST_WORDS)])


def not_past(_form: Form, field: DayField) -> None:
    """Refuse a day that is over, or too far off."""
    if field.data is not None and field.data < today():
        raise StopValidation(str(_("Choose today or a later day.")))
    last = today() + timedelta(days=SEARCH_DAYS)
    if field.data is not None and field.data > last:
        raise StopValidation(str(_("Choose a day within a year.")))


def day_field(label: object, *more: Any) -> DayField:  # noqa: ANN401  # WTForms has no types
    """Return a field for a day that must be named and is not past."""
    return DayField(label, validators=[InputRequired(_("Choose a day.")), not_past, *more])


def reason_field(label: object, *more: Any) -> StringField:  # noqa: ANN401  # as above
    """Return a field for one sentence."""
    too_long = Length(max=LONGEST_REASON, message=_("This is too long."))
    return StringField(label, filters=[one_line], validators=[*more, too_long])


class SnoozeForm(Form):
    """Until when nobody is reminded of a loan, and why."""

    until = day_field(_("No reminders until"))
    reason = reason_field(
        _("Reason"), DataRequired(_("Say why, so that colleagues know in three weeks."))
    )


class ExtendForm(Form):
    """Until when staff renew a loan; a reason goes against the rules."""

    until = DayField(_("New return day"), validators=[Optional(), not_past])
    against = reason_field(_("Reason to overrule what stands against it"), Optional())


class LookForm(Form):
    """Why somebody looks at what a person borrowed in the past."""

    reason = reason_field(_("What for?"), DataRequired(_("Say what you look for.")))


class RecallFilterForm(QueryForm):
    """What is to be called back; shown before anything is done."""

    day = DayField(_("Everything back by"), validators=[Optional(), not_past])
    school = SelectField(_("School"), validate_choice=False)
    category = SelectField(
        _("What"),
        choices=[
            SelectChoice(ALL, _("Everything that is lent")),
            *(SelectChoice(each.value, MEDIA_CATEGORIES[each]) for each in LENT),
        ],
        validate_choice=False,
    )


class RecallForm(Form):
    """What is called back, as it was shown, with words for the letters."""

    day = day_field(_("Everything back by"))
    reason = TextAreaField(
        _("A sentence for the letters"),
        filters=[several_lines],
        validators=[Length(max=LONGEST_REASON, message=_("This is too long."))],
    )
