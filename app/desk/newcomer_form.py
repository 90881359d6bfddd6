"""Somebody at the desk whom nobody knows: a name, a school, perhaps an address."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from wtforms import EmailField, IntegerField, StringField, ValidationError
from wtforms.validators import DataRequired, Length, NumberRange, Optional, Regexp

from app.desk.forms import HIGHEST_ID
from app.forms import Form, mail_address, one_line
from schools.operations.open_account import PersonFacts
from schools.queries.institutions import InstitutionFacts
from schools.rules.names import split_name

LONGEST_NAME = 120
LONGEST_SCHOOL = 100
LONGEST_EMAIL = 254
PLAIN = r"^[^<>]*$"


class NewcomerForm(Form):
    """Who it is, and for which school; `schools` are those to choose from, if several fit."""

    schools: Sequence[InstitutionFacts] = ()

    name = StringField(
        _("First and last name"),
        [
            DataRequired(_("Enter first and last name.")),
            Length(max=LONGEST_NAME, message=_("This is too long.")),
            Regexp(PLAIN, message=_("Use letters, digits and blanks only.")),
        ],
        filters=[one_line],
    )
    school = StringField(
        _("School: its number, or letters of its name"),
        [
            DataRequired(_("Enter the school's number, or letters of its name.")),
            Length(max=LONGEST_SCHOOL, message=_("This is too long.")),
        ],
        filters=[one_line],
    )
    email = EmailField(
        _("E-mail address"),
        [
            Optional(),
            Length(max=LONGEST_EMAIL, message=_("This is too long.")),
            mail_address(),
        ],
        filters=[one_line],
    )
    branch = IntegerField(validators=[Optional(), NumberRange(1, HIGHEST_ID)])
    institution = IntegerField(validators=[Optional(), NumberRange(1, HIGHEST_ID)])

    def validate_name(self, field: StringField) -> None:
        """Ask for both names."""
        if split_name(field.data or "") is None:
            raise ValidationError(_("Enter first and last name."))

    def person(self, locale: str) -> PersonFacts:
        """Return who it is; the form is valid."""
        given, family = split_name(self.name.data) or ("", self.name.data)
        return PersonFacts(given, family, self.email.data or "", locale)


def newcomer_form(letters: str = "") -> NewcomerForm:
    """Return the empty form, with a name that was looked for in vain."""
    return NewcomerForm(formdata=None, data={"name": letters})
