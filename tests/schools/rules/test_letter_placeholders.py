"""Placeholders in a centre's own words: which are refused, and what fills the others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schools.rules.letter_placeholders import Filling, WordingFault, filled, wording_faults

KNOWN = ("name", "titles", "first", "class_name")
FILLINGS: dict[str, Filling] = {
    "name": "Ada",
    "titles": ["Der Wald", "2 × Koffer"],
    "first": "3.12.",
    "class_name": "",
}


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("Guten Tag {name}, ab {first}.", []),
        ("", []),
        ("{titel} und {name}", [(WordingFault.UNKNOWN, "{titel}")]),
        ("{x} {x} {y}", [(WordingFault.UNKNOWN, "{x}"), (WordingFault.UNKNOWN, "{y}")]),
        ("{ name }", [(WordingFault.UNKNOWN, "{ name }")]),
        ("{}", [(WordingFault.UNKNOWN, "{}")]),
        ("{name.__class__}", [(WordingFault.UNKNOWN, "{name.__class__}")]),
        ("{name!r}", [(WordingFault.UNKNOWN, "{name!r}")]),
        ("{% if name %}", [(WordingFault.UNKNOWN, "{% if name %}")]),
        ("{{ name }}", [(WordingFault.UNKNOWN, "{ name }"), (WordingFault.BRACE, "{{ name }}")]),
        ("ab {first", [(WordingFault.BRACE, "ab {first")]),
        ("a } b\nc { d", [(WordingFault.BRACE, "a } b"), (WordingFault.BRACE, "c { d")]),
        ("{na\nme}", [(WordingFault.BRACE, "{na"), (WordingFault.BRACE, "me}")]),
    ],
)
def test_what_cannot_stand_in_a_letter_is_named(
    text: str, faults: list[tuple[WordingFault, str]]
) -> None:
    assert [(each.fault, each.text) for each in wording_faults(text, KNOWN)] == faults


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Guten Tag {name}!", "Guten Tag Ada!"),
        ("{titles}", "- Der Wald\n- 2 × Koffer"),
        ("  {titles} ", "- Der Wald\n- 2 × Koffer"),
        ("Für Sie: {titles}.", "Für Sie: Der Wald, 2 × Koffer."),
        ("Klasse: {class_name}", ""),
        ("Klasse: {class_name}, ab {first}", "Klasse: , ab 3.12."),
        ("a\n\n{class_name}\nb", "a\n\nb"),
        ("Ohne Platzhalter", "Ohne Platzhalter"),
    ],
)
def test_placeholders_are_filled(text: str, said: str) -> None:
    assert filled(text, FILLINGS) == said


def test_what_a_fact_holds_is_not_looked_at_again() -> None:
    assert filled("{name}", {"name": "{first}", "first": "3.12."}) == "{first}"


@given(st.text(st.characters(exclude_characters="{}")))
def test_a_text_without_braces_stays_as_it_is(text: str) -> None:
    assert wording_faults(text, KNOWN) == ()
    assert filled(text, FILLINGS) == "\n".join(text.splitlines())


@given(st.text("{}nameX\n ", max_size=40))
def test_a_text_without_faults_leaves_no_brace(text: str) -> None:
    if not wording_faults(text, KNOWN):
        said = filled(text, FILLINGS)
        assert "{" not in said
        assert "}" not in said
