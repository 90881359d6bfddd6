"""What a German noun is made of, by HanTa's model of morphemes, in a tenth of HanTa's time.

The reading is the one HanTa finds for a noun of known stems, linking letters and endings; it is
only sought among morphemes that stand in the word, not among all that could.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from HanTa import HanoverTagger

NOUN = "NN"
ENDINGS = ("FUGE", "SUF_NN", "SUF_FEM")
KINDS = (NOUN, "NN_VAR", "NN_VAR_EL", "NN_VAR_ELIS", "NN_IRR", "VV", "VVnp", *ENDINGS)
"""Morphemes that nouns are made of: stems of nouns and verbs, and what joins and ends them."""

STATES_FOLLOWED = 3
"""Readings of a beginning that are followed wherever they lead; others only if hardly worse."""

HARDLY_WORSE = 1.0

_MODEL = Path(HanoverTagger.__file__).with_name("morphmodel_ger.pgz")
"""By its full path: HanTa would rather unpickle a file of that name in the current folder."""

State = tuple[int, int]
"""The last two kinds, in HanTa's numbers."""

Morpheme = tuple[str, str]
"""Letters and kind."""


class _Reading(NamedTuple):
    """The likeliest way to one state at one place; `chance` is a logarithm."""

    chance: float
    before: State
    start: int


class Morphology:
    """The part of HanTa's model that nouns need; safe in several threads."""

    def __init__(self) -> None:
        """Load the model and keep that part."""
        tagger = HanoverTagger.HanoverTagger(str(_MODEL))
        numbers = [tagger.tag2int[kind] for kind in KINDS]
        noun = tagger.tag2int[NOUN]
        self._kinds = dict(zip(numbers, KINDS, strict=True))
        self._morphemes = _by_letters((kind, tagger.LP_m_t[kind]) for kind in numbers)
        self._longest = max(map(len, self._morphemes))
        self._next = {
            state: kept
            for state, followers in tagger.LP_trans_nonfinal.items()
            if (kept := tuple((kind, step) for kind, step in followers if kind in self._kinds))
        }
        self._ends: dict[State, float] = {
            state: step
            for state, followers in tagger.LP_trans_final.items()
            for kind, step in followers
            if kind == -noun
        }

    def reading(self, word: str) -> list[Morpheme]:
        """Return the likeliest morphemes of a lower-case noun; empty if not all are known."""
        rows: list[dict[State, _Reading]] = [{} for _ in range(len(word) + 1)]
        origin = (HanoverTagger.EMPTY, HanoverTagger.START)
        rows[0][origin] = _Reading(0.0, origin, 0)
        for start in range(len(word)):
            if rows[start]:
                self._step(word, start, rows)
        ends = [
            (reading.chance + self._ends[state], state)
            for state, reading in rows[-1].items()
            if state in self._ends
        ]
        if not ends:
            return []
        _, state = max(ends, key=lambda end: end[0])
        return list(self._back(word, rows, state))[::-1]

    def _step(self, word: str, start: int, rows: list[dict[State, _Reading]]) -> None:
        """Append each morpheme that stands at a place to the readings that end there."""
        there = list(self._standing(word, start))
        for state, (chance, _, _) in _worth_following(rows[start]):
            followers = self._next.get(state, ())
            for end, chances in there:
                row = rows[end]
                for kind, step in followers:
                    if kind in chances:
                        likelihood = chance + step + chances[kind]
                        known = row.get((state[1], kind))
                        if known is None or likelihood > known.chance:
                            row[state[1], kind] = _Reading(likelihood, state, start)

    def _standing(self, word: str, start: int) -> Iterator[tuple[int, Mapping[int, float]]]:
        morphemes = self._morphemes
        for end in range(start + 1, min(len(word), start + self._longest) + 1):
            chances = morphemes.get(word[start:end])
            if chances:
                yield end, chances

    def _back(
        self, word: str, rows: list[dict[State, _Reading]], state: State
    ) -> Iterator[Morpheme]:
        end = len(word)
        while end:
            _, before, start = rows[end][state]
            yield word[start:end], self._kinds[state[1]]
            state, end = before, start


@cache
def morphology() -> Morphology:
    """Return the one model of the process; an eighth of a second at first."""
    return Morphology()


def _by_letters(
    tables: Iterable[tuple[int, Mapping[str, float]]],
) -> dict[str, dict[int, float]]:
    found: dict[str, dict[int, float]] = {}
    for kind, chances in tables:
        for letters, chance in chances.items():
            found.setdefault(letters, {})[kind] = float(chance)
    return found


def _worth_following(row: dict[State, _Reading]) -> list[tuple[State, _Reading]]:
    if len(row) <= STATES_FOLLOWED:
        return list(row.items())
    chances = sorted((reading.chance for reading in row.values()), reverse=True)
    least = chances[STATES_FOLLOWED] - HARDLY_WORSE
    return [item for item in row.items() if item[1].chance >= least]
