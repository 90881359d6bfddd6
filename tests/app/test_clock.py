"""The running server at hours when clocks go wrong: a due date is a calendar day at the centre.

The clock of the whole process is set by libfaketime; nothing in the application is replaced.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.passwords import hash_password
from app.today import HOUSE_TIME
from loans.models.loan import Loan
from schools.rules.roles import Role
from tests.conftest import leave_out
from tests.make import Make
from tests.serving import Client, Server, serving

pytestmark = [pytest.mark.slow, pytest.mark.lending("1.1", "1.6")]

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
PASSWORD = "Uhren gehen manchmal nach"
LOAN_DAYS = 14

HOURS = {
    "just before the spring change": datetime(2027, 3, 28, 1, 50, tzinfo=HOUSE_TIME),
    "just after the spring change": datetime(2027, 3, 28, 3, 1, tzinfo=HOUSE_TIME),
    "the hour that comes twice": datetime(2027, 10, 31, 2, 30, tzinfo=HOUSE_TIME),
    "the same hour again": datetime(2027, 10, 31, 2, 30, tzinfo=HOUSE_TIME, fold=1),
    "the end of 29 February": datetime(2028, 2, 29, 23, 50, tzinfo=HOUSE_TIME),
    "the last minutes of the year": datetime(2026, 12, 31, 23, 50, tzinfo=HOUSE_TIME),
    "the first minute of the year": datetime(2027, 1, 1, 0, 1, tzinfo=HOUSE_TIME),
}


@contextmanager
def served_at(
    instant: datetime, store_url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Server]:
    """A server whose clock starts at an instant and goes on from there."""
    if not LIBRARIES:
        leave_out("faketime", "libfaketime is not installed (apt install libfaketime)")
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("LD_PRELOAD", str(LIBRARIES[0]))
    monkeypatch.setenv("FAKETIME", f"@{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S}")
    folder.mkdir(mode=0o700)
    with serving(folder, store_url) as server:
        yield server


def open_day_from(day: date) -> date:
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day


@pytest.mark.parametrize("hour", HOURS)
def test_a_loan_is_due_the_same_calendar_day_whatever_the_hour(
    make: Make, store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hour: str
) -> None:
    instant, session = HOURS[hour], make.session
    staff = make.account(Role.STAFF, password_hash=hash_password(PASSWORD)).name
    card, barcode = make.person().card, make.copy().barcode
    session.close()
    # The variables reach the server alone: this process has started already.
    with served_at(instant, store_url, tmp_path / "data", monkeypatch) as server:
        desk = Client(server.port)
        desk.sign_in(staff, PASSWORD)
        for code in (card, barcode):
            answer = desk.post("/desk/scan", {"code": code})
            assert answer.status == 200, answer.text
    loan = session.scalars(select(Loan)).one()
    assert loan.lent_on == instant.date()
    assert loan.due_on == open_day_from(instant.date() + timedelta(days=LOAN_DAYS))
