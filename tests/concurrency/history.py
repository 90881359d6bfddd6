"""What happened when, as the clients saw it: each act with the moments of its asking and answer.

The moments are those of the machine's monotonic clock, the same in every process. An act took
effect at some moment between the two; the checks take nothing for granted but that.
"""

import bisect
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise


class Act(StrEnum):
    """What a client asked for."""

    BOOK = "book"
    CANCEL = "cancel"
    LEND = "lend"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class Event:
    """One act of one client.

    Attributes:
        act: what was asked for.
        thing: of BOOK the holding, of LEND and RETURN the copy, of CANCEL the booking.
        asked: seconds; the answer came at `answered`.
        status: of the answer; `codes` are those of a refusal.
        number: of the booking made or cancelled.
        first: of BOOK, with `last`: the days wished for.
    """

    act: Act
    thing: str
    asked: float
    answered: float
    status: int
    codes: tuple[str, ...] = ()
    number: str = ""
    first: date = date.min
    last: date = date.min

    @property
    def done(self) -> bool:
        """Whether it was granted."""
        return self.status in {200, 201} and not self.codes


@dataclass(frozen=True, slots=True)
class Life:
    """When something was, or may have been, in force.

    Attributes:
        may_begin: the earliest moment.
        surely_from: from here on it was.
        surely_until: until here it was; infinite if it never ended.
        may_end: the latest moment.
        first: days it is for, with `last`.
    """

    may_begin: float
    surely_from: float
    surely_until: float
    may_end: float
    first: date = date.min
    last: date = date.min


FOREVER = float("inf")


def bookings(events: Iterable[Event]) -> dict[str, list[Life]]:
    """Return the lives of all bookings by holding, those asked for first on top."""
    events = list(events)
    ends = {event.number: event for event in events if event.act is Act.CANCEL and event.done}
    lives: dict[str, list[Life]] = defaultdict(list)
    for event in events:
        if event.act is Act.BOOK and event.done:
            end = ends.get(event.number)
            lives[event.thing].append(
                Life(
                    event.asked,
                    event.answered,
                    FOREVER if end is None else end.asked,
                    FOREVER if end is None else end.answered,
                    event.first,
                    event.last,
                )
            )
    for each in lives.values():
        each.sort(key=lambda life: life.may_begin)
    return lives


def loans(events: Iterable[Event]) -> dict[str, list[Life]]:
    """Return the lives of all loans by copy; nobody lends a copy twice before returning it."""
    by_copy: dict[str, list[Life]] = defaultdict(list)
    returns: dict[str, list[Event]] = defaultdict(list)
    ordered = sorted(events, key=lambda event: event.asked)
    for event in ordered:
        if event.act is Act.RETURN and event.done:
            returns[event.number].append(event)
    for event in ordered:
        if event.act is Act.LEND and event.done:
            left = [each for each in returns[event.number] if each.asked >= event.answered]
            end = left[0] if left else None
            by_copy[event.thing].append(
                Life(
                    event.asked,
                    event.answered,
                    FOREVER if end is None else end.asked,
                    FOREVER if end is None else end.answered,
                )
            )
    return by_copy


def overlaps(lives: Sequence[Life]) -> list[tuple[Life, Life]]:
    """Return pairs that surely held at the same moment; of one copy there may be none."""
    ordered = sorted(lives, key=lambda life: life.surely_from)
    return [
        (one, other) for one, other in pairwise(ordered) if other.surely_from < one.surely_until
    ]


def false_refusals(
    events: Iterable[Event], lives: dict[str, list[Life]], capacity: dict[str, int]
) -> list[Event]:
    """Return bookings refused although at no moment of their asking so much could be taken.

    All that may have been in force while it was asked for is counted: if even then a copy was
    free on every day, the refusal was false.
    """
    refused: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.act is Act.BOOK and "NOT_FREE" in event.codes:
            refused[event.thing].append(event)
    return [
        event
        for thing, some in refused.items()
        for event in _false(some, lives.get(thing, []), capacity[thing])
    ]


def _false(refused: list[Event], lives: list[Life], capacity: int) -> Iterable[Event]:
    begins = [life.may_begin for life in lives]
    alive: list[Life] = []
    taken = 0
    for event in sorted(refused, key=lambda event: event.asked):
        upto = bisect.bisect_left(begins, event.answered)
        alive += lives[taken:upto]
        taken = max(taken, upto)
        alive = [life for life in alive if life.may_end >= event.asked]
        near = [
            life
            for life in alive
            if life.may_begin < event.answered
            and life.first <= event.last
            and life.last >= event.first
        ]
        days = range(event.first.toordinal(), event.last.toordinal() + 1)
        if all(_on(near, day) < capacity for day in days):
            yield event


def _on(lives: Iterable[Life], day: int) -> int:
    return sum(life.first.toordinal() <= day <= life.last.toordinal() for life in lives)


def false_loan_refusals(events: Iterable[Event], lives: dict[str, list[Life]]) -> list[Event]:
    """Return copies refused as on loan though nobody can have had them meanwhile."""
    return [
        event
        for event in events
        if event.act is Act.LEND
        and "ON_LOAN" in event.codes
        and not any(
            life.may_begin < event.answered and life.may_end > event.asked
            for life in lives.get(event.thing, [])
        )
    ]
