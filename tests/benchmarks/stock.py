"""A store of any size for the figures: the demo's titles again and again, booked and lent."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import cycle, islice
from typing import Any

from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from app.demand import note_demand
from app.demo.chance import chance
from app.demo.content import titles
from app.demo.entries import TitleEntry
from app.factory import create_app
from app.index_work import enlist_host, make_anew
from app.passwords import hash_password
from app.sessions import ENGINE, session
from app.settings import Settings
from app.store import prepare_store
from app.today import HOUSE_TIME
from catalogue.models.copy import Copy
from catalogue.models.curriculum_link import CurriculumLink
from catalogue.models.holding import Holding
from catalogue.models.licence import Licence
from catalogue.models.title import Title
from catalogue.rules.copy_states import CopyState
from catalogue.rules.licences import LicenceScope
from database.base import Base
from loans.models.booking import Booking, BookingLine
from loans.models.loan import Loan
from loans.models.purpose import OtherReason
from loans.rules.booking_states import BookingState
from schools.models.curriculum import Scheme
from schools.models.person import Person
from schools.rules.roles import Role
from tests.make import Make

PASSWORD = "Kreidestaub und Tafelschwamm"
DESKS = 4
COPIES_A_DESK = 25
SCHOOLS = 24
PEOPLE_A_SCHOOL = 8
BOOKED_AHEAD = 300
"""Bookings spread over so many days from tomorrow on."""

MOST_COPIES = 5
NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Size:
    """How much the store holds; bookings are open, loans not returned."""

    titles: int
    bookings: int
    loans: int


SMALL = Size(titles=10, bookings=1, loans=1)
LARGE = Size(titles=10_000, bookings=20_000, loans=300)


@dataclass(frozen=True, slots=True)
class Desk:
    """Who stands at a counter, whom they serve, and what they scan."""

    name: str
    card: str
    barcodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stock:
    """What the figures need to know of the store.

    Attributes:
        teacher: name to sign in with; the password is `PASSWORD`.
        desks: none shares a copy with another.
        title_ids: of titles that are lent.
    """

    teacher: str
    desks: tuple[Desk, ...]
    title_ids: tuple[int, ...]


def day_here() -> date:
    """Return today as the server sees it."""
    return datetime.now(HOUSE_TIME).date()


def build(settings: Settings, size: Size) -> Stock:
    """Fill the empty store of an installation and its index, as they stand after a night."""
    app = create_app(settings)
    engine: Engine = app.extensions[ENGINE]
    with app.app_context():
        prepare_store()
        password_hash = hash_password(PASSWORD)
        stock = Builder(session(), size).build(password_hash)
        note_demand()
        make_anew(enlist_host())
    engine.dispose()
    return stock


class Builder:
    """Writes a store; places and people one by one, all else many rows at once."""

    def __init__(self, session: Session, size: Size) -> None:
        """Take an empty, prepared store."""
        self._session = session
        self._make = Make(session)
        self._size = size
        self._today = day_here()
        self._chance = chance("benchmarks")

    def build(self, password_hash: str) -> Stock:
        """Write everything."""
        self._centre = self._make.centre("Medienzentrum Lindenau")
        teacher = self._make.account(Role.TEACHER, password_hash=password_hash)
        people = [
            self._make.person(school)
            for school in [self._make.school() for _ in range(SCHOOLS)]
            for _ in range(PEOPLE_A_SCHOOL)
        ]
        entries = list(islice(cycle(titles()), self._size.titles))
        title_ids = self._titles(entries)
        lent = [key for key, entry in zip(title_ids, entries, strict=True) if entry.copies]
        holdings = self._holdings(lent)
        copies = self._copies(holdings)
        self._bookings(holdings, people)
        self._loans(copies, people)
        self._session.commit()
        desks = tuple(self._desk(number, password_hash) for number in range(DESKS))
        return Stock(teacher.name, desks, tuple(lent))

    def _titles(self, entries: list[TitleEntry]) -> list[int]:
        rows = [_title_row(number, entry) for number, entry in enumerate(entries)]
        ids = self._insert(Title, rows)
        links = [
            {"title_id": key, "scheme": scheme, "code": code}
            for key, entry in zip(ids, entries, strict=True)
            for scheme, code in _links(entry)
        ]
        self._session.execute(insert(CurriculumLink), links)
        self._insert(Licence, [_licence_row(key) for key in ids])
        return ids

    def _holdings(self, title_ids: list[int]) -> dict[int, int]:
        """Write a holding for each title; returns how many copies each has."""
        amounts = [self._chance.randint(1, MOST_COPIES) for _ in title_ids]
        rows = [
            {"title_id": key, "centre_id": self._centre.id, "lendable": amount}
            for key, amount in zip(title_ids, amounts, strict=True)
        ]
        return dict(zip(self._insert(Holding, rows), amounts, strict=True))

    def _copies(self, holdings: dict[int, int]) -> list[tuple[int, int]]:
        """Write the copies; returns the first of each holding with its holding."""
        owners = [key for key, amount in holdings.items() for _ in range(amount)]
        branch = self._make.branch(self._centre)
        rows = [
            {
                "holding_id": key,
                "centre_id": self._centre.id,
                "barcode": f"MZ-{500_000 + number}",
                "home_branch_id": branch.id,
                "branch_id": branch.id,
                "created_at": NOW,
            }
            for number, key in enumerate(owners)
        ]
        ids = self._insert(Copy, rows)
        firsts = dict(reversed(list(zip(owners, ids, strict=True))))
        return [(copy_id, key) for key, copy_id in firsts.items()]

    def _bookings(self, holdings: dict[int, int], people: list[Person]) -> None:
        keys = list(holdings)
        place = self._make.place(self._centre)
        rows = []
        for number in range(self._size.bookings):
            person = self._chance.choice(people)
            first = self._today + timedelta(days=self._chance.randint(1, BOOKED_AHEAD))
            rows.append(
                {
                    "number": f"R-{number + 1}",
                    "centre_id": self._centre.id,
                    "person_id": person.id,
                    "institution_id": person.memberships[0].institution_id,
                    "reason": OtherReason.PREVIEW,
                    "place_id": place.id,
                    "first": first,
                    "last": first + timedelta(days=self._chance.randint(1, 7)),
                    "state": BookingState.CONFIRMED,
                    "created_at": NOW,
                }
            )
        lines = [
            {"booking_id": key, "holding_id": self._chance.choice(keys), "quantity": 1}
            for key in self._insert(Booking, rows)
        ]
        self._insert(BookingLine, lines)

    def _loans(self, copies: list[tuple[int, int]], people: list[Person]) -> None:
        branch = self._make.branch(self._centre)
        lent_on = self._today - timedelta(days=3)
        chosen = self._chance.sample(copies, min(self._size.loans, len(copies)))
        rows = []
        for copy_id, holding_id in chosen:
            person = self._chance.choice(people)
            rows.append(
                {
                    "copy_id": copy_id,
                    "holding_id": holding_id,
                    "centre_id": self._centre.id,
                    "branch_id": branch.id,
                    "person_id": person.id,
                    "institution_id": person.memberships[0].institution_id,
                    "lent_on": lent_on,
                    "lent_at": NOW,
                    "due_on": lent_on + timedelta(days=14),
                }
            )
            self._session.get_one(Copy, copy_id).state = CopyState.ON_LOAN
        self._insert(Loan, rows)

    def _desk(self, number: int, password_hash: str) -> Desk:
        staff = self._make.account(Role.STAFF, password_hash=password_hash)
        customer = self._make.person()
        title = self._make.title(f"Tischlein deck dich {number}")
        holding = self._make.holding(title, copies=COPIES_A_DESK)
        barcodes = tuple(copy.barcode for copy in holding.copies)
        return Desk(staff.name, customer.card, barcodes)

    def _insert(self, model: type[Base], rows: list[dict[str, Any]]) -> list[int]:
        ids = model.__table__.c.id
        statement = insert(model).returning(ids, sort_by_parameter_order=True)
        return list(self._session.scalars(statement, rows))


def _title_row(number: int, entry: TitleEntry) -> dict[str, Any]:
    """Return a title; where the demo's titles come again they are further parts."""
    part = number // len(titles())
    names = ("subtitle", "series", "summary", "year")
    return {name: getattr(entry, name) for name in names} | {
        "name": f"{entry.name} (Folge {part + 1})" if part else entry.name,
        "media_type": entry.type,
        "keywords": ";".join(entry.keywords),
        "languages": ";".join(entry.languages),
        "duration_minutes": entry.minutes,
        "age_rating": entry.fsk,
        "grade_from": entry.grades[0],
        "grade_to": entry.grades[1],
        "source": "benchmarks",
        "source_id": str(number),
        "created_at": NOW,
        "changed_at": NOW,
    }


def _licence_row(title_id: int) -> dict[str, Any]:
    return {
        "title_id": title_id,
        "licence_type": "state",
        "scope": LicenceScope.STATE,
        "valid_from": date(2020, 1, 1),
    }


def _links(entry: TitleEntry) -> Iterator[tuple[Scheme, str]]:
    schemes = {
        Scheme.SUBJECT: entry.subjects,
        Scheme.CONTENT_FIELD: entry.fields,
        Scheme.MEDIA_COMPETENCE: entry.mkr,
        Scheme.LEARNING_COMPETENCE: entry.learn,
    }
    for scheme, codes in schemes.items():
        for code in dict.fromkeys(codes):
            yield scheme, code
