"""Which passwords are refused, and why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schools.rules.passwords import LONGEST, PasswordFault, password_faults

ADA = ("ada.lovelace@gymnasium-nord.example", "Ada", "Lovelace")


@pytest.mark.parametrize(
    "password",
    [
        "drei-kleine-wolken",
        "Zwölf Boxkämpfer jagen",
        "x7#Kq0pLw2",
        "ferienhaus am see",
        "schulhofgeflüster",
        "äöüß 漢字 und mehr",
    ],
)
def test_a_good_password_passes(password: str) -> None:
    assert password_faults(password, ADA) == ()


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("kurzkrum", PasswordFault.TOO_SHORT),
        ("x" * 50 + "abcdefg" * 30, PasswordFault.TOO_LONG),
        ("passwort2026", PasswordFault.COMMON),
        ("P4ssw0rt2026!", PasswordFault.COMMON),
        ("Passwort-Passwort", PasswordFault.COMMON),
        ("!!Sommer2026!!", PasswordFault.COMMON),
        ("Medienbruecke1", PasswordFault.COMMON),
        ("qwertzuiopü", PasswordFault.COMMON),
        ("0123456789", PasswordFault.COMMON),
        ("aaaaaaaaaaaa", PasswordFault.COMMON),
        ("abababababab", PasswordFault.COMMON),
        ("adalovelace", PasswordFault.NAMES_YOU),
        ("Lovelace.Ada1", PasswordFault.NAMES_YOU),
        ("lovelacelovelace", PasswordFault.NAMES_YOU),
    ],
)
def test_a_bad_password_is_refused_with_its_reason(password: str, fault: PasswordFault) -> None:
    assert fault in password_faults(password, ADA)


def test_every_reason_is_named() -> None:
    assert password_faults("ada", ADA) == (
        PasswordFault.TOO_SHORT,
        PasswordFault.COMMON,
        PasswordFault.NAMES_YOU,
    )


@given(st.text(max_size=LONGEST + 20), st.lists(st.text(max_size=30), max_size=3))
def test_any_text_can_be_judged(password: str, about: list[str]) -> None:
    faults = password_faults(password, about)
    assert len(faults) == len(set(faults))
