"""Every reason against a booking that lies in person, terms, licence or purpose."""

from dataclasses import replace
from datetime import date

import pytest

from catalogue.rules.licences import LicenceGap
from loans.errors import Refused
from loans.rules.booking_policy import BookingCase, LineCase, Membership, booking_refusals, joined
from loans.rules.codes import DayReason, Refusal
from loans.rules.policy import Limit, LimitKind
from schools.rules.periods import Period

pytestmark = pytest.mark.lending("5.1", "6.1")

DAYS = Period(date(2026, 12, 1), date(2026, 12, 4))
LINE = LineCase(holding_id=7)
FINE = BookingCase(period=DAYS, memberships=(Membership(date(2020, 8, 1)),), lines=(LINE,))


def test_a_member_with_terms_and_a_purpose_may_book() -> None:
    assert booking_refusals(FINE) == ()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param({"memberships": ()}, Refusal.MEMBERSHIP_ENDED, id="no member"),
        pytest.param(
            {"memberships": (Membership(date(2020, 8, 1), date(2026, 12, 3)),)},
            Refusal.MEMBERSHIP_ENDED,
            id="leaves before the last day",
        ),
        pytest.param(
            {"memberships": (Membership(date(2026, 12, 2)),)},
            Refusal.MEMBERSHIP_ENDED,
            id="comes after the first day",
        ),
        pytest.param({"blocked": True}, Refusal.BLOCKED, id="blocked by staff"),
        pytest.param({"overdue_block": True}, Refusal.OVERDUE_BLOCK, id="blocked by reminders"),
        pytest.param({"has_purpose": False}, Refusal.NO_PURPOSE, id="no purpose"),
    ],
)
def test_each_reason_of_the_person_refuses(change: dict[str, object], code: Refusal) -> None:
    case = replace(FINE, **change)  # type: ignore[arg-type]  # fields by name
    assert [refused.code for refused in booking_refusals(case)] == [code]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param({"has_terms": False}, Refusal.NO_TERMS, id="no terms"),
        pytest.param(
            {"licence_gaps": (LicenceGap.AREA,)}, Refusal.LICENCE_AREA, id="licence elsewhere"
        ),
        pytest.param(
            {"licence_gaps": (LicenceGap.NOT_LENDABLE,)}, Refusal.NOT_LENDABLE, id="only to show"
        ),
        pytest.param(
            {"limits": (Limit(LimitKind.CATEGORY, allowed=2, count=2),)},
            Refusal.LIMIT_CATEGORY,
            id="limit of a category",
        ),
    ],
)
def test_each_reason_of_a_line_refuses_and_names_it(
    change: dict[str, object], code: Refusal
) -> None:
    line = replace(LINE, **change)  # type: ignore[arg-type]  # fields by name
    (refused,) = booking_refusals(replace(FINE, lines=(LineCase(holding_id=6), line)))
    assert (refused.code, refused.facts["holding_id"]) == (code, 7)


@pytest.mark.lending("5.5")
def test_what_is_not_offered_any_more_is_the_reason_of_its_line() -> None:
    gone = LineCase(holding_id=6, is_offered=False)
    (refused,) = booking_refusals(replace(FINE, lines=(gone, LINE)))
    assert (refused.code, refused.facts["holding_id"]) == (Refusal.NOT_OFFERED, 6)


def test_what_lies_in_the_place_or_a_limit_of_the_person_is_told_once() -> None:
    closed = (Refused(DayReason.CLOSED, {"day": DAYS.first}),)
    limits = (Limit(LimitKind.PERSON, allowed=2, count=2),)
    lines = tuple(LineCase(holding_id=key, days=closed, limits=limits) for key in (6, 7))
    refused = booking_refusals(replace(FINE, lines=lines))
    assert [each.code for each in refused] == [Refusal.LIMIT_PERSON, DayReason.CLOSED]
    assert all("holding_id" not in each.facts for each in refused)


def test_the_membership_that_ends_last_is_named() -> None:
    ends = (date(2026, 11, 30), date(2026, 12, 2))
    case = replace(FINE, memberships=tuple(Membership(date(2020, 8, 1), last) for last in ends))
    (refused,) = booking_refusals(case)
    assert refused.facts == {"until": date(2026, 12, 2)}


@pytest.mark.lending("2.4")
@pytest.mark.parametrize(
    ("terms", "facts"),
    [
        pytest.param(
            [Membership(date(2027, 2, 1)), Membership(date(2027, 8, 1), date(2028, 7, 31))],
            {"from_day": date(2027, 2, 1)},
            id="the first that begins",
        ),
        pytest.param(
            [
                Membership(date(2020, 8, 1), date(2026, 11, 30)),
                Membership(date(2027, 2, 1), date(2027, 7, 31)),
            ],
            {"until": date(2026, 11, 30)},
            id="the last that ended, not one to come",
        ),
        pytest.param([], {}, id="none at all"),
    ],
)
def test_of_several_memberships_the_nearest_is_named(
    terms: list[Membership], facts: dict[str, date]
) -> None:
    (refused,) = booking_refusals(replace(FINE, memberships=tuple(terms)))
    assert refused.facts == facts


def test_a_licence_that_ends_is_told_once() -> None:
    days = (Refused(DayReason.LICENCE_ENDED, {"day": DAYS.last}),)
    line = replace(LINE, licence_gaps=(LicenceGap.ENDED,), days=days)
    (refused,) = booking_refusals(replace(FINE, lines=(line,)))
    assert refused.code is DayReason.LICENCE_ENDED
    (refused,) = booking_refusals(replace(FINE, lines=(replace(line, days=()),)))
    assert refused.code is Refusal.LICENCE_ENDED


def test_reasons_of_days_come_last() -> None:
    line = replace(LINE, days=(Refused(Refusal.NOT_FREE, {"free": 0}),))
    case = replace(FINE, blocked=True, lines=(line,))
    assert [refused.code for refused in booking_refusals(case)] == [
        Refusal.BLOCKED,
        Refusal.NOT_FREE,
    ]


@pytest.mark.lending("2.4")
@pytest.mark.parametrize(
    ("terms", "one"),
    [
        pytest.param([(1, 10), (11, 20)], [(1, 20)], id="the next day"),
        pytest.param([(11, None), (1, 10)], [(1, None)], id="in any order, without end"),
        pytest.param([(1, 10), (5, 7)], [(1, 10)], id="one within another"),
        pytest.param([(1, None), (5, 7)], [(1, None)], id="one within one without end"),
        pytest.param([(1, 10), (12, 20)], [(1, 10), (12, 20)], id="a day between"),
        pytest.param([], [], id="none"),
    ],
)
def test_terms_without_a_day_between_are_one(
    terms: list[tuple[int, int | None]], one: list[tuple[int, int | None]]
) -> None:
    def members(days: list[tuple[int, int | None]]) -> tuple[Membership, ...]:
        return tuple(
            Membership(date(2026, 12, first), None if last is None else date(2026, 12, last))
            for first, last in days
        )

    assert joined(members(terms)) == members(one)
