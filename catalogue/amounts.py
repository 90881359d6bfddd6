"""How many of a thing, in words that are the same in every language."""


def counted(name: str, number: int) -> str:
    """Return a thing with how many of it, as "2 × Der Wald"; one alone is named without."""
    return name if number == 1 else f"{number} × {name}"
