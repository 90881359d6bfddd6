"""The small forms of the desk."""

from flask_babel import lazy_gettext as _
from wtforms import FileField, HiddenField, IntegerField, StringField
from wtforms.validators import AnyOf, DataRequired, InputRequired, Length, NumberRange, Optional

from app.forms import Form
from catalogue.rules.barcodes import LONGEST_SCAN
from loans.models.desk_session import DeskMode

HIGHEST_ID = 2**31 - 1


def printable(text: str | None) -> str:
    """Return what a scanner typed without line ends, tabs and other control characters."""
    return "".join(filter(str.isprintable, text or "")).strip()


class ScanForm(Form):
    """One code; mode and branch where the page or the client names them.

    `at` is when it was scanned, by the browser's own clock.
    """

    code = StringField(
        _("Scan or search: card, medium, booking or command"),
        [
            DataRequired(_("Scan or type a code.")),
            Length(
                max=LONGEST_SCAN,
                message=_("This is too long for a code: scan one label at a time."),
            ),
        ],
        filters=[printable],
    )
    at = StringField(validators=[Optional(), Length(max=40)])
    mode = StringField(validators=[Optional(), AnyOf([each.value for each in DeskMode])])
    branch = IntegerField(validators=[Optional(), NumberRange(0, HIGHEST_ID)])


class LineForm(Form):
    """Something about one line of the log."""

    line = IntegerField(validators=[InputRequired(), NumberRange(1, HIGHEST_ID)])


class AnswerForm(LineForm):
    """No, or the number of a choice."""

    answer = StringField(validators=[InputRequired(), Length(max=10)])


class OverrideForm(LineForm):
    """Why a copy goes out against the rules."""

    reason = StringField(
        _("Why it goes out all the same"),
        [
            DataRequired(_("Say why it goes out all the same.")),
            Length(max=300, message=_("At most 300 characters.")),
        ],
        filters=[lambda text: text.strip() if text else text],
    )


class PersonForm(Form):
    """A person from the list, with the institution they act for."""

    person = IntegerField(validators=[InputRequired(), NumberRange(1, HIGHEST_ID)])
    institution = IntegerField(validators=[InputRequired(), NumberRange(1, HIGHEST_ID)])
    branch = IntegerField(validators=[Optional(), NumberRange(1, HIGHEST_ID)])


class ParkedForm(Form):
    """A session that waits."""

    session = IntegerField(validators=[InputRequired(), NumberRange(1, HIGHEST_ID)])


class CopyForm(Form):
    """One copy."""

    copy = IntegerField(validators=[InputRequired(), NumberRange(1, HIGHEST_ID)])


class PhotoForm(Form):
    """A photo, beside this form, taken at a counter."""

    branch = IntegerField(validators=[Optional(), NumberRange(1, HIGHEST_ID)])


class OfflineForm(Form):
    """A list kept without connection: as a file, then as the text that was looked through."""

    list = FileField(_("The filled-in list (CSV)"))
    table = HiddenField()
    branch = IntegerField(validators=[Optional(), NumberRange(1, HIGHEST_ID)])
