"""Tables of text are read row by row, and nothing in them can hurt."""

import io
import time
import tracemalloc
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schools.formats.delimited import (
    COLUMN_LIMIT,
    FIELD_LIMIT,
    LINE_LIMIT,
    FileFault,
    NotReadableError,
    RefusedRow,
    Row,
    RowFault,
    read_table,
)

MEGABYTE = 1024 * 1024


def table_of(text: str, encoding: str = "utf-8") -> BinaryIO:
    return io.BytesIO(text.encode(encoding))


def rows_of(text: str, encoding: str = "utf-8") -> list[Row | RefusedRow]:
    return list(read_table(table_of(text, encoding)).rows)


def values_of(text: str, encoding: str = "utf-8") -> list[dict[str, str]]:
    return [dict(row.values) for row in rows_of(text, encoding) if isinstance(row, Row)]


def faults_of(text: str) -> list[tuple[int, str]]:
    return [(row.number, row.reason) for row in rows_of(text) if isinstance(row, RefusedRow)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_umlauts_are_right_in_each_encoding_and_with_each_delimiter(
    encoding: str, delimiter: str
) -> None:
    text = f'"Titel"{delimiter}"Ort"\n"Vögel"{delimiter}"Köln"\n'
    assert values_of(text, encoding) == [{"titel": "Vögel", "ort": "Köln"}]


def test_an_announced_delimiter_is_obeyed() -> None:
    assert values_of("sep=,\nTitel,A;B\nVögel,1\n") == [{"titel": "Vögel", "a;b": "1"}]


def test_an_announced_delimiter_counts_as_a_line() -> None:
    [row] = rows_of("sep=;\nTitel\nVögel\n")
    assert row.number == 3


def test_columns_are_found_in_any_case_and_with_blanks() -> None:
    table = read_table(table_of(" Medien Nummer ;TITEL\n"), required=["Titel", "Mediennummer"])
    assert table.columns == ("mediennummer", "titel")


def test_a_trailing_empty_column_is_passed_over() -> None:
    assert values_of("A;B;\n1;2\n3;4;\n") == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]


def test_leading_zeros_stay() -> None:
    assert values_of("Nummer\n00123\n") == [{"nummer": "00123"}]


def test_a_quoted_field_may_hold_line_ends_delimiters_and_quotes() -> None:
    text = 'A;B\n"eins\r\nzwei; ""drei""";x\n4;5\n'
    assert [row.number for row in rows_of(text)] == [2, 4]
    assert values_of(text)[0] == {"a": 'eins\r\nzwei; "drei"', "b": "x"}


def test_a_quote_inside_a_plain_field_is_an_ordinary_character() -> None:
    assert values_of('A;B\n3,5" Diskette;x\n') == [{"a": '3,5" Diskette', "b": "x"}]


def test_blank_rows_are_no_rows() -> None:
    assert [row.number for row in rows_of("A;B\n\n1;2\n;\n3;4\n\n")] == [3, 5]


def test_broken_rows_are_refused_by_number_and_the_others_read() -> None:
    text = 'A;B\n1;2\nallein\n"x"y;2\n1;2;3\n' + "z" * (FIELD_LIMIT + 1) + ";2\n3;4\n"
    assert faults_of(text) == [
        (3, RowFault.TOO_FEW_FIELDS),
        (4, RowFault.BROKEN_QUOTES),
        (5, RowFault.TOO_MANY_FIELDS),
        (6, RowFault.FIELD_TOO_LONG),
    ]
    assert values_of(text) == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]


def test_an_unclosed_quote_spends_only_its_own_row() -> None:
    text = 'A;B\n"offen;2\n' + "3;4\n" * 20
    assert faults_of(text) == [(2, RowFault.BROKEN_QUOTES)]
    assert len(values_of(text)) == 20


def test_a_row_that_is_too_long_spends_only_itself() -> None:
    text = "A;B\n1;2\n" + "x" * (LINE_LIMIT + 1) + "\n3;4\n"
    assert faults_of(text) == [(3, RowFault.LINE_TOO_LONG)]
    assert len(values_of(text)) == 2


def test_a_zero_byte_spends_only_its_row() -> None:
    assert faults_of("A;B\n1;\0\n3;4\n") == [(2, RowFault.NOT_TEXT)]


