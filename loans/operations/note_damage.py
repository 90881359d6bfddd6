"""Note what is wrong with a copy that came back: a defect, with the borrower and a letter."""

from dataclasses import asdict, dataclass

from catalogue.models.attachment import Attachment
from catalogue.models.copy import Copy
from catalogue.models.defect import Defect, DefectKind
from catalogue.operations.report_defect import Photo
from catalogue.rules.completeness import bring_by
from catalogue.rules.defect_states import defect_number
from database.audit import Change, Subject, record
from loans.models.loan import Loan
from loans.operations.count_parts import addressee_of
from loans.operations.journal import Act
from schools.models.owed_letter import LetterKind
from schools.operations.owe import Letter, owe


@dataclass(frozen=True, slots=True)
class Found:
    """What staff found at a return besides counted parts.

    Attributes:
        kind: what is wrong; None for a remark on what is missing.
        text: in their words.
        photo: a stored picture.
        repair: it goes to repair and is not lent until it is back from there.
    """

    kind: DefectKind | None = None
    text: str = ""
    photo: Photo | None = None
    repair: bool = False

    @property
    def damage(self) -> DefectKind | None:
        """The kind of damage; None where only parts are missing."""
        return None if self.kind is DefectKind.PART_MISSING else self.kind


NOTHING = Found()


def note_damage(act: Act, copy: Copy, loan: Loan | None, found: Found) -> Defect:
    """Write a damage down; after a loan its borrower is told, with 7 days to answer.

    Args:
        act: the act.
        copy: locked, with its title.
        loan: the loan it came back from, if any.
        found: with a kind.

    Source:
        docs/rules.md, Lending 3.2 and 8.4.
    """
    defect = Defect(
        copy_id=copy.id,
        centre_id=copy.centre_id,
        institution_id=None if loan is None else loan.institution_id,
        person_id=None if loan is None else loan.person_id,
        kind=found.damage or DefectKind.OTHER,
        text=found.text.strip(),
        deadline=None if loan is None else bring_by(act.today),
        reported_at=act.now,
        changed_at=act.now,
    )
    if found.photo is not None:
        defect.photo = Attachment(
            **asdict(found.photo),
            centre_id=copy.centre_id,
            institution_id=defect.institution_id,
            created_at=act.now,
        )
    act.session.add(defect)
    act.session.flush()
    act.journal.made(defect)
    _record(act, defect, copy)
    if loan is not None:
        _owe_letter(act, defect, copy, loan)
    return defect


def _owe_letter(act: Act, defect: Defect, copy: Copy, loan: Loan) -> None:
    occasion = f"damage_found:{defect.id}"
    facts = {
        "title": copy.holding.title.name,
        "number": copy.barcode,
        "defect": defect_number(defect.id),
        "kind": defect.kind.value,
        "text": defect.text,
        "due_on": bring_by(act.today).isoformat(),
        "path": f"/defects/{defect.id}",
    }
    letter = Letter(LetterKind.DAMAGE_FOUND, occasion, facts)
    if owe(act.session, letter, addressee_of(act.session, loan), act.now):
        act.journal.owed(occasion)


def _record(act: Act, defect: Defect, copy: Copy) -> None:
    subject = Subject("defect", defect.id, defect.centre_id, defect.institution_id)
    after = {"copy": copy.barcode, "kind": defect.kind.value, "text": defect.text}
    record(act.session, act.by, subject, Change("note_damage", after=after), act.now)
