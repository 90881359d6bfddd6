"""Random lives of a small centre: every decision and every number is the one of a naive count.

Whatever is booked, changed, cancelled, lent, renewed and taken back, in any order and over any
days: what a page shows as free is what decides, nobody is refused what was free, and no act takes
what was promised to somebody else.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.rules.copy_states import CopyState
from database.unit_of_work import unit_of_work
from loans.errors import RefusedError
from loans.models.booking import Booking
from loans.models.claim import ClaimKind
from loans.models.loan import Loan
from loans.models.purpose import OtherReason
from loans.models.terms import Terms
from loans.operations.book import book
from loans.operations.cancel import cancel
from loans.operations.check_in import BroughtBack, check_in
from loans.operations.check_out import HandOut, check_out
from loans.operations.claim import Claim, claim
from loans.operations.edit_booking import edit_booking
from loans.operations.edit_closures import ClosureWish, add_closure
from loans.operations.renew import renew
from loans.queries.availability import availability
from loans.queries.edits import unchanged
from loans.queries.invariants import breaches
from loans.queries.viewpoint import Where, viewpoint_of
from loans.queries.wishes import BookingWish, one_line
from loans.rules.calendar import Closure
from loans.rules.codes import Refusal
from schools.rules.periods import Period
from schools.rules.roles import Role, Scope
from tests.effort import times
from tests.loans.naive import (
    LOAN_DAYS,
    RENEWAL_DAYS,
    RENEWALS,
    SERVICE_DAYS_AFTER,
    Booked,
    Lent,
    Naive,
    days,
)
from tests.make import MONDAY, NOW, Make

pytestmark = [
    pytest.mark.both_stores,
    pytest.mark.slow,
    pytest.mark.xdist_group("lives"),  # begun early, as other groups: it takes a minute
    pytest.mark.lending("1.7", "4.1", "4.3", "4.4", "5.2", "5.3", "10.4"),
]

SEQUENCES = times(ci=60, soak=5_000)
STEPS = times(ci=30, soak=50)
SHOWN_DAYS = 30
Thing = TypeVar("Thing")
COPIES = (3, 1)
PEOPLE = 3


class LendingMachine(RuleBasedStateMachine):
    """One centre of its own in a store that many share."""

    make: Make
    session: Session

    def __init__(self) -> None:
        super().__init__()
        make = self.make
        self.centre = make.centre()
        terms = self.session.scalars(select(Terms).where(Terms.centre_id == self.centre.id)).one()
        terms.loan_period, terms.renewals = LOAN_DAYS, RENEWALS
        terms.renewal_period, terms.service_days_after = RENEWAL_DAYS, SERVICE_DAYS_AFTER
        self.session.commit()
        self.school = make.school(centre=self.centre)
        self.staff = make.actor(Role.CENTRE_ADMIN, centre=self.centre)
        self.people = [make.person(self.school) for _ in range(PEOPLE)]
        self.teachers = [make.actor(person=each, school=self.school) for each in self.people]
        self.holdings = [make.holding(centre=self.centre, copies=count) for count in COPIES]
        self.branch = make.branch(self.centre).id
        self.copies = {each.id: [copy.id for copy in each.copies] for each in self.holdings}
        keys = [each.id for each in self.holdings]
        self.naive = Naive(MONDAY, dict(zip(keys, COPIES, strict=True)))

    # Acts

    @rule(
        who=st.integers(0, PEOPLE - 1),
        what=st.integers(0, len(COPIES) - 1),
        begin=st.integers(0, 20),
        length=st.integers(0, 6),
        quantity=st.integers(1, 3),
    )
    def book(self, who: int, what: int, begin: int, length: int, quantity: int) -> None:
        first = self.naive.today + timedelta(days=begin)
        period = Period(first, first + timedelta(days=length))
        holding, person = self.holdings[what].id, self.people[who].id
        enough = self.naive.free_for(holding, period.first, period.last) >= quantity
        ends_fit = self.naive.is_open(period.first) and self.naive.is_open(period.last)
        wish = BookingWish(
            lines=one_line(holding, quantity),
            person_id=person,
            period=period,
            reason=OtherReason.PREVIEW,
        )
        by, today = self.teachers[who], self.naive.today
        with self.worsening_nothing(holding):
            number, refused = self.tried(lambda: book(self.session, wish, by, today, NOW).number)
            if number is not None:
                self.naive.booked.append(
                    Booked(number, person, holding, period.first, period.last, quantity)
                )
        assert (Refusal.NOT_FREE in refused) == (not enough), (period, refused)
        assert bool(refused) == (not enough or not ends_fit), refused

    @precondition(lambda self: self.editable())
    @rule(
        place=st.integers(0, 99),
        begin=st.integers(0, 20),
        length=st.integers(0, 6),
        quantity=st.integers(1, 3),
    )
    def edit(self, place: int, begin: int, length: int, quantity: int) -> None:
        booked = self.one_of(self.editable(), place)
        today = self.naive.today
        first = today + timedelta(days=begin)
        period = Period(first, first + timedelta(days=length))
        expected = self.naive.can_become(booked, period.first, period.last, quantity)
        row = self.session.scalars(select(Booking).where(Booking.number == booked.number)).one()
        opened = unchanged(row)
        lines = {key: replace(line, quantity=quantity) for key, line in opened.lines.items()}
        wish = replace(opened, period=period, lines=lines)
        self.session.rollback()
        with self.worsening_nothing(booked.holding):
            changed, refused = self.tried(
                lambda: edit_booking(self.session, wish, self.staff, today, NOW).number
            )
            if changed is not None:
                booked.first, booked.last, booked.quantity = period.first, period.last, quantity
        assert (changed is not None) == expected, (period, quantity, refused)

    @precondition(lambda self: self.open_bookings())
    @rule(place=st.integers(0, 99))
    def cancel(self, place: int) -> None:
        booked = self.one_of(self.open_bookings(), place)
        with unit_of_work(self.session):
            cancel(self.session, booked.number, self.staff, NOW)
        booked.over = True

    @rule(who=st.integers(0, PEOPLE - 1), what=st.integers(0, len(COPIES) - 1))
    def lend(self, who: int, what: int) -> None:
        holding, person = self.holdings[what].id, self.people[who].id
        shelf = self.on_the_shelf(holding)
        if not shelf:
            return
        served = self.naive.served(person, holding)
        if served is None:
            expected = self.naive.walk_in_due(holding)
        else:
            due = self.naive.own_due(served)  # its last day may have been closed since
            expected = due if self.naive.goes_today(served) else None
        wish = HandOut(shelf[0], person, self.school.id, self.branch)
        today = self.naive.today
        with self.worsening_nothing(holding):
            lent, refused = self.tried(
                lambda: self.noted(check_out(self.session, wish, self.staff, today, NOW).loan)
            )
            if lent is not None:
                self.naive.hand_out(lent, served)
        assert refused <= {Refusal.RESERVED}
        assert (None if lent is None else lent.due_on) == expected, refused

    @precondition(lambda self: self.naive.lent)
    @rule(place=st.integers(0, 99))
    def take_back(self, place: int) -> None:
        lent = self.one_of(self.naive.lent, place)
        with unit_of_work(self.session):
            wish = BroughtBack(lent.copy, self.branch)
            check_in(self.session, wish, self.staff, self.naive.today, NOW)
        self.naive.lent.remove(lent)

    @precondition(lambda self: self.naive.lent)
    @rule(place=st.integers(0, 99))
    def renew(self, place: int) -> None:
        lent = self.one_of(self.naive.lent, place)
        expected = self.naive.renewed_due(lent)
        today = self.naive.today
        with self.worsening_nothing(lent.holding):
            new, refused = self.tried(
                lambda: renew(self.session, lent.id, self.staff, today, NOW).due_on
            )
            if new is not None:
                lent.due_on, lent.renewals = new, lent.renewals + 1
        assert new == expected, refused

    @precondition(lambda self: self.naive.lent)
    @rule(place=st.integers(0, 99))
    def lose(self, place: int) -> None:
        lent = self.one_of(self.naive.lent, place)
        with unit_of_work(self.session):
            said = Claim(lent.id, ClaimKind.LOST)
            claim(self.session, said, self.staff, self.naive.today, NOW)
        self.naive.lose(lent)

    @precondition(lambda self: self.naive.lost)
    @rule(place=st.integers(0, 99))
    def find(self, place: int) -> None:
        lent = self.one_of(self.naive.lost, place)
        with unit_of_work(self.session):
            wish = BroughtBack(lent.copy, self.branch)
            check_in(self.session, wish, self.staff, self.naive.today, NOW)
        self.naive.find(lent)

    @rule(begin=st.integers(0, 20), length=st.integers(0, 3))
    def close(self, begin: int, length: int) -> None:
        first = self.naive.today + timedelta(days=begin)
        period = Period(first, first + timedelta(days=length))
        if self.naive.closed.intersection(period):
            return
        closure = Closure(f"Inventur {first}", period.first, period.last)
        with unit_of_work(self.session):
            wish = ClosureWish(self.centre.id, None, closure)
            add_closure(self.session, wish, self.staff, self.naive.today, NOW)
        self.naive.close(period.first, period.last)

    @rule(number=st.integers(1, 4))
    def days_pass(self, number: int) -> None:
        self.naive.today += timedelta(days=number)

    # What holds at any time

    @invariant()
    def what_is_shown_is_what_counting_says(self) -> None:
        today = self.naive.today
        shown = Period(today, today + timedelta(days=SHOWN_DAYS))
        view = viewpoint_of(self.session, Scope(), Where(self.centre.id), today, NOW)
        keys = [each.id for each in self.holdings]
        found = availability(self.session, view, keys, shown)
        for key in keys:
            free = {day: found[key].free_on(day) for day in shown}
            assert free == {day: self.naive.free(key, day) for day in shown}
        self.session.rollback()

    @invariant()
    def whoever_booked_for_today_finds_a_copy(self) -> None:
        """Copies are dealt at hand-over, and there is always one while nothing is overbooked."""
        today = self.naive.today
        for key in self.copies:
            due = sum(
                each.left
                for each in self.naive.booked
                if each.holding == key and each.first <= today <= each.last
            )
            if self.naive.free(key, today) >= 0:
                assert len(self.on_the_shelf(key)) >= due

    # Behind the acts

    def open_bookings(self) -> list[Booked]:
        today = self.naive.today
        return [each for each in self.naive.booked if each.left and each.last >= today]

    def editable(self) -> list[Booked]:
        """Bookings of which nothing was collected yet; the others keep their first day."""
        return [each for each in self.open_bookings() if not each.handed_out]

    def on_the_shelf(self, holding: int) -> list[int]:
        query = select(Copy.id).where(
            Copy.holding_id == holding, Copy.state == CopyState.AVAILABLE, Copy.lendable
        )
        return list(self.session.scalars(query.order_by(Copy.id)))

    def tried(self, act: Callable[[], Thing]) -> tuple[Thing | None, frozenset[StrEnum]]:
        """Do something in a unit of work; gives what came of it, or why it was refused."""
        try:
            with unit_of_work(self.session):
                return act(), frozenset()
        except RefusedError as error:
            return None, frozenset(error.codes)

    @staticmethod
    def noted(loan: Loan) -> Lent:
        assert loan.due_on is not None
        assert loan.person_id is not None
        key, days_out = loan.id, (loan.lent_on, loan.due_on)
        return Lent(key, loan.copy_id, loan.person_id, loan.holding_id, *days_out)

    @contextmanager
    def worsening_nothing(self, holding: int) -> Iterator[None]:
        """Watch over the days of a holding: no act may leave one short, or shorter than it was."""
        today = self.naive.today
        ahead = days(today, today + timedelta(days=SHOWN_DAYS + LOAN_DAYS))
        before = {day: self.naive.free(holding, day) for day in ahead}
        yield
        after = {day: self.naive.free(holding, day) for day in ahead}
        assert {day for day in ahead if after[day] < min(0, before[day])} == set()

    @staticmethod
    def one_of(some: list[Thing], place: int) -> Thing:
        return some[place % len(some)]


def test_no_life_of_a_centre_contradicts_a_naive_count(make: Make, session: Session) -> None:
    machine = type("Machine", (LendingMachine,), {"make": make, "session": session})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert breaches(session) == []
