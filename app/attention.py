"""What needs attention: sections that areas fill with queries of their own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from flask_babel import LazyString


@dataclass(frozen=True, slots=True)
class Link:
    """Somewhere to go about it."""

    words: str
    address: str


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing somebody must look at.

    Attributes:
        title: what it is about.
        badge: what is wrong, in a few words.
        tone: of the badge: ``bad`` or ``warn``.
        address: where its title leads; empty if nowhere.
        details: lines of small text.
        links: the bookings and things concerned.
    """

    title: str
    badge: str
    tone: str
    address: str = ""
    details: Sequence[str] = ()
    links: Sequence[Link] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Matters of one kind.

    Attributes:
        code: names it in addresses.
        heading: above its list.
        sentence: what it is, and what to do.
        calm: what is said if there is nothing.
        matters: gives them, the most urgent first, for a centre; any number of them in the same
            statements.
    """

    code: str
    heading: LazyString
    sentence: LazyString
    calm: LazyString
    matters: Callable[[int], Sequence[Matter]] = field(repr=False)
