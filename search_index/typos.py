"""Words with one letter wrong: which word of the index was meant.

A letter too many, too few, another one, or two swapped. Words that differ by one such slip share a
text once a letter is taken out of either, so a table of all words with each letter taken out finds
them without comparing any two. The table holds hashes, not texts; what it finds is compared again.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from search_index import german
from search_index.arrays import Ints

SHORTEST = 4
"""Letters of a word that may be mended, and of one it may be mended to."""

LONGEST = 40

MOST_ENDING = 3
"""Letters a real word may have more than a stem it is shown for."""

SWAPPED = 4.0
DOUBLED = 3.0
MISSED = 2.0
ANOTHER = 1.0
FIRST_LETTER = 0.2
"""How likely each slip is beside `ANOTHER`; people rarely slip on a word's first letter."""

_BASE = 0x9E3779B97F4A7C15
_UNBASE = pow(_BASE, -1, 1 << 64)
_MIXER = np.uint64(0xD6E8FEB86659FD93)
_WORD_BITS = np.uint64(32)
_WORD_MASK = np.uint64(0xFFFFFFFF)

_PART = re.compile(
    r'(?<!\S)[-\u2212](?:["„“”»«][^"„“”»«]*["„“”»«]?|[^\s"„“”»«]+)'
    r'|["„“”»«][^"„“”»«]*["„“”»«]?'
    r"|(?P<word>[^\W_]+)"
)
"""What stays as it is (words not wanted, quotations), or one plain word."""

Hashes = npt.NDArray[np.uint64]


class Neighbours:
    """The words of a part of the index and what lies one slip beside each.

    Takes 8 bytes a letter; never changes once made, so any number of threads may ask it.
    """

    def __init__(self, words: Sequence[str], frequencies: Sequence[int] | Ints) -> None:
        """Read the words.

        Args:
            words: folded, each once; kept, not copied.
            frequencies: how many documents have each word.
        """
        self._words = words
        self._frequencies = frequencies
        by_length: dict[int, list[int]] = defaultdict(list)
        for number, word in enumerate(words):
            if SHORTEST <= len(word) <= LONGEST and word.isalpha():
                by_length[len(word)].append(number)
        rows = [
            _rows([words[number] for number in chosen], chosen) for chosen in by_length.values()
        ]
        self._table: Hashes = np.sort(np.concatenate([np.empty(0, np.uint64), *rows]))

    def near(self, word: str) -> dict[str, int]:
        """Return the words one slip beside a folded word, each with its frequency."""
        if not SHORTEST <= len(word) <= LONGEST:
            return {}
        hashes = np.unique(_hashes([word])[0] >> _WORD_BITS) << _WORD_BITS
        first = np.searchsorted(self._table, hashes)
        last = np.searchsorted(self._table, hashes | _WORD_MASK, side="right")
        found: dict[str, int] = {}
        for start, end in zip(first.tolist(), last.tolist(), strict=True):
            for number in (self._table[start:end] & _WORD_MASK).tolist():
                other = self._words[number]
                if other not in found and slip_weight(word, other):
                    found[other] = int(self._frequencies[number])
        return found


def mended(text: str, is_known: Callable[[str], bool], mend: Callable[[str], str | None]) -> str:
    """Return a reader's text with its typos mended; empty if there is nothing to mend.

    Quotations, words that are not wanted, stop words and numbers stay as they are.

    Args:
        text: as it was typed.
        is_known: tells of a lower-case word that it needs no mending.
        mend: gives the word to show in place of a lower-case one, if it knows a better one.
    """
    changed = False

    def instead(part: re.Match[str]) -> str:
        nonlocal changed
        word = (part["word"] or "").lower()
        if not is_mendable(word) or is_known(word):
            return part[0]
        better = mend(word)
        changed = changed or better is not None
        return better or part[0]

    plain = unicodedata.normalize("NFC", text)
    result = _PART.sub(instead, plain)
    return result if changed else ""


def is_mendable(word: str) -> bool:
    """Tell whether a lower-case word can have a typo at all."""
    return len(word) >= SHORTEST and word.isalpha() and not german.is_stop_word(word)


