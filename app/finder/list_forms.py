"""What people say of their lists and saved searches."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from app.forms import Form, one_line, several_lines

LONGEST_NAME = 120
LONGEST_REMARK = 1000
LONGEST_QUERY = 4000


class ListForm(Form):
    """Name and remark of a list."""

    name = StringField(
        _("Name"),
        filters=[one_line],
        validators=[
            DataRequired(_("Give the list a name.")),
            Length(max=LONGEST_NAME, message=_("This is too long.")),
        ],
    )
    remark = TextAreaField(
        _("Remark"),
        filters=[several_lines],
        validators=[Length(max=LONGEST_REMARK, message=_("This is too long."))],
    )


class SavedSearchForm(Form):
    """Name of a saved search, and whether letters are wanted."""

    name = StringField(
        _("Name"),
        filters=[one_line],
        validators=[
            DataRequired(_("Give the search a name.")),
            Length(max=LONGEST_NAME, message=_("This is too long.")),
        ],
    )
    alert = BooleanField(_("Tell me by letter when there are new titles"))


class NewSearchForm(SavedSearchForm):
    """The same with the search itself, as the search page's address says it."""

    query = HiddenField(validators=[Length(max=LONGEST_QUERY)])


def refuse(field: Any, sentence: str) -> None:  # noqa: ANN401  # WTForms has no types
    """Add a fault to a field that only the store could find."""
    field.errors = [*field.errors, sentence]
