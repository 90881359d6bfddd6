"""What staff say about a person."""

from flask_babel import lazy_gettext as _
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from app.forms import Form, one_line
from app.stock_words import MEDIA_CATEGORIES
from schools.vocabularies.media_types import MediaCategory

LONGEST_REASON = 300


class BlockForm(Form):
    """Why somebody is kept from borrowing."""

    reason = StringField(
        _("Reason, which the person is told"),
        [
            DataRequired(_("Say why the person is blocked.")),
            Length(max=LONGEST_REASON, message=_("At most 300 characters.")),
        ],
        filters=[one_line],
    )


class BriefingForm(Form):
    """For which kind of media somebody was briefed; online media need none."""

    category = SelectField(
        _("Briefed for"),
        choices=[
            SelectChoice(key.value, words)
            for key, words in MEDIA_CATEGORIES.items()
            if key is not MediaCategory.ONLINE
        ],
        default=MediaCategory.EQUIPMENT.value,
    )
