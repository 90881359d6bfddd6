from io import BytesIO

import pytest
from pymarc import Field, Indicators, Record, Subfield

from catalogue.formats.marc import read_marc
from catalogue.formats.records import TitleRecord
from catalogue.formats.unpacked import unpacked
from tests.catalogue.formats.marc_files import outcomes, read


def exchange(number: str, name: str = "Größe") -> bytes:
    title = Field("245", Indicators("0", "0"), [Subfield("a", name)])
    fields = [Field("001", data=number), title]
    return Record(fields=fields, force_utf8=True).as_marc()


def lying(content: bytes, length: int) -> bytes:
    return f"{length:05d}".encode() + content[5:]


ONE, TWO, THREE = exchange("1"), exchange("2"), exchange("3")


def test_every_record_is_read_with_its_umlauts() -> None:
    found = read(ONE + TWO)
    assert outcomes(found) == [(1, "1"), (2, "2")]
    assert [each.name for each in found if isinstance(each, TitleRecord)] == ["Größe", "Größe"]


def test_line_ends_between_records_are_let_go() -> None:
    assert outcomes(read(ONE + b"\r\n" + TWO + b"\r\n")) == [(1, "1"), (2, "2")]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        pytest.param(lying(TWO, len(TWO) + 40), "broken_record", id="length too great"),
        pytest.param(lying(TWO, len(TWO) - 40), "broken_record", id="length too small"),
        pytest.param(b"12x45" + TWO[5:], "broken_record", id="length is no number"),
        pytest.param(TWO[:12] + b"99999" + TWO[17:], "broken_record", id="data begins outside"),
        pytest.param(
            TWO[:27] + b"9999" + TWO[31:], "broken_record", id="a field lies about its length"
        ),
        pytest.param(
            TWO[:24] + b"\xff\xff" + TWO[26:], "broken_record", id="directory is garbage"
        ),
        pytest.param(TWO.replace("ö".encode(), b"\xf6\xf6"), "broken_record", id="not UTF-8"),
        pytest.param(
            b"9" * 200_000 + b"\x1d", "record_too_large", id="longer than a length can say"
        ),
        pytest.param(exchange(""), "no_id", id="no number"),
    ],
)
def test_a_bad_record_is_refused_by_number_and_the_next_is_read(
    broken: bytes, reason: str
) -> None:
    assert outcomes(read(ONE + broken + THREE)) == [(1, "1"), (2, reason), (3, "3")]


def test_a_file_that_ends_within_a_record_says_so() -> None:
    assert outcomes(read(ONE + TWO[:-3])) == [(1, "1"), (2, "cut_off")]


def test_utf8_is_recognised_where_the_leader_forgets_to_say_so() -> None:
    unmarked = ONE[:9] + b" " + ONE[10:]
    (title,) = read_marc(unpacked(BytesIO(unmarked)))
    assert isinstance(title, TitleRecord)
    assert title.name == "Größe"


def test_marc_8_is_decoded() -> None:
    plain = exchange("1", "Grosse")
    marc_8 = plain[:9] + b" " + plain[10:].replace(b"Grosse", b"Gr\xe8o\xc7e")
    (title,) = read_marc(unpacked(BytesIO(marc_8)))
    assert isinstance(title, TitleRecord)
    assert title.name == "Größe"
