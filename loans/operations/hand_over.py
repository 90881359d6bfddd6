"""Hand a tour over to its driver, take that back, change the driver's link."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from secrets import token_hex

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from catalogue.amounts import counted
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from database.audit import Change, Subject, record
from loans.errors import ImpossibleStepError
from loans.models.loan import Loan
from loans.models.tour import Tour, TourBox, TourLoad, TourState, TourStop
from loans.operations.journal import Act
from loans.operations.open_tour import NONCE_BYTES, lock_tour
from loans.operations.tell_courier import OnItsWay, on_its_way, tell_on_its_way
from loans.operations.withdraw_letters import withdraw_letters
from loans.rules.packing import PackStep
from schools.models.person import Person
from schools.queries.signed_in import day_of
from schools.rules.roles import Actor


def hand_over(session: Session, tour_id: int, driver: str, by: Actor, now: datetime) -> Tour:
    """Send a tour off; whoever something is on its way to is told by one letter. Locks it.

    Handing it over once more changes nothing. Once its day is past nobody is told any more.

    Raises:
        loans.errors.NotFoundError: no such tour within reach.

    Source:
        docs/rules.md, Lending 11.2.
    """
    tour = lock_tour(session, tour_id, by)
    if tour.state is not TourState.PLANNED:
        return tour
    tour.state, tour.driver = TourState.UNDER_WAY, driver
    tour.handed_over_at, tour.handed_over_by = now, by.account_id
    tour.driver_nonce = tour.driver_nonce or token_hex(NONCE_BYTES)
    if tour.day >= day_of(now):
        for person, what in _on_board(session, tour):
            tell_on_its_way(session, person, what, now)
    _record(session, tour, Change("hand_over_tour", after={"driver": driver}), by, now)
    return tour


def take_hand_over_back(session: Session, tour_id: int, by: Actor, now: datetime) -> Tour:
    """Open a tour for packing again that no driver has reported from; locks it.

    Its letters are taken back, and those that were sent already corrected: who it goes to is told
    anew once it is handed over again.

    Raises:
        loans.errors.NotFoundError: no such tour within reach.
        loans.errors.ImpossibleStepError: it is not under way, or a stop was reported.

    Source:
        docs/rules.md, Lending 8.6 and 11.2.
    """
    tour = lock_tour(session, tour_id, by)
    reported = any(stop.delivered_at or stop.collected_at for stop in tour.stops)
    if tour.state is not TourState.UNDER_WAY or reported:
        raise ImpossibleStepError("tour", tour.state, PackStep.TAKE_BACK)
    tour.state, tour.handed_over_at, tour.handed_over_by = TourState.PLANNED, None, None
    told = [
        on_its_way(tour.id, person_id) for person_id in session.scalars(_told(tour)) if person_id
    ]
    withdraw_letters(Act(session, by, day_of(now), now), told)
    _record(session, tour, Change("take_tour_back"), by, now)
    return tour


def finish_tour(session: Session, tour_id: int, by: Actor, now: datetime) -> Tour:
    """Note that a tour is over though its driver did not report every stop; locks it.

    Raises:
        loans.errors.NotFoundError: no such tour within reach.
        loans.errors.ImpossibleStepError: it was not handed over.
    """
    tour = lock_tour(session, tour_id, by)
    if tour.state is TourState.PLANNED:
        raise ImpossibleStepError("tour", tour.state, PackStep.FINISH)
    if tour.state is not TourState.DONE:
        tour.state = TourState.DONE
        _record(session, tour, Change("finish_tour"), by, now)
    return tour


def renew_link(
    session: Session, tour_id: int, by: Actor, now: datetime, *, dead: bool = False
) -> Tour:
    """Give the driver's page another address; the one before is dead. Locks the tour.

    Args:
        session: inside a unit of work.
        tour_id: which.
        by: whoever does it.
        now: the instant.
        dead: give it none at all.

    Raises:
        loans.errors.NotFoundError: no such tour within reach.
    """
    tour = lock_tour(session, tour_id, by)
    tour.driver_nonce = None if dead else token_hex(NONCE_BYTES)
    act = "end_driver_link" if dead else "renew_driver_link"
    _record(session, tour, Change(act), by, now)
    return tour


def _on_board(session: Session, tour: Tour) -> Iterable[tuple[Person, OnItsWay]]:
    """Go through the people something is packed for, with all that is theirs.

    What came back before the tour left lies in the house.
    """
    rows = session.execute(
        select(TourLoad, TourBox, TourStop, Loan, Title.name)
        .join(TourBox, TourBox.id == TourLoad.box_id)
        .join(TourStop, TourStop.id == TourBox.stop_id)
        .join(Loan, Loan.id == TourLoad.loan_id)
        .join(Holding, Holding.id == Loan.holding_id)
        .join(Title, Title.id == Holding.title_id)
        .where(TourStop.tour_id == tour.id, Loan.person_id.is_not(None))
        .where(Loan.received_on.is_(None), Loan.returned_on.is_(None))
        .order_by(TourStop.position, TourLoad.id)
    ).all()
    people = {each.id: each for each in session.scalars(_people(row.Loan for row in rows))}
    theirs: dict[int, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        theirs[row.Loan.person_id or 0].append(place)
    for person_id, places in theirs.items():
        own = [rows[place] for place in places]
        schools = {row.Loan.institution_id for row in own}
        yield (
            people[person_id],
            OnItsWay(
                tour_id=tour.id,
                day=tour.day,
                places=list(dict.fromkeys(row.TourStop.place.name for row in own)),
                boxes=list(dict.fromkeys(row.TourBox.number for row in own)),
                titles=[
                    counted(name, number)
                    for name, number in Counter(row.name for row in own).items()
                ],
                centre_id=tour.route.centre_id,
                institution_id=schools.pop() if len(schools) == 1 else None,
            ),
        )


def _told(tour: Tour) -> Select[int | None]:
    """Select whoever was told when it was handed over, whatever came back since."""
    return (
        select(Loan.person_id)
        .join(TourLoad, TourLoad.loan_id == Loan.id)
        .join(TourBox, TourBox.id == TourLoad.box_id)
        .join(TourStop, TourStop.id == TourBox.stop_id)
        .where(TourStop.tour_id == tour.id, Loan.person_id.is_not(None))
        .distinct()
    )


def _people(loans: Iterable[Loan]) -> Select[Person]:
    ids = {loan.person_id for loan in loans}
    return select(Person).where(Person.id.in_(ids)).order_by(Person.id)


def _record(session: Session, tour: Tour, change: Change, by: Actor, now: datetime) -> None:
    record(session, by, Subject("tour", tour.id, tour.route.centre_id), change, now)
