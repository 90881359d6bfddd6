"""Two centres with everything in them, to see that neither reaches the other."""

from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from sqlalchemy import Table, or_, select
from sqlalchemy.orm import Session

from app.import_jobs import JOB_KIND as IMPORT
from catalogue.models.attachment import Attachment
from catalogue.models.class_code import ClassCode
from catalogue.models.copy import Copy, Part
from catalogue.models.defect import Defect, DefectKind
from catalogue.models.holding import Holding
from catalogue.models.import_run import ImportKind, ImportRun
from catalogue.models.licence import Licence
from catalogue.models.title_list import ListEntry, SavedSearch, TitleList
from catalogue.rules.class_codes import class_code, code_ends_on
from catalogue.rules.copy_states import CopyState
from database.base import Base
from database.job_runs import JobRun
from loans.models.basket import BasketLine
from loans.models.booking import Booking, BookingPick
from loans.models.briefing import Briefing
from loans.models.claim import ClaimKind, LoanClaim
from loans.models.closure import Closure, ExceptionalOpening, MovableHoliday
from loans.models.collective_order import CollectiveOrder
from loans.models.desk_session import DeskScan, DeskSession, ScanOutcome
from loans.models.feed import Feed, FeedKind
from loans.models.hold import Hold
from loans.models.loan import Loan
from loans.models.purchase_wish import PurchaseWish
from loans.models.terms import Terms
from loans.models.tour import CourierRoute, Tour, TourBox, TourLoad, TourStop
from loans.models.transit import Transit
from loans.rules.desk import DeskAct
from schools.models.account import Account, Registration, RegistrationState
from schools.models.institution import Institution
from schools.models.media_centre import Branch, LegalPage, LegalPageKind, MediaCentre, PickupPlace
from schools.models.media_concept import TeachingUnit
from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from schools.models.person import Membership, Person
from schools.rules.periods import Period
from schools.rules.roles import Role
from schools.vocabularies.media_types import MediaCategory
from tests.make import MONDAY, NOW, Make

CANARY = "KANARIENVOGEL"
"""Stands in every text of the foreign centre; no page of ours may ever show it."""

LATER = MONDAY + timedelta(days=50)

AT_SCHOOL = (Role.TEACHER, Role.SCHOOL_ADMIN)


@dataclass(frozen=True)
class Tenant:
    """A centre, its school, and one of each thing they have; by key what a walk may delete."""

    centre: MediaCentre
    branch: Branch
    place: PickupPlace
    school: Institution
    person: Person
    membership: Membership
    accounts: dict[Role, Account]
    unit: TeachingUnit
    holding: Holding
    copy: Copy
    part: Part
    licence: Licence
    loan: Loan
    booking: Booking
    line: BasketLine
    defect: Defect
    photo: Attachment
    registration: Registration
    letter: OwedLetter
    job: JobRun
    run: ImportRun
    page: LegalPage
    terms: Terms
    hold: Hold
    transit: Transit
    claim: LoanClaim
    closure_id: int
    opening_id: int
    holiday_id: int
    list_id: int
    search_id: int
    code_id: int
    wish_id: int
    order: CollectiveOrder
    route: CourierRoute
    tour: Tour
    stop_id: int
    route_stop_id: int
    box_id: int
    load_id: int
    pick_id: int
    feed: Feed
    briefing_id: int
    session_id: int

    def ids(self) -> dict[str, set[int]]:
        """Keys of its rows by the names that foreign keys to them have."""
        accounts = self.accounts.values()
        return {
            "centre_id": {self.centre.id},
            "institution_id": {self.school.id},
            "person_id": {account.person_id for account in accounts} | {self.person.id},
            "account_id": {account.id for account in accounts},
            "holding_id": {self.holding.id},
            "copy_id": {self.copy.id},
            "booking_id": {self.booking.id},
            "unit_id": {self.unit.id},
            "loan_id": {self.loan.id},
            "list_id": {self.list_id},
            "order_id": {self.order.id},
            "route_id": {self.route.id},
            "tour_id": {self.tour.id},
            "stop_id": {self.stop_id},
            "box_id": {self.box_id},
            "hold_id": {self.hold.id},
        }


