"""Which passwords are too easy to guess."""

import re
from collections.abc import Iterable
from enum import StrEnum

SHORTEST = 10
LONGEST = 200
FEWEST_DIFFERENT = 5
"""Fewer different characters than this are a pattern, not a password."""

FEWEST_OWN = 4
"""So many characters must be left when one's own names are taken out."""

SHORTEST_NAME = 3
"""Shorter names are found in many good passwords by chance."""

RUNS = (
    "01234567890123456789",
    "98765432109876543210",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertzuiopüasdfghjklöäyxcvbnm",
    "qwertyuiopasdfghjklzxcvbnm",
)
"""Keys in a row, German and English."""

LOOKALIKES = str.maketrans("0134578@$", "oleastbas")

COMMON_WORDS = """
    abc admin administrator anmeldung berlin bibliothek bochum borussia changeme computer dortmund
    dragon düsseldorf duesseldorf essen ferien football frühling fruehling fussball fußball geheim
    geheimnis gesamtschule grundschule gymnasium hallo hallowelt herbst ichliebedich iloveyou
    internet kennwort klasse köln koeln lehrer lehrerin lehrkraft letmein login master medien
    medienbrücke medienbruecke medienzentrum monkey münster muenster nordrheinwestfalen nrw
    passwort password princess qwertz qwerty realschule reset schalke schatz schule sekundarschule
    sommer sonne sonnenschein sunshine start starwars test vergessen welcome welt willkommen winter
"""
"""Words that lists of broken passwords begin with, here and around schools."""

COMMON = frozenset(COMMON_WORDS.split())


class PasswordFault(StrEnum):
    """Why a password is refused."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    COMMON = "common"
    NAMES_YOU = "names_you"


def password_faults(password: str, about: Iterable[str] = ()) -> tuple[PasswordFault, ...]:
    """Return every reason against a password; there are no rules of composition.

    Args:
        password: as typed; blanks count.
        about: names and addresses of the person, which others try first.

    Source:
        docs/rules.md, Accounts 1.1; NIST SP 800-63B-4, 3.1.1.2.
    """
    if len(password) > LONGEST:
        return (PasswordFault.TOO_LONG,)
    faults = {
        PasswordFault.TOO_SHORT: len(password) < SHORTEST,
        PasswordFault.COMMON: _is_common(password.casefold()),
        PasswordFault.NAMES_YOU: _is_made_of(password.casefold(), _words(about)),
    }
    return tuple(fault for fault, holds in faults.items() if holds)


def _is_common(password: str) -> bool:
    if len(set(password)) < FEWEST_DIFFERENT or any(password in run for run in RUNS):
        return True
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", password)
    return any(_is_made_of(form, COMMON, 1) for form in (core, core.translate(LOOKALIKES)) if form)


def _is_made_of(password: str, words: Iterable[str], enough: int = FEWEST_OWN) -> bool:
    """Say whether less than `enough` letters and digits are left without the words."""
    rest = password
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest != password and len(re.sub(r"[\W_]", "", rest)) < enough


def _words(about: Iterable[str]) -> frozenset[str]:
    parts = {part for text in about for part in re.split(r"[\W_]+", text.casefold())}
    return frozenset(part for part in parts if len(part) >= SHORTEST_NAME)
