"""A crowd of clients in several processes that all do the same thing at the same moment."""

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.synchronize import Barrier
from typing import Any

from tests.serving import Answer, Client

PROCESSES = 4
WAIT_SECONDS = 60


@dataclass(frozen=True)
class Member:
    """Somebody in the crowd: a name to sign in with, and what they do first, before all races."""

    name: str
    password: str
    warm_up: tuple[tuple[str, dict[str, str]], ...] = ()


@dataclass(frozen=True)
class Round:
    """One race: everybody posts to the same address; `own` adds fields by the member's place."""

    path: str
    fields: dict[str, str]
    own: dict[int, dict[str, str]] = field(default_factory=dict)


Told = tuple[int, Any]
"""Status and JSON of an answer."""


def race(port: int, members: Sequence[Member], rounds: Sequence[Round]) -> list[list[Told]]:
    """Let everybody run every round at once.

    Returns:
        For each round the answers, in the order of the members.
    """
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(len(members))
    shares = [
        [(place, member) for place, member in enumerate(members) if place % PROCESSES == part]
        for part in range(PROCESSES)
    ]
    with context.Manager() as manager:
        told: Any = manager.dict()
        crews = [
            context.Process(target=_run_share, args=(port, share, list(rounds), barrier, told))
            for share in shares
            if share
        ]
        for crew in crews:
            crew.start()
        for crew in crews:
            crew.join()
        assert all(crew.exitcode == 0 for crew in crews), "a crew of clients broke off"
        return [
            [told[place][number] for place in range(len(members))] for number in range(len(rounds))
        ]


def _run_share(
    port: int,
    share: list[tuple[int, Member]],
    rounds: list[Round],
    barrier: Barrier,
    told: Any,
) -> None:
    def run(entry: tuple[int, Member]) -> None:
        place, member = entry
        try:
            told[place] = _run(port, place, member, rounds, barrier)
        except BaseException:
            barrier.abort()
            raise

    try:
        with ThreadPoolExecutor(len(share)) as threads:
            list(threads.map(run, share))
    except BaseException:
        os.write(2, b"")
        raise


def _run(
    port: int, place: int, member: Member, rounds: list[Round], barrier: Barrier
) -> list[Told]:
    client = Client(port)
    client.sign_in(member.name, member.password)
    for path, fields in member.warm_up:
        answer = client.post(path, fields)
        assert answer.status < 300, (path, answer.status, answer.text[:500])
    answers = []
    for each in rounds:
        barrier.wait(WAIT_SECONDS)
        answer = client.post(each.path, each.fields | each.own.get(place, {}))
        answers.append((answer.status, _json(answer)))
    return answers


def _json(answer: Answer) -> Any:
    kind = answer.headers.get("Content-Type", "")
    return answer.json if kind.startswith("application/json") else answer.text[:500]


def everybody(count: int, member: Callable[[int], Member]) -> list[Member]:
    """Make so many members."""
    return [member(number) for number in range(count)]
