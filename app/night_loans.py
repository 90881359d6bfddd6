"""What a night does about loans and bookings: lapses, renewals, reminders.

What can be read ahead is read with nothing locked; the units only write.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date
from functools import partial
from typing import Any

from app.jobs import Job, Progress
from app.night_units import Counts, Night, each, looks
from app.sessions import session
from database.audit import Change, Subject, record
from loans.operations.lapse import lapse
from loans.operations.recall import Run, recall
from loans.operations.remind import People, remind
from loans.operations.remind_before_due import remind_before_due
from loans.operations.renew_automatically import Renewable, renew_automatically, renewable
from loans.operations.tell_due_soon import Occasion
from loans.queries.choices import choices_of
from loans.queries.due_soon import DuePlan, people_due, plans_before_due, to_remind, to_renew
from loans.queries.house import House, house_of
from loans.queries.overdue import OverdueWish, late_people
from loans.queries.recall import RecallWish, people_to_recall
from loans.queries.uncollected import uncollected
from schools.rules.roles import SYSTEM, Actor, Right

EVERYWHERE = SYSTEM.scope(Right.MANAGE_CENTRE)
RECALL = "recall"
SCHOOL = "institution"
"""In a job's wish: only the borrowers of this school."""


def lapse_uncollected(job: Job, progress: Progress) -> dict[str, Any]:
    """Let bookings lapse that nobody collected, and requests that nobody answered.

    Source:
        docs/rules.md, Lending 4.3 and 5.1.
    """
    night = Night(job, progress)
    for centre_id in night.centres():
        lapses = choices_of(session(), centre_id).lapses_uncollected
        ids = uncollected(session(), EVERYWHERE, centre_id, night.today, lapses=lapses)
        session().rollback()
        night.units(centre_id, each(ids), partial(_lapse, night, centre_id))
    return night.result()


def _lapse(night: Night, centre_id: int, ids: Sequence[int]) -> Counts:
    at = (night.today, night.now)
    return Counter(asdict(lapse(session(), centre_id, ids, SYSTEM, at)))


def renew_by_itself(job: Job, progress: Progress) -> dict[str, Any]:
    """Renew what is due tomorrow or today, at the centres that chose it.

    Source:
        docs/rules.md, Lending 9.2.
    """
    night = Night(job, progress)
    for centre_id in night.centres():
        if not choices_of(session(), centre_id).renews_automatically:
            continue
        wish = to_renew(centre_id, night.today)
        for part in looks(people_due(session(), EVERYWHERE, wish, night.today)):
            some = replace(wish, person_ids=[key for key, _ in part])
            found = renewable(session(), EVERYWHERE, some, night.today, night.now)
            session().rollback()
            night.note(centre_id, refused=found.refused)
            people = [(key, len(loans)) for key, loans in found.loan_ids.items()]
            night.units(centre_id, people, partial(_renew, night, found))
    return night.result()


def _renew(night: Night, found: Renewable, person_ids: Sequence[int]) -> Counts:
    return Counter(asdict(renew_automatically(session(), found, person_ids, SYSTEM, night.now)))


def tell_before_due(job: Job, progress: Progress) -> dict[str, Any]:
    """Owe the letters before the due date.

    Source:
        docs/rules.md, Lending 10.2.
    """
    night = Night(job, progress)
    for centre_id in night.centres():
        house = house_of(session(), centre_id, night.today)
        renewing = choices_of(session(), centre_id).renews_automatically
        occasion = Occasion(centre_id, night.today, renewing)
        wish = to_remind(house)
        for part in looks(people_due(session(), EVERYWHERE, wish, night.today)):
            some = replace(wish, person_ids=[key for key, _ in part])
            plans = plans_before_due(session(), EVERYWHERE, some, house, night.now)
            session().rollback()
            by_person = {plan.person_id: plan for plan in plans}
            people = [(key, len(plan.loans)) for key, plan in by_person.items()]
            night.units(centre_id, people, partial(_tell, night, by_person, occasion))
    return night.result()


def _tell(
    night: Night, plans: dict[int, DuePlan], occasion: Occasion, person_ids: Sequence[int]
) -> Counts:
    some = [plans[person_id] for person_id in person_ids]
    return Counter(asdict(remind_before_due(session(), some, occasion, night.now)))


def remind_overdue(job: Job, progress: Progress) -> dict[str, Any]:
    """Write the reminder levels of tonight with their letters.

    Staff ask for the same by day; who asked stands in the log.

    Source:
        docs/rules.md, Lending 10.1.
    """
    night = Night(job, progress)
    for centre_id in night.centres():
        house = house_of(session(), centre_id, night.today)
        wish = OverdueWish(centre_id, institution_id=job.wish.get(SCHOOL))
        people = late_people(session(), EVERYWHERE, wish, house)
        session().rollback()
        night.units(centre_id, people, partial(_remind, night, house))
    return night.result()


def _remind(night: Night, house: House, person_ids: Sequence[int]) -> Counts:
    people = People(house.centre_id, person_ids)
    done = remind(session(), people, house, SYSTEM, night.now)
    counts = Counter({f"level_{level}": count for level, count in done.levels.items()})
    counts.update(letters=done.letters, copies=done.copies, silent=done.silent)
    if night.job.account_id is not None and done.levels:
        by = Actor(night.job.account_id, None, "")
        written = {name: number for name, number in counts.items() if number}
        subject = Subject("media_centre", house.centre_id, house.centre_id)
        record(session(), by, subject, Change("remind", after=written), night.now)
    return counts


def recall_loans(job: Job, progress: Progress) -> dict[str, Any]:
    """Shorten the due dates of what is out past a day; asked for by staff, not by the night.

    Source:
        docs/rules.md, Lending 10.3.
    """
    night = Night(job, progress)
    for centre_id in night.centres():
        house = house_of(session(), centre_id, night.today)
        wish = RecallWish(
            centre_id,
            date.fromisoformat(job.wish["day"]),
            job.wish.get(SCHOOL),
            job.wish.get("category"),
        )
        people = people_to_recall(session(), EVERYWHERE, wish, house)
        session().rollback()
        run = Run(wish, str(job.id), job.wish.get("reason", ""))
        night.units(centre_id, people, partial(_recall, night, run, house))
    return night.result()


def _recall(night: Night, run: Run, house: House, person_ids: Sequence[int]) -> Counts:
    by = Actor(night.job.account_id, None, "")
    return Counter(asdict(recall(session(), run, person_ids, house, (by, night.now))))
