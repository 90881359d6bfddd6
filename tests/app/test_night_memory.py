"""After the night nothing leads from what is long back to whoever had it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import JSON, ForeignKey, String, Table, cast, select, update
from sqlalchemy.orm import Session

from app.jobs import run_next_job
from app.nightly import NIGHTLY_JOBS
from app.sessions import engine
from app.sessions import session as app_session
from app.settings import Settings
from catalogue.models.copy import Copy
from catalogue.models.defect import Defect, DefectKind
from catalogue.operations.handle_defect import DefectDecision, handle_defect
from catalogue.operations.report_defect import DefectReport, report_defect
from catalogue.rules.defect_states import DefectState
from database.audit import AuditEntry
from database.base import Base
from database.engine import empty_log
from database.job_runs import JobRun, JobState
from database.unit_of_work import unit_of_work
from loans.models.basket import BasketLine
from loans.models.booking import Booking
from loans.models.claim import ClaimKind, LoanClaim
from loans.models.desk_session import DeskScan, DeskSession, ScanOutcome
from loans.models.hold import Hold, HoldState
from loans.models.lending_settings import LendingSettings
from loans.models.loan import Loan
from loans.models.purchase_wish import PurchaseWish
from loans.models.purpose import OtherReason
from loans.models.refused_wish import RefusedWish
from loans.operations.answer_wish import PurchaseAnswer, answer_wish
from loans.operations.book import book
from loans.operations.change_hold import HoldChange, HoldStep, change_hold
from loans.operations.check_in import BroughtBack, check_in
from loans.operations.check_out import HandOut, check_out
from loans.operations.place_hold import HoldWish, place_hold
from loans.operations.record_refused_wish import record_refused_wish
from loans.operations.remind import People, remind
from loans.operations.renew import renew
from loans.operations.wish_for_purchase import PurchaseAsked, wish_for_purchase
from loans.queries.house import house_of
from loans.queries.wishes import BookingWish, one_line
from loans.rules.booking_states import BookingState
from loans.rules.purchases import PurchaseState
from schools.models.account import Account
from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from schools.models.person import Person
from schools.operations.owe import Letter, owe, person_addressed
from schools.rules.periods import Period
from schools.rules.roles import SYSTEM, Role
from tests.conventions.test_migrations import load_every_model
from tests.make import MONDAY, NOW, Make

pytestmark = [pytest.mark.both_stores, pytest.mark.lending("12.1")]

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


def test_no_text_of_the_store_names_who_had_it(
    app: Flask, settings: Settings, session: Session, make: Make
) -> None:
    story = told(make)
    assert len(texts(session, CANARY)) > 10
    session.close()
    run = night(app)
    assert (run.state, run.result.get("faults")) == (JobState.DONE, None)
    rename(session, story)
    assert texts(session, CANARY) == []
    session.close()
    with app.app_context():
        assert empty_log(engine())
    files = _files(settings)
    assert files or settings.database_url.startswith("postgresql")
    for path in files:
        assert CANARY.lower().encode() not in path.read_bytes().lower(), path


def test_what_was_overwritten_stands_nowhere_in_the_files(
    app: Flask, settings: Settings, session: Session, make: Make
) -> None:
    days = Period(MONDAY - timedelta(days=90), MONDAY - timedelta(days=89))
    make.booking(make.holding(copies=1), days, remark="Zaunkönig")
    session.close()
    night(app)
    assert texts(session, "Zaunkönig") == []
    session.close()
    for path in _files(settings):
        assert "Zaunkönig".encode() not in path.read_bytes(), path


def test_defects_wishes_holds_and_baskets_of_long_ago_name_nobody(
    app: Flask, session: Session, make: Make
) -> None:
    told(make)
    assert len(_naming(session)) == 4
    run = night(app)
    assert _naming(session) == []
    counts = next(iter(run.result["centres"].values()))
    assert {name: counts[name] for name in ("defects", "wishes", "holds", "baskets")} == {
        "defects": 1,
        "wishes": 1,
        "holds": 1,
        "baskets": 1,
    }


def test_the_log_of_a_closed_defect_names_nobody_either(
    app: Flask, session: Session, make: Make
) -> None:
    then, by = NOW - LONG_AGO, make.actor(Role.STAFF)
    borrower = make.person()
    account = make.account(person=borrower)
    copy, teacher = make.copy(), make.actor_of(account)
    with unit_of_work(session):
        school = borrower.memberships[0].institution_id
        report = DefectReport(copy.id, DefectKind.BROKEN, borrower.name, institution_id=school)
        defect = report_defect(session, report, teacher, then)
        done = DefectDecision(
            defect.id, defect.version, DefectState.DONE, f"Danke, {borrower.name}"
        )
    with unit_of_work(session):
        handle_defect(session, done, by, then)
    night(app)
    query = select(AuditEntry).where(AuditEntry.subject_kind == "defect").order_by(AuditEntry.id)
    reported, handled = session.scalars(query)
    assert (reported.account_id, handled.account_id) == (None, by.account_id)
    assert borrower.name not in f"{reported.after} {handled.after}"


def test_the_log_of_holds_and_wishes_names_nobody_either(
    app: Flask, session: Session, make: Make
) -> None:
    then, day, staff = NOW - LONG_AGO, MONDAY - LONG_AGO, make.actor(Role.STAFF)
    account = make.account(person=make.person(family_name=CANARY))
    teacher, holding = make.actor_of(account), make.holding()
    make.loan(make.copy(holding), lent_on=day)
    wanted = HoldWish(holding_id=holding.id, person_id=account.person_id)
    asked = PurchaseAsked(what="Ein Mikroskop", why=f"für {account.person.name}")
    with unit_of_work(session):
        hold = place_hold(session, wanted, teacher, day, then)
        wish = wish_for_purchase(session, asked, teacher, day, then)
    with unit_of_work(session):
        change_hold(session, HoldChange(hold.id, HoldStep.CANCEL), teacher, day, then)
        declined = PurchaseAnswer(wish.id, wish.version, PurchaseState.DECLINED, "Zu teuer.")
        answer_wish(session, declined, staff, then)
    night(app)
    about = AuditEntry.subject_kind.in_(("hold", "purchase_wish"))
    entries = session.scalars(select(AuditEntry).where(about).order_by(AuditEntry.id)).all()
    acts = ["place_hold", "wish_for_purchase", "cancel_hold", "answer_wish"]
    assert [entry.act for entry in entries] == acts
    assert [entry.account_id for entry in entries] == [None, None, None, staff.account_id]
    assert CANARY not in "".join(f"{entry.before}{entry.after}" for entry in entries)
    assert all("person_id" not in entry.after for entry in entries)


def _naming(session: Session) -> list[str]:
    session.rollback()
    return [
        model.__tablename__
        for model in (Defect, PurchaseWish, Hold, BasketLine)
        if session.scalars(select(model).where(model.person_id.is_not(None))).first()
    ]


def _files(settings: Settings) -> list[Path]:
    if not settings.database_url.startswith("sqlite"):
        return []
    store = Path(settings.database_url.removeprefix("sqlite:///"))
    return sorted(store.parent.glob(f"{store.name}*"))


def test_no_row_leads_from_the_loan_to_who_had_it(
    app: Flask, session: Session, make: Make
) -> None:
    story = told(make)
    person, account = story.person_id, story.account_id
    before = {table for table, row in around(session, story) if names(table, row, person, account)}
    assert {"loan", "booking", "loan_claim", "desk_session", "audit_entry"} <= before
    night(app)
    session.rollback()
    after = [
        (table, row) for table, row in around(session, story) if names(table, row, person, account)
    ]
    assert after == []
    loan = session.get_one(Loan, story.loan_id)
    assert (loan.person_id, loan.institution_id, loan.lent_on) == (
        None,
        story.school_id,
        THEN,
    )
    assert (loan.reason, loan.holding.title.name) == (OtherReason.PREVIEW, f"Film {THEN}")


Found = tuple[str, dict[str, Any]]
OWNED = ("booking_line", "booking", "collective_order", "desk_session", "tour_box", "tour_stop")
"""Tables whose rows belong to few loans: what stands there leads to a borrower."""


def around(session: Session, story: Story) -> Iterable[Found]:
    """Every row that one comes to from a loan without passing its copy, its school or its unit."""
    seen: set[tuple[str, Any]] = set()
    queue: list[Found] = _rows(session, "loan", "id", story.loan_id)
    while queue:
        name, row = queue.pop()
        key = (name, row.get("id") or tuple(row.values()))
        if key not in seen:
            seen.add(key)
            yield name, row
            queue += _next_to(session, name, row)
    for kind, number in (("loan", story.loan_id), ("booking", story.booking_id)):
        subject = (AuditEntry.subject_kind == kind, AuditEntry.subject_id == number)
        for entry in session.scalars(select(AuditEntry).where(*subject)):
            named = entry.after.get("person_id")
            yield "audit_entry", {"account_id": entry.account_id, "person_id": named}


def _next_to(session: Session, name: str, row: dict[str, Any]) -> Iterable[Found]:
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            target = _target(column.foreign_keys)
            if target == name:
                yield from _rows(session, table.name, column.name, row["id"])
            if table.name == name and target in OWNED and row[column.name] is not None:
                yield from _rows(session, target, "id", row[column.name])


def _target(keys: Iterable[ForeignKey]) -> str:
    return next((key.column.table.name for key in keys), "")


def _rows(session: Session, name: str, column: str, value: Any) -> list[Found]:
    table: Table = Base.metadata.tables[name]
    rows = session.execute(select(table).where(table.columns[column] == value))
    return [(name, dict(row._mapping)) for row in rows]


def names(table: str, row: dict[str, Any], person_id: int, account_id: int) -> bool:
    """Say whether a row names the borrower, by key."""
    return any(
        value is not None
        and (
            (name == "person_id" and value == person_id)
            or (_names_an_account(name) and value == account_id)
        )
        for name, value in row.items()
    )


def _names_an_account(column: str) -> bool:
    return column == "account_id" or column.endswith("_by")


def loan(session: Session, story: Story) -> Loan:
    session.rollback()
    return session.get_one(Loan, story.loan_id)


def test_who_consented_to_a_history_keeps_it_until_that_ends(
    app: Flask, session: Session, make: Make
) -> None:
    story = told(make)
    session.get_one(Person, story.person_id).keeps_history = True
    session.commit()
    night(app)
    assert loan(session, story).person_id == story.person_id
    assert session.get_one(Booking, story.booking_id).person_id == story.person_id
    session.get_one(Person, story.person_id).keeps_history = False
    session.query(JobRun).delete()
    session.commit()
    night(app)
    assert loan(session, story).person_id is None


@pytest.mark.parametrize("what", ["claim", "defect", "not checked"])
def test_while_something_is_open_the_person_stays(
    app: Flask, session: Session, make: Make, what: str
) -> None:
    story = told(make)
    match what:
        case "claim":
            session.scalars(select(LoanClaim)).one().settled_at = None
        case "defect":
            session.scalars(select(Defect)).one().state = DefectState.IN_WORK
        case _:
            session.get_one(Loan, story.loan_id).checked_at = None
    session.commit()
    night(app)
    assert loan(session, story).person_id == story.person_id


@pytest.mark.parametrize(
    ("days", "checked", "kept"),
    [
        pytest.param(90, 90, True, id="checked in 90 days ago"),
        pytest.param(90, 91, False, id="a day earlier"),
        pytest.param(0, 0, True, id="none kept, checked in today"),
        pytest.param(0, 1, False, id="none kept, checked in yesterday"),
        pytest.param(365, 365, True, id="a whole year"),
        pytest.param(365, 366, False, id="over a year"),
    ],
)
def test_a_centre_chooses_how_long(
    app: Flask, session: Session, make: Make, *, days: int, checked: int, kept: bool
) -> None:
    session.add(LendingSettings(centre_id=make.the_centre().id, person_days=days))
    at = NOW - timedelta(days=checked)
    old = make.loan(
        lent_on=MONDAY - timedelta(days=400),
        returned_on=at.date(),
        returned_at=at,
        checked_at=at,
        state="available",
    )
    loan_id = old.id
    night(app)
    session.rollback()
    assert (session.get_one(Loan, loan_id).person_id is not None) is kept


def test_with_no_days_the_booking_still_running_is_let_go_of_by_the_loan(
    app: Flask, session: Session, make: Make
) -> None:
    """A loan that is cut must not lead to a person through the line of its booking."""
    session.add(LendingSettings(centre_id=make.the_centre().id, person_days=0))
    holding = make.holding(copies=1)
    yesterday = NOW - timedelta(days=1)
    person = make.person()
    days = Period(MONDAY - timedelta(days=3), MONDAY + timedelta(days=3))
    booking = make.booking(holding, days, person=person)
    back = make.loan(
        holding.copies[0],
        person=person,
        lent_on=days.first,
        line_id=booking.lines[0].id,
        returned_on=yesterday.date(),
        returned_at=yesterday,
        checked_at=yesterday,
        state="available",
    )
    keys = back.id, booking.id
    night(app)
    session.rollback()
    assert session.get_one(Loan, keys[0]).line_id is None
    assert session.get_one(Booking, keys[1]).person_id == person.id


def test_a_booking_of_which_something_is_still_out_keeps_its_person(
    app: Flask, session: Session, make: Make
) -> None:
    story = told(make)
    row = session.get_one(Loan, story.loan_id)
    row.returned_on = row.checked_at = None
    session.commit()
    night(app)
    session.rollback()
    assert session.get_one(Booking, story.booking_id).person_id == story.person_id


@pytest.mark.parametrize("told_of", ["itself", "several", "daily letter"])
def test_letters_that_name_a_booking_go_with_its_person(
    app: Flask, session: Session, make: Make, told_of: str
) -> None:
    person, first = make.person(), MONDAY - timedelta(days=45)
    period = Period(first, first + timedelta(days=4))
    holding = make.holding(copies=1)
    booking = make.booking(holding, period, person=person, state=BookingState.LAPSED)
    by_letter: dict[str, tuple[LetterKind, dict[str, Any]]] = {
        "itself": (LetterKind.BOOKING_CONFIRMED, {"number": booking.number}),
        "several": (LetterKind.BOOKINGS_CONFIRMED, {"bookings": [{"number": booking.number}]}),
        "daily letter": (LetterKind.DIGEST, {"items": [{"facts": {"number": booking.number}}]}),
    }
    others: tuple[LetterKind, dict[str, Any]] = (
        LetterKind.BOOKING_CONFIRMED,
        {"number": f"{booking.number}0"},
    )
    to = person_addressed(person, centre_id=holding.centre_id)
    with unit_of_work(session):
        for place, (each, said) in enumerate((by_letter[told_of], others)):
            owe(session, Letter(each, f"{place}", said), to, NOW - timedelta(days=50))
        session.execute(update(OwedLetter).values(state=LetterState.SENT))
    night(app)
    session.expire_all()
    assert session.get_one(Booking, booking.id).person_id is None
    assert session.scalars(select(OwedLetter.occasion)).all() == ["1"]


@pytest.mark.parametrize("state", [BookingState.DECLINED, BookingState.CANCELLED])
def test_what_was_given_up_long_ago_for_a_far_day_loses_its_person(
    app: Flask, session: Session, make: Make, state: BookingState
) -> None:
    far = MONDAY + timedelta(days=200)
    given_up = NOW - timedelta(days=60)
    holding = make.holding(copies=1)
    booking = make.booking(holding, Period(far, far), state=state, cancelled_at=given_up)
    night(app)
    session.expire_all()
    assert session.get_one(Booking, booking.id).person_id is None


def test_audit_entries_are_deleted_after_a_year_and_not_before(
    app: Flask, session: Session
) -> None:
    for days in (364, 366, 500):
        at = NOW - timedelta(days=days)
        session.add(AuditEntry(at=at, act="edit_copy", subject_kind="copy", subject_id=days))
    session.commit()
    run = night(app)
    session.rollback()
    assert list(session.scalars(select(AuditEntry.subject_id))) == [364]
    assert run.result["centres"]["0"]["audit_entries"] == 2


def test_letters_that_wait_to_be_sent_and_young_ones_stay(
    app: Flask, session: Session, make: Make
) -> None:
    told(make, timedelta(days=10))
    letters = session.query(OwedLetter).count()
    assert letters > 3
    night(app)
    session.rollback()
    assert session.query(OwedLetter).count() == letters


def test_a_refused_wish_keeps_no_trace_of_the_account_that_asked(
    session: Session, make: Make
) -> None:
    story = told(make)
    occasion = session.scalars(select(RefusedWish.occasion)).one()
    assert str(story.account_id) not in occasion.split(":")
    assert len(occasion) == 64


HANDLED: dict[str, str] = {
    "account.person_id": "the account of the person itself",
    "account_grant.account_id": "the account's roles",
    "account_token.account_id": "the account's links",
    "audit_entry.account_id": "cut from loans and bookings with their borrower",
    "basket_line.person_id": "deleted a week after it ran out",
    "booking.person_id": "cut 30 days after its end",
    "booking.entered_by": "cut with the person",
    "booking_pick.picked_by": "staff",
    "briefing.person_id": "what somebody was shown, no loan",
    "briefing.given_by": "staff",
    "class_code.account_id": "the person's own",
    "collective_order.opened_by": "cut 30 days after its end",
    "defect.person_id": "cut from closed defects",
    "desk_session.account_id": "staff",
    "desk_session.person_id": "deleted with the log",
    "feed.account_id": "the person's own calendar",
    "feed.person_id": "the person's own calendar",
    "hold.person_id": "deleted when over",
    "hold.created_by": "deleted with it",
    "import_run.account_id": "staff",
    "job_run.account_id": "staff",
    "letter_choice.person_id": "the person's own choice",
    "loan.person_id": "cut",
    "loan.lent_by": "staff; cut where they are the borrower",
    "loan.received_by": "staff; cut where they are the borrower",
    "loan.returned_by": "staff; cut where they are the borrower",
    "loan_claim.made_by": "cut with the loan's person",
    "loan_claim.settled_by": "staff",
    "membership.person_id": "the person's membership",
    "owed_letter.person_id": "deleted with the letter",
    "purchase_wish.person_id": "cut 30 days after its answer",
    "registration.decided_by": "school admin",
    "saved_search.account_id": "the person's own",
    "sign_in_session.account_id": "the person's own",
    "title_list.account_id": "the person's own",
    "tour.handed_over_by": "staff",
    "tour_load.packed_by": "staff",
    "transit.sent_by": "staff",
}
"""Every column that may name a person or an account, and what the night does about it."""


def test_of_every_column_that_may_name_somebody_it_is_known_what_the_night_does() -> None:
    """A new one must be added here, and to what the night forgets, before it can be merged."""
    load_every_model()
    naming = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if _names_an_account(column.name)
        or column.name == "person_id"
        or _target(column.foreign_keys) in {"person", "account"}
    }
    assert naming - {"holding.booked_by"} == set(HANDLED)