def test_one_broken_umlaut_does_not_spoil_the_others() -> None:
    stream = io.BytesIO("A;B\nVögel;Köln\n".encode() + b"K\xe4se;2\n" + "Bär;3\n".encode())
    rows = list(read_table(stream).rows)
    assert rows[0] == Row(2, {"a": "Vögel", "b": "Köln"})
    assert rows[1] == RefusedRow(3, RowFault.NOT_TEXT)
    assert rows[2] == Row(4, {"a": "Bär", "b": "3"})


def test_an_umlaut_at_the_end_of_a_file_does_not_change_its_encoding() -> None:
    assert values_of("A\nTheater\ncafé") == [{"a": "Theater"}, {"a": "café"}]


def test_a_table_of_one_column_is_a_table() -> None:
    assert values_of("Name\nMeier\n") == [{"name": "Meier"}]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", FileFault.EMPTY, id="nothing"),
        pytest.param(b"\n \n", FileFault.EMPTY, id="blank lines"),
        pytest.param(b";;;\n1;2;3\n", FileFault.EMPTY, id="no named column"),
        pytest.param(b"PK\x03\x04\x14\0\6\0", FileFault.NOT_TEXT, id="a workbook"),
        pytest.param("A;B\n1;2\n".encode("utf-16"), FileFault.NOT_TEXT, id="UTF-16"),
        pytest.param(b'"A;B\n1;2\n', FileFault.BROKEN_HEADER, id="an unclosed quote"),
        pytest.param(b"A;a\n", FileFault.DUPLICATE_COLUMN, id="a name twice"),
        pytest.param(b"x;" * COLUMN_LIMIT, FileFault.TOO_MANY_COLUMNS, id="too wide"),
        pytest.param(b"x" * (LINE_LIMIT + 1), FileFault.LINE_TOO_LONG, id="too long"),
    ],
)
def test_what_is_no_table_is_refused_at_once(content: bytes, reason: FileFault) -> None:
    with pytest.raises(NotReadableError) as refused:
        read_table(io.BytesIO(content))
    assert refused.value.reason is reason


def test_a_missing_column_is_named() -> None:
    with pytest.raises(NotReadableError) as refused:
        read_table(table_of("Titel;Ort\n"), required=["Titel", "Mediennummer"])
    assert refused.value.reason is FileFault.MISSING_COLUMN
    assert refused.value.detail == "Mediennummer"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"x", id="as the header"),
        pytest.param(b"A;B\n1;2\nx", id="as a row"),
        pytest.param(b'A;B\n"x', id="in quotes"),
    ],
)
def test_a_line_of_100_megabytes_is_refused_quickly_in_little_memory(content: bytes) -> None:
    stream = io.BytesIO(content + b"x" * (100 * MEGABYTE))
    tracemalloc.start()
    started = time.process_time()
    try:
        reasons = [row.reason for row in read_table(stream).rows if isinstance(row, RefusedRow)]
    except NotReadableError as error:
        reasons = [error.reason]
    seconds = time.process_time() - started
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert reasons in ([FileFault.LINE_TOO_LONG], [RowFault.LINE_TOO_LONG])
    assert seconds < 1
    assert peak < 10 * MEGABYTE


def test_quotes_that_never_close_cannot_keep_the_reader_busy() -> None:
    started = time.process_time()
    refused = faults_of("A;B\n" + 'x";"\n' * 100_000)
    assert refused
    assert time.process_time() - started < 10


def test_rows_lost_to_a_hostile_file_are_named() -> None:
    refused = [row for row in rows_of("A;B\n" + 'x";"\n' * 200_000) if isinstance(row, RefusedRow)]
    assert refused[-1].detail.endswith("-200001")


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20),
            st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20),
        ),
        max_size=8,
    )
)
def test_what_was_written_in_quotes_is_read_back(pairs: list[tuple[str, str]]) -> None:
    quoted = "".join(
        ";".join('"{}"'.format(field.replace('"', '""')) for field in pair) + "\n"
        for pair in pairs
    )
    expected = [(a.strip(), b.strip()) for a, b in pairs if a.strip() or b.strip()]
    assert [(row["a"], row["b"]) for row in values_of("A;B\n" + quoted)] == expected


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        rows = list(read_table(io.BytesIO(content)).rows)
    except NotReadableError:
        return
    assert all(row.number >= 2 for row in rows)
