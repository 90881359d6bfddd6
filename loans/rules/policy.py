"""Whether a copy may go out with a person: every reason against it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from catalogue.rules.copy_states import CopyState
from loans.errors import Fact, Refused
from loans.rules.codes import Refusal


class LimitKind(StrEnum):
    """Whose open loans a limit counts."""

    PERSON = "person"
    CATEGORY = "category"
    SCHOOL = "school"


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit and what counts against it now, without the wish itself.

    Attributes:
        kind: `CATEGORY` where the row it comes from names a media category.
        allowed: from the terms; `UNLIMITED` is never reached.
        count: open loans (or bookings) now; placements are not among them.
        wanted: how many the wish adds.
    """

    kind: LimitKind
    allowed: int
    count: int
    wanted: int = 1

    @property
    def is_passed(self) -> bool:
        """Say whether the wish goes past the limit."""
        return self.count + self.wanted > self.allowed


@dataclass(frozen=True, slots=True)
class CopyCase:
    """The copy, as read under its lock.

    Attributes:
        state: where it is.
        with_same_person: its open loan is this person's.
        set_aside_for_other: set aside for, or on its way to, somebody else.
        lendable: False with `reason` where staff keep it back.
        reason: their words.
        parts_uncounted: kinds of parts nobody counted at this hand-out.
        critical_missing: critical parts known or found to be missing.
        inspection_overdue: an inspection is overdue or was failed.
        licensed_until: last day; None without end.
        licensed_here: the licence's scope covers the borrower's institution.
    """

    state: CopyState = CopyState.AVAILABLE
    with_same_person: bool = False
    set_aside_for_other: bool = False
    lendable: bool = True
    reason: str = ""
    parts_uncounted: int = 0
    critical_missing: int = 0
    inspection_overdue: bool = False
    licensed_until: date | None = None
    licensed_here: bool = True


@dataclass(frozen=True, slots=True)
class BorrowerCase:
    """The person, and the institution acted for, as read under the person's lock.

    Attributes:
        member_until: last day of the membership; None without end.
        is_member: False when none is confirmed and begun.
        blocked: by staff, with `block_reason`.
        block_reason: their words.
        overdue_block: a reminder reached the level that blocks, and not all is back.
        briefed: was shown how.
        in_person: stands at the desk.
        limits: those of the effective terms, person, category and school.
    """

    member_until: date | None = None
    is_member: bool = True
    blocked: bool = False
    block_reason: str = ""
    overdue_block: bool = False
    briefed: bool = True
    in_person: bool = True
    limits: tuple[Limit, ...] = ()


@dataclass(frozen=True, slots=True)
class LendingCase:
    """All that the decision to lend a copy looks at.

    Attributes:
        today: the day of lending.
        copy: the copy.
        borrower: the person.
        has_terms: the effective terms have a loan period.
        needs_briefing: by the terms.
        personal_pickup: by the terms.
        goes_from: a day on which the loan would go, if today does not: the first day of the
            person's own booking; None otherwise.
        due_refused: what `due_dates.due_date` refused: caps that leave no day.
        chosen_due: a due date staff chose; None for that of the terms.
        latest_due: the last due date the terms allow; None without limit.
    """

    today: date
    copy: CopyCase = field(default_factory=CopyCase)
    borrower: BorrowerCase = field(default_factory=BorrowerCase)
    has_terms: bool = True
    needs_briefing: bool = False
    personal_pickup: bool = False
    goes_from: date | None = None
    due_refused: tuple[Refused, ...] = ()
    chosen_due: date | None = None
    latest_due: date | None = None


def refusals(case: LendingCase) -> tuple[Refused, ...]:
    """Return every reason against the loan in the order of `Refusal`; empty if it may go.

    Source:
        docs/rules.md, Lending 8.2 and 8.3.
    """
    found = [Refused(code, facts(case)) for code, applies, facts in _CHECKS if applies(case)]
    known = {refused.code for refused in found}
    found += [refused for refused in case.due_refused if refused.code not in known]
    found += _limit_refusals(case.borrower.limits)
    return tuple(sorted(found, key=lambda refused: _ORDER[refused.code]))


def limit_code(kind: LimitKind) -> Refusal:
    """Return the refusal that stands for a passed limit."""
    return _LIMIT_CODES[kind]


def _limit_refusals(limits: tuple[Limit, ...]) -> Iterator[Refused]:
    for limit in limits:
        if limit.is_passed:
            yield Refused(limit_code(limit.kind), {"limit": limit.allowed, "count": limit.count})


