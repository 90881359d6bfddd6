"""What is typed at the pick list, at a tour, and on the road."""

from flask_babel import lazy_gettext as _
from wtforms import IntegerField, StringField
from wtforms.validators import AnyOf, DataRequired, InputRequired, Length, NumberRange, Optional

from app.forms import DayField, Form, one_line
from catalogue.rules.barcodes import LONGEST_SCAN
from loans.rules.packing import Tap

HIGHEST_ID = 2**31 - 1
LONGEST_NOTE = 300
LONGEST_NAME = 120


class ScanForm(Form):
    """One code."""

    code = StringField(
        _("Scan or type the code of a medium"),
        [
            DataRequired(_("Scan or type a code.")),
            Length(max=LONGEST_SCAN, message=_("This is too long for a code.")),
        ],
        filters=[lambda text: text.strip() if text else text],
    )


class PickForm(ScanForm):
    """A code scanned at the shelf, for the list of a branch and day."""

    branch = IntegerField(validators=[InputRequired(), NumberRange(1, HIGHEST_ID)])
    day = DayField(validators=[InputRequired()])


class PackForm(ScanForm):
    """A code scanned at a tour; with the box that stands open, and the medium asked about."""

    box = IntegerField(validators=[Optional(), NumberRange(1, HIGHEST_ID)])
    asked = IntegerField(validators=[Optional(), NumberRange(1, HIGHEST_ID)])


class CountForm(Form):
    """The parts of a box as they were counted at a tour."""

    asked = IntegerField(validators=[InputRequired(), NumberRange(1, HIGHEST_ID)])
    box = IntegerField(validators=[Optional(), NumberRange(1, HIGHEST_ID)])


class BackForm(Form):
    """A list to come back to."""

    branch = IntegerField(validators=[Optional(), NumberRange(1, HIGHEST_ID)])
    day = DayField(validators=[Optional()])


class OpenForm(Form):
    """A route and a day."""

    route = IntegerField(validators=[InputRequired(), NumberRange(1, HIGHEST_ID)])
    day = DayField(validators=[InputRequired()])


class HandOverForm(Form):
    """Who drives."""

    driver = StringField(
        _("Driver or firm"),
        [Length(max=LONGEST_NAME, message=_("This is too long."))],
        filters=[one_line],
    )


class TapForm(Form):
    """What a driver reports at a stop."""

    tap = StringField(validators=[Optional(), AnyOf([tap.value for tap in Tap])])
    note = StringField(
        _("Note"),
        [
            Optional(),
            Length(max=LONGEST_NOTE, message=_("At most 300 characters.")),
        ],
        filters=[lambda text: None if text is None else one_line(text)],
    )
