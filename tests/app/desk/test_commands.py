"""The card of commands: what is printed is what a scanner reads and the desk understands."""

import re

import numpy as np
import pytest
import zxingcpp
from flask import Flask
from numpy.typing import NDArray
from PIL import Image

from app.codes import bars, codes_in
from app.desk.commands import SHOWN, command_cards
from loans.rules.desk import COMMANDS, Command, command_of
from tests.app.desk.scanning import HttpDesk

pytestmark = pytest.mark.lending("8.1")

MODULE_PIXELS = 3
HEIGHT = 60


def drawn(drawing: str) -> Image.Image:
    """Draw the bars as a printer would, each narrowest bar three points wide."""
    box = re.search(r'viewBox="0 0 (\d+) (\d+)"', drawing)
    assert box is not None
    paper: NDArray[np.uint8] = np.full((HEIGHT, int(box[1]) * MODULE_PIXELS), 255, np.uint8)
    strokes = re.findall(r"M(\d+) \d+h(\d+)v", drawing)
    assert strokes
    for left, width in strokes:
        paper[:, int(left) * MODULE_PIXELS : (int(left) + int(width)) * MODULE_PIXELS] = 0
    return Image.fromarray(paper)


def test_every_printed_command_is_read_by_a_scanner_and_understood(app: Flask) -> None:
    with app.test_request_context():
        cards = command_cards()
    for card in cards:
        assert codes_in(drawn(card.drawing)) == (card.code,)
        assert command_of(card.code) is not None


def test_every_command_there_is_stands_on_the_card() -> None:
    assert {command for _word, command, _does in SHOWN} == set(Command)
    for word, command, _does in SHOWN:
        assert COMMANDS[word] is command


def test_cards_say_what_they_do_in_both_languages(app: Flask, counter: HttpDesk) -> None:
    page = counter.page("/desk/commands")
    for words in ("Kunde ist fertig", "Finish with this customer", "CMD-FERTIG", "CMD-5"):
        assert words in page
    assert page.count('class="bars"') == len(SHOWN) + 5


def test_bars_are_code_128_with_white_around_them() -> None:
    (read,) = zxingcpp.read_barcodes(drawn(bars("P-0123456789ABC")))
    assert (read.text, read.format.name) == ("P-0123456789ABC", "Code128")
    box = re.search(r'viewBox="0 0 (\d+)', bars("CMD-JA"))
    strokes = re.findall(r"M(\d+) \d+h(\d+)v", bars("CMD-JA"))
    assert box is not None
    first, last = strokes[0], strokes[-1]
    assert int(first[0]) >= 10
    assert int(box[1]) - int(last[0]) - int(last[1]) >= 10


def test_a_command_may_be_typed_as_it_is_spoken(counter: HttpDesk) -> None:
    assert (
        counter.asked("cmd-rückgabe")["sentence"] == "Was jetzt gescannt wird, wird zurückgenommen"
    )
