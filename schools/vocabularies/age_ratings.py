"""Age ratings of films."""

from dataclasses import dataclass
from functools import cache

from schools.vocabularies.tables import in_language, look_up, rows


@dataclass(frozen=True, slots=True)
class AgeRating:
    """An age rating.

    Attributes:
        youngest: age in years from which the film may be shown; 0 for everyone.
        short_name: as on a label, such as "FSK 12"; the same in both languages.
    """

    code: str
    youngest: int
    short_name: str
    name_de: str
    name_en: str

    def name(self, locale: str) -> str:
        """Return the German or the English name."""
        return in_language(locale, self.name_de, self.name_en)


@cache
def age_ratings() -> tuple[AgeRating, ...]:
    """Return the five ratings of the FSK by age, then the educational programme."""
    return tuple(AgeRating(**row) for row in rows("age_ratings"))


def age_rating(code: str) -> AgeRating:
    """Return the rating with that code.

    Raises:
        UnknownCodeError: there is none.
    """
    return look_up(_by_code(), "age_ratings", code)


@cache
def _by_code() -> dict[str, AgeRating]:
    return {entry.code: entry for entry in age_ratings()}
