"""Types of media and equipment."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from schools.vocabularies.tables import in_language, look_up, rows

PREFIX_LENGTH = 2


class MediaKind(StrEnum):
    """How a tile in a list looks."""

    FILM = "film"
    ONLINE = "online"
    DEVICE = "device"
    BOX = "box"
    PRINT = "print"
    AUDIO = "audio"


class MediaCategory(StrEnum):
    """What the lending terms tell apart."""

    MEDIA = "media"
    BOX = "box"
    EQUIPMENT = "equipment"
    ONLINE = "online"


@dataclass(frozen=True, slots=True)
class MediaType:
    """A type of media or equipment.

    Attributes:
        prefixes: first two digits of a media number of this type; mostly none or one.
        kind: its tile and icon.
        category: its key in the lending terms.
    """

    code: str
    prefixes: tuple[str, ...]
    kind: MediaKind
    category: MediaCategory
    name_de: str
    name_en: str

    @property
    def online(self) -> bool:
        """Whether it is opened, not lent."""
        return self.category is MediaCategory.ONLINE

    def name(self, locale: str) -> str:
        """Return the German or the English name."""
        return in_language(locale, self.name_de, self.name_en)


@cache
def media_types() -> tuple[MediaType, ...]:
    """Return all types: films first, equipment last."""
    return tuple(_of_row(row) for row in rows("media_types"))


def media_type(code: str) -> MediaType:
    """Return the type with that code.

    Raises:
        UnknownCodeError: there is none.
    """
    return look_up(_by_code(), "media_types", code)


def media_type_of_number(media_number: str) -> MediaType | None:
    """Return the type that a media number such as "4602345" begins with."""
    return _by_prefix().get(media_number.strip()[:PREFIX_LENGTH])


def media_type_called(text: str) -> MediaType | None:
    """Return the type a table means by its code or one of its names, in any case."""
    return _by_words().get(text.strip().casefold())


def _of_row(row: dict[str, Any]) -> MediaType:
    return MediaType(
        **row
        | {
            "prefixes": tuple(row["prefixes"]),
            "kind": MediaKind(row["kind"]),
            "category": MediaCategory(row["category"]),
        }
    )


@cache
def _by_code() -> dict[str, MediaType]:
    return {entry.code: entry for entry in media_types()}


@cache
def _by_prefix() -> dict[str, MediaType]:
    return {prefix: entry for entry in media_types() for prefix in entry.prefixes}


@cache
def _by_words() -> dict[str, MediaType]:
    return {
        word.casefold(): entry
        for entry in media_types()
        for word in (entry.code, entry.name_de, entry.name_en)
    }
