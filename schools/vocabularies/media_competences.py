"""The 24 competences of the Medienkompetenzrahmen NRW."""

from dataclasses import dataclass
from functools import cache

from schools.vocabularies.tables import in_language, look_up, rows


@dataclass(frozen=True, slots=True)
class CompetenceArea:
    """One of the six areas, "1" to "6", of four competences each."""

    code: str
    name_de: str
    name_en: str

    def name(self, locale: str) -> str:
        """Return the German or the English name."""
        return in_language(locale, self.name_de, self.name_en)


@dataclass(frozen=True, slots=True)
class MediaCompetence:
    """One of the 24 competences, "1.1" to "6.4"."""

    code: str
    name_de: str
    name_en: str

    @property
    def area(self) -> CompetenceArea:
        """The area it belongs to."""
        return competence_areas()[int(self.code[0]) - 1]

    def name(self, locale: str) -> str:
        """Return the German or the English name."""
        return in_language(locale, self.name_de, self.name_en)


@cache
def competence_areas() -> tuple[CompetenceArea, ...]:
    """Return the six areas in order."""
    return tuple(CompetenceArea(**row) for row in rows("media_competences", "areas"))


@cache
def media_competences() -> tuple[MediaCompetence, ...]:
    """Return the 24 competences in order."""
    return tuple(MediaCompetence(**row) for row in rows("media_competences"))


def media_competence(code: str) -> MediaCompetence:
    """Return the competence with that code.

    Raises:
        UnknownCodeError: there is none.
    """
    return look_up(_by_code(), "media_competences", code)


@cache
def _by_code() -> dict[str, MediaCompetence]:
    return {entry.code: entry for entry in media_competences()}
