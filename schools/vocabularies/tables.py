"""Reads the tables that lie beside this module."""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, TypeVar

Entry = TypeVar("Entry")


class UnknownCodeError(LookupError):
    """A vocabulary has no entry with that code."""

    def __init__(self, vocabulary: str, code: str) -> None:
        """Keep the name of the vocabulary and the code that was asked for."""
        super().__init__(f"{code!r} is not in {vocabulary}")
        self.vocabulary = vocabulary
        self.code = code


def rows(vocabulary: str, key: str = "entries") -> tuple[dict[str, Any], ...]:
    """Return the rows of one table in their order.

    Args:
        vocabulary: name of the file, without its ending.
        key: the list to read in it.
    """
    table = files("schools.vocabularies").joinpath(f"{vocabulary}.toml")
    return tuple(tomllib.loads(table.read_text("utf-8"))[key])


def look_up(entries: Mapping[str, Entry], vocabulary: str, code: str) -> Entry:
    """Return the entry with that code.

    Raises:
        UnknownCodeError: there is none.
    """
    try:
        return entries[code]
    except KeyError:
        raise UnknownCodeError(vocabulary, code) from None


def in_language(locale: str, german: str, english: str) -> str:
    """Return the German words for a German locale ("de", "de_DE"), else the English ones."""
    return german if locale.lower().startswith("de") else english
