"""What an engine must do to be measured beside ours."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from search_index.engine import HITS_PER_PAGE, Document, Facet
from tests.benchmarks.search_plan import Plan

HITS = HITS_PER_PAGE
NAME_WEIGHT = 2.0
"""Of a term in a name over one in the other texts, as in ours."""

BATCH = 1000


class RivalMissingError(Exception):
    """The engine cannot run on this machine; the message names what it needs."""


@dataclass(frozen=True, slots=True)
class Found:
    """What an engine answers.

    Attributes:
        title_ids: the first `HITS`, in order.
        total: how many there are.
        facets: by facet, values with their counts.
    """

    title_ids: tuple[int, ...]
    total: int
    facets: Mapping[Facet, Mapping[str, int]] = field(default_factory=dict)


class Rival(Protocol):
    """An engine to compare with; built once, then asked from one thread."""

    @property
    def name(self) -> str:
        """As it stands in the figures."""

    def build(self, documents: Iterable[Document]) -> None:
        """Write the records, then make them as quick to search as they get."""

    def ask(self, plan: Plan) -> Found | None:
        """Answer, or tell with None that the engine has nothing like it."""

    def bytes(self) -> int:
        """Return how much its files take."""

    def close(self) -> None:
        """Let go of what is open."""


def folder_bytes(folder: Path) -> int:
    """Return how much the files below a folder take."""
    return sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())
