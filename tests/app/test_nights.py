"""The jobs of a night: what each does at each centre, and what happens when one goes wrong."""

import os
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.commands.main import cli
from app.jobs import Job, run_next_job
from app.night_units import FEWEST, MOST, Counts, Night, each, looks
from app.nightly import NIGHTLY_JOBS, OF_A_CENTRE, OWING_LETTERS, work_tonight
from app.sessions import session as app_session
from app.settings import Settings
from catalogue.models.holding import Holding
from database.audit import AuditEntry
from database.job_runs import JobRun, JobState
from database.unit_of_work import unit_of_work
from loans.models.booking import Booking
from loans.models.lending_settings import LendingSettings
from loans.models.loan import Loan, Reminder
from loans.operations.remind import remind
from loans.rules.booking_states import BookingState
from schools.models.media_centre import MediaCentre
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.models.person import Person
from schools.rules.periods import Period
from tests.make import MONDAY, NOW, Make

OVER = Period(MONDAY - timedelta(days=3), MONDAY - timedelta(days=1))


def done(app: Flask, kind: str, **facts: Any) -> JobRun:
    """Queue a job and do it."""
    with app.app_context():
        with unit_of_work(app_session()):
            app_session().add(JobRun(kind=kind, occasion="now", queued_at=NOW, **facts))
        assert run_next_job(NIGHTLY_JOBS)
        run = app_session().scalars(select(JobRun).where(JobRun.occasion == "now")).one()
        app_session().delete(run)
        app_session().commit()
    return run


def overdue(make: Make, days: int = 3, **facts: Any) -> Loan:
    return make.loan(lent_on=MONDAY - timedelta(days=days + 14), **facts)


def abroad(make: Make) -> Loan:
    """A loan of another centre that is overdue by three days."""
    centre = make.centre()
    person = make.person(make.school(centre=centre))
    return overdue(make, copy=make.copy(make.holding(centre=centre)), person=person)


def test_every_job_of_a_night_does_its_work(app: Flask, session: Session, make: Make) -> None:
    centre_id = make.the_centre().id
    session.add(LendingSettings(centre_id=centre_id, renews_automatically=True))
    late, due = overdue(make), overdue(make, -1)
    due_later = overdue(make, -3)
    uncollected = make.booking(make.holding(copies=1), OVER)
    keys = late.id, due.id, due_later.id, uncollected.id
    session.close()
    results = {kind: done(app, kind) for kind in NIGHTLY_JOBS}
    assert {run.state for run in results.values()} == {JobState.DONE}
    numbers = {kind: results[kind].result.get("centres", {}) for kind in OF_A_CENTRE}
    here = str(centre_id)
    assert numbers["night_lapse"] == {here: {"bookings": 1, "letters": 1}}
    assert numbers["night_renew"] == {here: {"renewed": 1, "letters": 1}}
    assert numbers["night_due_soon"] == {here: {"loans": 1, "letters": 1}}
    assert numbers["night_overdue"] == {here: {"level_1": 1, "letters": 1}}
    assert session.get_one(Booking, keys[3]).state is BookingState.LAPSED
    assert session.get_one(Loan, keys[1]).renewals == 1
    kinds = set(session.scalars(select(OwedLetter.kind)))
    assert kinds == {
        LetterKind.BOOKING_LAPSED,
        LetterKind.LOAN_RENEWED,
        LetterKind.DUE_SOON,
        LetterKind.OVERDUE,
    }


def test_a_second_night_on_the_same_day_changes_nothing(
    app: Flask, session: Session, make: Make
) -> None:
    session.add(LendingSettings(centre_id=make.the_centre().id, renews_automatically=True))
    for days in (3, -1, -3):
        overdue(make, days)
    make.booking(make.holding(copies=1), OVER)
    session.close()
    for kind in OF_A_CENTRE:
        done(app, kind)
    letters = session.scalar(select(func.count(OwedLetter.id)))
    session.rollback()
    for kind in OF_A_CENTRE:
        assert done(app, kind).result == {"centres": {}}
    assert session.scalar(select(func.count(OwedLetter.id))) == letters


def test_a_centre_asks_for_itself_alone(app: Flask, session: Session, make: Make) -> None:
    make.the_centre()
    here, there = overdue(make), abroad(make)
    keys = here.centre_id, here.id, there.id
    session.close()
    run = done(app, "night_overdue", centre_id=keys[0])
    assert list(run.result["centres"]) == [str(keys[0])]
    assert list(session.scalars(select(Reminder.loan_id))) == [keys[1]]


def test_who_sent_at_once_stands_in_the_log_and_the_night_does_nothing_twice(
    app: Flask, session: Session, make: Make
) -> None:
    loan = overdue(make)
    account_id, centre_id = make.account().id, loan.centre_id
    session.close()
    run = done(app, "night_overdue", centre_id=centre_id, account_id=account_id)
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.act, entry.account_id, entry.centre_id) == ("remind", account_id, centre_id)
    assert entry.after == run.result["centres"][str(centre_id)]
    session.rollback()
    assert done(app, "night_overdue").result == {"centres": {}}


