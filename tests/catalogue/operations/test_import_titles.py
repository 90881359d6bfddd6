"""Titles from foreign records: told apart by source and number, a repeat changes nothing."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.formats.records import LicenceRecord, TitleRecord
from catalogue.models.copy import Copy
from catalogue.models.curriculum_link import CurriculumLink
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from catalogue.operations.import_titles import TitleRefusal, import_titles
from database.unit_of_work import unit_of_work
from schools.models.curriculum import CurriculumTerm, Scheme
from schools.rules.imports import Outcome, Taken
from tests.make import NOW, Make

pytestmark = pytest.mark.both_stores

WALD = TitleRecord(1, "DE-605", "99001", "film", "Der Wald", subjects=("BI",), grade_from=5)
MEER = TitleRecord(2, "DE-605", "99002", "film", "Das Meer", languages=("de", "en"))


def taken(
    session: Session, centre_id: int | None, *records: TitleRecord, days: int = 0
) -> list[Taken]:
    with unit_of_work(session):
        return import_titles(session, records, centre_id, NOW + timedelta(days=days))


def outcomes(session: Session, centre_id: int | None, *records: TitleRecord) -> list[Outcome]:
    return [each.outcome for each in taken(session, centre_id, *records)]


def the_title(session: Session) -> Title:
    session.expire_all()
    return session.scalars(select(Title).order_by(Title.id)).first() or pytest.fail("no title")


def test_new_titles_join_the_offer_of_the_centre_that_keeps_them(
    session: Session, make: Make
) -> None:
    centre = make.centre()
    assert outcomes(session, centre.id, WALD, MEER) == [Outcome.IMPORTED, Outcome.IMPORTED]
    title = the_title(session)
    assert (title.keeper_id, title.name, title.grade_from) == (centre.id, "Der Wald", 5)
    assert [holding.centre_id for holding in title.holdings] == [centre.id]


def test_a_second_run_changes_nothing(session: Session, make: Make) -> None:
    centre = make.centre()
    taken(session, centre.id, WALD, MEER)
    version, changed_at = the_title(session).version, the_title(session).changed_at
    again = taken(session, centre.id, WALD, MEER, days=1)
    assert [each.outcome for each in again] == [Outcome.SAME, Outcome.SAME]
    title = the_title(session)
    assert (title.version, title.changed_at) == (version, changed_at)


def test_a_changed_record_changes_its_title_and_keeps_links_made_by_hand(
    session: Session, make: Make
) -> None:
    centre = make.centre()
    taken(session, centre.id, WALD)
    with unit_of_work(session):
        title = the_title(session)
        title.links.append(CurriculumLink(scheme=Scheme.MEDIA_COMPETENCE, code="2.1"))
    changed = replace(WALD, name="Der Wald im Winter", subjects=("BI", "EK"))
    assert outcomes(session, centre.id, changed) == [Outcome.CHANGED]
    title = the_title(session)
    assert title.name == "Der Wald im Winter"
    assert {link.code for link in title.links} == {"BI", "EK", "2.1"}


def test_a_record_moved_within_the_file_is_the_same(session: Session, make: Make) -> None:
    centre = make.centre()
    taken(session, centre.id, WALD)
    assert outcomes(session, centre.id, replace(WALD, number=700)) == [Outcome.SAME]


def test_another_centre_takes_a_title_into_its_offer_without_touching_the_description(
    session: Session, make: Make
) -> None:
    keeper, other = make.centre(), make.centre()
    taken(session, keeper.id, WALD)
    theirs = replace(WALD, name="Anders genannt")
    assert outcomes(session, other.id, theirs) == [Outcome.CHANGED]
    title = the_title(session)
    assert title.name == "Der Wald"
    assert {holding.centre_id for holding in title.holdings} == {keeper.id, other.id}


def test_a_description_kept_by_another_centre_is_not_overwritten(
    session: Session, make: Make
) -> None:
    keeper, other = make.centre(), make.centre()
    taken(session, keeper.id, WALD)
    taken(session, other.id, WALD)
    refused = taken(session, other.id, replace(WALD, name="Anders genannt"))
    assert [(each.outcome, each.reason) for each in refused] == [
        (Outcome.REFUSED, TitleRefusal.KEPT_ELSEWHERE)
    ]
    assert the_title(session).name == "Der Wald"


def test_without_a_centre_titles_are_nobodys(session: Session) -> None:
    assert outcomes(session, None, WALD) == [Outcome.IMPORTED]
    assert outcomes(session, None, WALD) == [Outcome.SAME]
    assert the_title(session).keeper_id is None
    assert session.scalar(select(func.count(Holding.id))) == 0


def test_a_licence_is_added_once_and_follows_its_record(session: Session, make: Make) -> None:
    centre = make.centre()
    licensed = replace(WALD, licence=LicenceRecord("district", None, date(2027, 7, 31)))
    taken(session, centre.id, licensed)
    longer = LicenceRecord("district", date(2026, 8, 1), date(2028, 7, 31))
    taken(session, centre.id, replace(licensed, licence=longer))
    licences = the_title(session).licences
    assert [(each.valid_from, each.valid_until) for each in licences] == [
        (date(2026, 8, 1), date(2028, 7, 31))
    ]


def test_an_import_of_titles_makes_no_copies(session: Session, make: Make) -> None:
    taken(session, make.centre().id, WALD)
    assert session.scalar(select(func.count(Copy.id))) == 0


def groups_of(session: Session) -> set[str]:
    return {link.code for link in the_title(session).links if link.scheme is Scheme.GROUP}


def load_group(session: Session, code: str) -> None:
    session.add(CurriculumTerm(scheme=Scheme.GROUP, code=code, name_de=code, name_en=code))
    session.commit()


def test_groups_are_linked_as_far_as_they_are_loaded(session: Session, make: Make) -> None:
    centre = make.centre()
    load_group(session, "080 04")
    taken(session, centre.id, replace(WALD, groups=("080 04", "620")))
    assert groups_of(session) == {"080 04"}


def test_groups_loaded_later_are_linked_by_the_next_import(session: Session, make: Make) -> None:
    centre, filed = make.centre(), replace(WALD, groups=("080 04",))
    taken(session, centre.id, filed)
    load_group(session, "080 04")
    assert outcomes(session, centre.id, filed) == [Outcome.CHANGED]
    assert groups_of(session) == {"080 04"}
    assert outcomes(session, centre.id, filed) == [Outcome.SAME]


def test_a_record_without_groups_keeps_the_digest_it_had_before_there_were_any() -> None:
    assert WALD.digest == "84fe86798921763df0cc4200e098d6efe6885e09f43d0aa334e1c3c94ec4e122"
    assert replace(WALD, groups=("620",)).digest != WALD.digest
