"""Why a whole file is refused, besides the reasons of delimited text."""

from enum import StrEnum


class ForeignFileFault(StrEnum):
    """Why nothing, or nothing more, of a file is read; the reason of a `NotReadableError`."""

    NOT_MARC = "not_marc"
    NOT_A_TABLE = "not_a_table"
    BROKEN_ARCHIVE = "broken_archive"
    """Packed data that does not unpack: damaged or cut off."""
    TOO_LARGE = "file_too_large"
    PACKED_TOO_TIGHTLY = "packed_too_tightly"
    """It unpacks to more than a hundred times its size, as no honest file does."""
    FORBIDDEN_XML = "forbidden_xml"
    """XML with entities of its own or references outward."""
    BROKEN_XML = "broken_xml"
    NO_RECORDS = "no_records"
    TOO_MANY_RECORDS = "too_many_records"
    NO_KNOWN_COLUMNS = "no_known_columns"
    """A table without a column that is needed; the detail names it."""
