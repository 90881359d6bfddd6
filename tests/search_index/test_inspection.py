"""A share of the files a time is read, what looks changed at once, and all of them in turns."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from search_index import manifest
from search_index.inspection import Inspection

SIZE = 1000
NAMES = [f"{number}.pst" for number in range(6)]


@pytest.fixture
def files(tmp_path: Path) -> Mapping[str, str]:
    """Six whole files of the same size, with their checksums."""
    for number, name in enumerate(NAMES):
        (tmp_path / name).write_bytes(bytes([number]) * SIZE)
    return manifest.checksums(tmp_path, NAMES, {})


def flip_unseen(path: Path) -> None:
    """Change a byte as a dying disk does: size and time stay."""
    before = path.stat()
    data = bytearray(path.read_bytes())
    data[SIZE // 2] ^= 0xFF
    path.write_bytes(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_whole_files_are_whole(tmp_path: Path, files: Mapping[str, str]) -> None:
    inspection = Inspection()

    assert inspection.damaged(tmp_path, files) == []
    assert inspection.damaged(tmp_path, files, 0) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_vanished_or_looks_changed_is_found_without_reading_the_others(
    tmp_path: Path, files: Mapping[str, str], name: str
) -> None:
    inspection = Inspection()
    inspection.damaged(tmp_path, files)

    (tmp_path / name).write_bytes(b"x" * SIZE)
    assert inspection.damaged(tmp_path, files, 0) == [name]
    assert inspection.damaged(tmp_path, files, 0) == [name]
    (tmp_path / name).unlink()
    assert inspection.damaged(tmp_path, files, 0) == [name]


@pytest.mark.parametrize("name", NAMES)
def test_bytes_flipped_unseen_are_found_once_all_had_their_turn(
    tmp_path: Path, files: Mapping[str, str], name: str
) -> None:
    inspection = Inspection()
    inspection.damaged(tmp_path, files)
    flip_unseen(tmp_path / name)

    looks = [inspection.damaged(tmp_path, files, 2 * SIZE) for _ in range(3)]

    turn = NAMES.index(name) // 2
    assert looks == [[]] * turn + [[name]] * (3 - turn)


def test_the_first_look_reads_everything(tmp_path: Path, files: Mapping[str, str]) -> None:
    flip_unseen(tmp_path / NAMES[4])

    assert Inspection().damaged(tmp_path, files, 0) == [NAMES[4]]
