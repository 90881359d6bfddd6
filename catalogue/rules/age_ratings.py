"""Whether a film's age rating is above the age of the class that is to see it."""

AGE_ABOVE_GRADE = 5
"""Years: the youngest pupils of grade g are g + 5 years old, those of grade 5 ten."""


def typical_age(grade: int) -> int:
    """Return the age in years of the youngest pupils of a grade (1-13)."""
    return grade + AGE_ABOVE_GRADE


def is_above_typical_age(lowest_age: int | None, grade: int) -> bool:
    """Say whether a warning is due; it never blocks.

    Args:
        lowest_age: the rating (0, 6, 12, 16, 18) in years; None for a title that has none or
            needs none (teaching programmes).
        grade: 1-13.

    Source:
        docs/rules.md, Lending 2.5; § 14 JuSchG for the ratings.
    """
    return lowest_age is not None and lowest_age > typical_age(grade)
