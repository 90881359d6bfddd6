"""What bookings can be besides plain: requests, a series, overbooked, by number, in a basket."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.county import PRIVATE_AUTHORITY, CentreRow
from app.demo.days import ONE_DAY, instant
from app.demo.insertion import insert_rows
from app.demo.newcomers import SHOWN
from app.demo.people import Teacher
from app.demo.scene import Scene
from app.demo.stock import HoldingRow
from catalogue.models.holding import BookedBy
from loans.models.booking import Booking, BookingLine
from loans.models.purpose import OtherReason
from loans.models.terms import Terms
from loans.operations.basket import put_in_basket
from loans.operations.book import book_many
from loans.operations.book_by import book_by
from loans.queries.wishes import BookingWish, Wishes, one_line
from loans.rules.booking_states import COMMITTING, BookingState
from loans.rules.series import Rhythm, Series, dates_of
from schools.models.account import Account
from schools.models.institution import CustomerClass
from schools.rules.periods import Period
from schools.rules.roles import Actor, Grant, Role

MADE_DAYS_AGO = 12
TRIES = 60
"""Days on which something is tried, one after the other."""

SERIES_OF, SERIES_AHEAD_DAYS, SERIES_WEEKS = "Podcast-Koffer", 24, 4
SERIES_KEY = "5e21e5" * 5
ASKED_FOR = (("Funkmikrofon-Set", 14), ("Greenscreen mobil", 19))
"""What a private school asks for, so many days ahead; staff decide about it."""

IN_BASKET = (("Reportage-Rekorder", 2), ("Trickfilm-Box", 1))
BASKET_AHEAD_DAYS = 20
BY_NUMBER = ("Dokumentarfilm-Rucksack", "Trickfilm-Koffer Knete und Figuren", "Hörspielkoffer")
"""The first of them that nobody has booked yet is booked by number."""

AGAINST_THE_RULE = "Prüfungsstunde; das fehlende Exemplar leiht uns das Nachbarzentrum."


def arrange(session: Session, scene: Scene) -> None:
    """Do at the shown centre what teachers and its head do, by the acts they do it with."""
    _ask(session, scene)
    _book_in_series(session, scene)
    _book_by_number(session, scene)
    _overbook(session, scene)
    _fill_basket(session, scene)


def _ask(session: Session, scene: Scene) -> None:
    """Let staff decide about what private schools book, and let one of them ask."""
    rows = [
        {
            "centre_id": centre.id,
            "customer_class": CustomerClass.PRIVATE_SCHOOL,
            "media_category": "",
            "needs_approval": True,
        }
        for centre in scene.county.centres
    ]
    insert_rows(session, Terms, rows)
    centre = scene.people.shown.school.centre
    teacher = _private(scene, centre)
    for name, ahead in ASKED_FOR:
        holding = scene.stock.holding(name, centre)
        wishes = ((_wish(teacher, holding, period),) for period in _periods(scene, ahead))
        _first_that_goes(session, scene, wishes, _actor(teacher))


def _book_in_series(session: Session, scene: Scene) -> None:
    """Let the teacher who is shown book the same day of some weeks in one go."""
    teacher = scene.people.shown
    holding = scene.stock.holding(SERIES_OF, teacher.school.centre)
    days = scene.rules.days(teacher.school.branch)
    starts = (scene.today + (SERIES_AHEAD_DAYS + nth) * ONE_DAY for nth in range(TRIES))
    every = (
        dates_of(Series(Period(day, day), Rhythm.WEEKLY, count=SERIES_WEEKS), days).periods
        for day in starts
    )
    wishes = ([_wish(teacher, holding, period) for period in periods] for periods in every)
    for booking in _first_that_goes(session, scene, wishes, _actor(teacher)):
        booking.group_key = SERIES_KEY


def _book_by_number(session: Session, scene: Scene) -> None:
    """Let a title be booked by number, and one of its copies be booked."""
    centre = scene.people.shown.school.centre
    open_lines = select(BookingLine.holding_id).join(Booking).where(Booking.state.in_(COMMITTING))
    taken = set(session.scalars(open_lines))
    holdings = (scene.stock.holding(name, centre) for name in BY_NUMBER)
    holding = next((each for each in holdings if each.id not in taken), None)
    if holding is None:
        return
    book_by(session, holding.id, BookedBy.NUMBER, _head(session, scene), _made_at(scene))
    teacher = _colleague(scene)
    wishes = (
        (_wish(teacher, holding, period, copy_id=copy.id),)
        for period in _periods(scene, BASKET_AHEAD_DAYS)
        for copy in holding.copies
    )
    _first_that_goes(session, scene, wishes, _actor(teacher))


def _overbook(session: Session, scene: Scene) -> None:
    """Let the head book one more than is free, at the days of a booking that took all."""
    teacher = _colleague(scene)
    stock = {each.id: each for each in scene.stock.holdings}
    wishes = (
        (replace(_wish(teacher, stock[holding_id], period), overruling=AGAINST_THE_RULE),)
        for holding_id, period in _taken_completely(session, scene)
    )
    _first_that_goes(session, scene, wishes, _head(session, scene))


def _fill_basket(session: Session, scene: Scene) -> None:
    """Leave wishes in the basket of the teacher who is shown; they hold nothing any more."""
    teacher = scene.people.shown
    yesterday = instant(scene.today - ONE_DAY, 15, 40)
    for (name, quantity), period in zip(
        IN_BASKET, _periods(scene, BASKET_AHEAD_DAYS), strict=False
    ):
        holding = scene.stock.holding(name, teacher.school.centre)
        wish = _wish(teacher, holding, period, quantity)
        put_in_basket(session, wish, _actor(teacher), scene.today, yesterday)


def _taken_completely(session: Session, scene: Scene) -> Iterator[tuple[int, Period]]:
    """Go through confirmed bookings of other people that took every copy, the last one first."""
    people = {each.person_id: each for each in _everybody(scene)}
    shown = scene.people.shown
    centre_id = shown.school.centre.id
    query = (
        select(Booking, BookingLine)
        .join(BookingLine, BookingLine.booking_id == Booking.id)
        .where(Booking.state == BookingState.CONFIRMED, Booking.centre_id == centre_id)
        .where(Booking.order_id.is_(None), BookingLine.copy_id.is_(None))
        .order_by(Booking.first.desc(), Booking.id)
    )
    for booking, line in session.execute(query).all():
        booker = None if booking.person_id is None else people.get(booking.person_id)
        if booker not in {None, shown} and line.quantity == line.holding.lendable:
            yield line.holding_id, Period(booking.first, booking.last)


def _first_that_goes(
    session: Session,
    scene: Scene,
    tries: Iterable[Sequence[BookingWish]],
    by: Actor,
) -> list[Booking]:
    """Book the first wishes that all can be had; returns nothing if none can."""
    for wishes in tries:
        asked = Wishes(every=tuple(wishes))
        made = book_many(session, asked, by, scene.today, _made_at(scene))
        bookings = [each.booking for each in made if each.booking is not None]
        if bookings:
            return bookings
    return []


def _wish(
    teacher: Teacher,
    holding: HoldingRow,
    period: Period,
    quantity: int = 1,
    copy_id: int | None = None,
) -> BookingWish:
    return BookingWish(
        lines=one_line(holding.id, quantity, copy_id),
        person_id=teacher.person_id,
        period=period,
        reason=OtherReason.PROJECT,
        place_id=teacher.school.branch.counter_id,
        class_name="7c",
    )


def _periods(scene: Scene, ahead: int) -> Iterator[Period]:
    """Go through stretches of three days between open days of the shown teacher's branch."""
    calendar = scene.rules.calendar(scene.people.shown.school.branch)
    for nth in range(TRIES):
        first = calendar.next_open_day(scene.today + (ahead + nth) * ONE_DAY)
        yield Period(first, calendar.next_open_day(first + timedelta(days=2)))


