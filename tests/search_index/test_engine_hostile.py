"""Whatever is asked or written, an engine answers."""

import time
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from database.engine import make_engine
from search_index.engine import Changes, Document, Facet, Question, SearchEngine, Sort
from search_index.postgres_engine import PostgresEngine
from search_index.whoosh_engine import WhooshEngine
from tests.conftest import leave_out
from tests.effort import times
from tests.search_index.conftest import ENGINES
from tests.search_index.library import a_document, ask, fill
from tests.stores import POSTGRES_URL, Stores

ANY_TEXT = st.text(st.characters(), max_size=400)
MOST_SECONDS = 0.5
"""For one bad question on a busy machine; alone it takes a hundredth."""


@pytest.fixture(scope="module", params=ENGINES)
def library(
    request: pytest.FixtureRequest, stores: Stores, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SearchEngine]:
    folder = tmp_path_factory.mktemp("hostile")
    if request.param == "whoosh":
        yield filled(WhooshEngine(folder / "index"))
        return
    if not POSTGRES_URL:
        leave_out("postgres", "MEDIENBRUECKE_TEST_POSTGRES names no server")
    with stores.fresh("postgres", folder) as url:
        engine = make_engine(url)
        yield filled(PostgresEngine(engine))
        engine.dispose()


def filled(index: SearchEngine) -> SearchEngine:
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = [a + b + c for a in "aeiou" for b in letters for c in letters]
    index.rebuild(
        (a_document(n, w, summary=" ".join(words[n : n + 40])) for n, w in enumerate(words, 1)), 1
    )
    return index


@pytest.mark.parametrize(
    "words",
    [
        "(" * 10_000,
        "* " * 5_000,
        "a* e* i* o* u* " * 700,
        "name:a OR NOT text:[a TO z] ^99 ~2",
        '"aaa',
        "\x00\x01\x7f\ufffe\U0010ffff\ud800",
        "ﷺ" * 300,
        "%00%0a\r\n\t",
        "'; DROP TABLE title; --",
        "x" * 10_000,
        " ".join(a + b for a in "aeiou" for b in "abcdefghijklmnopqrstuvwxyz"),
    ],
    ids=lambda words: ascii(words[:12]),
)
def test_a_bad_question_gets_an_answer_soon(library: SearchEngine, words: str) -> None:
    begun = time.process_time()

    ask(library, words)

    assert time.process_time() - begun < MOST_SECONDS


@settings(max_examples=times(ci=100, soak=5000), deadline=None)
@given(words=ANY_TEXT, value=ANY_TEXT, page=st.integers(), sort=st.sampled_from(Sort))
def test_any_question_gets_an_answer(
    library: SearchEngine, words: str, value: str, page: int, sort: Sort
) -> None:
    filters = {Facet.SUBJECT: frozenset({value})} if value else {}

    answer = library.search(Question(words, filters, sort=sort, page=page, per_page=page))

    assert 0 <= len(answer.title_ids) <= answer.total


@settings(
    max_examples=times(ci=20, soak=500),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(name=ANY_TEXT, words=st.lists(ANY_TEXT, max_size=3), code=ANY_TEXT)
def test_any_title_can_be_written_and_then_read(
    index: SearchEngine, name: str, words: list[str], code: str
) -> None:
    texts = tuple(words)
    document = Document(
        7, name, keywords=texts, numbers=texts, subjects=frozenset({code}), sort_name=name
    )

    fill(index, document)

    assert ask(index).title_ids == (7,)
    index.apply(Changes(gone=frozenset({7})), 2)
    assert ask(index).total == 0
