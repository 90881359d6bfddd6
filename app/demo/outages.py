"""Copies that cannot be lent: in repair, missing, incomplete, withdrawn; and reported defects."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.demo.chance import chance
from app.demo.days import ONE_DAY, instant
from app.demo.insertion import insert_rows
from app.demo.placements import OwnDevice, Placement
from app.demo.scene import Scene
from app.demo.shelf import FOR_GOOD, Shelf
from app.demo.stock import CopyRow, HoldingRow
from catalogue.models.copy import Copy, Part
from catalogue.models.defect import Defect, DefectKind
from catalogue.rules.copy_states import LENDABLE_STATES, CopyState
from catalogue.rules.defect_states import DefectState
from schools.rules.periods import Period

OUTAGES: Mapping[CopyState, int] = {
    CopyState.IN_REPAIR: 9,
    CopyState.INCOMPLETE: 8,
    CopyState.MISSING: 5,
    CopyState.LOST: 3,
    CopyState.WITHDRAWN: 12,
}
ENOUGH_LEFT = 3
"""A holding keeps so many copies in use."""

WITHDRAWN_REASONS = ("worn_out", "broken", "outdated")
LONGEST_AGO_DAYS = 40
DAYS_TO_BRING = 7
TEXTS: Mapping[DefectKind, tuple[str, ...]] = {
    DefectKind.BROKEN: (
        "Ein Gehäuseteil ist gebrochen, die Klappe hält nicht mehr.",
        "Lässt sich einschalten, das Bild bleibt aber dunkel.",
        "Die Halterung wackelt, eine Schraube ist überdreht.",
    ),
    DefectKind.NOT_CHARGING: (
        "Lädt auch nach einer Nacht am Netzteil nicht.",
        "Zwei der Geräte im Koffer laden nicht, die Anzeige bleibt aus.",
    ),
    DefectKind.SOFTWARE: (
        "Nach der Aktualisierung startet die App nicht mehr.",
        "Verlangt ein Kennwort, das niemand bei uns kennt.",
    ),
    DefectKind.DIRTY: ("Die Linse ist von innen beschlagen.",),
    DefectKind.OTHER: ("Das Etikett mit der Nummer löst sich ab.",),
}
REPORTS = (
    (DefectKind.NOT_CHARGING, DefectState.REPORTED, ""),
    (DefectKind.BROKEN, DefectState.IN_WORK, "Ersatzteil ist bestellt."),
    (DefectKind.SOFTWARE, DefectState.REPORTED, ""),
    (DefectKind.SOFTWARE, DefectState.DONE, "Neu eingerichtet, bitte noch einmal versuchen."),
    (DefectKind.OTHER, DefectState.DONE, "Neues Etikett ist aufgeklebt."),
    (DefectKind.DIRTY, DefectState.DECLINED, "Bitte trocken lagern, das verschwindet von selbst."),
    (DefectKind.NOT_CHARGING, DefectState.IN_WORK, "Wir holen es mit der nächsten Kurierfahrt."),
    (DefectKind.BROKEN, DefectState.REPORTED, ""),
)
REPORTS_EACH = 2


@dataclass
class Outages:
    """Copies by the state they are in; `missing_parts` are ids."""

    copies: dict[CopyState, list[tuple[HoldingRow, CopyRow]]] = field(default_factory=dict)
    missing_parts: list[int] = field(default_factory=list)

    def lost_to(self, holding: HoldingRow) -> int:
        """Return how many copies of a holding are out of its capacity."""
        return sum(
            of is holding and state not in LENDABLE_STATES
            for state, each in self.copies.items()
            for of, _ in each
        )


def choose_outages(scene: Scene, shelf: Shelf) -> Outages:
    """Choose copies that cannot be lent, and take them from the shelf."""
    random, outages = chance("outages"), Outages()
    for state, wanted in OUTAGES.items():
        fit = [each for each in scene.stock.holdings if _is_fit(each, state, scene)]
        for holding in random.sample(fit, wanted):
            since = scene.today - timedelta(days=random.randint(3, LONGEST_AGO_DAYS))
            branch = holding.copies[0].branch
            for copy in shelf.take(holding, Period(since, FOR_GOOD), 1, branch):
                outages.copies.setdefault(state, []).append((holding, copy))
    return outages


def write_outages(session: Session, scene: Scene, outages: Outages) -> None:
    """Write the states, what is missing, and the defects of what is at the centre."""
    for state, each in outages.copies.items():
        ids = [copy.id for _, copy in each]
        session.execute(update(Copy).where(Copy.id.in_(ids)).values(**_values(state, scene)))
    defects = [
        *_missing_parts(scene, outages),
        *_in_repair(scene, outages),
    ]
    session.execute(update(Part).where(Part.id.in_(outages.missing_parts)).values(missing=1))
    insert_rows(session, Defect, defects)


def write_reports(
    session: Session,
    scene: Scene,
    placements: Sequence[Placement],
    own_devices: Sequence[OwnDevice],
) -> None:
    """Write what schools reported about the devices that stand with them."""
    random = chance("reports")
    shown = scene.people.shown.school
    at_schools = [
        *((each.school, each.copy.id) for each in placements),
        *((each.school, each.id) for each in own_devices),
    ]
    chosen = [
        *random.sample([each for each in at_schools if each[0] == shown], REPORTS_EACH + 1),
        *random.sample([each for each in at_schools if each[0] != shown], len(REPORTS)),
    ]
    rows = []
    for place, (school, copy_id) in enumerate(chosen):
        kind, state, answer = REPORTS[place % len(REPORTS)]
        rows.append(
            _defect(scene, kind, random)
            | {
                "copy_id": copy_id,
                "centre_id": school.centre.id,
                "institution_id": school.id,
                "person_id": scene.people.admin_of(school).person_id,
                "state": state,
                "answer": answer,
            }
        )
    insert_rows(session, Defect, rows)


def _is_fit(holding: HoldingRow, state: CopyState, scene: Scene) -> bool:
    has_parts = holding.copies[0].id in scene.stock.parts
    if holding.title.entry.type == "class_set" or len(holding.copies) < ENOUGH_LEFT:
        return False
    return has_parts or state is not CopyState.INCOMPLETE


def _values(state: CopyState, scene: Scene) -> dict[str, object]:
    values: dict[str, object] = {"state": state}
    if state is CopyState.WITHDRAWN:
        return values | {
            "withdrawn_on": scene.today - 14 * ONE_DAY,
            "withdrawn_reason": WITHDRAWN_REASONS[0],
            "branch_id": None,
        }
    return values


def _missing_parts(scene: Scene, outages: Outages) -> Iterator[dict[str, object]]:
    random = chance("missing parts")
    schools = scene.county.schools
    for holding, copy in outages.copies.get(CopyState.INCOMPLETE, []):
        part_id, part = next(each for each in scene.stock.parts[copy.id] if each[1].critical)
        outages.missing_parts.append(part_id)
        school = random.choice([each for each in schools if each.centre == holding.centre])
        yield _defect(scene, DefectKind.PART_MISSING, random) | {
            "copy_id": copy.id,
            "part_id": part_id,
            "centre_id": holding.centre.id,
            "institution_id": school.id,
            "person_id": random.choice(scene.people.by_school[school.id]).person_id,
            "text": f"1 × {part.name} fehlt bei der Rückgabe.",
            "deadline": scene.today + DAYS_TO_BRING * ONE_DAY,
        }


def _in_repair(scene: Scene, outages: Outages) -> Iterator[dict[str, object]]:
    random = chance("repairs")
    for holding, copy in outages.copies.get(CopyState.IN_REPAIR, []):
        yield _defect(scene, DefectKind.BROKEN, random) | {
            "copy_id": copy.id,
            "centre_id": holding.centre.id,
            "state": DefectState.IN_WORK,
            "answer": "Ist in der Werkstatt.",
        }


def _defect(scene: Scene, kind: DefectKind, random: Random) -> dict[str, object]:
    reported: date = scene.today - timedelta(days=random.randint(1, 6))
    texts = TEXTS.get(kind, ("",))
    return {
        "kind": kind,
        "text": random.choice(texts),
        "state": DefectState.REPORTED,
        "answer": "",
        "part_id": None,
        "institution_id": None,
        "person_id": None,
        "deadline": None,
        "reported_at": instant(reported, 12, 5),
        "changed_at": instant(reported, 15, 40),
    }
