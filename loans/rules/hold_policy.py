"""Whether somebody may wait for a title: every reason against it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from catalogue.rules.licences import LicenceGap
from loans.errors import Refused
from loans.rules.booking_policy import LICENCE_CODES, Membership
from loans.rules.codes import DayReason, HoldRefusal, Refusal
from schools.rules.periods import Period


@dataclass(frozen=True, slots=True)
class HoldCase:
    """All that the decision looks at, as read under the locks of holding and person.

    Attributes:
        today: the day of the wish.
        period: the days it is for; None for as soon as possible.
        not_after: the last day on which it is of use; None without end.
        wanted: how many pieces were looked for.
        free: how many are free today, or in the period; signed.
        copies: copies that can come back some day.
        has_copy: the person has borrowed a copy of the title.
        waits: the person waits for the title already.
        memberships: of the person in the institution.
        has_terms: the effective terms have a loan period.
        blocked: by staff, with `block_reason`.
        block_reason: their words.
        overdue_block: a reminder reached the level that blocks.
        licence_gaps: what the licences leave open.
        days: what stands against first and last day of the period.
    """

    today: date
    period: Period | None
    not_after: date | None
    wanted: int
    free: int
    copies: int
    has_copy: bool
    waits: bool
    memberships: tuple[Membership, ...]
    has_terms: bool
    blocked: bool = False
    block_reason: str = ""
    overdue_block: bool = False
    licence_gaps: tuple[LicenceGap, ...] = ()
    days: tuple[Refused, ...] = ()


def hold_refusals(case: HoldCase) -> tuple[Refused, ...]:
    """Return every reason against waiting for a title; empty if one may.

    Source:
        docs/rules.md, Lending 7.1.
    """
    return (*_about_the_title(case), *_about_the_person(case), *_about_the_days(case))


def _about_the_title(case: HoldCase) -> Iterator[Refused]:
    if case.has_copy:
        yield Refused(HoldRefusal.HAVE_IT)
    if case.waits:
        yield Refused(HoldRefusal.WAITS_ALREADY)
    if case.copies < 1:
        yield Refused(HoldRefusal.NOTHING_TO_WAIT_FOR)
    elif case.free >= case.wanted:
        yield Refused(HoldRefusal.FREE_NOW, {"free": case.free})
    if not case.has_terms:
        yield Refused(Refusal.NO_TERMS)
    yield from (Refused(LICENCE_CODES[gap]) for gap in case.licence_gaps)


def _about_the_person(case: HoldCase) -> Iterator[Refused]:
    today = Period(case.today, case.today)
    if not any(each.covers(today) for each in case.memberships):
        yield Refused(Refusal.MEMBERSHIP_ENDED)
    if case.blocked:
        yield Refused(Refusal.BLOCKED, {"reason": case.block_reason})
    if case.overdue_block:
        yield Refused(Refusal.OVERDUE_BLOCK)


def _about_the_days(case: HoldCase) -> Iterator[Refused]:
    if case.not_after is not None and case.not_after < case.today:
        yield Refused(DayReason.PAST)
    if case.period is not None and case.period.first == case.today:
        yield Refused(HoldRefusal.BEGINS_TODAY)
    yield from case.days
