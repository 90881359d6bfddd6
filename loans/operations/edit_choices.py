"""Change what a centre has chosen about its lending beyond the terms."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from catalogue.operations.editing import check_edition, take_over
from catalogue.rules.editions import edition_of
from database.audit import Change, Subject, record
from loans.models.lending_settings import LendingSettings
from loans.operations.lock_centre import lock_centre
from loans.queries.choices import choices_of
from loans.rules.choices import CentreChoices
from schools.rules.roles import Actor


@dataclass(frozen=True, slots=True)
class ChoicesEdit:
    """What a centre shall have chosen; `edition` is that of the choices that were opened."""

    centre_id: int
    choices: CentreChoices
    edition: str


def choices_edition(choices: CentreChoices) -> str:
    """Return what tells these choices from any others."""
    return edition_of(choices_values(choices))


def choices_values(choices: CentreChoices) -> dict[str, Any]:
    """Return choices by the names of their columns, which forms and editions use too."""
    return {
        "pickup_days": choices.pickup.days,
        "pickup_in_open_days": choices.pickup.in_open_days,
        "lapses_uncollected": choices.lapses_uncollected,
        "checks_returns": choices.checks_returns,
        "overdue_policy": choices.overdue_policy,
        "renews_automatically": choices.renews_automatically,
        "mails_receipts": choices.mails_receipts,
        "person_days": choices.person_days,
    }


def edit_choices(session: Session, edit: ChoicesEdit, by: Actor, now: datetime) -> None:
    """Take over a centre's choices; they hold from the next decision on. Locks the centre.

    Raises:
        NotFoundError: no such centre within the actor's reach.
        ChangedMeanwhileError: the choices are not those that were opened any more.

    Source:
        docs/rules.md, Lending 4.3, 7.2, 8.4, 8.7, 9.1, 9.2, 12.1 and 12.2.
    """
    lock_centre(session, edit.centre_id, by)
    stored = choices_values(choices_of(session, edit.centre_id))
    wished = choices_values(edit.choices)
    subject = Subject("lending_settings", edit.centre_id, edit.centre_id)
    check_edition(session, subject, edit.edition, stored, wished)
    if stored == wished:
        return
    row = session.get(LendingSettings, edit.centre_id)
    if row is None:
        row = LendingSettings(centre_id=edit.centre_id, **stored)
        session.add(row)
    before, after = take_over(row, wished)
    record(session, by, subject, Change("edit_choices", before, after), now)
    session.flush()
