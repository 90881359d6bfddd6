"""What counts against the limits on open bookings, for several people at once."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from catalogue.models.holding import Holding
from catalogue.models.title import Title
from loans.models.booking import Booking, BookingLine
from loans.queries.borrowers import types_of
from loans.rules.booking_states import COMMITTING
from loans.rules.policy import Limit, LimitKind
from loans.rules.terms import UNLIMITED, Effective, LimitScope


@dataclass(frozen=True, slots=True)
class Counted:
    """Whose open bookings are counted: a person's, or all of a school's; and which of them."""

    kind: LimitKind
    subject_id: int
    scope: LimitScope

    @property
    def by_school(self) -> bool:
        """Say whether all of a school's count, whoever booked."""
        return self.kind is LimitKind.SCHOOL


@dataclass(frozen=True, slots=True)
class SetLimit:
    """A limit that the terms set, and what counts against it."""

    counted: Counted
    allowed: int


@dataclass(frozen=True, slots=True)
class NewBooking:
    """What a new booking is, for the limits: whose, where, and of which media categories."""

    person_id: int
    institution_id: int
    centre_id: int
    categories: frozenset[str]

    def counts_in(self, counted: Counted) -> bool:
        """Say whether it is one of those counted."""
        subject = self.institution_id if counted.by_school else self.person_id
        scope = counted.scope
        return (
            counted.subject_id == subject
            and scope.centre_id in {None, self.centre_id}
            and (scope.media_category is None or scope.media_category in self.categories)
        )


class Tally:
    """Open bookings against each limit, and those granted since they were counted.

    Source:
        docs/rules.md, Lending 2.4.
    """

    def __init__(self, counts: Mapping[Counted, int]) -> None:
        """Take what was counted in the store."""
        self._counts = dict(counts)

    def against(self, limits: Iterable[SetLimit]) -> tuple[Limit, ...]:
        """Return the limits as the rules see them, leaving out what was not counted."""
        return tuple(
            Limit(each.counted.kind, each.allowed, self._counts[each.counted])
            for each in limits
            if each.counted in self._counts
        )

    def add(self, new: NewBooking) -> None:
        """Count a booking that was granted."""
        for counted in self._counts:
            self._counts[counted] += new.counts_in(counted)


def limits_set(effective: Effective, person_id: int, institution_id: int) -> tuple[SetLimit, ...]:
    """Return the limits on open bookings that the terms set for a medium.

    Source:
        docs/rules.md, Lending 2.4.
    """
    return tuple(_limits_set(effective, person_id, institution_id))


def count_bookings(session: Session, asked: Iterable[Counted], today: date) -> dict[Counted, int]:
    """Count open bookings; one statement for each kind and scope of a limit in the terms.

    One whose last day is over keeps nothing and is open no more, whether or not it lapsed.

    Source:
        docs/rules.md, Lending 2.4 and 4.3.
    """
    wanted = frozenset(asked)
    found = dict.fromkeys(wanted, 0)
    for by_school, scope in {(each.by_school, each.scope) for each in wanted}:
        those = {
            each.subject_id: each
            for each in wanted
            if (each.by_school, each.scope) == (by_school, scope)
        }
        query = _numbers(scope, those, by_school=by_school).where(Booking.last >= today)
        for subject_id, number in session.execute(query):
            if subject_id is not None:
                found[those[subject_id]] = number
    return found


def _limits_set(effective: Effective, person_id: int, institution_id: int) -> Iterator[SetLimit]:
    terms = effective.terms
    if terms is None:
        return
    if terms.limit_open_bookings != UNLIMITED:
        scope = effective.limit_scope("limit_open_bookings")
        kind = LimitKind.CATEGORY if scope.media_category else LimitKind.PERSON
        yield SetLimit(Counted(kind, person_id, scope), terms.limit_open_bookings)
    if terms.limit_school_bookings != UNLIMITED:
        scope = effective.limit_scope("limit_school_bookings")
        counted = Counted(LimitKind.SCHOOL, institution_id, scope)
        yield SetLimit(counted, terms.limit_school_bookings)


def _numbers(
    scope: LimitScope, subjects: Mapping[int, Counted], *, by_school: bool
) -> Select[int | None, int]:
    whose = Booking.institution_id if by_school else Booking.person_id
    query = (
        select(whose, func.count(Booking.id.distinct()))
        .where(Booking.state.in_(COMMITTING), whose.in_(list(subjects)))
        .group_by(whose)
    )
    if scope.centre_id is not None:
        query = query.where(Booking.centre_id == scope.centre_id)
    if scope.media_category is not None:
        query = (
            query.join(BookingLine, BookingLine.booking_id == Booking.id)
            .join(Holding, Holding.id == BookingLine.holding_id)
            .join(Title, Title.id == Holding.title_id)
            .where(Title.media_type.in_(types_of({scope.media_category})))
        )
    return query
