"""A MARC record at hand: its texts in clean form, asked for by tag and subfield."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from pymarc import Field, Record

_NOT_SORTED = str.maketrans("", "", "\x98\x9c")
_BLANKS = re.compile(r"\s+")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_ISBD_MARKS = " /:;,="
_UNCERTAIN = re.compile(r"\s*\[(?:u\.\s?a\.|et al\.|i\.e\.|s\.\s?[ln]\.)\]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NumberedRecord:
    """A record and its place in the file, counted from 1."""

    number: int
    record: Record


def fields(record: Record, *tags: str) -> Iterator[Field]:
    """Yield the fields with these tags, tag by tag, in the record's order within a tag."""
    for tag in tags:
        yield from record.get_fields(tag)


def values(record: Record, *tags: str, code: str = "a") -> Iterator[str]:
    """Yield the clean texts of one subfield of these fields, empty ones left out."""
    for field in fields(record, *tags):
        yield from subfields(field, code)


def subfields(field: Field, *codes: str) -> Iterator[str]:
    """Yield the clean texts of a field's subfields, in the field's order, empty ones left out."""
    if field.control_field:
        return
    for subfield in field.subfields:
        if subfield.code in codes and (text := clean(subfield.value)):
            yield text


def first(texts: Iterator[str]) -> str:
    """Return the first text; empty if there is none."""
    return next(texts, "")


def control(record: Record, tag: str) -> str:
    """Return the first control field with that tag as it stands; empty if there is none."""
    return next((field.data or "" for field in record.get_fields(tag)), "")


def clean(text: str) -> str:
    """Return a text as people read it.

    Composed (NFC), without the marks around what is not sorted (U+0098 and U+009C, or « << »
    and « >> »), with single blanks and without the punctuation that ISBD puts before the next
    element.
    """
    composed = unicodedata.normalize("NFC", text).translate(_NOT_SORTED)
    for mark in ("<<", ">>"):
        composed = composed.replace(mark, "")
    single = _BLANKS.sub(" ", _CONTROLS.sub("", composed)).strip()
    return _UNCERTAIN.sub("", single).strip(_ISBD_MARKS)
