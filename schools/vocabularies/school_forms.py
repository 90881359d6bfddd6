"""School forms of North Rhine-Westphalia."""

from dataclasses import dataclass
from functools import cache

from schools.vocabularies.tables import in_language, look_up, rows


@dataclass(frozen=True, slots=True)
class SchoolForm:
    """A school form with its key in the official statistics.

    Attributes:
        code: two characters, leading zero kept: "02", "20", "0A".
        short_name: one or two letters, such as "GY".
        first_grade: lowest grade of such schools; None where grades are not counted.
        last_grade: highest grade, 13 for Q2; None where grades are not counted.
    """

    code: str
    short_name: str
    name_de: str
    name_en: str
    first_grade: int | None = None
    last_grade: int | None = None

    @property
    def grades(self) -> tuple[int, ...]:
        """Grades that schools of this form may have; empty where they are not counted."""
        if self.first_grade is None or self.last_grade is None:
            return ()
        return tuple(range(self.first_grade, self.last_grade + 1))

    def name(self, locale: str) -> str:
        """Return the German or the English name."""
        return in_language(locale, self.name_de, self.name_en)


@cache
def school_forms() -> tuple[SchoolForm, ...]:
    """Return all school forms, ordered by their keys."""
    return tuple(SchoolForm(**row) for row in rows("school_forms"))


def school_form(code: str) -> SchoolForm:
    """Return the school form with that key.

    Raises:
        UnknownCodeError: there is none.
    """
    return look_up(_by_code(), "school_forms", code)


def is_school_form(code: str) -> bool:
    """Say whether the statistics know that key."""
    return code in _by_code()


@cache
def _by_code() -> dict[str, SchoolForm]:
    return {entry.code: entry for entry in school_forms()}
