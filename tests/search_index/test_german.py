"""The analysis of words."""

import subprocess
import sys
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_index import german
from search_index.vocabulary import LONG_NAMES, STOP_WORDS, SYNONYM_GROUPS


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mädchen", "maedchen"),
        ("häuser", "hauser"),
        ("über", "ueber"),
        ("größe", "groesse"),
        ("photosynthese", "fotosynthese"),
        ("geographie", "geografie"),
        ("café", "cafe"),
        ("garçon", "garcon"),
        ("bjørn", "bjorn"),
        ("schifffahrt", "schiffahrt"),
        ("co₂", "co2"),
    ],
)
def test_spellings_of_a_word_are_one(one: str, other: str) -> None:
    assert german.fold(one) == german.fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("neuen", "neun"), ("quelle", "qulle"), ("schauen", "schaun")]
)
def test_an_ue_that_is_no_umlaut_stays(one: str, other: str) -> None:
    assert german.fold(one) != german.fold(other)


@pytest.mark.parametrize(
    ("inflected", "plain"),
    [
        ("häuser", "haus"),
        ("haeuser", "haus"),
        ("weltkriege", "weltkrieg"),
        ("maedchens", "mädchen"),
        ("filme", "film"),
        ("stories", "story"),
        ("running", "run"),
        ("volcanoes", "volcano"),
        ("kameras", "kamera"),
        ("handys", "handy"),
    ],
)
def test_inflections_share_a_form(inflected: str, plain: str) -> None:
    assert _terms(inflected) & _terms(plain)


def test_the_exact_form_weighs_most() -> None:
    (exact, weight), *others = german.forms("häuser")

    assert exact == "hauser"
    assert all(other_weight < weight for _, other_weight in others)


@pytest.mark.parametrize("written", ["2", "zweite", "zweiter", "ii", "2nd", "second", "zwei"])
@pytest.mark.parametrize("asked", ["2", "zweites", "ii", "2te"])
def test_numbers_are_found_however_they_are_written(asked: str, written: str) -> None:
    assert _strength(asked, written) > 0


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("mathe", "mathematik"),
        ("bio", "biologie"),
        ("reli", "religion"),
        ("geographie", "erdkunde"),
        ("sport", "leibeserziehung"),
        ("sachkunde", "sachunterricht"),
        ("pc", "computer"),
        ("projektoren", "beamer"),
        ("ipads", "tablet"),
        ("notebook", "laptop"),
        ("mikro", "mikrofon"),
        ("bluescreen", "greenscreen"),
        ("videos", "film"),
    ],
)
def test_synonyms_answer_for_each_other_at_lower_weight(asked: str, meant: str) -> None:
    assert 0 < _strength(asked, meant) < _strength(meant, meant)


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("Weltkriege", "Der Weltkrieg"),
        ("Zweiter Weltkrieg", "Der 2. Weltkrieg"),
        ("2. Weltkrieg", "Im Zweiten Weltkrieg"),
        ("Weltkrieg 2", "Weltkrieg II"),
        ("WWII", "Der Zweite Weltkrieg"),
        ("2. Weltkrieg", "Life in WWII"),
        ("19. Jahrhundert", "Kinder des neunzehnten Jahrhunderts"),
        ("Ludwig XIV", "Ludwig der Vierzehnte"),
        ("Maedchen", "Mädchen im Labor"),
        ("Mädchen", "Maedchen"),
        ("Fotosynthese", "Photosynthese"),
        ("Photosynthese", "Die Fotosynthese"),
        ("Haeuser", "Ein Haus"),
        ("Haeuser", "Alte Häuser"),
        ("Klima", "Der Klimawandel"),
        ("Klima", "Klimazonen"),
        ("Häuser", "Reihenhaus"),
        ("Haus", "Fachwerkhäuser"),
        ("Schule", "Musikschulen"),
        ("Kreislauf", "Blutkreislauf"),
        ("Tabletkoffer", "Tablet-Koffer, 16 Geräte"),
        ("Koffer", "Tabletkoffer"),
        ("Email", "Eine E-Mail schreiben"),
        ("KI", "Künstliche Intelligenz"),
        ("KI", "Grundlagen der Künstlichen Intelligenz"),
        ("Kuenstliche Intelligenz", "KI verstehen"),
        ("EU", "Die Europäische Union"),
        ("Europäische Union", "Die EU"),
        ("BNE", "Bildung für nachhaltige Entwicklung"),
        ("nachhaltige Entwicklung", "BNE"),
        ("USA", "Die Vereinigten Staaten"),
        ("DaZ", "Deutsch als Zweitsprache"),
        ("LRS", "Lese-Rechtschreib-Schwäche"),
        ("social media", "Jugend in sozialen Netzwerken"),
        ("Fake News", "Falschmeldungen prüfen"),
        ("Drittes Reich", "Im Nationalsozialismus"),
        ("Fairtrade", "Fairer Handel"),
        ("story", "Short Stories"),
    ],
)
def test_what_teachers_ask_finds_what_is_written(asked: str, written: str) -> None:
    assert _strength(asked, written) > 0


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("Künstliche", "Intelligenz"),
        ("KI", "Künstliche Blumen, natürliche Intelligenz"),
        ("KI", "Intelligenz"),
        ("Klimawandel", "Klima"),
        ("5", "v. Chr."),
        ("drei", "Dreieck und 4"),
        ("Wandel", "Klima"),
        ("9", "neunzehnter"),
    ],
)
def test_what_is_not_meant_is_not_found(asked: str, written: str) -> None:
    assert _strength(asked, written) == 0


