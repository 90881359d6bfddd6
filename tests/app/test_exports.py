"""Tables for spreadsheets run nothing, and give back what was put in."""

import csv
import io
from datetime import date

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from app.exports import BYTE_ORDER_MARK, amount, csv_answer, csv_text, harmless, original
from tests.effort import times

NASTY = st.builds(
    "".join,
    st.tuples(st.sampled_from(["", "'", "''", "=", "+", "-", "@", "\t", "\r", "\n"]), st.text()),
)
TABLES = st.lists(st.lists(NASTY, min_size=3, max_size=3), max_size=8)


def cells_of(text: str) -> list[list[str]]:
    assert text.startswith(BYTE_ORDER_MARK)
    return list(csv.reader(io.StringIO(text[1:], newline=""), delimiter=";"))


@given(TABLES)
@settings(max_examples=times(ci=150, soak=5000), deadline=None)
def test_no_cell_begins_like_a_formula_and_reading_gives_the_original_back(
    rows: list[list[str]],
) -> None:
    read = cells_of(csv_text(["a", "b", "c"], rows))[1:]
    assert not any(cell.startswith(tuple("=+-@\t\r")) for row in read for cell in row)
    assert [[original(cell) for cell in row] for row in read] == rows


@pytest.mark.parametrize("text", ["=1+1", "+49", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''=1"])
def test_what_acts_gets_an_apostrophe(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert original(harmless(text)) == text


@pytest.mark.parametrize("text", ["", "'", "'s Gravenhage", "Der Wald", "7b", "a=b"])
def test_what_is_harmless_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text
    assert original(text) == text


def test_days_amounts_and_gaps_are_written_for_a_german_spreadsheet() -> None:
    text = csv_text(["Tag"], [[date(2026, 12, 3)], [amount(39005)], [amount(None)], [None]])
    assert cells_of(text)[1:] == [["2026-12-03"], ["390,05"], [""], [""]]


def test_the_name_of_a_download_breaks_out_of_no_header(app: Flask) -> None:
    with app.test_request_context():
        answer = csv_answer('Geräte "Süd"\r\nX-Evil: 1', ["a"], [])
    assert "\r" not in answer.headers["Content-Disposition"]
    assert "X-Evil" not in answer.headers
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="Ger_te_S_d_X')
