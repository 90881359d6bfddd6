"""What somebody borrowed long ago, told through the real acts, and the night that forgets it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import JSON, String, cast, select, update
from sqlalchemy.orm import Session

from app.jobs import run_next_job
from app.nightly import NIGHTLY_JOBS
from app.sessions import session as app_session
from catalogue.models.copy import Copy
from catalogue.models.defect import Defect, DefectKind
from catalogue.rules.defect_states import DefectState
from database.base import Base
from database.job_runs import JobRun
from database.unit_of_work import unit_of_work
from loans.models.basket import BasketLine
from loans.models.claim import ClaimKind, LoanClaim
from loans.models.desk_session import DeskScan, DeskSession, ScanOutcome
from loans.models.hold import Hold, HoldState
from loans.models.loan import Loan
from loans.models.purchase_wish import PurchaseWish
from loans.models.purpose import OtherReason
from loans.operations.book import book
from loans.operations.check_in import BroughtBack, check_in
from loans.operations.check_out import HandOut, check_out
from loans.operations.record_refused_wish import record_refused_wish
from loans.operations.remind import People, remind
from loans.operations.renew import renew
from loans.queries.house import house_of
from loans.queries.wishes import BookingWish, one_line
from loans.rules.purchases import PurchaseState
from schools.models.account import Account
from schools.models.owed_letter import LetterState, OwedLetter
from schools.models.person import Person
from schools.rules.periods import Period
from schools.rules.roles import SYSTEM, Role
from tests.make import MONDAY, NOW, Make

CANARY = "Kanarienvogel"
LONG_AGO = timedelta(days=200)
THEN = MONDAY - LONG_AGO


@dataclass
class Story:
    """What somebody borrowed long ago, and everything that was written about it."""

    person_id: int
    account_id: int
    school_id: int
    head_id: int
    loan_id: int
    booking_id: int


def told(make: Make, then: timedelta = LONG_AGO) -> Story:
    """Book, lend, renew, remind, take back; claim, report, wait and wish: all by one person."""
    session = make.session
    person = make.person(make.school(email="schule@example.org"), family_name=CANARY)
    person.email = f"{CANARY}@example.org".lower()
    session.commit()
    account = make.account(person=person, school=person.memberships[0].institution)
    story = _borrowed(make, account, then)
    _reminded(make, story, then)
    copy = session.get_one(Loan, story.loan_id).copy
    _lived(make, story, copy, NOW - then)
    with unit_of_work(session):
        back = BroughtBack(copy.id, make.branch().id)
        returned = timedelta(days=56) - then
        head = make.actor_of(session.get_one(Account, story.head_id))
        check_in(session, back, head, MONDAY + returned, NOW + returned)
    session.execute(update(OwedLetter).values(state=LetterState.SENT))
    session.commit()
    return story


def _borrowed(make: Make, account: Account, then: timedelta) -> Story:
    session, person, day, at = make.session, account.person, MONDAY - then, NOW - then
    teacher, head = make.actor_of(account), make.account(Role.CENTRE_ADMIN)
    holding = make.holding(make.title(f"Film {day}"), copies=1)
    wish = BookingWish(
        lines=one_line(holding.id),
        person_id=person.id,
        period=Period(day, day + timedelta(days=4)),
        reason=OtherReason.PREVIEW,
        remark=f"Bitte an {person.name} geben",
    )
    copy_id, branch_id, by = holding.copies[0].id, make.branch().id, make.actor_of(head)
    with unit_of_work(session):
        booking = book(session, wish, teacher, day, at)
        reason = f"{person.name} hat es eilig"
        out = HandOut(copy_id, person.id, booking.institution_id, branch_id, reason=reason)
        loan = check_out(session, out, by, day, at).loan
        story = Story(person.id, account.id, booking.institution_id, head.id, loan.id, booking.id)
    with unit_of_work(session):
        renew(session, story.loan_id, teacher, day, at)
        record_refused_wish(session, wish, f"booking:{account.id}:1", ["NOT_FREE"], day)
    return story


def _reminded(make: Make, story: Story, then: timedelta) -> None:
    people = People(make.the_centre().id, [story.person_id])
    for night in range(40, 55):
        day = MONDAY - then + timedelta(days=night)
        house = house_of(make.session, people.centre_id, day)
        with unit_of_work(make.session):
            remind(make.session, people, house, SYSTEM, NOW - then)


def _lived(make: Make, story: Story, copy: Copy, at: datetime) -> None:
    """What the operations of other pages would write beside it."""
    session = make.session
    person, school = session.get_one(Person, story.person_id), story.school_id
    place = make.place().id
    desk = DeskSession(
        account_id=make.account(Role.STAFF).id,
        branch_id=make.branch().id,
        person_id=person.id,
        institution_id=school,
        started_at=at,
        ended_at=at,
    )
    session.add(desk)
    session.flush()
    period = {"first": at.date(), "last": at.date()}
    session.add_all(
        [
            DeskScan(
                session_id=desk.id,
                idem="a",
                at=at,
                scanned=person.card,
                act="lend",
                outcome=ScanOutcome.DONE,
                facts={"name": person.name},
                loan_id=story.loan_id,
            ),
            LoanClaim(
                loan_id=story.loan_id,
                kind=ClaimKind.RETURNED,
                note=f"{person.name} sagt, es liegt im Kasten",
                made_at=at,
                made_by=story.account_id,
                settled_at=at,
            ),
            Defect(
                copy_id=copy.id,
                centre_id=copy.centre_id,
                institution_id=school,
                person_id=person.id,
                kind=DefectKind.BROKEN,
                text=f"Frau {CANARY} meldet: Hülle gebrochen",
                state=DefectState.DONE,
                reported_at=at,
                changed_at=at,
            ),
            Hold(
                holding_id=copy.holding_id,
                person_id=person.id,
                institution_id=school,
                place_id=place,
                rank=1,
                state=HoldState.FULFILLED,
                created_at=at,
                ended_at=at,
            ),
            BasketLine(
                person_id=person.id,
                institution_id=school,
                place_id=place,
                holding_id=copy.holding_id,
                quantity=1,
                held_until=at,
                **period,
            ),
            PurchaseWish(
                centre_id=copy.centre_id,
                person_id=person.id,
                what="Mehr davon",
                state=PurchaseState.FULFILLED,
                made_at=at,
                changed_at=at,
            ),
        ]
    )
    session.commit()


def rename(session: Session, story: Story) -> None:
    """Call the person otherwise, so that what is found of the old name is a copy of it."""
    person = session.get_one(Person, story.person_id)
    person.family_name, person.email, person.card = "Anders", "anders@example.org", "P-ANDERS"
    session.get_one(Account, story.account_id).name = "anders@example.org"
    session.commit()


def night(app: Flask) -> JobRun:
    """Queue and do the job that forgets."""
    with app.app_context():
        with unit_of_work(app_session()):
            app_session().add(JobRun(kind="night_memory", occasion="now", queued_at=NOW))
        assert run_next_job(NIGHTLY_JOBS)
        run = app_session().scalars(select(JobRun).where(JobRun.occasion == "now")).one()
        app_session().expunge(run)
        app_session().rollback()
    return run


def texts(session: Session, word: str) -> list[str]:
    """Where in any text of the store a word stands."""
    session.rollback()
    found = []
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, String | JSON):
                said = cast(column, String).icontains(word)
                if session.execute(select(column).where(said).limit(1)).first() is not None:
                    found.append(f"{table.name}.{column.name}")
    session.rollback()
    return found


def loan(session: Session, story: Story) -> Loan:
    session.rollback()
    return session.get_one(Loan, story.loan_id)
