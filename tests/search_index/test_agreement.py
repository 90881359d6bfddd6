"""Our read path finds, scores and counts what Whoosh itself finds on the same files."""

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import numpy as np
import pytest

from search_index import german
from search_index.columns import commonest_first
from search_index.engine import Changes, Document, Question
from search_index.matching import FEW, match
from search_index.query import Query, parse
from search_index.snapshot_words import SnapshotWords
from search_index.whoosh_engine import WhooshEngine
from tests.effort import times
from tests.search_index.library import a_document
from tests.search_index.stock import StockWhoosh

QUERIES = times(ci=200, soak=2000)
TOLERANCE = 1e-4

WORDS = [
    "Haus",
    "Häuser",
    "Hausbau",
    "Garten",
    "Gärten",
    "Wald",
    "Waldboden",
    "Klima",
    "Klimawandel",
    "Krieg",
    "Kriege",
    "Weltkrieg",
    "Energie",
    "Energien",
    "Zelle",
    "Zellen",
    "Schule",
    "Schulen",
    "Schülerinnen",
    "Vulkan",
    "Vulkane",
    "Vulkanismus",
    "Meer",
    "Tier",
    "Tiere",
    "Wasser",
    "Wasserkreislauf",
    "Licht",
    "Lichter",
    "Farbe",
    "Farben",
    "Musik",
    "Atom",
    "Atome",
    "Atomkern",
    "Fotosynthese",
    "Mathe",
    "Geografie",
    "Demokratie",
    "Republik",
    "Revolution",
    "Römer",
    "Ritter",
    "Burg",
    "Burgen",
    "der",
    "die",
    "und",
    "mit",
]


def documents(luck: Random, first: int, last: int) -> list[Document]:
    """Titles of words that come often, so that every query finds something."""

    def text(least: int, most: int) -> str:
        return " ".join(luck.choices(WORDS, k=luck.randint(least, most)))

    return [
        a_document(
            title_id,
            text(1, 5),
            series=text(1, 3) if luck.random() < 0.3 else "",
            keywords=tuple(text(1, 1) for _ in range(luck.randint(0, 4))),
            summary=text(0, 40),
            subjects=frozenset(luck.sample(["BI", "CH", "PH", "EK"], luck.randint(0, 3))),
            grades=frozenset(luck.sample(range(1, 14), luck.randint(0, 5))),
            media_type=luck.choice(["film", "box", "device"]),
        )
        for title_id in range(first, last)
    ]


def fresh(index: WhooshEngine, luck: Random) -> None:
    index.rebuild(documents(luck, 1, 300), 1)


def after_adds(index: WhooshEngine, luck: Random) -> None:
    fresh(index, luck)
    index.apply(Changes(tuple(documents(luck, 300, 380))), 2)
    index.apply(Changes(tuple(documents(luck, 380, 390))), 3)


def after_deletes(index: WhooshEngine, luck: Random) -> None:
    after_adds(index, luck)
    index.apply(Changes(gone=frozenset(luck.sample(range(1, 390), 120))), 4)


def after_a_merge(index: WhooshEngine, luck: Random) -> None:
    after_deletes(index, luck)
    index.merge()


def refreshed_in_many_segments(index: WhooshEngine, luck: Random) -> None:
    after_deletes(index, luck)
    for position in range(5, 13):
        index.search(Question("Wald"))
        changed = documents(luck, position * 20, position * 20 + 25)
        index.apply(Changes(tuple(changed), frozenset({position})), position)
        if position % 3 == 0:
            index.settle()


STATES = (fresh, after_adds, after_deletes, after_a_merge, refreshed_in_many_segments)


@pytest.fixture(params=STATES, ids=lambda state: state.__name__)
def state(request: pytest.FixtureRequest) -> Callable[[WhooshEngine, Random], None]:
    reached: Callable[[WhooshEngine, Random], None] = request.param
    return reached


@pytest.fixture
def index(state: Callable[[WhooshEngine, Random], None], tmp_path: Path) -> WhooshEngine:
    index = WhooshEngine(tmp_path / "index")
    state(index, Random(state.__name__))
    return index


@pytest.fixture
def stock(index: WhooshEngine, tmp_path: Path) -> Iterator[StockWhoosh]:
    stock = StockWhoosh(tmp_path / "index")
    yield stock
    stock.close()


def a_question(luck: Random) -> tuple[str, bool]:
    """Words, and whether the last one is being typed."""
    telling = [word for word in WORDS if not german.is_stop_word(word)]
    words = luck.choices(telling, k=luck.choice((1, 1, 2, 2, 3)))
    kind = luck.choice(("words", "words", "phrase", "unwanted", "beginning", "both"))
    if kind == "phrase":
        return f'"{" ".join(luck.sample(telling, 2))}"', False
    if kind == "unwanted":
        return f"{' '.join(words)} -{luck.choice(telling)}", False
    if kind == "beginning":
        return " ".join((*words[:-1], words[-1][: luck.randint(3, 5)])), luck.random() < 0.5
    if kind == "both":
        return f'{words[0]} "{" ".join(luck.sample(telling, 2))}"', False
    return " ".join(words), False


def test_hits_scores_and_counts_are_those_of_whoosh(
    index: WhooshEngine, stock: StockWhoosh
) -> None:
    luck = Random(7)
    found = sum(_compare(index, stock, *a_question(luck)) for _ in range(QUERIES))

    assert found > QUERIES, "the questions must find something"


def _compare(index: WhooshEngine, stock: StockWhoosh, words: str, typing: bool) -> int:  # noqa: FBT001
    snapshot = index._opening.current().snapshot
    query: Query = parse(words)
    expected = stock.ask(query, typing=typing)
    reach = snapshot.reach(None)
    ours = match(SnapshotWords(snapshot), reach, query, typing=typing)

    assert ours.strict == len(expected.scores), words
    assert ours.scores is not None
    if not ours.is_loosened:
        assert ours.docs.tolist() == sorted(expected.scores), words
        theirs = np.array([expected.scores[number] for number in ours.docs.tolist()])
        np.testing.assert_allclose(ours.scores, theirs, rtol=TOLERANCE, err_msg=words)
        answer = index.search(Question(words, typing=typing, as_written=True))
        for facet, counts in expected.facets.items():
            assert answer.facets[facet] == commonest_first(counts), (words, facet)
    else:
        assert len(expected.scores) < FEW
        best = ours.docs[np.argsort(-ours.scores)][: ours.strict]
        assert set(best.tolist()) == set(expected.scores), words
    return len(expected.scores)
