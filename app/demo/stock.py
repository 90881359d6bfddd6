"""Writes what the centres own: holdings, copies with their numbers, and the parts of boxes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from random import Random

from sqlalchemy.orm import Session

from app.demo.chance import chance
from app.demo.content import homes
from app.demo.county import BranchRow, CentreRow, County
from app.demo.days import ONE_DAY, instant
from app.demo.entries import PartEntry
from app.demo.insertion import insert_rows
from app.demo.title_rows import TitleRow, centres_of
from catalogue.models.copy import Copy, Part
from catalogue.models.holding import Holding
from schools.vocabularies.media_types import MediaCategory, MediaKind

CENTS = 100
NEWEST = 20 * ONE_DAY
"""So old is the newest copy at least."""

LONGEST_WAIT_DAYS = 900
"""Between a title's year and the purchase of its copies."""

NUMBERS_OF_A_CENTRE = 100_000
SHELVES: Mapping[MediaKind, str] = {
    MediaKind.FILM: "F",
    MediaKind.DEVICE: "G",
    MediaKind.BOX: "K",
    MediaKind.PRINT: "B",
    MediaKind.AUDIO: "H",
}


@dataclass(frozen=True, slots=True)
class CopyRow:
    """A copy in the store."""

    id: int
    branch: BranchRow
    acquired_on: date


@dataclass(frozen=True, slots=True, eq=False)
class HoldingRow:
    """A title in a centre's offer, with the copies the centre lends."""

    id: int
    title: TitleRow
    centre: CentreRow
    copies: tuple[CopyRow, ...]

    @property
    def category(self) -> MediaCategory:
        """The key of its title in the terms."""
        return self.title.type.category


@dataclass(frozen=True, slots=True)
class Stock:
    """All holdings; `parts` by copy are ids with what they are."""

    holdings: tuple[HoldingRow, ...]
    parts: Mapping[int, tuple[tuple[int, PartEntry], ...]]

    def holding(self, name: str, centre: CentreRow) -> HoldingRow:
        """Return a centre's holding of the title with that name."""
        return next(
            each
            for each in self.holdings
            if each.title.entry.name == name and each.centre == centre
        )


@dataclass(frozen=True, slots=True)
class _Batch:
    """Copies of a holding for one branch."""

    title: TitleRow
    holding_id: int
    branch: BranchRow
    acquired_on: date
    size: int


def build_stock(
    session: Session, county: County, titles: Sequence[TitleRow], today: date
) -> Stock:
    """Write holdings and copies at the branches where the content says they are at home."""
    pairs = [
        (title, centre)
        for title in titles
        if title.entry.copies
        for centre in centres_of(title.entry, county)
    ]
    holding_ids = insert_rows(session, Holding, list(_holdings(pairs)))
    batches = list(_batches(pairs, holding_ids, county, today))
    rows = list(_copies(batches))
    copy_ids = insert_rows(session, Copy, rows)
    by_holding: dict[int, list[CopyRow]] = {}
    entries: dict[int, tuple[PartEntry, ...]] = {}
    ids = iter(copy_ids)
    for batch in batches:
        for _ in range(batch.size):
            copy = CopyRow(next(ids), batch.branch, batch.acquired_on)
            by_holding.setdefault(batch.holding_id, []).append(copy)
            entries[copy.id] = batch.title.entry.parts
    holdings = tuple(
        HoldingRow(holding_id, title, centre, tuple(by_holding[holding_id]))
        for (title, centre), holding_id in zip(pairs, holding_ids, strict=True)
    )
    return Stock(holdings, _parts(session, entries))


def value_cents(title: TitleRow) -> int:
    """Return what one copy is worth; the entry of a class set names the whole set."""
    entry = title.entry
    whole = entry.type == "class_set"
    return entry.value_euro * CENTS // (entry.copies if whole else 1)


def _holdings(pairs: Sequence[tuple[TitleRow, CentreRow]]) -> Iterator[dict[str, object]]:
    numbers = count(1)
    for title, centre in pairs:
        shelf = SHELVES.get(title.type.kind, "X")
        subject = title.entry.subjects[0] if title.entry.subjects else "AL"
        yield {
            "title_id": title.id,
            "centre_id": centre.id,
            "shelf_mark": f"{shelf} {subject} {next(numbers):03}",
        }


def _batches(
    pairs: Sequence[tuple[TitleRow, CentreRow]],
    holding_ids: Sequence[int],
    county: County,
    today: date,
) -> Iterator[_Batch]:
    random = chance("purchases")
    for (title, centre), holding_id in zip(pairs, holding_ids, strict=True):
        for key, size in homes(title.entry).items():
            branch = county.branches[key]
            if branch.centre == centre:
                day = _purchase(title, random, today)
                yield _Batch(title, holding_id, branch, day, size)


def _purchase(title: TitleRow, random: Random, today: date) -> date:
    soonest = date(title.entry.year, 3, 1)
    return min(soonest + random.randrange(LONGEST_WAIT_DAYS) * ONE_DAY, today - NEWEST)


def _copies(batches: Sequence[_Batch]) -> Iterator[dict[str, object]]:
    random = chance("serial numbers")
    numbers: dict[int, Iterator[int]] = {}
    for batch in batches:
        centre = batch.branch.centre
        start = 1 + NUMBERS_OF_A_CENTRE * len(numbers)
        number = numbers.setdefault(centre.id, count(start))
        device = batch.title.type.category is MediaCategory.EQUIPMENT
        for _ in range(batch.size):
            given = next(number)
            yield {
                "holding_id": batch.holding_id,
                "centre_id": centre.id,
                "barcode": f"MZ-{given:06}",
                "inventory_number": f"{batch.acquired_on.year}-{given:06}",
                "serial_number": f"SN{random.randrange(10**9):09}" if device else "",
                "home_branch_id": batch.branch.id,
                "branch_id": batch.branch.id,
                "value_cents": value_cents(batch.title),
                "acquired_on": batch.acquired_on,
                "created_at": instant(batch.acquired_on, 11),
            }


def _parts(
    session: Session, entries: Mapping[int, tuple[PartEntry, ...]]
) -> dict[int, tuple[tuple[int, PartEntry], ...]]:
    rows = [
        {
            "copy_id": copy_id,
            "position": position,
            "name": part.name,
            "count": part.count,
            "critical": part.critical,
        }
        for copy_id, parts in entries.items()
        for position, part in enumerate(parts)
    ]
    ids = iter(insert_rows(session, Part, rows))
    return {
        copy_id: tuple((next(ids), part) for part in parts)
        for copy_id, parts in entries.items()
        if parts
    }
