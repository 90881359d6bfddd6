"""Who waits for what, what came back for them, what is on its way, and what is said to be lost."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from random import Random

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.demo.chance import chance
from app.demo.county import BranchRow
from app.demo.days import instant
from app.demo.people import Teacher
from app.demo.scene import Scene
from catalogue.models.holding import Holding
from loans.errors import RefusedError
from loans.models.claim import ClaimKind
from loans.models.hold import Hold
from loans.models.lending_settings import LendingSettings
from loans.models.loan import Loan
from loans.operations.check_in import BroughtBack, check_in
from loans.operations.claim import Claim, claim
from loans.operations.place_hold import HoldWish, place_hold
from schools.rules.roles import Actor, Grant, Role

TITLES = 9
MOST_WAIT = 3
OLDEST_WISH_DAYS = 12
RECEIVED = 2
NOON = 12


def write_waiting(session: Session, scene: Scene) -> None:
    """Let teachers wait for titles of which all is out, and take some of these back.

    Everything is done by the operations that the pages call, so that it holds together.
    """
    story = _Story(session, scene)
    queues = list(story.queues())
    for holding_id, elsewhere in zip(queues[:3], (False, False, True), strict=False):
        story.bring_back(holding_id, elsewhere=elsewhere)
    story.receive(RECEIVED)
    story.claim(ClaimKind.RETURNED)
    story.claim(ClaimKind.LOST)
    _other_centre_checks(session, scene)
    session.flush()


class _Story:
    """The first centre on the last open day before the demo's."""

    def __init__(self, session: Session, scene: Scene) -> None:
        """Stand behind its desk."""
        self._session, self._scene = session, scene
        self._random: Random = chance("waiting")
        self._centre = scene.people.shown.school.centre
        calendar = scene.rules.calendar(scene.people.shown.school.branch)
        self._day = calendar.open_days_after(scene.today, -1)
        self._now = instant(self._day, NOON)
        account_id = scene.people.desk[self._centre.id][0]
        self._by = Actor(account_id, None, "", (Grant(Role.STAFF, self._centre.id),))
        self._done: set[int] = set()

    def queues(self) -> Iterator[int]:
        """Let people wait, the teacher who is shown among the first; yields the holdings."""
        teachers = self._teachers()
        for number, holding_id in enumerate(self._all_out()):
            waiting = self._random.sample(teachers, self._random.randint(1, MOST_WAIT))
            if number == 0:
                waiting = [self._scene.people.shown, *waiting]
            if number == 1:
                waiting = [*waiting, self._scene.people.shown]
            branch = self._branches()[-1] if number == 2 else None  # noqa: PLR2004  # the third
            days = self._random.sample(range(1, OLDEST_WISH_DAYS), len(waiting))
            placed = [
                self._wait(holding_id, teacher, ago, branch)
                for teacher, ago in zip(waiting, sorted(days, reverse=True), strict=True)
            ]
            if any(placed):
                yield holding_id

    def bring_back(self, holding_id: int, *, elsewhere: bool) -> None:
        """Take one copy of a title back that people wait for."""
        branches = self._branches()
        loan = self._loans(Loan.holding_id == holding_id, Loan.lent_on < self._day)[0]
        self._take_back(loan, branches[0] if elsewhere else self._place_of_first(holding_id))

    def receive(self, number: int) -> None:
        """Let the courier bring some loans that nobody has looked over."""
        for loan in self._loans(Loan.due_on >= self._scene.today, Loan.lent_on < self._day)[
            :number
        ]:
            self._take_back(loan, self._branches()[0], check=False)

    def claim(self, kind: ClaimKind) -> None:
        """Let somebody say something of an overdue loan."""
        loan = self._loans(Loan.due_on < self._scene.today - timedelta(days=3))[0]
        self._done.add(loan.id)
        note = {
            ClaimKind.RETURNED: "Soll vorige Woche im Rückgabekasten gelegen haben.",
            ClaimKind.LOST: "Nach dem Umzug des Fachraums nicht mehr auffindbar.",
        }[kind]
        wish = Claim(loan.id, kind, note)
        claim(self._session, wish, self._by, self._day, self._now)

    def _take_back(self, loan: Loan, branch: BranchRow, *, check: bool | None = None) -> None:
        self._done.add(loan.id)
        wish = BroughtBack(loan.copy_id, branch.id, {}, check=check)
        check_in(self._session, wish, self._by, self._day, self._now)

    def _wait(
        self, holding_id: int, teacher: Teacher, ago: int, branch: BranchRow | None
    ) -> Hold | None:
        wish = HoldWish(
            holding_id=holding_id,
            person_id=teacher.person_id,
            institution_id=teacher.school.id,
            place_id=None if branch is None else branch.counter_id,
        )
        wished_at = instant(self._day - timedelta(days=ago), 7 + ago % 10, 5 * ago % 60)
        try:
            return place_hold(self._session, wish, self._by, self._day, wished_at)
        except RefusedError:
            return None

    def _teachers(self) -> Sequence[Teacher]:
        return [
            teacher
            for teachers in self._scene.people.by_school.values()
            for teacher in teachers
            if teacher.school.centre == self._centre and teacher is not self._scene.people.shown
        ]

    def _branches(self) -> list[BranchRow]:
        every = self._scene.county.branches.values()
        return [branch for branch in every if branch.centre == self._centre]

    def _place_of_first(self, holding_id: int) -> BranchRow:
        place_id = self._session.scalar(
            select(Hold.place_id).where(Hold.holding_id == holding_id).order_by(Hold.rank)
        )
        return next(each for each in self._branches() if each.counter_id == place_id)

    def _all_out(self) -> Sequence[int]:
        """Return holdings of which every copy is out, and only one or two are there at all."""
        out = (
            select(func.count(Loan.id))
            .where(Loan.holding_id == Holding.id, Loan.returned_on.is_(None), ~Loan.placed)
            .scalar_subquery()
        )
        query = select(Holding.id).where(
            Holding.centre_id == self._centre.id, Holding.lendable > 0, out >= Holding.lendable
        )
        return self._session.scalars(query.order_by(Holding.id).limit(TITLES)).all()

    def _loans(self, *conditions: object) -> Sequence[Loan]:
        query = (
            select(Loan)
            .where(Loan.centre_id == self._centre.id, Loan.returned_on.is_(None), ~Loan.placed)
            .where(Loan.received_on.is_(None), Loan.id.not_in(self._done))
            .where(Loan.person_id != self._scene.people.shown.person_id)
        )
        for condition in conditions:
            query = query.where(condition)  # type: ignore[arg-type]  # conditions on loans
        return self._session.scalars(query.order_by(Loan.id.desc())).all()


def _other_centre_checks(session: Session, scene: Scene) -> None:
    """Let the other centre look returns over in a step of its own."""
    for centre in scene.county.centres:
        if centre != scene.people.shown.school.centre:
            session.add(LendingSettings(centre_id=centre.id, checks_returns=True))
