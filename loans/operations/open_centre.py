"""Open a media centre, or one more branch of it, so that it can lend at once."""

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from database.audit import Change, Subject, record
from loans.errors import NotFoundError
from loans.models.closure import OpeningHours
from schools.errors import RefusedError
from schools.models.authority import District
from schools.models.institution import Institution
from schools.models.media_centre import Branch, MediaCentre, PickupPlace
from schools.rules.roles import Actor, Right

COUNTER = "Theke"
OPENS, CLOSES = time(8), time(16)
WORKDAYS = range(5)
LONGEST_CODE, LONGEST_NAME, LONGEST_BRANCH = 20, 200, 120


class CentreFault(StrEnum):
    """Why a centre or a branch cannot be opened."""

    NO_CODE = "no_code"
    CODE_TAKEN = "code_taken"
    NO_NAME = "no_name"
    NO_DISTRICT = "no_district"
    NO_BRANCH = "no_branch"
    BRANCH_TAKEN = "branch_taken"


@dataclass(frozen=True, slots=True)
class NewCentre:
    """A centre to be opened.

    Attributes:
        code: short and unique in the installation, as "MZ-BO".
        name: as it stands on its letters.
        branch: name of its first branch.
        district: AGS of its district, five digits; empty for a centre of none.
    """

    code: str
    name: str
    branch: str
    district: str = ""


def open_centre(session: Session, wish: NewCentre, by: Actor, now: datetime) -> MediaCentre:
    """Open a centre with its first branch; the schools of its district that have none are its.

    Raises:
        NotFoundError: the actor may not open centres.
        RefusedError: with every fault.

    Source:
        docs/rules.md, Lending 1.2: a centre and each branch have weekly opening days.
    """
    if not by.scope(Right.MANAGE_SYSTEM).everything:
        raise NotFoundError("centre", wish.code)
    district_id = session.scalar(select(District.id).where(District.ags == wish.district))
    faults = _faults(session, wish, district_id)
    if faults:
        raise RefusedError(faults)
    centre = MediaCentre(code=wish.code, name=wish.name, district_id=district_id)
    session.add(centre)
    session.flush()
    if district_id is not None:
        session.execute(
            update(Institution)
            .where(Institution.district_id == district_id, Institution.centre_id.is_(None))
            .values(centre_id=centre.id)
        )
    said = {"code": wish.code, "name": wish.name, "district": wish.district}
    record(
        session,
        by,
        Subject("media_centre", centre.id, centre.id),
        Change("open_centre", after=said),
        now,
    )
    open_branch(session, centre.id, wish.branch, by, now)
    return centre


def open_branch(session: Session, centre_id: int, name: str, by: Actor, now: datetime) -> Branch:
    """Open a branch with a counter, on workdays from 8 to 16; its calendar can be edited then.

    Locks the centre.

    Raises:
        NotFoundError: no such centre within the actor's reach.
        RefusedError: with every fault.

    Source:
        docs/rules.md, Lending 1.2.
    """
    locked = select(MediaCentre.id).where(MediaCentre.id == centre_id).with_for_update()
    found = session.scalar(locked)
    if found is None or not by.scope(Right.MANAGE_CENTRE).covers_centre(centre_id):
        raise NotFoundError("centre", centre_id)
    taken = select(Branch.id).where(Branch.centre_id == centre_id, Branch.name == name)
    if not 0 < len(name) <= LONGEST_BRANCH:
        raise RefusedError((CentreFault.NO_BRANCH,))
    if session.scalar(taken) is not None:
        raise RefusedError((CentreFault.BRANCH_TAKEN,))
    branch = Branch(centre_id=centre_id, name=name)
    session.add(branch)
    session.flush()
    session.add(PickupPlace(centre_id=centre_id, branch_id=branch.id, name=COUNTER))
    session.add_all(
        OpeningHours(branch_id=branch.id, weekday=weekday, opens=OPENS, closes=CLOSES)
        for weekday in WORKDAYS
    )
    session.flush()
    change = Change("open_branch", after={"name": name})
    record(session, by, Subject("branch", branch.id, centre_id), change, now)
    return branch


def _faults(session: Session, wish: NewCentre, district_id: int | None) -> tuple[CentreFault, ...]:
    taken = select(MediaCentre.id).where(MediaCentre.code == wish.code)
    found = {
        CentreFault.NO_CODE: not 0 < len(wish.code) <= LONGEST_CODE,
        CentreFault.CODE_TAKEN: session.scalar(taken) is not None,
        CentreFault.NO_NAME: not 0 < len(wish.name) <= LONGEST_NAME,
        CentreFault.NO_DISTRICT: bool(wish.district) and district_id is None,
        CentreFault.NO_BRANCH: not 0 < len(wish.branch) <= LONGEST_BRANCH,
    }
    return tuple(fault for fault, is_so in found.items() if is_so)
