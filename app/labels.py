"""The words readers see for what the domain names in code.

The dictionaries stand by area in `app.lending_words`, `app.stock_words` and `app.people_words`;
each covers its whole enumeration. Refusals, which need facts beside them, stand in `app.refusals`,
faults of files in `app.file_faults`.
"""

from enum import StrEnum
from types import ModuleType

from app import lending_words, people_words, stock_words
from app.words import Words


def _words_in(module: ModuleType) -> list[Words]:
    return [
        words for name, words in vars(module).items() if name.isupper() and isinstance(words, dict)
    ]


ALL: tuple[Words, ...] = (
    *_words_in(lending_words),
    *_words_in(stock_words),
    *_words_in(people_words),
)
"""Every dictionary of the areas, for `label` and the tests."""

_BY_TYPE = {type(next(iter(words))): words for words in ALL}


def label(member: StrEnum) -> str:
    """Return the words for an enum member of any of the dictionaries.

    Raises:
        LookupError: nobody gave the member words.
    """
    words = _BY_TYPE.get(type(member), {})
    if member not in words:
        raise LookupError(f"{type(member).__name__}.{member.name} has no words in app/*_words.py")
    return str(words[member])
