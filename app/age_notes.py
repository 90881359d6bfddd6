"""A calm word where a film's age rating is above the usual age of a class; it never blocks."""

from collections.abc import Iterable

from flask_babel import gettext as _

from app.dates import language
from catalogue.rules.age_ratings import is_above_typical_age
from schools.rules.grades import grades_text
from schools.vocabularies.age_ratings import age_rating


def too_young(rating_code: str | None, grades: Iterable[int]) -> str:
    """Return a sentence that names the grades too young for a rating; empty without any.

    Source:
        docs/rules.md, Lending 2.5.
    """
    if not rating_code:
        return ""
    rating = age_rating(rating_code)
    young = tuple(grade for grade in grades if is_above_typical_age(rating.youngest, grade))
    if not young:
        return ""
    return str(
        _(
            "%(rating)s: pupils of grade %(grades)s may be too young.",
            rating=rating.name(language()),
            grades=grades_text(young).replace("-", "–"),
        )
    )
