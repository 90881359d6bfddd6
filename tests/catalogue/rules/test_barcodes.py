import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.rules.barcodes import (
    Code,
    CodeKind,
    NumbersUsedUpError,
    barcode_number,
    next_barcodes,
    readings,
    spellings,
)

pytestmark = pytest.mark.lending("8.0")


@pytest.mark.parametrize(
    ("scanned", "kind", "text"),
    [
        pytest.param("MZ-000042", CodeKind.COPY, "MZ-000042", id="a copy"),
        pytest.param("P-0123456789ABC", CodeKind.PERSON, "P-0123456789ABC", id="a person's card"),
        pytest.param("R-1203", CodeKind.BOOKING, "R-1203", id="a booking"),
        pytest.param("B-17", CodeKind.TOUR_BOX, "B-17", id="a box of a tour"),
        pytest.param("CMD-RETURN", CodeKind.COMMAND, "CMD-RETURN", id="a command"),
        pytest.param(" mz-000042\r\n", CodeKind.COPY, "MZ-000042", id="typed by hand"),
        pytest.param("\x1dMZ-000042", CodeKind.COPY, "MZ-000042", id="with a scanner's sign"),
        pytest.param("4602345/02", CodeKind.UNMARKED, "4602345/02", id="an earlier system's"),
        pytest.param("inv 7-b", CodeKind.UNMARKED, "inv 7-b", id="an inventory number as it is"),
        pytest.param("MZ-", CodeKind.UNMARKED, "MZ-", id="a prefix alone says nothing"),
        pytest.param(
            "https://medien.example/x/MZ-000042", CodeKind.COPY, "MZ-000042", id="a label's QR"
        ),
        pytest.param(
            "http://127.0.0.1:8000/x/mz-000042?a=1#b",
            CodeKind.COPY,
            "MZ-000042",
            id="an address with more behind",
        ),
        pytest.param("/x/Ger%C3%A4t%207", CodeKind.UNMARKED, "Gerät 7", id="an encoded address"),
    ],
)
def test_a_scan_is_read_plainly_first(scanned: str, kind: CodeKind, text: str) -> None:
    assert readings(scanned)[0] == Code(kind, text)


@pytest.mark.parametrize(
    ("scanned", "meant"),
    [
        pytest.param("MYß000042", "MZ-000042", id="an English scanner on a German keyboard"),
        pytest.param("myß000042", "MZ-000042", id="the same in small letters"),
        pytest.param("MZß000042", "MZ-000042", id="only the sign swapped"),
        pytest.param("MY-000042", "MZ-000042", id="only the letter swapped"),
        pytest.param("CMDßRETURN", "CMD-RETURN", id="a command"),
        pytest.param("MY/000042", "MZ-000042", id="a German scanner on an English keyboard"),
        pytest.param("CMD/FERTIG", "CMD-FERTIG", id="a command there"),
        pytest.param(
            "httpsÖ--medien.example-x-MYß000042", "MZ-000042", id="an address on a German keyboard"
        ),
        pytest.param(
            "https>&&medien.example&x&MY/000042", "MZ-000042", id="an address on an English one"
        ),
        pytest.param("httpÖ--127.0.0.1Ö8000-x-mzß000042", "MZ-000042", id="in small letters"),
    ],
)
def test_a_swapped_keyboard_is_tried_after_the_plain_reading(scanned: str, meant: str) -> None:
    plain, *others = readings(scanned)
    assert plain == Code(CodeKind.UNMARKED, scanned)
    assert meant in [code.text for code in others]


def test_an_unmarked_code_is_tried_in_capitals_after_a_miss() -> None:
    assert [code.text for code in readings("ab12")] == ["ab12", "AB12"]


@pytest.mark.parametrize(
    ("scanned", "written"),
    [
        pytest.param("KAM-03A", "Kam-03a", id="few letters, in any case"),
        pytest.param("kÜB-9", "Küb-9", id="with an umlaut"),
        pytest.param("STRAßE", "Straße", id="a sign without another case"),
        pytest.param("MEDIENSCHRANK-NORD-12", "Medienschrank-Nord-12", id="words as written"),
        pytest.param("mEDIENSCHRANK", "MEDIENSCHRANK", id="a long word"),
    ],
)
def test_a_code_is_spelled_in_other_cases(scanned: str, written: str) -> None:
    assert written in spellings(scanned)


@given(st.text(max_size=200))
def test_no_code_has_many_spellings(scanned: str) -> None:
    assert 1 <= len(spellings(scanned)) <= 256


@pytest.mark.parametrize("scanned", ["", "  \r\n", "x" * 201])
def test_an_empty_or_overlong_scan_means_nothing(scanned: str) -> None:
    assert readings(scanned) == ()


@given(st.text(max_size=220))
def test_any_scan_has_few_and_different_readings(scanned: str) -> None:
    found = readings(scanned)
    assert len(found) == len(set(found)) <= 24
    assert all(code.text for code in found)


@pytest.mark.parametrize(
    ("highest", "count", "barcodes"),
    [
        pytest.param(0, 2, ("MZ-000001", "MZ-000002"), id="the first ones"),
        pytest.param(999_999, 1, ("MZ-1000000",), id="seven digits after six are used up"),
        pytest.param(41, 0, (), id="none wanted"),
    ],
)
def test_proposed_numbers_follow_the_highest(
    highest: int, count: int, barcodes: tuple[str, ...]
) -> None:
    assert next_barcodes(highest, count) == barcodes


def test_the_numbers_come_to_an_end() -> None:
    with pytest.raises(NumbersUsedUpError):
        next_barcodes(9_999_999, 1)


@given(st.integers(0, 9_999_990), st.integers(1, 9))
def test_a_proposed_barcode_gives_its_number_back(highest: int, count: int) -> None:
    assert barcode_number(next_barcodes(highest, count)[-1]) == highest + count


@pytest.mark.parametrize("text", ["", "4602345", "MZ-12", "MZ-12345678", "mz-000042", "MZ-٠٠٠٠٤٢"])
def test_other_texts_have_no_number_of_ours(text: str) -> None:
    assert barcode_number(text) is None
