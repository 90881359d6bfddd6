"""One sentence for each reason why a file, or a record of it, is refused: what, and what to do."""

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from catalogue.formats.file_faults import ForeignFileFault
from catalogue.formats.records import Fault
from catalogue.operations.import_copies import CopyFault
from catalogue.operations.import_titles import TitleRefusal
from schools.formats.delimited import FileFault, RowFault
from schools.formats.school_file import SchoolFault
from schools.operations.import_schools import SchoolRefusal


class KeptFileFault(StrEnum):
    """Why a file that was sent earlier cannot be read any more."""

    GONE = "file_gone"


WHOLE_FILE: Mapping[StrEnum, LazyString] = {
    FileFault.EMPTY: _("The file holds nothing. Choose the file you meant to send."),
    FileFault.NOT_TEXT: _(
        "This is no readable text. Save the table as CSV (UTF-8) or XLSX and send it again."
    ),
    FileFault.LINE_TOO_LONG: _(
        "The first line is far too long for a table. Check that this is the right file."
    ),
    FileFault.BROKEN_HEADER: _(
        "A quotation mark in the first line is never closed. Save the table anew and send it."
    ),
    FileFault.TOO_MANY_COLUMNS: _(
        "The table has too many columns. Delete those that are not needed, at most 200 may stay."
    ),
    FileFault.DUPLICATE_COLUMN: _("Two columns have the same name. Rename or delete one of them."),
    FileFault.MISSING_COLUMN: _("A column is missing. Add it, or choose the right file."),
    ForeignFileFault.NOT_MARC: _(
        "This is no MARC file. Choose a file in MARC 21 or MARCXML, packed with gzip or not."
    ),
    ForeignFileFault.NOT_A_TABLE: _(
        "This is no table we can read. Save it as CSV (UTF-8) or XLSX and send it again."
    ),
    ForeignFileFault.BROKEN_ARCHIVE: _(
        "The file is damaged or cut off. Fetch or save it once more and send it again."
    ),
    ForeignFileFault.TOO_LARGE: _(
        "The file is larger than we take. Divide it and send the pieces one by one."
    ),
    ForeignFileFault.PACKED_TOO_TIGHTLY: _(
        "The file unpacks to more than a hundred times its size. Send it unpacked."
    ),
    ForeignFileFault.FORBIDDEN_XML: _(
        "The XML defines entities or points outward, which may be an attack. Ask its sender for a"
        " plain file."
    ),
    ForeignFileFault.BROKEN_XML: _(
        "The XML is damaged. Fetch the file once more, or ask its sender for a whole one."
    ),
    ForeignFileFault.NO_RECORDS: _("There is no record in the file. Choose another file."),
    ForeignFileFault.TOO_MANY_RECORDS: _(
        "The file holds too many records. Divide it and send the pieces one by one."
    ),
    ForeignFileFault.NO_KNOWN_COLUMNS: _(
        "A column that is needed was not found. Name it in the first line of the table."
    ),
    KeptFileFault.GONE: _("The file is no longer kept. Send it once more."),
}
"""Reasons why nothing, or nothing more, of a file was read."""

