from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.rules.licences import (
    UNLIMITED,
    Licence,
    LicenceGap,
    LicenceScope,
    Licensee,
    lendable_stretches,
    lendable_until,
    licence_gaps,
    reaches,
    school_broadcast_ends,
)
from schools.rules.periods import Period

pytestmark = pytest.mark.lending("2.5")

GYMNASIUM = Licensee(state="NW", district="05166", school_form="20", institution="165432")
WEEK = Period(date(2026, 12, 7), date(2026, 12, 11))


@pytest.mark.parametrize(
    ("scope", "areas", "serves"),
    [
        pytest.param(LicenceScope.EVERYONE, (), True, id="open to everyone"),
        pytest.param(LicenceScope.STATE, ("NW",), True, id="its state"),
        pytest.param(LicenceScope.STATE, (), True, id="the state, unnamed"),
        pytest.param(LicenceScope.STATE, ("HE",), False, id="another state"),
        pytest.param(LicenceScope.DISTRICT, ("05166", "05170"), True, id="one of two districts"),
        pytest.param(LicenceScope.DISTRICT, ("05170",), False, id="another district"),
        pytest.param(LicenceScope.DISTRICT, (), False, id="no district named"),
        pytest.param(LicenceScope.SCHOOL_FORM, ("15", "20"), True, id="its school form"),
        pytest.param(LicenceScope.SCHOOL_FORM, ("02",), False, id="another school form"),
        pytest.param(LicenceScope.SCHOOL, ("165432",), True, id="the school itself"),
        pytest.param(LicenceScope.SCHOOL, ("165433",), False, id="another school"),
    ],
)
def test_a_licence_reaches_whom_its_scope_names(
    scope: LicenceScope,
    areas: tuple[str, ...],
    serves: bool,  # noqa: FBT001  # a table
) -> None:
    assert reaches(Licence(scope, areas), GYMNASIUM) is serves


def district(
    first: date | None = None, last: date | None = None, *, lending: bool = True
) -> Licence:
    return Licence(LicenceScope.DISTRICT, ("05166",), first, last, lending=lending)


ELSEWHERE = Licence(LicenceScope.DISTRICT, ("05170",))


@pytest.mark.parametrize(
    ("licences", "gaps"),
    [
        pytest.param((), (), id="the centre's own, without any licence"),
        pytest.param((district(),), (), id="without end"),
        pytest.param((district(last=date(2026, 12, 11)),), (), id="its last day is included"),
        pytest.param(
            (district(last=date(2026, 12, 10)),), (LicenceGap.ENDED,), id="ends within the period"
        ),
        pytest.param(
            (district(first=date(2026, 12, 8)),),
            (LicenceGap.ENDED,),
            id="begins within the period",
        ),
        pytest.param((ELSEWHERE,), (LicenceGap.AREA,), id="another area"),
        pytest.param((ELSEWHERE, district()), (), id="one of two serves"),
        pytest.param((district(lending=False),), (LicenceGap.NOT_LENDABLE,), id="only to show"),
        pytest.param(
            (district(last=date(2026, 12, 8)), district(first=date(2026, 12, 9))),
            (),
            id="renewed without a gap",
        ),
        pytest.param(
            (district(last=date(2026, 12, 8)), district(first=date(2026, 12, 10))),
            (LicenceGap.ENDED,),
            id="a day between two licences",
        ),
    ],
)
def test_a_title_is_lent_only_where_and_while_a_licence_holds(
    licences: tuple[Licence, ...], gaps: tuple[LicenceGap, ...]
) -> None:
    assert licence_gaps(licences, GYMNASIUM, WEEK) == gaps