def best(word: str, near: Mapping[str, int], more_than: int = 0) -> str | None:
    """Return what was most likely meant: by frequency, weighed with how likely the slip is.

    Args:
        word: folded.
        near: words one slip beside it with their frequencies, of all parts together.
        more_than: a rarer word is no better than the one typed.
    """
    likely = [
        (-frequency * slip_weight(word, other), other)
        for other, frequency in near.items()
        if frequency > more_than
    ]
    return min(likely)[1] if likely else None


def meant(word: str, near: Callable[[str], Mapping[str, int]]) -> str | None:
    """Return the term a lower-case word was most likely meant for; None if nothing is near.

    A slip in an inflected word may leave only its stem near a word of the index: «Wetlkriege».

    Args:
        word: as it was typed.
        near: gives the words one slip beside a term, with their frequencies.
    """
    for term, _ in german.forms(word):
        found = best(term, near(term))
        if found is not None:
            return found
    return None


def near_in(parts: Iterable[Neighbours], word: str) -> dict[str, int]:
    """Return the words one slip beside a folded word in all parts, frequencies added."""
    found: Counter[str] = Counter()
    for part in parts:
        found.update(part.near(word))
    return dict(found)


def spelling(term: str, texts: Iterable[str]) -> str:
    """Return how a folded word is really written, as most of some texts have it.

    A term that is only the stem of words is shown as the commonest of these; one that stands in
    none of the texts, as it is.
    """
    exact: Counter[str] = Counter()
    longer: Counter[str] = Counter()
    for text in texts:
        for word in _plain_words(text):
            folded = german.fold(word.lower())
            if folded == term:
                exact[word] += 1
            elif folded.startswith(term) and len(folded) - len(term) <= MOST_ENDING:
                longer[word] += 1
    written = exact or longer
    return min(written, key=lambda word: (-written[word], word)) if written else term


def slip_weight(word: str, other: str) -> float:
    """Return how likely one word was typed for the other; 0 if more than one slip lies between."""
    if word == other or abs(len(word) - len(other)) > 1:
        return 0.0
    same = _common_beginning(word, other)
    weight = _slip(word, other, same)
    return weight * FIRST_LETTER if same == 0 else weight


def _slip(word: str, other: str, same: int) -> float:
    """Weigh the slip after `same` common letters."""
    if len(word) == len(other):
        if word[same + 1 :] == other[same + 1 :]:
            return ANOTHER
        swapped = word[same + 1 : same + 2] + word[same : same + 1] + word[same + 2 :]
        return SWAPPED if swapped == other[same:] else 0.0
    shorter, longer = sorted((word, other), key=len)
    if shorter[same:] != longer[same + 1 :]:
        return 0.0
    return DOUBLED if same and longer[same] == longer[same - 1] else MISSED


def _common_beginning(word: str, other: str) -> int:
    pairs = enumerate(zip(word, other, strict=False))
    unlike = (place for place, (left, right) in pairs if left != right)
    return next(unlike, min(len(word), len(other)))


def _plain_words(text: str) -> Iterator[str]:
    for part in re.finditer(r"[^\W_]+", unicodedata.normalize("NFC", text)):
        yield part[0]


def _rows(words: Sequence[str], numbers: Sequence[int]) -> Hashes:
    """Return the table's rows of some words of one length: half a hash, then the word's number."""
    owners = np.array(numbers, np.uint64)[:, np.newaxis]
    rows: Hashes = ((_hashes(words) >> _WORD_BITS) << _WORD_BITS) | owners
    return rows.ravel()


def _hashes(words: Sequence[str]) -> Hashes:
    """Return uint64[words, letters + 1]: each word as it is, then with each letter taken out.

    A hash is a polynomial modulo 2^64, so what is left of a word without one letter follows from
    the sums before and after it. All words have the same length.
    """
    length = len(words[0])
    codes = np.array(words, f"<U{length}").view(np.uint32).reshape(len(words), length)
    powers = np.array([pow(_BASE, place, 1 << 64) for place in range(length)], np.uint64)
    sums = np.zeros((len(words), length + 1), np.uint64)
    np.cumsum((codes.astype(np.uint64) + np.uint64(1)) * _MIXER * powers, axis=1, out=sums[:, 1:])
    whole = sums[:, -1:]
    without = sums[:, :-1] + (whole - sums[:, 1:]) * np.uint64(_UNBASE)
    return np.concatenate([whole, without], axis=1)
