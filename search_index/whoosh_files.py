"""Whoosh's side of writing and opening an index in one folder."""

from collections.abc import Callable, Iterable, Mapping
from itertools import chain, islice
from pathlib import Path

from whoosh.index import TOC, FileIndex
from whoosh.writing import NO_MERGE

from search_index import manifest
from search_index.engine import Changes, Document
from search_index.manifest import Manifest
from search_index.snapshot import Snapshot
from search_index.whoosh_merging import LARGEST_FILLED, MergePolicy, all_that_fit, none, small
from search_index.whoosh_rows import row
from search_index.whoosh_schema import FORMAT, SCHEMA
from search_index.whoosh_segments import Memory, Segment
from search_index.whoosh_writing import BulkWriter, Folder

INDEX_NAME = "MAIN"

PROGRESS_STEP = 200
"""Documents between two reports of progress."""


def fill(folder: Path, documents: Iterable[Document], progress: Callable[[int], None]) -> None:
    """Write a new index of all documents into an empty folder."""
    index = FileIndex.create(_storage(folder), SCHEMA, INDEX_NAME)
    written = 0
    left = iter(documents)
    for first in left:
        with BulkWriter(index) as writer:
            writer.mergetype = NO_MERGE
            for document in chain((first,), islice(left, LARGEST_FILLED - 1)):
                writer.add_row(row(document))
                written += 1
                if written % PROGRESS_STEP == 0:
                    progress(written)
    progress(written)


def join_parts(folder: Path, parts: Iterable[Path]) -> None:
    """Make one index of several, moving their files into its folder, which is empty otherwise."""
    segments = []
    for part in parts:
        segments += _newest_toc(part).segments
        for path in part.iterdir():
            if path.suffix == ".toc" or path.name.endswith("_WRITELOCK"):
                path.unlink()
            else:
                path.rename(folder / path.name)
        part.rmdir()
    TOC(SCHEMA, segments, 1).write(_storage(folder), INDEX_NAME)


def change(folder: Path, snapshot: Snapshot, changes: Changes) -> None:
    """Write changes into an index whose present state is `snapshot`: delete, then add."""
    documents = {document.title_id: document for document in changes.documents}
    index = FileIndex(_storage(folder), SCHEMA, INDEX_NAME)
    with BulkWriter(index) as writer:
        for number in snapshot.numbers_of(changes.gone | documents.keys()).tolist():
            writer.delete_document(number)
        for title_id, document in documents.items():
            if title_id not in changes.gone:
                writer.add_row(row(document))
        writer.mergetype = none()


def join_small(folder: Path) -> None:
    """Make one segment of the smallest, without their deleted documents."""
    _join(folder, small())


def join_all(folder: Path) -> None:
    """Make one segment of as many as fit, without their deleted documents."""
    _join(folder, all_that_fit())


def _join(folder: Path, policy: MergePolicy) -> None:
    with BulkWriter(FileIndex(_storage(folder), SCHEMA, INDEX_NAME)) as writer:
        writer.mergetype = policy


def seal(folder: Path, position: int, known: Mapping[str, str]) -> Manifest:
    """Write the manifest of the folder as it now is, and return it.

    Args:
        folder: of the index.
        position: id of the last note worked off.
        known: checksums by name of files that have not changed.
    """
    toc = _newest_toc(folder)
    prefixes = tuple(f"{segment.segment_id()}." for segment in toc.segments)
    names = [each.name for each in folder.iterdir() if each.name.startswith(prefixes)]
    names.append(_toc_name(toc.generation))
    files = manifest.checksums(folder, sorted(names), known)
    sealed = Manifest(FORMAT, toc.generation, position, files)
    manifest.write(folder, sealed)
    return sealed


def is_ahead(folder: Path, generation: int) -> bool:
    """Tell whether the files are newer than a manifest's generation: a change has not ended."""
    return any(_tocs_after(folder, generation))


def undo(folder: Path, generation: int) -> None:
    """Take back a change that never ended; its segments go with the next change."""
    for path in _tocs_after(folder, generation):
        path.unlink()


def open_snapshot(
    folder: Path, generation: int, before: Snapshot | None, memory: Memory
) -> Snapshot:
    """Open an index's state.

    Args:
        folder: of the index.
        generation: Whoosh's number of the state.
        before: an earlier state of this folder, whose segments are open already.
        memory: where new segments keep what they decode.
    """
    known = {each.id: each for each in before.segments} if before else {}
    toc = TOC.read(_storage(folder), INDEX_NAME, gen=generation, schema=SCHEMA)
    segments = [
        known.get(each.segment_id()) or Segment(folder, each, memory) for each in toc.segments
    ]
    return Snapshot(segments, [frozenset(each.deleted_docs()) for each in toc.segments], before)


def _storage(folder: Path) -> Folder:
    return Folder(str(folder), supports_mmap=False)


def _tocs_after(folder: Path, generation: int) -> list[Path]:
    tocs = folder.glob(_toc_name("[0-9]*"))
    return [each for each in tocs if int(each.stem.rpartition("_")[2]) > generation]


def _newest_toc(folder: Path) -> TOC:
    return TOC.read(_storage(folder), INDEX_NAME, schema=SCHEMA)


def _toc_name(generation: int | str) -> str:
    return f"_{INDEX_NAME}_{generation}.toc"
