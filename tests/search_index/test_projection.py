"""From titles in the store to documents."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from catalogue.models.curriculum_link import CurriculumLink
from catalogue.models.demand import TitleDemand
from catalogue.models.title import Title
from catalogue.rules.licences import LicenceScope
from schools.models.authority import District
from schools.models.curriculum import CurriculumTerm, Scheme
from search_index.engine import Document
from search_index.projection import all_documents, documents_of
from tests.make import MONDAY, NOW, Make


def document_of(session: Session, title: Title) -> Document:
    (document,) = documents_of(session, [title.id])
    return document


def link(session: Session, title: Title, *links: tuple[Scheme, str]) -> None:
    for scheme, code in links:
        if session.get(CurriculumTerm, (scheme, code)) is None:
            parent = code.partition(".")[0] if scheme is Scheme.CONTENT_FIELD else None
            names = {"name_de": f"Name von {code}", "name_en": f"Name of {code}"}
            session.add(CurriculumTerm(scheme=scheme, code=code, parent=parent, **names))
    session.flush()
    session.add_all(CurriculumLink(title_id=title.id, scheme=s, code=c) for s, c in links)
    session.commit()


def test_a_document_has_the_words_of_its_title(session: Session, make: Make) -> None:
    title = make.title(
        "Äpfel",
        subtitle="Vom Baum",
        series="Obst",
        summary="Wie sie wachsen",
        keywords="Ernte; Herbst;",
        persons="Meier, Ada; Schulz, Bo",
        publisher="FWU",
        languages="de; en",
        year=2019,
    )

    document = document_of(session, title)

    assert (document.name, document.subtitle, document.series) == ("Äpfel", "Vom Baum", "Obst")
    assert document.keywords == ("Ernte", "Herbst")
    assert document.persons == ("Meier, Ada", "Schulz, Bo", "FWU")
    assert document.languages == {"de", "en"}
    assert document.sort_name == "apfel"
    assert document.added_on == NOW.date()
    assert document.year == 2019


def test_a_document_has_the_numbers_of_its_title_and_of_its_copies_still_there(
    session: Session, make: Make
) -> None:
    title = make.title(media_number="4602345", isbn="9783123456789")
    holding = make.holding(title)
    make.copy(holding, barcode="MZ-000001", inventory_number="I-1")
    make.copy(holding, barcode="MZ-000002", withdrawn_on=MONDAY, state="withdrawn")

    assert document_of(session, title).numbers == ("4602345", "9783123456789", "MZ-000001", "I-1")


def test_a_document_has_the_codes_and_names_of_its_links(session: Session, make: Make) -> None:
    title = make.title()
    link(
        session,
        title,
        (Scheme.SUBJECT, "EK"),
        (Scheme.SUBJECT, "BI"),
        (Scheme.CONTENT_FIELD, "BI.4"),
        (Scheme.MEDIA_COMPETENCE, "2.1"),
        (Scheme.LEARNING_COMPETENCE, "producing"),
        (Scheme.SCHOOL_FORM, "20"),
    )

    document = document_of(session, title)

    assert document.subjects == {"EK", "BI"}
    assert document.content_fields == {"BI.4"}
    assert document.media_competences == {"2.1"}
    assert document.learning_competences == {"producing"}
    assert document.school_forms == {"20"}
    assert len(document.topics) >= 6


def test_a_content_field_brings_its_subject(session: Session, make: Make) -> None:
    title = make.title()
    link(session, title, (Scheme.SUBJECT, "BI"), (Scheme.CONTENT_FIELD, "BI.4"))
    only_field = make.title("Nur ein Inhaltsfeld")
    link(session, only_field, (Scheme.CONTENT_FIELD, "BI.4"))

    assert document_of(session, only_field).subjects == {"BI"}


def test_a_group_brings_the_groups_above_it(session: Session, make: Make) -> None:
    rows = [("080", None), ("080 04", "080"), ("080 04 01", "080 04")]
    for code, parent in [*rows, ("1", "2"), ("2", "1")]:
        names = {"name_de": code, "name_en": code}
        session.add(CurriculumTerm(scheme=Scheme.GROUP, code=code, parent=parent, **names))
    session.commit()
    title, in_circles = make.title(), make.title("Im Kreis")
    link(session, title, (Scheme.GROUP, "080 04 01"))
    link(session, in_circles, (Scheme.GROUP, "1"))

    assert document_of(session, title).groups == {"080", "080 04", "080 04 01"}
    assert document_of(session, in_circles).groups == {"1", "2"}


def test_a_document_has_the_loans_counted_at_night(session: Session, make: Make) -> None:
    title, other = make.title(), make.title("Nie entliehen")
    session.add(TitleDemand(title_id=title.id, loans=12, counted_on=MONDAY))
    session.commit()

    assert (document_of(session, title).lent, document_of(session, other).lent) == (12, 0)
    assert [document.lent for document in all_documents(session)] == [12, 0]


@pytest.mark.parametrize(
    ("first", "last", "grades"),
    [(7, 9, {7, 8, 9}), (5, 5, {5}), (None, None, set(range(1, 14))), (11, None, {11, 12, 13})],
)
def test_a_title_without_grades_suits_all(
    session: Session, make: Make, first: int | None, last: int | None, grades: set[int]
) -> None:
    title = make.title(grade_from=first, grade_to=last)

    assert document_of(session, title).grades == grades


def test_grades_are_words_too_unless_a_title_is_for_all(session: Session, make: Make) -> None:
    for_some = make.title(grade_from=5, grade_to=7)
    for_all = make.title("Für alle", grade_from=None, grade_to=None)

    assert "Klasse 5 6 7" in document_of(session, for_some).topics
    assert not [topic for topic in document_of(session, for_all).topics if "Klasse" in topic]


class TestReach:
    """In whose catalogue a title shows, and how it gets into the classroom."""

    def test_a_visible_holding_shows_in_its_centre(self, session: Session, make: Make) -> None:
        here, elsewhere = make.centre(), make.centre()
        title = make.title()
        make.holding(title, centre=here, copies=1)
        make.holding(title, centre=elsewhere, visible=False, copies=1)

        document = document_of(session, title)

        assert document.centre_ids == {here.id}
        assert document.lendable
        assert not document.online

    def test_a_title_without_a_copy_to_lend_is_not_lendable(
        self, session: Session, make: Make
    ) -> None:
        title = make.title()
        holding = make.holding(title)
        make.copy(holding, lendable=False)
        make.copy(holding, withdrawn_on=MONDAY)
        make.copy(holding, owner_id=make.the_school().id)

        assert not document_of(session, title).lendable

    def test_an_online_title_of_nobody_shows_everywhere(
        self, session: Session, make: Make
    ) -> None:
        centres = {make.centre().id, make.centre().id}
        title = make.title(online_url="https://example.org/film")

        document = document_of(session, title)

        assert document.online
        assert document.centre_ids == centres

    def test_an_online_title_shows_where_it_is_licensed(
        self, session: Session, make: Make
    ) -> None:
        near, far = make.centre(), make.centre()
        near.district = session.scalar(select(District).where(District.ags == "05314"))
        session.commit()
        title = make.title(online_url="https://example.org/film")
        make.licence(title, online=True, scope=LicenceScope.DISTRICT, area=["05314"])
        make.licence(title, online=False)

        assert document_of(session, title).centre_ids == {near.id}

        make.licence(title, online=True, centre_id=far.id)

        assert document_of(session, title).centre_ids == {near.id, far.id}

    def test_a_closed_centre_has_no_catalogue(self, session: Session, make: Make) -> None:
        title = make.title()
        holding = make.holding(title)
        holding.centre.active = False
        session.commit()

        assert document_of(session, title).centre_ids == frozenset()


def test_a_withdrawn_title_has_no_document(session: Session, make: Make) -> None:
    title = make.title(withdrawn_at=datetime(2026, 1, 1, tzinfo=UTC))

    assert documents_of(session, [title.id, 4711]) == ()
    assert list(all_documents(session)) == []


def test_the_number_of_statements_does_not_grow_with_the_titles(
    session: Session, make: Make, engine: Engine
) -> None:
    def statements() -> int:
        seen: list[str] = []
        ids = [document.title_id for document in all_documents(session)]

        def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        documents_of(session, ids)
        event.remove(engine, "before_cursor_execute", note)
        session.rollback()
        return len(seen)

    make.holding(make.title("Titel"), copies=1)
    one = statements()
    for number in range(10):
        make.holding(make.title(f"Titel {number}"), copies=2)

    assert statements() == one
