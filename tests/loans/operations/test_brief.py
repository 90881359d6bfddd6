"""What needs a briefing goes out to whoever had one, and some things only into the own hands."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from loans.errors import NotFoundError
from loans.models.briefing import Briefing
from loans.models.desk_session import DeskScan
from loans.models.terms import Terms
from loans.operations.answer import Reply, reply
from loans.operations.brief import Briefed, record_briefing, remove_briefing
from loans.queries.briefings import briefings_of
from schools.models.person import Person
from schools.rules.periods import Period
from schools.rules.roles import Right, Role
from schools.vocabularies.media_types import MediaCategory
from tests.loans.operations.test_scan import Desk, open_loans
from tests.make import MONDAY, NOW, Make
from tests.statements import counted

pytestmark = [pytest.mark.both_stores, pytest.mark.lending("2.1", "8.3")]


@pytest.fixture
def desk(make: Make) -> Desk:
    make.centre()
    return Desk(make.session, make, make.actor(Role.STAFF))


def terms(session: Session, **values: object) -> None:
    row = session.scalars(select(Terms)).one()
    for name, value in values.items():
        setattr(row, name, value)
    session.commit()


def brief(desk: Desk, row: DeskScan) -> DeskScan:
    wish = Reply(row.id, f"key-{next(desk._keys)}", briefs=True)
    with unit_of_work(desk.session):
        return reply(desk.session, wish, desk.by, MONDAY, desk.now)


def camera(make: Make) -> str:
    title = make.title("Kamera 3", media_type="device")
    return make.copy(make.holding(title)).barcode


def briefed(desk: Desk, person: Person, category: MediaCategory) -> bool:
    done = Briefed(person.id, desk.make.the_centre().id, category)
    with unit_of_work(desk.session):
        return record_briefing(desk.session, done, desk.by, MONDAY, NOW)


def test_without_a_briefing_it_stays_and_with_one_it_goes(make: Make, desk: Desk) -> None:
    terms(make.session, needs_briefing=True)
    person, barcode = make.person(), camera(make)
    desk.scan(person.card)
    assert desk.scan(barcode).codes == ["BRIEFING_MISSING"]
    briefed(desk, person, MediaCategory.EQUIPMENT)
    assert desk.said(barcode) == ("lend", "done")


def test_a_briefing_counts_for_its_category_person_and_centre_only(make: Make, desk: Desk) -> None:
    terms(make.session, needs_briefing=True)
    person, other, barcode = make.person(), make.person(), camera(make)
    briefed(desk, person, MediaCategory.BOX)
    briefed(desk, other, MediaCategory.EQUIPMENT)
    elsewhere = make.centre()
    make.session.add(
        Briefing(
            person_id=person.id,
            centre_id=elsewhere.id,
            media_category=MediaCategory.EQUIPMENT.value,
            given_on=MONDAY,
        )
    )
    make.session.commit()
    desk.scan(person.card)
    assert desk.scan(barcode).codes == ["BRIEFING_MISSING"]


def test_briefed_now_lends_what_was_refused_and_is_remembered(make: Make, desk: Desk) -> None:
    terms(make.session, needs_briefing=True)
    person, first, second = make.person(), camera(make), camera(make)
    desk.scan(person.card)
    refused = desk.scan(first)
    done = brief(desk, refused)
    assert (done.act, done.outcome.value, done.facts["briefed"]) == ("lend", "done", True)
    assert desk.said(second) == ("lend", "done")
    (row,) = desk.session.scalars(select(Briefing)).all()
    assert (row.person_id, row.media_category, row.given_on) == (person.id, "equipment", MONDAY)
    assert row.given_by == desk.by.account_id


def test_the_command_briefs_for_the_copy_refused_last(make: Make, desk: Desk) -> None:
    terms(make.session, needs_briefing=True)
    desk.scan(make.person().card)
    desk.scan(camera(make))
    desk.scan("MZ-999999")
    assert desk.said("CMD-EINGEWIESEN") == ("lend", "done")
    assert desk.said("CMD-BRIEFED") == ("briefed", "again")


def test_what_else_stands_against_it_still_does(make: Make, desk: Desk) -> None:
    terms(make.session, needs_briefing=True)
    desk.scan(make.person(blocked=True).card)
    refused = desk.scan(camera(make))
    assert refused.codes == ["BLOCKED", "BRIEFING_MISSING"]
    done = brief(desk, refused)
    assert (done.outcome.value, done.codes) == ("refused", ["BLOCKED"])
    assert open_loans(desk.session) == []


def test_only_a_refusal_for_want_of_it_is_answered_by_a_briefing(make: Make, desk: Desk) -> None:
    desk.scan(make.person(blocked=True).card)
    row = desk.scan(camera(make))
    assert brief(desk, row).outcome.value == "again"
    assert desk.session.scalars(select(Briefing)).all() == []


def test_each_briefing_stands_once_and_in_the_log(make: Make, desk: Desk) -> None:
    person = make.person()
    assert briefed(desk, person, MediaCategory.BOX)
    assert not briefed(desk, person, MediaCategory.BOX)
    (entry,) = make.session.scalars(select(AuditEntry).where(AuditEntry.act == "brief")).all()
    assert (entry.subject_kind, entry.subject_id) == ("person", person.id)


def test_a_briefing_is_removed_and_the_log_keeps_it(make: Make, desk: Desk) -> None:
    person = make.person()
    briefed(desk, person, MediaCategory.BOX)
    scope = desk.by.scope(Right.LEND)
    (found,) = briefings_of(make.session, scope, person.id)
    assert (found.category, found.given_on) == (MediaCategory.BOX, MONDAY)
    with unit_of_work(make.session):
        assert remove_briefing(make.session, found.id, desk.by, NOW) == person.id
    assert briefings_of(make.session, scope, person.id) == ()
    query = select(AuditEntry).where(AuditEntry.act == "remove_briefing")
    assert make.session.scalars(query).one().before["category"] == "box"


def test_a_foreign_centres_people_and_briefings_are_out_of_reach(make: Make, desk: Desk) -> None:
    foreign = make.centre()
    stranger = make.person(make.school(centre=foreign))
    with pytest.raises(NotFoundError):
        briefed(desk, stranger, MediaCategory.BOX)
    row = Briefing(
        person_id=stranger.id, centre_id=foreign.id, media_category="box", given_on=MONDAY
    )
    make.session.add(row)
    make.session.commit()
    with pytest.raises(NotFoundError), unit_of_work(make.session):
        remove_briefing(make.session, row.id, desk.by, NOW)


def test_who_brings_only_the_slip_fetches_nothing_personal(make: Make, desk: Desk) -> None:
    terms(make.session, personal_pickup=True)
    holding = make.holding(copies=1)
    booking = make.booking(holding, Period(MONDAY, MONDAY + timedelta(days=4)))
    desk.scan(booking.number)
    assert desk.scan(holding.copies[0].barcode).codes == ["PERSONAL_PICKUP"]


def test_with_the_card_beside_the_slip_it_goes_out(make: Make, desk: Desk) -> None:
    terms(make.session, personal_pickup=True)
    holding, person = make.holding(copies=1), make.person()
    booking = make.booking(holding, Period(MONDAY, MONDAY + timedelta(days=4)), person=person)
    desk.scan(booking.number)
    desk.scan(person.card)
    assert desk.said(holding.copies[0].barcode) == ("lend", "done")


def test_a_person_chosen_by_name_stands_there_too(make: Make, desk: Desk) -> None:
    terms(make.session, personal_pickup=True)
    holding, person = make.holding(copies=1), make.person()
    booking = make.booking(holding, Period(MONDAY, MONDAY + timedelta(days=4)), person=person)
    desk.choose(person, person.memberships[0].institution_id)
    desk.scan(booking.number)
    assert desk.said(holding.copies[0].barcode) == ("lend", "done")


def test_the_next_customers_card_does_not_stand_for_the_one_before(make: Make, desk: Desk) -> None:
    terms(make.session, personal_pickup=True)
    holding = make.holding(copies=1)
    booking = make.booking(holding, Period(MONDAY, MONDAY + timedelta(days=4)))
    desk.scan(make.person().card)
    desk.scan(booking.number)
    assert desk.scan(holding.copies[0].barcode).codes == ["PERSONAL_PICKUP"]


def test_terms_without_a_briefing_ask_for_none(make: Make, desk: Desk) -> None:
    terms(make.session, needs_briefing=False)
    desk.scan(make.person().card)
    barcode = camera(make)
    with counted(desk.session.get_bind()) as statements:  # type: ignore[arg-type]  # an engine
        desk.scan(barcode)
    assert not any("FROM briefing" in each for each in statements.sent)