@pytest.mark.parametrize(
    ("licences", "last"),
    [
        pytest.param((), UNLIMITED, id="no licence, no end"),
        pytest.param((district(last=date(2027, 7, 31)),), date(2027, 7, 31), id="to its end"),
        pytest.param((district(last=date(2026, 12, 6)),), None, id="ended the day before"),
        pytest.param((ELSEWHERE,), None, id="another area"),
        pytest.param((district(last=date(2027, 7, 31)), district()), UNLIMITED, id="the longer"),
    ],
)
def test_a_loan_never_reaches_past_the_licence(
    licences: tuple[Licence, ...], last: date | None
) -> None:
    assert lendable_until(licences, GYMNASIUM, WEEK.first) == last


days = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@given(st.lists(st.tuples(days, days).map(sorted), max_size=4), st.tuples(days, days).map(sorted))
def test_a_period_is_covered_if_every_day_of_it_is(
    held: list[list[date]], wish: list[date]
) -> None:
    licences = tuple(district(first, last) for first, last in held)
    period = Period(*wish)
    covered = all(any(first <= day <= last for first, last in held) for day in period)
    assert (licence_gaps(licences, GYMNASIUM, period) == ()) is (covered or not licences)


@pytest.mark.parametrize(
    ("recorded", "ends"),
    [
        pytest.param(date(2026, 3, 1), date(2027, 7, 31), id="in spring"),
        pytest.param(date(2026, 7, 31), date(2027, 7, 31), id="on the school year's last day"),
        pytest.param(date(2026, 8, 1), date(2028, 7, 31), id="on the next one's first day"),
    ],
)
def test_a_school_broadcast_ends_with_the_following_school_year(
    recorded: date, ends: date
) -> None:
    assert school_broadcast_ends(recorded) == ends


@pytest.mark.lending("2.5")
@pytest.mark.parametrize(
    ("licences", "stretches"),
    [
        pytest.param((), None, id="the centre's own is bound by none"),
        pytest.param((ELSEWHERE,), None, id="that of another district says nothing of time"),
        pytest.param((district(lending=False),), None, id="nor does one only to show"),
        pytest.param((district(),), [(date.min, UNLIMITED)], id="without bounds"),
        pytest.param(
            (district(last=date(2026, 12, 31)), district(date(2027, 1, 1), date(2027, 6, 30))),
            [(date.min, date(2027, 6, 30))],
            id="one follows the other without a day between",
        ),
        pytest.param(
            (district(date(2027, 2, 1)), district(last=date(2026, 12, 31))),
            [(date.min, date(2026, 12, 31)), (date(2027, 2, 1), UNLIMITED)],
            id="a gap in January, whatever their order",
        ),
        pytest.param(
            (district(last=date(2027, 12, 31)), district(date(2026, 1, 1), date(2026, 12, 31))),
            [(date.min, date(2027, 12, 31))],
            id="one within the other",
        ),
    ],
)
def test_licences_allow_stretches_of_days(
    licences: tuple[Licence, ...], stretches: list[tuple[date, date]] | None
) -> None:
    found = lendable_stretches(licences, GYMNASIUM)
    assert (None if found is None else [(each.first, each.last) for each in found]) == stretches


LICENCES = st.lists(
    st.builds(
        lambda first, length: district(
            date(2026, 11, 1) + timedelta(days=first),
            date(2026, 11, 1) + timedelta(days=first + length),
        ),
        st.integers(0, 60),
        st.integers(0, 30),
    ),
    min_size=1,
    max_size=4,
).map(tuple)


@given(LICENCES, st.integers(0, 90), st.integers(0, 20))
def test_a_period_lies_in_one_stretch_exactly_where_no_gap_is_found(
    licences: tuple[Licence, ...], start: int, length: int
) -> None:
    first = date(2026, 11, 1) + timedelta(days=start)
    period = Period(first, first + timedelta(days=length))
    stretches = lendable_stretches(licences, GYMNASIUM) or ()
    inside = any(each.contains(period.first) and each.contains(period.last) for each in stretches)
    assert inside is not bool(licence_gaps(licences, GYMNASIUM, period))
    ends = next((each.last for each in stretches if each.contains(first)), None)
    assert lendable_until(licences, GYMNASIUM, first) == ends
