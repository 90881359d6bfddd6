"""Copies come, change and go; their holding always knows how many can be lent."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.errors import (
    ActRefusedError,
    ChangedMeanwhileError,
    InvalidError,
    NotFoundError,
)
from catalogue.models.copy import Copy
from catalogue.models.defect import Defect, DefectKind
from catalogue.models.holding import Holding
from catalogue.models.licence import Licence
from catalogue.models.title import Title
from catalogue.operations.acquire import NewCopies, add_copies
from catalogue.operations.edit_copy import CopyFacts, edit_copy, facts_of
from catalogue.operations.license import LicenceFacts, add_licence, end_licence
from catalogue.operations.list_parts import PartFacts, list_parts, parts_of, spread_parts
from catalogue.operations.withdraw import Withdrawal, withdraw_copy, withdraw_title
from catalogue.rules.copy_states import CopyState
from catalogue.rules.editions import edition_of
from catalogue.rules.licences import LicenceScope
from catalogue.rules.stock import StockFault, StockRefusal, WithdrawalReason
from database.unit_of_work import unit_of_work
from schools.rules.roles import Actor, Role
from tests.make import MONDAY, NOW, Make


@pytest.fixture
def staff(make: Make) -> Actor:
    return make.actor(Role.STAFF)


def added(session: Session, make: Make, holding: Holding, by: Actor, **facts: Any) -> list[str]:
    values = {"count": 1, "branch_id": make.branch().id, "holding_id": holding.id} | facts
    with unit_of_work(session):
        return [copy.barcode for copy in add_copies(session, NewCopies(**values), by, NOW)]


def edited(session: Session, copy: Copy, by: Actor, **facts: Any) -> None:
    session.rollback()
    stored = facts_of(copy)
    opened = edition_of({name: getattr(stored, name) for name in CopyFacts.__slots__})
    with unit_of_work(session):
        edit_copy(session, copy.id, (replace(stored, **facts), opened), by, NOW)


def withdrawn(session: Session, copy: Copy, by: Actor) -> None:
    wish = Withdrawal(copy.id, WithdrawalReason.WORN)
    with unit_of_work(session):
        withdraw_copy(session, wish, by, MONDAY, NOW)


def a_licence(scope: LicenceScope, *area: str) -> LicenceFacts:
    return LicenceFacts(
        licence_type="district",
        scope=scope,
        area=area,
        online=False,
        lending_allowed=True,
        public_showing_allowed=True,
        valid_from=MONDAY,
        valid_until=None,
    )


def lendable(session: Session, holding: Holding) -> int:
    """What the holding says, after comparing it with its copies."""
    session.rollback()
    counted = session.scalar(
        select(func.count(Copy.id)).where(
            Copy.holding_id == holding.id,
            Copy.lendable,
            ~Copy.numbered,
            Copy.state != CopyState.WITHDRAWN,
        )
    )
    assert holding.lendable == counted
    return holding.lendable


@pytest.mark.both_stores
def test_several_copies_get_the_next_free_numbers(
    session: Session, make: Make, staff: Actor
) -> None:
    holding = make.holding()
    make.copy(holding, barcode="MZ-000041")
    numbers = added(session, make, holding, staff, count=3, value_cents=12_990)
    assert numbers == ["MZ-000042", "MZ-000043", "MZ-000044"]
    assert lendable(session, holding) == 4


def test_a_copy_may_bring_its_own_label(session: Session, make: Make, staff: Actor) -> None:
    holding = make.holding()
    assert added(session, make, holding, staff, barcode="ALT 17") == ["ALT 17"]
    with pytest.raises(InvalidError) as raised:
        added(session, make, holding, staff, barcode="ALT 17")
    assert raised.value.faults == {"barcode": StockFault.NUMBER_TAKEN}
    with pytest.raises(InvalidError) as raised:
        added(session, make, holding, staff, barcode="P-0123456789ABC")
    assert raised.value.faults == {"barcode": StockFault.NOT_A_COPYS_NUMBER}


@pytest.mark.both_stores
def test_a_new_box_gets_the_parts_of_the_one_that_is_there(
    session: Session, make: Make, staff: Actor
) -> None:
    holding = make.holding(make.title(media_type="media_box"))
    box = make.copy(holding)
    make.part(box, "Sensor", count=6, critical=True)
    (number,) = added(session, make, holding, staff)
    copy = session.scalars(select(Copy).where(Copy.barcode == number)).one()
    assert [(part.name, part.count, part.critical) for part in copy.parts] == [("Sensor", 6, True)]


def test_a_branch_of_another_centre_is_refused(session: Session, make: Make, staff: Actor) -> None:
    holding = make.holding(copies=1)
    other = make.branch(make.centre()).id
    with pytest.raises(InvalidError):
        added(session, make, holding, staff, branch_id=other)
    with pytest.raises(InvalidError):
        edited(session, holding.copies[0], staff, home_branch_id=other)


def test_another_centres_stock_is_out_of_reach(session: Session, make: Make, staff: Actor) -> None:
    theirs = make.holding(centre=make.centre(), copies=1)
    copy = theirs.copies[0]
    with pytest.raises(NotFoundError):
        added(session, make, theirs, staff)
    with pytest.raises(NotFoundError):
        edited(session, copy, staff, note="fremd")
    with pytest.raises(NotFoundError):
        withdrawn(session, copy, staff)
    with pytest.raises(NotFoundError), unit_of_work(session):
        list_parts(session, copy.id, ((), ""), staff, NOW)


@pytest.mark.both_stores
def test_a_copy_that_is_not_lent_says_why_and_leaves_the_capacity(
    session: Session, make: Make, staff: Actor
) -> None:
    holding = make.holding(copies=2)
    copy = holding.copies[0]
    with pytest.raises(InvalidError) as raised:
        edited(session, copy, staff, lendable=False)
    assert raised.value.faults == {"not_lendable_reason": StockFault.REASON_MISSING}
    edited(session, copy, staff, lendable=False, not_lendable_reason="Präsenz")
    assert lendable(session, holding) == 1
    edited(session, copy, staff, lendable=True, not_lendable_reason="")
    assert lendable(session, holding) == 2


def test_while_a_copy_is_out_its_lending_does_not_change(
    session: Session, make: Make, staff: Actor
) -> None:
    loan = make.loan(make.copy())
    copy = session.get_one(Copy, loan.copy_id)
    edited(session, copy, staff, note="Kratzer")
    with pytest.raises(ActRefusedError) as raised:
        edited(session, copy, staff, lendable=False, not_lendable_reason="Präsenz")
    assert raised.value.reasons == (StockRefusal.COPY_ON_LOAN,)


def test_being_lent_meanwhile_does_not_stop_an_editor(
    session: Session, make: Make, staff: Actor
) -> None:
    copy = make.copy()
    stored = facts_of(copy)
    opened = edition_of({name: getattr(stored, name) for name in CopyFacts.__slots__})
    make.loan(copy)
    with unit_of_work(session):
        edit_copy(session, copy.id, (replace(stored, note="neu"), opened), staff, NOW)
    assert session.get_one(Copy, copy.id).note == "neu"
    with pytest.raises(ChangedMeanwhileError), unit_of_work(session):
        edit_copy(session, copy.id, (replace(stored, note="alt"), opened), staff, NOW)


def test_numbers_are_unique_across_each_other(session: Session, make: Make, staff: Actor) -> None:
    holding = make.holding()
    make.copy(holding, barcode="MZ-000041", inventory_number="2024/1")
    copy = make.copy(holding)
    for name, number in (("barcode", "2024/1"), ("inventory_number", "MZ-000041")):
        with pytest.raises(InvalidError) as raised:
            edited(session, copy, staff, **{name: number})
        assert raised.value.faults == {name: StockFault.NUMBER_TAKEN}


@pytest.mark.both_stores
def test_a_withdrawn_copy_leaves_the_capacity_and_keeps_its_number(
    session: Session, make: Make, staff: Actor
) -> None:
    holding = make.holding(copies=2)
    copy = holding.copies[0]
    withdrawn(session, copy, staff)
    withdrawn(session, copy, staff)
    assert (copy.state, copy.withdrawn_on, copy.withdrawn_reason) == (
        CopyState.WITHDRAWN,
        MONDAY,
        "worn",
    )
    assert lendable(session, holding) == 1
    with pytest.raises(InvalidError):
        added(session, make, holding, staff, barcode=copy.barcode)


@pytest.mark.parametrize(
    ("state", "refusal"),
    [
        (CopyState.ON_LOAN, StockRefusal.COPY_ON_LOAN),
        (CopyState.SET_ASIDE, StockRefusal.COPY_SET_ASIDE),
        (CopyState.IN_TRANSIT, StockRefusal.COPY_UNDER_WAY),
    ],
)
def test_a_copy_somebody_has_or_waits_for_is_not_withdrawn(
    session: Session, make: Make, staff: Actor, state: CopyState, refusal: StockRefusal
) -> None:
    copy = make.copy(state=state)
    with pytest.raises(ActRefusedError) as raised:
        withdrawn(session, copy, staff)
    assert raised.value.reasons == (refusal,)


def test_a_lost_copy_is_withdrawn_without_counting_twice(
    session: Session, make: Make, staff: Actor
) -> None:
    holding = make.holding(copies=1)
    copy = make.copy(holding, state=CopyState.LOST)
    holding.lendable = 1
    session.commit()
    withdrawn(session, copy, staff)
    assert lendable(session, holding) == 1


@pytest.mark.both_stores
def test_a_title_goes_once_nothing_is_left_of_it(
    session: Session, make: Make, staff: Actor
) -> None:
    holding = make.holding(copies=1)
    with pytest.raises(ActRefusedError) as raised, unit_of_work(session):
        withdraw_title(session, holding.title_id, "", staff, NOW)
    assert raised.value.reasons == (StockRefusal.COPIES_LEFT,)
    withdrawn(session, holding.copies[0], staff)
    with unit_of_work(session):
        withdraw_title(session, holding.title_id, "veraltet", staff, NOW)
    assert session.get_one(Title, holding.title_id).withdrawn_at == NOW
    with pytest.raises(NotFoundError):
        added(session, make, holding, staff)


def test_parts_are_listed_and_what_is_missing_of_them_is_not_forgotten(
    session: Session, make: Make, staff: Actor
) -> None:
    cable = make.part(name="Kabel", count=5, missing=3)
    copy = cable.copy
    gone = make.part(copy, "Heft")
    session.add(
        Defect(
            copy_id=copy.id,
            part_id=gone.id,
            centre_id=copy.centre_id,
            kind=DefectKind.PART_MISSING,
            reported_at=NOW,
            changed_at=NOW,
        )
    )
    session.commit()
    opened = edition_of({"parts": parts_of(copy)})
    wished = (
        PartFacts(None, "Sensor", 6, critical=True),
        PartFacts(cable.id, "Kabel", 2, critical=False),
    )
    with unit_of_work(session):
        list_parts(session, copy.id, (wished, opened), staff, NOW)
    found = [(p.name, p.count, p.critical, p.missing) for p in copy.parts]
    assert found == [("Sensor", 6, True, 0), ("Kabel", 2, False, 2)]
    with pytest.raises(ChangedMeanwhileError), unit_of_work(session):
        list_parts(session, copy.id, ((), opened), staff, NOW)


@pytest.mark.both_stores
def test_all_boxes_of_a_kind_get_the_same_parts(
    session: Session, make: Make, staff: Actor
) -> None:
    holding = make.holding(copies=3)
    first, second, third = holding.copies
    make.part(first, "Sensor", count=6)
    kept = make.part(second, "Sensor", count=4, missing=1)
    make.part(third, "Anleitung")
    with unit_of_work(session):
        assert spread_parts(session, first.id, staff, NOW) == 2
    session.expire_all()
    for copy in (second, third):
        assert [(part.name, part.count) for part in copy.parts] == [("Sensor", 6)]
    assert (second.parts[0].id, second.parts[0].missing) == (kept.id, 1)


def test_a_licence_is_added_and_ends_on_a_day(session: Session, make: Make, staff: Actor) -> None:
    holding = make.holding()
    facts = a_licence(LicenceScope.DISTRICT, "05315")
    target = (holding.title_id, holding.centre_id)
    with unit_of_work(session):
        licence_id = add_licence(session, target, facts, staff, NOW).id
    last = MONDAY + timedelta(days=30)
    with unit_of_work(session):
        end_licence(session, licence_id, last, staff, NOW)
    licence = session.get_one(Licence, licence_id)
    assert (licence.area, licence.valid_until) == (["05315"], last)
    with pytest.raises(InvalidError), unit_of_work(session):
        end_licence(session, licence_id, date(2020, 1, 1), staff, NOW)
    backwards = replace(facts, valid_until=date(2020, 1, 1))
    with pytest.raises(InvalidError), unit_of_work(session):
        add_licence(session, target, backwards, staff, NOW)


def test_licences_of_another_centre_are_out_of_reach(
    session: Session, make: Make, staff: Actor
) -> None:
    other = make.centre()
    holding = make.holding(centre=other)
    licence = make.licence(holding.title, centre_id=other.id)
    with pytest.raises(NotFoundError), unit_of_work(session):
        end_licence(session, licence.id, MONDAY, staff, NOW)
    facts = a_licence(LicenceScope.EVERYONE)
    ours = min(staff.centre_ids())
    for target in ((holding.title_id, other.id), (holding.title_id, ours)):
        with pytest.raises(NotFoundError), unit_of_work(session):
            add_licence(session, target, facts, staff, NOW)
