"""How often titles were lent in the last year, against what the store has noted of it."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from catalogue.models.demand import TitleDemand
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from loans.models.loan import Loan

COUNTED_DAYS = 365


def changed_demand(session: Session, today: date) -> dict[int, int]:
    """Return by title the loans that began in the year before `today` where the note differs.

    Undone loans and placements do not count. One statement, whatever the number of titles;
    a title that is lent no more comes with 0.

    Source:
        docs/rules.md, Lending 3.5.
    """
    return dict(session.execute(_changed(today)).all())


def _changed(today: date) -> Select[int, int]:
    counted = _counted(today).subquery()
    loans: Any = func.coalesce(counted.c.loans, 0)
    return (
        select(Title.id, loans)
        .outerjoin(counted, counted.c.title_id == Title.id)
        .outerjoin(TitleDemand, TitleDemand.title_id == Title.id)
        .where(loans != func.coalesce(TitleDemand.loans, 0))
        .order_by(Title.id)
    )


def _counted(today: date) -> Select[int, int]:
    return (
        select(Holding.title_id, func.count().label("loans"))
        .join(Loan, Loan.holding_id == Holding.id)
        .where(
            Loan.lent_on >= today - timedelta(days=COUNTED_DAYS),
            Loan.lent_on < today,
            ~Loan.void,
            ~Loan.placed,
        )
        .group_by(Holding.title_id)
    )
