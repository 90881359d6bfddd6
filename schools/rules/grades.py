"""Grades 1 to 13: their labels, and how people write them."""

import re

FIRST_GRADE = 1
LAST_GRADE = 13
GRADES = tuple(range(FIRST_GRADE, LAST_GRADE + 1))
AGE_AT_START_OF_GRADE_ONE = 6
"""Years; who turns six by 30 September starts school."""

_UPPER_LABELS = {11: "EF", 12: "Q1", 13: "Q2"}


_STAGES = (
    (re.compile(r"\b(?:sekundarstufe|sek\.?)\s*(?:ii|2)\b|\boberstufe\b"), "11-13"),
    (re.compile(r"\b(?:sekundarstufe|sek\.?)\s*(?:i|1)\b"), "5-10"),
    (re.compile(r"\b(?:primarstufe|primarbereich|grundschule)\b"), "1-4"),
    (re.compile(r"\b(?:einführungsphase|ef)\b"), "11"),
    (re.compile(r"\bq\s*1\b"), "12"),
    (re.compile(r"\bq\s*2\b"), "13"),
    (re.compile(r"\bqualifikationsphase\b|\bq(?:-phase)?\b"), "12-13"),
)
_FILLERS = re.compile(
    r"\b(?:jahrgangsstufen?|jahrgang|jahrgänge|jgst|jg|klassenstufen?|klassen?|kl|stufen?"
    r"|schuljahre?|grades?)\b|(?<=\d)\.|(?<=[a-zäöü])\."
)
_CLASS_LETTER = re.compile(r"(?<=\d)[a-h]\b")
_TARGET_GROUPS = re.compile(r"\ba\(\s*([^)]*)\)")
_PART = re.compile(r"\s*(\d{1,2})\s*(?:(?:-|bis|to)\s*(\d{1,2})\s*)?")
_SEPARATORS = re.compile(r"[,;/+&]|\bund\b|\band\b")


def is_grade(number: int) -> bool:
    """Say whether `number` is one of the grades 1 to 13."""
    return FIRST_GRADE <= number <= LAST_GRADE


def grade_label(grade: int) -> str:
    """Return how schools write a grade: "7", and "EF", "Q1", "Q2" for 11 to 13.

    Raises:
        ValueError: `grade` is not 1 to 13.

    Source:
        APO-GOSt, sections 1 and 2: the three years of the upper secondary stage.
    """
    if not is_grade(grade):
        raise ValueError(f"{grade} is not a grade")
    return _UPPER_LABELS.get(grade, str(grade))


def youngest_age(grade: int) -> int:
    """Return the age in years of the youngest pupils who start a grade without leaps.

    Source:
        Section 35 (1) SchulG NRW: school begins for those who are six by 30 September.
    """
    return AGE_AT_START_OF_GRADE_ONE + grade - FIRST_GRADE


def grades_text(grades: tuple[int, ...]) -> str:
    """Return grades as people write them, runs joined: "5-8, EF"; empty for none.

    Args:
        grades: in any order.
    """
    runs: list[list[int]] = []
    for grade in sorted(set(grades)):
        if runs and grade == runs[-1][-1] + 1:
            runs[-1].append(grade)
        else:
            runs.append([grade])
    return ", ".join(_run_text(run) for run in runs)


def parse_grades(text: str) -> tuple[int, ...] | None:
    """Read grades as teachers and records write them.

    Understands "7", "7b", "Jg. 7", "5-8", "5/6", "EF", "Q1", "Q", "Sek I" and the target groups
    of media records, "A(5-7)"; where there are such groups the rest of the text is let go, for
    there "Q" and "J" mean adults and ages.

    Returns:
        The grades in order, each once; None when any part is not understood.
    """
    lowered = text.casefold().replace("–", "-").replace("—", "-")
    groups = _TARGET_GROUPS.findall(lowered)
    parts = _SEPARATORS.split(_in_figures(",".join(groups) if groups else lowered))
    grades: set[int] = set()
    for part in parts:
        found = _grades_of_part(part)
        if not found:
            return None
        grades.update(found)
    return tuple(sorted(grades))


def _in_figures(words: str) -> str:
    for pattern, figures in _STAGES:
        words = pattern.sub(figures, words)
    return _CLASS_LETTER.sub("", _FILLERS.sub(" ", words))


def _grades_of_part(part: str) -> tuple[int, ...]:
    match = _PART.fullmatch(part)
    if match is None:
        return ()
    first = int(match[1])
    last = int(match[2] or first)
    return tuple(range(first, last + 1)) if is_grade(first) and is_grade(last) else ()


def _run_text(run: list[int]) -> str:
    first, last = grade_label(run[0]), grade_label(run[-1])
    return first if len(run) == 1 else f"{first}-{last}"
