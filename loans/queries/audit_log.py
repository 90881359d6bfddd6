"""The audit log as an office reads it, with names for the keys that its entries hold."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, func, or_, select, true
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from database.audit import AuditEntry
from loans.models.booking import Booking
from loans.models.closure import Closure
from loans.models.loan import Loan
from loans.models.tour import CourierRoute, Tour
from schools.models.account import Account
from schools.models.institution import Institution
from schools.models.media_centre import Branch, MediaCentre, PickupPlace
from schools.models.person import Person
from schools.rules.roles import Scope


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What the log is narrowed to; None and empty leave all.

    Attributes:
        since: entries made at this instant or later.
        until: entries made before this instant.
        act: exactly this one.
        who: parts of the acting person's name or account.
        subject_kind: exactly this kind of thing.
        subject: the number people know it by: a booking's, a copy's barcode, or its key.
        words: parts of the reason and of the values before and after.
        before_id: only entries older than this one; for the next page.
    """

    since: datetime | None = None
    until: datetime | None = None
    act: str = ""
    who: str = ""
    subject_kind: str = ""
    subject: str = ""
    words: str = ""
    before_id: int | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """What keys in entries stand for; by kind of thing, then by key."""

    names: Mapping[str, Mapping[int, str]] = field(default_factory=dict)

    def of(self, kind: str, key: object) -> str:
        """Return the name of a thing; empty if it is gone, or nobody knows its kind."""
        known = self.names.get(kind, {})
        return known.get(key, "") if isinstance(key, int) else ""


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some entries, the latest first, with the names they need."""

    entries: tuple[AuditEntry, ...]
    named: Named
    next_before: int | None
    """Of the next page; None at the end."""


def audit_page(session: Session, scope: Scope, wanted: AuditFilter, size: int) -> AuditPage:
    """Return one page of the log within a scope, in a statement and one for each kind it names.

    Pages begin behind a key, so none is read twice while the log grows.

    Source:
        docs/rules.md, Lending 12.2.
    """
    query = select(AuditEntry).where(*_conditions(scope, wanted))
    rows = session.scalars(query.order_by(AuditEntry.id.desc()).limit(size + 1)).all()
    entries = tuple(rows[:size])
    following = entries[-1].id if len(rows) > size else None
    return AuditPage(entries, _named(session, entries), following)


def entries_about(session: Session, by_person: Scope, act: str) -> Sequence[AuditEntry]:
    """Return the entries of an act about the person of a scope, the latest first."""
    if by_person.person_id is None:
        return ()
    query = select(AuditEntry).where(
        AuditEntry.subject_kind == "person",
        AuditEntry.subject_id == by_person.person_id,
        AuditEntry.act == act,
    )
    return session.scalars(query.order_by(AuditEntry.id.desc())).all()


def _conditions(scope: Scope, wanted: AuditFilter) -> Iterable[ColumnElement[bool]]:
    yield _within(scope)
    exactly = {
        AuditEntry.act: wanted.act,
        AuditEntry.subject_kind: wanted.subject_kind,
    }
    for column, value in exactly.items():
        if value:
            yield column == value
    yield from _when(wanted)
    if wanted.who:
        yield AuditEntry.account_id.in_(_accounts_called(wanted.who))
    if wanted.subject:
        yield or_(*_subjects(wanted.subject.strip()))
    for word in wanted.words.split():
        yield or_(*_says(word))


def _when(wanted: AuditFilter) -> Iterable[ColumnElement[bool]]:
    if wanted.since is not None:
        yield AuditEntry.at >= wanted.since
    if wanted.until is not None:
        yield AuditEntry.at < wanted.until
    if wanted.before_id is not None:
        yield AuditEntry.id < wanted.before_id


def _within(scope: Scope) -> ColumnElement[bool]:
    return true() if scope.everything else AuditEntry.centre_id.in_(scope.centre_ids)


def _accounts_called(words: str) -> Select[int]:
    query = select(Account.id).join(Person, Person.id == Account.person_id)
    for word in words.split():
        query = query.where(
            or_(
                *(
                    column.icontains(part, autoescape=True)
                    for column in (Person.given_name, Person.family_name, Account.name)
                    for part in _spellings(word)
                )
            )
        )
    return query


def _subjects(text: str) -> Iterable[ColumnElement[bool]]:
    kind, key = AuditEntry.subject_kind, AuditEntry.subject_id
    if text.isascii() and text.isdigit() and len(text) < 10:  # noqa: PLR2004  # as keys have
        yield key == int(text)
    number = text.upper()
    yield (kind == "booking") & key.in_(select(Booking.id).where(Booking.number == number))
    copies = select(Copy.id).where(or_(Copy.barcode == text, Copy.barcode == number))
    yield (kind == "copy") & key.in_(copies)
    yield (kind == "loan") & key.in_(select(Loan.id).where(Loan.copy_id.in_(copies)))


def _says(word: str) -> Iterable[ColumnElement[bool]]:
    for column in (AuditEntry.reason, AuditEntry.before, AuditEntry.after):
        for part in _spellings(word):
            yield cast(column, String).icontains(part, autoescape=True)


def _spellings(word: str) -> set[str]:
    """Return a word as it may be stored.

    JSON keeps letters beyond ASCII as escapes, and SQLite folds only ASCII letters.
    """
    cases = {word, word.lower(), word.capitalize()}
    return cases | {json.dumps(each)[1:-1] for each in cases}


REFERS: Mapping[str, str] = {
    "person_id": "person",
    "branch_id": "branch",
    "holding_id": "holding",
    "title_id": "title",
    "copy_id": "copy",
    "institution_id": "institution",
    "centre_id": "media_centre",
}
"""Names of values that are keys, and what they are keys of."""


def _named(session: Session, entries: Sequence[AuditEntry]) -> Named:
    """Read the names of everything the entries mention, one statement a kind."""
    keys: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        keys[entry.subject_kind].add(entry.subject_id)
        keys["account"].add(entry.account_id or 0)
        for values in (entry.before, entry.after):
            for name, value in values.items():
                if name in REFERS and isinstance(value, int):
                    keys[REFERS[name]].add(value)
    return Named(
        {
            kind: dict(session.execute(query.where(column.in_(keys[kind]))).all())
            for kind, (query, column) in _queries().items()
            if keys[kind] - {0}
        }
    )


def _queries() -> dict[str, tuple[Any, Any]]:
    """Return by kind of thing the statement that names it, and the column of its key."""
    person = Person.given_name + " " + Person.family_name
    school = func.coalesce(func.nullif(Institution.short_name, ""), Institution.name)
    loans = (
        select(Loan.id, Title.name + " (" + Copy.barcode + ")")
        .join(Copy, Copy.id == Loan.copy_id)
        .join(Holding, Holding.id == Loan.holding_id)
        .join(Title, Title.id == Holding.title_id)
    )
    copies = (
        select(Copy.id, Title.name + " (" + Copy.barcode + ")")
        .join(Holding, Holding.id == Copy.holding_id)
        .join(Title, Title.id == Holding.title_id)
    )
    accounts = select(Account.id, person).join(Person, Person.id == Account.person_id)
    tours = select(Tour.id, CourierRoute.name).join(CourierRoute, CourierRoute.id == Tour.route_id)
    holdings = select(Holding.id, Title.name).join(Title, Title.id == Holding.title_id)
    return {
        "account": (accounts, Account.id),
        "person": (select(Person.id, person), Person.id),
        "loan": (loans, Loan.id),
        "copy": (copies, Copy.id),
        "booking": (select(Booking.id, Booking.number), Booking.id),
        "holding": (holdings, Holding.id),
        "title": (select(Title.id, Title.name), Title.id),
        "institution": (select(Institution.id, school), Institution.id),
        "branch": (select(Branch.id, Branch.name), Branch.id),
        "media_centre": (select(MediaCentre.id, MediaCentre.name), MediaCentre.id),
        "closure": (select(Closure.id, Closure.name), Closure.id),
        "pickup_place": (select(PickupPlace.id, PickupPlace.name), PickupPlace.id),
        "courier_route": (select(CourierRoute.id, CourierRoute.name), CourierRoute.id),
        "tour": (tours, Tour.id),
    }
