"""A search with everything that answers it."""

from dataclasses import dataclass

from app.facet_words import Wording
from app.finder.branches import GroupTree
from app.finder.hits import Shown
from app.finder.reading import Centres
from app.search import Findings, Hit, Reader, Search


@dataclass(frozen=True, slots=True)
class Found:
    """What was looked for, where, and what came of it."""

    search: Search
    centres: Centres
    reader: Reader
    findings: Findings
    hits: tuple[Hit, ...]
    shown: Shown
    wording: Wording
    tree: GroupTree