def test_only_one_school_can_be_asked_for(app: Flask, session: Session, make: Make) -> None:
    make.the_centre()
    first, second = make.school(), make.school()
    for school in (first, second):
        overdue(make, person=make.person(school))
    key = second.id
    session.close()
    done(app, "night_overdue", wish={"institution": key})
    session.rollback()
    told = session.scalars(select(OwedLetter.institution_id)).all()
    assert told == [key]


def test_what_goes_wrong_for_one_stops_no_other_and_the_job_has_failed(
    app: Flask, session: Session, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.the_centre()
    unlucky = overdue(make).person_id
    for _ in range(FEWEST):
        overdue(make)
    session.close()

    def stumbling(opened: Session, people: Any, *rest: Any) -> Any:
        if unlucky in people.person_ids:
            raise ZeroDivisionError
        return remind(opened, people, *rest)

    monkeypatch.setattr("app.night_loans.remind", stumbling)
    run = done(app, "night_overdue")
    assert run.state is JobState.FAILED
    assert run.result["faults"] == 1
    assert session.scalar(select(func.count(OwedLetter.id))) == 1


def test_a_breach_is_the_result_of_the_nightly_check(
    app: Flask, session: Session, make: Make
) -> None:
    holding_id = make.holding(copies=2).id
    session.execute(update(Holding).values(lendable=5))
    session.commit()
    run = done(app, "night_check")
    assert run.state is JobState.DONE
    assert run.result["breaches"] == 1
    assert run.result["first"] == [["lendable_miscounted", holding_id, "5", "2"]]


def test_the_command_owes_tonights_letters_and_sends_them(
    app: Flask, settings: Settings, session: Session, make: Make
) -> None:
    overdue(make)
    make.booking(make.holding(copies=1), OVER)
    session.close()
    variables: dict[str, str | None] = {
        name: None for name in os.environ if name.startswith("MEDIENBRUECKE_")
    } | {
        "MEDIENBRUECKE_DATA": str(settings.data),
        "MEDIENBRUECKE_DATABASE_URL": settings.database_url,
        "MEDIENBRUECKE_TODAY": MONDAY.isoformat(),
    }
    first, again = (CliRunner(env=variables).invoke(cli, ["notices", "send"]) for _ in "ab")
    assert first.output == "0 sent, 2 kept for the office, 0 failed, 0 waiting\n"
    assert again.output == "0 sent, 0 kept for the office, 0 failed, 0 waiting\n"
    kinds = set(session.scalars(select(JobRun.kind).where(JobRun.state == JobState.DONE)))
    assert kinds == OWING_LETTERS


def test_what_the_worker_did_tonight_is_not_done_again_by_hand(
    app: Flask, session: Session, make: Make
) -> None:
    with app.app_context():
        work_tonight(OWING_LETTERS)
        work_tonight(OWING_LETTERS)
    assert session.scalar(select(func.count(JobRun.id))) == len(OWING_LETTERS)


# Units


def night() -> Night:
    return Night(Job(1, "night_overdue", None, None, {}), lambda *_: None)


def worked(app: Flask, people: Sequence[tuple[int, int]], seconds: float = 0.0) -> list[list[int]]:
    """Which people each unit worked on, if a loan takes so long."""
    loans = dict(people)
    units: list[list[int]] = []

    def work(batch: Sequence[int]) -> Counts:
        units.append(list(batch))
        time.sleep(seconds * sum(loans[key] for key in batch))
        return Counts()

    with app.app_context():
        night().units(1, people, work)
    return units


def test_nobodys_loans_are_torn_apart(app: Flask) -> None:
    people = [(key, 3) for key in range(1, 12)]
    units = worked(app, people)
    assert [key for unit in units for key in unit] == [key for key, _ in people]
    assert units[0] == [1]
    assert worked(app, [(7, 10 * MOST)]) == [[7]]


def test_a_unit_grows_while_it_is_quick_and_stays_small_where_it_is_slow(app: Flask) -> None:
    quick = worked(app, list(each(range(300))))
    slow = worked(app, list(each(range(40))), seconds=0.01)
    assert max(len(unit) for unit in quick) > 8 * FEWEST
    assert max(len(unit) for unit in slow) <= FEWEST


def test_what_is_read_ahead_is_read_in_parts() -> None:
    parts = list(looks([(key, 90) for key in range(5)]))
    assert [[key for key, _ in part] for part in parts] == [[0, 1], [2, 3], [4]]


def test_a_centre_that_is_gone_stops_nothing(app: Flask, session: Session, make: Make) -> None:
    overdue(make)
    session.execute(update(MediaCentre).values(active=False))
    session.execute(update(Person).values(email=None))
    session.commit()
    run = done(app, "night_overdue")
    assert next(iter(run.result["centres"].values())) == {"level_1": 1, "silent": 1}