def _made_at(scene: Scene) -> datetime:
    return instant(scene.today - MADE_DAYS_AGO * ONE_DAY, 10, 15)


def _everybody(scene: Scene) -> Iterator[Teacher]:
    for teachers in scene.people.by_school.values():
        yield from teachers


def _private(scene: Scene, centre: CentreRow) -> Teacher:
    """Return a teacher of a private school of the centre."""
    return next(
        each
        for each in _everybody(scene)
        if each.school.centre == centre and each.school.entry.authority == PRIVATE_AUTHORITY
    )


def _colleague(scene: Scene) -> Teacher:
    """Return another teacher of the school that is shown."""
    shown = scene.people.shown
    at_school = scene.people.by_school[shown.school.id]
    return next(each for each in at_school if each != shown and not each.is_admin)


def _actor(teacher: Teacher) -> Actor:
    school = teacher.school
    grant = Grant(Role.TEACHER, school.centre.id, school.id)
    return Actor(teacher.account_id, teacher.person_id, teacher.name, (grant,))


def _head(session: Session, scene: Scene) -> Actor:
    """Return the head of the shown centre."""
    sign_in = next(each.sign_in for each in SHOWN if each.role is Role.CENTRE_ADMIN)
    account = session.scalars(select(Account).where(Account.name == sign_in)).one()
    centre = scene.people.shown.school.centre
    grant = Grant(Role.CENTRE_ADMIN, centre.id)
    return Actor(account.id, account.person_id, account.person.name, (grant,))
