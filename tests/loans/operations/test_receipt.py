"""A customer leaves with a receipt: on paper, and by one letter where the centre sends them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from database.unit_of_work import unit_of_work
from loans.models.desk_session import DeskScan, DeskSession
from loans.models.lending_settings import LendingSettings
from loans.operations.tell_receipt import tell_receipt
from loans.queries.receipts import receipt_of, receipts_of
from loans.rules.desk import Command
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.models.person import Membership
from schools.rules.roles import Right, Role
from tests.loans.operations.test_scan import Desk
from tests.make import LONG_AGO, MONDAY, Make
from tests.statements import counted

pytestmark = [pytest.mark.both_stores, pytest.mark.lending("8.7")]

DUE = (MONDAY + timedelta(days=14)).isoformat()


@pytest.fixture
def desk(make: Make) -> Desk:
    make.centre()
    return Desk(make.session, make, make.actor(Role.STAFF))


def letters(make: Make) -> list[OwedLetter]:
    query = select(OwedLetter).where(OwedLetter.kind == LetterKind.LOAN_RECEIPT)
    return list(make.session.scalars(query.order_by(OwedLetter.id)))


def test_finishing_owes_one_letter_with_what_was_lent_and_taken_back(
    make: Make, desk: Desk
) -> None:
    person = make.person()
    brought = make.loan(person=person).copy.barcode
    taken = make.copy(make.holding(make.title("Kamera 3"))).barcode
    desk.scan(person.card)
    desk.scan(taken)
    desk.scan("CMD-RUECK")
    desk.scan(brought)
    row = desk.scan("CMD-FERTIG")
    (letter,) = letters(make)
    assert letter.occasion == f"loan_receipt:{row.session_id}"
    assert (letter.to_address, letter.institution_id) == (person.email, make.the_school().id)
    assert (letter.facts["count"], letter.facts["due_on"]) == (1, DUE)
    (group,) = letter.facts["lent"]
    assert [(each["title"], each["number"]) for each in group["things"]] == [("Kamera 3", taken)]
    assert [each["number"] for each in letter.facts["returned"]] == [brought]


def test_things_due_on_one_day_stand_together(make: Make, desk: Desk) -> None:
    desk.scan(make.person(until=MONDAY + timedelta(days=3)).card)
    for _ in range(2):
        desk.scan(make.copy().barcode)
    desk.scan("CMD-FERTIG")
    (letter,) = letters(make)
    assert [len(group["things"]) for group in letter.facts["lent"]] == [2]


def test_a_box_says_what_went_out_in_it_and_what_was_missing(make: Make, desk: Desk) -> None:
    part = make.part(name="Netzteil")
    make.part(part.copy, "USB-C-Kabel", count=3, missing=1)
    desk.scan(make.person().card)
    desk.scan(part.copy.barcode)
    desk.scan("CMD-JA")
    row = desk.scan("CMD-FERTIG")
    receipt = receipt_of(make.session, desk.by.scope(Right.LEND), row.session_id)
    assert receipt is not None
    assert receipt.lent[0].parts == ("Netzteil", "2 × USB-C-Kabel")
    assert receipt.lent[0].missing == ("USB-C-Kabel",)
    (letter,) = letters(make)
    assert letter.facts["lent"][0]["things"][0]["parts"] == ["Netzteil", "2 × USB-C-Kabel"]


@pytest.mark.parametrize(
    ("licence_type", "forbidden"),
    [("single_copy", True), ("state", True), ("open", False), (None, False)],
)
def test_what_may_not_be_copied_says_so(
    make: Make, desk: Desk, licence_type: str | None, *, forbidden: bool
) -> None:
    title = make.title()
    if licence_type is not None:
        make.licence(title, licence_type=licence_type)
    desk.scan(make.person().card)
    desk.scan(make.copy(make.holding(title)).barcode)
    row = desk.scan("CMD-FERTIG")
    receipt = receipt_of(make.session, desk.by.scope(Right.LEND), row.session_id)
    assert receipt is not None
    assert receipt.lent[0].no_copying is forbidden
    assert letters(make)[0].facts["no_copying"] is forbidden


@pytest.mark.parametrize("why", ["no address", "nothing done", "the centre sends none"])
def test_no_letter_is_owed_where_there_is_nothing_to_send(
    make: Make, desk: Desk, why: str
) -> None:
    person = make.person()
    if why == "no address":
        person.email = None
    if why == "the centre sends none":
        make.session.add(LendingSettings(centre_id=make.the_centre().id, mails_receipts=False))
    make.session.commit()
    desk.scan(person.card)
    if why != "nothing done":
        desk.scan(make.copy().barcode)
    desk.scan("CMD-FERTIG")
    assert letters(make) == []


def test_the_next_card_owes_the_receipt_of_the_one_before(make: Make, desk: Desk) -> None:
    first = make.person()
    desk.scan(first.card)
    desk.scan(make.copy().barcode)
    desk.scan(make.person().card)
    assert [letter.to_address for letter in letters(make)] == [first.email]


def test_a_parked_customer_gets_the_receipt_only_when_finished(make: Make, desk: Desk) -> None:
    desk.scan(make.person().card)
    desk.scan(make.copy().barcode)
    desk.scan("CMD-PARKEN")
    assert letters(make) == []
    desk.scan("CMD-1")
    desk.scan(make.copy().barcode)
    desk.scan("CMD-FERTIG")
    assert [letter.facts["count"] for letter in letters(make)] == [2]


def test_what_came_back_for_another_school_is_not_told_to_this_one(make: Make, desk: Desk) -> None:
    person = make.person()
    other = make.loan(person=make.person(make.school("Andere Schule"))).copy.barcode
    desk.scan(other)
    desk.scan(person.card)
    desk.scan(make.copy().barcode)
    desk.scan("CMD-FERTIG")
    (letter,) = letters(make)
    assert (letter.facts["count"], letter.facts["returned"]) == (1, [])


def test_nobody_is_told_twice(make: Make, desk: Desk) -> None:
    desk.scan(make.person().card)
    desk.scan(make.copy().barcode)
    row = desk.scan("CMD-FERTIG")
    ended = make.session.get_one(DeskSession, row.session_id)
    with unit_of_work(make.session):
        assert not tell_receipt(make.session, ended, desk.now)
    assert len(letters(make)) == 1


def test_an_undone_scan_stands_on_no_receipt(make: Make, desk: Desk) -> None:
    desk.scan(make.person().card)
    undone = desk.scan(make.copy().barcode)
    desk.scan(make.copy().barcode)
    make.session.get_one(DeskScan, undone.id).void = True
    make.session.commit()
    row = desk.scan("CMD-FERTIG")
    receipt = receipt_of(make.session, desk.by.scope(Right.LEND), row.session_id)
    assert receipt is not None
    assert len(receipt.lent) == 1


@pytest.mark.lending("8.4", "8.7")
def test_what_was_received_and_looked_over_is_one_thing_taken_back(make: Make, desk: Desk) -> None:
    make.choices(checks_returns=True)
    part, person = make.part(), make.person()
    make.loan(part.copy, person=person)
    desk.scan(person.card)
    desk.scan("CMD-RUECK")
    desk.scan(part.copy.barcode)
    desk.reply(desk.scan(part.copy.barcode), Command.YES, {part.id: 0})
    row = desk.scan("CMD-FERTIG")
    assert row.facts["returned"] == 1
    receipt = receipt_of(make.session, desk.by.scope(Right.LEND), row.session_id)
    assert receipt is not None
    assert [each.missing for each in receipt.returned] == [(part.name,)]


@pytest.mark.parametrize(("parked", "days", "told"), [(False, 1, 1), (True, 3, 1), (False, 8, 0)])
def test_whoever_was_never_finished_with_gets_the_receipt_when_the_desk_opens_again(
    make: Make, desk: Desk, *, parked: bool, days: int, told: int
) -> None:
    person = make.person()
    desk.scan(person.card)
    lent = desk.scan(make.copy().barcode)
    if parked:
        desk.scan("CMD-PARKEN")
    desk.scan(make.person().card, after=days * 86_400)
    assert [each.person_id for each in letters(make)] == [person.id] * told
    scope = desk.by.scope(Right.LEND)
    heads, _more = receipts_of(make.session, scope, 1)
    assert [(each.session_id, each.at.date()) for each in heads] == [(lent.session_id, MONDAY)]


def test_the_receipt_command_finds_this_session_else_the_last(make: Make, desk: Desk) -> None:
    assert desk.scan("CMD-QUITTUNG").facts["receipt"] is None
    desk.scan(make.person().card)
    lent = desk.scan(make.copy().barcode)
    assert desk.scan("CMD-RECEIPT").facts["receipt"] == lent.session_id
    desk.scan("CMD-FERTIG")
    assert desk.scan("CMD-QUITTUNG").facts["receipt"] == lent.session_id


def test_finishing_tells_what_was_left_undone(make: Make, desk: Desk) -> None:
    part = make.part()
    desk.scan(make.person().card)
    desk.scan(part.copy.barcode)
    row = desk.scan("CMD-FERTIG")
    assert (row.outcome.value, row.facts["left"]) == ("again", ["Sensorkoffer"])


@pytest.mark.lending("8.1", "8.7")
def test_the_next_card_tells_what_the_one_before_did_not_get(make: Make, desk: Desk) -> None:
    part, other = make.part(), make.person()
    desk.scan(make.person().card)
    desk.scan(part.copy.barcode)
    row = desk.scan(other.card)
    assert (row.outcome.value, row.facts["left"]) == ("again", ["Sensorkoffer"])
    desk.scan(part.copy.barcode)
    two_schools = make.person()
    make.session.add(
        Membership(person_id=two_schools.id, institution_id=make.school().id, first=LONG_AGO)
    )
    make.session.commit()
    row = desk.scan(two_schools.card)
    assert (row.outcome.value, row.facts["left"]) == ("question", ["Sensorkoffer"])
    assert "left" not in desk.scan(make.person().card).facts


def test_a_box_on_its_way_back_is_not_lost_by_the_next_card(make: Make, desk: Desk) -> None:
    part = make.part()
    make.loan(part.copy)
    desk.scan(make.person().card)
    desk.scan("CMD-RUECK")
    assert desk.said(part.copy.barcode) == ("return", "question")
    desk.scan(make.person().card)
    assert desk.said("CMD-JA") == ("return", "done")


def test_a_foreign_receipt_is_not_found(make: Make, desk: Desk) -> None:
    desk.scan(make.person().card)
    desk.scan(make.copy().barcode)
    row = desk.scan("CMD-FERTIG")
    stranger = make.actor(Role.STAFF, centre=make.centre()).scope(Right.LEND)
    assert receipt_of(make.session, stranger, row.session_id) is None
    assert receipts_of(make.session, stranger, 1) == ((), False)
    ours, more = receipts_of(make.session, desk.by.scope(Right.LEND), 1)
    assert ([each.session_id for each in ours], more) == ([row.session_id], False)


def test_a_receipt_takes_as_many_statements_with_thirty_items_as_with_one(
    make: Make, desk: Desk
) -> None:
    counts = []
    scope = desk.by.scope(Right.LEND)
    for items in (1, 30):
        desk.scan(make.person().card)
        for copy in make.holding(copies=items).copies:
            desk.scan(copy.barcode)
        session_id = desk.scan("CMD-FERTIG").session_id
        with counted(desk.session.get_bind()) as statements:  # type: ignore[arg-type]  # an engine
            receipt_of(make.session, scope, session_id)
        counts.append(statements.count)
    assert counts == [3, 3]
