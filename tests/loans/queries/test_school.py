"""A school sees its three lists, and nothing of others."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, event

from catalogue.models.defect import Defect, DefectKind
from catalogue.rules.copy_states import CopyState
from loans.queries.device_at_hand import device_at_hand
from loans.queries.school import (
    WHOLE,
    Device,
    DeviceFilter,
    Extract,
    Standing,
    Total,
    devices_of,
    out_with,
    totals_of,
)
from schools.models.institution import Institution
from schools.rules.roles import Scope
from tests.make import MONDAY, NOW, Make

pytestmark = [pytest.mark.lending("3.5"), pytest.mark.both_stores]

Listed = Callable[..., list[str]]


def of_school(school: Institution) -> Scope:
    return Scope(institution_ids=frozenset({school.id}))


@pytest.fixture
def listed(make: Make) -> Listed:
    """Barcodes of the first school's devices as its admin sees them."""

    def listed(scope: Scope | None = None, part: Extract = WHOLE, **wanted: object) -> list[str]:
        school = make.the_school()
        wish = DeviceFilter(**wanted)  # type: ignore[arg-type]  # named by each test
        found, _ = devices_of(make.session, scope or of_school(school), school.id, wish, part)
        return [each.barcode for each in found]

    return listed


def furnished(make: Make) -> dict[Standing, Device]:
    """Give the first school one device of each list."""
    school = make.the_school()
    make.copy(barcode="GN-1", owner_id=school.id, lendable=False, value_cents=39000)
    make.loan(make.copy(barcode="MZ-1", value_cents=700), placed=True, due_on=None)
    make.loan(make.copy(barcode="MZ-2"), lent_on=MONDAY - timedelta(20), class_name="7b")
    found, _ = devices_of(make.session, of_school(school), school.id, DeviceFilter())
    return {each.standing: each for each in found}


def test_own_placed_and_lent_stand_in_three_lists(make: Make, listed: Listed) -> None:
    there = furnished(make)
    assert {standing: device.barcode for standing, device in there.items()} == {
        Standing.OWN: "GN-1",
        Standing.PLACED: "MZ-1",
        Standing.LENT: "MZ-2",
    }
    assert there[Standing.LENT].days_late(MONDAY) == 6
    assert there[Standing.LENT].class_name == "7b"
    assert there[Standing.OWN].holder == ""
    assert [listed(standing=each) for each in Standing] == [["GN-1"], ["MZ-1"], ["MZ-2"]]


def test_totals_count_and_value_each_list(make: Make) -> None:
    furnished(make)
    school = make.the_school()
    totals = totals_of(make.session, of_school(school), school.id, MONDAY)
    assert totals[Standing.OWN] == Total(number=1, value_cents=39000)
    assert totals[Standing.PLACED] == Total(number=1, value_cents=700)
    due = MONDAY - timedelta(6)
    assert totals[Standing.LENT] == Total(number=1, next_due=due, late=1)


def test_an_empty_school_has_empty_totals(make: Make) -> None:
    school = make.the_school()
    totals = totals_of(make.session, of_school(school), school.id, MONDAY)
    assert totals == dict.fromkeys(Standing, Total())


def test_what_went_back_what_was_withdrawn_and_what_others_have_is_not_there(
    make: Make, listed: Listed
) -> None:
    school = make.the_school()
    make.loan(returned_on=MONDAY)
    make.copy(owner_id=school.id, state=CopyState.WITHDRAWN)
    make.loan(person=make.person(make.school()))
    assert listed() == []


def test_a_list_is_narrowed_by_words_state_and_defect(make: Make, listed: Listed) -> None:
    furnished(make)
    broken = make.copy(
        make.holding(make.title("Öltröpfchenversuch")),
        barcode="GN-2",
        owner_id=make.the_school().id,
        state=CopyState.IN_REPAIR,
    )
    make.session.add(
        Defect(
            copy_id=broken.id,
            centre_id=broken.centre_id,
            kind=DefectKind.BROKEN,
            reported_at=NOW,
            changed_at=NOW,
        )
    )
    make.session.commit()
    assert listed(words="öltröpfchen") == ["GN-2"]
    assert listed(words="mz- 7b") == ["MZ-2"]
    assert listed(words="100%") == []
    assert listed(state=CopyState.IN_REPAIR) == ["GN-2"]
    assert listed(defective=True) == ["GN-2"]


