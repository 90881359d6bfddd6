"""What readers call the values a search is narrowed by, and the names they have in addresses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _

from catalogue.rules.group_codes import group_code
from schools.rules.grades import GRADES, grade_label
from schools.vocabularies.content_fields import content_fields
from schools.vocabularies.languages import languages
from schools.vocabularies.learning_competences import learning_competences
from schools.vocabularies.media_competences import media_competences
from schools.vocabularies.media_types import media_types
from schools.vocabularies.school_forms import school_forms
from schools.vocabularies.subjects import subjects
from search_index.engine import Facet, Reach

PARAMETERS: Mapping[Facet, str] = {facet: facet.value for facet in Facet} | {
    Facet.AVAILABILITY: "access"
}
"""The name of each facet in addresses and JSON."""

LEGENDS: Mapping[Facet, LazyString] = {
    Facet.AVAILABILITY: _("Availability"),
    Facet.SUBJECT: _("Subject"),
    Facet.GROUP: _("Subject group (EAF)"),
    Facet.GRADE: _("Grade"),
    Facet.MEDIA_TYPE: _("Kind of medium"),
    Facet.MEDIA_COMPETENCE: _("Media competence"),
    Facet.CONTENT_FIELD: _("Content field"),
    Facet.LEARNING_COMPETENCE: _("Learning competence"),
    Facet.SCHOOL_FORM: _("School form"),
    Facet.LANGUAGE: _("Language"),
    Facet.YEAR: _("Year"),
}
"""In the order of the page."""

REACHES: Mapping[Reach, LazyString] = {
    Reach.ONLINE: _("Online at once"),
    Reach.LENDABLE: _("To borrow"),
}
LATEST_YEAR = 9999


@dataclass(frozen=True, slots=True)
class Wording:
    """What values are called in one language.

    Attributes:
        language: de or en.
        groups: names of groups (EAF) by code, as far as they are needed; others go by their code.
    """

    language: str
    groups: Mapping[str, str] = field(default_factory=dict)

    def of(self, facet: Facet, value: str) -> str:
        """Return what a list of values calls one."""
        if facet is Facet.GROUP and value in self.groups:
            return f"{value} {self.groups[value]}"
        return words_for(facet, value, self.language)

    def alone(self, facet: Facet, value: str) -> str:
        """Return the same for a place where the facet's name does not stand above it."""
        words = self.of(facet, value)
        if facet is Facet.GRADE:
            return str(gettext("Grade %(grade)s", grade=words))
        return words


def is_known(facet: Facet, value: str) -> bool:
    """Say whether a facet has the value; a year or a group only has to look like one."""
    if facet is Facet.GROUP:
        return group_code(value) == value
    if facet is Facet.YEAR:
        digits = value.isascii() and value.isdigit() and len(value) <= len(str(LATEST_YEAR))
        return digits and int(value) > 0
    return value in _WORDS[facet]("de")


def words_for(facet: Facet, value: str, language: str) -> str:
    """Return what a list of values calls one; the value itself if nobody named it."""
    if facet is Facet.AVAILABILITY:
        return str(REACHES[Reach(value)]) if value in set(Reach) else value
    if facet in {Facet.YEAR, Facet.GROUP}:
        return value
    return _WORDS[facet](language).get(value, value)


@cache
def _subjects(language: str) -> dict[str, str]:
    return {each.code: each.name(language) for each in subjects()}


@cache
def _content_fields(language: str) -> dict[str, str]:
    return {each.code: each.name(language) for each in content_fields()}


@cache
def _grades(_language: str) -> dict[str, str]:
    return {str(grade): grade_label(grade) for grade in GRADES}


@cache
def _school_forms(language: str) -> dict[str, str]:
    return {each.code: each.name(language) for each in school_forms()}


@cache
def _media_types(language: str) -> dict[str, str]:
    return {each.code: each.name(language) for each in media_types()}


@cache
def _media_competences(language: str) -> dict[str, str]:
    return {each.code: f"{each.code} {each.name(language)}" for each in media_competences()}


@cache
def _learning_competences(language: str) -> dict[str, str]:
    return {each.code: each.name(language) for each in learning_competences()}


@cache
def _languages(language: str) -> dict[str, str]:
    return {each.code: each.name(language) for each in languages()}


@cache
def _reaches(_language: str) -> dict[str, str]:
    return {each.value: each.value for each in Reach}


_WORDS: Mapping[Facet, Callable[[str], dict[str, str]]] = {
    Facet.SUBJECT: _subjects,
    Facet.CONTENT_FIELD: _content_fields,
    Facet.GRADE: _grades,
    Facet.SCHOOL_FORM: _school_forms,
    Facet.MEDIA_TYPE: _media_types,
    Facet.MEDIA_COMPETENCE: _media_competences,
    Facet.LEARNING_COMPETENCE: _learning_competences,
    Facet.LANGUAGE: _languages,
    Facet.AVAILABILITY: _reaches,
}
