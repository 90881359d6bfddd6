"""Counts so small that they would tell of single people are not shown outside the school."""

FEWEST_SHOWN = 5


def is_too_small(count: int) -> bool:
    """Say whether a count must not be shown outside the school itself; none at all may be.

    Source:
        docs/rules.md, Lending 6.3.
    """
    return 0 < count < FEWEST_SHOWN
