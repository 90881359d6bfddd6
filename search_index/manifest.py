"""What the files of an index must be, so that damage is found before it is believed.

The manifest is written last: files newer than it are of a change that never ended. Nothing here
waits for the disk; what a power cut tears, the checksums find, and the index is rebuilt.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from hashlib import file_digest
from pathlib import Path

from search_index.errors import IndexUnavailableError

FILE_NAME = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The state an index folder was left in.

    Attributes:
        format: `whoosh_schema.FORMAT` when written.
        generation: Whoosh's number of the last whole change.
        position: id of the last note worked off.
        files: SHA-256 by file name.
    """

    format: int
    generation: int
    position: int
    files: Mapping[str, str]


def read(folder: Path) -> Manifest:
    """Read a folder's manifest.

    Raises:
        IndexUnavailableError: it is missing or not readable.
    """
    try:
        return Manifest(**json.loads((folder / FILE_NAME).read_bytes()))
    except (OSError, ValueError, TypeError) as error:
        raise IndexUnavailableError(f"The manifest cannot be read: {error}") from error


def write(folder: Path, manifest: Manifest) -> None:
    """Replace a folder's manifest in one step."""
    fresh = folder / f"{FILE_NAME}.new"
    fresh.write_text(json.dumps(asdict(manifest)))
    fresh.replace(folder / FILE_NAME)


def checksums(folder: Path, names: Iterable[str], known: Mapping[str, str]) -> dict[str, str]:
    """Return SHA-256 by name; files whose checksum is known are not read again."""
    return {name: known.get(name) or _checksum(folder / name) for name in names}


def damaged(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Return the names of files that are missing or not what they were."""
    return [name for name, expected in files.items() if not is_whole(folder / name, expected)]


def is_whole(path: Path, expected: str) -> bool:
    """Tell whether a file is there and has this SHA-256."""
    try:
        return _checksum(path) == expected
    except OSError:
        return False


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
