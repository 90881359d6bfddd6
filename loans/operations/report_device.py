"""Report a device: find where it stands, then write its defect down."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from catalogue.models.defect import Defect, DefectKind
from catalogue.operations.report_defect import DefectReport, Photo, report_defect
from loans.errors import NotFoundError
from loans.queries.device_at_hand import device_at_hand
from schools.rules.roles import Actor, Right


@dataclass(frozen=True, slots=True)
class DeviceReport:
    """What somebody at a school, or staff, say about a device.

    Attributes:
        code: its barcode, inventory number or key.
        kind: what is wrong.
        text: in their words; may be empty.
        part_id: the part of a box concerned.
        photo: a stored picture.
    """

    code: str
    kind: DefectKind
    text: str = ""
    part_id: int | None = None
    photo: Photo | None = None


def report_device(session: Session, report: DeviceReport, by: Actor, now: datetime) -> Defect:
    """Write down a defect of a device that stands at the actor's school or belongs to the centre.

    Raises:
        loans.errors.NotFoundError: no such device within the actor's reach.
        catalogue.errors.NotFoundError: the part is not one of the device.

    Source:
        docs/rules.md, Schools 1.2.
    """
    device = device_at_hand(session, by.scope(Right.REPORT_DEFECT), report.code)
    if device is None:
        raise NotFoundError("copy", report.code)
    told = DefectReport(
        copy_id=device.copy_id,
        kind=report.kind,
        text=report.text,
        institution_id=device.institution_id,
        part_id=report.part_id,
        photo=report.photo,
    )
    return report_defect(session, told, by, now)
