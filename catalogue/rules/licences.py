"""Whom a licence serves, and for how long."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from schools.rules.periods import Period

UNLIMITED = date.max
"""The last day of a licence that does not run out."""

_ONE_DAY = timedelta(days=1)
_SCHOOL_YEAR_ENDS = (7, 31)


class LicenceScope(StrEnum):
    """How wide a licence reaches."""

    EVERYONE = "everyone"
    STATE = "state"
    DISTRICT = "district"
    SCHOOL_FORM = "school_form"
    SCHOOL = "school"


class LicenceGap(StrEnum):
    """Why the licences of a title do not serve somebody; the codes of the desk's refusals."""

    ENDED = "licence_ended"
    AREA = "licence_area"
    NOT_LENDABLE = "not_lendable"
    """A licence to show, not to lend."""


@dataclass(frozen=True, slots=True)
class Licence:
    """A right to use a title.

    Attributes:
        scope: how wide it reaches.
        areas: whom exactly, according to the scope: codes of states («NW»), districts (five
            digits of the AGS), school forms or numbers of institutions. For everyone none is
            named; a licence for the state that names none serves all.
        first: first day, None from ever.
        last: last day, included; None without end.
        lending: copies may be lent, or an online medium opened.
        showing: it may be shown in public without charge.
    """

    scope: LicenceScope
    areas: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    lending: bool = True
    showing: bool = True


@dataclass(frozen=True, slots=True)
class Licensee:
    """The institution that asks.

    Attributes:
        state: the state's code, «NW».
        district: five digits of the AGS.
        school_form: key of the school form, empty for other customers.
        institution: number of the school or customer.
    """

    state: str
    district: str
    school_form: str
    institution: str

    def place(self, scope: LicenceScope) -> str:
        """Return the code that a licence of that scope must name; empty where it names none."""
        return {
            LicenceScope.STATE: self.state,
            LicenceScope.DISTRICT: self.district,
            LicenceScope.SCHOOL_FORM: self.school_form,
            LicenceScope.SCHOOL: self.institution,
        }.get(scope, "")


def reaches(licence: Licence, licensee: Licensee) -> bool:
    """Say whether the institution lies in the licence's scope, whatever the day."""
    if licence.scope is LicenceScope.EVERYONE:
        return True
    if licence.scope is LicenceScope.STATE and not licence.areas:
        return True
    return licensee.place(licence.scope) in licence.areas


def licence_gaps(
    licences: Iterable[Licence], licensee: Licensee, period: Period
) -> tuple[LicenceGap, ...]:
    """Return every reason against lending a title to an institution in a period.

    A title without any licence is the centre's own and serves everybody. Licences that follow
    each other without a day between count as one.

    Returns:
        Nothing if it may be lent on every day of the period.

    Source:
        docs/rules.md, Lending 2.5.
    """
    known = tuple(licences)
    if not known:
        return ()
    near = tuple(licence for licence in known if reaches(licence, licensee))
    if not near:
        return (LicenceGap.AREA,)
    lending = tuple(licence for licence in near if licence.lending)
    if not lending:
        return (LicenceGap.NOT_LENDABLE,)
    until = _held_until(lending, period.first)
    return () if until is not None and until >= period.last else (LicenceGap.ENDED,)


def lendable_stretches(
    licences: Iterable[Licence], licensee: Licensee
) -> tuple[Period, ...] | None:
    """Return the stretches of days on which a title may be with an institution, in order.

    Licences that follow each other without a day between make one stretch; between two there is
    at least one day without a licence, which no loan may touch.

    Returns:
        None where no licence sets bounds in time: there is none, or none that reaches the
        institution and may be lent, which `licence_gaps` names. `date.min` and `UNLIMITED`
        stand for open ends.

    Source:
        docs/rules.md, Lending 2.5.
    """
    lending = [each for each in licences if each.lending and reaches(each, licensee)]
    if not lending:
        return None
    joined: list[Period] = []
    for licence in sorted(lending, key=lambda each: each.first or date.min):
        first, last = licence.first or date.min, licence.last or UNLIMITED
        if joined and (joined[-1].last == UNLIMITED or first <= joined[-1].last + _ONE_DAY):
            joined[-1] = Period(joined[-1].first, max(joined[-1].last, last))
        else:
            joined.append(Period(first, last))
    return tuple(joined)


def lendable_until(licences: Iterable[Licence], licensee: Licensee, first: date) -> date | None:
    """Return the last day to which a loan that starts on `first` may reach.

    Returns:
        `UNLIMITED` if no licence ends it; None if it may not even start.

    Source:
        docs/rules.md, Lending 1.6 and 2.5.
    """
    known = tuple(licences)
    if not known:
        return UNLIMITED
    fitting = tuple(licence for licence in known if licence.lending and reaches(licence, licensee))
    return _held_until(fitting, first)


def school_broadcast_ends(recorded_on: date) -> date:
    """Return the last day of a recorded school broadcast.

    It must be deleted at the end of the school year that follows the one of its recording.

    Source:
        § 47 Abs. 2 UrhG; school years end on 31 July (§ 7 SchulG NRW).
    """
    this_year_ends = date(recorded_on.year, *_SCHOOL_YEAR_ENDS)
    years = 1 if recorded_on <= this_year_ends else 2
    return date(recorded_on.year + years, *_SCHOOL_YEAR_ENDS)


def _held_until(licences: tuple[Licence, ...], first: date) -> date | None:
    held: date | None = None
    day = first
    for licence in sorted(licences, key=lambda each: each.first or date.min):
        if (licence.first or date.min) > day:
            break
        last = licence.last or UNLIMITED
        if last >= day:
            held = last
            if last == UNLIMITED:
                break
            day = last + _ONE_DAY
    return held
