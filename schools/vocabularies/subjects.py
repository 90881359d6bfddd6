"""School subjects."""

from dataclasses import dataclass
from functools import cache

from schools.vocabularies.tables import in_language, look_up, rows

KIM_SUBJECTS = "http://w3id.org/kim/schulfaecher/"


@dataclass(frozen=True, slots=True)
class Subject:
    """A school subject.

    Attributes:
        code: our own key, stable for good.
        short_name: as timetables in North Rhine-Westphalia write it; mostly the code.
        kim: key of the nearest subject of the KIM vocabulary, such as "s1001".
    """

    code: str
    short_name: str
    kim: str
    name_de: str
    name_en: str

    @property
    def kim_uri(self) -> str:
        """Address of the subject in the KIM vocabulary, for linked data."""
        return KIM_SUBJECTS + self.kim

    def name(self, locale: str) -> str:
        """Return the German or the English name."""
        return in_language(locale, self.name_de, self.name_en)


@cache
def subjects() -> tuple[Subject, ...]:
    """Return all subjects, ordered by their German names."""
    return tuple(Subject(**row) for row in rows("subjects"))


def subject(code: str) -> Subject:
    """Return the subject with that code.

    Raises:
        UnknownCodeError: there is none.
    """
    return look_up(_by_code(), "subjects", code)


def subject_called(text: str) -> Subject | None:
    """Return the subject a table or record means by its code or one of its names.

    Args:
        text: in any case, blanks around it let go.
    """
    return _by_words().get(text.strip().casefold())


@cache
def _by_code() -> dict[str, Subject]:
    return {entry.code: entry for entry in subjects()}


@cache
def _by_words() -> dict[str, Subject]:
    return {
        word.casefold(): entry
        for entry in subjects()
        for word in (entry.code, entry.short_name, entry.name_de, entry.name_en)
    }
