"""The shape of a letter: read from its text, laid out as text again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.letter_layout import (
    BUTTON,
    HEADING,
    LEADS_TO,
    SIGNATURE,
    WIDTH,
    Block,
    Bullets,
    Button,
    Heading,
    Line,
    Paragraph,
    Signature,
    blocks_of,
    text_of,
)

OURS = "https://medien.example"


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param("a\nb\n\n\nc", [("a", "b"), ("c",)], id="paragraphs"),
        pytest.param("Bitte:\n- a\n- b\nc", [("Bitte:",), ["a", "b"], ("c",)], id="a list"),
        pytest.param("- a\n\n- b", [["a", "b"]], id="empty lines do not end a list"),
    ],
)
def test_a_text_is_read_as_paragraphs_and_lists(
    text: str, blocks: list[tuple[str, ...] | list[str]]
) -> None:
    def said(block: Block) -> tuple[str, ...] | list[str]:
        assert isinstance(block, Paragraph | Bullets)
        words = [line.words for line in block.lines]
        return words if isinstance(block, Bullets) else tuple(words)

    assert [said(block) for block in blocks_of(text, OURS)] == blocks


@pytest.mark.parametrize(
    "text", ["- Koffer\n  mit Kabel\n  und Stift", "- Koffer\n\n  mit Kabel\n\n  und Stift"]
)
def test_indented_lines_belong_to_the_item_above(text: str) -> None:
    item = Line("Koffer", more=("mit Kabel", "und Stift"))
    assert blocks_of(text, OURS) == (Bullets((item,)),)
    assert text_of(blocks_of(text, OURS)) == "- Koffer\n  mit Kabel\n  und Stift\n"


def test_an_indented_line_below_a_paragraph_is_a_paragraph() -> None:
    assert blocks_of("a\n  b", OURS) == (Paragraph((Line("a"), Line("b"))),)


def test_an_address_of_ours_belongs_to_the_line_above() -> None:
    text = f"- Vulkane\n  {OURS}/titles/1\n\nand more:\n  {OURS}/search?a=1&b=2"
    assert blocks_of(text, OURS) == (
        Bullets((Line("Vulkane", f"{OURS}/titles/1"),)),
        Paragraph((Line("and more:", f"{OURS}/search?a=1&b=2"),)),
    )
    assert text_of(blocks_of(text, OURS)) == f"{text}\n"


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/titles/1",
        "https://medien.example.evil.example/",
        "https://medien.examplex/",
        "javascript:alert(1)",
        "//medien.example/x",
    ],
)
def test_no_other_address_becomes_a_link(address: str) -> None:
    for block in blocks_of(f"- a\n  {address}\n\nb\n{address}\n\n{address}", OURS):
        assert isinstance(block, Paragraph | Bullets)
        assert [line.address for line in block.lines] == [""] * len(block.lines)


def test_headings_buttons_and_the_signature_are_the_frames() -> None:
    text = f"{HEADING}Neu\nText\n{BUTTON}Ansehen{LEADS_TO}{OURS}/mine\n{SIGNATURE}\nKlein"
    blocks = (
        Heading("Neu"),
        Paragraph((Line("Text"),)),
        Button("Ansehen", f"{OURS}/mine"),
        Signature(),
        Paragraph((Line("Klein"),)),
    )
    assert blocks_of(text, OURS) == blocks
    assert text_of(blocks) == f"Neu\n===\n\nText\n\nAnsehen:\n{OURS}/mine\n\n-- \nKlein\n"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=400))
def test_whatever_the_text_no_line_is_too_long_and_no_word_is_lost(text: str) -> None:
    plain = "".join(each for each in text if each.isprintable() or each in "\n ")
    laid_out = text_of(blocks_of(plain, OURS))
    for line in laid_out.splitlines():
        assert len(line) <= WIDTH or len(line.split()) <= 2
    words = plain.replace("- ", " ").split()
    assert [word for word in words if word not in laid_out] == []
