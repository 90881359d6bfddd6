"""Repeatable chance: the same demo on every machine, and each part independent of the others."""

from random import Random

SEED = "Kreis Lindenau"


def chance(purpose: str) -> Random:
    """Return a source of chance of its own for a purpose, the same on every call."""
    return Random(f"{SEED}:{purpose}")  # noqa: S311  # data that must repeat, no secret
