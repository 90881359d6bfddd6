"""Which texts of a page stand in the wrong language, told by the catalogue of translations."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

CATALOGUE = Path(__file__).parents[2] / "app/translations/de/LC_MESSAGES/messages.po"
PLACEHOLDER = re.compile(r"%\(\w+\)s")
SHORTEST = 4
"""Shorter texts are names, numbers and words of both languages."""


def english_among(texts: Iterable[str]) -> list[str]:
    """Return those texts that are English source texts, although they have a German one."""
    return [text for text in texts if len(text) >= SHORTEST and _english().fullmatch(text)]


@cache
def _english() -> re.Pattern[str]:
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="de")
    german = {text for message in catalogue for text in _texts(message.string)}
    english = {
        text
        for message in catalogue
        for text in _texts(message.id)
        if text not in german and len(PLACEHOLDER.sub("", text).strip()) >= SHORTEST
    }
    return re.compile("|".join(_pattern(text) for text in sorted(english)))


def _texts(of_message: object) -> tuple[str, ...]:
    """Return the singular and plural forms of a message."""
    if isinstance(of_message, str):
        return (of_message,) if of_message else ()
    return tuple(of_message) if isinstance(of_message, (tuple, list)) else ()


def _pattern(text: str) -> str:
    return r".+?".join(re.escape(piece) for piece in PLACEHOLDER.split(text.strip()))
