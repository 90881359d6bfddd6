"""What the lists in the forms of cataloguing offer, in the reader's language."""

from app.dates import language
from schools.models.curriculum import Scheme
from schools.rules.grades import FIRST_GRADE, LAST_GRADE, grade_label
from schools.vocabularies.age_ratings import age_ratings
from schools.vocabularies.content_fields import content_fields
from schools.vocabularies.learning_competences import learning_competences
from schools.vocabularies.licence_types import licence_types
from schools.vocabularies.media_competences import media_competences
from schools.vocabularies.media_types import media_types
from schools.vocabularies.school_forms import school_forms
from schools.vocabularies.subjects import subject, subjects

Choices = list[tuple[str, str]]
NOTHING = ("", "–")


def media_type_choices() -> Choices:
    """Return code and name of every media type."""
    return [(each.code, each.name(language())) for each in media_types()]


def age_rating_choices() -> Choices:
    """Return code and name of every age rating, and nothing first."""
    return [NOTHING, *((each.code, each.name(language())) for each in age_ratings())]


def licence_type_choices() -> Choices:
    """Return code and name of every type of licence."""
    return [(each.code, each.name(language())) for each in licence_types()]


def grade_choices() -> Choices:
    """Return every grade, 1 to Q2, and nothing first."""
    grades = range(FIRST_GRADE, LAST_GRADE + 1)
    return [NOTHING, *((str(grade), grade_label(grade)) for grade in grades)]


def link_choices(scheme: Scheme) -> Choices:
    """Return code and name of every term of a scheme that a title can be linked to."""
    spoken = language()
    if scheme is Scheme.CONTENT_FIELD:
        return [
            (each.code, f"{subject(each.subject).short_name}: {each.name(spoken)}")
            for each in content_fields()
        ]
    if scheme is Scheme.MEDIA_COMPETENCE:
        return [(each.code, f"{each.code} {each.name(spoken)}") for each in media_competences()]
    if scheme is Scheme.SUBJECT:
        return [(each.code, each.name(spoken)) for each in subjects()]
    if scheme is Scheme.LEARNING_COMPETENCE:
        return [(each.code, each.name(spoken)) for each in learning_competences()]
    return [(each.code, each.name(spoken)) for each in school_forms()]
