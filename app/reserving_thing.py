"""What is reserved, as the pages of reserving name it, and which of its copies can be chosen."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, or_, select, true

from app.dates import language
from app.sessions import session
from app.visitor import actor
from catalogue.models.holding import BookedBy, Holding
from catalogue.models.title import Title
from loans.errors import NotFoundError
from loans.queries.availability import NumberedCopy, numbered_copies
from loans.rules.availability import Availability
from schools.rules.periods import Period
from schools.rules.roles import Right
from schools.vocabularies.media_types import media_type


@dataclass(frozen=True, slots=True)
class Thing:
    """The holding as the form's page names it.

    Attributes:
        capacity: lendable copies of its pool.
        by_number: a certain copy is booked, not any of a pool.
    """

    holding_id: int
    title_id: int
    centre_id: int
    title: str
    type_code: str
    capacity: int
    by_number: bool
    age_rating: str | None

    @property
    def kind(self) -> str:
        """The kind of its tile."""
        return media_type(self.type_code).kind.value

    @property
    def type_name(self) -> str:
        """Its media type in the reader's language."""
        return media_type(self.type_code).name(language())


@dataclass(frozen=True, slots=True)
class CopyChoice:
    """A copy that can be booked by its number, with whether it is free in the period."""

    copy_id: int
    words: str
    free: bool


def thing_of(holding_id: int) -> Thing:
    """Return the holding for this request's visitor, in one statement.

    Raises:
        loans.errors.NotFoundError: there is none, or the visitor does not see it.
    """
    row = (
        session()
        .execute(
            select(
                Holding.id,
                Holding.title_id,
                Holding.centre_id,
                Title.name,
                Title.media_type,
                Holding.lendable,
                Holding.booked_by == BookedBy.NUMBER,
                Title.age_rating,
            )
            .join(Title, Title.id == Holding.title_id)
            .where(Holding.id == holding_id, _shown())
        )
        .one_or_none()
    )
    if row is None:
        raise NotFoundError("holding", holding_id)
    return Thing(*row)


def copy_choices(thing: Thing, found: Availability, period: Period) -> tuple[CopyChoice, ...]:
    """Return the copies that can be booked by number, those free in the period first."""
    if not thing.by_number:
        return ()
    free = {each.holding_id: each.free_for(period) > 0 for each in found.copies}
    copies = numbered_copies(session(), {thing.holding_id})
    choices = [
        CopyChoice(copy.id, _words(copy, free=free.get(copy.id, False)), free.get(copy.id, False))
        for copy in copies
    ]
    return tuple(sorted(choices, key=lambda each: not each.free))


def chosen_copy(found: Availability, copy_id: int | None) -> Availability:
    """Return what is free of the copy that was chosen; of the whole holding without one."""
    by_copy: Sequence[Availability] = found.copies
    return next((each for each in by_copy if each.holding_id == copy_id), found)


def _words(copy: NumberedCopy, *, free: bool) -> str:
    name = copy.barcode
    if copy.inventory_number:
        name = f"{name} · {copy.inventory_number}"
    if free:
        return str(_("%(copy)s – free", copy=name))
    return str(_("%(copy)s – not free in this period", copy=name))


def _shown() -> ColumnElement[bool]:
    """Whoever has a centre sees its offer only, and what is hidden there only as its staff."""
    centres = actor().centre_ids()
    staffed = actor().scope(Right.SEE_STOCK).centre_ids
    own = Holding.centre_id.in_(centres) if centres else true()
    return and_(own, or_(Holding.visible, Holding.centre_id.in_(staffed)))
