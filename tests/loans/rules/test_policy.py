"""Why a copy may not go out, and who may overrule it."""

from dataclasses import replace
from datetime import date

import pytest

from catalogue.rules.copy_states import CopyState
from loans.errors import Refused, RefusedError
from loans.rules.codes import (
    OVERRIDES,
    DayReason,
    HoldRefusal,
    LoanRefusal,
    Refusal,
    RenewalRefusal,
    may_override,
)
from loans.rules.policy import (
    BorrowerCase,
    CopyCase,
    LendingCase,
    Limit,
    LimitKind,
    refusals,
)
from loans.rules.terms import UNLIMITED
from schools.rules.roles import Right

pytestmark = pytest.mark.lending("2.4", "8.3")

TODAY = date(2027, 5, 3)
YESTERDAY = date(2027, 5, 2)
GOES = LendingCase(TODAY)
OVERRIDE = frozenset({Right.OVERRIDE})


def copy(**facts: object) -> LendingCase:
    return replace(GOES, copy=replace(CopyCase(), **facts))  # type: ignore[arg-type]  # checked by replace


def borrower(**facts: object) -> LendingCase:
    return replace(GOES, borrower=replace(BorrowerCase(), **facts))  # type: ignore[arg-type]  # as above


def limits(*passed: Limit) -> LendingCase:
    return borrower(limits=passed)


@pytest.mark.parametrize(
    ("case", "codes"),
    [
        pytest.param(GOES, (), id="an available copy goes"),
        pytest.param(copy(state=CopyState.WITHDRAWN), (Refusal.WITHDRAWN,), id="withdrawn"),
        pytest.param(copy(state=CopyState.LOST), (Refusal.LOST,), id="lost"),
        pytest.param(copy(state=CopyState.MISSING), (Refusal.MISSING,), id="missing"),
        pytest.param(copy(state=CopyState.ON_LOAN), (Refusal.ON_LOAN,), id="with somebody else"),
        pytest.param(
            copy(state=CopyState.ON_LOAN, with_same_person=True),
            (Refusal.ON_LOAN_SAME_PERSON,),
            id="with this person already",
        ),
        pytest.param(
            copy(state=CopyState.SET_ASIDE, set_aside_for_other=True),
            (Refusal.SET_ASIDE,),
            id="set aside for somebody else",
        ),
        pytest.param(copy(state=CopyState.SET_ASIDE), (), id="set aside for this person"),
        pytest.param(copy(state=CopyState.IN_TRANSIT), (), id="in transit is received by lending"),
        pytest.param(copy(lendable=False), (Refusal.NOT_LENDABLE,), id="kept back"),
        pytest.param(copy(state=CopyState.IN_REPAIR), (Refusal.NOT_LENDABLE,), id="in repair"),
        pytest.param(
            copy(state=CopyState.RECEIVED), (Refusal.NOT_LENDABLE,), id="not checked yet"
        ),
        pytest.param(copy(state=CopyState.INCOMPLETE), (Refusal.INCOMPLETE,), id="incomplete"),
        pytest.param(copy(critical_missing=1), (Refusal.INCOMPLETE,), id="critical part missing"),
        pytest.param(copy(parts_uncounted=2), (Refusal.PARTS_UNCOUNTED,), id="parts not counted"),
        pytest.param(
            copy(inspection_overdue=True), (Refusal.INSPECTION_OVERDUE,), id="inspection overdue"
        ),
        pytest.param(
            copy(licensed_until=YESTERDAY), (Refusal.LICENCE_ENDED,), id="licence ended yesterday"
        ),
        pytest.param(copy(licensed_until=TODAY), (), id="licence ends today"),
        pytest.param(copy(licensed_here=False), (Refusal.LICENCE_AREA,), id="outside its area"),
        pytest.param(
            borrower(member_until=YESTERDAY), (Refusal.MEMBERSHIP_ENDED,), id="membership ended"
        ),
        pytest.param(
            borrower(is_member=False), (Refusal.MEMBERSHIP_ENDED,), id="no membership at all"
        ),
        pytest.param(borrower(blocked=True), (Refusal.BLOCKED,), id="blocked by staff"),
        pytest.param(
            borrower(overdue_block=True), (Refusal.OVERDUE_BLOCK,), id="blocked by reminders"
        ),
        pytest.param(replace(GOES, has_terms=False), (Refusal.NO_TERMS,), id="no terms"),
        pytest.param(
            replace(borrower(briefed=False), needs_briefing=True),
            (Refusal.BRIEFING_MISSING,),
            id="not briefed",
        ),
        pytest.param(borrower(briefed=False), (), id="not briefed where it is not needed"),
        pytest.param(
            replace(borrower(in_person=False), personal_pickup=True),
            (Refusal.PERSONAL_PICKUP,),
            id="not fetched in person",
        ),
        pytest.param(
            replace(GOES, chosen_due=date(2027, 6, 1), latest_due=date(2027, 5, 31)),
            (Refusal.TOO_LONG,),
            id="a chosen due date too far",
        ),
        pytest.param(
            replace(GOES, chosen_due=YESTERDAY), (Refusal.TOO_EARLY,), id="a due date in the past"
        ),
        pytest.param(
            replace(GOES, goes_from=date(2027, 5, 10)),
            (Refusal.RESERVED,),
            id="own booking goes later",
        ),
        pytest.param(
            replace(GOES, due_refused=(Refused(Refusal.RESERVED, {"until": YESTERDAY}),)),
            (Refusal.RESERVED,),
            id="needed for somebody else's booking",
        ),
    ],
)
def test_one_reason(case: LendingCase, codes: tuple[Refusal, ...]) -> None:
    assert tuple(refused.code for refused in refusals(case)) == codes


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        pytest.param(Limit(LimitKind.PERSON, 5, 4), None, id="the fifth of five goes"),
        pytest.param(Limit(LimitKind.PERSON, 5, 5), Refusal.LIMIT_PERSON, id="the sixth not"),
        pytest.param(Limit(LimitKind.CATEGORY, 3, 3), Refusal.LIMIT_CATEGORY, id="of a category"),
        pytest.param(Limit(LimitKind.SCHOOL, 30, 28, 3), Refusal.LIMIT_SCHOOL, id="of a school"),
        pytest.param(Limit(LimitKind.PERSON, 0, 0), Refusal.LIMIT_PERSON, id="0 allows none"),
        pytest.param(Limit(LimitKind.PERSON, UNLIMITED, 900), None, id="unlimited is no limit"),
    ],
)
def test_limits(limit: Limit, code: Refusal | None) -> None:
    found = [refused.code for refused in refusals(limits(limit))]
    assert found == ([] if code is None else [code])


