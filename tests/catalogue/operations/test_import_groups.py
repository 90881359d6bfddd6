"""Groups of a centre's own classification: loaded, renamed, moved; titles filed there follow."""

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from catalogue.formats.group_table import GroupRecord
from catalogue.models.change import IndexHost, TitleChange
from catalogue.models.curriculum_link import CurriculumLink
from catalogue.models.title import Title
from catalogue.operations.import_groups import import_groups
from catalogue.queries.groups import groups_called, has_groups
from database.unit_of_work import unit_of_work
from schools.models.curriculum import Scheme
from schools.rules.imports import Outcome
from tests.make import NOW, Make

pytestmark = pytest.mark.both_stores

BIOLOGY = GroupRecord(2, "080", "", "Biologie", "Biology")
ECOLOGY = GroupRecord(3, "080 04", "080", "Ökologie", "Ecology")
POND = GroupRecord(4, "080 04 01", "080 04", "Teich", "Pond")


def outcomes(session: Session, *records: GroupRecord) -> list[Outcome]:
    with unit_of_work(session):
        return [each.outcome for each in import_groups(session, records)]


@pytest.fixture
def filed(session: Session, make: Make) -> Title:
    """A title filed at the pond; another centre's host keeps an index."""
    outcomes(session, BIOLOGY, ECOLOGY, POND)
    title = make.title("Leben im Teich")
    make.title("Vulkane")
    session.add(CurriculumLink(title_id=title.id, scheme=Scheme.GROUP, code=POND.code))
    session.commit()
    session.add(IndexHost(name="here", seen_at=NOW))
    session.execute(delete(TitleChange))
    session.commit()
    return title


def noted(session: Session) -> list[int]:
    return list(session.scalars(select(TitleChange.title_id)))


def test_groups_are_loaded_and_a_second_run_changes_nothing(session: Session) -> None:
    assert not has_groups(session)
    session.rollback()
    assert outcomes(session, ECOLOGY, BIOLOGY) == [Outcome.IMPORTED] * 2
    assert outcomes(session, ECOLOGY, BIOLOGY) == [Outcome.SAME] * 2
    assert has_groups(session)
    (ecology,) = groups_called(session, ["080 04", "nothing"])
    assert (ecology.parent, ecology.name("de"), ecology.name("en")) == (
        "080",
        "Ökologie",
        "Ecology",
    )


def test_renaming_a_group_notes_the_titles_at_and_below_it(session: Session, filed: Title) -> None:
    renamed = GroupRecord(2, "080", "", "Lebenskunde", "Life")
    assert outcomes(session, renamed, ECOLOGY) == [Outcome.CHANGED, Outcome.SAME]
    assert noted(session) == [filed.id]


def test_a_run_that_changes_nothing_notes_nothing(session: Session, filed: Title) -> None:
    outcomes(session, BIOLOGY, ECOLOGY, POND)
    assert noted(session) == []


def test_groups_that_stand_in_a_circle_end(session: Session, filed: Title) -> None:
    circle = GroupRecord(2, "080", "080 04 01", "Biologie", "Biology")
    assert outcomes(session, circle) == [Outcome.CHANGED]
    assert noted(session) == [filed.id]
