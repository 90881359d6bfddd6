"""Without an index the store answers, limited."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from catalogue.models.curriculum_link import CurriculumLink
from schools.models.curriculum import CurriculumTerm, Scheme
from search_index.engine import Facet, Question, Sort
from search_index.store_search import search_store
from tests.effort import times
from tests.make import NOW, Make
from tests.search_index.library import only

pytestmark = pytest.mark.both_stores


@pytest.fixture
def titles(session: Session, make: Make) -> dict[str, int]:
    """A film to lend, a clip online, a withdrawn title."""
    film = make.title("Der Vulkan", year=2015, grade_from=7, grade_to=8, languages="de")
    make.holding(film, copies=1)
    clip = make.title("100% Berge", online_url="https://example.org", media_type="online_video")
    make.title("Alter Vulkan", withdrawn_at=NOW)
    session.merge(CurriculumTerm(scheme=Scheme.SUBJECT, code="EK", name_de="E", name_en="G"))
    session.flush()
    session.add(CurriculumLink(title_id=film.id, scheme=Scheme.SUBJECT, code="EK"))
    session.commit()
    return {"film": film.id, "clip": clip.id}


@pytest.mark.parametrize(
    ("words", "filters", "expected"),
    [
        ("", {}, {"film", "clip"}),
        ("vulkan", {}, {"film"}),
        ("der vulkan", {}, {"film"}),
        ("vulkan berge", {}, set()),
        ("100%", {}, {"clip"}),
        ("%", {}, set()),
        ("", {"subject": "EK"}, {"film"}),
        ("", {"grade": "7"}, {"film", "clip"}),
        ("", {"grade": "9"}, {"clip"}),
        ("", {"year": {"2015", "x"}}, {"film"}),
        ("", {"media_type": "online_video"}, {"clip"}),
        ("", {"availability": "lendable"}, {"film"}),
        ("", {"availability": "online"}, {"clip"}),
        ("", {"language": "de"}, {"film"}),
        ("", {"school_form": "20"}, set()),
        ("", {"subject": "\x00"}, set()),
    ],
)
def test_the_store_finds_by_parts_of_names_and_by_every_facet(
    session: Session,
    titles: dict[str, int],
    words: str,
    filters: dict[str, str | set[str]],
    expected: set[str],
) -> None:
    answer = search_store(session, Question(words, only(**filters)))

    assert set(answer.title_ids) == {titles[name] for name in expected}
    assert answer.total == len(expected)
    assert answer.limited


def test_centres_and_titles_not_free_narrow_it(
    session: Session, make: Make, titles: dict[str, int]
) -> None:
    other = make.centre()

    there = search_store(session, Question(centre_ids=frozenset({other.id})))
    free = search_store(session, Question(excluded=frozenset({titles["film"]})))

    assert there.title_ids == free.title_ids == (titles["clip"],)


def test_pages_follow_each_other(session: Session, make: Make) -> None:
    ids = [make.title(f"Band {number}").id for number in range(5)]

    def page(number: int) -> tuple[int, ...]:
        question = Question(sort=Sort.TITLE, page=number, per_page=2)
        return search_store(session, question).title_ids

    assert [*page(1), *page(2), *page(3), *page(4)] == ids
    assert page(1) == tuple(ids[:2])


@settings(
    max_examples=times(ci=30, soak=500),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    words=st.text(st.characters(), max_size=400),
    facet=st.sampled_from(Facet),
    value=st.text(st.characters(), min_size=1),
)
def test_any_question_gets_an_answer(
    session: Session, words: str, facet: Facet, value: str
) -> None:
    answer = search_store(session, Question(words, {facet: frozenset({value})}))

    assert answer.total == 0
