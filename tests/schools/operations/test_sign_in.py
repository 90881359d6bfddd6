"""Counting attempts, also when they come all at once; forgetting what is old."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from database.unit_of_work import unit_of_work
from schools.errors import TooManyAttemptsError
from schools.models.account import (
    AccountToken,
    Registration,
    RegistrationState,
    SignInAttempt,
    SignInSession,
    TokenKind,
)
from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from schools.operations.forget import forget_old
from schools.operations.mail_link import mail_link
from schools.operations.sign_in import Attempt, begin_attempt
from tests.effort import times
from tests.make import NOW, Make

pytestmark = pytest.mark.both_stores

AT_ONCE = 16
FREE = 10


def test_of_many_attempts_at_once_no_more_than_the_free_ones_are_heard(
    engine: Engine, session: Session
) -> None:
    for number in range(times(ci=2, soak=50)):
        attempt = Attempt(f"{number:064x}", f"{number:064x}")
        barrier = Barrier(AT_ONCE)

        def knock(attempt: Attempt = attempt, barrier: Barrier = barrier) -> bool:
            with Session(engine) as own:
                barrier.wait()
                try:
                    with unit_of_work(own):
                        begin_attempt(own, attempt, NOW)
                except TooManyAttemptsError:
                    return False
            return True

        with ThreadPoolExecutor(AT_ONCE) as pool:
            heard = [future.result() for future in [pool.submit(knock) for _ in range(AT_ONCE)]]
        assert sum(heard) == FREE
    session.rollback()
    counted = session.scalar(select(func.count(SignInAttempt.id)))
    assert counted == FREE * times(ci=2, soak=50)


def test_failures_are_forgotten_after_a_quarter_of_an_hour(session: Session) -> None:
    attempt = Attempt("a" * 64, "b" * 64)
    for _ in range(FREE):
        with unit_of_work(session):
            begin_attempt(session, attempt, NOW)
    with pytest.raises(TooManyAttemptsError), unit_of_work(session):
        begin_attempt(session, attempt, NOW)
    with unit_of_work(session):
        begin_attempt(session, attempt, NOW + timedelta(minutes=16))


def test_what_is_past_its_time_is_forgotten_and_nothing_else(session: Session, make: Make) -> None:
    account = make.account()
    for age in (1, 200):
        begun = NOW - timedelta(days=age)
        session.add(SignInAttempt(name_hash="n", address_hash="a", at=begun))
        session.add(
            SignInSession(
                account_id=account.id, token_hash=f"t{age}", created_at=begun, expires_at=begun
            )
        )
        session.add(
            AccountToken(
                account_id=account.id,
                kind=TokenKind.RESET,
                token_hash=f"r{age}",
                created_at=begun,
                expires_at=begun,
            )
        )
        session.add(
            Registration(
                institution_id=make.the_school().id,
                given_name="I",
                family_name="K",
                email="i@example.org",
                password_hash="",
                token_hash=f"p{age}",
                state=RegistrationState.PROVED if age == 1 else RegistrationState.REQUESTED,
                created_at=begun,
                expires_at=begun,
            )
        )
    session.commit()
    with unit_of_work(session):
        forgotten = forget_old(session, NOW)
    assert forgotten == {
        "attempts": 1,
        "links": 1,
        "registrations": 1,
        "sign_ins": 1,
        "letters_struck": 0,
    }


def test_a_dead_link_is_struck_out_of_a_letter_never_sent(session: Session, make: Make) -> None:
    account = make.account()
    with unit_of_work(session):
        mail_link(session, account, TokenKind.RESET, {}, NOW)
    row = session.scalars(select(OwedLetter)).one()
    assert (row.kind, row.state) == (LetterKind.PASSWORD_RESET, LetterState.OWED)
    assert row.centre_id == make.the_centre().id
    for hours, struck in ((0, 0), (2, 1), (3, 0)):
        with unit_of_work(session):
            forgotten = forget_old(session, NOW + timedelta(hours=hours))
        assert forgotten["letters_struck"] == struck
    session.rollback()
    assert "token" not in session.scalars(select(OwedLetter)).one().facts
