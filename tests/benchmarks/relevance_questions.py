"""Reads the judged questions: what teachers ask, and which titles answer it how well."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

from search_index.engine import HITS_PER_PAGE, Question

_HERE = Path(__file__).parent
_STILL_TYPED = "typing"


class Grade(IntEnum):
    """How well a title answers; one that is not named in a judgement does not."""

    FAIR = 1
    GOOD = 2
    BEST = 3


@dataclass(frozen=True, slots=True)
class Judged:
    """A question with its judgement.

    Attributes:
        kind: what makes it hard.
        grades: by name of title; names are distinct in the demo.
    """

    kind: str
    words: str
    grades: Mapping[str, Grade]

    def question(self) -> Question:
        """Return it as an engine is asked."""
        return Question(self.words, typing=self.kind == _STILL_TYPED, per_page=HITS_PER_PAGE)


def open_questions() -> tuple[Judged, ...]:
    """Return the questions that whoever tunes the search may read."""
    return _read("relevance_open.toml")


def held_out_questions() -> tuple[Judged, ...]:
    """Return the questions that nobody tunes for."""
    return _read("relevance_held_out.toml")


def _read(name: str) -> tuple[Judged, ...]:
    table = tomllib.loads((_HERE / name).read_text("utf-8"))
    return tuple(_judged(row) for row in table["questions"])


def _judged(row: Mapping[str, Any]) -> Judged:
    grades = {name: grade for grade in Grade for name in row.get(grade.name.lower(), ())}
    return Judged(row["kind"], row["words"], grades)
