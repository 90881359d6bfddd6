"""What a night forgets: borrowers of what is long back, and everything that still names them."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from app.jobs import Job, Progress
from app.night_units import MOST, Counts, Night, each
from app.sessions import engine, session
from app.today import midnight
from database.audit import forget_old_entries
from database.engine import empty_log
from loans.operations.forget_borrowers import Old, forget_bookings, forget_loans
from loans.operations.forget_traces import (
    forget_desks,
    forget_letters,
    forget_other_letters,
    forget_reporters,
    forget_wishes,
)
from loans.queries.choices import choices_of
from loans.queries.forgettable import (
    Horizon,
    bookings_to_forget,
    desks_to_forget,
    loans_to_forget,
)
from loans.rules.choices import DEFAULTS
from loans.rules.memory import AUDIT_DAYS, BOOKING_DAYS, desk_days, forgotten_before
from schools.rules.roles import SYSTEM, Right

EVERYWHERE = SYSTEM.scope(Right.MANAGE_CENTRE)


def forget_people(job: Job, progress: Progress) -> dict[str, Any]:
    """Cut borrowers from what is long back, then delete what else names them beside it.

    At last the store's own log is emptied, which would keep what was overwritten.

    Source:
        docs/rules.md, Lending 12.1.
    """
    night = Night(job, progress)
    for centre_id in night.centres():
        _forget_at(night, _horizon(night, centre_id))
    if job.centre_id is None:
        _forget_everywhere(night)
    empty_log(engine())
    return night.result()


def _horizon(night: Night, centre_id: int) -> Horizon:
    days = choices_of(session(), centre_id).person_days
    session().rollback()
    bookings = forgotten_before(night.today, BOOKING_DAYS)
    return Horizon(
        centre_id,
        loans=midnight(forgotten_before(night.today, days)),
        bookings=bookings,
        bookings_at=midnight(bookings),
        desk=midnight(forgotten_before(night.today, desk_days(days))),
    )


def _forget_at(night: Night, horizon: Horizon) -> None:
    desks = desks_to_forget(session(), EVERYWHERE, horizon)
    bookings = bookings_to_forget(session(), EVERYWHERE, horizon)
    loans = loans_to_forget(session(), EVERYWHERE, horizon)
    session().rollback()
    here = horizon.centre_id
    night.units(here, each(desks), lambda ids: _counted("scans", forget_desks(session(), ids)))
    night.units(
        here,
        each(bookings),
        lambda ids: _counted("bookings", forget_bookings(session(), Old(horizon, ids), SYSTEM)),
    )
    night.units(
        here,
        each(loans),
        lambda ids: _counted("loans", forget_loans(session(), Old(horizon, ids), SYSTEM)),
    )
    _until_none(
        night,
        here,
        "defects",
        lambda: forget_reporters(session(), horizon, MOST),
    )
    _until_none(
        night,
        here,
        "letters",
        lambda: forget_letters(session(), here, horizon.loans, MOST),
    )
    night.units(here, ONCE, lambda _: Counter(forget_wishes(session(), horizon, night.now)))


def _forget_everywhere(night: Night) -> None:
    """Forget what belongs to no centre, and what is older than anybody asks for."""
    usual = midnight(forgotten_before(night.today, DEFAULTS.person_days))
    year = midnight(night.today - timedelta(days=AUDIT_DAYS))
    acts: dict[str, Callable[[], int]] = {
        "letters": lambda: forget_letters(session(), None, usual, MOST),
        "other_letters": lambda: forget_other_letters(session(), year, MOST),
        "audit_entries": lambda: forget_old_entries(session(), year, MOST),
    }
    for name, act in acts.items():
        _until_none(night, NO_CENTRE, name, act)


ONCE = ((0, 0),)
"""Nobody's loans: for work that is one unit."""

NO_CENTRE = 0
"""Stands among the centres of a result for what belongs to none."""


def _until_none(night: Night, centre_id: int, name: str, act: Callable[[], int]) -> None:
    """Repeat an act on a part of the rows, each in a unit of its own, until none are left."""
    left = True

    def work(_: Sequence[int]) -> Counts:
        nonlocal left
        left = False  # an act that fails is not tried for ever
        number = act()
        left = number >= MOST
        return _counted(name, number)

    while left:
        night.units(centre_id, ONCE, work)


def _counted(name: str, number: int) -> Counts:
    return Counter({name: number})
