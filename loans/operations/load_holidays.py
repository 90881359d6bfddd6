"""Bring the holidays of the store to what the table of the state says."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from loans.models.closure import Holiday
from schools.vocabularies.holidays import holidays


def load_holidays(session: Session) -> int:
    """Add the holidays the store lacks.

    Returns:
        How many were added; 0 when the store knew all.

    Source:
        docs/rules.md, Lending 1.2.
    """
    query = select(Holiday.kind, Holiday.first, Holiday.last)
    known = {(row.kind, row.first, row.last) for row in session.execute(query)}
    missing = [
        holiday
        for holiday in holidays()
        if (holiday.kind, holiday.period.first, holiday.period.last) not in known
    ]
    session.add_all(
        Holiday(
            kind=holiday.kind,
            name=holiday.name_de,
            first=holiday.period.first,
            last=holiday.period.last,
        )
        for holiday in missing
    )
    return len(missing)
