"""Titles are described by those who keep them; a second editor is told."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.errors import (
    ActRefusedError,
    ChangedMeanwhileError,
    InvalidError,
    NotFoundError,
)
from catalogue.models.change import IndexHost, TitleChange
from catalogue.models.curriculum_link import CurriculumLink
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from catalogue.operations.describe import (
    Description,
    describe_title,
    description_of,
    redescribe_title,
)
from catalogue.operations.offer import Offering, change_offer, offering_of
from catalogue.rules.editions import edition_of
from catalogue.rules.stock import StockRefusal
from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from schools.models.curriculum import Scheme
from schools.rules.roles import Actor, Role
from tests.make import NOW, Make

WALD = Description(
    "film",
    "Der Wald",
    grade_from=5,
    grade_to=7,
    links=((Scheme.MEDIA_COMPETENCE, "2.1"), (Scheme.SUBJECT, "BI")),
)


@pytest.fixture
def staff(make: Make) -> Actor:
    return make.actor(Role.STAFF)


def described(session: Session, by: Actor, description: Description = WALD) -> int:
    with unit_of_work(session):
        return describe_title(session, description, min(by.centre_ids()), by, NOW).id


def edition(session: Session, title_id: int) -> str:
    session.rollback()
    return edition_of(description_of(session.get_one(Title, title_id)).values())


def test_a_new_title_is_kept_and_offered_by_its_centre(session: Session, staff: Actor) -> None:
    title = session.get_one(Title, described(session, staff))
    assert description_of(title) == WALD
    assert title.keeper_id == title.holdings[0].centre_id == min(staff.centre_ids())
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "describe_title")).one()
    assert (entry.account_id, entry.after["name"]) == (staff.account_id, "Der Wald")


@pytest.mark.both_stores
def test_editing_changes_what_differs_and_the_log_says_what(
    session: Session, staff: Actor
) -> None:
    title_id = described(session, staff)
    links = ((Scheme.SUBJECT, "BI"), (Scheme.SUBJECT, "EK"))
    wished = replace(WALD, name="Der Wald im Winter", links=links)
    opened = edition(session, title_id)
    with unit_of_work(session):
        redescribe_title(session, title_id, (wished, opened), staff, NOW)
    assert description_of(session.get_one(Title, title_id)) == wished
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "redescribe_title")).one()
    assert entry.before == {
        "name": "Der Wald",
        "links": ["media_competence:2.1", "subject:BI"],
    }


def test_saving_what_is_there_already_does_nothing(session: Session, staff: Actor) -> None:
    title_id = described(session, staff)
    version = session.get_one(Title, title_id).version
    with unit_of_work(session):
        redescribe_title(session, title_id, (WALD, "an old edition"), staff, NOW)
    assert session.get_one(Title, title_id).version == version


@pytest.mark.both_stores
def test_the_second_of_two_editors_is_told_what_the_first_saved(
    session: Session, make: Make, staff: Actor
) -> None:
    title_id = described(session, staff)
    opened = edition(session, title_id)
    first = make.actor(Role.STAFF)
    with unit_of_work(session):
        redescribe_title(session, title_id, (replace(WALD, year=2020), opened), first, NOW)
    with pytest.raises(ChangedMeanwhileError) as raised, unit_of_work(session):
        wished = replace(WALD, name="Der Herbstwald")
        redescribe_title(session, title_id, (wished, opened), staff, NOW)
    assert raised.value.current == {"name": "Der Wald", "year": 2020}
    assert (raised.value.changed_by, raised.value.changed_at) == (first.name, NOW)


def test_only_the_keeper_edits_a_description(session: Session, make: Make, staff: Actor) -> None:
    title_id = described(session, staff)
    elsewhere = make.centre()
    stranger = make.actor(Role.STAFF, centre=elsewhere)
    with pytest.raises(NotFoundError), unit_of_work(session):
        redescribe_title(session, title_id, (WALD, ""), stranger, NOW)
    make.holding(session.get_one(Title, title_id), centre=elsewhere)
    with pytest.raises(ActRefusedError) as raised, unit_of_work(session):
        redescribe_title(session, title_id, (WALD, ""), stranger, NOW)
    assert raised.value.reasons == (StockRefusal.NOT_KEEPER,)


def test_what_nobody_keeps_is_edited_by_whoever_offers_it(
    session: Session, make: Make, staff: Actor
) -> None:
    holding = make.holding(make.title("Importiert"))
    title_id = holding.title_id
    opened = edition(session, title_id)
    with unit_of_work(session):
        redescribe_title(session, title_id, (WALD, opened), staff, NOW)
    assert session.get_one(Title, title_id).name == "Der Wald"


def test_a_link_the_curriculum_does_not_have_is_refused(session: Session, staff: Actor) -> None:
    with pytest.raises(InvalidError):
        described(session, staff, replace(WALD, links=((Scheme.SUBJECT, "ZAUBERN"),)))
    assert session.scalars(select(CurriculumLink)).all() == []


def test_a_title_is_only_described_for_ones_own_centre(
    session: Session, make: Make, staff: Actor
) -> None:
    other = make.centre()
    with pytest.raises(NotFoundError), unit_of_work(session):
        describe_title(session, WALD, other.id, staff, NOW)


def test_the_index_is_owed_every_change(session: Session, staff: Actor) -> None:
    session.add(IndexHost(name="here", seen_at=NOW))
    session.commit()
    title_id = described(session, staff)
    assert title_id in set(session.scalars(select(TitleChange.title_id)))


def test_a_centre_changes_its_own_offer_and_no_other(
    session: Session, make: Make, staff: Actor
) -> None:
    ours = make.holding()
    theirs = make.holding(ours.title, centre=make.centre())
    ids = (ours.id, theirs.id)
    offering = Offering("Bio 17", "ohne Hülle", visible=False)
    opened = edition_of({"shelf_mark": "", "local_note": "", "visible": True})
    with unit_of_work(session):
        change_offer(session, ids[0], (offering, opened), staff, NOW)
    assert offering_of(session.get_one(Holding, ids[0])) == offering
    with pytest.raises(NotFoundError), unit_of_work(session):
        change_offer(session, ids[1], (offering, opened), staff, NOW)
    with pytest.raises(ChangedMeanwhileError), unit_of_work(session):
        change_offer(session, ids[0], (replace(offering, visible=True), opened), staff, NOW)
