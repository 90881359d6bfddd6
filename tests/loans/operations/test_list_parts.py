"""A list of parts says whether a box can be lent: edited, the box leaves lending or comes back."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy, Part
from catalogue.operations.list_parts import PartFacts, parts_of
from catalogue.rules.copy_states import CopyState
from catalogue.rules.editions import edition_of
from database.unit_of_work import unit_of_work
from loans.errors import RefusedError
from loans.models.hold import HoldState
from loans.operations.list_parts import PartsEdit, list_parts_of_box, spread_parts_of_box
from loans.queries.invariants import breaches
from tests.effort import times
from tests.loans.operations.desks import Counter, counter
from tests.make import MONDAY, NOW, Make
from tests.statements import counted

pytestmark = pytest.mark.both_stores


@pytest.fixture
def desk(make: Make) -> Counter:
    make.centre()
    return counter(make)


@pytest.fixture
def power(make: Make, desk: Counter) -> Part:
    """A part of a box, which has cables besides."""
    part = make.part()
    make.part(part.copy, "Kabel", count=3)
    return part


def listed(desk: Counter, copy: Copy, parts: Sequence[PartFacts]) -> None:
    desk.session.expire_all()
    wish = PartsEdit(copy.id, tuple(parts), edition_of({"parts": parts_of(copy)}))
    with unit_of_work(desk.session):
        list_parts_of_box(desk.session, wish, desk.by, MONDAY, NOW)


def lose(desk: Counter, part: Part, *, critical: bool) -> None:
    """Let a box come back from a loan without a part."""
    part.critical = critical
    desk.make.loan(part.copy)
    pieces = {each.id: 0 if each is part else each.count for each in part.copy.parts}
    desk.take_back(part.copy, pieces)


@pytest.mark.lending("3.2", "4.2")
@pytest.mark.parametrize("waits", [True, False])
def test_a_missing_part_that_is_needed_from_now_on_takes_the_box_out_of_lending(
    make: Make, desk: Counter, power: Part, *, waits: bool
) -> None:
    copy = power.copy
    hold = make.hold(copy.holding) if waits else None
    lose(desk, power, critical=False)
    assert copy.state is (CopyState.SET_ASIDE if waits else CopyState.AVAILABLE)
    listed(desk, copy, [replace(each, critical=True) for each in parts_of(copy)])
    assert (copy.state, copy.holding.lendable) == (CopyState.INCOMPLETE, 0)
    assert hold is None or hold.state is HoldState.WAITING
    assert breaches(desk.session) == []


@pytest.mark.lending("3.2", "4.2", "7.2")
@pytest.mark.parametrize("how", ["taken from the list", "not needed any more", "list emptied"])
def test_a_box_that_lacks_nothing_it_needs_any_more_serves_who_waits(
    make: Make, desk: Counter, power: Part, how: str
) -> None:
    copy = power.copy
    lose(desk, power, critical=True)
    hold = make.hold(copy.holding)
    assert copy.state is CopyState.INCOMPLETE
    old, cables = parts_of(copy)
    kept = {"taken from the list": [cables], "list emptied": []}
    listed(desk, copy, kept.get(how, [replace(old, critical=False), cables]))
    assert (copy.state, hold.copy_id, copy.holding.lendable) == (CopyState.SET_ASIDE, copy.id, 1)
    assert breaches(desk.session) == []


@pytest.mark.lending("3.2")
def test_a_box_that_is_out_is_judged_when_it_comes_back(
    make: Make, desk: Counter, power: Part
) -> None:
    power.missing = 1
    copy = make.loan(power.copy).copy
    listed(desk, copy, [replace(each, critical=True) for each in parts_of(copy)])
    assert copy.state is CopyState.ON_LOAN


@pytest.mark.lending("3.2")
def test_an_incomplete_box_is_counted_although_nothing_is_known_to_be_missing(
    desk: Counter, power: Part
) -> None:
    copy = power.copy
    copy.state, copy.holding.lendable = CopyState.INCOMPLETE, 0
    desk.session.commit()
    with pytest.raises(RefusedError):
        desk.take_back(copy)
    desk.take_back(copy, {each.id: each.count for each in copy.parts})
    assert (copy.state, copy.holding.lendable) == (CopyState.AVAILABLE, 1)


@pytest.mark.lending("3.2", "4.2")
def test_each_box_that_gets_the_parts_of_another_is_judged_by_them(
    make: Make, desk: Counter, power: Part, session: Session
) -> None:
    """One lacks what is needed now, another what is not listed, a third the same as before."""
    power.critical = True
    holding = power.copy.holding
    lacking, freed, still = (make.copy(holding) for _ in range(3))
    make.part(lacking, missing=1)
    make.part(freed, "Beutel", critical=True, missing=1)
    make.part(still, critical=True, missing=1)
    for copy in (freed, still):
        copy.state = CopyState.INCOMPLETE
    holding.lendable = 2
    session.commit()
    with unit_of_work(session):
        spread_parts_of_box(session, power.copy_id, desk.by, MONDAY, NOW)
    assert [each.state for each in (lacking, freed, still)] == [
        CopyState.INCOMPLETE,
        CopyState.AVAILABLE,
        CopyState.INCOMPLETE,
    ]
    assert breaches(session) == []


def test_judging_takes_as_many_statements_for_many_boxes_as_for_few(
    make: Make, desk: Counter, session: Session
) -> None:
    counts = []
    for boxes in (2, times(ci=12, soak=60)):
        part = make.part()
        for _ in range(boxes):
            make.part(make.copy(part.copy.holding))
        session.expire_all()
        with counted(session.get_bind()) as statements, unit_of_work(session):  # type: ignore[arg-type]  # an engine
            spread_parts_of_box(session, part.copy_id, desk.by, MONDAY, NOW)
        counts.append(statements.count)
    assert counts[0] == counts[1]
