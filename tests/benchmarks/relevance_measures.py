"""How well an engine answers judged questions, in the measures of information retrieval."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2
from statistics import fmean

from search_index.engine import SearchEngine
from tests.benchmarks.relevance_questions import Grade, Judged

RANKS_GAINED = 10
FAILED_BELOW = 0.5
"""An answer with a lower gain is a failure."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a question.

    Attributes:
        names: of the titles on the first page, in order.
        gain: nDCG@10: 1 when no order of the catalogue would be better, 0 when nothing fits.
        recall: of the titles judged good or best, the share that came on the first page of 20.
    """

    judged: Judged
    names: tuple[str, ...]
    gain: float
    recall: float

    @property
    def failed(self) -> bool:
        """Whether it is too far from what the reader meant."""
        return self.gain < FAILED_BELOW


@dataclass(frozen=True, slots=True)
class Quality:
    """The means over some questions; `nothing` and `failed` are shares of them."""

    gain: float
    recall: float
    nothing: float
    failed: float


def outcomes(
    engine: SearchEngine, names: Mapping[int, str], questions: Sequence[Judged]
) -> list[Outcome]:
    """Ask an engine; `names` are those of the titles by id."""
    return [_outcome(engine, names, each) for each in questions]


def quality(asked: Sequence[Outcome]) -> Quality:
    """Return the means over outcomes, at least one."""
    return Quality(
        gain=fmean(each.gain for each in asked),
        recall=fmean(each.recall for each in asked),
        nothing=fmean(not each.names for each in asked),
        failed=fmean(each.failed for each in asked),
    )


def gain(grades: Sequence[int], ideal: Sequence[int]) -> float:
    """Return nDCG@10 of the grades in the order found, 0 for none, against those there are."""
    best = _discounted(sorted(ideal, reverse=True))
    return _discounted(grades) / best


def _outcome(engine: SearchEngine, names: Mapping[int, str], judged: Judged) -> Outcome:
    answer = engine.search(judged.question())
    found = tuple(names[title_id] for title_id in answer.title_ids)
    useful = {name for name, grade in judged.grades.items() if grade >= Grade.GOOD}
    return Outcome(
        judged=judged,
        names=found,
        gain=gain([judged.grades.get(name, 0) for name in found], list(judged.grades.values())),
        recall=len(useful.intersection(found)) / len(useful),
    )


def _discounted(grades: Sequence[int]) -> float:
    first = enumerate(grades[:RANKS_GAINED], start=2)
    return sum((2.0**grade - 1) / log2(place) for place, grade in first)
