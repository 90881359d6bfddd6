"""Many book, cancel, lend and take back the same few things for a while; the history must fit.

Nothing is booked or lent twice, nothing that was answered is lost, nobody is refused what was
free, and nobody ever sees the store's own troubles.
"""

import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.passwords import hash_password
from loans.models.booking import Booking, BookingLine
from loans.models.loan import Loan
from loans.queries.invariants import breaches
from loans.rules.booking_states import BookingState
from schools.rules.roles import Role
from tests.concurrency.history import (
    Act,
    Event,
    bookings,
    false_loan_refusals,
    false_refusals,
    loans,
    overlaps,
)
from tests.effort import times
from tests.make import MONDAY, Make
from tests.serving import COMMAND, Answer, Client, Server, serving

pytestmark = [pytest.mark.both_stores, pytest.mark.slow, pytest.mark.xdist_group("crowds")]

PROCESSES, THREADS = 8, 4
CLIENTS = PROCESSES * THREADS
ATTEMPTS = times(ci=1_000, soak=500_000)
"""On each of the two databases."""

DESKS_AMONG = 4
"""Every so many clients one stands at a desk; the others book."""

HOLDINGS, COPIES_EACH = 2, 2
HOT_COPIES = 4
DAYS_AHEAD, LONGEST = 9, 3
STEPS, TRIES = 6, 8
WAIT_SECONDS = 60
PASSWORD = "zwei-und-dreissig Leute"
UNLOCKED = [sys.executable, "-m", "tests.concurrency.unlocked"]
TROUBLES = frozenset({500, 502, 503, 504})


@dataclass(frozen=True)
class Stage:
    """What the clients fight for, and who they are."""

    teachers: tuple[str, ...]
    desks: tuple[tuple[str, str], ...]
    holdings: dict[str, int]
    copies: tuple[str, ...]
    place: int
    days: tuple[date, ...]


@contextmanager
def served(store_url: str, folder: Path, *, locked: bool = True) -> Iterator[Server]:
    data = folder / "data"
    data.mkdir(mode=0o700, exist_ok=True)
    settings = {"today": MONDAY.isoformat(), "processes": "2", "threads": "16"}
    with serving(data, store_url, settings, [str(COMMAND)] if locked else UNLOCKED) as server:
        yield server


@pytest.fixture
def stage(make: Make) -> Stage:
    password_hash = hash_password(PASSWORD)
    desks = CLIENTS // DESKS_AMONG
    holdings = [make.holding(make.title(f"Film {n}"), copies=COPIES_EACH) for n in range(HOLDINGS)]
    hot = [make.copy(make.holding(make.title(f"Kamera {n}"))) for n in range(HOT_COPIES)]
    ahead = (MONDAY + timedelta(days=n) for n in range(1, DAYS_AHEAD + 1))
    return Stage(
        teachers=tuple(
            make.account(password_hash=password_hash).name for _ in range(CLIENTS - desks)
        ),
        desks=tuple(
            (make.account(Role.STAFF, password_hash=password_hash).name, make.person().card)
            for _ in range(desks)
        ),
        holdings={str(holding.id): COPIES_EACH for holding in holdings},
        copies=tuple(copy.barcode for copy in hot),
        place=make.place().id,
        days=tuple(day for day in ahead if day.weekday() < 5),
    )


def test_a_history_of_bookings_and_loans_fits(
    stage: Stage, session: Session, store_url: str, tmp_path: Path
) -> None:
    session.close()
    with served(store_url, tmp_path) as server:
        events = history(server.port, stage)
    assert len(events) >= ATTEMPTS
    assert [event for event in events if event.status in TROUBLES] == [], server.log.read_text()[
        -3000:
    ]
    assert {code for event in events for code in event.codes} <= {"NOT_FREE", "ON_LOAN"}
    booked, lent = bookings(events), loans(events)
    assert false_refusals(events, booked, stage.holdings) == []
    assert false_loan_refusals(events, lent) == []
    assert {copy: pairs for copy, lives in lent.items() if (pairs := overlaps(lives))} == {}
    assert overbooked(session, stage) == {}
    assert lost(session, events) == []
    assert breaches(session) == []


def test_without_locks_the_same_history_does_not_fit(
    stage: Stage, session: Session, store_url: str, tmp_path: Path
) -> None:
    """The negative control: were it green, the history above would prove nothing."""
    session.close()
    with served(store_url, tmp_path, locked=False) as server:
        assert any(_goes_wrong(session, stage, server.port) for _ in range(TRIES))


def _goes_wrong(session: Session, stage: Stage, port: int) -> bool:
    events = history(port, stage, attempts=STEPS * CLIENTS, in_step=True)
    session.rollback()
    troubles = [event for event in events if event.status in TROUBLES]
    return bool(overbooked(session, stage) or breaches(session) or troubles)


def overbooked(session: Session, stage: Stage) -> dict[tuple[str, date], int]:
    """Days of a holding on which more is booked than there is."""
    rows = session.execute(
        select(BookingLine.holding_id, Booking.first, Booking.last, BookingLine.quantity)
        .join(Booking, Booking.id == BookingLine.booking_id)
        .where(Booking.state == BookingState.CONFIRMED)
    )
    taken: Counter[tuple[str, date]] = Counter()
    for holding_id, first, last, quantity in rows:
        for ordinal in range(first.toordinal(), last.toordinal() + 1):
            taken[str(holding_id), date.fromordinal(ordinal)] += quantity
    return {key: count for key, count in taken.items() if count > stage.holdings[key[0]]}


