"""The parts of a box as a table to fill in; more rows come by a button, without a script."""

from dataclasses import dataclass, field
from typing import Self

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.forms import one_line
from catalogue.operations.list_parts import PartFacts, Parts

EMPTY_ROWS = 4
MOST_ROWS = 200
LONGEST_NAME = 200
LARGEST_COUNT = 999
LONGEST_EDITION = 40


@dataclass(slots=True)
class PartRow:
    """One row as it was typed; `fault` is a sentence, or empty."""

    id: str = ""
    name: str = ""
    count: str = "1"
    critical: bool = False
    fault: str = ""


@dataclass(slots=True)
class PartsForm:
    """All rows, and which edition of the list they were made from."""

    edition: str
    rows: list[PartRow] = field(default_factory=list)

    @classmethod
    def of(cls, parts: Parts, edition: str) -> Self:
        """Return the form of a list as it stands, with empty rows below."""
        rows = [
            PartRow(str(part.id), part.name, str(part.count), critical=part.critical)
            for part in parts
        ]
        return cls(edition, rows).with_more_rows()

    @classmethod
    def sent(cls, values: MultiDict[str, str]) -> Self:
        """Return the form as it was sent: fields id-0, name-0, count-0, critical-0 and so on."""
        rows = [
            PartRow(
                id=values.get(f"id-{place}", ""),
                name=one_line(values[f"name-{place}"]),
                count=values.get(f"count-{place}", "").strip(),
                critical=f"critical-{place}" in values,
            )
            for place in range(MOST_ROWS)
            if f"name-{place}" in values
        ]
        return cls(values.get("edition", "")[:LONGEST_EDITION], rows)

    def with_more_rows(self) -> Self:
        """Add empty rows at the end."""
        room = MOST_ROWS - len(self.rows)
        self.rows += [PartRow() for _place in range(min(EMPTY_ROWS, room))]
        return self

    def validate(self, known: set[int]) -> bool:
        """Say whether every named row can be stored.

        Args:
            known: ids of the parts that the box has; other ids count as none.
        """
        for row in self.rows:
            row.id = row.id if row.id in {str(part_id) for part_id in known} else ""
            row.fault = _fault(row) if row.name else ""
        return not any(row.fault for row in self.rows)

    def parts(self) -> Parts:
        """Return the named rows, once they are valid; each known part once."""
        seen: set[str] = set()
        found = []
        for row in self.rows:
            if row.name:
                part_id = int(row.id) if row.id and row.id not in seen else None
                seen.add(row.id)
                found.append(PartFacts(part_id, row.name, int(row.count), row.critical))
        return tuple(found)


def _fault(row: PartRow) -> str:
    if len(row.name) > LONGEST_NAME:
        return str(_("This is too long."))
    fits = (
        row.count.isascii() and row.count.isdigit() and len(row.count) <= len(str(LARGEST_COUNT))
    )
    if not fits or not 1 <= int(row.count) <= LARGEST_COUNT:
        bounds = {"least": 1, "most": LARGEST_COUNT}
        return str(_("Enter a whole number from %(least)s to %(most)s.", **bounds))
    return ""
