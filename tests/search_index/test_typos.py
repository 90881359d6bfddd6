"""Words with one letter wrong."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_index.typos import (
    LONGEST,
    Neighbours,
    best,
    is_mendable,
    mended,
    near_in,
    slip_weight,
    spelling,
)

WORDS = ["fotosynthese", "vulkan", "madchen", "weltkrieg", "klima", "kabel", "gabel"]
FREQUENCIES = [56, 39, 12, 120, 165, 3, 40]


def vocabulary(**words: int) -> Neighbours:
    return Neighbours(list(words), list(words.values()))


def meant(word: str, *parts: Neighbours) -> str | None:
    return best(word, near_in(parts, word))


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        pytest.param("fotosyntese", "fotosynthese", id="a letter is missing"),
        pytest.param("vulkkan", "vulkan", id="a letter is there twice"),
        pytest.param("weltkreig", "weltkrieg", id="two letters are swapped"),
        pytest.param("klina", "klima", id="another letter"),
        pytest.param("madchenn", "madchen", id="one letter too many at the end"),
        pytest.param("otosynthese", "fotosynthese", id="the first letter is missing"),
        pytest.param("luvkan", None, id="two slips are too many"),
        pytest.param("klima", None, id="a word of the index has no slip"),
        pytest.param("vul", None, id="too short to tell"),
        pytest.param("", None, id="nothing"),
        pytest.param("x" * (LONGEST + 1), None, id="too long"),
    ],
)
def test_one_slip_leads_to_the_word_that_was_meant(typed: str, word: str | None) -> None:
    assert meant(typed, Neighbours(WORDS, FREQUENCIES)) == word


def test_the_more_frequent_of_two_words_is_meant() -> None:
    assert meant("wund", vocabulary(hund=3, rund=40)) == "rund"


def test_swapped_letters_are_likelier_than_another_letter() -> None:
    assert meant("wlad", vocabulary(wlan=10, wald=10)) == "wald"


def test_people_rarely_slip_on_the_first_letter() -> None:
    assert meant("wabel", vocabulary(kabel=10, wabal=10)) == "wabal"


def test_a_letter_once_for_twice_is_likelier_than_another_one_missing() -> None:
    assert meant("kase", vocabulary(kaise=10, kasse=10)) == "kasse"


def test_of_words_that_are_alike_the_first_of_the_alphabet_is_meant() -> None:
    assert meant("hase", vocabulary(nase=5, base=5)) == "base"


def test_a_word_no_more_frequent_than_what_was_typed_is_no_better() -> None:
    near = vocabulary(wald=7).near("wald")
    assert near == {}
    near = vocabulary(wald=7).near("wlad")
    assert best("wlad", near, more_than=6) == "wald"
    assert best("wlad", near, more_than=7) is None


def test_frequencies_of_all_parts_of_an_index_add_up() -> None:
    parts = [vocabulary(hund=3, rund=4), vocabulary(hund=3)]
    assert near_in(parts, "wund") == {"hund": 6, "rund": 4}
    assert meant("wund", *parts) == "hund"


def test_short_words_and_numbers_are_nobodys_correction() -> None:
    part = vocabulary(ohr=5, mp3s=5, m1234=5)
    assert [part.near(typed) for typed in ("ohrr", "mp3ss", "mp4s", "m123")] == [{}] * 4


LETTERS = st.text("abc", min_size=4, max_size=7)


@given(words=st.lists(LETTERS, unique=True, max_size=30), typed=LETTERS)
def test_the_table_finds_exactly_the_words_one_slip_away(words: list[str], typed: str) -> None:
    near = Neighbours(words, [1] * len(words)).near(typed)
    assert set(near) == {word for word in words if distance(typed, word) == 1}


@given(one=LETTERS, other=LETTERS)
def test_a_slip_weighs_something_only_between_words_one_slip_apart(one: str, other: str) -> None:
    assert (slip_weight(one, other) > 0) == (distance(one, other) == 1)


def distance(one: str, other: str) -> int:
    """Letters added, dropped, exchanged, or neighbours swapped; each letter touched once."""
    rows = [list(range(len(other) + 1))]
    for i, left in enumerate(one, start=1):
        row = [i]
        for j, right in enumerate(other, start=1):
            ways = [rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (left != right)]
            if i > 1 and j > 1 and left == other[j - 2] and right == one[i - 2]:
                ways.append(rows[i - 2][j - 2] + 1)
            row.append(min(ways))
        rows.append(row)
    return rows[-1][-1]


def of(words: dict[str, str]) -> Callable[[str], str | None]:
    return words.get


def known(*words: str) -> Callable[[str], bool]:
    return lambda word: word in words


FIXES = of({"fotosyntese": "Fotosynthese", "vulkann": "Vulkan", "nichtt": "nicht"})


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("fotosyntese", "Fotosynthese"),
        ("Die FOTOSYNTESE, bitte!", "Die Fotosynthese, bitte!"),
        ("fotosyntese vulkann", "Fotosynthese Vulkan"),
        ('vulkann "fotosyntese im wald"', 'Vulkan "fotosyntese im wald"'),
        ("vulkann „fotosyntese“", "Vulkan „fotosyntese“"),
        ("vulkann -fotosyntese", "Vulkan -fotosyntese"),
        ('vulkann -"fotosyntese im wald"', 'Vulkan -"fotosyntese im wald"'),
        ("vulkann-ausbruch", "Vulkan-ausbruch"),
        ('"fotosyntese vulkann', ""),
        ("-vulkann", ""),
        ("unbekanntes wort", ""),
        ("", ""),
    ],
)
def test_only_plain_words_that_are_wanted_are_mended(typed: str, shown: str) -> None:
    assert mended(typed, known(), FIXES) == shown


def test_a_known_word_stays_as_it_is() -> None:
    assert mended("vulkann fotosyntese", known("vulkann"), FIXES) == "vulkann Fotosynthese"
    assert mended("vulkann", known("vulkann"), FIXES) == ""


def test_an_umlaut_in_two_characters_is_one_letter() -> None:
    assert mended("ma\u0308dhcen", known(), of({"mädhcen": "Mädchen"})) == "Mädchen"


@pytest.mark.parametrize("word", ["nicht", "mp3", "2024", "abc", ""])
def test_stop_words_numbers_and_short_words_have_no_typos(word: str) -> None:
    assert not is_mendable(word)


@pytest.mark.parametrize(
    ("term", "texts", "shown"),
    [
        pytest.param("madchen", ["Mädchen stärken", "Jungen"], "Mädchen", id="with its umlaut"),
        pytest.param(
            "fotosynthese",
            ["Fotosynthese", "Die Photosynthese", "Fotosynthese"],
            "Fotosynthese",
            id="as most write it",
        ),
        pytest.param("geschicht", ["Geschichte der Stadt"], "Geschichte", id="a stem as a word"),
        pytest.param("wald", ["Waldtiere", "Im Wald"], "Wald", id="itself before a longer word"),
        pytest.param("wald", ["Waldspaziergang"], "wald", id="a longer word is another word"),
        pytest.param("strasse", ["Auf der Straße"], "Straße", id="with its ß"),
        pytest.param("moor", [], "moor", id="as it is where nobody wrote it"),
    ],
)
def test_a_correction_is_shown_as_it_is_really_written(
    term: str, texts: Sequence[str], shown: str
) -> None:
    assert spelling(term, texts) == shown