def tenant(make: Make, word: str) -> Tenant:
    """Make a centre whose every text holds the word."""
    session = make.session
    centre = make.centre(f"Medienzentrum {word}")
    school = make.school(f"Gymnasium {word}", centre)
    person = make.person(school, family_name=word)
    accounts = {role: _account(make, role, centre, school, word) for role in Role}
    holding = make.holding(make.title(f"Film {word}"), centre=centre, copies=2)
    copy = make.copy(holding, note=word)
    person = session.get_one(Person, accounts[Role.TEACHER].person_id)
    period = Period(MONDAY + timedelta(days=7), MONDAY + timedelta(days=9))
    photo = _saved(make, _photo(centre, school))
    job = _saved(make, _job(centre, word))
    list_id = _saved(make, _list(accounts[Role.TEACHER], holding, word)).id
    place, unit = make.place(centre), make.unit(school, name=f"Vorhaben {word}")
    make.planned(unit, holding.title, note=word)
    make.refused(holding, period, school=school, unit=unit)
    loan = make.loan(copy, person=person)
    stop = make.courier_stop(school, name=f"Kurier {word}")
    route = make.route(stop, name=f"Tour {word}")
    tour = _saved(make, _tour(route, stop, loan, word))
    booking = make.booking(
        holding, period, person=person, remark=word, group_key=f"group-{centre.id}"
    )
    return Tenant(
        centre=centre,
        branch=make.branch(centre),
        place=place,
        school=school,
        person=person,
        membership=person.memberships[0],
        accounts=accounts,
        unit=unit,
        holding=holding,
        copy=copy,
        part=make.part(copy, name=f"Kabel {word}"),
        licence=make.licence(holding.title, centre_id=centre.id, note=word),
        line=_saved(make, _line(person, make.place(centre), holding, word)),
        loan=loan,
        booking=booking,
        defect=_saved(make, _defect(centre, school, copy, photo, word)),
        photo=photo,
        registration=_saved(make, _registration(school, word)),
        letter=_saved(make, _letter(centre, school, person, word)),
        job=job,
        run=_saved(make, _run(job, word)),
        page=_saved(make, _page(centre, word)),
        closure_id=_saved(make, _closure(centre, word)).id,
        opening_id=_saved(make, _opening(centre, word)).id,
        holiday_id=_saved(make, _day_off(school, word)).id,
        terms=session.scalars(select(Terms).where(Terms.centre_id == centre.id)).one(),
        list_id=list_id,
        hold=make.hold(holding, make.person(school, family_name=word)),
        transit=_saved(make, _transit(make, holding)),
        claim=_saved(make, _claim(loan, photo, word)),
        search_id=_saved(make, _search(accounts[Role.TEACHER], word)).id,
        code_id=_saved(make, _code(accounts[Role.TEACHER], list_id)).id,
        wish_id=_saved(make, _wish(centre, school, person, word)).id,
        order=make.order(school, period, place, name=word),
        route=route,
        tour=tour,
        stop_id=tour.stops[0].id,
        route_stop_id=route.stops[0].id,
        box_id=tour.stops[0].boxes[0].id,
        load_id=tour.stops[0].boxes[0].loads[0].id,
        pick_id=_saved(make, _pick(booking, holding)).id,
        feed=_saved(make, _feed(accounts[Role.TEACHER])),
        briefing_id=_saved(make, _briefing(centre, person)).id,
        session_id=_served(make, accounts[Role.STAFF], person, copy, word),
    )


def rows_of(session: Session, whose: Tenant) -> dict[str, list[tuple[Any, ...]]]:
    """Read every row that belongs to a tenant by one of its foreign keys, or is one of its own."""
    session.expire_all()
    ids = whose.ids()
    found = {}
    for table in Base.metadata.sorted_tables:
        named = [column for column in table.columns if column.name in ids]
        own = table.name in _OWN
        if named or own:
            wanted = [column.in_(ids[column.name]) for column in named]
            if own:
                wanted.append(table.columns["id"].in_(ids[_OWN[table.name]]))
            found[table.name] = _rows(session, table, wanted)
    session.rollback()
    return found


