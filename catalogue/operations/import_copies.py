"""Import copies from tables, a chunk at a time."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from catalogue.formats.records import CopyRecord
from catalogue.models.copy import Copy
from catalogue.models.holding import BookedBy, Holding
from catalogue.models.title import Title
from catalogue.operations.number_copies import next_free_barcodes
from schools.models.media_centre import Branch
from schools.rules.imports import Outcome, Taken


class CopyFault(StrEnum):
    """Why a copy is refused although its line can be read."""

    NO_SUCH_TITLE = "no_such_title"
    NO_SUCH_BRANCH = "no_such_branch"
    BARCODE_TAKEN = "barcode_taken"
    """Another title's copy has it, or it is another copy's inventory number."""
    INVENTORY_NUMBER_TAKEN = "inventory_number_taken"


def import_copies(
    session: Session, records: Sequence[CopyRecord], centre_id: int, now: datetime
) -> list[Taken]:
    """Bring copies of a centre to what their records say.

    A line stands for the copy with its barcode, else its inventory number, else, within the
    title, its serial number; one without any of them, for at least so many copies at the branch.
    Locks the holdings named, in ascending order.

    Returns:
        One outcome a record, in order.

    Source:
        docs/rules.md, Imports 3.4.
    """
    chunk = _Chunk(session, records, centre_id, now)
    return [_take(chunk, record) for record in records]


@dataclass
class _Chunk:
    """What the store knows about the records of one chunk."""

    session: Session
    records: Sequence[CopyRecord]
    centre_id: int
    now: datetime
    holdings: dict[str, Holding] = field(init=False)
    branches: dict[str, int] = field(init=False)
    by_number: dict[str, Copy] = field(init=False)
    """Copies by barcode and by inventory number, which are never alike across each other."""
    by_serial_number: dict[tuple[int, str], Copy] = field(init=False)
    counts: dict[tuple[int, int], int] = field(init=False)

    def __post_init__(self) -> None:
        self.holdings = _holdings(self.session, self.records, self.centre_id)
        rows = self.session.scalars(select(Branch).where(Branch.centre_id == self.centre_id))
        self.branches = {row.name.casefold(): row.id for row in rows.all()}
        self.by_number, self.by_serial_number = {}, {}
        for copy in _copies(self.session, self.records, self.centre_id):
            self.know(copy)
        self.counts = _counts(self.session, self.holdings.values())

    def branch_id(self, name: str) -> int | None:
        if not name:
            return min(self.branches.values(), default=None)
        return self.branches.get(name.casefold())

    def know(self, copy: Copy) -> None:
        self.by_number |= {
            number: copy for number in (copy.barcode, copy.inventory_number) if number
        }
        if copy.serial_number:
            self.by_serial_number.setdefault((copy.holding_id, copy.serial_number), copy)

    def copy_of(self, record: CopyRecord, holding: Holding) -> Copy | None:
        if record.barcode:
            return self.by_number.get(record.barcode)
        if record.inventory_number:
            return self.by_number.get(record.inventory_number)
        return self.by_serial_number.get((holding.id, record.serial_number))


def _take(chunk: _Chunk, record: CopyRecord) -> Taken:
    holding = chunk.holdings.get(record.title_key)
    branch_id = chunk.branch_id(record.branch)
    if holding is None:
        return _refused(record, CopyFault.NO_SUCH_TITLE, record.title_key)
    if branch_id is None:
        return _refused(record, CopyFault.NO_SUCH_BRANCH, record.branch)
    if not (record.barcode or record.inventory_number or record.serial_number):
        outcome = _fill_up(chunk, record, holding, branch_id)
        return _taken(record, outcome, marked=_mark(holding, record))
    copy = chunk.copy_of(record, holding)
    fault = _fault(chunk, record, holding, copy)
    if fault is not None:
        return _refused(record, *fault)
    if copy is None:
        barcode = record.barcode or next_free_barcodes(chunk.session, chunk.centre_id, 1)[0]
        _add(chunk, holding, branch_id, barcode, record)
        outcome = Outcome.IMPORTED
    else:
        outcome = Outcome.CHANGED if _change(copy, record, branch_id) else Outcome.SAME
        chunk.know(copy)
    return _taken(record, outcome, marked=_mark(holding, record))


def _fault(
    chunk: _Chunk, record: CopyRecord, holding: Holding, copy: Copy | None
) -> tuple[CopyFault, str] | None:
    """Say which number belongs to another copy, or to one of another title."""
    strange = copy is not None and (
        copy.holding_id != holding.id
        or record.barcode not in {"", copy.barcode}
        or (not record.barcode and record.inventory_number not in {"", copy.inventory_number})
    )
    if record.barcode and strange:
        return CopyFault.BARCODE_TAKEN, record.barcode
    holder = chunk.by_number.get(record.inventory_number)
    if strange or holder not in {None, copy}:
        return CopyFault.INVENTORY_NUMBER_TAKEN, record.inventory_number
    return None


def _mark(holding: Holding, record: CopyRecord) -> bool:
    """Take over the shelf mark, if the record has one; says whether it is new."""
    if not record.shelf_mark or holding.shelf_mark == record.shelf_mark:
        return False
    holding.shelf_mark = record.shelf_mark
    return True


def _taken(record: CopyRecord, outcome: Outcome, *, marked: bool) -> Taken:
    if marked and outcome is Outcome.SAME:
        outcome = Outcome.CHANGED
    return Taken(record.number, _key(record), outcome)


def _change(copy: Copy, record: CopyRecord, branch_id: int) -> bool:
    """Set what the record states; what it leaves empty stays as it is."""
    stated = {
        "home_branch_id": branch_id if record.branch else None,
        "inventory_number": record.inventory_number,
        "serial_number": record.serial_number,
        "value_cents": record.value_cents,
        "acquired_on": record.acquired_on,
        "note": record.note,
    }
    fresh = {
        name: value
        for name, value in stated.items()
        if value not in {None, ""} and getattr(copy, name) != value
    }
    for name, value in fresh.items():
        setattr(copy, name, value)
    return bool(fresh)


def _fill_up(chunk: _Chunk, record: CopyRecord, holding: Holding, branch_id: int) -> Outcome:
    missing = max(0, record.quantity - chunk.counts.get((holding.id, branch_id), 0))
    for barcode in next_free_barcodes(chunk.session, chunk.centre_id, missing):
        _add(chunk, holding, branch_id, barcode, record)
    return Outcome.IMPORTED if missing else Outcome.SAME


def _add(
    chunk: _Chunk, holding: Holding, branch_id: int, barcode: str, record: CopyRecord
) -> None:
    copy = Copy(
        holding_id=holding.id,
        centre_id=chunk.centre_id,
        barcode=barcode,
        inventory_number=record.inventory_number or None,
        serial_number=record.serial_number,
        home_branch_id=branch_id,
        branch_id=branch_id,
        value_cents=record.value_cents,
        acquired_on=record.acquired_on,
        note=record.note,
        numbered=holding.booked_by is BookedBy.NUMBER,
        created_at=chunk.now,
    )
    chunk.session.add(copy)
    if holding.booked_by is BookedBy.POOL:
        holding.lendable += 1
    chunk.know(copy)
    key = (holding.id, branch_id)
    chunk.counts[key] = chunk.counts.get(key, 0) + 1


def _holdings(
    session: Session, records: Iterable[CopyRecord], centre_id: int
) -> dict[str, Holding]:
    """Return the centre's holdings by any number that a record may name their title by."""
    keys = {record.title_key for record in records}
    named = or_(Title.media_number.in_(keys), Title.source_id.in_(keys), Title.isbn.in_(keys))
    query = (
        select(Holding, Title)
        .join(Title, Title.id == Holding.title_id)
        .where(Holding.centre_id == centre_id, named)
        .order_by(Holding.id)
        .with_for_update(key_share=True, of=Holding)
    )
    found: dict[str, Holding] = {}
    for holding, title in session.execute(query):
        for key in _title_keys(title):
            found.setdefault(key, holding)
    return found