ONE_ROW: Mapping[StrEnum, LazyString] = {
    RowFault.NOT_TEXT: _("This line is no readable text. Correct it or type it anew."),
    RowFault.LINE_TOO_LONG: _("This line is too long. Look for a quotation mark left open."),
    RowFault.FIELD_TOO_LONG: _("A cell of this line is too long. Shorten it."),
    RowFault.BROKEN_QUOTES: _(
        "A quotation mark is never closed. Close it or take it away; lines behind may be affected."
    ),
    RowFault.TOO_FEW_FIELDS: _("This line has fewer cells than columns. Add the missing ones."),
    RowFault.TOO_MANY_FIELDS: _(
        "This line has more cells than columns. Put texts that hold the separator in quotation"
        " marks."
    ),
    RowFault.TOO_MANY_ROWS: _(
        "The table is too long; from here on nothing was read. Divide it and send the rest."
    ),
    Fault.BROKEN: _("This record is damaged. Fetch it once more from where it came."),
    Fault.TOO_LARGE: _("This record is too large. Shorten its texts at the source."),
    Fault.CUT_OFF: _("The file ends within this record. Fetch the file once more."),
    Fault.DELETED: _("The record says it was deleted. Withdraw the title by hand if you have it."),
    Fault.NO_ID: _("The number is missing. Give every title a number of its own or an ISBN."),
    Fault.NO_NAME: _("The title has no name. Enter one."),
    Fault.REPEATED_ID: _("An earlier record has the same number. Delete one of the two."),
    Fault.EMPTY: _("This line is empty. Delete it or fill it in."),
    Fault.WRONG_COLUMNS: _("The cells do not fit the columns. Compare the line with the first."),
    Fault.UNKNOWN_MEDIA_TYPE: _(
        "The media type is not known here. Use a name of our list or a media number."
    ),
    Fault.UNKNOWN_SUBJECT: _("The subject is not known here. Use its name or short form."),
    Fault.UNKNOWN_LANGUAGE: _("The language is not known here. Use its name or two letters."),
    Fault.UNKNOWN_AGE_RATING: _("The age rating is not known here. Write for example FSK 12."),
    Fault.UNKNOWN_LICENCE: _("The type of licence is not known here. Use a name of our list."),
    Fault.BAD_NUMBER: _("This is no number that fits here. Correct the cell."),
    Fault.BAD_DATE: _("There is no such day. Write for example 31.07.2027."),
    Fault.BAD_GRADE: _("The grades cannot be understood. Write for example 5-8 or EF."),
    Fault.BAD_ISBN: _("The check digit of the ISBN or EAN does not fit. Look for a typing error."),
    Fault.BAD_ADDRESS: _("This is no web address. It has to begin with https:// or http://."),
    Fault.BAD_AMOUNT: _("This is no sum of money. Write for example 1.234,50."),
    Fault.TOO_LONG: _("A text is too long. Shorten it."),
    Fault.NO_TITLE_NUMBER: _(
        "It is not said which title the copy belongs to. Enter a media number or an ISBN."
    ),
    Fault.QUANTITY_OF_ONE_BARCODE: _(
        "Several copies cannot share one number. Give each copy a line of its own."
    ),
    Fault.BAD_GROUP: _(
        "This is no code of a group, or the group stands above itself. Use letters, digits and"
        " blanks, at most 40 of them."
    ),
    Fault.NO_GROUP_NAME: _("The group has no name. Enter one."),
    SchoolFault.NUMBER: _("The school number has not six digits. Correct it."),
    SchoolFault.DUPLICATE_NUMBER: _(
        "An earlier line has the same school number. Delete one of the two."
    ),
    SchoolFault.FORM: _("The key of the school form is not known. Use the ministry's two digits."),
    SchoolFault.NAME: _("The school has no name. Enter one."),
    SchoolFault.POSTAL_CODE: _("The postal code has not five digits. Correct it."),
    SchoolFault.MUNICIPALITY: _("The municipality key has not eight digits. Correct it."),
    SchoolFault.OPERATING_STATUS: _("The operating status is missing. Enter the ministry's key."),
    SchoolRefusal.OTHER_CENTRE: _(
        "Another media centre serves this school. Ask it to take over the change."
    ),
    TitleRefusal.KEPT_ELSEWHERE: _(
        "Another media centre keeps this description, and it is in your offer already. Ask it to"
        " take over the change."
    ),
    CopyFault.NO_SUCH_TITLE: _(
        "The title is not in the offer of your centre. Import or enter it first."
    ),
    CopyFault.NO_SUCH_BRANCH: _("Your centre has no such branch. Use the name of one it has."),
    CopyFault.BARCODE_TAKEN: _("Another copy has this barcode already. Choose another one."),
    CopyFault.INVENTORY_NUMBER_TAKEN: _(
        "Another copy has this inventory number already. Choose another one."
    ),
}
"""Reasons why one record of a file was left out."""

SENTENCES: Mapping[str, LazyString] = {
    str(code): words for code, words in {**WHOLE_FILE, **ONE_ROW}.items()
}
CONCERNS = _("%(sentence)s Concerns: %(detail)s")
UNKNOWN = _("This could not be read. Check it against a record that was taken over.")


def sentence_of(reason: str, detail: str = "") -> str:
    """Return what is wrong and what to do, in the reader's language.

    Args:
        reason: code of a fault, as reports keep it.
        detail: what exactly, such as the value found; may be empty.
    """
    words = str(SENTENCES.get(str(reason), UNKNOWN))
    if not detail:
        return words
    return str(CONCERNS) % {"sentence": words, "detail": detail}
