"""What staff type about running loans and placements."""

import re

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import (
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from app.forms import DayField, Form, QueryForm, one_line, several_lines
from app.lending_words import CLAIM_KINDS
from catalogue.operations.report_defect import Photo
from catalogue.rules.barcodes import LONGEST_SCAN
from loans.models.claim import ClaimKind
from loans.operations.claim import Claim, Settlement

HIGHEST_ID = 2**31 - 1
LONGEST_NOTE = 1000
LONGEST_REASON = 300
EUROS = re.compile(r"(\d{1,6})(?:[.,](\d{1,2}))?")
"""An amount as people write it; more than six digits are a slip of the pen."""


def _reason(words: str, key: str) -> StringField:
    return StringField(
        words,
        id=key,
        validators=[
            DataRequired(_("Say why; it stands in the log.")),
            Length(max=LONGEST_REASON, message=_("At most 300 characters.")),
        ],
        filters=[one_line],
    )


class DatesForm(Form):
    """Other days for a running loan."""

    lent_on = DayField(_("Lent on"), [InputRequired(_("Choose the day on which it was lent."))])
    due_on = DayField(_("Return by"), [Optional()])
    reason = _reason(_("Why the days are corrected"), "dates-reason")


class ExchangeForm(Form):
    """The copy that is really out."""

    barcode = StringField(
        _("Number of the copy that is really out"),
        [
            DataRequired(_("Scan or type its number.")),
            Length(max=LONGEST_SCAN, message=_("Too long.")),
        ],
        filters=[one_line],
    )
    reason = _reason(_("Why it is exchanged"), "exchange-reason")


class ClaimForm(Form):
    """What is said of a running loan."""

    kind = RadioField(
        _("What is said?"),
        choices=[SelectChoice(key.value, words) for key, words in CLAIM_KINDS.items()],
        validators=[InputRequired(_("Choose what is said of it."))],
    )
    note = TextAreaField(
        _("In their words"),
        [Length(max=LONGEST_NOTE, message=_("At most 1000 characters."))],
        filters=[several_lines],
    )
    photo = FileField(_("Photo"))

    def offer(self, *, is_back: bool) -> None:
        """Leave out what cannot be said: that a loan is lost which is back."""
        kinds = [key for key in CLAIM_KINDS if not (is_back and key is ClaimKind.LOST)]
        self.kind.choices = [SelectChoice(key.value, CLAIM_KINDS[key]) for key in kinds]

    def claim(self, loan_id: int, photo: Photo | None) -> Claim:
        """Return what is said."""
        return Claim(loan_id, ClaimKind(self.kind.data), self.note.data or "", photo)


class SettleForm(Form):
    """How a claim ends."""

    note = StringField(
        _("What was agreed"),
        [Length(max=LONGEST_NOTE, message=_("At most 1000 characters."))],
        filters=[one_line],
    )
    billed = StringField(_("Billed, in euros"), [Optional(), Length(max=12)])

    def settlement(self, claim_id: int) -> Settlement | None:
        """Return how it ends; None, with a sentence at the field, if the amount is none."""
        text = (self.billed.data or "").strip()
        found = EUROS.fullmatch(text)
        if text and found is None:
            self.billed.errors = [_("Enter an amount such as 49,90.")]
            return None
        cents = None
        if found is not None:
            cents = int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))
        return Settlement(claim_id, self.note.data or "", cents)


class PlaceForm(Form):
    """A copy that shall stand at a school."""

    barcode = StringField(
        _("Number of the copy"),
        [
            DataRequired(_("Scan or type its number.")),
            Length(max=LONGEST_SCAN, message=_("Too long.")),
        ],
        filters=[one_line],
    )
    institution = SelectField(
        _("School"),
        choices=[],
        coerce=str,
        validate_choice=False,
        validators=[InputRequired(_("Choose the school."))],
    )
    review_on = DayField(
        _("Review on"), [InputRequired(_("Choose the day on which it is looked at again."))]
    )
    room = StringField(
        _("Room or class"),
        [Length(max=40, message=_("At most 40 characters."))],
        filters=[one_line],
    )

    def school_id(self) -> int:
        """Return the chosen school; 0, which nobody has, for anything else."""
        text = str(self.institution.data or "")
        return int(text) if text.isdecimal() and int(text) <= HIGHEST_ID else 0


class ReviewForm(Form):
    """When a placement is looked at again."""

    review_on = DayField(
        _("Next review"), [InputRequired(_("Choose the day of the next review."))]
    )


class PlacementFilterForm(QueryForm):
    """Which placements are shown."""

    words = StringField(_("Title, number or school"), [Length(max=100)])