def _title_keys(title: Title) -> Iterator[str]:
    yield from (key for key in (title.media_number, title.source_id, title.isbn) if key)


def _copies(session: Session, records: Iterable[CopyRecord], centre_id: int) -> list[Copy]:
    """Return the centre's copies with a number that a record uses, as whichever of the three."""
    numbers = {
        number
        for record in records
        for number in (record.barcode, record.inventory_number, record.serial_number)
        if number
    }
    used = or_(
        Copy.barcode.in_(numbers),
        Copy.inventory_number.in_(numbers),
        Copy.serial_number.in_(numbers),
    )
    query = select(Copy).where(Copy.centre_id == centre_id, used).order_by(Copy.id)
    return list(session.scalars(query.with_for_update(key_share=True)))


def _counts(session: Session, holdings: Iterable[Holding]) -> dict[tuple[int, int], int]:
    query = (
        select(Copy.holding_id, Copy.home_branch_id, func.count(Copy.id))
        .where(Copy.holding_id.in_({holding.id for holding in holdings}))
        .where(Copy.withdrawn_on.is_(None))
        .group_by(Copy.holding_id, Copy.home_branch_id)
    )
    found: dict[tuple[int, int], int] = defaultdict(int)
    for holding_id, branch_id, count in session.execute(query):
        found[holding_id, branch_id] = count
    return found


def _refused(record: CopyRecord, reason: CopyFault, detail: str) -> Taken:
    return Taken(record.number, _key(record), Outcome.REFUSED, str(reason), detail[:300])


def _key(record: CopyRecord) -> str:
    return record.barcode or record.inventory_number or record.title_key
