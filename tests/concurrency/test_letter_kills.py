"""kill -9 of the worker while it hands a letter over: none is lost, a repeated one is known."""

import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from database.unit_of_work import unit_of_work
from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from schools.operations.owe import Addressee, Letter, owe
from tests.app.postbox import Postbox, post_office
from tests.effort import times
from tests.make import Make
from tests.serving import working

pytestmark = [pytest.mark.both_stores, pytest.mark.slow, pytest.mark.xdist_group("crowds")]

KILLS = times(ci=1, soak=30)
LETTERS = 3
PATIENCE_SECONDS = 60


def settings(port: int) -> dict[str, str]:
    return {
        "public_url": "https://medien.example",
        "smtp_host": "127.0.0.1",
        "smtp_port": str(port),
        "smtp_starttls": "off",
        "sender": "ausleihe@medien.example",
    }


def owe_some(session: Session, centre_id: int) -> list[int]:
    """Owe letters that are due; gives their ids."""
    with unit_of_work(session):
        for number in range(LETTERS):
            letter = Letter(
                LetterKind.LOAN_RENEWED,
                f"kill:{number}:{time.monotonic_ns()}",
                {"titles": ["Der Wald"], "due_on": "2026-12-17"},
            )
            to = Addressee(f"ada{number}@example.org", "Ada", centre_id=centre_id)
            owe(session, letter, to, datetime.now(UTC) - timedelta(minutes=1))
        query = select(OwedLetter.id).order_by(OwedLetter.id.desc()).limit(LETTERS)
        return list(session.scalars(query))


def states(session: Session, ids: list[int]) -> Counter[LetterState]:
    found = Counter(session.scalars(select(OwedLetter.state).where(OwedLetter.id.in_(ids))))
    session.rollback()
    return found


def let_claims_run_out(session: Session) -> None:
    with unit_of_work(session):
        session.execute(
            update(OwedLetter)
            .where(OwedLetter.claimed_until.is_not(None))
            .values(claimed_until=datetime.now(UTC) - timedelta(seconds=1))
        )


def test_a_letter_claimed_by_a_worker_that_was_killed_is_sent_by_the_next(
    session: Session, make: Make, store_url: str, tmp_path: Path
) -> None:
    centre_id = make.the_centre().id
    make.session.rollback()
    postbox = Postbox()
    with post_office(postbox) as port:
        for _ in range(KILLS):
            ids = owe_some(session, centre_id)
            postbox.busy.clear()
            postbox.free.clear()
            with working(tmp_path, store_url, settings(port)) as worker:
                assert postbox.busy.wait(PATIENCE_SECONDS)
                worker.kill()
                worker.wait()
            assert states(session, ids) == {LetterState.OWED: LETTERS}
            postbox.free.set()
            let_claims_run_out(session)
            with working(tmp_path, store_url, settings(port)):
                deadline = time.monotonic() + PATIENCE_SECONDS
                while states(session, ids) != {LetterState.SENT: LETTERS}:
                    assert time.monotonic() < deadline, "the next worker did not send them"
                    time.sleep(0.1)  # another process works; nothing tells us but the store
    sent = Counter(each["Message-ID"] for each in postbox.letters)
    assert len(sent) == KILLS * LETTERS
    assert sum(sent.values()) <= KILLS * (LETTERS + 1)
