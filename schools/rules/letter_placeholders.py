"""The placeholders in a centre's own words for a letter: which there are, and what fills them.

There is no template language: a name in braces is replaced by a fact once, and nothing that a
fact holds is looked at again.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
BRACE = re.compile(r"[{}]")

Filling = str | Sequence[str]
"""What a placeholder stands for; several lines each become an item of a list."""


class WordingFault(StrEnum):
    """Why a centre's own words cannot be taken."""

    UNKNOWN = "unknown"
    """No fact of this letter has the name in braces."""
    BRACE = "brace"
    """A brace without its partner."""


@dataclass(frozen=True, slots=True)
class FoundFault:
    """A fault, and the text that has it, as it was typed."""

    fault: WordingFault
    text: str


def wording_faults(text: str, known: Collection[str]) -> tuple[FoundFault, ...]:
    """Return every fault of a text once, in its order.

    Args:
        text: with names in braces.
        known: the names that may stand there.

    Source:
        docs/decisions/0018-letters-and-feeds.md.
    """
    unknown = [
        FoundFault(WordingFault.UNKNOWN, match.group())
        for match in PLACEHOLDER.finditer(text)
        if match.group(1) not in known
    ]
    lone = [
        FoundFault(WordingFault.BRACE, line.strip())
        for line in text.splitlines()
        if BRACE.search(PLACEHOLDER.sub("", line))
    ]
    return tuple(dict.fromkeys([*unknown, *lone]))


def filled(text: str, fillings: Mapping[str, Filling]) -> str:
    """Return a text with its placeholders filled.

    A list that stands alone on its line becomes lines with a dash, elsewhere its items are parted
    by commas. A line that has placeholders, and nothing to fill any of them with, is left out.
    """
    lines = (_line(line, fillings) for line in text.splitlines())
    return "\n".join(line for line in lines if line is not None)


def _line(line: str, fillings: Mapping[str, Filling]) -> str | None:
    names = PLACEHOLDER.findall(line)
    if not names:
        return line
    if not any(fillings.get(name) for name in names):
        return None
    alone = fillings.get(names[0], "")
    if PLACEHOLDER.fullmatch(line.strip()) and not isinstance(alone, str):
        return "\n".join(f"- {item}" for item in alone)
    return PLACEHOLDER.sub(lambda match: _inline(fillings.get(match.group(1), "")), line)


def _inline(filling: Filling) -> str:
    return filling if isinstance(filling, str) else ", ".join(filling)
