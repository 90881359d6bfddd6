"""What centres chose about their lending beyond the terms."""

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from loans.models.lending_settings import LendingSettings
from loans.rules.choices import DEFAULTS, CentreChoices
from loans.rules.holds import PickupTime


def choices_of(session: Session, centre_id: int) -> CentreChoices:
    """Return what a centre chose, in one statement; the defaults where it chose nothing."""
    return choices_of_centres(session, {centre_id})[centre_id]


def choices_of_centres(session: Session, centre_ids: Collection[int]) -> dict[int, CentreChoices]:
    """Return what each centre chose, in one statement."""
    rows = session.execute(_chosen(), {"centre_ids": list(centre_ids)})
    chosen = {row.centre_id: made_of(*row[1:]) for row in rows}
    return {centre_id: chosen.get(centre_id, DEFAULTS) for centre_id in centre_ids}


COLUMNS = (
    LendingSettings.pickup_days,
    LendingSettings.pickup_in_open_days,
    LendingSettings.lapses_uncollected,
    LendingSettings.checks_returns,
    LendingSettings.overdue_policy,
    LendingSettings.renews_automatically,
    LendingSettings.mails_receipts,
    LendingSettings.person_days,
)
"""What `made_of` takes, for statements that read the choices along with something else."""


def made_of(pickup_days: int | None, in_open_days: bool | None, *rest: Any) -> CentreChoices:  # noqa: ANN401, FBT001  # columns of a row
    """Return the choices from the columns of a row; the defaults if they are NULL."""
    if pickup_days is None or in_open_days is None:
        return DEFAULTS
    return CentreChoices(PickupTime(pickup_days, in_open_days), *rest)


@cache
def _chosen() -> Select[*tuple[Any, ...]]:
    """Build the statement once: building it costs more than asking."""
    asked = LendingSettings.centre_id.in_(bindparam("centre_ids", expanding=True))
    return select(LendingSettings.centre_id, *COLUMNS).where(asked)
