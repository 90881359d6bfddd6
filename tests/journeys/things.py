"""Names one of each thing of the demo county, for the addresses and forms of `pages.py`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from app.demo.logins import LOGINS
from catalogue.models.copy import Copy, Part
from catalogue.models.defect import Defect
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from catalogue.rules.copy_states import CopyState
from loans.models.booking import Booking
from loans.models.claim import ClaimKind, LoanClaim
from loans.models.collective_order import CollectiveOrder
from loans.models.desk_session import DeskScan, DeskSession
from loans.models.feed import Feed
from loans.models.hold import Hold, HoldState
from loans.models.loan import Loan
from loans.models.purchase_wish import PurchaseWish
from loans.models.refused_wish import RefusedWish
from loans.models.terms import Terms
from loans.models.tour import RouteStop, Tour, TourState
from loans.rules.booking_states import BookingState
from loans.rules.purchases import PurchaseState
from schools.models.account import Account, AccountState
from schools.models.media_centre import Branch, PickupPlace, PlaceKind
from schools.models.media_concept import TeachingUnit
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.models.person import Membership, Person
from schools.rules.roles import Role
from tests.make import NOW

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Things:
    """What `{name}` stands for in an address or a form."""

    values: Mapping[str, object]

    def fill(self, text: str, turn: int = 0) -> str:
        """Replace `{name}` by the thing of that name, `{turn}` by a number that is used once."""
        return text.format(**self.values, turn=turn)


def find_things(session: Session) -> Things:
    """Read one of each from the store."""
    return Things(
        _titles(session)
        | _copies(session)
        | _bookings(session)
        | _planned(session)
        | _courier(session)
        | _places_and_people(session)
        | _waiting(session)
        | _loans(session)
    )


def account_of(session: Session, role: Role) -> Account:
    """Return the account of a role whose sign-in the demo prints."""
    return session.scalars(select(Account).where(Account.name == LOGINS.of(role).name)).one()


def shown_school(session: Session) -> int:
    """Return the id of the school whose people the demo shows."""
    person = account_of(session, Role.SCHOOL_ADMIN).person_id
    return session.scalars(
        select(Membership.institution_id).where(Membership.person_id == person)
    ).one()


def shown_centre(session: Session) -> int:
    """Return the id of the centre whose people the demo shows."""
    return account_of(session, Role.STAFF).grants[0].centre_id or 0


def film_on_offer(session: Session, skip: int = 0) -> Holding:
    """Return a film the shown centre lends."""
    query = (
        select(Holding)
        .join(Title)
        .where(Title.media_type == "film", Holding.lendable > 0)
        .where(Holding.centre_id == shown_centre(session))
        .order_by(Title.id)
        .offset(skip)
    )
    return session.scalars(query.limit(1)).one()


def first_of(session: Session, query: "Select[Row]") -> Any:
    """Return the first row; the demo must have one."""
    found = session.scalars(query.limit(1)).first()
    assert found is not None, query
    return found


def _titles(session: Session) -> dict[str, object]:
    film = film_on_offer(session)
    newest = select(Title.id).order_by(Title.id.desc())
    return {
        "film": film.title_id,
        "film_holding": film.id,
        "online": first_of(session, select(Title.id).where(Title.online_url.is_not(None))),
        "long": first_of(session, newest),
    }


def _copies(session: Session) -> dict[str, object]:
    boxes = select(Copy).join(Part).where(Copy.centre_id == shown_centre(session))
    box = first_of(session, boxes.where(Copy.state == CopyState.AVAILABLE))
    loans = select(Copy.barcode).join(Loan, Loan.copy_id == Copy.id)
    out = loans.where(Loan.returned_on.is_(None), Loan.centre_id == shown_centre(session))
    here = select(Copy.barcode).where(Copy.holding_id == film_on_offer(session).id)
    at_school = Defect.institution_id == shown_school(session)
    reported = select(Defect).where(at_school, Defect.photo_id.is_not(None))
    defect = first_of(session, reported)
    return {
        "free_copy": first_of(session, here.where(Copy.state == CopyState.AVAILABLE)),
        "box": session.get_one(Holding, box.holding_id).title_id,
        "box_copy": box.id,
        "box_lent": first_of(session, boxes.where(Copy.state == CopyState.ON_LOAN)).barcode,
        "overdue": first_of(session, out.where(Loan.due_on < NOW.date())),
        **_late(session),
        "defect": defect.id,
        "device": session.get_one(Copy, defect.copy_id).barcode,
    }


def _late(session: Session) -> dict[str, object]:
    """Return a loan that should be back by now, and who has it."""
    out = select(Loan).where(Loan.returned_on.is_(None), Loan.received_on.is_(None))
    here = out.where(Loan.centre_id == shown_centre(session), Loan.person_id.is_not(None))
    late = first_of(session, here.where(Loan.due_on < NOW.date()).order_by(Loan.id))
    return {"late_loan": late.id, "late_person": late.person_id}


def _bookings(session: Session) -> dict[str, object]:
    person = account_of(session, Role.TEACHER).person_id
    numbers = select(Booking.number).where(Booking.person_id == person).order_by(Booking.first)
    return {
        name: first_of(session, numbers.where(Booking.state == state))
        for name, state in (
            ("booked", BookingState.CONFIRMED),
            ("collected", BookingState.COLLECTED),
            ("past", BookingState.CLOSED),
            ("requested", BookingState.REQUESTED),
        )
    }


def _planned(session: Session) -> dict[str, object]:
    units = select(TeachingUnit.id).where(TeachingUnit.institution_id == shown_school(session))
    biology = units.where(TeachingUnit.subject == "BI")
    taken = select(Holding).join(Title).where(Title.name == "Pflanzen verstehen")
    taken_holding = first_of(session, taken.where(Holding.centre_id == shown_centre(session)))
    order = first_of(session, select(CollectiveOrder).order_by(CollectiveOrder.id))
    wishes = select(PurchaseWish.id).order_by(PurchaseWish.id)
    named = or_(Loan.unit_id.is_not(None), Loan.reason.is_not(None))
    return {
        "unit": first_of(session, biology.where(TeachingUnit.number == "UV 7.2")),
        "running_unit": first_of(session, biology.where(TeachingUnit.number == "UV 10.1")),
        "taken_title": taken_holding.title_id,
        "taken_holding": taken_holding.id,
        "courier": first_of(
            session,
            select(PickupPlace.id).where(PickupPlace.institution_id == shown_school(session)),
        ),
        "order": order.number,
        "order_id": order.id,
        "wish": first_of(session, wishes.where(PurchaseWish.state == PurchaseState.OPEN)),
        "answered_wish": first_of(
            session, wishes.where(PurchaseWish.state == PurchaseState.DECLINED)
        ),
        "short_title": first_of(
            session,
            select(Holding.title_id).join(RefusedWish, RefusedWish.holding_id == Holding.id),
        ),
        "unnamed_loan": first_of(
            session, select(Loan.id).where(~named, ~Loan.placed, Loan.returned_on.is_(None))
        ),
    }


def _courier(session: Session) -> dict[str, object]:
    tours = session.scalars(select(Tour).order_by(Tour.day)).all()
    names = {TourState.UNDER_WAY: "tour_away", TourState.PLANNED: "tour_open"}
    stop = select(RouteStop.place_id).join(PickupPlace)
    return {
        **{names[tour.state]: tour.id for tour in tours if tour.state in names},
        "tour_past": tours[0].id,
        "route": tours[-1].route_id,
        "courier_stop": first_of(session, stop.where(PickupPlace.kind == PlaceKind.COURIER)),
    }


def _waiting(session: Session) -> dict[str, object]:
    person = account_of(session, Role.TEACHER).person_id
    own = select(Hold).where(Hold.person_id == person)
    ready = first_of(session, own.where(Hold.state == HoldState.SET_ASIDE))
    waits = first_of(session, own.where(Hold.state == HoldState.WAITING, Hold.first.is_(None)))
    others = select(Hold.id).where(Hold.person_id != person)
    centre = Holding.centre_id == shown_centre(session)
    queues = select(Hold.holding_id).join(Holding).where(centre, Hold.person_id != person)
    return {
        "hold_ready": ready.id,
        "hold_waits": waits.id,
        "hold_days": first_of(
            session, own.where(Hold.first.is_not(None)).with_only_columns(Hold.id)
        ),
        "hold_foreign": first_of(session, others),
        "queue": first_of(session, queues.order_by(Hold.rank.desc(), Hold.id)),
        "set_aside": session.get_one(Copy, ready.copy_id).barcode,
    }


def _loans(session: Session) -> dict[str, object]:
    ours = select(Loan.id).where(Loan.centre_id == shown_centre(session))
    is_open = ours.where(Loan.returned_on.is_(None))
    lost = select(LoanClaim.loan_id).where(LoanClaim.kind == ClaimKind.LOST)
    plain = is_open.where(~Loan.placed, Loan.received_on.is_(None))
    return {
        "loan_lost": first_of(session, lost),
        "loan_out": first_of(session, plain.where(Loan.due_on > NOW.date()).order_by(Loan.id)),
        "loan_placed": first_of(session, is_open.where(Loan.placed)),
        "loan_over": first_of(session, ours.where(Loan.returned_on.is_not(None))),
    }


def _places_and_people(session: Session) -> dict[str, object]:
    teacher = account_of(session, Role.TEACHER)
    return {
        "school": shown_school(session),
        "centre": shown_centre(session),
        "terms": session.scalars(
            select(Terms.id)
            .where(Terms.centre_id == shown_centre(session), Terms.media_category == "equipment")
            .limit(1)
        ).one(),
        "account": teacher.id,
        "invited_account": first_of(
            session, select(Account.id).where(Account.state == AccountState.INVITED)
        ),
        "person": teacher.person_id,
        "card": session.get_one(Person, teacher.person_id).card,
        "own_letter": first_of(
            session, select(OwedLetter.id).where(OwedLetter.person_id == teacher.person_id)
        ),
        "daily_letter": first_of(
            session,
            select(OwedLetter.id).where(
                OwedLetter.kind == LetterKind.DIGEST,
                OwedLetter.centre_id == shown_centre(session),
            ),
        ),
        "feed": first_of(session, select(Feed.id).where(Feed.account_id == teacher.id)),
        "letter": session.scalars(
            select(func.min(OwedLetter.id)).where(OwedLetter.centre_id == shown_centre(session))
        ).one(),
        "receipt": first_of(session, _receipts(session).order_by(DeskSession.id.desc())),
    }


def _receipts(session: Session) -> "Select[int]":
    """Return the finished sessions of the shown centre in which a box with parts went out."""
    boxes = select(DeskScan.session_id).join(Part, Part.copy_id == DeskScan.copy_id)
    centre = Branch.centre_id == shown_centre(session)
    finished = select(DeskSession.id).join(Branch, Branch.id == DeskSession.branch_id)
    return finished.where(centre, DeskSession.ended_at.is_not(None), DeskSession.id.in_(boxes))
