"""What a reader's words ask for: a small tree, the same for every engine, never its syntax.

Any text is a query; nothing typed is a mistake. Words in quotation marks stand side by side, a
minus right before a word or a quotation leaves titles with it out, everything else is a word
wanted. Upper and lower case are one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from search_index import german

LONGEST_QUERY = 300
"""Characters read of a text."""

MOST_WORDS = 20
"""Words read of a text."""

SHORTEST_BEGINNING = 3
"""Letters a word must have to be taken as the beginning of one."""

BEGINNING_WEIGHT = 0.5
"""Of a word that only begins like the one asked for."""

MOST_EXPANSIONS = 200
"""Terms that beginnings of words may stand for, in one query together."""

_QUOTED = r'["„“”»«](?P<quoted>[^"„“”»«]*)["„“”»«]?'
_PART = re.compile(rf"(?P<minus>(?<!\S)[-\u2212](?=\S))?(?:{_QUOTED}|(?P<plain>[^\s\"„“”»«]+))")


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition: a word, or several side by side.

    Attributes:
        words: lower-case words in their order, at least one.
        quoted: the reader put it in quotation marks: the words as they are, with no synonyms.
    """

    words: tuple[str, ...]
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What is wanted and what is not.

    Attributes:
        wanted: every one should be met; without stop words, unless there is nothing else.
        unwanted: none may be met.
        number: the whole text as a number is compared (`german.number_key`), or empty.
        blank: there was no text at all: everything is wanted.
    """

    wanted: tuple[Clause, ...] = ()
    unwanted: tuple[Clause, ...] = ()
    number: str = ""
    blank: bool = True


def parse(text: str) -> Query:
    """Understand a reader's text; only its first `LONGEST_QUERY` characters count."""
    text = text[:LONGEST_QUERY]
    wanted: dict[Clause, None] = {}
    unwanted: dict[Clause, None] = {}
    words_left = MOST_WORDS
    for clause, is_unwanted in _clauses(text):
        words_left -= len(clause.words)
        if words_left < 0:
            break
        (unwanted if is_unwanted else wanted)[clause] = None
    telling = [each for each in wanted if each.quoted or not german.is_stop_word(each.words[0])]
    return Query(
        wanted=tuple(telling or wanted),
        unwanted=tuple(unwanted),
        number=german.number_key(text),
        blank=not text.strip(),
    )


def _clauses(text: str) -> Iterator[tuple[Clause, bool]]:
    for part in _PART.finditer(text):
        quoted = part["quoted"] is not None
        words = german.words(part["quoted"] if quoted else part["plain"])
        unwanted = part["minus"] is not None
        if not words:
            continue
        if quoted or unwanted:
            yield Clause(tuple(words), quoted), unwanted
        else:
            yield from ((Clause((word,)), False) for word in words)
