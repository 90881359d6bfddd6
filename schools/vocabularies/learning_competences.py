"""The five learning competences of the joint declaration of 2009."""

from dataclasses import dataclass
from functools import cache

from schools.vocabularies.tables import in_language, look_up, rows


@dataclass(frozen=True, slots=True)
class LearningCompetence:
    """A learning competence; its code is an English word, such as "producing"."""

    code: str
    name_de: str
    name_en: str

    def name(self, locale: str) -> str:
        """Return the German or the English name."""
        return in_language(locale, self.name_de, self.name_en)


@cache
def learning_competences() -> tuple[LearningCompetence, ...]:
    """Return the five in the declaration's order."""
    return tuple(LearningCompetence(**row) for row in rows("learning_competences"))


def learning_competence(code: str) -> LearningCompetence:
    """Return the learning competence with that code.

    Raises:
        UnknownCodeError: there is none.
    """
    return look_up(_by_code(), "learning_competences", code)


@cache
def _by_code() -> dict[str, LearningCompetence]:
    return {entry.code: entry for entry in learning_competences()}
