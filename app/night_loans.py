"""What a night does about loans and bookings: lapses, renewals, reminders."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from app.jobs import Job, Progress
from app.night_units import Counts, Night, by_loans, by_number
from app.sessions import session
from database.audit import Change, Subject, record
from loans.operations.lapse import lapse
from loans.operations.remind import People, remind
from loans.operations.remind_before_due import remind_before_due
from loans.operations.renew_automatically import renew_automatically
from loans.queries.choices import choices_of
from loans.queries.due_soon import people_due, to_remind, to_renew
from loans.queries.house import house_of
from loans.queries.overdue import OverdueWish, late_people
from loans.queries.uncollected import uncollected
from schools.rules.roles import SYSTEM, Actor, Right

EVERYWHERE = SYSTEM.scope(Right.MANAGE_CENTRE)
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

        def work(batch: Sequence[int], centre_id: int = centre_id) -> Counts:
            at = (night.today, night.now)
            return Counter(asdict(lapse(session(), centre_id, batch, SYSTEM, at)))

        night.units(centre_id, by_number(ids), work)
    return night.result()


def renew_by_itself(job: Job, progress: Progress) -> dict[str, Any]:
    """Renew what is due tomorrow or today, at the centres that chose it.

    Source:
        docs/rules.md, Lending 9.2.
    """
    night = Night(job, progress)
    for centre_id in night.centres():
        chosen = choices_of(session(), centre_id).renews_automatically
        wish = to_renew(centre_id, night.today)
        people = people_due(session(), EVERYWHERE, wish, night.today) if chosen else []
        session().rollback()

        def work(batch: Sequence[int], centre_id: int = centre_id) -> Counts:
            whose = People(centre_id, batch)
            done = renew_automatically(session(), whose, SYSTEM, night.today, night.now)
            return Counter(asdict(done))

        night.units(centre_id, by_loans(people), work)
    return night.result()


def tell_before_due(job: Job, progress: Progress) -> dict[str, Any]:
    """Owe the letters before the due date.

    Source:
        docs/rules.md, Lending 10.2.
    """
    night = Night(job, progress)
    for centre_id in night.centres():
        wish = to_remind(house_of(session(), centre_id, night.today))
        people = people_due(session(), EVERYWHERE, wish, night.today)
        session().rollback()

        def work(batch: Sequence[int], centre_id: int = centre_id) -> Counts:
            whose = People(centre_id, batch)
            done = remind_before_due(session(), whose, SYSTEM, night.today, night.now)
            return Counter(asdict(done))

        night.units(centre_id, by_loans(people), work)
    return night.result()


def remind_overdue(job: Job, progress: Progress) -> dict[str, Any]:
    """Write the reminder levels of tonight with their letters.

    Staff ask for the same by day; who asked stands in the log.

    Source:
        docs/rules.md, Lending 10.1.
    """
    night = Night(job, progress)
    for centre_id in night.centres():
        wish = OverdueWish(centre_id, institution_id=job.wish.get(SCHOOL))
        people = late_people(session(), EVERYWHERE, wish, night.today)
        session().rollback()

        def work(batch: Sequence[int], centre_id: int = centre_id) -> Counts:
            done = remind(session(), People(centre_id, batch), SYSTEM, night.today, night.now)
            counts = Counter({f"level_{level}": count for level, count in done.levels.items()})
            counts.update(letters=done.letters, copies=done.copies, silent=done.silent)
            if job.account_id is not None and done.levels:
                _note(centre_id, counts, job.account_id, night)
            return counts

        night.units(centre_id, by_loans(people), work)
    return night.result()


def _note(centre_id: int, counts: Counts, account_id: int, night: Night) -> None:
    by = Actor(account_id, None, "")
    change = Change("remind", after={name: number for name, number in counts.items() if number})
    record(session(), by, Subject("media_centre", centre_id, centre_id), change, night.now)
