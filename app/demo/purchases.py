"""What teachers wish the centre would buy, what was refused, and a code for a class."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from app.demo.chance import chance
from app.demo.days import ONE_DAY, instant
from app.demo.insertion import insert_rows, insert_unseen
from app.demo.people import Teacher
from app.demo.scene import Scene
from app.demo.stock import HoldingRow
from catalogue.models.class_code import ClassCode
from catalogue.rules.class_codes import CODES, class_code, code_ends_on
from loans.models.purchase_wish import PurchaseWish
from loans.models.refused_wish import RefusedWish
from loans.operations.tell_purchases import tell_answer
from loans.rules.codes import Refusal
from loans.rules.purchases import PurchaseState

SHORT_OF = (
    ("Roboterschule im Karton", 14, 2),
    ("Kamera-Set Film", 11, 3),
    ("Nathan der Weise", 7, 30),
    ("Lernroboter-Set", 6, 2),
    ("Gewässerkoffer", 4, 1),
    ("Trickfilm-Box", 3, 2),
)
"""Titles, how often each was refused, and the most pieces one school was short of."""

REFUSED_WITHIN_DAYS = 240
WISHED_AHEAD_DAYS = 40
LESSONS = 5
ONLINE = "Photosynthese kurz erklärt"
"""What the teacher who is shown has opened to a class."""


@dataclass(frozen=True, slots=True)
class Wished:
    """A wish for purchase; `wisher` counts the teachers of the school that is shown."""

    what: str
    why: str
    days_ago: int
    wisher: int = 0
    state: PurchaseState = PurchaseState.OPEN
    answer: str = ""
    title: str = ""


WISHES = (
    Wished(
        "Mikroplastik in unseren Flüssen (Film, ab Klasse 8)",
        "Zum Vorhaben „Gewässer vor Ort“ gibt es bisher nur Material von 2009.",
        days_ago=3,
    ),
    Wished(
        "Roboterschule im Karton",
        "Mehr davon: in der Projektwoche brauchen vier Klassen sie zugleich.",
        days_ago=6,
        wisher=1,
        title="Roboterschule im Karton",
    ),
    Wished(
        "Klassensatz „Tschick“",
        "Wird in drei zehnten Klassen gelesen.",
        days_ago=9,
        wisher=2,
    ),
    Wished(
        "Insektenhotel zum Selbstbauen",
        "",
        days_ago=24,
        state=PurchaseState.ORDERED,
        answer="Bestellt; wir rechnen Anfang des nächsten Monats damit.",
    ),
    Wished(
        "360-Grad-Kamera",
        "Für die Rundgänge der Erdkunde.",
        days_ago=41,
        wisher=3,
        state=PurchaseState.DECLINED,
        answer="Nehmen Sie bitte die Kamera-Sets: sie können das seit dem Frühjahr auch.",
    ),
    Wished(
        "Zweiter Gewässerkoffer",
        "Ist im Mai immer vergeben.",
        days_ago=70,
        wisher=1,
        state=PurchaseState.FULFILLED,
        answer="Steht im Regal und lässt sich reservieren.",
        title="Gewässerkoffer",
    ),
)


def write_wishes(session: Session, scene: Scene) -> None:
    """Write wishes with the letters about their answers, and what was refused to whom."""
    school = scene.people.shown.school
    titles = {each.title.entry.name: each.title.id for each in scene.stock.holdings}
    wishers = scene.people.by_school[school.id]
    for each in WISHES:
        wish = _wish(each, wishers[each.wisher], scene, titles)
        session.add(wish)
        session.flush()
        if each.answer:
            tell_answer(session, wish, wish.changed_at)
    insert_unseen(session, RefusedWish, list(_refused(scene)))


def open_to_class(session: Session, scene: Scene) -> None:
    """Give the class of the teacher who is shown a code for an online medium."""
    teacher = scene.people.shown
    planned = (title for unit in scene.units[teacher.school.id] for title in unit.planned)
    title = next((each for each in planned if each.entry.name == ONLINE), None)
    if title is None:
        return
    row = {
        "code": class_code(chance("class code").randrange(CODES)),
        "account_id": teacher.account_id,
        "title_id": title.id,
        "made_at": instant(scene.today - ONE_DAY, 13, 20),
        "ends_on": code_ends_on(scene.today),
    }
    insert_rows(session, ClassCode, [row])


def _wish(wished: Wished, teacher: Teacher, scene: Scene, titles: dict[str, int]) -> PurchaseWish:
    made_at = instant(scene.today - wished.days_ago * ONE_DAY, 14, 5)
    answered_at = instant(scene.today - wished.days_ago // 2 * ONE_DAY, 9, 30)
    return PurchaseWish(
        centre_id=teacher.school.centre.id,
        institution_id=teacher.school.id,
        person_id=teacher.person_id,
        title_id=titles.get(wished.title),
        what=wished.what,
        why=wished.why,
        state=wished.state,
        answer=wished.answer,
        made_at=made_at,
        changed_at=answered_at if wished.answer else made_at,
    )


def _refused(scene: Scene) -> Iterator[dict[str, object]]:
    random = chance("refused wishes")
    centre = scene.county.centres[0]
    schools = [each for each in scene.county.schools if each.centre == centre]
    for name, times, most in SHORT_OF:
        holding = scene.stock.holding(name, centre)
        for place in range(times):
            school = random.choice(schools)
            wished_on = scene.today - random.randint(2, REFUSED_WITHIN_DAYS) * ONE_DAY
            first = wished_on + random.randint(3, WISHED_AHEAD_DAYS) * ONE_DAY
            yield {
                "occasion": f"demo:{holding.id}:{place}",
                "holding_id": holding.id,
                "institution_id": school.id,
                "unit_id": _unit(scene, school.id, holding),
                "wished_on": wished_on,
                "first": first,
                "last": first + timedelta(days=random.randint(0, LESSONS)),
                "quantity": random.randint(1, most),
                "codes": [Refusal.NOT_FREE.value],
            }


def _unit(scene: Scene, school_id: int, holding: HoldingRow) -> int | None:
    """Return a unit of the school that plans with a title."""
    for unit in scene.units.get(school_id, ()):
        if holding.title in unit.planned:
            return unit.id
    return None
