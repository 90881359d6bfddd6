"""Damage of the index's files is found, told and healed."""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from search_index import manifest, whoosh_files
from search_index.engine import Document, HealthState
from search_index.errors import IndexBusyError, IndexUnavailableError, IndexWriteError
from search_index.index_root import IndexRoot
from search_index.whoosh_engine import WhooshEngine
from tests.search_index.library import a_document, ask, fill, found

Damage = Callable[[Path], None]

VULKANE = [a_document(number, f"Vulkane {number}") for number in range(1, 40)]


@pytest.fixture
def index(index_folder: Path) -> WhooshEngine:
    index = WhooshEngine(index_folder, lock_wait=0.2)
    index.rebuild(VULKANE, 5)
    return index


def live(index_folder: Path) -> Path:
    return IndexRoot(index_folder).live_folder()


def delete(path: Path) -> None:
    path.unlink()


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


def kill_before_the_manifest(index: WhooshEngine, index_folder: Path) -> None:
    """Change title 1 to «Berge» and stop where the manifest would follow."""
    ask(index)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(whoosh_files, "seal", _killed)
        with pytest.raises(_KilledError):
            fill(WhooshEngine(index_folder), a_document(1, "Berge"))


class _KilledError(BaseException):
    """In place of a signal that lets nothing be tidied up."""


def _killed(*_arguments: object) -> NoReturn:
    raise _KilledError


DAMAGES = (delete, truncate, flip)
ENDINGS = (".trm", ".pst", ".title_id.col", ".subject.col", ".toc")


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("ending", ENDINGS)
class TestDamage:
    """Each kind of damage to each kind of file."""

    @pytest.fixture(autouse=True)
    def _damaged(
        self, index: WhooshEngine, index_folder: Path, damage: Damage, ending: str
    ) -> None:
        ask(index)
        (path,) = live(index_folder).glob(f"*{ending}")
        damage(path)

    def test_is_found_on_opening(self, index_folder: Path) -> None:
        index = WhooshEngine(index_folder)

        with pytest.raises(IndexUnavailableError):
            ask(index, "Vulkane")
        assert index.health().state is HealthState.BROKEN
        assert index.health().fault

    def test_is_found_by_a_check_while_open(self, index: WhooshEngine) -> None:
        assert index.check().state is HealthState.BROKEN

        with pytest.raises(IndexUnavailableError):
            ask(index, "Vulkane")
        with pytest.raises(IndexUnavailableError):
            fill(index, a_document(1, "Berge"))

    def test_is_healed_by_a_rebuild(self, index: WhooshEngine) -> None:
        index.check()

        index.rebuild(VULKANE, 6)

        assert index.check().state is HealthState.READY
        assert ask(index, "Vulkane").total == len(VULKANE)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_manifest_is_found_at_once(
    index: WhooshEngine, index_folder: Path, damage: Damage
) -> None:
    damage(live(index_folder) / manifest.FILE_NAME)

    assert WhooshEngine(index_folder).health().state is HealthState.BROKEN


def test_a_folder_that_vanished_is_found_at_once(index: WhooshEngine, index_folder: Path) -> None:
    live(index_folder).rename(index_folder / "elsewhere")

    with pytest.raises(IndexUnavailableError):
        ask(index)
    assert index.health().state is HealthState.BROKEN


def test_without_an_index_health_says_so(index_folder: Path) -> None:
    index = WhooshEngine(index_folder)

    with pytest.raises(IndexUnavailableError):
        ask(index)
    with pytest.raises(IndexUnavailableError):
        fill(index, a_document(1, "Berge"))
    assert index.health().state is HealthState.MISSING
    assert index.check().state is HealthState.MISSING
    assert index.position() == 0


def test_a_whole_index_is_ready(index: WhooshEngine) -> None:
    health = index.check()

    assert health.state is HealthState.READY
    assert health.documents == len(VULKANE)
    assert health.position == 5
    assert not health.fault


def test_an_index_of_another_format_must_be_rebuilt(
    index: WhooshEngine, index_folder: Path
) -> None:
    sealed = manifest.read(live(index_folder))
    older = manifest.Manifest(sealed.format - 1, sealed.generation, 5, sealed.files)
    manifest.write(live(index_folder), older)

    assert index.health().state is HealthState.BROKEN


