"""Many want the last copy at the same moment, over HTTP: one gets it, everyone is answered."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.passwords import hash_password
from catalogue.models.holding import Holding
from loans.models.booking import BookingLine
from loans.models.loan import Loan
from schools.rules.roles import Role
from tests.concurrency.crowd import Member, Round, Told, race
from tests.effort import times
from tests.make import MONDAY, Make
from tests.serving import COMMAND, Server, serving

pytestmark = [pytest.mark.both_stores, pytest.mark.slow, pytest.mark.xdist_group("crowds")]

CLIENTS = 32
ROUNDS = times(ci=2, soak=313)
PASSWORD = "zwei-und-dreissig Leute"
UNLOCKED = [sys.executable, "-m", "tests.concurrency.unlocked"]


@contextmanager
def served(store_url: str, folder: Path, *, locked: bool = True) -> Iterator[Server]:
    data = folder / "data"
    data.mkdir(mode=0o700, exist_ok=True)
    settings = {"today": MONDAY.isoformat(), "processes": "2", "threads": "16"}
    with serving(data, store_url, settings, [str(COMMAND)] if locked else UNLOCKED) as server:
        yield server


def teachers(make: Make) -> list[Member]:
    password_hash = hash_password(PASSWORD)
    accounts = [make.account(password_hash=password_hash) for _ in range(CLIENTS)]
    return [Member(account.name, PASSWORD) for account in accounts]


def desks(make: Make) -> list[Member]:
    password_hash = hash_password(PASSWORD)
    members = []
    for _ in range(CLIENTS):
        account = make.account(Role.STAFF, password_hash=password_hash)
        card = make.person().card
        members.append(Member(account.name, PASSWORD, (("/desk/scan", {"code": card}),)))
    return members


def booking_rounds(make: Make) -> list[Round]:
    day = (MONDAY + timedelta(days=7)).isoformat()
    fields = {
        "from": day,
        "until": day,
        "quantity": "1",
        "reason": "preview",
        "place": str(make.place().id),
        "class_name": "7b",
    }
    holdings = [make.holding(make.title(f"Film {n}"), copies=1) for n in range(ROUNDS)]
    return [Round("/bookings", fields | {"holding": str(holding.id)}) for holding in holdings]


def scan_rounds(make: Make) -> list[Round]:
    copies = [make.copy(make.holding(make.title(f"Film {n}"))) for n in range(ROUNDS)]
    return [Round("/desk/scan", {"code": copy.barcode}) for copy in copies]


def codes(answer: Told) -> set[str]:
    return {refusal["code"] for refusal in answer[1]["refusals"]}


def statuses(answers: list[Told]) -> Counter[int]:
    return Counter(status for status, _ in answers)


def test_of_32_teachers_one_books_the_last_copy(
    make: Make, session: Session, store_url: str, tmp_path: Path
) -> None:
    members, rounds = teachers(make), booking_rounds(make)
    session.close()
    with served(store_url, tmp_path) as server:
        for answers in race(server.port, members, rounds):
            assert statuses(answers) == {201: 1, 409: CLIENTS - 1}
            assert all("NOT_FREE" in codes(answer) for answer in answers if answer[0] == 409)
    assert most_booked(session) == 1


def test_of_32_desks_one_lends_the_copy(
    make: Make, session: Session, store_url: str, tmp_path: Path
) -> None:
    members, rounds = desks(make), scan_rounds(make)
    session.close()
    with served(store_url, tmp_path) as server:
        for answers in race(server.port, members, rounds):
            assert statuses(answers) == {200: 1, 409: CLIENTS - 1}
            assert all("ON_LOAN" in codes(answer) for answer in answers if answer[0] == 409)
    assert session.scalar(select(func.count(Loan.id))) == ROUNDS


def test_without_locks_bookings_collide(
    make: Make, session: Session, store_url: str, tmp_path: Path
) -> None:
    """The negative control: were it green, the race above would prove nothing."""
    members, rounds = teachers(make), booking_rounds(make)
    session.close()
    with served(store_url, tmp_path, locked=False) as server:
        race(server.port, members, rounds)
    assert most_booked(session) > 1


def test_without_locks_and_constraint_a_copy_is_lent_twice(
    make: Make, session: Session, store_url: str, tmp_path: Path
) -> None:
    """The negative control of the desk; the constraint has the last word, so it goes too."""
    members, rounds = desks(make), scan_rounds(make)
    session.execute(text("DROP INDEX uq_loan_open_copy"))
    session.commit()
    session.close()
    with served(store_url, tmp_path, locked=False) as server:
        race(server.port, members, rounds)
    assert (session.scalar(select(func.count(Loan.id))) or 0) > ROUNDS


def most_booked(session: Session) -> int:
    """The most copies booked of any holding; each has one."""
    query = (
        select(func.sum(BookingLine.quantity))
        .join(Holding, Holding.id == BookingLine.holding_id)
        .group_by(Holding.id)
    )
    return max(int(total) for total in session.scalars(query))
