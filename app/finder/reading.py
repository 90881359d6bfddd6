"""Whose catalogues this request looks at: the reader's own centres, or everybody's."""

from dataclasses import dataclass

from app.sessions import session
from app.today import now
from app.visitor import actor
from schools.queries.open_centres import Centre, active_centres
from schools.queries.signed_in import actor_of_account

MOST_CENTRES_AT_ONCE = 3
"""Of more centres one must be chosen: what is free is asked of each."""


@dataclass(frozen=True, slots=True)
class Centres:
    """The catalogues a reader looks at.

    Attributes:
        every: all the reader may choose from.
        chosen: the one chosen; None for all of them.
    """

    every: tuple[Centre, ...]
    chosen: Centre | None

    @property
    def looked_at(self) -> tuple[Centre, ...]:
        """The centres looked at."""
        return self.every if self.chosen is None else (self.chosen,)

    @property
    def may_look_at_all(self) -> bool:
        """Whether all of them can be looked at at once."""
        return 1 < len(self.every) <= MOST_CENTRES_AT_ONCE

    @property
    def ids(self) -> tuple[int, ...]:
        """The same by id."""
        return tuple(each.id for each in self.looked_at)


def readers_centres(centre_id: int | None) -> Centres:
    """Return whose catalogues are looked at, in one statement.

    Args:
        centre_id: the centre asked for; one the reader does not work with is passed over.
    """
    every = active_centres(session())
    own = actor().centre_ids()
    if own:
        every = tuple(each for each in every if each.id in own)
    chosen = next((each for each in every if each.id == centre_id), None)
    if chosen is None and len(every) > MOST_CENTRES_AT_ONCE:
        chosen = every[0]
    return Centres(every, chosen)


def centres_of_maker(account_id: int) -> tuple[Centre, ...]:
    """Return whose catalogues something is looked at in that somebody gave away.

    The reader's own centres, or for a stranger those of the account that made it.
    """
    own = actor().centre_ids()
    if not own:
        maker = actor_of_account(session(), account_id, now())
        own = frozenset() if maker is None else maker.centre_ids()
    every = active_centres(session())
    return tuple(each for each in every if each.id in own or not own)[:MOST_CENTRES_AT_ONCE]
