"""Renewals: the new date, and every reason against it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loans.rules.calendar import OpeningCalendar
from loans.rules.codes import RenewalRefusal
from loans.rules.due_dates import ClosedDayRule, Days, LoanPeriod
from loans.rules.renewals import OverduePolicy, RenewalCase, renew
from loans.rules.terms import UNLIMITED
from tests.effort import times
from tests.loans.rules.calendars import EVERY_DAY, SPRING_2027

pytestmark = pytest.mark.lending("9.1", "9.2")

TODAY = date(2027, 5, 3)
IN_TEN_DAYS = TODAY + timedelta(days=10)
TWO_DAYS_AGO = TODAY - timedelta(days=2)
FINE = RenewalCase(
    today=TODAY,
    due_on=IN_TEN_DAYS,
    period=LoanPeriod(7),
    days=Days(EVERY_DAY),
    renewals=0,
    allowed=2,
    window=UNLIMITED,
    free_until=date(2028, 1, 1),
)


@pytest.mark.parametrize(
    ("case", "due"),
    [
        pytest.param(FINE, TODAY + timedelta(days=17), id="from the due date"),
        pytest.param(
            replace(FINE, due_on=TWO_DAYS_AGO, policy=OverduePolicy.IGNORE),
            TODAY + timedelta(days=7),
            id="from today when overdue",
        ),
        pytest.param(
            replace(FINE, due_on=date(2027, 5, 10), days=Days(SPRING_2027)),
            date(2027, 5, 18),
            id="rolled off the holiday",
        ),
        pytest.param(
            replace(FINE, member_until=date(2027, 5, 15)),
            date(2027, 5, 15),
            id="shortened by the membership",
        ),
        pytest.param(
            replace(FINE, licensed_until=date(2027, 5, 14), member_until=date(2027, 5, 15)),
            date(2027, 5, 14),
            id="shortened by the licence",
        ),
        pytest.param(replace(FINE, waiting=2, others=2), date(2027, 5, 20), id="others serve"),
        pytest.param(replace(FINE, window=10), date(2027, 5, 20), id="within the window"),
    ],
)
def test_the_new_date(case: RenewalCase, due: date) -> None:
    assert renew(case).due_on == due


@pytest.mark.parametrize(
    ("case", "code"),
    [
        pytest.param(replace(FINE, renewals=2), RenewalRefusal.RENEWAL_LIMIT, id="limit reached"),
        pytest.param(
            replace(FINE, period=LoanPeriod(0)), RenewalRefusal.RENEWAL_LIMIT, id="no period"
        ),
        pytest.param(
            replace(FINE, waiting=2, others=1), RenewalRefusal.WAITED_FOR, id="somebody waits"
        ),
        pytest.param(replace(FINE, blocked=True), RenewalRefusal.BLOCKED, id="blocked"),
        pytest.param(replace(FINE, due_on=TWO_DAYS_AGO), RenewalRefusal.OVERDUE, id="overdue"),
        pytest.param(replace(FINE, window=9), RenewalRefusal.TOO_EARLY, id="before the window"),
        pytest.param(
            replace(FINE, licensed_until=IN_TEN_DAYS),
            RenewalRefusal.LICENCE_ENDS,
            id="the licence ends with the loan",
        ),
        pytest.param(
            replace(FINE, member_until=TODAY),
            RenewalRefusal.MEMBERSHIP_ENDS,
            id="the membership ends before the loan",
        ),
        pytest.param(replace(FINE, free_until=None), RenewalRefusal.BOOKED, id="booked at once"),
    ],
)
def test_one_reason_against_it(case: RenewalCase, code: RenewalRefusal) -> None:
    answer = renew(case)
    assert answer.due_on is None
    assert [refused.code for refused in answer.refused] == [code]


@pytest.mark.parametrize(
    ("policy", "this_refused", "another_refused"),
    [
        pytest.param(OverduePolicy.IGNORE, False, False, id="ignore: both go"),
        pytest.param(OverduePolicy.ONLY_THAT, True, False, id="only that: the other goes"),
        pytest.param(OverduePolicy.ALL, True, True, id="all: neither goes"),
    ],
)
def test_what_an_overdue_loan_does(
    policy: OverduePolicy, *, this_refused: bool, another_refused: bool
) -> None:
    overdue = replace(FINE, due_on=TWO_DAYS_AGO, policy=policy)
    another = replace(FINE, policy=policy, has_other_overdue=True)
    assert bool(renew(overdue).refused) is this_refused
    assert bool(renew(another).refused) is another_refused


@pytest.mark.parametrize(
    ("due_on", "chosen", "refused"),
    [
        pytest.param(IN_TEN_DAYS, IN_TEN_DAYS, True, id="the same day is not later"),
        pytest.param(TWO_DAYS_AGO, TODAY - timedelta(days=1), True, id="later, but overdue still"),
        pytest.param(IN_TEN_DAYS, TODAY + timedelta(days=11), False, id="a day later"),
    ],
)
def test_a_chosen_date_must_be_later(due_on: date, chosen: date, *, refused: bool) -> None:
    case = replace(FINE, due_on=due_on, chosen=chosen, policy=OverduePolicy.IGNORE)
    codes = [refusal.code for refusal in renew(case).refused]
    assert codes == ([RenewalRefusal.NOT_LATER] if refused else [])


def test_what_is_booked_says_until_when_it_could_be_kept() -> None:
    until = IN_TEN_DAYS + timedelta(days=3)
    (refused,) = renew(replace(FINE, free_until=until)).refused
    assert (refused.code, refused.facts["until"]) == (RenewalRefusal.BOOKED, until)


MAY = Days(SPRING_2027)
"""Saturday 15 May is closed."""


@pytest.mark.parametrize(
    ("case", "facts"),
    [
        pytest.param(
            replace(FINE, due_on=date(2027, 5, 14), licensed_until=date(2027, 5, 15), days=MAY),
            {"until": date(2027, 5, 15)},
            id="the licence ends on a closed day",
        ),
        pytest.param(
            replace(FINE, due_on=date(2027, 5, 14), member_until=date(2027, 5, 15), days=MAY),
            {"until": date(2027, 5, 15)},
            id="the membership ends on a closed day",
        ),
        pytest.param(
            replace(FINE, licensed_until=IN_TEN_DAYS - timedelta(days=1)),
            {},
            id="on the due day there is no licence any more",
        ),
        pytest.param(
            replace(FINE, member_until=TODAY - timedelta(days=1)),
            {},
            id="there is no membership any more",
        ),
        pytest.param(
            replace(FINE, period=LoanPeriod(0)), {"never": "never"}, id="never, however often"
        ),
        pytest.param(replace(FINE, renewals=2), {"limit": 2}, id="often enough"),
    ],
)
def test_a_reason_names_only_what_is_so(case: RenewalCase, facts: dict[str, object]) -> None:
    (refused,) = renew(case).refused
    assert refused.facts == facts


def test_every_reason_is_given_at_once() -> None:
    case = replace(FINE, renewals=2, waiting=1, blocked=True, window=3, free_until=None)
    assert [refused.code for refused in renew(case).refused] == [
        RenewalRefusal.RENEWAL_LIMIT,
        RenewalRefusal.WAITED_FOR,
        RenewalRefusal.BLOCKED,
        RenewalRefusal.TOO_EARLY,
        RenewalRefusal.BOOKED,
    ]


@settings(max_examples=times(ci=100, soak=3000), deadline=None)
@given(
    st.integers(-20, 20),
    st.integers(0, 30),
    st.one_of(st.none(), st.integers(-5, 60)),
    st.one_of(st.none(), st.integers(-5, 60)),
)
def test_a_renewal_is_always_later_and_within_every_end(
    due: int, length: int, licence: int | None, free: int | None
) -> None:
    case = replace(
        FINE,
        due_on=TODAY + timedelta(days=due),
        period=LoanPeriod(length),
        days=Days(SPRING_2027),
        licensed_until=None if licence is None else TODAY + timedelta(days=licence),
        free_until=None if free is None else TODAY + timedelta(days=free),
    )
    answer = renew(case)
    assert (answer.due_on is None) is bool(answer.refused)
    if answer.due_on is not None:
        assert answer.due_on > max(case.due_on, TODAY)
        assert case.licensed_until is None or answer.due_on <= case.licensed_until
        assert case.free_until is not None
        assert answer.due_on <= case.free_until


@pytest.mark.lending("1.4")
def test_without_an_open_day_it_says_so_beside_the_other_reasons() -> None:
    closed = OpeningCalendar(weekdays=frozenset())
    answer = renew(replace(FINE, renewals=2, days=Days(closed)))
    assert (answer.due_on, answer.would_be) == (None, None)
    assert [refused.code for refused in answer.refused] == [
        RenewalRefusal.RENEWAL_LIMIT,
        RenewalRefusal.NO_OPEN_DAY,
    ]
    assert answer.refused[-1].facts == {"day": date(2027, 5, 20)}


@pytest.mark.lending("10.3")
def test_what_is_called_back_is_not_kept_on() -> None:
    (refused,) = renew(replace(FINE, recalled=True)).refused
    assert (refused.code, refused.facts) == (RenewalRefusal.RECALLED, {"until": IN_TEN_DAYS})


@pytest.mark.parametrize(
    ("free_until", "period", "until"),
    [
        pytest.param(date(2027, 5, 23), LoanPeriod(14), date(2027, 5, 21), id="back to Friday"),
        pytest.param(
            date(2027, 5, 23),
            LoanPeriod(14, closed_day_rule=ClosedDayRule.KEEP),
            date(2027, 5, 23),
            id="kept where closed days are kept",
        ),
        pytest.param(date(2027, 5, 17), LoanPeriod(14), None, id="no open day after the due date"),
    ],
)
def test_until_when_it_could_be_kept_is_a_day_staff_can_choose(
    free_until: date, period: LoanPeriod, until: date | None
) -> None:
    friday = date(2027, 5, 14)
    case = replace(FINE, due_on=friday, days=Days(SPRING_2027), period=period)
    (refused,) = renew(replace(case, free_until=free_until)).refused
    assert refused.code is RenewalRefusal.BOOKED
    assert refused.facts.get("until") == until


@pytest.mark.parametrize(
    ("case", "codes", "would_be"),
    [
        pytest.param(FINE, [], date(2027, 5, 20), id="the whole period"),
        pytest.param(
            replace(FINE, licensed_until=date(2027, 5, 18)),
            [],
            date(2027, 5, 18),
            id="within the licence",
        ),
        pytest.param(
            replace(FINE, licensed_until=IN_TEN_DAYS),
            [RenewalRefusal.LICENCE_ENDS],
            IN_TEN_DAYS,
            id="the licence ends as well",
        ),
        pytest.param(
            replace(FINE, free_until=date(2027, 5, 15)),
            [RenewalRefusal.BOOKED],
            date(2027, 5, 20),
            id="others need it then",
        ),
    ],
)
@pytest.mark.parametrize("member_until", [TODAY, IN_TEN_DAYS])
def test_who_overrules_the_end_of_a_membership_gives_the_period(
    case: RenewalCase,
    codes: list[RenewalRefusal],
    would_be: date,
    *,
    member_until: date,
) -> None:
    answer = renew(replace(case, member_until=member_until))
    assert answer.due_on is None
    assert {each.code for each in answer.refused} == {RenewalRefusal.MEMBERSHIP_ENDS, *codes}
    assert answer.would_be == would_be
