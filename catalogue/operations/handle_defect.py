"""Handle a defect: staff say where it stands, and the reporter gets a letter."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from catalogue.errors import ActRefusedError, ChangedMeanwhileError, NotFoundError
from catalogue.models.copy import Copy
from catalogue.models.defect import Defect
from catalogue.models.holding import Holding
from catalogue.rules.defect_states import DefectFault, DefectState, defect_number, next_state
from database.audit import Change, Subject, record
from schools.models.institution import Institution
from schools.models.owed_letter import LetterKind
from schools.models.person import Person
from schools.operations.owe import Addressee, Letter, owe, person_addressed
from schools.rules.roles import Actor, Right


@dataclass(frozen=True, slots=True)
class DefectDecision:
    """What staff decided about a defect.

    Attributes:
        defect_id: the defect.
        version: it had when it was opened.
        state: where it stands now.
        answer: to the reporter; may be empty.
    """

    defect_id: int
    version: int
    state: DefectState
    answer: str


def handle_defect(session: Session, decision: DefectDecision, by: Actor, now: datetime) -> Defect:
    """Give a defect its state and answer; owe the reporter a letter about what is new.

    Locks the defect; locks of holding and copy, if any, are taken before.

    Raises:
        catalogue.errors.NotFoundError: no such defect within the actor's reach.
        catalogue.errors.ChangedMeanwhileError: somebody else changed it since it was opened.
        catalogue.errors.ActRefusedError: the state cannot follow the present one.

    Source:
        docs/rules.md, Schools 1.3.
    """
    defect = _locked(session, decision, by)
    if next_state(defect.state, decision.state) is None:
        raise ActRefusedError((DefectFault.CANNOT_FOLLOW,))
    before = {"state": defect.state.value, "answer": defect.answer}
    after = {"state": decision.state.value, "answer": decision.answer.strip()}
    if before == after:
        return defect
    defect.state = decision.state
    defect.answer = decision.answer.strip()
    defect.changed_at = now
    session.flush()
    subject = Subject("defect", defect.id, defect.centre_id, defect.institution_id)
    record(session, by, subject, Change("handle_defect", before, after), now)
    _owe_letter(session, defect, now)
    return defect


def _locked(session: Session, decision: DefectDecision, by: Actor) -> Defect:
    defect = session.scalar(
        select(Defect)
        .where(Defect.id == decision.defect_id)
        .options(joinedload(Defect.copy).joinedload(Copy.holding).joinedload(Holding.title))
        .with_for_update(key_share=True, of=Defect)
        .execution_options(populate_existing=True)
    )
    if defect is None or not by.scope(Right.HANDLE_DEFECTS).covers_centre(defect.centre_id):
        raise NotFoundError("defect", decision.defect_id)
    if defect.version != decision.version:
        current = {"state": defect.state, "answer": defect.answer}
        raise ChangedMeanwhileError(current, changed_at=defect.changed_at)
    return defect


def _owe_letter(session: Session, defect: Defect, now: datetime) -> None:
    facts = {
        "title": f"{defect.copy.holding.title.name}, {defect.copy.barcode}",
        "number": defect_number(defect.id),
        "state": defect.state.value,
        "remark": defect.answer,
        "path": f"/defects/{defect.id}",
    }
    occasion = f"defect_state:{defect.id}:{defect.version}"
    to = _addressee(session, defect)
    owe(session, Letter(LetterKind.DEFECT_STATE, occasion, facts), to, now)


def _addressee(session: Session, defect: Defect) -> Addressee:
    """Return the reporter, or the school where the reporter is gone or has no address."""
    reporter = None if defect.person_id is None else session.get(Person, defect.person_id)
    if reporter is not None and reporter.email:
        return person_addressed(
            reporter, centre_id=defect.centre_id, institution_id=defect.institution_id
        )
    if defect.institution_id is None:
        return Addressee(None)
    school = session.get_one(Institution, defect.institution_id)
    return Addressee(
        school.email, school.name, institution_id=school.id, centre_id=defect.centre_id
    )
