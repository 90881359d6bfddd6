"""Languages of media."""

from dataclasses import dataclass
from functools import cache

from schools.vocabularies.tables import in_language, look_up, rows


@dataclass(frozen=True, slots=True)
class Language:
    """A language.

    Attributes:
        code: two letters, ISO 639-1.
        marc: three letters, as library records write it.
    """

    code: str
    marc: str
    name_de: str
    name_en: str

    def name(self, locale: str) -> str:
        """Return the German or the English name."""
        return in_language(locale, self.name_de, self.name_en)


@cache
def languages() -> tuple[Language, ...]:
    """Return all languages, those most used in schools first."""
    return tuple(Language(**row) for row in rows("languages"))


def language(code: str) -> Language:
    """Return the language with that two-letter code.

    Raises:
        UnknownCodeError: there is none.
    """
    return look_up(_by_code(), "languages", code)


def language_called(text: str) -> Language | None:
    """Return the language a table or record means: either code or one of its names."""
    return _by_words().get(text.strip().casefold())


@cache
def _by_code() -> dict[str, Language]:
    return {entry.code: entry for entry in languages()}


@cache
def _by_words() -> dict[str, Language]:
    return {
        word.casefold(): entry
        for entry in languages()
        for word in (entry.code, entry.marc, entry.name_de, entry.name_en)
    }
