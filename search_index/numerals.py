"""Numbers however they are written: «2.», «2te», «II», «zwei», «zweiter» and «second» are one."""

import re

_CARDINALS = "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf"
_ORDINALS = """
erst zweit dritt viert fünft sechst siebt acht neunt zehnt elft zwölft dreizehnt vierzehnt
fünfzehnt sechzehnt siebzehnt achtzehnt neunzehnt zwanzigst einundzwanzigst
"""
_ENDINGS = ("e", "er", "es", "en", "em")
_VERBS = ("achten",)
"""Look like ordinals, but seldom are."""

_ENGLISH_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth"

_ROMAN = """
- ii iii iv - vi vii viii ix - xi xii xiii xiv xv xvi xvii xviii xix xx xxi
"""
"""From 1; no single letters: «v. Chr.» and «X» are no numbers."""

_DIGITS = re.compile(r"0{0,3}([1-9][0-9]{0,3})(?:ern?|st|nd|rd|th|te[mnrs]?)?")
"""«2te», «21st», «1980er», «007»; a year is the longest."""


def number_of(word: str) -> str:
    """Return the number that a lower-case word stands for, in digits; empty if it is none.

    «1980er» is 1980; a Roman numeral has two letters or more, as in «Ludwig XIV.».
    """
    found = _DIGITS.fullmatch(word)
    return found[1] if found else _NUMBERS.get(word, "")


def _numbers() -> dict[str, str]:
    numbers = _counted(_CARDINALS, start=2) | _counted(_ENGLISH_ORDINALS) | _counted(_ROMAN)
    for ending in _ENDINGS:
        numbers |= {word + ending: number for word, number in _counted(_ORDINALS).items()}
    return {word: number for word, number in numbers.items() if word not in ("-", *_VERBS)}


def _counted(words: str, start: int = 1) -> dict[str, str]:
    return {word: str(number) for number, word in enumerate(words.split(), start)}


_NUMBERS = _numbers()
