"""What the teacher whose sign-in is printed has borrowed and booked, so that the pages live."""

from collections.abc import Iterator
from datetime import timedelta

from app.demo.chance import chance
from app.demo.days import ONE_DAY
from app.demo.future import Diary
from app.demo.lendings import Demand, Lending, Purpose, Reservation
from app.demo.present import OpenSpans, take
from app.demo.scene import Scene
from app.demo.shelf import Shelf
from loans.models.purpose import OtherReason
from loans.rules.booking_states import BookingState

OUT = (
    ("Atem holen", 3, 9),
    ("Herzschlag", -13, 0),
    ("Mikroskopierkoffer Zelle", -30, -3),
)
"""Titles the teacher has, overdue by so many days; one with a first reminder, two in time."""

UNIT_OF = {
    "Atem holen": "UV 7.1",
    "Herzschlag": "UV 7.1",
    "Fotosynthese messen": "UV 7.2",
}
UNNAMED = "Mikroskopierkoffer Zelle"
"""Went out at the desk without a purpose; the teacher names it later."""

SUBJECT = "BI"
CLASS = "7c"
SENSORS, CAMERA = "Fotosynthese messen", "Zeitrafferkamera für draußen"


def showcase_lendings(scene: Scene, shelf: Shelf) -> Iterator[Lending]:
    """Go through the teacher's open loans: one overdue with a first reminder, two in time."""
    spans, random = OpenSpans(scene), chance("showcase")
    for name, least, most in OUT:
        demand = _demand(scene, name)
        found = spans.within(demand, least, most) or spans.within(demand, 1, 16)
        lending = take(shelf, demand, random.choice(found), random)
        if lending is not None:
            yield lending


def showcase_bookings(scene: Scene, diary: Diary) -> Iterator[Reservation]:
    """Go through the teacher's two bookings: one that will lie ready, one for later."""
    school = scene.people.shown.school
    calendar = scene.rules.calendar(school.branch)
    soon = calendar.next_open_day(scene.today + ONE_DAY)
    later = calendar.next_open_day(scene.today + timedelta(days=17))
    for name, first, length, state in (
        (SENSORS, soon, 4, BookingState.CONFIRMED),
        (CAMERA, later, 3, BookingState.CONFIRMED),
    ):
        last = calendar.next_open_day(first + length * ONE_DAY)
        reservation = Reservation(
            demand=_demand(scene, name, 2 if name == CAMERA else 1),
            place_id=school.branch.counter_id,
            first=first,
            last=last,
            state=state,
            made_on=scene.today - 6 * ONE_DAY,
        )
        if diary.book(reservation):
            yield reservation


def _demand(scene: Scene, name: str, quantity: int = 1) -> Demand:
    teacher = scene.people.shown
    holding = scene.stock.holding(name, teacher.school.centre)
    units = {
        unit.entry.number: unit.id
        for unit in scene.units[teacher.school.id]
        if unit.entry.subject == SUBJECT
    }
    unit_id = units.get(UNIT_OF.get(name, ""))
    reason = OtherReason.PROJECT if unit_id is None and name != UNNAMED else None
    return Demand(teacher, Purpose(unit_id, reason, CLASS), holding, quantity)
