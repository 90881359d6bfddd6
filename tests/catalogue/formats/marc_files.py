"""Small MARC files, written by ourselves, for the tests of their readers."""

from io import BytesIO
from xml.sax.saxutils import escape

from catalogue.formats.marc import read_marc
from catalogue.formats.records import RefusedRecord, TitleRecord
from catalogue.formats.unpacked import unpacked

NAMESPACE = 'xmlns="http://www.loc.gov/MARC21/slim"'
FILM = "00000ngm a2200000 c 4500"
BOOK = "00000nam a2200000 c 4500"


def field(tag: str, *subfields: tuple[str, str], indicators: str = "  ") -> str:
    texts = "".join(
        f'<subfield code="{code}">{escape(text)}</subfield>' for code, text in subfields
    )
    return (
        f'<datafield tag="{tag}" ind1="{indicators[0]}" ind2="{indicators[1]}">{texts}</datafield>'
    )


def control(tag: str, text: str) -> str:
    return f'<controlfield tag="{tag}">{text}</controlfield>'


def record(number: str = "m1", *further: str, name: str = "Das Blatt", leader: str = BOOK) -> str:
    return (
        f"<record><leader>{leader}</leader>{control('001', number)}"
        f"{field('245', ('a', name))}{''.join(further)}</record>"
    )


def collection(*records: str, namespace: str = NAMESPACE) -> bytes:
    declaration = '<?xml version="1.0" encoding="UTF-8"?>'
    inside = "\n".join(records)
    return f"{declaration}\n<collection {namespace}>{inside}</collection>".encode()


def read(content: bytes) -> list[TitleRecord | RefusedRecord]:
    return list(read_marc(unpacked(BytesIO(content))))


def read_one(*further: str, leader: str = BOOK, name: str = "Das Blatt") -> TitleRecord:
    (title,) = read(collection(record("m1", *further, leader=leader, name=name)))
    assert isinstance(title, TitleRecord)
    return title


def outcomes(found: list[TitleRecord | RefusedRecord]) -> list[tuple[int, str]]:
    """Return number and id or reason of each record."""
    return [
        (each.number, each.source_id if isinstance(each, TitleRecord) else str(each.reason))
        for each in found
    ]
