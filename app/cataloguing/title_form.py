"""The description of a title as a form."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import Field, HiddenField, SelectField
from wtforms.validators import ValidationError

from app.cataloguing.choices import (
    age_rating_choices,
    grade_choices,
    link_choices,
    media_type_choices,
)
from app.cataloguing.fields import CodesField, NumberField, line, text
from app.forms import Form
from app.sessions import session
from catalogue.formats.records import (
    LONGEST_ADDRESS,
    LONGEST_KEYWORDS,
    LONGEST_LANGUAGES,
    LONGEST_MEDIA_NUMBER,
    LONGEST_NAME,
    LONGEST_PERSONS,
    LONGEST_SERIES,
    LONGEST_SUMMARY,
    SEPARATOR,
)
from catalogue.formats.words import language_code, web_address
from catalogue.operations.describe import Description
from catalogue.queries.groups import known_groups
from catalogue.rules.editions import EDITION_LENGTH
from catalogue.rules.group_codes import group_code
from catalogue.rules.media_numbers import parse_media_number
from catalogue.rules.standard_numbers import standard_number
from schools.models.curriculum import Scheme

EARLIEST_YEAR = 1400
LATEST_YEAR = 2100
LONGEST_MINUTES = 9999
LONGEST_ISBN = 20
LONGEST_GROUPS = 500

SCHEMES: Mapping[str, Scheme] = {
    "subjects": Scheme.SUBJECT,
    "content_fields": Scheme.CONTENT_FIELD,
    "media_competences": Scheme.MEDIA_COMPETENCE,
    "learning_competences": Scheme.LEARNING_COMPETENCE,
    "school_forms": Scheme.SCHOOL_FORM,
}
"""The fields with links to the curriculum, by their names."""


class TitleForm(Form):
    """Everything said of a title; `edition` tells whether it is still the one that was opened."""

    edition = HiddenField(default="")
    media_type = SelectField(_("Media type"))
    name = line(_("Title"), LONGEST_NAME, _("Enter the title."))
    subtitle = line(_("Subtitle"), LONGEST_NAME)
    series = line(_("Series"), LONGEST_SERIES)
    summary = text(_("Content"), LONGEST_SUMMARY)
    persons = line(_("Persons"), LONGEST_PERSONS)
    publisher = line(_("Publisher or maker"), LONGEST_SERIES)
    year = NumberField(_("Year"), EARLIEST_YEAR, LATEST_YEAR)
    duration_minutes = NumberField(_("Minutes"), 1, LONGEST_MINUTES)
    languages = line(_("Languages"), LONGEST_LANGUAGES * 3)
    keywords = line(_("Keywords"), LONGEST_KEYWORDS)
    media_number = line(_("Media number"), LONGEST_MEDIA_NUMBER)
    isbn = line(_("ISBN or EAN"), LONGEST_ISBN)
    age_rating = SelectField(_("Age rating"))
    online_url = line(_("Address online"), LONGEST_ADDRESS)
    grade_from = SelectField(_("From grade"))
    grade_to = SelectField(_("to grade"))
    subjects = CodesField(_("Subjects"))
    content_fields = CodesField(_("Content fields"))
    media_competences = CodesField(_("Media competences (MKR)"))
    learning_competences = CodesField(_("Learning competences"))
    school_forms = CodesField(_("School forms"))
    groups = line(_("Subject groups (EAF)"), LONGEST_GROUPS)

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401  # WTForms' own
        """Fill the lists."""
        super().__init__(**kwargs)
        self.media_type.choices = media_type_choices()
        self.age_rating.choices = age_rating_choices()
        self.grade_from.choices = self.grade_to.choices = grade_choices()
        for name, scheme in SCHEMES.items():
            self[name].choices = link_choices(scheme)

    def description(self) -> Description:
        """Return what was typed, once it is valid."""
        number = parse_media_number(self.media_number.data)
        values = {
            name: self[name].data
            for name in ("media_type", "name", "subtitle", "series", "summary", "publisher")
        }
        return Description(
            **values,
            persons=_listed(self.persons.data),
            keywords=_listed(self.keywords.data),
            languages=";".join(_language_codes(self.languages.data)),
            year=self.year.data,
            duration_minutes=self.duration_minutes.data,
            media_number=(number.digits if number else self.media_number.data) or None,
            isbn=standard_number(self.isbn.data),
            age_rating=self.age_rating.data or None,
            grade_from=_grade(self.grade_from.data) or _grade(self.grade_to.data),
            grade_to=_grade(self.grade_to.data) or _grade(self.grade_from.data),
            online_url=web_address(self.online_url.data) if self.online_url.data else None,
            links=tuple(sorted([*self._chosen(), *self._groups()])),
        )

    def _chosen(self) -> Iterator[tuple[Scheme, str]]:
        return ((scheme, code) for name, scheme in SCHEMES.items() for code in self[name].data)

    def _groups(self) -> Iterator[tuple[Scheme, str]]:
        codes = filter(None, map(group_code, _words(self.groups.data)))
        return ((Scheme.GROUP, code) for code in dict.fromkeys(codes))

    def validate_groups(self, field: Field) -> None:
        """Take only codes of groups that were loaded."""
        codes = {word: group_code(word) or "" for word in _words(field.data)}
        known = known_groups(session(), codes.values()) if codes else frozenset()
        unknown = [word for word, code in codes.items() if code not in known]
        if unknown:
            raise ValidationError(
                gettext("“%(value)s” is no code of a group.", value=unknown[0][:40])
            )

    def validate_edition(self, field: Field) -> None:
        """Refuse what no page of ours sends."""
        if len(field.data or "") > EDITION_LENGTH:
            raise ValidationError(_("Open the page again."))

    def validate_isbn(self, field: Field) -> None:
        """Check the check digit."""
        if field.data and standard_number(field.data) is None:
            raise ValidationError(_("The check digit does not fit. Look for a typing error."))

    def validate_online_url(self, field: Field) -> None:
        """Take only what a browser can open safely."""
        if field.data and not web_address(field.data):
            raise ValidationError(_("Enter an address that begins with https:// or http://."))

    def validate_languages(self, field: Field) -> None:
        """Take only languages that are known."""
        unknown = [word for word in _words(field.data) if language_code(word) is None]
        if unknown:
            raise ValidationError(_("Use names of languages or two letters, such as de; en."))

    def validate_grade_to(self, field: Field) -> None:
        """Keep the grades in order."""
        first, last = _grade(self.grade_from.data), _grade(field.data)
        if first and last and last < first:
            raise ValidationError(_("The last grade lies below the first. Choose a higher one."))


def form_values(description: Description) -> dict[str, Any]:
    """Return a description as the form shows it."""
    columns = description.columns()
    values = {name: "" if value is None else value for name, value in columns.items()}
    values["year"], values["duration_minutes"] = description.year, description.duration_minutes
    values["languages"] = "; ".join(filter(None, description.languages.split(";")))
    for name in ("grade_from", "grade_to"):
        values[name] = str(values[name])
    for name, scheme in SCHEMES.items():
        values[name] = _codes_of(description, scheme)
    values["groups"] = SEPARATOR.join(_codes_of(description, Scheme.GROUP))
    return values


def _codes_of(description: Description, scheme: Scheme) -> list[str]:
    return [code for each, code in description.links if each is scheme]


def _words(typed: str) -> list[str]:
    return [word.strip() for word in typed.replace(",", ";").split(";") if word.strip()]


def _listed(typed: str) -> str:
    return SEPARATOR.join(word.strip() for word in typed.split(";") if word.strip())


def _language_codes(typed: str) -> list[str]:
    codes = (language_code(word) for word in _words(typed))
    return list(dict.fromkeys(code for code in codes if code))


def _grade(typed: str) -> int | None:
    return int(typed) if typed else None
