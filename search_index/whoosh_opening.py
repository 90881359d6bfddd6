"""Opening the newest state of an index, sharing what is open already, and telling damage."""

import logging
import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from search_index import manifest, whoosh_files
from search_index.errors import IndexUnavailableError, SearchIndexError
from search_index.index_root import IndexRoot, Stamp, stamp_of
from search_index.inspection import Inspection
from search_index.manifest import Manifest
from search_index.snapshot import Snapshot
from search_index.whoosh_schema import FORMAT
from search_index.whoosh_segments import memory_of

log = logging.getLogger(__name__)

OPEN_TRIES = 20
OPEN_PAUSE = 0.05
"""Seconds between two tries to open an index that is just being changed."""

UNENDED = "A change of the index has not ended."

StateStamp = tuple[Stamp | None, Stamp | None]
"""Changes with the name of the live folder and with its manifest."""


@dataclass(frozen=True, slots=True)
class OpenState:
    """An open state of the index.

    Attributes:
        process: that opened it; another one would share its places in the files.
        stamp: as it was before opening.
        folder: the live folder then.
    """

    process: int
    stamp: StateStamp
    folder: Path
    manifest: Manifest
    snapshot: Snapshot


class Opening:
    """The newest state of the index in a root folder, for all threads of a process."""

    def __init__(self, root: IndexRoot, memory_bytes: int) -> None:
        """Open nothing yet; posting lists decoded are kept up to a number of bytes."""
        self._root = root
        self._memory_bytes = memory_bytes
        self._memory = memory_of(memory_bytes)
        self._lock = threading.RLock()
        self._inspection = Inspection()
        self._opened: OpenState | None = None
        self._sealed: tuple[Path, Mapping[str, str]] | None = None
        self._fault: tuple[StateStamp, str] | None = None

    def current(self) -> OpenState:
        """Return the newest state, opened if need be; two file look-ups if not.

        Raises:
            IndexUnavailableError: there is no index to be trusted.
        """
        opened = self._opened_if_newest()
        if opened:
            return opened
        with self._lock:
            return self._opened_if_newest() or self._reopen()

    def follow(self, written: OpenState, sealed: Manifest) -> None:
        """Open the state that this process has just written over one it had open.

        Its files were read for their checksums a moment ago; `check` reads them again.

        Raises:
            IndexUnavailableError: see `current`.
        """
        with self._lock:
            self._sealed = (written.folder, sealed.files)
            self.current()

    @contextmanager
    def distrusting(self, opened: OpenState) -> Iterator[None]:
        """Let no failure of reading a state out; whether its files are damaged is looked into.

        Damage is remembered. A failure over whole files is not: the next question may be answered.

        Raises:
            IndexUnavailableError: something failed that is no error of ours.
        """
        try:
            yield
        except SearchIndexError:
            raise
        except Exception as error:
            # Whoosh fails on damaged files in every imaginable way.
            wrong = self._inspection.damaged(opened.folder, opened.manifest.files, 0)
            if wrong and self._stamp() == opened.stamp:
                raise self.at_fault(opened.stamp, _damage(wrong)) from error
            log.exception("the index could not be read, though its files are whole")
            raise IndexUnavailableError(_sentence(error)) from error

    def check(self, most_bytes: int | None = None) -> list[str]:
        """Compare the files of the newest state with their checksums; see `Inspection`.

        Returns:
            Names of files that are not what they were. Old ones vanish while a change ends, so
            only a look under the writer's lock is sure.

        Raises:
            IndexUnavailableError: there is no index to be trusted.
        """
        opened = self.current()
        return self._inspection.damaged(opened.folder, opened.manifest.files, most_bytes)

    def condemn(self, wrong: list[str]) -> IndexUnavailableError:
        """Remember that files of the newest state are damaged; return the error to raise."""
        return self.at_fault(self._stamp(), _damage(wrong))

    def current_for_writing(self) -> OpenState:
        """Return the newest state under the writer's lock; undoes what a killed writer began.

        Raises:
            IndexUnavailableError: there is none to be trusted, or an earlier writer died after
                it had removed what its change replaced.
        """
        opened = self.current()
        sealed = opened.manifest
        if whoosh_files.is_ahead(opened.folder, sealed.generation):
            if self._inspection.damaged(opened.folder, sealed.files, 0):
                raise self.at_fault(opened.stamp, UNENDED)
            whoosh_files.undo(opened.folder, sealed.generation)
        return opened

    def at_fault(self, stamp: StateStamp, fault: str) -> IndexUnavailableError:
        """Remember a fault for as long as the index stays as it is; return the error to raise."""
        self._fault = (stamp, fault)
        return IndexUnavailableError(fault)

    def _opened_if_newest(self) -> OpenState | None:
        stamp = self._stamp()
        fault = self._fault
        if fault and fault[0] == stamp:
            raise IndexUnavailableError(fault[1])
        opened = self._opened
        is_newest = opened and opened.stamp == stamp and opened.process == os.getpid()
        return opened if is_newest else None

    def _stamp(self) -> StateStamp:
        live = self._root.live_stamp()
        if live is None:
            return None, None
        return live, stamp_of(self._root.live_folder() / manifest.FILE_NAME)

    def _reopen(self) -> OpenState:
        for _ in range(OPEN_TRIES):
            try:
                self._opened = self._open(self._stamp())
            except _ChangingError:
                time.sleep(OPEN_PAUSE)
            else:
                return self._opened
        raise self.at_fault(self._stamp(), UNENDED)

    def _open(self, stamp: StateStamp) -> OpenState:
        folder = self._root.live_folder()
        try:
            sealed = manifest.read(folder)
        except IndexUnavailableError as error:
            raise self._failed(stamp, error) from error
        try:
            snapshot = self._snapshot(folder, sealed)
        except Exception as error:
            if whoosh_files.is_ahead(folder, sealed.generation):
                raise _ChangingError from error
            raise self._failed(stamp, error) from error
        return OpenState(os.getpid(), stamp, folder, sealed, snapshot)

    def _failed(self, stamp: StateStamp, error: Exception) -> Exception:
        if self._stamp() != stamp:
            return _ChangingError()
        return self.at_fault(stamp, _sentence(error))

    def _snapshot(self, folder: Path, sealed: Manifest) -> Snapshot:
        if sealed.format != FORMAT:
            raise IndexUnavailableError("The index is of another version of this program.")
        shared = self._opened
        if shared and (shared.folder != folder or shared.process != os.getpid()):
            shared = None
        proven = set(shared.manifest.files.items()) if shared else set()
        if self._sealed and self._sealed[0] == folder:
            proven |= self._sealed[1].items()
        wrong = manifest.damaged(folder, dict(sealed.files.items() - proven))
        self._sealed = None
        if wrong:
            raise IndexUnavailableError(_damage(wrong))
        before = shared.snapshot if shared else None
        if before is None:
            self._memory = memory_of(self._memory_bytes)
        return whoosh_files.open_snapshot(folder, sealed.generation, before, self._memory)


class _ChangingError(Exception):
    """The index changed while it was being opened."""


def _damage(names: list[str]) -> str:
    return f"Files of the index are damaged: {', '.join(sorted(names)[:3])}."


def _sentence(error: Exception) -> str:
    if isinstance(error, IndexUnavailableError):
        return error.fault
    return f"The index cannot be read: {type(error).__name__}: {error}"
