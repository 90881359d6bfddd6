"""How well search answers what teachers type, with a floor below which it must not fall."""

from pathlib import Path

import pytest

from app.demo.content import titles
from search_index.whoosh_engine import WhooshEngine
from tests.benchmarks.demo_documents import demo_documents
from tests.benchmarks.relevance_measures import Outcome, gain, outcomes, quality
from tests.benchmarks.relevance_questions import Judged, held_out_questions, open_questions

OPEN_GAIN, OPEN_RECALL, OPEN_WITHOUT_HITS = 0.93, 0.96, 0.01
HELD_OUT_GAIN, HELD_OUT_RECALL, HELD_OUT_WITHOUT_HITS = 0.89, 0.90, 0.02


pytestmark = pytest.mark.xdist_group("relevance")


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Outcome]]:
    documents = demo_documents()
    engine = WhooshEngine(Path(tmp_path_factory.mktemp("index")))
    engine.rebuild(documents, 0)
    names = {each.title_id: each.name for each in documents}
    return {
        "open": outcomes(engine, names, open_questions()),
        "held out": outcomes(engine, names, held_out_questions()),
    }


@pytest.mark.slow
def test_open_questions_are_answered_no_worse_than_before(
    answered: dict[str, list[Outcome]],
) -> None:
    reached = quality(answered["open"])

    assert reached.gain >= OPEN_GAIN
    assert reached.recall >= OPEN_RECALL
    assert reached.nothing <= OPEN_WITHOUT_HITS


@pytest.mark.slow
def test_questions_held_out_are_answered_no_worse_than_before(
    answered: dict[str, list[Outcome]],
) -> None:
    reached = quality(answered["held out"])

    assert reached.gain >= HELD_OUT_GAIN
    assert reached.recall >= HELD_OUT_RECALL
    assert reached.nothing <= HELD_OUT_WITHOUT_HITS


@pytest.mark.slow
def test_media_numbers_lead_to_their_title_first(answered: dict[str, list[Outcome]]) -> None:
    numbers = [each for each in answered["open"] if each.judged.kind == "number"]

    assert len(numbers) >= 4
    assert [each.judged.words for each in numbers if each.gain < 1] == []


def test_no_question_is_asked_twice_and_at_least_120_are_judged() -> None:
    words = [each.words for each in (*open_questions(), *held_out_questions())]

    assert len(set(words)) == len(words) >= 120


@pytest.mark.parametrize(
    "questions", [open_questions(), held_out_questions()], ids=["open", "held"]
)
def test_every_judged_title_is_in_the_catalogue(questions: tuple[Judged, ...]) -> None:
    known = {entry.name for entry in titles()}

    assert [name for each in questions for name in each.grades if name not in known] == []


@pytest.mark.parametrize(
    ("grades", "expected"),
    [
        pytest.param([3, 2, 1], 1.0, id="in the best order"),
        pytest.param([3, 2, 1, 0, 0], 1.0, id="what does not fit comes behind"),
        pytest.param([], 0.0, id="nothing"),
        pytest.param([0] * 10 + [3, 2, 1], 0.0, id="what fits comes behind the tenth"),
        pytest.param([1, 2, 3], 0.68, id="the best last of all"),
    ],
)
def test_gain_rewards_what_fits_coming_first(grades: list[int], expected: float) -> None:
    assert gain(grades, [1, 3, 2]) == pytest.approx(expected, abs=0.005)
