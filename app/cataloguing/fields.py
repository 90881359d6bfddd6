"""Form fields of cataloguing: plain texts, sums of money, days, numbers, lists of codes."""

from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as say
from flask_babel import lazy_gettext as _
from wtforms import SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from app.exports import amount
from app.forms import one_line, several_lines
from schools.formats.figures import parse_cents


def line(label: LazyString, longest: int, missing: LazyString | None = None) -> StringField:
    """Return a field for one line of text; `missing` is said where it must not be empty."""
    return StringField(label, filters=[one_line], validators=_checks(longest, missing), default="")


def text(label: LazyString, longest: int) -> TextAreaField:
    """Return a field for a text of several lines."""
    return TextAreaField(label, filters=[several_lines], validators=_checks(longest), default="")


class NumberField(StringField):
    """A whole number within bounds, or nothing."""

    data: Any

    def __init__(self, label: LazyString, least: int, most: int, **kwargs: Any) -> None:  # noqa: ANN401  # WTForms' own
        """Take the bounds, both included."""
        super().__init__(label, **kwargs)
        self.least = least
        self.most = most

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number, or say which are taken."""
        typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not typed:
            return
        fits = typed.isascii() and typed.isdigit() and len(typed) <= len(str(self.most))
        if not fits or not self.least <= int(typed) <= self.most:
            bounds = {"least": self.least, "most": self.most}
            raise ValueError(say("Enter a whole number from %(least)s to %(most)s.", **bounds))
        self.data = int(typed)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else str(self.data)


class EuroField(StringField):
    """A sum of money in cents, typed as 12,50, or nothing."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the sum, or say how one looks."""
        typed = valuelist[0].strip() if valuelist else ""
        self.data = parse_cents(typed) if typed else None
        if typed and self.data is None:
            raise ValueError(_("Enter a sum such as 1.234,50."))

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else amount(self.data)


class CodesField(SelectMultipleField):
    """Any number of entries of a list, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _checks(longest: int, missing: LazyString | None = None) -> tuple[Any, ...]:
    length = Length(max=longest, message=_("This is too long."))
    return (length,) if missing is None else (DataRequired(missing), length)
