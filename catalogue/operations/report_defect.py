"""Report a defect: written down for the centre, which gets a letter."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from catalogue.errors import NotFoundError
from catalogue.models.attachment import Attachment
from catalogue.models.copy import Copy, Part
from catalogue.models.defect import Defect, DefectKind
from catalogue.models.holding import Holding
from catalogue.rules.copy_states import CopyState
from catalogue.rules.defect_states import defect_number
from database.audit import Change, Subject, record
from schools.models.institution import Institution
from schools.models.owed_letter import LetterKind
from schools.operations.owe import Addressee, Letter, owe
from schools.rules.roles import Actor, Right


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture that is stored already; the fields of `catalogue.models.attachment`."""

    stored_name: str
    media_type: str
    width: int
    height: int
    size: int


@dataclass(frozen=True, slots=True)
class DefectReport:
    """What is wrong with which copy.

    Attributes:
        copy_id: the copy.
        kind: what is wrong.
        text: in the reporter's words; may be empty.
        institution_id: the school that has the copy, as lending knows it; None in the house.
        part_id: the part concerned, if it is one of a box.
        photo: a picture of it.
    """

    copy_id: int
    kind: DefectKind
    text: str = ""
    institution_id: int | None = None
    part_id: int | None = None
    photo: Photo | None = None


def report_defect(session: Session, report: DefectReport, by: Actor, now: datetime) -> Defect:
    """Write a defect down and owe its centre a letter.

    Where a copy is, only lending knows: schools report through
    `loans.operations.report_device`.

    Raises:
        catalogue.errors.NotFoundError: copy or part is not there, was withdrawn, or lies out
            of the actor's reach.

    Source:
        docs/rules.md, Schools 1.2.
    """
    copy = _copy(session, report, by)
    defect = Defect(
        copy_id=copy.id,
        part_id=_part_id(session, report),
        centre_id=copy.centre_id,
        institution_id=report.institution_id,
        person_id=by.person_id,
        kind=report.kind,
        text=report.text.strip(),
        reported_at=now,
        changed_at=now,
    )
    if report.photo is not None:
        defect.photo = Attachment(
            **asdict(report.photo),
            centre_id=copy.centre_id,
            institution_id=report.institution_id,
            created_at=now,
        )
    session.add(defect)
    session.flush()
    _record(session, defect, copy, by, now)
    _owe_letter(session, defect, copy, now)
    return defect


def _copy(session: Session, report: DefectReport, by: Actor) -> Copy:
    query = (
        select(Copy)
        .options(joinedload(Copy.holding).joinedload(Holding.title))
        .options(joinedload(Copy.holding).joinedload(Holding.centre))
        .where(Copy.id == report.copy_id, Copy.state != CopyState.WITHDRAWN)
    )
    copy = session.scalar(query)
    scope = by.scope(Right.REPORT_DEFECT)
    if copy is None or not scope.covers_institution(report.institution_id, copy.centre_id):
        raise NotFoundError("copy", report.copy_id)
    return copy


def _part_id(session: Session, report: DefectReport) -> int | None:
    if report.part_id is None:
        return None
    part = session.get(Part, report.part_id)
    if part is None or part.copy_id != report.copy_id:
        raise NotFoundError("part", report.part_id)
    return part.id


def _record(session: Session, defect: Defect, copy: Copy, by: Actor, now: datetime) -> None:
    subject = Subject("defect", defect.id, defect.centre_id, defect.institution_id)
    after = {"copy": copy.barcode, "kind": defect.kind.value, "text": defect.text}
    record(session, by, subject, Change("report_defect", after=after), now)


def _owe_letter(session: Session, defect: Defect, copy: Copy, now: datetime) -> None:
    school = None
    if defect.institution_id is not None:
        school = session.get_one(Institution, defect.institution_id).name
    facts = {
        "title": f"{copy.holding.title.name}, {copy.barcode}",
        "number": defect_number(defect.id),
        "school": school,
        "text": defect.text,
        "path": f"/defects/{defect.id}",
    }
    letter = Letter(LetterKind.DEFECT_REPORTED, f"defect_reported:{defect.id}", facts)
    centre = copy.holding.centre
    to = Addressee(
        centre.email, centre.name, institution_id=defect.institution_id, centre_id=centre.id
    )
    owe(session, letter, to, now)
