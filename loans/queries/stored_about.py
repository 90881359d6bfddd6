"""What the store holds about one person, by kind, for the person to see."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, SQLColumnExpression, func, select
from sqlalchemy.orm import Session

from catalogue.models.defect import Defect
from catalogue.models.title_list import SavedSearch, TitleList
from loans.models.basket import BasketLine
from loans.models.booking import Booking
from loans.models.briefing import Briefing
from loans.models.feed import Feed
from loans.models.hold import Hold
from loans.models.loan import Loan
from loans.models.purchase_wish import PurchaseWish
from schools.models.account import Account, SignInSession
from schools.models.owed_letter import OwedLetter
from schools.rules.roles import Scope


def stored_about(session: Session, scope: Scope) -> Mapping[str, int]:
    """Return how many rows of each kind name the person of a scope, in one statement."""
    person_id = scope.person_id or 0
    accounts = select(Account.id).where(Account.person_id == person_id)
    counted = {
        "loans_out": _count(Loan.id, Loan.person_id == person_id, Loan.returned_on.is_(None)),
        "loans_back": _count(Loan.id, Loan.person_id == person_id, Loan.returned_on.is_not(None)),
        "bookings": _count(Booking.id, Booking.person_id == person_id),
        "holds": _count(Hold.id, Hold.person_id == person_id),
        "baskets": _count(BasketLine.id, BasketLine.person_id == person_id),
        "wishes": _count(PurchaseWish.id, PurchaseWish.person_id == person_id),
        "defects": _count(Defect.id, Defect.person_id == person_id),
        "briefings": _count(Briefing.id, Briefing.person_id == person_id),
        "letters": _count(OwedLetter.id, OwedLetter.person_id == person_id),
        "lists": _count(TitleList.id, TitleList.account_id.in_(accounts)),
        "searches": _count(SavedSearch.id, SavedSearch.account_id.in_(accounts)),
        "feeds": _count(Feed.id, Feed.person_id == person_id),
        "sign_ins": _count(SignInSession.id, SignInSession.account_id.in_(accounts)),
    }
    row = session.execute(select(*(each.label(name) for name, each in counted.items()))).one()
    return dict(row._mapping)  # noqa: SLF001  # SQLAlchemy's public name of it


def _count(column: SQLColumnExpression[int], *where: ColumnElement[bool]) -> ColumnElement[int]:
    return select(func.count(column)).where(*where).scalar_subquery()