def _nothing(_: LendingCase) -> dict[str, Fact]:
    return {}


def _state(case: LendingCase) -> dict[str, Fact]:
    return {"state": str(case.copy.state), "reason": case.copy.reason}


def _licence_end(case: LendingCase) -> dict[str, Fact]:
    return _known(until=case.copy.licensed_until)


def _membership_end(case: LendingCase) -> dict[str, Fact]:
    return _known(until=case.borrower.member_until)


def _known(**facts: Fact | None) -> dict[str, Fact]:
    return {name: fact for name, fact in facts.items() if fact is not None}


def _ended(last: date | None, today: date) -> bool:
    return last is not None and last < today


def _is_kept_back(case: LendingCase) -> bool:
    return not case.copy.lendable or case.copy.state in {
        CopyState.IN_REPAIR,
        CopyState.RECEIVED,
    }


def _is_out(case: LendingCase) -> bool:
    return case.copy.state is CopyState.ON_LOAN


_Check = tuple[Refusal, Callable[[LendingCase], bool], Callable[[LendingCase], dict[str, Fact]]]

_CHECKS: tuple[_Check, ...] = (
    (Refusal.WITHDRAWN, lambda case: case.copy.state is CopyState.WITHDRAWN, _nothing),
    (Refusal.LOST, lambda case: case.copy.state is CopyState.LOST, _nothing),
    (Refusal.MISSING, lambda case: case.copy.state is CopyState.MISSING, _nothing),
    (Refusal.ON_LOAN, lambda case: _is_out(case) and not case.copy.with_same_person, _nothing),
    (
        Refusal.ON_LOAN_SAME_PERSON,
        lambda case: _is_out(case) and case.copy.with_same_person,
        _nothing,
    ),
    (Refusal.SET_ASIDE, lambda case: case.copy.set_aside_for_other, _nothing),
    (Refusal.NOT_LENDABLE, _is_kept_back, _state),
    (
        Refusal.INCOMPLETE,
        lambda case: case.copy.state is CopyState.INCOMPLETE or case.copy.critical_missing > 0,
        lambda case: {"count": case.copy.critical_missing},
    ),
    (
        Refusal.PARTS_UNCOUNTED,
        lambda case: case.copy.parts_uncounted > 0,
        lambda case: {"count": case.copy.parts_uncounted},
    ),
    (Refusal.INSPECTION_OVERDUE, lambda case: case.copy.inspection_overdue, _nothing),
    (
        Refusal.LICENCE_ENDED,
        lambda case: _ended(case.copy.licensed_until, case.today),
        _licence_end,
    ),
    (Refusal.LICENCE_AREA, lambda case: not case.copy.licensed_here, _nothing),
    (
        Refusal.MEMBERSHIP_ENDED,
        lambda case: not case.borrower.is_member or _ended(case.borrower.member_until, case.today),
        _membership_end,
    ),
    (
        Refusal.BLOCKED,
        lambda case: case.borrower.blocked,
        lambda case: {"reason": case.borrower.block_reason},
    ),
    (Refusal.OVERDUE_BLOCK, lambda case: case.borrower.overdue_block, _nothing),
    (Refusal.NO_TERMS, lambda case: not case.has_terms, _nothing),
    (
        Refusal.BRIEFING_MISSING,
        lambda case: case.needs_briefing and not case.borrower.briefed,
        _nothing,
    ),
    (
        Refusal.PERSONAL_PICKUP,
        lambda case: case.personal_pickup and not case.borrower.in_person,
        _nothing,
    ),
    (
        Refusal.TOO_EARLY,
        lambda case: case.chosen_due is not None and case.chosen_due < case.today,
        lambda case: {"from_day": case.today},
    ),
    (
        Refusal.TOO_LONG,
        lambda case: (
            case.chosen_due is not None
            and case.latest_due is not None
            and case.chosen_due > case.latest_due
        ),
        lambda case: _known(until=case.latest_due),
    ),
    (
        Refusal.RESERVED,
        lambda case: case.goes_from is not None,
        lambda case: _known(from_day=case.goes_from),
    ),
)

_LIMIT_CODES: Mapping[LimitKind, Refusal] = {
    LimitKind.PERSON: Refusal.LIMIT_PERSON,
    LimitKind.CATEGORY: Refusal.LIMIT_CATEGORY,
    LimitKind.SCHOOL: Refusal.LIMIT_SCHOOL,
}

_ORDER: Mapping[StrEnum, int] = {code: place for place, code in enumerate(Refusal)}