def test_a_list_comes_in_pages_with_its_number(make: Make) -> None:
    school = make.the_school()
    for number in range(5):
        make.copy(barcode=f"GN-{number}", owner_id=school.id)
    part = Extract(offset=2, limit=2)
    scope = of_school(school)
    found, total = devices_of(make.session, scope, school.id, DeviceFilter(), part)
    assert ([each.barcode for each in found], total) == (["GN-2", "GN-3"], 5)


def test_a_centre_does_not_see_what_another_centre_lent_to_its_school(
    make: Make, listed: Listed
) -> None:
    make.loan(make.copy(barcode="MZ-1"))
    other = make.centre()
    make.loan(make.copy(make.holding(make.title("Fern"), centre=other), barcode="MZ-9"))
    centre = make.the_centre()
    assert listed(Scope(centre_ids=frozenset({centre.id}))) == ["MZ-1"]
    assert sorted(listed()) == ["MZ-1", "MZ-9"]
    assert listed(Scope()) == []


def test_what_people_still_have_is_found_by_person(make: Make) -> None:
    school = make.the_school()
    one, none = make.person(), make.person()
    make.loan(make.copy(barcode="MZ-1"), person=one)
    make.loan(make.copy(barcode="MZ-2"), person=one, placed=True, due_on=None)
    found = out_with(make.session, of_school(school), school.id, [one.id, none.id])
    assert {person: len(devices) for person, devices in found.items()} == {one.id: 2}


def test_the_number_of_statements_does_not_grow(make: Make, engine: Engine) -> None:
    school_id, asked = make.the_school().id, []
    scope = of_school(make.the_school())
    event.listen(engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    counts = []
    for number in (1, 30):
        for _ in range(number):
            make.loan()
        asked.clear()
        devices_of(make.session, scope, school_id, DeviceFilter())
        counts.append(len([each for each in asked if each.startswith("SELECT")]))
    assert counts == [2, 2]


@pytest.mark.parametrize("code", ["MZ-1", "mz-1", " MZ-1 ", "INV-7"])
def test_a_device_is_found_by_its_numbers(make: Make, code: str) -> None:
    school = make.the_school()
    part = make.part(make.loan(make.copy(barcode="MZ-1", inventory_number="INV-7")).copy)
    device = device_at_hand(make.session, of_school(school), code)
    assert device is not None
    assert (device.institution_id, device.parts) == (school.id, ((part.id, part.name),))


def test_a_device_is_found_by_its_key(make: Make) -> None:
    copy = make.copy(owner_id=make.the_school().id)
    device = device_at_hand(make.session, of_school(make.the_school()), str(copy.id))
    assert device is not None
    assert device.copy_id == copy.id


def test_a_school_reaches_only_what_it_has_and_staff_their_whole_centre(make: Make) -> None:
    school, copy = make.the_school(), make.copy(barcode="MZ-1")
    assert device_at_hand(make.session, of_school(school), "MZ-1") is None
    staff = Scope(centre_ids=frozenset({copy.centre_id}))
    found = device_at_hand(make.session, staff, "MZ-1")
    assert found is not None
    assert found.institution_id is None
    make.loan(copy, person=make.person(make.school()))
    assert device_at_hand(make.session, of_school(school), "MZ-1") is None


@pytest.mark.parametrize("code", ["", "9" * 40, "²", "' OR 1=1", "%"])
def test_strange_codes_find_nothing(make: Make, code: str) -> None:
    make.copy(owner_id=make.the_school().id)
    assert device_at_hand(make.session, of_school(make.the_school()), code) is None


@pytest.mark.lending("8.4", "10.1")
def test_what_is_back_in_the_house_is_not_late_at_its_school(make: Make) -> None:
    school, day = make.the_school(), timedelta(1)
    make.loan(lent_on=MONDAY - 20 * day, received_on=MONDAY - 7 * day, state=CopyState.RECEIVED)
    ((device,), _) = devices_of(make.session, of_school(school), school.id, DeviceFilter())
    assert device.days_late(MONDAY) == 0
    totals = totals_of(make.session, of_school(school), school.id, MONDAY)
    lent = totals[Standing.LENT]
    assert (lent.number, lent.late, lent.next_due) == (1, 0, None)
