"""The small forms of the desk."""

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, DataRequired, InputRequired, Length, NumberRange, Optional

from app.forms import DayField, Form, one_line
from app.stock_words import DEFECT_KINDS
from catalogue.models.defect import DefectKind
from catalogue.operations.report_defect import Photo
from catalogue.rules.barcodes import LONGEST_SCAN
from loans.models.desk_session import DeskMode
from loans.operations.note_damage import Found

HIGHEST_ID = 2**31 - 1
LONGEST_TEXT = 300


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


class ReturnForm(LineForm):
    """What is wrong with what came back, besides counted parts."""

    kind = SelectField(
        _("Damage"),
        choices=[
            SelectChoice("", _("no damage")),
            *(
                SelectChoice(key.value, words)
                for key, words in DEFECT_KINDS.items()
                if key is not DefectKind.PART_MISSING
            ),
        ],
        default="",
    )
    text = StringField(
        _("Remark"),
        [Length(max=LONGEST_TEXT, message=_("At most 300 characters."))],
        filters=[one_line],
    )
    photo = FileField(_("Photo"))
    repair = BooleanField(_("Goes to repair, is not lent"))

    def found(self, photo: Photo | None) -> Found:
        """Return what was found, with a picture that is stored by now."""
        kind = DefectKind(self.kind.data) if self.kind.data else None
        return Found(kind, self.text.data or "", photo, repair=bool(self.repair.data))


class DamageForm(ReturnForm):
    """A damage of what was just taken back; it needs to be said what kind."""

    kind = SelectField(
        _("Damage"),
        choices=[
            SelectChoice(key.value, words)
            for key, words in DEFECT_KINDS.items()
            if key is not DefectKind.PART_MISSING
        ],
        validators=[InputRequired(_("Choose what is wrong."))],
    )


class UndoForm(LineForm):
    """A line of the log to undo."""


class BoxForm(Form):
    """Since when what the return box holds is back."""

    dropped_on = DayField(
        _("Back since"), [InputRequired(_("Choose the day on which the box was last emptied."))]
    )
    branch = IntegerField(validators=[Optional(), NumberRange(1, HIGHEST_ID)])


class DueForm(Form):
    """Until when this customer's things are lent; empty for as long as the terms say."""

    due_on = DayField(_("Lend until"), [Optional()])
    branch = IntegerField(validators=[Optional(), NumberRange(1, HIGHEST_ID)])


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
