"""What all forms have in common: the form token, the key against repeats, plain errors."""

import re
from functools import cache
from typing import Any
from uuid import uuid4

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField
from wtforms.i18n import get_translations
from wtforms.validators import Regexp

from app.dates import YEARS, language

CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that turn the direction of what stands beside them."""

BLANKS = re.compile(r"\s+")

MAIL_ADDRESS = r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+$"


def one_line(value: str | None) -> str:
    """Return a text on one line, without control characters and needless blanks."""
    return BLANKS.sub(" ", CONTROLS.sub("", value or "")).strip()


def several_lines(value: str | None) -> str:
    """Return a text with plain line ends, without other control characters."""
    plain = (value or "").replace("\r\n", "\n").replace("\r", "\n")
    return CONTROLS.sub("", plain).strip()


class DayField(DateField):
    """A day, or nothing; one of `YEARS`, so that whoever counts on from it stays in them."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day, or say how one looks."""
        if not any(valuelist):
            self.data = None if valuelist else self.data  # a field that was not sent stays
            return
        try:
            super().process_formdata([value.strip() for value in valuelist])
        except ValueError:
            raise ValueError(_("Enter a day such as 2026-12-03.")) from None
        if self.data.year not in YEARS:
            self.data = None
            years = {"first": YEARS.start, "last": YEARS.stop - 1}
            raise ValueError(_("Choose a day between %(first)s and %(last)s.", **years))


class HouseMeta(FlaskForm.Meta):
    """Lets every form say WTForms' own sentences in the language of the page."""

    def get_translations(self, _form: FlaskForm) -> Any:  # noqa: ANN401  # WTForms has no types
        """Return them; Flask-WTF itself would read their file anew in each request."""
        return _translations(language())


class Form(FlaskForm):
    """A form that changes something; `idem` makes a repeat of it harmless."""

    class Meta(HouseMeta):
        """As for all forms."""

    idem = HiddenField(default=lambda: uuid4().hex)

    def renew_key(self) -> None:
        """Let the form begin anew: what was sent with its key is done, and it is shown again."""
        self.idem.data = uuid4().hex

    def sentences(self) -> dict[str, str]:
        """Return the first error of each field by the field's name."""
        return sentences_of(self)


class QueryForm(FlaskForm):
    """A form in the address: bookmarkable, without a token, changes nothing."""

    class Meta(HouseMeta):
        """Search addresses are meant to be shared."""

        csrf = False

    def sentences(self) -> dict[str, str]:
        """Return the first error of each field by the field's name."""
        return sentences_of(self)


@cache
def _translations(spoken: str) -> Any:  # noqa: ANN401  # WTForms has no types
    return get_translations([spoken])


def mail_address() -> Regexp:
    """Return the check that a text looks like a mail address; only a letter proves one."""
    return Regexp(MAIL_ADDRESS, message=_("Enter an address such as name@school.example."))


def sentences_of(form: FlaskForm) -> dict[str, str]:
    """Return the first error of each wrong field, by the name it is posted under.

    Nested fields and lists give their first.
    """
    return {field.name: first_sentence(field.errors) for field in form if field.errors}


def first_sentence(found: object) -> str:
    """Return the first fault of a field's errors, however deeply lists and sub-forms nest it."""
    while isinstance(found, dict | list | tuple) and found:
        found = next(iter(found.values())) if isinstance(found, dict) else found[0]
    return str(found)
