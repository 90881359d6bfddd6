"""Copies from tables: a number is never lost, a repeat changes nothing."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.formats.records import CopyRecord
from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from catalogue.operations.import_copies import CopyFault, import_copies
from database.unit_of_work import unit_of_work
from schools.models.media_centre import Branch
from schools.rules.imports import Outcome
from tests.make import NOW, Make

pytestmark = pytest.mark.both_stores

WALD = "4602345"
MEER = "4609999"


@pytest.fixture
def wald(make: Make) -> Holding:
    """A title without copies in the first centre's offer."""
    return make.holding(make.title(media_number=WALD))


def line(number: int = 1, **facts: Any) -> CopyRecord:
    return CopyRecord(number, **({"title_key": WALD} | facts))


def taken(session: Session, centre_id: int, *records: CopyRecord) -> list[tuple[Outcome, str]]:
    with unit_of_work(session):
        found = import_copies(session, records, centre_id, NOW)
    return [(each.outcome, each.reason) for each in found]


def copies(session: Session) -> list[Copy]:
    session.expire_all()
    return list(session.scalars(select(Copy).order_by(Copy.id)))


def test_a_line_with_a_barcode_is_that_copy(session: Session, wald: Holding) -> None:
    full = line(
        barcode="MZ-000700",
        inventory_number="2024/17",
        serial_number="SN 1",
        value_cents=12_950,
        acquired_on=date(2024, 3, 1),
        note="mit Begleitheft",
    )
    assert taken(session, wald.centre_id, full) == [(Outcome.IMPORTED, "")]
    (copy,) = copies(session)
    assert (copy.barcode, copy.inventory_number, copy.value_cents) == (
        "MZ-000700",
        "2024/17",
        12_950,
    )
    assert session.get_one(Holding, wald.id).lendable == 1


@pytest.mark.parametrize(
    "record",
    [
        line(barcode="MZ-000700"),
        line(barcode="OLD 17", inventory_number="OLD 17"),
        line(inventory_number="2024/17"),
        line(serial_number="SN 1"),
        line(quantity=30),
        line(),
    ],
    ids=["barcode", "both alike", "inventory number", "serial number", "class set", "nothing"],
)
def test_a_second_run_changes_nothing(session: Session, wald: Holding, record: CopyRecord) -> None:
    assert taken(session, wald.centre_id, record) == [(Outcome.IMPORTED, "")]
    before = [(copy.barcode, copy.inventory_number, copy.version) for copy in copies(session)]
    assert taken(session, wald.centre_id, record) == [(Outcome.SAME, "")]
    after = [(copy.barcode, copy.inventory_number, copy.version) for copy in copies(session)]
    assert before == after
    assert session.get_one(Holding, wald.id).lendable == len(after)


def test_lines_with_inventory_numbers_only_are_each_a_copy(
    session: Session, wald: Holding
) -> None:
    lines = [line(number, inventory_number=f"2024/{number}") for number in (1, 2, 3)]
    taken(session, wald.centre_id, *lines)
    assert [copy.inventory_number for copy in copies(session)] == ["2024/1", "2024/2", "2024/3"]
    assert len({copy.barcode for copy in copies(session)}) == 3


def test_a_line_with_an_inventory_number_is_found_by_it(session: Session, wald: Holding) -> None:
    taken(session, wald.centre_id, line(barcode="MZ-000700", inventory_number="2024/17"))
    changed = line(inventory_number="2024/17", note="Hülle fehlt")
    assert taken(session, wald.centre_id, changed) == [(Outcome.CHANGED, "")]
    (copy,) = copies(session)
    assert (copy.barcode, copy.note) == ("MZ-000700", "Hülle fehlt")


def test_what_a_line_leaves_empty_stays(session: Session, wald: Holding) -> None:
    taken(session, wald.centre_id, line(barcode="MZ-000700", note="bleibt", value_cents=100))
    taken(session, wald.centre_id, line(barcode="MZ-000700", serial_number="SN 9"))
    (copy,) = copies(session)
    assert (copy.note, copy.value_cents, copy.serial_number) == ("bleibt", 100, "SN 9")


def test_a_class_set_is_filled_up_to_its_quantity(session: Session, wald: Holding) -> None:
    taken(session, wald.centre_id, line(quantity=3))
    assert taken(session, wald.centre_id, line(quantity=5)) == [(Outcome.IMPORTED, "")]
    assert len(copies(session)) == 5
    assert session.get_one(Holding, wald.id).lendable == 5


def test_a_branch_is_found_by_its_name(session: Session, make: Make, wald: Holding) -> None:
    session.add(Branch(centre_id=wald.centre_id, name="Zweigstelle Süd"))
    session.commit()
    assert taken(
        session, wald.centre_id, line(1, branch="zweigstelle süd"), line(2, branch="Mond")
    ) == [(Outcome.IMPORTED, ""), (Outcome.REFUSED, CopyFault.NO_SUCH_BRANCH)]
    assert copies(session)[0].home_branch.name == "Zweigstelle Süd"


def test_a_new_shelf_mark_counts_as_a_change(session: Session, wald: Holding) -> None:
    taken(session, wald.centre_id, line(barcode="MZ-000700"))
    marked = line(barcode="MZ-000700", shelf_mark="Bio 17")
    assert taken(session, wald.centre_id, marked) == [(Outcome.CHANGED, "")]
    assert session.get_one(Holding, wald.id).shelf_mark == "Bio 17"
    assert taken(session, wald.centre_id, marked) == [(Outcome.SAME, "")]


def test_a_number_of_another_copy_is_refused(session: Session, make: Make, wald: Holding) -> None:
    make.holding(make.title("Das Meer", media_number=MEER))
    centre_id = wald.centre_id
    taken(session, centre_id, line(barcode="MZ-000700", inventory_number="2024/17"))
    assert taken(
        session,
        centre_id,
        line(1, title_key=MEER, barcode="MZ-000700"),
        line(2, title_key=MEER, inventory_number="2024/17"),
        line(3, barcode="MZ-000701", inventory_number="2024/17"),
        line(4, barcode="2024/17"),
        line(5, inventory_number="MZ-000700"),
    ) == [
        (Outcome.REFUSED, CopyFault.BARCODE_TAKEN),
        (Outcome.REFUSED, CopyFault.INVENTORY_NUMBER_TAKEN),
        (Outcome.REFUSED, CopyFault.INVENTORY_NUMBER_TAKEN),
        (Outcome.REFUSED, CopyFault.BARCODE_TAKEN),
        (Outcome.REFUSED, CopyFault.INVENTORY_NUMBER_TAKEN),
    ]
    assert len(copies(session)) == 1


def test_numbers_of_another_centre_are_free_here(
    session: Session, make: Make, wald: Holding
) -> None:
    elsewhere = make.holding(wald.title, centre=make.centre())
    make.copy(elsewhere, barcode="MZ-000700", inventory_number="2024/17")
    ours = line(barcode="MZ-000700", inventory_number="2024/17")
    assert taken(session, wald.centre_id, ours) == [(Outcome.IMPORTED, "")]


def test_a_title_outside_our_offer_is_refused(session: Session, make: Make, wald: Holding) -> None:
    other = make.centre()
    assert taken(session, other.id, line()) == [(Outcome.REFUSED, CopyFault.NO_SUCH_TITLE)]
