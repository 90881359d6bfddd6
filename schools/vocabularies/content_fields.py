"""Content fields of the core curricula."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from schools.vocabularies.tables import in_language, look_up, rows


class Stage(StrEnum):
    """The stage of school a curriculum is written for."""

    PRIMARY = "primary"
    LOWER_SECONDARY = "lower_secondary"


@dataclass(frozen=True, slots=True)
class ContentField:
    """A content field (Inhaltsfeld).

    Attributes:
        code: code of the subject and number in the curriculum, such as "BI.4".
        subject: code of the subject.
    """

    code: str
    subject: str
    stage: Stage
    name_de: str
    name_en: str

    def name(self, locale: str) -> str:
        """Return the German or the English name."""
        return in_language(locale, self.name_de, self.name_en)


@cache
def content_fields() -> tuple[ContentField, ...]:
    """Return all content fields, subject by subject, in the order of the curricula."""
    return tuple(_of_row(row) for row in rows("content_fields"))


def content_field(code: str) -> ContentField:
    """Return the content field with that code.

    Raises:
        UnknownCodeError: there is none.
    """
    return look_up(_by_code(), "content_fields", code)


def content_fields_of(subject_code: str) -> tuple[ContentField, ...]:
    """Return the content fields of one subject; empty for a subject without any here."""
    return tuple(entry for entry in content_fields() if entry.subject == subject_code)


def _of_row(row: dict[str, Any]) -> ContentField:
    return ContentField(**row | {"stage": Stage(row["stage"])})


@cache
def _by_code() -> dict[str, ContentField]:
    return {entry.code: entry for entry in content_fields()}
