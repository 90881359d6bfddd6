"""Many desks at once: one copy goes out once, one person keeps to the limit."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from database.unit_of_work import unit_of_work
from loans.errors import Refused, RefusedError
from loans.models.loan import Loan
from loans.models.terms import Terms
from loans.operations import check_out as lending
from loans.operations import fulfil_holds as own_holds
from loans.operations.check_out import HandOut, check_out
from loans.rules.policy import LendingCase, refusals
from schools.models.person import Person
from schools.rules.roles import Actor, Role
from tests.effort import times
from tests.make import MONDAY, NOW, Make

pytestmark = pytest.mark.lending("8.2")

DESKS = 8
ROUNDS = times(ci=3, soak=50)


def race(engine: Engine, wishes: list[HandOut], by: Actor) -> list[str]:
    """Let all desks scan at the same moment; each says what came of it."""
    together = Barrier(len(wishes))

    def one(wish: HandOut) -> str:
        with Session(engine) as session:
            together.wait()
            try:
                with unit_of_work(session):
                    check_out(session, wish, by, MONDAY, NOW)
            except RefusedError as refused:
                return ",".join(refused.codes)
            except IntegrityError:
                return "caught by the store"
            return "lent"

    with ThreadPoolExecutor(len(wishes)) as pool:
        return list(pool.map(one, wishes))


def wish(make: Make, copy: Copy, person: Person) -> HandOut:
    return HandOut(
        copy_id=copy.id,
        person_id=person.id,
        institution_id=person.memberships[0].institution_id,
        branch_id=make.branch().id,
    )


def open_loans(session: Session, copies: list[Copy]) -> int:
    session.rollback()
    query = select(func.count(Loan.id)).where(Loan.copy_id.in_([copy.id for copy in copies]))
    return session.scalar(query.where(Loan.returned_on.is_(None))) or 0


def limited_person(make: Make) -> tuple[Person, list[Copy]]:
    """A person who may have one thing at a time, and one copy for each desk."""
    make.centre()
    make.session.scalars(select(Terms)).one().limit_open_loans = 1
    return make.person(), [make.copy() for _ in range(DESKS)]


@pytest.mark.both_stores
def test_one_copy_at_many_desks_goes_out_once(
    engine: Engine, session: Session, make: Make
) -> None:
    make.centre()
    by = make.actor(Role.STAFF)
    for _ in range(ROUNDS):
        copy = make.copy()
        wishes = [wish(make, copy, make.person()) for _ in range(DESKS)]
        session.rollback()
        assert sorted(race(engine, wishes, by)) == ["ON_LOAN"] * (DESKS - 1) + ["lent"]
        assert open_loans(session, [copy]) == 1


@pytest.mark.both_stores
def test_one_person_at_many_desks_keeps_to_the_limit(
    engine: Engine, session: Session, make: Make
) -> None:
    person, copies = limited_person(make)
    by = make.actor(Role.STAFF)
    wishes = [wish(make, copy, person) for copy in copies]
    session.rollback()
    assert sorted(race(engine, wishes, by)) == ["LIMIT_PERSON"] * (DESKS - 1) + ["lent"]
    assert open_loans(session, copies) == 1


@pytest.mark.both_stores
def test_without_the_locks_the_limit_is_passed(
    store_url: str, session: Session, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the races above can be lost, and the locks are what wins them."""
    person, copies = limited_person(make)
    by = make.actor(Role.STAFF)
    wishes = [wish(make, copy, person) for copy in copies]
    monkeypatch.setattr(lending, "lock", read_only)
    monkeypatch.setattr(own_holds, "lock_copy", lambda session, key: session.get_one(Copy, key))
    monkeypatch.setattr(lending, "refusals", decide_slowly)
    session.rollback()
    unlocked = create_engine(store_url, isolation_level="AUTOCOMMIT", pool_size=DESKS)
    race(unlocked, wishes, by)
    unlocked.dispose()
    assert open_loans(session, copies) > 1


def read_only(session: Session, kind: Any, ids: Any) -> Any:
    """Read rows as `lock` does, but let everybody else read them too."""
    return session.scalars(select(kind).where(kind.id.in_(ids)).order_by(kind.id)).all()


def decide_slowly(case: LendingCase) -> tuple[Refused, ...]:
    """Decide as ever; between decision and writing there is time for others to decide."""
    found = refusals(case)
    time.sleep(0.3)
    return found
