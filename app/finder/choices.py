"""What the filters of the search page are made of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """One check box, with narrower ones below it.

    Attributes:
        id: tells it from all others of the page.
        name: of the parameter.
        count: findings with it; None while nobody counts them.
        below: narrower choices; shown only where this one or one of them is chosen.
        below_words: what those below are called, where they are folded away.
    """

    id: str
    name: str
    value: str
    words: str
    count: int | None
    chosen: bool
    below: tuple["Choice", ...] = ()
    below_words: str = ""

    @property
    def on_path(self) -> bool:
        """Say whether it or anything below it is chosen."""
        return self.chosen or any(each.on_path for each in self.below)


@dataclass(frozen=True, slots=True)
class Part:
    """Some choices under a heading of their own; `open` if one of them is chosen."""

    id: str
    words: str
    choices: tuple[Choice, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class Band:
    """Several values at one click; `address` takes them off again if they are all chosen."""

    id: str
    words: str
    address: str
    chosen: bool
