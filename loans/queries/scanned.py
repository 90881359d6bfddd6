"""What a scanned code answers to at a centre: a copy, a person, a booking, a box, a command."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, or_, select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from catalogue.rules.barcodes import Code, CodeKind, readings, spellings
from catalogue.rules.copy_states import CopyState
from loans.models.booking import Booking
from loans.queries.borrowers import within
from loans.queries.boxes import Box, boxes_numbered
from loans.rules.desk import Command, command_of
from schools.models.institution import Institution
from schools.models.person import Membership, Person
from schools.rules.roles import Scope


@dataclass(frozen=True, slots=True)
class ScannedCopy:
    """A copy of the centre as its label says; the state is as read without a lock."""

    id: int
    barcode: str
    title: str
    shelf_mark: str
    state: CopyState


@dataclass(frozen=True, slots=True)
class ScannedPerson:
    """A person who acts, or acted, for an institution of the centre."""

    id: int


@dataclass(frozen=True, slots=True)
class ScannedBooking:
    """A booking of the centre."""

    id: int


Scanned = ScannedCopy | ScannedPerson | ScannedBooking | Box | Command | int
"""What was found; a number is a choice among the answers to a question."""


def scanned(session: Session, scope: Scope, centre_id: int, text: str) -> Scanned | None:
    """Return what a scanned text stands for at a centre; None if nothing there answers to it.

    Own prefixes decide where to look, other texts are looked up among copies' barcodes and
    inventory numbers and people's cards. Readings with swapped letters count only after a miss,
    and after a miss of these the plain one in another case, if only one thing answers to it.
    One statement for a label of ours as it was printed, at most six for anything else.

    Source:
        docs/rules.md, Lending 8.0.
    """
    if not scope.covers_centre(centre_id):
        return None
    codes = readings(text)
    return (
        _first(session, centre_id, codes[:1])
        or _first(session, centre_id, codes[1:])
        or _in_another_case(session, centre_id, codes[:1])
    )


def _first(session: Session, centre_id: int, codes: Sequence[Code]) -> Scanned | None:
    """Return what the first code answers to that answers to anything."""
    copies = _copies(session, centre_id, _texts(codes, CodeKind.COPY, CodeKind.UNMARKED))
    people = _people(session, centre_id, _texts(codes, CodeKind.PERSON, CodeKind.UNMARKED))
    known: Mapping[CodeKind, Mapping[str, Scanned]] = {
        CodeKind.COPY: copies,
        CodeKind.PERSON: people,
        CodeKind.BOOKING: _bookings(session, centre_id, _texts(codes, CodeKind.BOOKING)),
        CodeKind.COMMAND: _commands(_texts(codes, CodeKind.COMMAND)),
        CodeKind.UNMARKED: {**people, **copies},
        CodeKind.TOUR_BOX: _boxes(session, centre_id, _texts(codes, CodeKind.TOUR_BOX)),
    }
    found = (known[code.kind].get(code.text) for code in codes)
    return next((each for each in found if each is not None), None)


def _in_another_case(
    session: Session, centre_id: int, codes: Sequence[Code]
) -> ScannedCopy | ScannedPerson | None:
    """Return the one copy or person that a code stands for, whatever case its label is in.

    Our own codes are in capitals; those of earlier systems stand as somebody wrote them.
    """
    copies = _spelled(codes, CodeKind.COPY, CodeKind.UNMARKED)
    people = _spelled(codes, CodeKind.PERSON, CodeKind.UNMARKED)
    found: set[ScannedCopy | ScannedPerson] = {
        *_copies(session, centre_id, copies).values(),
        *_people(session, centre_id, people).values(),
    }
    return found.pop() if len(found) == 1 else None


def _spelled(codes: Sequence[Code], *kinds: CodeKind) -> list[str]:
    return sorted({each for text in _texts(codes, *kinds) for each in spellings(text)})


def _commands(texts: list[str]) -> dict[str, Command | int]:
    understood = {text: command_of(text) for text in texts}
    return {text: word for text, word in understood.items() if word is not None}


def _texts(codes: Sequence[Code], *kinds: CodeKind) -> list[str]:
    return [code.text for code in codes if code.kind in kinds]


def _copies(session: Session, centre_id: int, texts: list[str]) -> dict[str, ScannedCopy]:
    if not texts:
        return {}
    rows = session.execute(_labelled(), {"centre_id": centre_id, "texts": texts}).all()
    by_number = {row[5]: ScannedCopy(*row[:5]) for row in rows if row[5] is not None}
    return by_number | {row[1]: ScannedCopy(*row[:5]) for row in rows}


@cache
def _labelled() -> Select[*tuple[Any, ...]]:
    """Build the statement once: building it costs more than asking."""
    texts: BindParameter[str] = bindparam("texts", expanding=True)
    return (
        select(
            Copy.id,
            Copy.barcode,
            Title.name,
            Holding.shelf_mark,
            Copy.state,
            Copy.inventory_number,
        )
        .join(Holding, Holding.id == Copy.holding_id)
        .join(Title, Title.id == Holding.title_id)
        .where(Copy.centre_id == bindparam("centre_id"))
        .where(or_(Copy.barcode.in_(texts), Copy.inventory_number.in_(texts)))
    )


def _people(session: Session, centre_id: int, texts: list[str]) -> dict[str, ScannedPerson]:
    if not texts:
        return {}
    ours = (
        select(Membership.person_id)
        .join(Institution, Institution.id == Membership.institution_id)
        .where(within(_centre(centre_id), Institution.centre_id, Institution.id))
    )
    rows = session.execute(
        select(Person.card, Person.id).where(Person.card.in_(texts), Person.id.in_(ours))
    )
    return {card: ScannedPerson(person_id) for card, person_id in rows}


def _bookings(session: Session, centre_id: int, texts: list[str]) -> dict[str, ScannedBooking]:
    if not texts:
        return {}
    rows = session.execute(
        select(Booking.number, Booking.id).where(
            Booking.number.in_(texts), Booking.centre_id == centre_id
        )
    )
    return {number: ScannedBooking(booking_id) for number, booking_id in rows}


def _boxes(session: Session, centre_id: int, texts: list[str]) -> dict[str, Box]:
    return {box.number: box for box in boxes_numbered(session, centre_id, texts)}


def _centre(centre_id: int) -> Scope:
    return Scope(centre_ids=frozenset({centre_id}))