def test_a_change_that_never_ended_makes_the_index_unavailable(
    index: WhooshEngine, index_folder: Path
) -> None:
    """As after a kill between Whoosh's commit and the manifest."""
    kill_before_the_manifest(index, index_folder)

    assert found(index, "Berge") == []
    assert WhooshEngine(index_folder).health().state is HealthState.BROKEN
    assert index.check().state is HealthState.BROKEN


def test_nothing_is_written_over_a_change_that_never_ended(
    index: WhooshEngine, index_folder: Path
) -> None:
    kill_before_the_manifest(index, index_folder)

    with pytest.raises(IndexUnavailableError):
        fill(index, a_document(2, "Berge"))


def test_a_change_killed_before_it_removed_anything_is_undone(
    index: WhooshEngine, index_folder: Path
) -> None:
    before = {path: path.read_bytes() for path in live(index_folder).iterdir()}
    kill_before_the_manifest(index, index_folder)
    for path, content in before.items():
        path.write_bytes(content)

    assert ask(WhooshEngine(index_folder), "Vulkane").total == len(VULKANE)
    fill(WhooshEngine(index_folder), a_document(2, "Gletscher"))

    assert found(index, "Gletscher") == [2]
    assert found(index, "Berge") == []
    assert index.check().state is HealthState.READY


def test_an_index_withdrawn_is_not_read_by_any_process(
    index: WhooshEngine, index_folder: Path
) -> None:
    other = WhooshEngine(index_folder)
    assert ask(other).total == len(VULKANE)

    index.withdraw("Files were\ndamaged.")

    for each in (index, other, WhooshEngine(index_folder)):
        assert each.health().state is HealthState.BROKEN
        assert each.health().fault == "Files were damaged."
        with pytest.raises(IndexUnavailableError):
            ask(each)
    other.rebuild(VULKANE, 7)
    assert ask(index).total == len(VULKANE)


def test_a_failure_over_whole_files_spoils_no_other_question(
    index: WhooshEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(*_arguments: object) -> NoReturn:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr("search_index.whoosh_engine.answer", stumble)
        with pytest.raises(IndexUnavailableError):
            ask(index, "Vulkane")

    assert ask(index, "Vulkane").total == len(VULKANE)


def test_what_killed_writers_left_is_swept_away(index: WhooshEngine, index_folder: Path) -> None:
    half = IndexRoot(index_folder).new_folder()
    (half / "half.trm").write_bytes(b"half")

    index.merge()

    assert not half.exists()
    assert ask(index, "Vulkane").total == len(VULKANE)


def test_only_the_owner_may_read_the_index(index: WhooshEngine, index_folder: Path) -> None:
    for folder in (index_folder, live(index_folder)):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_rebuild_that_fails_leaves_the_live_index(
    index: WhooshEngine, index_folder: Path
) -> None:
    def broken_off() -> Iterator[Document]:
        yield from VULKANE[:3]
        raise RuntimeError

    with pytest.raises(RuntimeError):
        index.rebuild(broken_off(), 9)

    assert ask(index).total == len(VULKANE)
    assert len([each for each in index_folder.iterdir() if each.is_dir()]) == 1


def test_a_full_disk_leaves_the_live_index(
    index: WhooshEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object, **_names: object) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(whoosh_files, "row", full)
        with pytest.raises(IndexWriteError):
            fill(index, a_document(1, "Berge"))

    assert ask(index, "Vulkane").total == len(VULKANE)
    fill(index, a_document(1, "Berge"))
    assert found(index, "Berge") == [1]


def test_two_writers_do_not_write_at_once(index: WhooshEngine, index_folder: Path) -> None:
    with IndexRoot(index_folder).writing(0), pytest.raises(IndexBusyError):
        fill(index, a_document(1, "Berge"))

    assert ask(index, "Vulkane").total == len(VULKANE)


def test_a_nightly_merge_changes_no_answer(index: WhooshEngine) -> None:
    for number in range(1, 6):
        fill(index, a_document(number, "Berge"))
    before = (index.digests(), set(found(index, "Berge")), index.position())

    index.merge()

    assert (index.digests(), set(found(index, "Berge")), index.position()) == before
