"""Writes what the desk did of late: receipts, briefings, and somebody who came without a card."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from app.demo.chance import chance
from app.demo.days import ONE_DAY, instant
from app.demo.insertion import insert_rows
from app.demo.newcomers import address_for, host_of
from app.demo.scene import Scene
from catalogue.amounts import counted
from catalogue.models.copy import Copy, Part
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from loans.models.briefing import Briefing
from loans.models.desk_session import DeskScan, DeskSession, ScanOutcome
from loans.models.loan import Loan
from loans.operations.tell_receipt import tell_receipt
from loans.rules.desk import DeskAct
from schools.models.institution import Institution
from schools.models.person import Membership, Person
from schools.operations.join_provisionally import tell_school
from schools.rules.cards import BITS, card_number
from schools.rules.provisional import last_day
from schools.vocabularies.media_types import MediaCategory, media_types

RECENT = timedelta(days=10)
SERVED = timedelta(minutes=4)
NEW_AT_SCHOOL = ("Paula", "Wiechert")


def build_counter(session: Session, scene: Scene) -> None:
    """Write the sessions of the last days with their receipts, the briefings, and the newcomer."""
    for loans in _customers(session, scene):
        _serve(session, loans)
    _brief(session)
    _take_in(session, scene)


def _customers(session: Session, scene: Scene) -> list[list[Loan]]:
    """Return what the shown centre lent of late, together what went over the desk together."""
    query = (
        select(Loan)
        .options(
            joinedload(Loan.person),
            joinedload(Loan.copy),
            joinedload(Loan.holding).joinedload(Holding.title),
        )
        .where(Loan.lent_on >= scene.today - RECENT, Loan.centre_id == scene.county.centres[0].id)
        .where(Loan.returned_on.is_(None), Loan.person_id.is_not(None), Loan.renewals == 0)
        .order_by(Loan.lent_at, Loan.id)
    )
    customers = defaultdict(list)
    for loan in session.scalars(query):
        customers[loan.person_id, loan.lent_on, loan.lent_by, loan.branch_id].append(loan)
    return list(customers.values())


def _serve(session: Session, loans: list[Loan]) -> None:
    first = loans[0]
    desk = DeskSession(
        account_id=first.lent_by,
        branch_id=first.branch_id,
        person_id=first.person_id,
        institution_id=first.institution_id,
        started_at=first.lent_at,
        ended_at=loans[-1].lent_at + SERVED,
    )
    session.add(desk)
    session.flush()
    contents = _contents(session, [loan.copy for loan in loans])
    rows = [_scan(desk, loan, nth, contents) for nth, loan in enumerate(loans, start=1)]
    insert_rows(session, DeskScan, rows)
    tell_receipt(session, desk, loans[-1].lent_at + SERVED)


def _scan(
    desk: DeskSession, loan: Loan, nth: int, contents: dict[int, list[str]]
) -> dict[str, Any]:
    copy = loan.copy
    facts = {
        "title": loan.holding.title.name,
        "barcode": copy.barcode,
        "shelf": loan.holding.shelf_mark,
        "due_on": None if loan.due_on is None else loan.due_on.isoformat(),
        "booking": "",
        "purpose": loan.unit_id is not None or loan.reason is not None,
        "overruled": [],
        "nth": nth,
        "contents": contents.get(copy.id, []),
    }
    return {
        "session_id": desk.id,
        "idem": f"demo-{nth}",
        "at": loan.lent_at,
        "scanned": copy.barcode,
        "act": DeskAct.LEND.value,
        "outcome": ScanOutcome.DONE,
        "facts": facts,
        "copy_id": copy.id,
        "loan_id": loan.id,
        "codes": [],
        "effects": {},
        "void": False,
    }


def _contents(session: Session, copies: Iterable[Copy]) -> dict[int, list[str]]:
    ids = [copy.id for copy in copies]
    contents = defaultdict(list)
    for part in session.scalars(select(Part).where(Part.copy_id.in_(ids)).order_by(Part.id)):
        if there := part.count - part.missing:
            contents[part.copy_id].append(counted(part.name, there))
    return contents


def _brief(session: Session) -> None:
    """Note for everybody who has equipment that they were shown how, the day they first had it."""
    equipment = [each.code for each in media_types() if each.category is MediaCategory.EQUIPMENT]
    first = (
        select(Loan.person_id, Loan.centre_id, func.min(Loan.lent_on), func.min(Loan.lent_by))
        .join(Holding, Holding.id == Loan.holding_id)
        .join(Title, Title.id == Holding.title_id)
        .where(Loan.person_id.is_not(None), Title.media_type.in_(equipment))
        .group_by(Loan.person_id, Loan.centre_id)
        .order_by(Loan.person_id, Loan.centre_id)
    )
    rows = [
        {
            "person_id": person_id,
            "centre_id": centre_id,
            "media_category": MediaCategory.EQUIPMENT.value,
            "given_on": day,
            "given_by": account_id,
        }
        for person_id, centre_id, day, account_id in session.execute(first)
    ]
    insert_rows(session, Briefing, rows)


def _take_in(session: Session, scene: Scene) -> None:
    """Write somebody new at the shown school, whose membership the school has yet to confirm."""
    school = scene.people.shown.school
    came_on = scene.today - 3 * ONE_DAY
    came_at = instant(came_on, 14, 20)
    given, family = NEW_AT_SCHOOL
    person = Person(
        given_name=given,
        family_name=family,
        email=address_for(NEW_AT_SCHOOL, host_of(school)),
        card=card_number(chance("newcomer").getrandbits(BITS)),
        created_at=came_at,
    )
    session.add(person)
    session.flush()
    membership = Membership(
        person_id=person.id,
        institution_id=school.id,
        first=came_on,
        last=last_day(came_on),
        provisional=True,
    )
    session.add(membership)
    session.flush()
    tell_school(session, membership, person, session.get_one(Institution, school.id), came_at)
