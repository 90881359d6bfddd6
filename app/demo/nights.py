"""What the nights did until today: reminders with their letters, and how the last one went."""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.demo.chance import chance
from app.demo.days import ONE_DAY, instant
from app.demo.insertion import insert_unseen
from app.demo.present import BANDS
from app.demo.scene import Scene
from app.nightly import FIRST_HOUR, OF_A_CENTRE
from catalogue.models.copy import Copy
from database.audit import AuditEntry
from database.job_runs import JobRun, JobState
from loans.models.loan import Loan, Reminder
from loans.operations.remind import People, remind
from loans.operations.remind_before_due import remind_before_due
from loans.operations.tell_due_soon import Occasion
from loans.operations.tell_overdue import PRINTED_LEVEL
from loans.queries.due_soon import plans_before_due, to_remind
from loans.queries.house import house_of
from loans.queries.overdue import OverdueWish, late_people
from schools.rules.roles import SYSTEM, Right

EVERYWHERE = SYSTEM.scope(Right.MANAGE_CENTRE)
NIGHTS = max(band.most for band in BANDS)
"""Nothing is overdue for longer, so no night before wrote a reminder."""

NIGHTS_BEFORE_DUE = 7
"""Three open days are over by then, whatever holidays lie between."""

PRINTED_AFTER = timedelta(days=5)
"""So long the letters on paper wait for the day on which somebody prints them."""

PAUSED = timedelta(days=6)
WHY_PAUSED = "Liegt im Lehrerzimmer, kommt mit dem nächsten Fahrdienst."
DESK_DAYS = timedelta(days=14)


Counts = dict[str, dict[str, dict[str, int]]]
"""What a night came to, by job and centre."""


def build_nights(session: Session, scene: Scene) -> None:
    """Do what each night until this morning's did, by the same operations as the nights."""
    counts: Counts = {kind: {} for kind in sorted(OF_A_CENTRE)}
    for centre in scene.county.centres:
        for back in range(NIGHTS, -1, -1):
            night = scene.today - back * ONE_DAY
            key = str(centre.id)
            counts["night_overdue"][key] = _remind(session, centre.id, night)
            if back < NIGHTS_BEFORE_DUE:
                counts["night_due_soon"][key] = _remind_before_due(session, centre.id, night)
    _print(session, scene.today)
    _pause(session, scene)
    _write_runs(session, scene.today, counts)
    _write_log(session, scene)


def _remind(session: Session, centre_id: int, night: date) -> dict[str, int]:
    house = house_of(session, centre_id, night)
    late = late_people(session, EVERYWHERE, OverdueWish(centre_id), house)
    people = People(centre_id, [person_id for person_id, _ in late])
    done = remind(session, people, house, SYSTEM, _hour_of(night))
    counts = {f"level_{level}": number for level, number in done.levels.items()}
    return counts | {"letters": done.letters, "copies": done.copies, "silent": done.silent}


def _remind_before_due(session: Session, centre_id: int, night: date) -> dict[str, int]:
    house = house_of(session, centre_id, night)
    at = _hour_of(night)
    plans = plans_before_due(session, EVERYWHERE, to_remind(house), house, at)
    occasion = Occasion(centre_id, night, renews_automatically=False)
    return asdict(remind_before_due(session, plans, occasion, at))


def _print(session: Session, today: date) -> None:
    last = Reminder.level == PRINTED_LEVEL
    session.execute(
        update(Reminder)
        .where(last, Reminder.written_on < today - PRINTED_AFTER)
        .values(printed_at=instant(today - ONE_DAY, 11, 20))
        .execution_options(synchronize_session=False)
    )


def _pause(session: Session, scene: Scene) -> None:
    """Put off the reminders of the loan that got a second one last, at each centre."""
    for centre_id, desk in sorted(scene.people.desk.items()):
        query = (
            select(Loan)
            .join(Reminder, Reminder.loan_id == Loan.id)
            .where(Loan.centre_id == centre_id, Reminder.level == PRINTED_LEVEL - 1)
            .order_by(Reminder.written_on.desc(), Loan.id)
        )
        loan = session.scalars(query.limit(1)).first()
        if loan is not None:
            loan.snoozed_until, loan.snooze_reason = scene.today + PAUSED, WHY_PAUSED
            change = {
                "before": {"until": None},
                "after": {"until": loan.snoozed_until.isoformat()},
            }
            at = instant(scene.today - ONE_DAY, 9, 40)
            entry = _entry(loan, "snooze_reminders", desk[0], at) | change
            insert_unseen(session, AuditEntry, [entry | {"reason": WHY_PAUSED}])


def _write_runs(session: Session, today: date, counts: Counts) -> None:
    """Note this morning's runs, so that the worker takes up only what is left to do."""
    random = chance("nights")
    begun = _hour_of(today)
    rows = []
    for kind, centres in counts.items():
        ended = begun + timedelta(milliseconds=random.randint(40, 900))
        found = {key: {name: n for name, n in each.items() if n} for key, each in centres.items()}
        rows.append(
            {
                "kind": kind,
                "occasion": f"{kind}:{today.isoformat()}",
                "state": JobState.DONE,
                "result": {"centres": {key: each for key, each in found.items() if each}},
                "wish": {},
                "queued_at": begun,
                "started_at": begun,
                "finished_at": ended,
            }
        )
        begun = ended
    insert_unseen(session, JobRun, rows)


def _write_log(session: Session, scene: Scene) -> None:
    """Enter what the desk lent and took back in the last two weeks."""
    since = instant(scene.today - DESK_DAYS, 0)
    query = (
        select(Loan, Copy.barcode)
        .join(Copy, Copy.id == Loan.copy_id)
        .where(~Loan.placed, (Loan.lent_at >= since) | (Loan.returned_at >= since))
    )
    entries: list[dict[str, Any]] = []
    for loan, barcode in session.execute(query):
        if loan.lent_at >= since:
            after = {"copy": barcode, "person_id": loan.person_id, "due_on": str(loan.due_on)}
            entry = _entry(loan, "check_out", loan.lent_by, loan.lent_at)
            entries.append(entry | {"before": {}, "after": after})
        if loan.returned_at is not None and loan.returned_at >= since:
            after = {"state": "available", "copy": barcode, "branch_id": loan.branch_id}
            entry = _entry(loan, "check_in", loan.returned_by, loan.returned_at)
            entries.append(entry | {"before": {"state": "on_loan"}, "after": after})
    entries.sort(key=lambda each: (each["at"], each["act"], each["subject_id"]))
    insert_unseen(session, AuditEntry, entries)


def _entry(loan: Loan, act: str, account_id: int | None, at: datetime) -> dict[str, Any]:
    return {
        "at": at,
        "account_id": account_id,
        "act": act,
        "subject_kind": "loan",
        "subject_id": loan.id,
        "centre_id": loan.centre_id,
        "institution_id": loan.institution_id,
    }


def _hour_of(night: date) -> datetime:
    return instant(night, FIRST_HOUR, 5)
