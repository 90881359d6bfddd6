"""Opens a table of titles or copies, whether it is delimited text or a workbook."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from catalogue.formats.file_faults import ForeignFileFault
from catalogue.formats.unpacked import open_unpacked
from catalogue.formats.workbook import read_workbook
from schools.formats.delimited import NotReadableError, Table, read_table

_WORKBOOK_BEGINS = b"PK\x03\x04"
_OLD_WORKBOOK_BEGINS = b"\xd0\xcf\x11\xe0"


@contextmanager
def open_table(path: Path) -> Iterator[Table]:
    """Open a table for reading, told by its first bytes and not by its name.

    Raises:
        NotReadableError: it is no table; also while its rows are read.
    """
    with path.open("rb") as stream:
        beginning = stream.read(len(_WORKBOOK_BEGINS))
        stream.seek(0)
        if beginning == _WORKBOOK_BEGINS:
            yield read_workbook(stream)
            return
    if beginning == _OLD_WORKBOOK_BEGINS:
        raise NotReadableError(ForeignFileFault.NOT_A_TABLE, "XLS")
    with open_unpacked(path) as text:
        yield read_table(text)
