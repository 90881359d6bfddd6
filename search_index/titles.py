"""What the rooms of the read path ask of a state of an index, whichever engine keeps it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from search_index.alphabet import Alphabet
from search_index.arrays import Bools, Ints, Numbers
from search_index.columns import Column
from search_index.engine import Facet
from search_index.scoring import Hits


@dataclass(frozen=True, slots=True)
class Reach:
    """The documents a reader can see.

    Attributes:
        mask: bool[documents].
        documents: int32[n], the same as numbers, ascending.
    """

    mask: Bools
    documents: Numbers


class Titles(Protocol):
    """The documents of one state: what filters, counts and orders them."""

    @property
    def size(self) -> int:
        """Documents, deleted ones included."""

    @property
    def title_ids(self) -> Ints:
        """int64[size]."""

    @property
    def added_on(self) -> Numbers:
        """int32[size], ordinals of days."""

    @property
    def newest(self) -> Ints:
        """int64[size], greater for a title added later; no two alike."""

    @property
    def lent(self) -> Numbers:
        """int32[size], loans of the last year."""

    @property
    def alphabet(self) -> Alphabet:
        """Each document's place when sorted by name."""

    @property
    def facets(self) -> Mapping[Facet, Column]:
        """The values to filter by and to count."""

    def reach(self, centre_ids: frozenset[int] | None) -> Reach:
        """Return the documents in the catalogue of any of some centres, or of all."""

    def held_at(self, centre_ids: frozenset[int]) -> Bools:
        """Return bool[size]: documents in the catalogue of any of some centres."""

    def mask(self, facet: Facet, values: frozenset[str]) -> Bools:
        """Return bool[size]: documents with any of a facet's values."""

    def numbers_of(self, title_ids: Iterable[int]) -> Numbers:
        """Return the numbers of some titles; unknown ones are left out."""


class Words(Protocol):
    """The words of one state: which documents have them, scored."""

    def hits_of_word(self, word: str, most: int, *, is_typed: bool = False) -> Hits:
        """Return the documents with a word in any of its forms, scored.

        Args:
            word: in lower case; one that occurs nowhere is taken as the beginning of one.
            most: words that it may stand for as a beginning.
            is_typed: words that only begin like it count as well.
        """

    def hits_of_phrase(self, words: Sequence[str]) -> Hits:
        """Return the documents with lower-case words side by side, in exact forms only."""

    def called(self, number: int) -> tuple[str, ...]:
        """Return name, series and keywords of a document as they are written."""

    def correction(self, text: str) -> str:
        """Return a reader's text with its typos mended; empty if there is nothing to mend."""

    def documents_of_number(self, number: str) -> Numbers:
        """Return the documents that have a number (`german.number_key`), ascending."""
