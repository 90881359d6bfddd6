"""The records of a run in a file, so that every engine reads the same and none waits for them."""

import pickle
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from search_index.engine import Document

SAMPLE = 5000
"""Records that questions are drawn from."""


@dataclass(frozen=True, slots=True)
class Records:
    """Records in a file, pickled one after the other."""

    file: Path
    number: int

    def read(self) -> Iterator[Document]:
        """Yield them all."""
        with self.file.open("rb") as stream:
            for _ in range(self.number):
                yield pickle.load(stream)  # noqa: S301  # we wrote it

    def sample(self) -> list[Document]:
        """Return the first of them."""
        return list(islice(self.read(), SAMPLE))


def stored(file: Path, documents: Iterable[Document]) -> Records:
    """Write records to a file."""
    number = 0
    with file.open("wb") as stream:
        for document in documents:
            pickle.dump(document, stream)
            number += 1
    return Records(file, number)
