"""Bring the holidays of the store to what the table of the state says."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from loans.models.closure import Holiday
from schools.vocabularies.holidays import holidays


def load_holidays(session: Session) -> int:
    """Add, rename and remove holidays until the store has those of the table, and no others.

    Dates that were counted with the old ones stay as they were agreed.

    Returns:
        How many rows were added, changed or removed; 0 when the store knew all.

    Source:
        docs/rules.md, Lending 1.2.
    """
    wanted = {
        (holiday.kind, holiday.period.first, holiday.period.last): holiday.name_de
        for holiday in holidays()
    }
    touched = 0
    for row in session.scalars(select(Holiday).order_by(Holiday.id)):
        name = wanted.pop((row.kind, row.first, row.last), None)
        if name is None:  # withdrawn, or there twice
            session.delete(row)
        elif row.name != name:
            row.name = name
        else:
            continue
        touched += 1
    session.add_all(
        Holiday(kind=kind, name=name, first=first, last=last)
        for (kind, first, last), name in wanted.items()
    )
    return touched + len(wanted)
