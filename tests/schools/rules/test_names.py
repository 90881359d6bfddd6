"""First and last names, as people type them on one line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schools.rules.names import split_name


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("Ada Lovelace", ("Ada", "Lovelace")),
        ("Ada  Maria   Lovelace", ("Ada Maria", "Lovelace")),
        ("Lovelace, Ada Maria", ("Ada Maria", "Lovelace")),
        ("Anna van der Berg", ("Anna", "van der Berg")),
        ("Hans-Jürgen von Wald", ("Hans-Jürgen", "von Wald")),
        ("ada lovelace", ("ada", "lovelace")),
        ("Lovelace", None),
        ("Lovelace,", None),
        (", Ada", None),
        ("", None),
        ("   ", None),
    ],
)
def test_names_are_told_apart(typed: str, names: tuple[str, str] | None) -> None:
    assert split_name(typed) == names


@given(st.text(max_size=60))
def test_both_names_are_there_or_none(typed: str) -> None:
    names = split_name(typed)
    assert names is None or all(name.strip() == name != "" for name in names)
