"""What somebody wants to book: plain values that previews and bookings are asked with."""

from collections.abc import Iterable
from dataclasses import dataclass

from loans.models.purpose import OtherReason
from loans.rules.claims import StockKey
from loans.rules.commitments import Ignoring, nothing
from schools.rules.periods import Period
from schools.rules.roles import Right


@dataclass(frozen=True, slots=True)
class LineWish:
    """So many of a holding, or one numbered copy of it.

    Attributes:
        holding_id: of a centre the actor works with.
        quantity: at least 1.
        copy_id: a copy of that holding that is booked by number.
    """

    holding_id: int
    quantity: int = 1
    copy_id: int | None = None

    @property
    def stock(self) -> StockKey:
        """What it is taken from."""
        return StockKey(self.holding_id, self.copy_id)


def one_line(holding_id: int, quantity: int = 1, copy_id: int | None = None) -> tuple[LineWish]:
    """Return the lines of a wish for one thing."""
    return (LineWish(holding_id, quantity, copy_id),)


def merged(lines: Iterable[LineWish]) -> tuple[LineWish, ...]:
    """Return one line for each thing, in the order they were first named."""
    wanted: dict[StockKey, int] = {}
    for line in lines:
        wanted[line.stock] = wanted.get(line.stock, 0) + line.quantity
    return tuple(
        LineWish(stock.holding_id, quantity, stock.copy_id) for stock, quantity in wanted.items()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingWish:
    """What somebody wants to book.

    Attributes:
        lines: at least one, all of one centre; two of the same thing are added up.
        person_id: who borrows; somebody else than the actor where staff book for a caller.
        period: the borrower's own days.
        institution_id: acted for; None for that of the unit, or else the oldest membership.
        unit_id: a teaching unit of that institution as the purpose, or
        reason: another purpose.
        place_id: a pick-up place of the centre; None for its first counter.
        class_name: free text without names of pupils.
        remark: for staff.
        overruling: why staff book it against the rules; empty to obey them.
    """

    lines: tuple[LineWish, ...]
    person_id: int
    period: Period
    institution_id: int | None = None
    unit_id: int | None = None
    reason: OtherReason | None = None
    place_id: int | None = None
    class_name: str = ""
    remark: str = ""
    overruling: str = ""

    @property
    def holding_ids(self) -> frozenset[int]:
        """The holdings of its lines."""
        return frozenset(line.holding_id for line in self.lines)

    @property
    def copy_ids(self) -> frozenset[int]:
        """The numbered copies its lines name."""
        return frozenset(line.copy_id for line in self.lines if line.copy_id is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """What is left out of account because the wish changes something that is there already.

    Attributes:
        ignoring: commitments that make way, as `commitments.of_booking(7)`.
        keeps_first: the first day stays as it was and is not judged again.
        keeps_last: the same of the last day.
        is_smaller: nothing is asked for that was not granted before: copies are not judged.
        is_counted: it counts against the limits already.
    """

    ignoring: Ignoring = nothing
    keeps_first: bool = False
    keeps_last: bool = False
    is_smaller: bool = False
    is_counted: bool = False


NOTHING_ASIDE = Aside()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What a booking or lines of a basket name already; it may be gone meanwhile.

    Attributes:
        holding_ids: found although they are hidden now, or out of reach.
        copy_ids: found although they are withdrawn, or belong to a pool now.
        unit_ids: found although they are retired.
        is_kept: a booking lives on with all of it; lines of a basket are refused.

    Source:
        docs/rules.md, Lending 5.3 and 5.5.
    """

    holding_ids: frozenset[int] = frozenset()
    copy_ids: frozenset[int] = frozenset()
    unit_ids: frozenset[int] = frozenset()
    is_kept: bool = False


def in_basket_already(wishes: Iterable[BookingWish]) -> Stored:
    """Return what lines of a basket name, given as wishes."""
    every = tuple(wishes)
    return Stored(
        holding_ids=frozenset[int]().union(*(wish.holding_ids for wish in every)),
        copy_ids=frozenset[int]().union(*(wish.copy_ids for wish in every)),
        unit_ids=frozenset(wish.unit_id for wish in every if wish.unit_id is not None),
    )


NOTHING_STORED = Stored()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """Bookings wanted in one go; a later one sees those before it as made.

    Attributes:
        every: in the order they are to be served.
        right: whose reach lets the actor book for these people.
        only_free: book those that can be had; otherwise all or none.
        aside: what makes way for all of them.
        editing: a booking that is changed; its visits make way for it.
        stored: what of them is written down already.
    """

    every: tuple[BookingWish, ...]
    right: Right = Right.BOOK
    only_free: bool = False
    aside: Aside = NOTHING_ASIDE
    editing: int = 0
    stored: Stored = NOTHING_STORED

    @property
    def holding_ids(self) -> frozenset[int]:
        """The holdings of all lines."""
        return frozenset[int]().union(*(wish.holding_ids for wish in self.every))

    @property
    def copy_ids(self) -> frozenset[int]:
        """The numbered copies that lines name."""
        return frozenset[int]().union(*(wish.copy_ids for wish in self.every))

    @property
    def unit_ids(self) -> frozenset[int]:
        """The teaching units that are their purposes."""
        return frozenset(wish.unit_id for wish in self.every if wish.unit_id is not None)

    @property
    def person_ids(self) -> frozenset[int]:
        """Who borrows."""
        return frozenset(wish.person_id for wish in self.every)
