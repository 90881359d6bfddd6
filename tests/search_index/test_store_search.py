"""Without an index the store answers, limited."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.curriculum_link import CurriculumLink
from catalogue.models.demand import TitleDemand
from catalogue.rules.licences import LicenceScope
from schools.models.authority import District
from schools.models.curriculum import CurriculumTerm, Scheme
from search_index.engine import Facet, Question, Sort
from search_index.projection import documents_of
from search_index.store_search import search_store
from tests.effort import times
from tests.make import MONDAY, NOW, Make
from tests.search_index.library import only

pytestmark = pytest.mark.both_stores

COLOGNE, BONN = "05315", "05314"


@pytest.fixture
def titles(session: Session, make: Make) -> dict[str, int]:
    """A film to lend, a clip online, a withdrawn title."""
    film = make.title(
        "Der Vulkan",
        keywords="Photographie",
        media_number="4602345",
        year=2015,
        grade_from=7,
        grade_to=8,
        languages="de",
    )
    make.copy(make.holding(film), barcode="MZ-000042", inventory_number="I-17")
    clip = make.title(
        "100% Berge",
        subtitle="Ländliche Räume in Österreich",
        online_url="https://example.org",
        media_type="online_video",
    )
    make.title("Alter Vulkan", withdrawn_at=NOW)
    terms = [(Scheme.SUBJECT, "EK", None), (Scheme.GROUP, "080", None)]
    for scheme, code, parent in [*terms, (Scheme.GROUP, "080 04", "080")]:
        names = {"name_de": code, "name_en": code}
        session.merge(CurriculumTerm(scheme=scheme, code=code, parent=parent, **names))
    session.flush()
    for scheme, code in ((Scheme.SUBJECT, "EK"), (Scheme.GROUP, "080 04")):
        session.add(CurriculumLink(title_id=film.id, scheme=scheme, code=code))
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
        ("VULKAN", {}, {"film"}),
        ("vulkan -berge", {}, {"film"}),
        ("-vulkan", {}, {"clip"}),
        ("-berge -vulkan", {}, set()),
        ('"der vulkan"', {}, {"film"}),
        ('"vulkan der"', {}, set()),
        ('"vulkan der" -berge', {}, set()),
        ("ländlich", {}, {"clip"}),
        ("LÄNDLICH", {}, {"clip"}),
        ("laendlich", {}, {"clip"}),
        ("oesterreich", {}, {"clip"}),
        ("fotografie", {}, {"film"}),
        ("4602345", {}, {"film"}),
        ("mz-000042", {}, {"film"}),
        ("I-17", {}, {"film"}),
        ("", {"group": "080"}, {"film"}),
        ("", {"group": "080 04"}, {"film"}),
        ("", {"group": "620"}, set()),
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


def test_what_opens_at_other_centres_only_is_not_found(session: Session, make: Make) -> None:
    near, far = make.centre(), make.centre()
    near.district = session.scalar(select(District).where(District.ags == BONN))
    licensed_far, licensed_near, kept_far, free, of_district, of_another = online = [
        make.title(name, media_type="online_video") for name in "ABCDEF"
    ]
    make.licence(licensed_far, online=True, centre_id=far.id)
    make.licence(licensed_near, online=True, centre_id=near.id)
    make.licence(of_district, online=True, scope=LicenceScope.DISTRICT, area=[COLOGNE, BONN])
    make.licence(of_another, online=True, scope=LicenceScope.DISTRICT, area=[COLOGNE])
    kept_far.keeper_id = far.id
    session.commit()

    answer = search_store(session, Question(centre_ids=frozenset({near.id})))

    shown = {
        each.title_id
        for each in documents_of(session, [title.id for title in online])
        if near.id in each.centre_ids
    }
    assert set(answer.title_ids) == shown == {licensed_near.id, free.id, of_district.id}


def test_what_is_lent_most_can_come_first(session: Session, make: Make) -> None:
    ids = {loans: make.title(f"Band {loans}").id for loans in (3, 12, 0)}
    for loans in (3, 12):
        session.add(TitleDemand(title_id=ids[loans], loans=loans, counted_on=MONDAY))
    session.commit()

    answer = search_store(session, Question(sort=Sort.LENT))

    assert answer.title_ids == (ids[12], ids[3], ids[0])


def test_what_ones_own_centre_holds_comes_first(session: Session, make: Make) -> None:
    own, other = make.centre(), make.centre()
    here, there = make.title("Vulkane"), make.title("Vulkane")
    make.holding(here, centre=own)
    make.holding(there, centre=other)

    def found(centre_id: int) -> tuple[int, ...]:
        question = Question("vulkane", home_centre_ids=frozenset({centre_id}))
        return search_store(session, question).title_ids

    assert found(own.id) == (here.id, there.id)
    assert found(other.id) == (there.id, here.id)


def test_titles_are_sorted_as_people_sort_them(session: Session, make: Make) -> None:
    ids = {name: make.title(name).id for name in ("Öl", "apfel", "Zebra", "Ähren")}

    answer = search_store(session, Question(sort=Sort.TITLE))

    assert answer.title_ids == tuple(ids[name] for name in ("Ähren", "apfel", "Öl", "Zebra"))


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