@pytest.mark.parametrize(
    ("asked", "better", "worse"),
    [
        ("Schülerinnen", "Schülerinnen", "Schule"),
        ("Schule", "Schule", "Schülerinnen"),
        ("Schule", "Schulen", "Musikschulen"),
        ("Haus", "Haus", "Häuser"),
        ("Häuser", "Häuser", "Haus"),
        ("Haus", "Häuser", "Hausmaus und Reihenhaus"),
        ("Klima", "Klima", "Klimawandel"),
        ("Klimawandel", "Klimawandel", "Erderwärmung"),
        ("Zweiter", "Zweiter", "2."),
        ("2", "2", "Zweiter"),
        ("Film", "Filme", "Video"),
    ],
)
def test_exact_comes_before_inflected_before_synonyms_and_parts(
    asked: str, better: str, worse: str
) -> None:
    assert _strength(asked, better) > _strength(asked, worse) > 0


def test_asking_needs_no_splitter() -> None:
    """A first page would wait for it."""
    code = "from search_index import german, morphemes; german.asked_forms('klimawandel');"
    code += "print(morphemes.morphology.cache_info().currsize)"

    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)

    assert told.stdout == "0\n"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("„Ärger“ im Straßen-Café", "arger im strassen cafe"),
        ("  Zoo ", "zoo"),
        ("", ""),
        ("100 Jahre", "100 jahre"),
    ],
)
def test_names_stand_in_the_alphabet_without_quotes_and_umlauts(name: str, key: str) -> None:
    assert german.sort_key(name) == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("978-3-12-345678-9", "9783123456789"),
        ("MZ-000123", "mz000123"),
        ("Vulkane", ""),
        ("", ""),
    ],
)
def test_numbers_are_compared_by_letters_and_digits(text: str, key: str) -> None:
    assert german.number_key(text) == key


def test_the_tables_are_in_lower_case_and_hold_single_words() -> None:
    synonyms = [word for group in SYNONYM_GROUPS for word in group]

    for word in (*STOP_WORDS, *synonyms):
        assert german.words(word) == [word]


def test_no_word_belongs_to_two_groups_of_synonyms() -> None:
    groups_of: dict[str, set[int]] = {}
    for number, group in enumerate(SYNONYM_GROUPS):
        for word in group:
            groups_of.setdefault(german.forms(word)[-1][0], set()).add(number)

    assert not [word for word, groups in groups_of.items() if len(groups) > 1]


@pytest.mark.parametrize(("short", "long"), LONG_NAMES)
def test_a_long_name_and_its_abbreviation_find_each_other(short: str, long: str) -> None:
    assert len(long.split()) > 1
    assert _strength(short, long) > 0
    assert _strength(" ".join(w for w in long.split() if w not in STOP_WORDS), short) > 0


@given(st.text())
def test_any_text_becomes_forms_that_can_be_written(text: str) -> None:
    for term, weight in (*_asked(text).items(), *_written(text).items()):
        assert term.encode()
        assert len(term) <= german.LONGEST_WORD
        assert weight > 0


@given(st.text())
def test_folding_a_folded_word_changes_nothing(text: str) -> None:
    for word in german.words(text):
        folded = german.fold(word)

        assert german.fold(folded) == folded


@given(st.text(alphabet="aeouysphßäöüé"))
def test_folding_is_settled_at_once(word: str) -> None:
    assert german.fold(german.fold(word)) == german.fold(word)


@given(st.text())
def test_every_word_finds_itself(text: str) -> None:
    for word in german.words(text):
        assert dict(german.asked_forms(word)).keys() & dict(german.indexed_forms(word)).keys()
        assert german.forms(word)[0] == (*german.forms(word)[0][:1], german.EXACT_WEIGHT)


def _terms(word: str) -> set[str]:
    return {term for term, _ in german.forms(word)}


def _strength(asked: str, written: str) -> float:
    """How well a title answers a question: 0 unless all its telling words are there."""
    title = _written(written)
    strengths = [
        sum(weight * title.get(term, 0.0) for term, weight in german.asked_forms(word))
        for word in german.words(asked)
        if not german.is_stop_word(word)
    ]
    return sum(strengths) if all(strengths) else 0.0


def _written(text: str) -> dict[str, float]:
    bag: dict[str, float] = {}
    for word in german.words(text):
        _keep(bag, german.indexed_forms(word))
    _keep(bag, german.joint_forms(text))
    return bag


def _asked(text: str) -> dict[str, float]:
    bag: dict[str, float] = {}
    for word in german.words(text):
        _keep(bag, german.asked_forms(word))
    return bag


def _keep(bag: dict[str, float], forms: Iterable[german.Form]) -> None:
    for term, weight in forms:
        bag[term] = max(weight, bag.get(term, 0.0))