_OWN = {
    "hold": "hold_id",
    "media_centre": "centre_id",
    "institution": "institution_id",
    "person": "person_id",
    "account": "account_id",
    "holding": "holding_id",
    "copy": "copy_id",
    "booking": "booking_id",
    "loan": "loan_id",
    "teaching_unit": "unit_id",
    "collective_order": "order_id",
    "courier_route": "route_id",
    "tour": "tour_id",
    "tour_stop": "stop_id",
    "tour_box": "box_id",
}


def _rows(session: Session, table: Table, wanted: list[Any]) -> list[tuple[Any, ...]]:
    query = select(table).where(or_(*wanted)).order_by(*table.primary_key.columns)
    return [tuple(row) for row in session.execute(query)]


def _account(
    make: Make, role: Role, centre: MediaCentre, school: Institution, word: str
) -> Account:
    person = make.person(school, given_name=role.value, family_name=word)
    return make.account(role, school=school, centre=centre, person=person)


def _saved(make: Make, row: Any) -> Any:
    make.session.add(row)
    make.session.commit()
    return row


def _briefing(centre: MediaCentre, person: Person) -> Briefing:
    return Briefing(
        person_id=person.id,
        centre_id=centre.id,
        media_category=MediaCategory.BOX.value,
        given_on=MONDAY,
    )


def _served(make: Make, account: Account, person: Person, copy: Copy, word: str) -> int:
    """A finished session at the desk in which a copy was taken back; returns its key."""
    desk = DeskSession(
        account_id=account.id,
        branch_id=make.branch(make.session.get_one(MediaCentre, copy.centre_id)).id,
        person_id=person.id,
        institution_id=person.memberships[0].institution_id,
        started_at=NOW,
        ended_at=NOW,
    )
    desk = _saved(make, desk)
    line = DeskScan(
        session_id=desk.id,
        idem="test",
        at=NOW,
        scanned=word,
        act=DeskAct.RETURN.value,
        outcome=ScanOutcome.DONE,
        facts={"title": word, "barcode": word},
        copy_id=copy.id,
    )
    _saved(make, line)
    return int(desk.id)


def _photo(centre: MediaCentre, school: Institution) -> Attachment:
    return Attachment(
        stored_name=f"photo-{centre.id}.jpg",
        media_type="image/jpeg",
        width=1,
        height=1,
        size=1,
        centre_id=centre.id,
        institution_id=school.id,
        created_at=NOW,
    )


def _line(person: Person, place: PickupPlace, holding: Holding, word: str) -> BasketLine:
    return BasketLine(
        person_id=person.id,
        institution_id=person.memberships[0].institution_id,
        place_id=place.id,
        holding_id=holding.id,
        quantity=1,
        first=MONDAY + timedelta(days=14),
        last=MONDAY + timedelta(days=15),
        class_name=word,
        held_until=NOW + timedelta(minutes=15),
    )


def _defect(
    centre: MediaCentre, school: Institution, copy: Copy, photo: Attachment, word: str
) -> Defect:
    return Defect(
        copy_id=copy.id,
        centre_id=centre.id,
        institution_id=school.id,
        kind=DefectKind.BROKEN,
        text=word,
        photo_id=photo.id,
        reported_at=NOW,
        changed_at=NOW,
    )


def _registration(school: Institution, word: str) -> Registration:
    return Registration(
        institution_id=school.id,
        given_name=word,
        family_name=word,
        email=f"{word}@example.org".lower(),
        password_hash="x",
        token_hash=f"registration-{school.id}",
        state=RegistrationState.PROVED,
        created_at=NOW,
        expires_at=NOW + timedelta(days=7),
        proved_at=NOW,
    )


def _letter(centre: MediaCentre, school: Institution, person: Person, word: str) -> OwedLetter:
    return OwedLetter(
        kind=LetterKind.BARRIER_REPORTED,
        occasion=f"test:{centre.id}",
        to_address=f"{word}@example.org".lower(),
        to_name=word,
        facts={"text": word, "page": "", "email": ""},
        person_id=person.id,
        institution_id=school.id,
        centre_id=centre.id,
        state=LetterState.KEPT,
        created_at=NOW,
        next_try_at=NOW,
    )


