"""A centre with very many loans out, as a night finds it: most in time, some due, many overdue."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.demo.chance import chance
from app.factory import create_app
from app.index_work import enlist_host, make_anew
from app.passwords import hash_password
from app.sessions import ENGINE, session
from app.settings import Settings
from app.store import prepare_store
from app.today import HOUSE_TIME
from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from catalogue.rules.copy_states import CopyState
from database.base import Base
from database.job_runs import JobRun, JobState
from loans.models.lending_settings import LendingSettings
from loans.models.loan import Loan, Reminder
from schools.models.person import Membership, Person
from schools.rules.roles import Role
from tests.benchmarks.stock import NOW, PASSWORD, day_here
from tests.make import Make

SCHOOLS = 200
PEOPLE_A_SCHOOL = 25
COPIES_A_TITLE = 5
LENT_FOR = 14
MOST_OVERDUE = 40
LEVELS = (3, 10, 17)

IN_TIME, DUE, OVERDUE = 0.80, 0.10, 0.10
"""Shares of the loans that are out."""


@dataclass(frozen=True, slots=True)
class NightSize:
    """So many loans are out, and so many more came back long ago and still name who had them."""

    out: int
    back: int


@dataclass(frozen=True, slots=True)
class NightStock:
    """Who stands at the desk, and what is scanned there while the night works."""

    name: str
    card: str
    barcodes: tuple[str, ...]


def build_night(settings: Settings, size: NightSize, kinds: Iterator[str]) -> NightStock:
    """Fill an empty store and its index; today's nightly jobs of these kinds count as done."""
    app = create_app(settings)
    with app.app_context():
        prepare_store()
        stock = _Builder(session(), size).build()
        make_anew(enlist_host())
        at = datetime.now(HOUSE_TIME)
        for kind in kinds:
            occasion = f"{kind}:{day_here().isoformat()}"
            done = {"state": JobState.DONE, "finished_at": at}
            session().add(JobRun(kind=kind, occasion=occasion, queued_at=at, **done))
        session().commit()
    app.extensions[ENGINE].dispose()
    return stock


class _Builder:
    def __init__(self, opened: Session, size: NightSize) -> None:
        self._session = opened
        self._make = Make(opened)
        self._size = size
        self._today = day_here()
        self._chance = chance("night")

    def build(self) -> NightStock:
        centre = self._make.centre("Medienzentrum Lindenau")
        self._session.add(LendingSettings(centre_id=centre.id, renews_automatically=True))
        people = self._people()
        copies = self._copies(self._size.out)
        self._out(copies, people)
        self._back(copies, people)
        account = self._make.account(Role.STAFF, password_hash=hash_password(PASSWORD))
        holding = self._make.holding(self._make.title("Tischlein deck dich"), copies=100)
        self._session.commit()
        barcodes = tuple(copy.barcode for copy in holding.copies)
        return NightStock(account.name, self._make.person().card, barcodes)

    def _people(self) -> list[tuple[int, int]]:
        """Return keys of people with those of their schools."""
        schools = [self._make.school(email="schule@example.org").id for _ in range(SCHOOLS)]
        belongs = [school for school in schools for _ in range(PEOPLE_A_SCHOOL)]
        rows = [
            {
                "given_name": "Ada",
                "family_name": f"Lehrerin{number}",
                "email": f"nacht{number}@example.org",
                "card": f"P-NIGHT{number:08d}",
                "created_at": NOW,
            }
            for number in range(len(belongs))
        ]
        ids = self._insert(Person, rows)
        first = date(2020, 8, 1)
        self._insert(
            Membership,
            [
                {"person_id": key, "institution_id": school, "first": first}
                for key, school in zip(ids, belongs, strict=True)
            ],
        )
        return list(zip(ids, belongs, strict=True))

    def _copies(self, number: int) -> list[tuple[int, int]]:
        """Return keys of copies with those of their holdings."""
        centre, branch = self._make.the_centre(), self._make.branch()
        titles = -(-number // COPIES_A_TITLE)
        names = [
            {"name": f"Film {key}", "media_type": "film", "created_at": NOW, "changed_at": NOW}
            for key in range(titles)
        ]
        holdings = [
            {"title_id": key, "centre_id": centre.id, "lendable": COPIES_A_TITLE}
            for key in self._insert(Title, names)
        ]
        owners = [key for key in self._insert(Holding, holdings) for _ in range(COPIES_A_TITLE)]
        rows = [
            {
                "holding_id": key,
                "centre_id": centre.id,
                "barcode": f"MZ-{1_000_000 + place}",
                "state": CopyState.ON_LOAN,
                "home_branch_id": branch.id,
                "value_cents": 2_500,
                "created_at": NOW,
            }
            for place, key in enumerate(owners)
        ]
        return list(zip(self._insert(Copy, rows), owners, strict=True))[:number]

    def _out(self, copies: list[tuple[int, int]], people: list[tuple[int, int]]) -> None:
        rows = []
        for copy in copies:
            due_on = self._today + timedelta(days=self._due())
            rows.append(self._loan(copy, self._chance.choice(people), due_on))
        ids = self._insert(Loan, rows)
        self._insert_plain(
            Reminder,
            [
                {
                    "loan_id": key,
                    "level": level,
                    "due_on": row["due_on"],
                    "written_on": row["due_on"] + timedelta(days=days),
                }
                for key, row in zip(ids, rows, strict=True)
                for level, days in enumerate(LEVELS, start=1)
                if row["due_on"] + timedelta(days=days) < self._today
            ],
        )

    def _due(self) -> int:
        drawn = self._chance.random()
        if drawn < OVERDUE:
            return -self._chance.randint(1, MOST_OVERDUE)
        if drawn < OVERDUE + DUE:
            return self._chance.randint(0, 3)
        return self._chance.randint(6, LENT_FOR)

    def _back(self, copies: list[tuple[int, int]], people: list[tuple[int, int]]) -> None:
        rows = []
        for number in range(self._size.back):
            back = self._today - timedelta(days=self._chance.randint(91, 95))
            at = datetime(back.year, back.month, back.day, 10, tzinfo=HOUSE_TIME)
            row = self._loan(copies[number], self._chance.choice(people), back)
            rows.append(row | {"returned_on": back, "returned_at": at, "checked_at": at})
        self._insert(Loan, rows)

    def _loan(
        self, copy: tuple[int, int], person: tuple[int, int], due_on: date
    ) -> dict[str, Any]:
        return {
            "copy_id": copy[0],
            "holding_id": copy[1],
            "centre_id": self._make.the_centre().id,
            "branch_id": self._make.branch().id,
            "person_id": person[0],
            "institution_id": person[1],
            "lent_on": due_on - timedelta(days=LENT_FOR),
            "lent_at": NOW,
            "due_on": due_on,
        }

    def _insert(self, model: type[Base], rows: list[dict[str, Any]]) -> list[int]:
        statement = insert(model).returning(model.__table__.c.id, sort_by_parameter_order=True)
        return list(self._session.scalars(statement, rows)) if rows else []

    def _insert_plain(self, model: type[Base], rows: list[dict[str, Any]]) -> None:
        if rows:
            self._session.execute(insert(model), rows)
