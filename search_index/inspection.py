"""Looks at the files of an index again and again, and reads all of them in turns."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from search_index import manifest

FileStamp = tuple[int, int, int]
"""Inode, size in bytes and time of the last change in nanoseconds."""

NEVER = -1


@dataclass(frozen=True, slots=True)
class _Proof:
    """A file was as its checksum says, when its stamp was this, in that turn."""

    stamp: FileStamp
    turn: int


class Inspection:
    """Remembers which files were proved when, so that a small share a time covers all of them."""

    def __init__(self) -> None:
        """Know no file yet; the first look reads all of them."""
        self._lock = threading.Lock()
        self._proofs: dict[Path, _Proof] = {}
        self._turn = 0

    def damaged(
        self, folder: Path, files: Mapping[str, str], most_bytes: int | None = None
    ) -> list[str]:
        """Return the names of files that are missing or not what they were.

        Every file is asked for its size and time; one that is new or changed is read at once. Of
        the others those are read whose turn is longest ago.

        Args:
            folder: of the files.
            files: SHA-256 by name.
            most_bytes: read no further file when so much was read of unchanged ones; None reads
                everything, 0 nothing that is unchanged.
        """
        with self._lock:
            self._turn += 1
            paths = {folder / name: expected for name, expected in files.items()}
            self._proofs = {path: self._proofs[path] for path in paths if path in self._proofs}
            stamps = {path: _stamp(path) for path in paths}
            return [
                path.name
                for path in self._due(stamps, most_bytes)
                if not self._prove(path, stamps[path], paths[path])
            ]

    def _due(self, stamps: Mapping[Path, FileStamp | None], most_bytes: int | None) -> list[Path]:
        turns = {path: self._last_turn(path, stamp) for path, stamp in stamps.items()}
        due = [path for path in stamps if turns[path] == NEVER]
        read = 0
        for path in sorted(stamps.keys() - set(due), key=lambda path: (turns[path], path)):
            if most_bytes is not None and read >= most_bytes:
                break
            due.append(path)
            read += (stamps[path] or (0, 0, 0))[1]
        return due

    def _last_turn(self, path: Path, stamp: FileStamp | None) -> int:
        proof = self._proofs.get(path)
        return proof.turn if proof and proof.stamp == stamp else NEVER

    def _prove(self, path: Path, stamp: FileStamp | None, expected: str) -> bool:
        self._proofs.pop(path, None)
        if stamp is None or not manifest.is_whole(path, expected):
            return False
        self._proofs[path] = _Proof(stamp, self._turn)
        return True


def _stamp(path: Path) -> FileStamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