def test_every_reason_is_given_at_once_in_the_order_of_display() -> None:
    case = LendingCase(
        TODAY,
        CopyCase(CopyState.ON_LOAN, parts_uncounted=1),
        BorrowerCase(blocked=True, limits=(Limit(LimitKind.PERSON, 1, 1),)),
        has_terms=False,
        due_refused=(Refused(Refusal.LICENCE_ENDED),),
    )
    assert [refused.code for refused in refusals(case)] == [
        Refusal.ON_LOAN,
        Refusal.PARTS_UNCOUNTED,
        Refusal.LICENCE_ENDED,
        Refusal.BLOCKED,
        Refusal.NO_TERMS,
        Refusal.LIMIT_PERSON,
    ]


def test_a_refusal_brings_the_facts_of_its_sentence() -> None:
    (membership,) = refusals(borrower(member_until=YESTERDAY))
    (limit,) = refusals(limits(Limit(LimitKind.PERSON, 5, 6)))
    assert membership.facts == {"until": YESTERDAY}
    assert limit.facts == {"limit": 5, "count": 6}


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        pytest.param((Refusal.BLOCKED, Refusal.LOST), True, id="rules of the centre"),
        pytest.param((Refusal.BLOCKED, Refusal.LICENCE_ENDED), False, id="rights of others"),
        pytest.param((Refusal.ON_LOAN,), False, id="facts"),
    ],
)
def test_a_right_overrules_all_reasons_or_none(
    codes: tuple[Refusal, ...], *, expected: bool
) -> None:
    refused = [Refused(code) for code in codes]
    assert may_override(refused, OVERRIDE) is expected
    assert not may_override(refused, frozenset({Right.LEND}))


def test_every_code_says_who_may_overrule_it() -> None:
    kinds = (Refusal, DayReason, RenewalRefusal, HoldRefusal, LoanRefusal)
    codes = {code for kind in kinds for code in kind}
    assert set(OVERRIDES) == codes


def test_an_error_carries_every_code() -> None:
    error = RefusedError((Refused(Refusal.BLOCKED), Refused(Refusal.NO_TERMS)))
    assert error.codes == (Refusal.BLOCKED, Refusal.NO_TERMS)
    assert str(error) == "BLOCKED, NO_TERMS"
