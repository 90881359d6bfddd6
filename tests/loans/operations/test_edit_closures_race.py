"""While a closure is added the desk lends on: no loan ends on a day that just closed."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Event

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from database.unit_of_work import unit_of_work
from loans.models.loan import Loan
from loans.operations import check_out as lending
from loans.operations import settle_calendar
from loans.operations.check_out import HandOut, check_out
from loans.operations.edit_closures import ClosureWish, add_closure
from loans.queries.lending_case import Plan, Scene, plan_of
from loans.rules.calendar import Closure
from schools.rules.roles import Role
from tests.make import MONDAY, NOW, Make

DUE = date(2026, 12, 7)
"""What a film lent on the Monday of tests is due on."""

BETWEEN_SECONDS = 0.5


@pytest.fixture
def lend_and_close(
    engine: Engine, session: Session, make: Make, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], date | None]:
    """Lend a copy; once its due date is decided and not yet written, close that very day."""
    person, copy, branch = make.person(), make.copy(), make.branch()
    wish = HandOut(copy.id, person.id, person.memberships[0].institution_id, branch.id)
    staff, head = make.actor(Role.STAFF), make.actor(Role.CENTRE_ADMIN)
    closure = ClosureWish(make.the_centre().id, None, Closure("Plötzlich", DUE, DUE))
    decided = Event()

    def slowly(own: Session, scene: Scene) -> Plan:
        plan = plan_of(own, scene)
        decided.set()
        time.sleep(BETWEEN_SECONDS)
        return plan

    monkeypatch.setattr(lending, "plan_of", slowly)

    def lend() -> None:
        with Session(engine) as own, unit_of_work(own):
            check_out(own, wish, staff, MONDAY, NOW)

    def close() -> None:
        decided.wait()
        with Session(engine) as own, unit_of_work(own):
            add_closure(own, closure, head, MONDAY, NOW)

    def both() -> date | None:
        session.rollback()
        with ThreadPoolExecutor(2) as pool:
            for each in [pool.submit(lend), pool.submit(close)]:
                each.result()
        return session.scalars(select(Loan.due_on)).one()

    return both


@pytest.mark.both_stores
@pytest.mark.lending("1.7")
def test_a_loan_made_while_its_day_closes_is_moved(
    lend_and_close: Callable[[], date | None],
) -> None:
    assert lend_and_close() == date(2026, 12, 8)


@pytest.mark.both_stores
def test_without_the_lock_it_stays_on_the_closed_day_where_rows_are_locked(
    store_kind: str,
    lend_and_close: Callable[[], date | None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The negative control: what waits for the desk is the lock of the holdings.

    On SQLite the one write lock of the store waits all the same.
    """
    monkeypatch.setattr(settle_calendar, "_lock_holdings", lambda *_: None)
    expected = DUE if store_kind == "postgres" else date(2026, 12, 8)
    assert lend_and_close() == expected
