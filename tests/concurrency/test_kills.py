"""kill -9 of server and worker in the midst of lending: what was acknowledged is there, whole."""

import random
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.passwords import hash_password
from catalogue.models.change import TitleChange
from catalogue.models.title import Title
from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from loans.models.loan import Loan
from schools.rules.roles import Role
from tests.concurrency.crowd import Member
from tests.effort import times
from tests.make import MONDAY, Make
from tests.serving import COMMAND, Client, Server, environment, serving, start, wait_until_up

pytestmark = [pytest.mark.both_stores, pytest.mark.slow, pytest.mark.xdist_group("crowds")]

KILLS = times(ci=2, soak=50)
COPIES_A_ROUND = 200
PASSWORD = "vor dem Absturz gemerkt"
SETTINGS = {"today": MONDAY.isoformat(), "processes": "2"}
CATCH_UP_SECONDS = 60


@dataclass
class Desk:
    """Lends copy after copy until the server is gone, and remembers what was acknowledged."""

    port: int
    member: Member
    barcodes: Sequence[str]
    acknowledged: list[int] = field(default_factory=list)

    def lend(self) -> None:
        try:
            client = Client(self.port)
            client.sign_in(self.member.name, self.member.password)
            for path, fields in self.member.warm_up:
                client.post(path, fields)
            for barcode in self.barcodes:
                answer = client.post("/desk/scan", {"code": barcode})
                if answer.status == 200 and answer.json["outcome"] == "done":
                    self.acknowledged.append(answer.json["loan"]["id"])
        except (OSError, HTTPException, ValueError, AssertionError):
            return  # the server was killed under us: what it did not answer, it may have done


def member(make: Make, password_hash: str) -> Member:
    account = make.account(Role.STAFF, password_hash=password_hash)
    scan = ("/desk/scan", {"code": make.person().card})
    return Member(account.name, PASSWORD, (scan,))


def run_until_killed(server: Server, desks: list[Desk], session: Session, after: float) -> None:
    """Let desks lend and a title change over and over, then kill the server with its worker."""
    threads = [Thread(target=desk.lend) for desk in desks]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + after
    while time.monotonic() < deadline or not any(desk.acknowledged for desk in desks):
        with unit_of_work(session):
            title = session.scalars(select(Title).order_by(Title.id)).first()
            assert title is not None
            title.name = f"Vulkane {random.randrange(1_000_000)}"
            title.changed_at = datetime.now(UTC)
    server.kill()
    for thread in threads:
        thread.join()


def command(data: Path, store_url: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, *words],
        env=environment(data, store_url, SETTINGS),
        capture_output=True,
        text=True,
        check=False,
    )


def wait_for_the_worker(session: Session) -> None:
    deadline = time.monotonic() + CATCH_UP_SECONDS
    while session.scalar(select(func.count(TitleChange.id))):
        assert time.monotonic() < deadline, "the worker did not catch up"
        session.rollback()
        time.sleep(0.1)  # another process works; nothing tells us but the store
    session.rollback()


def one_kill(make: Make, data: Path, store_url: str) -> list[int]:
    """Lend until killed; returns the loans that were acknowledged."""
    password_hash = hash_password(PASSWORD)
    holding = make.holding(make.title("Reihe"))
    copies = [make.copy(holding).barcode for _ in range(COPIES_A_ROUND)]
    members = [member(make, password_hash) for _ in range(2)]
    make.session.rollback()
    server = start(data, store_url, SETTINGS)
    wait_until_up(server)
    desks = [Desk(server.port, each, copies[n::2]) for n, each in enumerate(members)]
    run_until_killed(server, desks, make.session, after=random.uniform(0.3, 2.0))
    return [loan_id for desk in desks for loan_id in desk.acknowledged]


def loans_and_audited(session: Session) -> tuple[set[int], set[int]]:
    loans = set(session.scalars(select(Loan.id).where(Loan.returned_on.is_(None))))
    entries = select(AuditEntry.subject_id).where(AuditEntry.subject_kind == "loan")
    audited = set(session.scalars(entries))
    session.rollback()
    return loans, audited


def test_no_acknowledged_loan_is_lost_and_none_is_half_there(
    make: Make, session: Session, store_url: str, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    acknowledged: set[int] = set()
    for _ in range(KILLS):
        acknowledged |= set(one_kill(make, data, store_url))
        checked = command(data, store_url, "check")
        assert checked.returncode == 0, checked.stderr
        loans, audited = loans_and_audited(session)
        assert acknowledged <= loans
        assert audited == loans
    assert acknowledged
    with serving(data, store_url, SETTINGS):
        wait_for_the_worker(session)
    verified = command(data, store_url, "index", "verify")
    assert verified.returncode == 0, verified.stderr + verified.stdout