def lost(session: Session, events: Sequence[Event]) -> list[str]:
    """Bookings and loans that were answered but are not in the store as answered."""
    states = dict(session.execute(select(Booking.number, Booking.state)).all())
    cancelled = {each.number for each in events if each.act is Act.CANCEL and each.done}
    made = {each.number for each in events if each.act is Act.BOOK and each.done}
    wrong = [
        number
        for number in made
        if states.get(number)
        is not (BookingState.CANCELLED if number in cancelled else BookingState.CONFIRMED)
    ]
    lent = sum(each.act is Act.LEND and each.done for each in events)
    stored = len(session.scalars(select(Loan.id)).all())
    return wrong + ([f"{lent} loans answered, {stored} stored"] if lent != stored else [])


def history(
    port: int, stage: Stage, attempts: int = ATTEMPTS, *, in_step: bool = False
) -> list[Event]:
    """Let every client act for a while, `in_step` all at once; returns what each saw."""
    context = multiprocessing.get_context("fork")
    each = -(-attempts // CLIENTS)
    barrier = context.Barrier(CLIENTS) if in_step else None
    pipes, crews = [], []
    for part in range(PROCESSES):
        ours, theirs = context.Pipe(duplex=False)
        turns = Turns(each, barrier)
        crew = context.Process(target=_run_crew, args=(port, stage, part, turns, theirs))
        crew.start()
        pipes.append(ours)
        crews.append(crew)
    events = [event for pipe in pipes for event in pipe.recv()]
    for crew in crews:
        crew.join()
    return events


@dataclass(frozen=True)
class Turns:
    """How often a client acts; with a barrier, nobody begins a turn before everybody can."""

    number: int
    barrier: Barrier | None

    def __iter__(self) -> Iterator[int]:  # noqa: D105  # one after the other
        for turn in range(self.number):
            if self.barrier is not None:
                self.barrier.wait(WAIT_SECONDS)
            yield turn


def _run_crew(port: int, stage: Stage, part: int, turns: Turns, told: Connection) -> None:
    def run(thread: int) -> list[Event]:
        place = part * THREADS + thread
        at_desk = place % DESKS_AMONG == 0
        client = Client(port)
        if at_desk:
            name, card = stage.desks[place // DESKS_AMONG]
            client.sign_in(name, PASSWORD)
            client.post("/desk/scan", {"code": card})
            return list(_serve(client, stage, Random(place), turns, card))
        client.sign_in(stage.teachers[place - place // DESKS_AMONG - 1], PASSWORD)
        return list(_book(client, stage, Random(place), turns))

    with ThreadPoolExecutor(THREADS) as threads:
        told.send([event for events in threads.map(run, range(THREADS)) for event in events])


def _book(client: Client, stage: Stage, luck: Random, turns: Turns) -> Iterator[Event]:
    """Book and cancel at random, but for the same days as everybody at about the same moment."""
    own: list[str] = []
    for turn in turns:
        if own and luck.random() < 0.45:
            number = own.pop(luck.randrange(len(own)))
            asked, answer, answered = _timed(client, f"/bookings/{number}/cancel", {})
            yield Event(Act.CANCEL, number, asked, answered, answer.status, number=number)
            continue
        common = Random(turn)
        holding = common.choice(tuple(stage.holdings))
        begin = common.randrange(len(stage.days))
        first = stage.days[begin]
        last = stage.days[min(len(stage.days) - 1, begin + luck.randrange(LONGEST))]
        fields = {"holding": holding, "from": str(first), "until": str(last), "quantity": "1"}
        wish = fields | {"reason": "preview", "place": str(stage.place)}
        asked, answer, answered = _timed(client, "/bookings", wish)
        said: dict[str, Any] = answer.json if answer.status in {201, 409} else {}
        number, codes = said.get("number", ""), _codes(said)
        if answer.status == 201:
            own.append(number)
        yield Event(Act.BOOK, holding, asked, answered, answer.status, codes, number, first, last)


def _serve(client: Client, stage: Stage, luck: Random, turns: Turns, card: str) -> Iterator[Event]:
    """Lend to the same person and take back at random."""
    held: list[str] = []
    for _ in turns:
        returns = bool(held) and luck.random() < 0.5
        client.post("/desk/scan", {"code": "CMD-RETURN" if returns else "CMD-LEND"})
        others = [each for each in stage.copies if each not in held]
        if returns or not others:
            code = held.pop(luck.randrange(len(held)))
            client.post("/desk/scan", {"code": "CMD-RETURN"})
            asked, answer, answered = _timed(client, "/desk/scan", {"code": code})
            yield Event(Act.RETURN, code, asked, answered, answer.status, number=card + code)
            continue
        code = luck.choice(others)
        asked, answer, answered = _timed(client, "/desk/scan", {"code": code})
        codes = _codes(answer.json) if answer.status in {200, 409} else ()
        if answer.status == 200 and not codes:
            held.append(code)
        yield Event(Act.LEND, code, asked, answered, answer.status, codes, number=card + code)


def _codes(said: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(each["code"]) for each in said.get("refusals", ()))


def _timed(client: Client, path: str, fields: dict[str, str]) -> tuple[float, Answer, float]:
    asked = time.monotonic()
    answer = client.post(path, fields)
    return asked, answer, time.monotonic()
