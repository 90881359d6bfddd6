"""Undoing where the desk has gone on: a receipt was owed, a card came, a scan was late."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from database.unit_of_work import unit_of_work
from loans.models.desk_session import DeskMode, DeskScan, DeskSession
from loans.operations.scan import Scan, scan
from loans.operations.undo import UndoWish, undo
from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from schools.rules.roles import Role
from tests.loans.operations.test_scan import Desk
from tests.make import MONDAY, NOW, Make

pytestmark = [pytest.mark.both_stores, pytest.mark.lending("8.6")]

MINUTE = timedelta(minutes=1)


@pytest.fixture
def desk(make: Make) -> Desk:
    make.centre()
    return Desk(make.session, make, make.actor(Role.STAFF))


def undone(desk: Desk, line: DeskScan) -> DeskScan:
    wish = UndoWish(f"undo-{line.id}", desk.make.branch().id, line.id)
    with unit_of_work(desk.session):
        return undo(desk.session, wish, desk.by, MONDAY, NOW + timedelta(hours=1))


def late(desk: Desk, code: str, at: datetime) -> DeskScan:
    wish = Scan(code, f"late-{code}-{at}", desk.make.branch().id, late_at=NOW + timedelta(hours=2))
    with unit_of_work(desk.session):
        return scan(desk.session, wish, desk.by, MONDAY, at)


def letters(make: Make) -> list[OwedLetter]:
    return list(make.session.scalars(select(OwedLetter).order_by(OwedLetter.id)))


def numbers(letter: OwedLetter) -> list[str]:
    return [each["number"] for group in letter.facts["lent"] for each in group["things"]]


def test_a_receipt_not_sent_yet_names_only_what_was_not_undone(make: Make, desk: Desk) -> None:
    kept, slip = make.copy(), make.copy()
    desk.scan(make.person().card)
    desk.scan(kept.barcode)
    line = desk.scan(slip.barcode)
    desk.scan("CMD-FERTIG")
    assert undone(desk, line).outcome.value == "done"
    (letter,) = letters(make)
    assert numbers(letter) == [kept.barcode]


def test_of_a_session_that_was_undone_whole_there_is_no_receipt(make: Make, desk: Desk) -> None:
    desk.scan(make.person().card)
    line = desk.scan(make.copy().barcode)
    desk.scan("CMD-FERTIG")
    undone(desk, line)
    assert letters(make) == []


@pytest.mark.parametrize("state", [LetterState.SENT, LetterState.MERGED])
def test_a_receipt_that_went_out_is_corrected_and_told_anew(
    make: Make, desk: Desk, state: LetterState
) -> None:
    kept, slip = make.copy(), make.copy()
    desk.scan(make.person().card)
    desk.scan(kept.barcode)
    line = desk.scan(slip.barcode)
    desk.scan("CMD-FERTIG")
    letters(make)[0].state = state
    make.session.commit()
    undone(desk, line)
    told = letters(make)
    assert [letter.kind for letter in told] == [
        LetterKind.LOAN_RECEIPT,
        LetterKind.CORRECTION,
        LetterKind.LOAN_RECEIPT,
    ]
    assert numbers(told[-1]) == [kept.barcode]


def test_an_undoing_that_comes_late_leaves_what_was_scanned_after_it(
    make: Make, desk: Desk
) -> None:
    early, newer = make.copy(), make.copy()
    desk.scan(make.person().card)
    first = desk.scan(early.barcode)
    between = first.at + MINUTE
    desk.now = between + MINUTE
    second = desk.scan(newer.barcode)
    row = late(desk, "CMD-UNDO", between)
    assert (row.outcome.value, row.facts["barcode"]) == ("done", early.barcode)
    assert (first.void, second.void) == (True, False)


@pytest.mark.lending("8.4")
def test_a_card_between_two_scans_of_the_return_box_changes_not_its_day(
    make: Make, desk: Desk
) -> None:
    desk.scan("CMD-KASTEN")
    friday = make.session.scalars(select(DeskSession)).one().dropped_on
    desk.scan(make.person().card)
    desk.scan(make.person().card)
    loan = make.loan(lent_on=MONDAY - timedelta(days=10))
    desk.scan(loan.copy.barcode)
    newest = make.session.scalars(select(DeskSession).order_by(DeskSession.id.desc())).first()
    assert newest is not None
    assert (newest.mode, newest.dropped_on) == (DeskMode.BOX, friday)
    assert friday == MONDAY - timedelta(days=3)
    assert loan.returned_on == friday
