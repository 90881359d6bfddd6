"""After the night nothing leads from what is long back to whoever had it."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import ForeignKey, Table, select
from sqlalchemy.orm import Session

from app.sessions import engine
from app.settings import Settings
from catalogue.models.defect import Defect, DefectKind
from catalogue.operations.handle_defect import DefectDecision, handle_defect
from catalogue.operations.report_defect import DefectReport, report_defect
from catalogue.rules.defect_states import DefectState
from database.audit import AuditEntry
from database.base import Base
from database.engine import empty_log
from database.job_runs import JobState
from database.unit_of_work import unit_of_work
from loans.models.basket import BasketLine
from loans.models.hold import Hold
from loans.models.loan import Loan
from loans.models.purchase_wish import PurchaseWish
from loans.models.purpose import OtherReason
from loans.operations.answer_wish import PurchaseAnswer, answer_wish
from loans.operations.change_hold import HoldChange, HoldStep, change_hold
from loans.operations.place_hold import HoldWish, place_hold
from loans.operations.wish_for_purchase import PurchaseAsked, wish_for_purchase
from loans.rules.purchases import PurchaseState
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.app.night_stories import CANARY, LONG_AGO, THEN, Story, night, rename, texts, told
from tests.conventions.test_migrations import load_every_model
from tests.make import MONDAY, NOW, Make

pytestmark = [pytest.mark.both_stores, pytest.mark.lending("12.1")]


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
