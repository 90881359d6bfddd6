"""Who may wait for what: every reason against it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from catalogue.rules.licences import LicenceGap
from loans.errors import Refused
from loans.rules.booking_policy import Membership
from loans.rules.codes import DayReason, HoldRefusal, Refusal
from loans.rules.hold_policy import HoldCase, hold_refusals
from schools.rules.periods import Period

TODAY = date(2026, 11, 23)
LATER = Period(TODAY + timedelta(days=14), TODAY + timedelta(days=18))

FINE = HoldCase(
    today=TODAY,
    period=None,
    not_after=None,
    wanted=1,
    free=0,
    copies=1,
    has_copy=False,
    waits=False,
    memberships=(Membership(date(2020, 8, 1)),),
    has_terms=True,
)


@pytest.mark.lending("7.1")
@pytest.mark.parametrize(
    ("case", "codes"),
    [
        pytest.param(FINE, [], id="nothing is free"),
        pytest.param(replace(FINE, free=-1), [], id="overbooked"),
        pytest.param(replace(FINE, free=1), [HoldRefusal.FREE_NOW], id="one is free now"),
        pytest.param(replace(FINE, free=1, wanted=2), [], id="fewer are free than wanted"),
        pytest.param(replace(FINE, has_copy=True), [HoldRefusal.HAVE_IT], id="renew what one has"),
        pytest.param(
            replace(FINE, waits=True), [HoldRefusal.WAITS_ALREADY], id="one hold a title"
        ),
        pytest.param(
            replace(FINE, copies=0, free=0),
            [HoldRefusal.NOTHING_TO_WAIT_FOR],
            id="no copy can come back",
        ),
        pytest.param(replace(FINE, has_terms=False), [Refusal.NO_TERMS], id="no terms"),
        pytest.param(
            replace(FINE, licence_gaps=(LicenceGap.AREA,)),
            [Refusal.LICENCE_AREA],
            id="the licence is for others",
        ),
        pytest.param(
            replace(FINE, memberships=(Membership(TODAY + timedelta(days=1)),)),
            [Refusal.MEMBERSHIP_ENDED],
            id="no member today",
        ),
        pytest.param(
            replace(FINE, blocked=True, overdue_block=True),
            [Refusal.BLOCKED, Refusal.OVERDUE_BLOCK],
            id="every reason is told",
        ),
        pytest.param(
            replace(FINE, not_after=TODAY - timedelta(days=1)),
            [DayReason.PAST],
            id="not needed since yesterday",
        ),
        pytest.param(replace(FINE, not_after=TODAY), [], id="needed until today"),
        pytest.param(replace(FINE, period=LATER), [], id="for days ahead"),
        pytest.param(
            replace(FINE, period=Period(TODAY, LATER.last)),
            [HoldRefusal.BEGINS_TODAY],
            id="for days that begin today",
        ),
        pytest.param(
            replace(FINE, period=LATER, days=(Refused(DayReason.CLOSED),)),
            [DayReason.CLOSED],
            id="for days on which nothing begins",
        ),
    ],
)
def test_somebody_wants_to_wait(case: HoldCase, codes: list[object]) -> None:
    assert [refused.code for refused in hold_refusals(case)] == codes
