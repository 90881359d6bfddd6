"""In whose catalogue a title shows that is opened online, not lent."""

from collections.abc import Iterable
from dataclasses import dataclass

from catalogue.rules.licences import LicenceScope


@dataclass(frozen=True, slots=True)
class OnlineReach:
    """How far one online licence reaches.

    Attributes:
        centre_id: the only centre it holds at; None for every one.
        scope: how wide it reaches.
        area: keys of districts (AGS), where the scope is a district.
    """

    centre_id: int | None
    scope: LicenceScope
    area: tuple[str, ...] = ()

    def covers(self, centre_id: int, district: str | None) -> bool:
        """Say whether it reaches a centre that serves a district."""
        if self.centre_id not in {None, centre_id}:
            return False
        return self.scope is not LicenceScope.DISTRICT or district in self.area


def shows_online(
    reaches: Iterable[OnlineReach], keeper_id: int | None, centre_id: int, district: str | None
) -> bool:
    """Say whether a title that can be opened shows in a centre's catalogue, whatever the day.

    Without any online licence it shows at its keeper's, or everywhere if nobody keeps it.

    Source:
        docs/rules.md, Lending 2.5.
    """
    known = tuple(reaches)
    if not known:
        return keeper_id in {None, centre_id}
    return any(each.covers(centre_id, district) for each in known)
