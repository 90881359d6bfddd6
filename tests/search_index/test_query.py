"""How a reader's text is understood, whatever it is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search_index.query import LONGEST_QUERY, MOST_WORDS, Clause, Query, parse
from tests.effort import times


def words(*each: str) -> tuple[Clause, ...]:
    return tuple(Clause((word,)) for word in each)


def quoted(*each: str) -> Clause:
    return Clause(each, quoted=True)


@pytest.mark.parametrize(
    ("text", "wanted", "unwanted"),
    [
        ("Vulkane Island", words("vulkane", "island"), ()),
        ("Vulkane vulkane VULKANE", words("vulkane"), ()),
        ("Die Vulkane der Welt", words("vulkane", "welt"), ()),
        ("der die das", words("der", "die", "das"), ()),
        ('"Haus und Garten"', (quoted("haus", "und", "garten"),), ()),
        ("„Haus und Garten“ Wald", (quoted("haus", "und", "garten"), *words("wald")), ()),
        ("»Haus« «Hof»", (quoted("haus"), quoted("hof")), ()),
        ('"ohne Ende', (quoted("ohne", "ende"),), ()),
        ("Vulkane -Island", words("vulkane"), words("island")),
        ("Vulkane \u2212Island", words("vulkane"), words("island")),
        ('Vulkane -"Feuer und Asche"', words("vulkane"), (quoted("feuer", "und", "asche"),)),
        ("-Island", (), words("island")),
        ("Hör-CD", words("hör", "cd"), ()),
        ("Vulkane - Island", words("vulkane", "island"), ()),
        ("name:Vulkan* OR (Island~2)^9", words("name", "vulkan", "island", "2", "9"), ()),
        ("--- *** ((( ???", (), ()),
        ("", (), ()),
    ],
)
def test_a_text_is_a_query(
    text: str, wanted: tuple[Clause, ...], unwanted: tuple[Clause, ...]
) -> None:
    query = parse(text)

    assert query.wanted == wanted
    assert query.unwanted == unwanted


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("4602345", "4602345"),
        ("978-3-12-345678-9", "9783123456789"),
        (" MZ 000 123 ", "mz000123"),
        ("Vulkane", ""),
    ],
)
def test_the_whole_text_may_be_a_number(text: str, number: str) -> None:
    assert parse(text).number == number


def test_only_a_text_without_anything_wants_everything() -> None:
    assert parse(" \t\n") == Query()
    assert not parse("...").blank
    assert not parse("-Island").blank


@settings(max_examples=times(ci=300, soak=20_000), deadline=None)
@given(st.text(st.characters(), max_size=600) | st.text('a- "„“»«ß0', max_size=600))
def test_any_text_is_understood_within_limits(text: str) -> None:
    query = parse(text)

    clauses = query.wanted + query.unwanted
    assert sum(len(clause.words) for clause in clauses) <= MOST_WORDS
    assert all(clause.words and all(clause.words) for clause in clauses)
    assert len(set(query.wanted)) == len(query.wanted)
    assert query == parse(text[:LONGEST_QUERY])
