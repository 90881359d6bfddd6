"""Tables of a centre's own subject classification."""

from pathlib import Path

import pytest

from catalogue.formats.group_table import GroupRecord, read_groups
from catalogue.formats.records import Fault, RefusedRecord
from schools.formats.delimited import NotReadableError


def read(folder: Path, *lines: str, encoding: str = "utf-8") -> list[GroupRecord | RefusedRecord]:
    path = folder / "groups.csv"
    path.write_text("\n".join(lines), encoding)
    return list(read_groups(path))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_table_of_groups_is_read(tmp_path: Path, encoding: str) -> None:
    lines = ("code;parent;name", "080;;Biologie", "080  04;080;Ökologie")
    assert read(tmp_path, *lines, encoding=encoding) == [
        GroupRecord(2, "080", "", "Biologie", "Biologie"),
        GroupRecord(3, "080 04", "080", "Ökologie", "Ökologie"),
    ]


def test_an_english_name_is_taken_where_there_is_one(tmp_path: Path) -> None:
    (group,) = read(tmp_path, "Notation;Bezeichnung;Englisch", "080;Biologie;Biology")
    assert isinstance(group, GroupRecord)
    assert (group.name_de, group.name_en) == ("Biologie", "Biology")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        pytest.param(";;Biologie", Fault.BAD_GROUP, id="no code"),
        pytest.param("Ö1;;Biologie", Fault.BAD_GROUP, id="a code of other letters"),
        pytest.param("0" * 41 + ";;Biologie", Fault.BAD_GROUP, id="a code too long"),
        pytest.param("081;081;Biologie", Fault.BAD_GROUP, id="above itself"),
        pytest.param("081;<b>;Biologie", Fault.BAD_GROUP, id="a parent that is no code"),
        pytest.param("081;080;", Fault.NO_GROUP_NAME, id="no name"),
        pytest.param("080;;Noch einmal", Fault.REPEATED_ID, id="a code twice"),
    ],
)
def test_a_row_at_fault_is_refused_with_its_line(tmp_path: Path, row: str, reason: Fault) -> None:
    first, refused = read(tmp_path, "code;parent;name", "080;;Biologie", row)
    assert isinstance(first, GroupRecord)
    assert isinstance(refused, RefusedRecord)
    assert (refused.number, refused.reason) == (3, reason)


def test_a_table_without_names_is_no_table_of_groups(tmp_path: Path) -> None:
    with pytest.raises(NotReadableError, match="Name"):
        read(tmp_path, "code;parent", "080;")
