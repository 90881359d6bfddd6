"""A German vocabulary for the search figures: the demo's words, compounds of them, and names.

Drawn by rank as words are in texts (Zipf): few often, most hardly ever.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

from app.demo.content import titles
from search_index.vocabulary import STOP_WORDS

COMMON = 400
"""So many of the demo's words take the first ranks; with the others, compounds mix in."""

COMPOUNDS = 40_000
COMMON_COMPOUNDS = 4000
NAMES = 60_000
SHORTEST, LONGEST = 3, 24
RANKS_FLATTENED = 8
"""Added to each rank, so that the commonest word stands in half of the texts, not in all."""

_HEADS = """
analyse arbeit ausstellung bau begriff bildung buch entwicklung experiment film forschung gebiet
geschichte haus heft karte kasten koffer kreislauf krise kunde labor lehre modell museum politik
projekt prozess quelle raum reihe schutz spiel stoff system technik theater unterricht versuch
verhalten wandel werk wirtschaft zeit
"""
_LINKS = ("", "", "s", "n", "en")
_SYLLABLES = """
ba be bi bo bru da de dor du el er fal fe gan ger hal han hei hol in ja ka kel ki kra la lei len lo
ma mei mi mo na nie no ol per ra rei ri ro sa schel se sil sta stei ta ten ti tor ul va vel wa wei
win zel
"""
_ENDINGS = ("bach", "berg", "burg", "dorf", "er", "feld", "hoff", "ing", "mann", "ow", "sen")
_WORD = re.compile(r"[A-Za-zÄÖÜäöüß]+")

Item = TypeVar("Item")


class Drawer(Generic[Item]):
    """Draws items with replacement, those in front more often."""

    def __init__(self, items: Sequence[Item], steepness: float, flattened: int = 1) -> None:
        """Weigh the item of rank r, from 0, by (r + flattened) to the power of -steepness."""
        self._items = items
        self._weights = list(
            accumulate((rank + flattened) ** -steepness for rank in range(len(items)))
        )

    def draw(self, luck: Random, number: int) -> list[Item]:
        """Return so many items."""
        return luck.choices(self._items, cum_weights=self._weights, k=number)

    def one(self, luck: Random) -> Item:
        """Return one item."""
        return self.draw(luck, 1)[0]


def word_drawer() -> Drawer[str]:
    """Return what draws the telling words of texts."""
    return Drawer(vocabulary(), 1.0, RANKS_FLATTENED)


def glue_drawer() -> Drawer[str]:
    """Return what draws the stop words between them."""
    return Drawer(sorted(word for word in STOP_WORDS if len(word) > 1), 0.9)


@cache
def vocabulary() -> tuple[str, ...]:
    """Return some hundred thousand distinct words, commonest first; always the same."""
    luck = Random("vocabulary")  # data that must repeat, no secret
    nouns = sorted(
        {word for entry in titles() for each in entry.keywords for word in _nouns(each)}
    )
    known = sorted(_demo_words() | set(nouns))
    luck.shuffle(known)
    compounds = list(_compounds(luck, nouns))
    middle = [*known[COMMON:], *compounds[:COMMON_COMPOUNDS]]
    rare = [*compounds[COMMON_COMPOUNDS:], *_names(luck)]
    luck.shuffle(middle)
    luck.shuffle(rare)
    return tuple(dict.fromkeys([*known[:COMMON], *middle, *rare]))


def _demo_words() -> set[str]:
    texts = (text for each in titles() for text in (each.name, each.subtitle, each.summary))
    words = {word for text in texts for word in _WORD.findall(text)}
    return {word for word in words if len(word) >= SHORTEST and word.lower() not in STOP_WORDS}


def _nouns(keyword: str) -> Iterator[str]:
    if keyword[:1].isupper() and keyword.isalpha() and len(keyword) >= SHORTEST:
        yield keyword


def _compounds(luck: Random, nouns: Sequence[str]) -> Iterator[str]:
    heads = _HEADS.split()
    for _ in range(COMPOUNDS):
        head = luck.choice(heads) if luck.random() < 0.5 else luck.choice(nouns).lower()
        compound = f"{luck.choice(nouns)}{luck.choice(_LINKS)}{head}"
        if len(compound) <= LONGEST:
            yield compound


def _names(luck: Random) -> Iterator[str]:
    syllables = _SYLLABLES.split()
    for _ in range(NAMES):
        beginning = "".join(luck.choices(syllables, k=luck.choice((2, 2, 3))))
        yield f"{beginning}{luck.choice(_ENDINGS)}".capitalize()
