"""The parts of German compounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_index import compounds, german


@pytest.mark.parametrize(
    ("compound", "parts"),
    [
        ("klimawandel", {"klima", "wandel"}),
        ("weltkrieg", {"welt", "krieg"}),
        ("regenwald", {"regen", "wald"}),
        ("fotosynthese", {"foto", "synthese"}),
        ("dampfmaschine", {"dampf", "maschine"}),
        ("filmschnitt", {"film", "schnitt"}),
        ("schreibwerkstatt", {"schreib", "werkstatt"}),
    ],
)
def test_a_compound_has_parts(compound: str, parts: set[str]) -> None:
    assert set(compounds.parts(compound)) == parts


@pytest.mark.parametrize(
    ("compound", "part"),
    [
        ("verbrennungsmotor", "verbrennung"),
        ("zahlenfeld", "zahl"),
        ("lampenset", "lampe"),
        ("jahresabschluss", "jahr"),
        ("bildersprache", "bild"),
        ("kundendienst", "kunde"),
    ],
)
def test_linking_letters_belong_to_no_part(compound: str, part: str) -> None:
    assert part in compounds.parts(compound)


def test_a_short_stem_keeps_its_linking_letters() -> None:
    assert "daten" in compounds.parts("datenrettung")


@pytest.mark.parametrize(
    ("compound", "part"),
    [
        ("dampfmaschinen", "maschine"),
        ("fachwerkhäuser", "haus"),
        ("grammatikkenntnisse", "kenntnis"),
        ("weltkriegs", "krieg"),
    ],
)
def test_parts_of_an_inflected_compound_share_the_stem_of_the_plain_word(
    compound: str, part: str
) -> None:
    parts = {german.fold(found) for found in compounds.parts(compound)}

    assert any(term in parts for term, _ in german.forms(part))


@pytest.mark.parametrize(
    ("compound", "parts"),
    [
        ("sachunterricht", ("sach", "unterricht")),
        ("geschichtsunterricht", ("geschicht", "unterricht")),
        ("medienkompetenz", ("medien", "kompetenz")),
        ("tabletkoffer", ("tablet", "koffer")),
        ("elektrotechnik", ("elektro", "technik")),
        ("mikrofonstative", ("mikrofon", "stativ")),
    ],
)
def test_heads_that_schools_use_split_words_the_model_does_not_know(
    compound: str, parts: tuple[str, ...]
) -> None:
    assert compounds.parts(compound) == parts


def test_two_neighbours_of_three_are_a_part_as_well() -> None:
    assert {"kreislauf", "blut"} <= set(compounds.parts("blutkreislauf"))


@pytest.mark.parametrize(
    "word",
    [
        *("haus", "film", "klima"),  # too short
        *("grundschule", "realschulen", "gesamtschule"),
        *("mathematik", "unterricht", "mittelalter", "nachrichten", "religionen"),
        *("schülerinnen", "demokratie", "elektrizität", "projektor", "leistung"),
        *("politischen", "kalifornischen", "liegende", "funktioniert", "kombinieren"),
        *("ausbildung", "fortbildung", "ansprache", "aufräumen", "vorgehen"),
        *("feasibility", "represented", "rectangular"),
        *("h2o4you2day", "12345678", "x" * 200),
    ],
)
def test_no_parts_where_there_are_none_to_be_asked_for(word: str) -> None:
    assert compounds.parts(word) == ()


@given(st.text(alphabet="abdeghiklnorstuzäöüßé", min_size=8, max_size=45))
def test_parts_are_few_pieces_of_the_word_and_never_all_of_it(word: str) -> None:
    parts = compounds.parts(word)

    assert len(parts) <= compounds.MOST_PARTS
    for part in parts:
        assert compounds.SHORTEST_PART <= len(part) < len(word)
        assert part in word