def _job(centre: MediaCentre, word: str) -> JobRun:
    return JobRun(
        kind=IMPORT,
        occasion=f"test:{centre.id}",
        centre_id=centre.id,
        wish={
            "kind": ImportKind.TITLES.value,
            "stored_name": word,
            "file_name": f"{word}.csv",
            "dry_run": True,
            "everything": False,
        },
        queued_at=NOW,
    )


def _run(job: JobRun, word: str) -> ImportRun:
    return ImportRun(
        kind=ImportKind.TITLES,
        file_name=f"{word}.csv",
        centre_id=job.centre_id,
        job_id=job.id,
        started_at=NOW,
    )


def _transit(make: Make, holding: Holding) -> Transit:
    """A copy on its way, and back where it started."""
    copy = make.copy(holding, state=CopyState.IN_TRANSIT)
    branch_id = copy.home_branch_id
    return Transit(copy_id=copy.id, from_branch_id=branch_id, to_branch_id=branch_id, sent_at=NOW)


def _claim(loan: Loan, photo: Attachment, word: str) -> LoanClaim:
    return LoanClaim(
        loan_id=loan.id, kind=ClaimKind.DAMAGED, note=word, photo_id=photo.id, made_at=NOW
    )


def _closure(centre: MediaCentre, word: str) -> Closure:
    return Closure(centre_id=centre.id, name=word, first=LATER, last=LATER)


def _opening(centre: MediaCentre, word: str) -> ExceptionalOpening:
    day = LATER + timedelta(days=4)
    return ExceptionalOpening(
        centre_id=centre.id, day=day, opens=time(9), closes=time(12), name=word
    )


def _day_off(school: Institution, word: str) -> MovableHoliday:
    return MovableHoliday(institution_id=school.id, day=LATER, name=word)


def _list(account: Account, holding: Holding, word: str) -> TitleList:
    found = TitleList(
        account_id=account.id,
        name=word,
        remark=word,
        share_nonce="0" * 32,
        created_at=NOW,
        changed_at=NOW,
    )
    found.entries.append(ListEntry(title_id=holding.title_id, added_at=NOW))
    return found


def _search(account: Account, word: str) -> SavedSearch:
    return SavedSearch(
        account_id=account.id,
        name=word,
        parameters={"words": [word]},
        looked_at=NOW,
        created_at=NOW,
    )


def _code(account: Account, list_id: int) -> ClassCode:
    return ClassCode(
        code=class_code(account.id),
        account_id=account.id,
        list_id=list_id,
        made_at=NOW,
        ends_on=code_ends_on(MONDAY),
    )


def _wish(centre: MediaCentre, school: Institution, person: Person, word: str) -> PurchaseWish:
    return PurchaseWish(
        centre_id=centre.id,
        institution_id=school.id,
        person_id=person.id,
        what=word,
        why=word,
        made_at=NOW,
        changed_at=NOW,
    )


def _tour(route: CourierRoute, place: PickupPlace, loan: Loan, word: str) -> Tour:
    load = TourLoad(loan_id=loan.id, packed_at=NOW)
    box = TourBox(number=f"B-{word[:10]}", loads=[load])
    stop = TourStop(place_id=place.id, position=0, note=word, boxes=[box])
    day = MONDAY + timedelta(days=1)
    return Tour(route_id=route.id, day=day, driver=word, driver_nonce="0" * 32, stops=[stop])


def _pick(booking: Booking, holding: Holding) -> BookingPick:
    copy = holding.copies[0]
    return BookingPick(
        line_id=booking.lines[0].id, copy_id=copy.id, first=booking.first, picked_at=NOW
    )


def _feed(account: Account) -> Feed:
    return Feed(
        kind=FeedKind.PERSON,
        account_id=account.id,
        person_id=account.person_id,
        nonce="0" * 32,
        created_at=NOW,
    )


def _page(centre: MediaCentre, word: str) -> LegalPage:
    return LegalPage(
        centre_id=centre.id,
        kind=LegalPageKind.IMPRINT,
        locale="de",
        text=word,
        changed_at=NOW,
    )
