"""Count the parts of a box: note what is missing, owe a letter, close what was brought."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.amounts import counted
from catalogue.models.attachment import Attachment
from catalogue.models.copy import Copy, Part
from catalogue.models.defect import Defect, DefectKind
from catalogue.operations.report_defect import Photo
from catalogue.rules.completeness import CountedPart, Verdict, bring_by, verdict
from catalogue.rules.defect_states import STILL_OPEN, DefectState
from database.audit import Change, Subject, record
from loans.models.loan import Loan
from loans.operations.journal import Journal
from loans.queries.hand_out import parts_of
from schools.models.institution import Institution
from schools.models.owed_letter import LetterKind
from schools.models.person import Person
from schools.operations.owe import Addressee, Letter, owe, person_addressed
from schools.rules.roles import Actor

Pieces = Mapping[int, int]
"""How many pieces of each part were found, by the part's id."""


@dataclass(frozen=True, slots=True)
class Count:
    """A count of one box.

    Attributes:
        copy: the box, locked.
        pieces: what was found; a part not named is there as far as was known before.
        today: the deadline for what is missing is counted from it.
        loan: the loan it comes back from; its borrower answers for what is newly missing.
            None at a hand-out.
        remark: what staff say about what is newly missing.
        photo: a stored picture of it.
        journal: of the act, for undoing it.
    """

    copy: Copy
    pieces: Pieces
    today: date
    loan: Loan | None = None
    remark: str = ""
    photo: Photo | None = None
    journal: Journal = field(default_factory=Journal)


def count_parts(session: Session, count: Count, by: Actor, now: datetime) -> Verdict | None:
    """Record what a count of a locked box found, and say what it means for lending it.

    What is newly missing becomes a defect, after a loan with a deadline and a letter; what is
    there again closes its defects.

    Returns:
        None for a copy without parts. Moving the copy on is the caller's.

    Source:
        docs/rules.md, Lending 3.2.
    """
    parts = parts_of(session, count.copy.id)
    if not parts:
        return None
    known = {part.id: part.missing for part in parts}
    count.journal.watch(*parts)
    for part in parts:
        part.missing = part.count - _found(part, count.pieces)
    lost = {part: part.missing - known[part.id] for part in parts if part.missing > known[part.id]}
    _report(session, count, lost, now)
    brought = [part.id for part in parts if not part.missing and known[part.id]]
    close_brought(session, count.journal, brought, now)
    if known != {part.id: part.missing for part in parts}:
        _record(session, count, {part: known[part.id] for part in parts}, by, now)
    return verdict(_counted(parts))


def as_known(parts: Iterable[Part]) -> dict[int, int]:
    """Return the pieces of a box that is as complete as it was known to be."""
    return {part.id: part.count - part.missing for part in parts}


def _found(part: Part, pieces: Pieces) -> int:
    return min(part.count, max(0, pieces.get(part.id, part.count - part.missing)))


def _counted(parts: Sequence[Part]) -> list[CountedPart]:
    return [
        CountedPart(part.name, part.count, part.count - part.missing, part.critical)
        for part in parts
    ]


def _report(session: Session, count: Count, lost: Mapping[Part, int], now: datetime) -> None:
    """Write a defect for each part that lost pieces, and tell the borrower of all of them."""
    loan = count.loan
    words = [counted(part.name, pieces) for part, pieces in lost.items()]
    defects = [_defect(count, part, pieces, now) for part, pieces in lost.items()]
    if count.photo is not None and defects:
        defects[0].photo = Attachment(
            **asdict(count.photo),
            centre_id=count.copy.centre_id,
            institution_id=defects[0].institution_id,
            created_at=now,
        )
    session.add_all(defects)
    session.flush()
    count.journal.made(*defects)
    if loan is not None and lost:
        _owe_letter(session, count, loan, words, now)


def _defect(count: Count, part: Part, pieces: int, now: datetime) -> Defect:
    loan = count.loan
    lost = counted(part.name, pieces)
    return Defect(
        copy_id=count.copy.id,
        part_id=part.id,
        pieces=pieces,
        centre_id=count.copy.centre_id,
        institution_id=None if loan is None else loan.institution_id,
        person_id=None if loan is None else loan.person_id,
        kind=DefectKind.PART_MISSING,
        text="\n".join(filter(None, (lost, count.remark.strip()))),
        deadline=None if loan is None else bring_by(count.today),
        reported_at=now,
        changed_at=now,
    )


def _owe_letter(
    session: Session, count: Count, loan: Loan, lost: list[str], now: datetime
) -> None:
    occasion = f"parts_missing:{loan.id}"
    letter = Letter(
        LetterKind.PARTS_MISSING,
        occasion,
        {
            "title": count.copy.holding.title.name,
            "number": count.copy.barcode,
            "parts": lost,
            "due_on": bring_by(count.today).isoformat(),
            "remark": count.remark.strip(),
        },
    )
    if owe(session, letter, addressee_of(session, loan), now):
        count.journal.owed(occasion)


def addressee_of(session: Session, loan: Loan) -> Addressee:
    """Return the borrower, or the school where the borrower has no address."""
    person = None if loan.person_id is None else session.get(Person, loan.person_id)
    if person is not None and person.email:
        return person_addressed(
            person, centre_id=loan.centre_id, institution_id=loan.institution_id
        )
    school = session.get_one(Institution, loan.institution_id)
    return Addressee(
        school.email,
        school.name,
        institution_id=school.id,
        centre_id=loan.centre_id,
    )


def close_brought(
    session: Session, journal: Journal, part_ids: Sequence[int], now: datetime
) -> None:
    """Close the open defects of parts of which nothing is missing any more.

    Source:
        docs/rules.md, Lending 3.2.
    """
    if not part_ids:
        return
    query = select(Defect).where(Defect.part_id.in_(part_ids), Defect.state.in_(STILL_OPEN))
    for defect in session.scalars(query):
        journal.watch(defect)
        defect.state = DefectState.DONE
        defect.changed_at = now


def _record(
    session: Session, count: Count, before: Mapping[Part, int], by: Actor, now: datetime
) -> None:
    subject = Subject("copy", count.copy.id, centre_id=count.copy.centre_id)
    change = Change(
        "count_parts",
        before={part.name: missing for part, missing in before.items() if missing},
        after={part.name: part.missing for part in before if part.missing},
    )
    record(session, by, subject, change, now)
