"""Whether a film's age rating is above the age of the class that is to see it."""

from schools.rules.grades import youngest_age


def is_above_typical_age(lowest_age: int | None, grade: int) -> bool:
    """Say whether a warning is due; it never blocks.

    The typical age is that of the grade's youngest: ten in grade 5.

    Args:
        lowest_age: the rating (0, 6, 12, 16, 18) in years; None for a title that has none or
            needs none (teaching programmes).
        grade: 1-13.

    Source:
        docs/rules.md, Lending 2.5; § 14 JuSchG for the ratings.
    """
    return lowest_age is not None and lowest_age > youngest_age(grade)
