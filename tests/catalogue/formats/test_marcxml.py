import gzip
import tracemalloc
from io import BytesIO
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.formats.marc import read_marc
from catalogue.formats.marcxml import LONGEST_RECORD
from catalogue.formats.records import RefusedRecord, TitleRecord
from catalogue.formats.unpacked import unpacked
from schools.formats.delimited import NotReadableError
from tests.catalogue.formats.marc_files import NAMESPACE, collection, outcomes, read, record

GOOD = record("good")

DELETED = "00000dam a2200000 c 4500"
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE c [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise("abcdefghi"))
    + f"]><collection {NAMESPACE}>{record('m1', name='NAME').replace('NAME', '&i;')}</collection>"
).encode()
OUTWARD = (
    '<?xml version="1.0"?><!DOCTYPE c [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    f"<collection {NAMESPACE}>{record('m1', name='NAME').replace('NAME', '&a;')}</collection>"
).encode()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(collection(GOOD, record("two")), id="with the namespace"),
        pytest.param(collection(GOOD, record("two"), namespace=""), id="without a namespace"),
        pytest.param(
            collection(
                GOOD, record("two"), namespace='xmlns:marc="http://www.loc.gov/MARC21/slim"'
            )
            .replace(b"<", b"<marc:")
            .replace(b"<marc:/", b"</marc:")
            .replace(b"<marc:?", b"<?"),
            id="with a prefix",
        ),
        pytest.param(b"\xef\xbb\xbf" + collection(GOOD, record("two")), id="with a mark"),
        pytest.param(gzip.compress(collection(GOOD, record("two"))), id="packed"),
    ],
)
def test_every_record_is_read(content: bytes) -> None:
    assert outcomes(read(content)) == [(1, "good"), (2, "two")]


def test_a_file_of_one_record_needs_no_collection() -> None:
    assert outcomes(read(GOOD.replace("<record>", f"<record {NAMESPACE}>").encode())) == [
        (1, "good")
    ]


def test_umlauts_of_an_older_encoding_are_right() -> None:
    content = '<?xml version="1.0" encoding="ISO-8859-1"?>' + record(name="Größe")
    (title,) = read(content.encode("latin-1"))
    assert isinstance(title, TitleRecord)
    assert title.name == "Größe"


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        pytest.param(record("x").replace("</datafield>", ""), "broken_record", id="unclosed"),
        pytest.param(record("x", name="a").replace(">a<", "> & <"), "broken_record", id="bare &"),
        pytest.param(record("x").replace(' tag="245"', ""), "broken_record", id="no tag"),
        pytest.param(record("x").replace(' code="a"', ""), "broken_record", id="no code"),
        pytest.param(record("x").replace("</record>", ""), "broken_record", id="never closed"),
        pytest.param(record("x", "<a>" * 20 + "</a>" * 20), "broken_record", id="too deep"),
        pytest.param(record("x", name="\x01"), "broken_record", id="a sign XML has not"),
        pytest.param(
            record("x", name="a" * (LONGEST_RECORD + 1)), "record_too_large", id="too large"
        ),
        pytest.param(record(""), "no_id", id="no number"),
        pytest.param(record("x", name=" "), "no_name", id="no name"),
        pytest.param(record("x", leader=DELETED), "deleted_record", id="deleted"),
        pytest.param(record("good"), "repeated_id", id="the number of an earlier one"),
    ],
)
def test_a_bad_record_is_refused_by_number_and_the_next_is_read(broken: str, reason: str) -> None:
    found = read(collection(GOOD, broken, record("next")))
    assert outcomes(found) == [(1, "good"), (2, reason), (3, "next")]


def test_a_file_that_ends_within_a_record_says_so() -> None:
    content = collection(GOOD, record("two"))
    assert outcomes(read(content[: content.rindex(b"<subfield")])) == [(1, "good"), (2, "cut_off")]


def test_a_file_that_ends_between_records_says_so() -> None:
    content = collection(GOOD, record("two"))
    cut = content[: content.rindex(b"<record>")]
    assert outcomes(read(cut)) == [(1, "good"), (2, "cut_off")]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(BOMB, "forbidden_xml", id="entities that multiply"),
        pytest.param(OUTWARD, "forbidden_xml", id="an entity from outside"),
        pytest.param(b"<?xml version='1.0'?><html><p>Hallo</p></html>", "no_records", id="a page"),
        pytest.param(b"<<<", "broken_xml", id="no XML at all"),
        pytest.param(b"Titel;Jahr\n", "not_marc", id="a table"),
        pytest.param(b"", "not_marc", id="nothing"),
        pytest.param(collection(GOOD)[:60].decode().encode("utf-16"), "not_marc", id="UTF-16"),
    ],
)
def test_a_file_that_is_not_what_it_claims_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(NotReadableError) as refusal:
        read(content)
    assert refusal.value.reason == reason


class Endless:
    """A stream of many bytes that nobody stores."""

    def __init__(self, beginning: bytes, size: int) -> None:
        self._beginning = BytesIO(beginning)
        self._left = size

    def read(self, size: int = -1) -> bytes:
        if data := self._beginning.read(size):
            return data
        count = min(size, self._left)
        self._left -= count
        return b"a" * count

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._beginning.seek(offset, whence)


@pytest.mark.parametrize(
    ("beginning", "refused"),
    [
        pytest.param(b"<a>", "no_records", id="without a record"),
        pytest.param(
            collection(GOOD)[:-13] + b"<record><leader>", "record_too_large", id="in one"
        ),
        pytest.param(b'<collection a="', "no_records", id="in an attribute"),
        pytest.param(b"00123nam", "record_too_large", id="in the exchange format"),
    ],
)
def test_a_line_of_100_mb_costs_neither_time_nor_memory(beginning: bytes, refused: str) -> None:
    stream = unpacked(Endless(beginning, 100 << 20))  # type: ignore[arg-type]  # as much as needed
    tracemalloc.start()
    started = process_time()
    try:
        reasons = [
            str(each.reason) for each in read_marc(stream) if isinstance(each, RefusedRecord)
        ]
    except NotReadableError as refusal:
        reasons = [str(refusal.reason)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert reasons == [refused]
    assert process_time() - started < 2
    assert peak < 4 * LONGEST_RECORD


def test_memory_does_not_grow_with_the_number_of_records() -> None:
    stream = unpacked(BytesIO(collection(*(record(str(number)) for number in range(2000)))))
    tracemalloc.start()
    count = sum(1 for _ in read_marc(stream))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 2000
    assert peak < 3 << 20


@given(st.data())
def test_whatever_is_damaged_the_reader_answers_in_order(data: st.DataObject) -> None:
    content = bytearray(collection(*(record(str(number)) for number in range(4))))
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=6)):
        content[place] = data.draw(st.integers(0, 255))
    numbers: list[int] = []
    try:
        numbers.extend(each.number for each in read_marc(unpacked(BytesIO(bytes(content)))))
    except NotReadableError:
        return
    assert numbers == list(range(1, len(numbers) + 1))
