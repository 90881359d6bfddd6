"""MARCXML records of our own, as full of local fields as those of a union catalogue."""

import gzip
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from random import Random
from xml.sax.saxutils import escape

from app.demo.chance import chance
from app.demo.content import titles
from app.demo.entries import TitleEntry

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<collection xmlns="http://www.loc.gov/MARC21/slim">\n'
)
FOOT = "</collection>\n"
FILM, BOOK = "00000ngm a2200000 c 4500", "00000nam a2200000 c 4500"
LOCAL_TAGS = ("035", "084", "GPN", "MBD", "996", "964", "GGN", "GSI", "GST", "GKT", "ITM", "HOL")
LOCAL_FIELDS = 32
"""Fields of a library system that a record carries and nobody here reads."""

LOCAL_SUBFIELDS = 5


def write_records(path: Path, number: int) -> None:
    """Write a gzipped collection, always the same."""
    luck = chance("records")
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write(HEAD)
        for position, entry in enumerate(islice(cycle(titles()), number)):
            file.write("".join(_record(position, entry, luck)))
        file.write(FOOT)


def _record(position: int, entry: TitleEntry, luck: Random) -> Iterator[str]:
    part = position // len(titles()) + 1
    yield f"<record>\n<leader>{FILM if entry.minutes else BOOK}</leader>\n"
    yield _control("001", f"99{position:012d}")
    yield _control("008", f"260105s{entry.year}    gw ||||| |||||||||||ger c")
    yield _field("041", a="ger")
    yield _field("100", a="Mustermann, Käthe", e="Verfasser")
    yield _field("245", a=f"{entry.name}, Teil {part}", b=entry.subtitle, c="Käthe Mustermann")
    yield _field("264", a="Lindenau", b="Verlag am Deich", c=str(entry.year))
    yield _field("300", a=f"1 Band, {entry.minutes or 90} min", b="farbig")
    yield _field("490", a=entry.series or "Kreisheft", v=str(part))
    yield _field("520", a=entry.summary)
    yield _field("521", a=f"Klasse {entry.grades[0]}-{entry.grades[1]}")
    for keyword in entry.keywords:
        yield _field("650", a=keyword, two="gnd")
    for _ in range(LOCAL_FIELDS):
        yield _local(luck)
    yield "</record>\n"


def _control(tag: str, text: str) -> str:
    return f'<controlfield tag="{tag}">{text}</controlfield>\n'


def _field(tag: str, **subfields: str) -> str:
    parts = "".join(
        f'<subfield code="{"2" if code == "two" else code}">{escape(text)}</subfield>\n'
        for code, text in subfields.items()
        if text
    )
    return f'<datafield tag="{tag}" ind1=" " ind2=" ">\n{parts}</datafield>\n'


def _local(luck: Random) -> str:
    texts = (f"(DE-605){luck.getrandbits(48):014d}" for _ in range(LOCAL_SUBFIELDS))
    return _field(luck.choice(LOCAL_TAGS), **dict(zip("abcde", texts, strict=True)))
