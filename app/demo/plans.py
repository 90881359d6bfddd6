"""What schools plan: a medium that is taken when a unit wants it, and a whole school's order."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice

from sqlalchemy.orm import Session

from app.demo.concepts import UnitRow
from app.demo.days import ONE_DAY, instant
from app.demo.demands import CLASSES, FIRST_COURSE_GRADE
from app.demo.future import Diary
from app.demo.insertion import insert_rows
from app.demo.lendings import Demand, Purpose, Reservation
from app.demo.people import Teacher
from app.demo.present import KEPT_FREE
from app.demo.scene import Scene
from app.demo.showcase import UNIT_OF
from app.demo.stock import HoldingRow
from loans.models.collective_order import CollectiveOrder
from loans.operations.order_together import FIRST_NUMBER
from loans.rules.booking_states import BookingState
from schools.rules.grades import grade_label
from schools.rules.periods import Period, ReversedPeriodError
from schools.rules.school_year import NoSuchWeekError, calendar_weeks, school_year_of

SUBJECT = "BI"
TAKEN_DAYS = 4
ORDER_NAME = "Projektwoche Klima und Energie"
ORDER_AHEAD_DAYS, ORDER_TRIES, ORDER_LENGTH_DAYS = 21, 30, 4
JOINED = 3
"""So many teachers of the school have joined the order."""


def taken_media(scene: Scene, diary: Diary) -> Iterator[Reservation]:
    """Take a medium for another school just when a unit of the teacher who is shown wants it."""
    for unit, weeks in _coming_units(scene):
        holding = _scarcest(scene, unit)
        if holding is None:
            continue
        taken = _all_of_it(scene, diary, _elsewhere(scene, unit, holding), weeks)
        if taken is not None:
            yield taken
            return


def open_order(session: Session, scene: Scene, diary: Diary) -> tuple[Reservation, ...]:
    """Open an order of the school that is shown; returns the bookings that have joined it."""
    wanted = list(_wanted_together(scene))
    for ahead in range(ORDER_TRIES):
        start = scene.today + (ORDER_AHEAD_DAYS + ahead) * ONE_DAY
        free = (each for each in _on(scene, wanted, start) if diary.book(each))
        joined = list(islice(free, JOINED))
        if joined:
            order_id = _write_order(session, scene, joined[0])
            return tuple(replace(each, order_id=order_id) for each in joined)
    return ()


def _coming_units(scene: Scene) -> list[tuple[UnitRow, Period]]:
    """Return the units of the subject that are still to come, the soonest first."""
    units = scene.units[scene.people.shown.school.id]
    found = [
        (unit, weeks)
        for unit in units
        if unit.entry.subject == SUBJECT
        for weeks in _weeks(unit, scene.today)
        if weeks.first > scene.today + 2 * ONE_DAY
    ]
    return sorted(found, key=lambda each: each[1].first)


def _weeks(unit: UnitRow, today: date) -> Iterator[Period]:
    year = school_year_of(today)
    for each in (year, year.next):
        try:
            yield calendar_weeks(each, unit.entry.first_week, unit.entry.last_week)
        except (NoSuchWeekError, ReversedPeriodError):
            continue


def _scarcest(scene: Scene, unit: UnitRow) -> HoldingRow | None:
    """Return the offer with the fewest copies, of a unit with something else to book."""
    offers = [each for each in _offers(scene, unit) if each.title.entry.name not in UNIT_OF]
    chosen = [each for each in offers if each.title.entry.name not in KEPT_FREE]
    if len(offers) < 2:  # noqa: PLR2004  # one to be taken, one to be free
        return None
    return min(chosen, key=lambda each: (len(each.copies), each.id), default=None)


def _offers(scene: Scene, unit: UnitRow) -> Iterator[HoldingRow]:
    planned = {title.id for title in unit.planned}
    centre = scene.people.shown.school.centre
    for each in scene.stock.holdings:
        if each.title.id in planned and each.centre == centre and each.copies:
            yield each


def _elsewhere(scene: Scene, unit: UnitRow, holding: HoldingRow) -> Demand:
    """Return what a teacher of another school wants of an offer for the same unit."""
    ours = scene.people.shown.school
    school, theirs = next(
        (school, each)
        for school in scene.county.schools
        if school != ours and school.centre == ours.centre
        for each in scene.units.get(school.id, ())
        if each.entry == unit.entry
    )
    teacher = next(each for each in scene.people.by_school[school.id] if not each.is_admin)
    purpose = Purpose(theirs.id, None, _class_name(unit, 0))
    return Demand(teacher, purpose, holding, len(holding.copies))


def _all_of_it(scene: Scene, diary: Diary, demand: Demand, weeks: Period) -> Reservation | None:
    """Book as many as are free for the first days of some weeks; None if none is."""
    branch = demand.teacher.school.branch
    calendar = scene.rules.calendar(branch)
    first = calendar.next_open_day(weeks.first)
    last = calendar.next_open_day(first + timedelta(days=TAKEN_DAYS))
    for quantity in range(demand.quantity, 0, -1):
        reservation = Reservation(
            demand=replace(demand, quantity=quantity),
            place_id=branch.counter_id,
            first=first,
            last=last,
            state=BookingState.CONFIRMED,
            made_on=scene.today - 12 * ONE_DAY,
        )
        if diary.book(reservation):
            return reservation
    return None


def _wanted_together(scene: Scene) -> Iterator[Demand]:
    """Go through what teachers of the school that is shown want for a unit, one thing each."""
    school = scene.people.shown.school
    wanted: set[int] = set()
    for place, teacher in enumerate(scene.people.by_school[school.id]):
        if teacher == scene.people.shown or teacher.is_admin:
            continue
        for unit, holding in _own_media(scene, teacher):
            if holding.id not in wanted:
                wanted.add(holding.id)
                purpose = Purpose(unit.id, None, _class_name(unit, place))
                yield Demand(teacher, purpose, holding, 1)
                break


def _own_media(scene: Scene, teacher: Teacher) -> Iterator[tuple[UnitRow, HoldingRow]]:
    for unit in scene.units[teacher.school.id]:
        if unit.entry.subject in teacher.subjects:
            yield from ((unit, holding) for holding in _offers(scene, unit))


def _class_name(unit: UnitRow, place: int) -> str:
    label = grade_label(unit.entry.grade)
    if unit.entry.grade >= FIRST_COURSE_GRADE:
        return label
    return label + CLASSES[place % len(CLASSES)]


def _on(scene: Scene, wanted: Iterable[Demand], day: date) -> Iterator[Reservation]:
    """Go through bookings of the same days and place, made one after the other."""
    school = scene.people.shown.school
    calendar = scene.rules.calendar(school.branch)
    first = calendar.next_open_day(day)
    last = calendar.next_open_day(first + timedelta(days=ORDER_LENGTH_DAYS))
    for place, demand in enumerate(wanted):
        yield Reservation(
            demand=demand,
            place_id=school.courier_id,
            first=first,
            last=last,
            state=BookingState.CONFIRMED,
            made_on=scene.today - max(1, 4 - place) * ONE_DAY,
        )


def _write_order(session: Session, scene: Scene, of: Reservation) -> int:
    school = scene.people.shown.school
    row = {
        "number": f"S-{FIRST_NUMBER + 1}",
        "centre_id": school.centre.id,
        "institution_id": school.id,
        "place_id": of.place_id,
        "name": ORDER_NAME,
        "first": of.first,
        "last": of.last,
        "opened_by": scene.people.admin_of(school).account_id,
        "created_at": instant(scene.today - 6 * ONE_DAY, 8, 10),
    }
    return insert_rows(session, CollectiveOrder, [row])[0]
