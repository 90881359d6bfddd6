"""A desk for tests: staff of the first centre, who lend and take back in units of work."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from database.unit_of_work import unit_of_work
from loans.errors import RefusedError
from loans.operations.check_in import BroughtBack, TakenBack, check_in
from loans.operations.check_out import HandedOut, HandOut, check_out
from schools.models.person import Person
from schools.rules.roles import Actor, Role
from tests.make import MONDAY, NOW, Make


@dataclass
class Counter:
    """One counter with somebody behind it."""

    session: Session
    make: Make
    by: Actor
    today: date = MONDAY
    now: datetime = NOW

    def lend(
        self,
        copy: Copy,
        person: Person,
        *,
        counted: bool = False,
        reason: str = "",
        branch_id: int | None = None,
        due_on: date | None = None,
    ) -> HandedOut:
        """Hand a copy to a person, for the first school of the person."""
        wish = HandOut(
            copy_id=copy.id,
            person_id=person.id,
            institution_id=person.memberships[0].institution_id,
            branch_id=branch_id or self.make.branch().id,
            counted=counted,
            reason=reason,
            due_on=due_on,
        )
        with unit_of_work(self.session):
            return check_out(self.session, wish, self.by, self.today, self.now)

    def refused(
        self, copy: Copy, person: Person, *, counted: bool = True, reason: str = ""
    ) -> list[str]:
        """The codes of every reason against lending; empty if it was lent."""
        try:
            self.lend(copy, person, counted=counted, reason=reason)
        except RefusedError as error:
            return [str(code) for code in error.codes]
        return []

    def take_back(
        self,
        copy: Copy,
        pieces: Mapping[int, int] | None = None,
        *,
        branch_id: int | None = None,
        **facts: Any,
    ) -> TakenBack:
        """Take a copy back at the first branch, or at another."""
        wish = BroughtBack(copy.id, branch_id or self.make.branch().id, pieces, **facts)
        with unit_of_work(self.session):
            return check_in(self.session, wish, self.by, self.today, self.now)


def counter(make: Make, role: Role = Role.STAFF) -> Counter:
    """A counter of the first centre with somebody of that role behind it."""
    return Counter(make.session, make, make.actor(role))
