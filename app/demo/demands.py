"""Invents what teachers want: media for their units in the weeks they teach them, or else."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random

from app.demo.concepts import UnitRow
from app.demo.lendings import Demand, Purpose
from app.demo.people import Teacher
from app.demo.scene import Scene
from app.demo.stock import HoldingRow
from loans.models.purpose import OtherReason
from schools.rules.grades import grade_label
from schools.vocabularies.media_types import MediaCategory
from schools.vocabularies.school_forms import school_form

WITH_A_UNIT = 0.85
AS_PLANNED = 0.65
AHEAD = timedelta(days=7)
"""Media are fetched for the unit of the week after."""

WEEKS_OF_A_YEAR = 53
CLASSES = "abcd"
FIRST_COURSE_GRADE = 11
REASONS = (
    *[OtherReason.PROJECT] * 5,
    *[OtherReason.PREVIEW] * 3,
    *[OtherReason.SCHOOL_EVENT] * 3,
    *[OtherReason.TRAINING] * 2,
    OtherReason.TEST,
)
PIECES = (1, 1, 1, 1, 2, 2, 3, 4, 6, 10)
PUPILS = (20, 30)
CLASS_SETS_TAKEN = 0.3
"""Of the times a class set comes to mind, so many end with somebody carrying it away."""


class Demands:
    """Draws demands, one after the other."""

    def __init__(self, scene: Scene, random: Random) -> None:
        """Sort units by week and holdings by subject."""
        self._random = random
        self._people = scene.people
        self._schools = scene.county.schools
        self._sizes = [school.entry.people for school in scene.county.schools]
        self._planned = {(each.centre.id, each.title.id): each for each in scene.stock.holdings}
        self._of_subject: dict[tuple[int, str], list[HoldingRow]] = defaultdict(list)
        for each in scene.stock.holdings:
            for subject in each.title.entry.subjects:
                self._of_subject[each.centre.id, subject].append(each)
        self._in_week: dict[tuple[int, int], list[UnitRow]] = defaultdict(list)
        for school_id, units in scene.units.items():
            for unit in units:
                for week in _weeks(unit):
                    self._in_week[school_id, week].append(unit)

    def draw(self, day: date) -> Demand | None:
        """Return what somebody wants around a day; None if nobody comes after all."""
        (school,) = self._random.choices(self._schools, self._sizes)
        teacher = self._random.choice(self._people.by_school[school.id])
        return self.draw_for(teacher, day)

    def draw_for(self, teacher: Teacher, day: date) -> Demand | None:
        """Return what a certain teacher wants around a day."""
        unit = self._unit(teacher, day)
        if unit is None:
            holding = self._any_holding(teacher)
            purpose = Purpose(None, self._random.choice(REASONS))
        else:
            holding = self._holding_for(unit, teacher.school.centre.id)
            purpose = Purpose(unit.id, None, self._class_name(unit.entry.grade))
        if holding is None or not holding.title.is_licensed(day):
            return None
        quantity = self._quantity(holding)
        return Demand(teacher, purpose, holding, quantity) if quantity else None

    def _unit(self, teacher: Teacher, day: date) -> UnitRow | None:
        if self._random.random() > WITH_A_UNIT:
            return None
        week = (day + AHEAD).isocalendar().week
        near = self._in_week.get((teacher.school.id, week), [])
        own = [unit for unit in near if unit.entry.subject in teacher.subjects]
        found = own or near
        return self._random.choice(found) if found else None

    def _holding_for(self, unit: UnitRow, centre_id: int) -> HoldingRow | None:
        planned = [
            self._planned[centre_id, title.id]
            for title in unit.planned
            if (centre_id, title.id) in self._planned
        ]
        if planned and self._random.random() < AS_PLANNED:
            return self._random.choice(planned)
        entry = unit.entry
        suitable = [
            each
            for each in self._of_subject[centre_id, entry.subject]
            if each.title.entry.suits(entry.subject, entry.grade)
        ]
        return self._one_of(suitable)

    def _any_holding(self, teacher: Teacher) -> HoldingRow | None:
        grades = set(school_form(teacher.school.entry.form).grades) or {FIRST_COURSE_GRADE}
        subject = self._random.choice(teacher.subjects) if teacher.subjects else "IF"
        suitable = [
            each
            for each in self._of_subject[teacher.school.centre.id, subject]
            if any(
                each.title.entry.grades[0] <= grade <= each.title.entry.grades[1]
                for grade in grades
            )
        ]
        return self._one_of(suitable)

    def _one_of(self, holdings: Sequence[HoldingRow]) -> HoldingRow | None:
        return self._random.choice(holdings) if holdings else None

    def _class_name(self, grade: int) -> str:
        label = grade_label(grade)
        return label if grade >= FIRST_COURSE_GRADE else label + self._random.choice(CLASSES)

    def _quantity(self, holding: HoldingRow) -> int:
        """Return how many are wanted, at most all there are; 0 where second thoughts win."""
        owned = len(holding.copies)
        if holding.title.entry.type == "class_set":
            wanted = self._random.randint(*PUPILS)
            return min(wanted, owned) if self._random.random() < CLASS_SETS_TAKEN else 0
        if holding.category is MediaCategory.EQUIPMENT:
            return min(self._random.choice(PIECES), owned)
        return 1


def _weeks(unit: UnitRow) -> Iterator[int]:
    first, last = unit.entry.first_week, unit.entry.last_week
    length = (last - first) % WEEKS_OF_A_YEAR
    return ((first - 1 + step) % WEEKS_OF_A_YEAR + 1 for step in range(length + 1))
