"""Note how often titles are lent, so that search can order by it."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from catalogue.changes import note_titles
from catalogue.models.demand import TitleDemand
from catalogue.models.title import Title


def count_demand(session: Session, changed: Mapping[int, int], today: date) -> None:
    """Write the loans of some titles, and note those titles for every index host.

    Doing it again leaves the same figures. Locks the titles: two hosts may count at once.

    Args:
        session: inside a unit of work; a few hundred titles at a time, since it holds the
            store's lock for writing.
        changed: loans of the last year by title, as `loans.queries.demand` counts them.
        today: the day on which they were counted.
    """
    titles = select(Title.id).where(Title.id.in_(list(changed))).order_by(Title.id)
    session.execute(titles.with_for_update(key_share=True))
    session.execute(delete(TitleDemand).where(TitleDemand.title_id.in_(list(changed))))
    counted = [
        {"title_id": title_id, "loans": loans, "counted_on": today}
        for title_id, loans in changed.items()
        if loans
    ]
    if counted:
        session.execute(insert(TitleDemand), counted)
    note_titles(session, changed)
