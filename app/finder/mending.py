"""What the page says of words it took otherwise than they were written."""

from dataclasses import dataclass

from app.finder.addresses import EXACT, search_address, with_words
from app.finder.found import Found


@dataclass(frozen=True, slots=True)
class Mending:
    """Words with their typos mended.

    Attributes:
        words: the mended ones.
        address: of a search for them.
        shown: their findings are the ones shown, since the words as written found nothing.
        as_written: address of the search for the words just as written.
    """

    words: str
    address: str
    shown: bool
    as_written: str


def mending(found: Found) -> Mending | None:
    """Return the words the reader may have meant; None if the engine knows no better."""
    answer = found.findings.answer
    if not answer.correction:
        return None
    pairs = found.shown.pairs
    return Mending(
        words=answer.correction,
        address=with_words(pairs, answer.correction),
        shown=answer.corrected,
        as_written=search_address([*pairs, EXACT]),
    )
