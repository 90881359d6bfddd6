"""Scans that waited in the browser, over HTTP: by their own time, once, and told when refused."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from catalogue.rules.copy_states import CopyState
from loans.models.desk_session import DeskScan
from loans.models.loan import Loan
from tests.app.desk.scanning import OURS, HttpDesk, text_of
from tests.make import LONG_AGO, MONDAY, Make

pytestmark = pytest.mark.lending("8.7")

CLOCK = datetime(2031, 5, 1, 12, tzinfo=UTC)
"""A browser whose clock is wrong by years."""


def late(counter: HttpDesk, code: str, waited: timedelta, **fields: object) -> str:
    """Send a scan that waited so long."""
    headers = OURS | {"X-Sent-At": CLOCK.isoformat()}
    at = (CLOCK - waited).isoformat()
    return text_of(counter.send("/desk/scan", headers, code=code, at=at, **fields))


def test_a_scan_that_waited_since_friday_counts_from_friday(make: Make, counter: HttpDesk) -> None:
    person, copy = make.person(), make.copy()
    late(counter, person.card, timedelta(days=3))
    text = late(counter, copy.barcode, timedelta(days=3))
    assert "ausgeliehen bis Fr, 4.12." in text
    loan = make.session.scalars(select(Loan)).one()
    assert loan.lent_on == MONDAY - timedelta(days=3)


def test_what_comes_at_once_counts_from_now(make: Make, counter: HttpDesk) -> None:
    late(counter, make.person().card, timedelta(seconds=2))
    row = make.session.scalars(select(DeskScan)).one()
    assert row.scanned_at is None


@pytest.mark.parametrize("waited", [timedelta(days=-3), timedelta(days=8), timedelta(days=9999)])
def test_the_future_and_the_far_past_change_nothing(
    make: Make, counter: HttpDesk, waited: timedelta
) -> None:
    loan = make.loan(lent_on=LONG_AGO)
    barcode = loan.copy.barcode
    text = late(counter, barcode, waited)
    make.session.rollback()
    if waited < timedelta(0):
        assert loan.returned_on == MONDAY
    else:
        assert "bitte neu scannen" in text
        assert loan.returned_on is None


@pytest.mark.parametrize(
    ("at", "sent"),
    [
        ("", CLOCK.isoformat()),
        ("gestern", CLOCK.isoformat()),
        (CLOCK.isoformat(), "morgen"),
        ("0001-01-01T00:00:00+14:00", CLOCK.isoformat()),
        ("9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"),
        ("2026-11-20T09:00:00", CLOCK.isoformat()),
        ("x" * 100, CLOCK.isoformat()),
    ],
)
def test_whatever_a_clock_says_the_desk_goes_on(
    make: Make, counter: HttpDesk, at: str, sent: str
) -> None:
    headers = OURS | {"X-Sent-At": sent}
    answer = counter.send("/desk/scan", headers, code=make.person().card, at=at)
    assert answer.status_code in {200, 422}
    assert 'id="say"' in text_of(answer)


def test_a_scan_sent_again_does_nothing_twice_though_it_waited(
    make: Make, counter: HttpDesk
) -> None:
    copy = make.copy()
    late(counter, make.person().card, timedelta(hours=2))
    texts = [late(counter, copy.barcode, timedelta(hours=2), idem="same") for _ in range(2)]
    assert texts[0].count("ausgeliehen bis") == texts[1].count("ausgeliehen bis") >= 1
    assert len(make.session.scalars(select(Loan)).all()) == 1


def test_what_could_not_be_done_stands_on_the_page_for_it(make: Make, counter: HttpDesk) -> None:
    copy = make.loan(make.copy(make.holding(make.title("Kamera 3")))).copy
    barcode, card = copy.barcode, make.person().card
    counter.scan("CMD-RUECK", barcode, "CMD-AUSLEIHE")
    late(counter, card, timedelta(days=1))
    assert "Nichts geändert" in late(counter, barcode, timedelta(days=1))
    page = counter.page("/desk/offline")
    assert "Kamera 3 wurde am" in page
    make.session.rollback()
    assert copy.state is CopyState.AVAILABLE
