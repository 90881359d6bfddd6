"""Real records from a folder of foreign files, as search documents."""

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import count
from pathlib import Path

from catalogue.formats.marc import read_marc
from catalogue.formats.records import TitleRecord
from catalogue.formats.unpacked import open_unpacked
from schools.formats.delimited import NotReadableError
from schools.vocabularies.subjects import subject
from search_index.engine import Document
from search_index.german import sort_key
from tests.benchmarks.installation import tell

ADDED_ON = date(2026, 1, 5)
MARC = (".xml", ".xml.gz", ".mrc")
JSON_LINES = (".jsonl", ".jsonl.gz", ".ndjson")


def real_records(folder: Path) -> list[Document]:
    """Return the records of all MARC files and files of JSON lines in a folder, ids from 1."""
    ids = count(1)
    documents: list[Document] = []
    for path in sorted(folder.iterdir()):
        if path.name.endswith(MARC):
            found = list(_of_marc(path, ids))
        elif path.name.endswith(JSON_LINES):
            found = list(_of_lines(path, ids))
        else:
            continue
        tell(f"{path.name}: {len(found)} records")
        documents += found
    return documents


def _of_marc(path: Path, ids: Iterator[int]) -> Iterator[Document]:
    try:
        with open_unpacked(path) as stream:
            for record in read_marc(stream):
                if isinstance(record, TitleRecord):
                    yield _document(next(ids), record)
    except NotReadableError as error:
        tell(f"{path.name} is left out: {error}")


def _document(title_id: int, record: TitleRecord) -> Document:
    taught = [subject(code) for code in record.subjects]
    return Document(
        title_id=title_id,
        name=record.name,
        subtitle=record.subtitle,
        series=record.series,
        keywords=record.keywords,
        summary=record.summary,
        persons=(*record.persons, record.publisher),
        topics=tuple(name for each in taught for name in (each.name_de, each.name_en)),
        numbers=tuple(filter(None, (record.media_number, record.isbn, record.source_id))),
        media_type=record.media_type,
        subjects=frozenset(record.subjects),
        languages=frozenset(record.languages),
        year=record.year,
        added_on=ADDED_ON,
        sort_name=sort_key(record.name),
    )


def _of_lines(path: Path, ids: Iterator[int]) -> Iterator[Document]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield _of_line(next(ids), json.loads(line))


def _of_line(title_id: int, row: Mapping[str, object]) -> Document:
    name = str(row.get("title") or "")
    tags = row.get("tags")
    return Document(
        title_id=title_id,
        name=name,
        summary=str(row.get("desc") or row.get("description") or ""),
        keywords=tuple(map(str, tags)) if isinstance(tags, Iterable) else (),
        numbers=(str(title_id),),
        added_on=ADDED_ON,
        sort_name=sort_key(name),
    )
